"""Deploy: a second asset uses what is there, the same command again sends nothing, the record is true."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hashkit.contracts import artifacts
from hashkit.contracts.hashing import checksum, clone_runtime, keccak
from hashkit.domain.parties import Power
from hashkit.errors import InputError, Refused
from hashkit.rpc.reads import code_at
from tests.chain.talk import mined
from tests.issuer.conftest import ROOT, TERMS, term_sheet


def test_the_same_command_again_sends_nothing(hk):
    asset = hk.deploy(TERMS).send()
    again = hk.deploy(TERMS)
    assert again.steps == () and asset.address in again.note
    assert again.send().address == asset.address


@pytest.mark.parametrize(("chain_id", "main"), [(177, True), (4242, True), (133, False), (31337, False)])
def test_one_key_with_every_power_must_be_said_in_words_on_a_main_network(hk, chain_id, main):
    hk.context = replace(hk.context, network=replace(hk.network, chain_id=chain_id, dev=chain_id == 31337))
    assert hk.network.main is main
    plan, meant = hk.deploy(TERMS), hk.deploy(TERMS, single_key=True)
    assert meant.refused is None and (plan.refused is not None) is main
    assert bool(meant.warnings) is (chain_id != 31337), "told or not, it is a risk"
    if main:
        before = hk.endpoint.call("eth_blockNumber")
        with pytest.raises(Refused) as caught:
            plan.send()
        assert "hold every power" in caught.value.why and "single_key=True" in caught.value.next_step
        assert hk.endpoint.call("eth_blockNumber") == before


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


ORACLE = bytes.fromhex("600a600c600039600a6000f35f5f5260205ff3000000")  # isSanctioned: nobody, to any question
RULES = """mode = "role-matrix"
role_matrix = { professional = ["institution"], institution = ["professional", "institution"] }
minimum_holding = "10"
denomination = "0.5"
max_holders = 200
max_holders_in = { HK = 50 }
velocity = { units = "500", period = "1d" }
holding_period = "36h"
"""


def test_every_rule_of_the_term_sheet_is_set_before_anything_is_issued(hk):
    code = {"from": hk.wallets(1)[0], "data": "0x" + ORACLE.hex()}
    oracle = checksum(mined(hk.endpoint, code)["contractAddress"])
    path = term_sheet(hk, RULES + f'sanctions_oracle = "{oracle}"\n')
    plan = hk.deploy(path)
    titles = [step.title for step in plan.steps]
    assert [t for t in titles if t.startswith("Rule ")] == [
        "Rule minimum-holding: 10.00", "Rule denomination: 0.50", "Rule max-holders: 200",
        "Rule max-holders:HK: 50", "Rule velocity: 500.00 per 1d", "Rule holding-period: 36h",
        f"Rule sanctions-oracle: {oracle}",
    ]  # fmt: skip
    assert "holding-period 36h" in plan.table() and plan.fee is not None
    assert "professional > institution; institution > professional, institution" in plan.table()
    asset = plan.send()
    view = asset.rules.show()
    assert view.armed and {rule.rule: rule.limit for rule in view.rules if rule.limit} == {
        "mode": "role-matrix", "role-matrix:professional": "institution",
        "role-matrix:institution": "professional, institution", "minimum-holding": "10.00 HKGREEN",
        "denomination": "0.50 HKGREEN", "max-holders": "200", "max-holders:HK": "50",
        "velocity": "500.00 HKGREEN per 1d", "holding-period": "36h", "sanctions-oracle": oracle,
    }  # fmt: skip
    assert hk.deploy(path).steps == (), "the same command again sends nothing"
    first, second = hk.wallets(2)
    asset.investors.add("INV-1", first, country="HK").send()
    asset.investors.add("INV-2", second, country="SG").send()
    asset.issue([("INV-1", "100")], "S-1").send()
    assert asset.check_transfer("INV-1", "INV-2", "9.9").rules == (
        "R-MODE", "R-DENOMINATION", "R-MIN-HOLDING", "R-HOLDING-PERIOD",
    )  # fmt: skip


def test_a_sheet_without_rules_makes_no_rule_book_and_says_so(hk):
    asset = hk.deploy(term_sheet(hk, "")).send()
    view = asset.rules.show()
    assert view.to_dict()["ruleBook"] is None and [r.rule for r in view.rules] == ["mode"]
    with pytest.raises(InputError) as none:
        asset.rules.set("max-holders", "5")
    assert none.value.code == "NO_RULE_BOOK"


def test_an_oracle_that_is_no_contract_is_refused_before_anything_is_sent(hk):
    plan = hk.deploy(term_sheet(hk, f'sanctions_oracle = "{hk.wallets(1)[0]}"\n'))
    with pytest.raises(Refused, match="Nothing was sent"):
        plan.send()


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
