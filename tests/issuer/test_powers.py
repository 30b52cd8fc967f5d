"""Powers at token and registry: seen, granted, taken, and kept apart."""

from __future__ import annotations

import pytest

from hashkit.domain.parties import Power
from hashkit.errors import InputError, Refused
from hashkit.issuer.client import Hashkit


def _of(asset, name, where):
    return [a.powers for a in asset.powers.show().agents if a.agent == name and a.where == where]


def test_granted_powers_are_shown_and_taken(asset, hk):
    agent = hk.wallets(5)[4]
    asset.powers.grant("dev5", "pause,freeze").send()
    asset.powers.grant("dev5", ["admit"], at="registry").send()
    assert _of(asset, agent, "token") == [Power.PAUSE | Power.FREEZE]
    assert _of(asset, agent, "registry") == [Power.ADMIT]
    asset.powers.revoke("dev5", "pause,freeze").send()
    assert _of(asset, agent, "token") == []
    assert _of(asset, agent, "registry") == [Power.ADMIT]


def test_show_names_both_owners_and_gives_json(asset):
    shown = asset.powers.show().to_dict()
    assert shown["owners"] == {"token": asset.context.sender, "registry": asset.context.sender}
    assert {a["at"] for a in shown["agents"]} == {"token", "registry"}


def test_admit_and_recover_stay_apart_over_both_contracts(asset):
    asset.powers.grant("dev5", "admit", at="registry").send()
    plan = asset.powers.grant("dev5", "recover")
    assert [check.id for check in plan.checks if not check.ok] == ["R-APART"]
    with pytest.raises(Refused):
        plan.send()


def test_only_the_owner_grants_and_only_what_is_held_is_taken(asset, tmp_path):
    url = asset.context.network.rpc_urls[0]
    other = Hashkit.connect("devnet", "dev5", project=tmp_path, rpc_url=url).asset("HKGREEN")
    with pytest.raises(Refused) as refused:
        other.powers.grant("dev5", "pause").send()
    assert "is not the owner" in refused.value.why
    with pytest.raises(Refused):
        asset.powers.revoke("dev5", "pause").send()


def test_words_that_are_no_power_or_no_place_are_refused(asset):
    with pytest.raises(InputError, match="not a power"):
        asset.powers.grant("dev5", "pausing")
    with pytest.raises(InputError):
        asset.powers.grant("dev5", Power(0))
    with pytest.raises(InputError):
        asset.powers.grant("dev5", "pause", at="factory")
