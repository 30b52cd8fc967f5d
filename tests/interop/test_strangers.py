"""The same audit on tokens that we did not make: the real T-REX, a bond token like BondDEX's, a plain ERC-20."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gas.solidity import creation
from hashkit.audit import AuditResult, audit
from hashkit.audit.evidence import Held
from tests.audit.world import NETWORK
from tests.interop.conftest import ALICE, BOB, CAROL, ISSUER, PACKAGES, DevChain, Suite

BOND = Path(__file__).parent / "contracts"
INVESTOR = 3
ADMINISTRATOR = "0x" + "00" * 32


def run(chain: DevChain, token: str) -> AuditResult:
    return audit(chain.node, NETWORK, token)


def results(result: AuditResult) -> dict[str, str]:
    return {finding.id: finding.result for finding in result.findings}


def held(result: AuditResult) -> set[tuple[str, str, str]]:
    assert result.stranger is not None
    return {(each.contract, each.role, each.account) for each in result.stranger.held}


@pytest.fixture
def trex(chain: DevChain, suite: Suite) -> Suite:
    """A T-REX token: Alice and Bob are verified investors, Carol was and her claim is revoked."""
    suite.deployed = []  # without compliance modules
    suite.token = suite.deploy_token(0)
    for who in (ALICE, BOB, CAROL):
        suite.onboard(who)
        chain.ask(ISSUER, suite.token, "mint(address,uint256)", who.address, 1_000)
    return suite


def test_a_trex_token_shows_its_proxy_its_agents_its_holders_and_its_freezes(chain, trex):
    trex.freeze(BOB, True)
    trex.freeze_part(ALICE, 300, True)
    trex.revoke(CAROL)
    result = run(chain, trex.token)
    assert {"ERC-3643", "Ownable", "Pausable"} <= set(result.subject.standards)
    assert {h.wallet: h.raw for h in result.holders} == dict.fromkeys((a.address for a in (ALICE, BOB, CAROL)), 1_000)
    it = result.stranger
    assert it.proxy.kind == "T-REX proxy" and it.proxy.authority == trex.authority
    assert it.may_hold == {ALICE.address: "verified", BOB.address: "verified", CAROL.address: "not verified"}
    assert it.frozen == {BOB.address: (True, 0), ALICE.address: (False, 300)}
    assert {("token", "owner", ISSUER.address), ("token", "agent", ISSUER.address)} <= held(result)
    assert ("identity registry", "agent", ISSUER.address) in held(result)
    assert ("identity registry", "agent", trex.token) in held(result)
    assert all(each.confirmed for each in it.held if each.role == "agent")
    assert result.proof.proved and result.proof.layout.startswith("mapping at slot ")
    assert {row.kind for row in result.acts} >= {"freeze", "powers", "owner", "slot"}
    found = results(result)
    assert {c: found[c] for c in ("C01", "C02", "C03", "C05", "C08", "C09", "C18", "C19", "C21")} == {
        **dict.fromkeys(("C01", "C02", "C03", "C05", "C21"), "pass"),
        "C08": "not performed", "C09": "exception", "C18": "note", "C19": "note",
    }  # fmt: skip
    trex.force(BOB, ALICE, 10)  # out of a frozen wallet, by an agent
    assert results(run(chain, trex.token))["C21"] == "note"


def bond(chain: DevChain) -> tuple[str, str]:
    made = ("address", ISSUER.address)
    module = chain.deploy(ISSUER, creation("BondModule", PACKAGES, BOND), made)
    return chain.deploy(ISSUER, creation("BondLike", PACKAGES, BOND), made, ("address", module)), module


def test_a_bond_token_says_by_erc1404_who_of_its_holders_may_hold(chain):
    token, module = bond(chain)
    chain.ask(ISSUER, module, "list(address,uint8)", ALICE.address, INVESTOR)
    for who in (ALICE, BOB):  # a mint asks nobody: Bob is not listed
        chain.ask(ISSUER, token, "mint(address,uint256)", who.address, 1_000_000)
    result = run(chain, token)
    assert set(result.subject.standards) == {"ERC-1404", "AccessControl"}
    assert result.stranger.may_hold == {ALICE.address: "verified", BOB.address: "code 2: Sender is not listed"}
    roles = [h for h in result.stranger.held if h.account == ISSUER.address]
    assert [(h.contract, h.confirmed, h.code) for h in roles] == [("token", True, 0)] * 2
    assert ADMINISTRATOR in {h.role for h in roles}
    found = {finding.id: finding for finding in result.findings}
    assert found["C09"].result == "exception" and found["C09"].text.startswith("1 of 2")
    assert "not listed" in found["C09"].evidence[0] and BOB.address in found["C09"].evidence[0]
    assert found["C18"].result == found["C19"].result == "note" and found["C21"].result == "not performed"


def test_a_plain_token_says_little_and_the_audit_says_so(chain):
    made = (("string", "Plain"), ("string", "PLN"), ("address", ISSUER.address))
    token = chain.deploy(ISSUER, creation("PlainOZ", PACKAGES), *made)
    chain.ask(ISSUER, token, "mint(address,uint256)", ALICE.address, 5)
    result = run(chain, token)
    assert result.subject.standards == ("Ownable",)
    assert result.stranger.held == (Held("token", "owner", ISSUER.address, True, 0),)
    assert result.proof.proved and result.proof.layout == "mapping at slot 0" and result.proof.supply == 5
    assert result.stranger.proxy is None and result.stranger.may_hold == {} and result.stranger.frozen == {}
    found = results(result)
    assert (found["C01"], found["C02"], found["C19"]) == ("pass", "pass", "note")
    assert found["C09"] == found["C21"] == "not performed"

