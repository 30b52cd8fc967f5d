"""Who can do what, with how few keys: on a real chain, with contracts that answer like a Safe and a timelock."""

from __future__ import annotations

import pytest
from eth_utils import keccak

from hashkit.audit.evidence import KeyHolder
from hashkit.audit.keyholders import fewest
from hashkit.audit.powers import PowersReport, powers_report
from hashkit.audit.reading import open_books
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.hashing import rows_tree
from hashkit.domain.orders import Order, Row
from hashkit.domain.parties import Power
from hashkit.domain.units import Units
from tests.audit.planted import A, B, C, D, E, Ground, by_contract
from tests.audit.world import EXECUTOR, FAR, ISSUER, NETWORK


def report(ground: Ground, since: int | None = None) -> PowersReport:
    world = ground.world
    return powers_report(open_books(world.endpoint, NETWORK, world.token.address, since=since))


def answers(ground: Ground, place: str, answer: dict[str, list[int]]) -> str:
    """A contract at ``place`` that answers some questions with fixed words and refuses all others."""
    code = "5f3560e01c"
    bodies, at = [], 5 + 11 * len(answer) + 4
    for signature, words in answer.items():
        body = "5b" + "".join(f"7f{word:064x}61{32 * n:04x}52" for n, word in enumerate(words))
        body += f"61{32 * len(words):04x}5ff3"
        code += f"8063{keccak(signature.encode())[:4].hex()}1461{at:04x}57"
        bodies.append(body)
        at += len(body) // 2
    ground.world.endpoint.call("anvil_setCode", (place, "0x" + code + "5f5f" + "fd" + "00" + "".join(bodies)))
    return place


def safe(ground: Ground, place: str, owners: list[str], threshold: int) -> str:
    listed = [32, len(owners), *(int(owner, 16) for owner in owners)]
    return answers(ground, place, {"getOwners()": listed, "getThreshold()": [threshold]})


def keys(found: PowersReport) -> dict[str, tuple[int | None, int | None]]:
    return {deed.name: (deed.keys, deed.through_owner) for deed in found.deeds}


def test_keys_are_counted_for_every_deed(ground: Ground) -> None:
    told = keys(report(ground))
    assert told["issue by a new order"] == (2, 1)  # approver and executor are apart, but a contract owns the token
    assert told["mint and burn without an order"] == (None, 1)
    assert told["freeze"] == told["seize: move or burn units by force"] == told["pause and halt"] == (1, 1)
    assert told["give and take powers on the token"] == (1, 1)


def test_a_safe_and_a_timelock_are_recognised(ground: Ground) -> None:
    world = ground.world
    owner = world.factory.address
    safe(ground, owner, [A, B, C], 2)
    other, lock = "0x" + "5A" * 20, "0x" + "71" * 20
    safe(ground, other, [B, C, D, E], 3)
    answers(ground, lock, {"getMinDelay()": [86_400]})
    by_contract(world, world.token.grant_powers(other, Power.RAW_SUPPLY))
    by_contract(world, world.token.grant_powers(lock, Power.RULES))
    by_contract(world, world.token.revoke_powers(ISSUER.address, Power.APPROVE))
    by_contract(world, world.token.grant_powers(other, Power.APPROVE))
    found = report(ground)
    behind = {holder.address.lower(): holder for holder in found.holders}
    assert behind[owner.lower()].told == "a Safe, 2 of 3" and behind[other.lower()].told == "a Safe, 3 of 4"
    assert behind[lock].delay == 86_400 and behind[ISSUER.address.lower()].kind == "key"
    told = keys(found)
    assert told["mint and burn without an order"] == (3, 2)
    assert told["issue by a new order"] == (4, 2)
    assert told["loosen rules"] == (2, 2) and told["tighten rules"] == (1, 1)


def test_an_owner_that_one_key_opens_is_no_better_than_a_key(ground: Ground) -> None:
    def told() -> tuple[str, str]:
        found = next(one for one in ground.audit().findings if one.id == "C19")
        return found.result, "\n".join(found.evidence)

    owner = ground.world.factory.address
    safe(ground, owner, [A, B, C], 2)
    assert told()[0] == "pass" and f"token: {owner} is a Safe, 2 of 3" in told()[1]
    safe(ground, owner, [A, B, C], 1)
    assert told()[0] == "note" and f"token: {owner} is a Safe, 1 of 3" in told()[1]
    ground.world.endpoint.call("anvil_setCode", (owner, "0xef0100" + "11" * 20))
    assert told()[0] == "note" and f"token: {owner} is a key" in told()[1]


def test_what_is_approved_and_waits_is_listed(ground: Ground) -> None:
    world = ground.world
    units = Units(700, 2)
    root = rows_tree(keccak(b"waiting"), [Row("S-9", A, units)], 200)[0][-1][0]
    order = Order(keccak(b"waiting"), root, keccak(b"f"), 1, units, FAR)
    world.do(world.token.open_order(order))
    by_contract(world, world.token.set_compliance("0x" + "00" * 20))
    by_contract(world, AssetToken(world.token.address).transfer_ownership(D))
    by_contract(world, world.token.grant_powers(E, Power.RAW_SUPPLY))
    told = {one.kind: one for one in report(ground).pending}
    assert "up to 7.00" in told["order"].text and told["order"].by == "issue on the token"
    assert "for the slot compliance, not before" in told["slot"].text
    assert told["owner"].text == f"{D} may become the owner of the token"
    assert told["raw supply"].by == E and "up to 999,830.00" in told["raw supply"].text
    world.do(world.token.close_order(keccak(b"waiting")))
    by_contract(world, world.token.cancel_compliance())
    assert {one.kind for one in report(ground).pending} == {"owner", "raw supply"}


def test_what_changed_since_a_block_is_told(ground: Ground) -> None:
    world, since = ground.world, report(ground).block
    assert report(ground, since).changes == ()
    by_contract(world, world.token.grant_powers(EXECUTOR.address, Power.PAUSE))
    by_contract(world, world.token.grant_powers(E, Power.FREEZE))
    assert set(report(ground, since).changes) == {
        f"{EXECUTOR.address} on the token: had issue, has issue, pause",
        f"{E} on the token: had nothing, has freeze",
    }
    assert report(ground, since).to_dict()["since"] == since


@pytest.mark.parametrize(
    ("parts", "least"),
    [
        ([KeyHolder(A, "key"), KeyHolder(A, "key")], 1),
        ([KeyHolder(A, "key"), KeyHolder(B, "key")], 2),
        ([KeyHolder(C, "Safe", (A, B), 2), KeyHolder(A, "key")], 2),
        ([KeyHolder(C, "Safe", (A, B, D), 2), KeyHolder(D, "Safe", (A, B, D), 3)], 3),
        ([KeyHolder(C, "Safe", (A, B), 1), KeyHolder(D, "Safe", (D, E), 2)], 3),
        ([KeyHolder(C, "Safe", (A, B, D), 2), KeyHolder(D, "Safe", (A, E), 2)], 3),
    ],
)
def test_one_key_may_serve_two_holders(parts: list[KeyHolder], least: int) -> None:
    assert fewest(parts) == fewest(parts[::-1]) == least
