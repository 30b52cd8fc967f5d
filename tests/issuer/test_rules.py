"""The rule book through the SDK: what it holds, who may change it, and counting that starts anew."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hashkit.errors import InputError, Refused, TransferRefused
from hashkit.issuer.asset import Asset
from tests.chain.talk import mined


@pytest.fixture
def held(asset):
    """INV-1 holds 100, INV-2 holds 50."""
    asset.issue([("INV-1", "100"), ("INV-2", "50")], "S-1").send()
    return asset


def _limits(asset: Asset) -> dict[str, str]:
    return {rule.rule: rule.limit for rule in asset.rules.show().rules}


def test_show_names_every_rule_and_what_counts_against_it(held):
    held.rules.set("max-holders", "5").send()
    held.rules.set("max-holders:HK", "3").send()
    held.rules.set("velocity", "40", "1d").send()
    held.rules.set("holding-period", "36h").send()
    held.rules.set("denomination", "0.5").send()
    view = held.rules.show()
    assert view.armed and view.to_dict()["schema"] == "hashkit.rules/1"
    rules = {rule.rule: (rule.limit, rule.counted) for rule in view.rules}
    assert rules["max-holders"] == ("5", "2")
    assert rules["max-holders:HK"] == ("3", "1")
    assert rules["velocity"][0].endswith("per 1d") and rules["velocity"][0].startswith("40")
    assert rules["holding-period"][0] == "36h"
    assert rules["denomination"][0].startswith("0.5")
    assert rules["sanctions-oracle"] == ("", "") and rules["minimum-holding"] == ("", "")


@pytest.mark.parametrize(
    ("rule", "limit", "per", "amount", "refused", "figure"),
    [
        ("max-units-per-investor", "120", None, "71", "R-MAX-BALANCE", "120"),
        ("minimum-holding", "60", None, "45", "R-MIN-HOLDING", "55"),
        ("denomination", "10", None, "15", "R-DENOMINATION", "15"),
        ("velocity", "20", "1d", "21", "R-VELOCITY", "20"),
        ("holding-period", "1d", None, "1", "R-HOLDING-PERIOD", "Z"),
    ],
)
def test_a_rule_refuses_and_says_its_figures(held, rule, limit, per, amount, refused, figure):
    held.rules.set(rule, limit, per).send()
    verdict = held.check_transfer("INV-1", "INV-2", amount)
    assert verdict.rules == (refused,)
    reason = verdict.failed[0]
    assert figure in reason.text or figure in reason.need, reason
    assert "{" not in reason.text + reason.fix
    with pytest.raises(TransferRefused):
        held.transfer("INV-1", "INV-2", amount).send()
    held.rules.set(rule, "off").send()
    assert held.check_transfer("INV-1", "INV-2", amount).allowed


def test_holders_are_counted_by_investor_and_country(held, hk):
    third = hk.wallets(3)[2]
    held.investors.add("INV-3", third, country="HK").send()
    held.rules.set("max-holders", "2").send()
    held.rules.set("max-holders:HK", "1").send()
    verdict = held.check_transfer("INV-2", "INV-3", "1")
    assert verdict.rules == ("R-HOLDERS", "R-HOLDERS-COUNTRY")
    assert "more than 2 holders" in verdict.failed[0].text
    assert "more than 1 holders" in verdict.failed[1].text
    assert held.check_transfer("INV-1", "INV-3", "100").allowed


def test_a_redemption_of_everything_is_refused_by_no_rule(held):
    held.rules.set("denomination", "30").send()
    with pytest.raises(TransferRefused) as refused:
        held.redeem("INV-1", "10", "RED-1").send()
    assert refused.value.verdict.rules == ("R-DENOMINATION",)
    held.redeem("INV-1", "100", "RED-1").send()
    assert held.balance_of("INV-1") == Decimal(0)


def _owned(asset: Asset) -> dict[str, str]:
    return {r: limit for r, limit in _limits(asset).items() if r.split(":")[0] in ("mode", "role-matrix")}


def test_a_role_matrix_refuses_by_class_and_says_which(held, hk):
    venue = hk.wallets(3)[2]
    held.investors.add("VENUE", venue, country="HK", investor_class="institution").send()
    held.rules.set("mode", "role-matrix").send()
    assert _owned(held) == {"mode": "role-matrix", "role-matrix": "nobody moves"}
    held.rules.set("role-matrix:professional", "institution, retail").send()
    held.rules.set("role-matrix:institution", "institution").send()
    assert _owned(held) == {
        "mode": "role-matrix",
        "role-matrix:professional": "retail, institution",
        "role-matrix:institution": "institution",
    }
    assert held.check_transfer("INV-1", "VENUE", "1").allowed
    (reason,) = held.check_transfer("INV-1", "INV-2", "1").failed
    assert (reason.rule, reason.have, reason.need) == ("R-MODE", "professional", "retail, institution")
    assert reason.account == held.investors.show("INV-1").wallets[0]
    assert "to retail, institution, the receiver's class is professional" in reason.text
    held.rules.set("role-matrix:institution", "off").send()
    assert held.check_transfer("VENUE", "INV-1", "0").failed[0].need == "nobody"
    held.rules.set("mode", "open").send()
    assert held.check_transfer("INV-1", "INV-2", "1").allowed


def test_clearing_a_row_tightens_and_a_wider_one_loosens(held, hk):
    held.rules.set("role-matrix:retail", "venue,retail").send()
    stranger = replace(held.rules, context=replace(held.context, signer=None, account=hk.wallets(1)[0]))
    for rule, limit, words in (
        ("role-matrix:retail", "venue", "lacks the power rules"),
        ("role-matrix:retail", "off", "lacks the power rules"),
        ("role-matrix:retail", "venue,institution", "loosens"),
        ("role-matrix:venue", "retail", "loosens"),
        ("mode", "venue-only", "lacks the power rules"),
        ("mode", "open", "loosens"),
    ):
        refused = stranger.set(rule, limit).refused
        assert isinstance(refused, Refused) and words in refused.why, (rule, limit)


def test_who_may_tighten_is_not_who_may_loosen(held, hk):
    held.rules.set("max-holders", "5").send()
    stranger = replace(held.rules, context=replace(held.context, signer=None, account=hk.wallets(1)[0]))
    for limit, words in (("4", "lacks the power rules"), ("6", "loosens")):
        refused = stranger.set("max-holders", limit).refused
        assert isinstance(refused, Refused) and words in refused.why


def _start_preset(held) -> None:
    data = "0x" + held.rules.book.start_preset().data.hex()
    mined(held.context.endpoint, {"from": held.context.sender, "to": held.rules.book.address, "data": data})


def test_preset_counts_every_holder_and_arms(held):
    assert held.rules.preset().steps == () and "armed" in held.rules.preset().note
    held.control.halt(True, "rules").send()
    _start_preset(held)
    assert not held.rules.show().armed
    plan = held.rules.preset()
    with pytest.raises(Refused, match="may have happened before"):  # it was sent past the journal, by the same key
        plan.send()
    assert len(plan.steps) == 2 and plan.totals["holders"] == "2"
    plan.send()
    assert held.rules.show().armed
    held.control.halt(False, "rules").send()
    limit = _limits(held)["max-units-per-investor"].split()[0].replace(",", "")
    assert held.check_transfer("INV-1", "INV-2", "50").allowed and Decimal(limit) > 0


def test_preset_wants_a_halt(held):
    held.control.halt(True, "rules").send()
    _start_preset(held)
    held.control.halt(False, "rules").send()
    assert held.check_transfer("INV-1", "INV-2", "1").rules == ("R-COMPLIANCE",)
    refused = held.rules.preset().refused
    assert isinstance(refused, Refused) and "not halted" in refused.why


@pytest.mark.parametrize(
    ("rule", "limit", "per"),
    [
        ("max-wallets", "1", None),
        ("max-units-per-investor:HK", "1", None),
        ("max-holders", "1.5", None),
        ("max-holders:XX", "1", None),
        ("holding-period", "soon", None),
        ("holding-period", "99999d", None),
        ("velocity", "1", None),
        ("denomination", "1", "1d"),
        ("mode", "closed", None),
        ("mode:HK", "open", None),
        ("role-matrix", "retail", None),
        ("role-matrix:retail", "vanue", None),
        ("role-matrix:vanue", "retail", None),
    ],
)
def test_what_is_no_rule_is_refused_before_anything_is_sent(asset, rule, limit, per):
    with pytest.raises(InputError):
        asset.rules.set(rule, limit, per)
