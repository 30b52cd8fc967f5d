"""A lost wallet: at once to a linked one, after a day to another, never by whoever admits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hashkit.contracts.hashing import keccak
from hashkit.errors import InputError, Refused, TransferRefused
from hashkit.issuer.client import Hashkit


@pytest.fixture
def held(asset, hk):
    """INV-1 holds 100, has a second wallet (dev3); dev9 recovers."""
    asset.issue([("INV-1", "100")], "S-1").send()
    asset.investors.add("INV-1", hk.wallets(3)[2], country="HK", kyc_expires="2035-12-31").send()
    asset.powers.grant("dev9", "recover").send()
    return asset


@pytest.fixture
def recoverer(held, tmp_path):
    """The asset in the hands of dev9."""
    url = held.context.network.rpc_urls[0]
    return Hashkit.connect("devnet", "dev9", project=tmp_path, rpc_url=url).asset("HKGREEN")


def later(asset, seconds):
    """Some time on the chain."""
    asset.context.endpoint.call("evm_increaseTime", (seconds,))
    asset.context.endpoint.call("evm_mine", ())


def test_to_a_linked_wallet_at_once(held, recoverer):
    held.control.freeze("INV-1", True, "court 1", "30").send()
    plan = recoverer.control.recover("INV-1", "dev3", "lost phone")
    assert "at once" in plan.note
    plan.send()
    assert (held.balance_of("dev1"), held.balance_of("dev3")) == (Decimal(0), Decimal(100))
    assert held.check_transfer("dev3", "INV-2", "71").rules == ("R-FROZEN-AMOUNT",)
    assert [e.kind for e in held.history("recovered")] == ["recovered"]
    assert keccak(b"lost phone").hex() in list(held.history("acted"))[-1].text


def test_to_an_unknown_wallet_after_a_day(held, recoverer):
    recoverer.control.recover("INV-1", "dev8", "lost phone").send()
    assert held.balance_of("INV-1") == Decimal(100)
    with pytest.raises(Refused, match="check failed") as early:
        recoverer.control.recover("INV-1", "dev8", "lost phone").send()
    assert "ready at" in early.value.why
    later(held, 86_400)
    plan = recoverer.control.recover("INV-1", "dev8", "lost phone")
    assert "proposed before" in plan.note
    plan.send()
    assert held.balance_of("dev8") == Decimal(100)
    assert [e.kind for e in held.history("recovery-proposed")] == ["recovery-proposed"]


def test_the_lost_wallet_stops_it(held, recoverer, tmp_path):
    url = held.context.network.rpc_urls[0]
    lost = Hashkit.connect("devnet", "dev1", project=tmp_path, rpc_url=url).asset("HKGREEN")
    with pytest.raises(Refused, match="check failed"):
        lost.control.cancel_recovery("INV-1", "I have it").send()
    recoverer.control.recover("INV-1", "dev8", "lost phone").send()
    with pytest.raises(Refused) as stranger:
        recoverer.control.cancel_recovery("INV-1", "mine").send()
    assert "neither the lost wallet" in stranger.value.why
    lost.control.cancel_recovery("INV-1", "I have it").send()
    later(held, 86_400)
    assert "This proposes it" in recoverer.control.recover("INV-1", "dev8", "lost phone").note


def test_who_admits_recovers_nothing(held):
    plan = held.control.recover("INV-1", "dev3", "mine")
    assert "R-APART" in [check.id for check in plan.checks if not check.ok]
    with pytest.raises(Refused):
        plan.send()


def test_another_investors_wallet_is_refused(held, recoverer):
    plan = recoverer.control.recover("INV-1", "INV-2", "lost phone")
    assert [check.id for check in plan.checks if not check.ok] == ["R-RECOVERY"]
    held.control.halt(True, "incident").send()
    with pytest.raises(TransferRefused, match="refuses"):
        recoverer.control.recover("INV-1", "dev3", "lost phone").send()
    with pytest.raises(InputError):
        recoverer.control.recover("INV-1", "dev3", " ")


def test_a_court_burns_frozen_units(held):
    held.control.freeze("INV-1", True, "court 1", "100").send()
    held.control.burn("INV-1", "40", "court 2").send()
    assert (held.supply(), held.balance_of("INV-1")) == (Decimal(60), Decimal(60))
    with pytest.raises(TransferRefused) as refused:
        held.control.burn("INV-1", "61", "court 3").send()
    assert refused.value.verdict.rules == ("R-BALANCE",)
