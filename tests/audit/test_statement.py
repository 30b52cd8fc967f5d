"""A holder's statement: every movement by its door, and a balance that ends at the register's."""

from __future__ import annotations

import pytest
from eth_utils import keccak

from hashkit.audit.reading import open_books
from hashkit.audit.statement import Statement, statement
from hashkit.contracts.abi import table
from hashkit.domain.parties import Power
from hashkit.errors import InputError
from hashkit.rpc.reads import read
from tests.audit.conftest import ref
from tests.audit.planted import A, B, C, D, Ground, by_contract, issue
from tests.audit.world import EXECUTOR, ISSUER, KEYS, NETWORK, investor


def of(ground: Ground, who: str, since: int | None = None) -> Statement:
    world = ground.world
    return statement(open_books(world.endpoint, NETWORK, world.token.address, since=since), who)


def lines(found: Statement) -> list[tuple[str, int, int]]:
    return [(line.what, line.raw, line.balance) for line in found.lines]


def test_a_statement_names_every_door(ground: Ground) -> None:
    world, token = ground.world, ground.world.token
    by_contract(world, token.grant_powers(EXECUTOR.address, Power.RECOVER))
    by_contract(world, token.grant_powers(ISSUER.address, Power.RAW_SUPPLY))
    issue(world, [("S-7", A, 700)])
    world.do(token.forced_transfer(A, D, 300, ref("court")))
    world.do(token.burn(A, 50, ref("judgment")))
    mint = table("function", "AssetTokenControl")["mint(address,uint256)"].selector
    world.send(token.address, mint + bytes.fromhex(A[2:]).rjust(32, b"\0") + (9).to_bytes(32, "big"))
    world.do(token.redeem(A, 100, keccak(b"R-7")))
    world.do(world.registry.link(A, ISSUER.address))
    world.do(token.set_frozen_tokens(A, 40, ref("x")))
    world.do(token.recover(A, ISSUER.address, investor(0), ref("lost")), EXECUTOR.key)
    found = of(ground, investor(0))
    assert found.wallets == tuple(sorted((A, ISSUER.address)))
    assert lines(found) == [
        ("issued", 10_000, 10_000), ("transfer", -1_000, 9_000), ("issued", 700, 9_700),
        ("moved by force", -300, 9_400), ("burnt by court", -50, 9_350), ("minted without an order", 9, 9_359),
        ("redeemed", -100, 9_259), ("recovered", -9_259, 0), ("recovered", 9_259, 9_259),
    ]  # fmt: skip
    assert found.closing == read(world.endpoint, token.balance_of(ISSUER.address), "latest") == 9_259
    refs = {line.what: line.ref for line in found.lines}
    assert refs["moved by force"] == "0x" + ref("court").hex() and refs["redeemed"] == "0x" + keccak(b"R-7").hex()
    assert found.frozen == 40 and found.standing == "verified"


def test_a_period_opens_with_the_balance_of_its_beginning(ground: Ground) -> None:
    since = of(ground, B).block
    ground.world.do(ground.world.token.transfer(C, 250), KEYS[B])
    found = of(ground, B, since)
    assert (found.opening, found.closing) == (5_500, 5_250) and lines(found) == [("transfer", -250, 5_250)]
    assert found.to_dict()["movements"][0]["amount"] == "-2.50" and found.lines[0].other == C


def test_who_never_held_has_an_empty_page_and_a_stranger_none(ground: Ground) -> None:
    nobody = "0x00000000000000000000000000000000000A11cE"
    assert of(ground, investor(6)).lines == ()
    with pytest.raises(InputError) as refused:
        of(ground, nobody)
    assert refused.value.code == "NOBODY"
