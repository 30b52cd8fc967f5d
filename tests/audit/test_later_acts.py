"""Recovery, a court's burn, documents, windows, attestations and changed names: replayed, counted and told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from hashkit.audit import audit
from hashkit.audit.acts import ActRow
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.contracts.abi import table
from hashkit.contracts.hashing import attestation_message
from hashkit.contracts.logs import facts
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.books import COURT_BURNS
from hashkit.domain.parties import Attestation, InvestorClass, Power, matrix_bits
from hashkit.domain.register import Register, fold
from hashkit.domain.terms import MODES
from hashkit.domain.units import Units
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from hashkit.rpc.reads import read
from tests.audit.conftest import ref
from tests.audit.world import EXECUTOR, ISSUER, KEYS, NETWORK, TERMS, WALLETS, World, investor

SPARE, STRANGER = DEV_ACCOUNTS[9].address, "0x00000000000000000000000000000000000A11cE"
KYC, NEWCOMER = Account.from_key(keccak(b"kyc")), Account.from_key(keccak(b"newcomer"))
A, B, C, D, E, F, _ = WALLETS


@pytest.fixture
def world(fresh_chain) -> World:
    terms = replace(TERMS, max_units_per_investor=Units.of("5000", 2))
    made = World(Endpoint(fresh_chain("anvil"), chain_id=31337)).deploy(terms)
    made.issue([(A, 10_000), (B, 5_000), (C, 3_000), (D, 1_000)])
    made.do(made.token.grant_powers(EXECUTOR.address, Power.RECOVER))
    return made


def recover(world: World) -> None:
    """A loses the wallet: part of it is frozen, and so is the account; B's recovery is called off."""
    token = world.token
    world.do(token.set_frozen_tokens(A, 2_000, ref("court")))
    world.do(token.set_address_frozen(A, True, ref("court")))
    world.do(world.registry.link(A, SPARE))
    world.do(token.recover(A, SPARE, investor(0), ref("lost key")), EXECUTOR.key)
    world.do(token.recover(B, STRANGER, investor(1), ref("letter")), EXECUTOR.key)
    world.do(token.cancel_recovery(B, ref("found")), KEYS[B])


def take(world: World) -> None:
    """A court takes 7.00 of C and 0.01, 0.02 of C and D, more than is free."""
    world.do(world.token.set_frozen_tokens(C, 2_900, ref("court")))
    world.do(world.token.burn(C, 700, ref("judgment")))
    world.do(world.token.batch_burn([C, D], [1, 2], ref("judgment")))


def papers(world: World) -> None:
    token = world.token
    world.do(token.set_document(b"terms".ljust(32, b"\0"), "https://example.org/t\u202e", keccak(b"t"), ref("d")))
    world.do(token.remove_document(b"terms".ljust(32, b"\0"), ref("e")))
    world.do(token.set_mint_window(1_000_000, 86_400))
    world.do(token.set_mint_window(9_000_000, 86_400))
    world.do(token.cancel_mint_window())


def people(world: World) -> None:
    registry = world.registry
    now = block(world.endpoint, "latest").timestamp
    made = Attestation(KYC.address, NEWCOMER.address, investor(99), 344, InvestorClass.PROFESSIONAL, now + 9_999, now)
    message = attestation_message(made, 31337, registry.address)
    signatures = [bytes(Account.sign_typed_data(k.key, full_message=message).signature) for k in (KYC, NEWCOMER)]
    world.do(registry.trust_issuer(KYC.address))
    world.do(registry.admit_by_attestation(made, *signatures))
    world.do(world.token.transfer(NEWCOMER.address, 40), KEYS[D])
    world.do(registry.revoke_attestation(made))
    world.do(registry.distrust_issuer(KYC.address))
    world.do(registry.update_identity(E, investor(77)))
    world.do(registry.update_identity(SPARE, investor(78)))
    world.do(registry.deny(F, True, ref("list")))
    world.do(registry.remove(F))


def rules(world: World) -> None:
    book = RuleBook(read(world.endpoint, world.token.compliance(), "latest"))
    world.do(book.set_max_units(400_000))
    world.do(world.token.set_mode(MODES.index("role-matrix")))
    world.do(world.token.set_role_matrix(matrix_bits([(InvestorClass.RETAIL, InvestorClass.VENUE)])))


def replayed(world: World) -> Register:
    watched = [world.token.address, world.registry.address, read(world.endpoint, world.token.compliance(), "latest")]
    last = block(world.endpoint, "latest").number
    return fold(facts(read_logs(world.endpoint, watched, 0, last)), world.token.address)


def row(rows: tuple[ActRow, ...], kind: str, text: str) -> ActRow:
    return next(r for r in rows if r.kind == kind and text in r.text)


def test_the_selectors_of_a_courts_burn_are_those_of_the_contract():
    functions = table("function", "AssetToken") | table("function", "AssetTokenControl")
    doors = ("burn(address,uint256,bytes32)", "batchBurn(address[],uint256[],bytes32)")
    assert {"0x" + functions[door].selector.hex() for door in doors} == COURT_BURNS


def test_a_history_of_later_acts_replays_to_what_receipts_and_contracts_say(world):
    for chapter in (recover, take, papers, people, rules):
        chapter(world)
    register, found = replayed(world), world.second_reading(block(world.endpoint, "latest").number)
    assert dict(register.balances) == found.held() and register.supply == found.supply == 19_000 - 703
    assert dict(register.frozen_amounts) == {a: raw for a, raw in found.amounts.items() if raw}
    assert register.frozen == found.frozen == {A, SPARE}
    assert register.frozen_amounts[SPARE] == 2_000 and A not in register.frozen_amounts
    assert register.balances[SPARE] == 10_000 and not register.irregularities and not register.unknown
    for who in (*WALLETS, SPARE, NEWCOMER.address, STRANGER):
        assert register.standing(who) == read(world.endpoint, world.registry.standing(who), "latest"), who
        assert register.frozen_amounts.get(who, 0) == read(world.endpoint, world.token.frozen_tokens(who), "latest")
        assert register.balances.get(who, 0) == read(world.endpoint, world.token.balance_of(who), "latest")

    result = audit(world.endpoint, NETWORK, world.token.address)
    wrong = {finding.id: finding.evidence for finding in result.findings if finding.result == "exception"}
    assert wrong == {"C09": (f"{NEWCOMER.address} holds 0.40: revoked",)}
    assert ("role matrix", "retail > venue") in result.rules and ("mode", "role-matrix") in result.rules
    findings = {finding.id: finding for finding in result.findings}
    assert (findings["C04"].result, findings["C13"].result) == ("pass", "pass")
    assert "burnt by court 7.03" in findings["C04"].text and "raw" not in findings["C04"].text
    assert (result.figures.court_burnt, result.figures.raw_burnt, result.figures.forced) == (703, 0, 0)
    assert not any(r.kind == "act" or r.kind == "raw supply" for r in result.acts)
    assert row(result.acts, "recovery", f"recovered all of {A} to {SPARE}").ref == "0x" + ref("lost key").hex()
    assert row(result.acts, "recovery", "proposed") and row(result.acts, "recovery", "cancelled")
    batch = row(result.acts, "court burn", "0.02")
    assert f"0.01 of {C}" in batch.text and f"0.02 of {D}" in batch.text
    assert "\u202e" not in row(result.acts, "document", "set the document terms").text
    for kind, text in (
        ("document", "took the document terms off"), ("mint window", "set the mint window to 10,000.00"),
        ("mint window", "proposed 90,000.00"), ("mint window", "cancelled"), ("trust", "trusts the issuer"),
        ("trust", "no longer trusts"), ("attestation", "revoked"), ("investor", investor(77)), ("denial", F),
        ("investor", "removed"), ("rule", "4,000.00"),
        ("rule", "set mode to role-matrix"), ("rule", "set role matrix to retail > venue"),
    ):  # fmt: skip
        assert row(result.acts, kind, text)


def test_a_courts_burn_without_a_paper_is_an_exception(world):
    world.do(world.token.burn(C, 1, bytes(32)))
    findings = {f.id: f.result for f in audit(world.endpoint, NETWORK, world.token.address).findings}
    assert (findings["C04"], findings["C13"]) == ("pass", "exception")


def test_the_burn_of_the_standard_stays_raw_supply(world):
    world.do(world.token.grant_powers(ISSUER.address, Power.RAW_SUPPLY))
    entry = table("function", "AssetToken")["burn(address,uint256)"]
    world.send(world.token.address, entry.selector + encode(entry.inputs, [C, 5]))
    register = replayed(world)
    assert (register.court_burnt, register.raw_burnt) == (0, 5)
