"""Transfer, redeem and the acts of authority, each explained before it is sent, each seen on chain after."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hashkit.contracts.hashing import keccak
from hashkit.domain.parties import Power
from hashkit.errors import AccountError, InputError, Refused, TransferRefused
from hashkit.issuer.client import Hashkit
from tests.issuer.conftest import connect


@pytest.fixture
def held(asset):
    """INV-1 holds 100, INV-2 holds 50."""
    asset.issue([("INV-1", "100"), ("INV-2", "50")], "S-1").send()
    return asset


def test_a_redemption_happens_once(held):
    first = held.redeem("INV-1", "30", "RED-1").send()
    assert (first.supply, held.balance_of("INV-1")) == (Decimal(120), Decimal(70))
    assert first.ref == "0x" + keccak(b"RED-1").hex()
    again = held.redeem("INV-1", "30", "RED-1")
    assert again.steps == () and "redeemed before" in again.note
    with pytest.raises(InputError) as changed:
        held.redeem("INV-1", "31", "RED-1")
    assert changed.value.code == "ROW_CHANGED"
    assert held.supply() == Decimal(120)


def test_a_redemption_needs_the_balance_but_no_live_kyc(held, hk):
    wallet = held.investors.show("INV-1").wallets[0]
    held.investors.add("INV-1", wallet, country="HK", kyc_expires="2020-01-01").send()
    assert not held.investors.show("INV-1").verified
    assert held.check_transfer("INV-1", "INV-2", "1").rules == ("R-KYC-EXPIRED-FROM",)
    held.redeem("INV-1", "100", "RED-1").send()
    with pytest.raises(TransferRefused) as refused:
        held.redeem("INV-1", "1", "RED-2").send()
    assert refused.value.verdict.rules == ("R-BALANCE",)


def test_a_pause_stops_moves_a_halt_stops_everything(held):
    held.control.pause(True, "incident 7").send()
    assert held.check_transfer("INV-1", "INV-2", "1").rules == ("R-PAUSED",)
    held.redeem("INV-1", "1", "RED-1").send()
    held.control.pause(False, "incident 7 closed").send()
    held.control.halt(True, "incident 8").send()
    with pytest.raises(TransferRefused, match="R-HALTED"):
        held.redeem("INV-1", "1", "RED-2").send()
    held.control.halt(False, "incident 8 closed").send()
    held.transfer("INV-1", "INV-2", "1").send()


def test_frozen_units_stay_until_an_act_of_force_takes_them(held):
    held.control.freeze("INV-1", True, "court 12/26", "80").send()
    verdict = held.check_transfer("INV-1", "INV-2", "21")
    assert verdict.rules == ("R-FROZEN-AMOUNT",)
    assert "20.00 HKGREEN free" in verdict.failed[0].text
    held.control.force("INV-1", "INV-2", "50", "court 13/26").send()
    assert held.balance_of("INV-2") == Decimal(100)
    assert held.check_transfer("INV-1", "INV-2", "1").rules == ("R-FROZEN-AMOUNT",)
    held.control.freeze("INV-1", False, "court 14/26", "50").send()
    held.transfer("INV-1", "INV-2", "50").send()
    held.control.freeze("INV-2", True, "court 15/26").send()
    assert held.check_transfer("INV-1", "INV-2", "1").rules == ("R-FROZEN-TO", "R-BALANCE")


def test_every_act_leaves_the_hash_of_its_reason(held):
    held.control.pause(True, "incident 7").send()
    acts = list(held.history(kind="acted"))
    assert [keccak(b"incident 7").hex() in e.text for e in acts] == [True]


def test_an_act_without_a_reason_is_refused(held):
    with pytest.raises(InputError):
        held.control.pause(True, " ")


def test_an_agent_without_the_power_is_told_before_anything_is_sent(held, tmp_path):
    other = Hashkit.connect("devnet", "dev5", project=tmp_path, rpc_url=_url(held))
    plan = other.asset("HKGREEN").control.pause(True, "mine")
    with pytest.raises(Refused) as refused:
        plan.send()
    assert "lacks the power pause" in refused.value.why
    assert Power.PAUSE not in Power(0)


def test_nobody_signs_for_another_elsewhere(held, tmp_path, monkeypatch):
    strange = connect(_url(held), tmp_path).asset("HKGREEN")
    from dataclasses import replace

    strange.context = replace(strange.context, network=replace(strange.context.network, dev=False))
    wallets = [held.investors.show(f"INV-{n}").wallets[0] for n in (1, 2)]
    with pytest.raises(AccountError) as refused:
        strange.transfer(*wallets, "1")
    assert refused.value.code == "NOT_THE_SENDER"


def test_plans_on_a_real_network_want_the_symbol_typed(held):
    from dataclasses import replace

    held.context = replace(held.context, network=replace(held.context.network, dev=False))
    assert held.redeem("INV-1", "1", "RED-9").confirm_word == "HKGREEN"
    assert held.control.halt(True, "x").confirm_word == "HKGREEN"


def _url(asset) -> str:
    return asset.context.network.rpc_urls[0]
