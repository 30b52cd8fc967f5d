"""Deploy: a second asset uses what is there, the same command again sends nothing, the record is true."""

from __future__ import annotations

import json

import pytest

from hashkit.contracts import artifacts
from hashkit.contracts.hashing import clone_runtime, keccak
from hashkit.domain.parties import Power
from hashkit.errors import InputError
from hashkit.rpc.reads import code_at
from tests.issuer.conftest import ROOT, TERMS


def test_the_same_command_again_sends_nothing(hk):
    asset = hk.deploy(TERMS).send()
    again = hk.deploy(TERMS)
    assert again.steps == () and asset.address in again.note
    assert again.send().address == asset.address


def test_a_second_asset_shares_factory_registry_and_lens(hk):
    first = hk.deploy(TERMS).send()
    plan = hk.deploy(ROOT / "examples/assets/SILVR.toml")
    assert len(plan.steps) == 2
    second = plan.send()
    assert second.registry == first.registry and second.address != first.address
    wallet = hk.wallets(1)[0]
    first.investors.add("INV-1", wallet, country="HK").send()
    assert second.investors.show("INV-1").verified, "admitted once for both"


def test_the_record_names_code_that_is_ours(hk):
    asset = hk.deploy(TERMS).send()
    record = json.loads(hk.project.deployment_file(31337, "HKGREEN").read_text())
    token = record["contracts"]["AssetToken"]
    assert record["schema"] == "hashkit.deployment/1" and record["asset"]["decimals"] == 6
    clone = code_at(hk.endpoint, asset.address, "latest")
    assert clone == clone_runtime(token["implementation"])
    assert token["codeHash"] == "0x" + keccak(clone).hex()
    half = code_at(hk.endpoint, token["implementation"], "latest")
    assert artifacts.load("AssetToken").same_code(half)
    other = code_at(hk.endpoint, record["contracts"]["AssetTokenControl"]["address"], "latest")
    assert artifacts.load("AssetTokenControl").same_code(other)
    assert token["controlCodeHash"] == "0x" + keccak(other).hex()
    registry, me = record["contracts"]["IdentityRegistry"], asset.context.sender
    found = code_at(hk.endpoint, registry["address"], "latest")
    assert artifacts.load("IdentityRegistry").same_code(found) and registry["codeHash"] == "0x" + keccak(found).hex()
    assert registry["arguments"] == {"owner": me, "agents": {me: int(Power.ADMIT)}}
    assert record["deployedAt"]["block"] == asset.info().deployed_block


def test_terms_become_rules_of_the_token(hk):
    info = hk.deploy(TERMS).send().info()
    assert (info.mode, info.paused, str(info.cap)) == ("open", False, "50000000.000000")
    assert info.compliance is not None, "a limit per investor needs a rule book"


def test_a_stale_record_is_told(hk):
    asset = hk.deploy(TERMS).send()
    hk.endpoint.call("anvil_setCode", (asset.address, "0x"))
    with pytest.raises(InputError) as stale:
        hk.asset("HKGREEN")
    assert stale.value.code == "DEPLOYMENT_STALE"
    with pytest.raises(InputError) as stale:
        hk.deploy(TERMS)
    assert stale.value.code == "DEPLOYMENT_STALE"


def test_an_unknown_asset_is_told(hk):
    with pytest.raises(InputError) as unknown:
        hk.asset("NOPE")
    assert unknown.value.code == "NO_DEPLOYMENT"
