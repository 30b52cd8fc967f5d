"""Slots: proposed, awaited, applied or cancelled; the mint window among them."""

from __future__ import annotations

import pytest

from hashkit.errors import InputError, Refused
from hashkit.issuer.client import Hashkit
from tests.issuer.test_recovery import later


def _slot(asset, name):
    return next(view for view in asset.slots.show() if view.slot == name)


def _delay(asset):
    from hashkit.rpc.reads import read

    return read(asset.context.endpoint, asset.control.token.slot_delay(), "latest")


def test_a_slot_is_proposed_awaited_and_applied(asset):
    before = _slot(asset, "compliance")
    asset.slots.propose("compliance", "none").send()
    assert _slot(asset, "compliance").ready_at > 0
    if _delay(asset):
        with pytest.raises(Refused) as early:
            asset.slots.apply("compliance").send()
        assert "ready at" in early.value.why
    later(asset, _delay(asset))
    asset.slots.apply("compliance").send()
    after = _slot(asset, "compliance")
    assert (after.present, after.ready_at, before.ready_at) == ("none", 0, 0)
    assert after.to_dict()["proposed"] is None


def test_a_proposal_is_cancelled(asset):
    asset.slots.propose("identity-registry", asset.registry).send()
    assert _slot(asset, "identity-registry").proposed == asset.registry
    asset.slots.cancel("identity-registry").send()
    for plan in (asset.slots.apply("identity-registry"), asset.slots.cancel("identity-registry")):
        with pytest.raises(Refused) as refused:
            plan.send()
        assert "nothing is proposed" in refused.value.why


def test_the_mint_window_narrows_at_once_and_widens_by_a_second_hand(asset, tmp_path):
    asset.slots.mint_window("100", 3_600).send()
    assert _slot(asset, "mint-window").present.startswith("100.00 in 3600 s")
    asset.issue([("INV-1", "60")], "S-1").send()
    with pytest.raises(Exception, match="mint window"):
        asset.issue([("INV-1", "41")], "S-2").send()
    wider = asset.slots.mint_window("200", 3_600)
    assert "raise agent" in wider.note
    wider.send()
    asset.powers.grant("dev5", "raise").send()
    url = asset.context.network.rpc_urls[0]
    second = Hashkit.connect("devnet", "dev5", project=tmp_path, rpc_url=url).asset("HKGREEN")
    second.slots.apply("mint-window").send()
    assert _slot(asset, "mint-window").present.startswith("200.00 in 3600 s")
    asset.issue([("INV-1", "41")], "S-2").send()
    asset.slots.mint_window(None).send()
    asset.slots.cancel("mint-window").send()
    assert [e.kind for e in asset.history("mint-window-set")] == ["mint-window-set"] * 2


def test_odd_words_and_sizes_are_refused(asset):
    for wrong in (
        lambda: asset.slots.propose("mint-window", "none"),
        lambda: asset.slots.apply("owner"),
        lambda: asset.slots.cancel("owner"),
        lambda: asset.slots.mint_window("0", 5),
        lambda: asset.slots.mint_window("1", 0),
        lambda: asset.slots.mint_window("1", 2**24),
    ):
        with pytest.raises(InputError):
            wrong()
