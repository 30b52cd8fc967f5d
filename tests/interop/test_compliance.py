"""T-REX's ModularCompliance with two of its modules in our compliance slot, beside our own registry."""

from __future__ import annotations

import pytest

from benchmarks.gas.chain import Actor
from hashkit.contracts.hashing import keccak
from tests.interop.conftest import ALICE, BOB, CAROL, ISSUER, move, put_in, tranche, verdict

HK, SG = 344, 702
MOST = 1_000
FAILED = "0x" + keccak(b"ComplianceHookFailed(bytes4,address)").hex()


@pytest.fixture
def asset(hk, suite, tmp_path):
    """Alice in Hong Kong, Bob in Singapore, Carol in the US, whom the token allows and T-REX's module does not."""
    made = tranche(hk, tmp_path)
    for label, who, country in (("A", ALICE, "HK"), ("B", BOB, "SG"), ("C", CAROL, "US")):
        made.investors.add(label, who.address, country=country).send()
    put_in(made, "compliance", suite.compliance_for(made.address, [HK, SG], MOST))
    made.issue([("A", "900"), ("B", "200")], "S-1").send()
    return made


@pytest.fixture
def counted(asset, chain, suite):
    """What the maximum balance module counts for a wallet's identity."""
    compliance = chain.address(asset.address, "compliance()")
    registry = chain.address(asset.address, "identityRegistry()")

    def units(who: Actor) -> int:
        identity = chain.address(registry, "identity(address)", who.address)
        return chain.word(suite.deployed[1], "getIDBalance(address,address)", compliance, identity)

    return units


def test_each_module_allows_and_refuses_and_every_question_agrees(chain, asset):
    assert verdict(chain, asset, ALICE, BOB, 800) == ()  # to the very maximum
    assert verdict(chain, asset, ALICE, BOB, 801) == ("R-COMPLIANCE",)
    assert verdict(chain, asset, ALICE, CAROL, 1) == ("R-COMPLIANCE",)
    move(chain, asset, ALICE, BOB, 800)
    assert verdict(chain, asset, ALICE, BOB, 1) == ("R-COMPLIANCE",)
    assert verdict(chain, asset, BOB, ALICE, 900) == ()


def test_an_issue_beyond_the_maximum_or_to_another_country_is_refused(asset):
    for holder, amount in (("A", "101"), ("C", "1")):
        with pytest.raises(Exception, match="compliance"):
            asset.issue([(holder, amount)], f"S-{holder}").send()
    asset.issue([("A", "100")], "S-2").send()


def test_its_counters_equal_the_balances_after_every_kind_of_movement(chain, asset, counted):
    def equal(a: int, b: int) -> None:
        assert (counted(ALICE), counted(BOB)) == (a, b)
        assert (asset.balance_of("A").raw, asset.balance_of("B").raw) == (a, b)

    equal(900, 200)
    move(chain, asset, ALICE, BOB, 300)
    equal(600, 500)
    asset.control.force("B", "A", "50", "court 1").send()
    equal(650, 450)
    asset.redeem("A", "150", "R-1").send()
    equal(500, 450)
    asset.control.burn("B", "50", "court 2").send()
    equal(500, 400)
    asset.issue([("A", "500")], "S-3").send()
    equal(1_000, 400)


def test_a_redemption_and_a_courts_burn_pass_though_the_module_reverts(chain, asset):
    # Taken off the registry, Alice has no identity, and the module reverts for want of one.
    call = asset.investors._face.remove(ALICE.address)
    chain.send(ISSUER, call.to, call.data)
    compliance = chain.address(asset.address, "compliance()")
    for act in (asset.redeem(ALICE.address, "100", "R-1"), asset.control.burn(ALICE.address, "50", "court 1")):
        act.send()
        last = chain.rpc("eth_getLogs", {"address": asset.address, "fromBlock": "latest", "topics": [FAILED]})
        assert len(last) == 1 and compliance[2:].lower() in "".join([last[0]["data"], *last[0]["topics"]])
    assert asset.balance_of(ALICE.address).raw == 750
    assert asset.supply().raw == 950


def test_only_the_bound_token_can_make_it_count(chain, asset, counted):
    compliance = chain.address(asset.address, "compliance()")
    assert chain.refuses(ALICE, compliance, "created(address,uint256)", ALICE.address, 5)
    assert counted(ALICE) == 900
