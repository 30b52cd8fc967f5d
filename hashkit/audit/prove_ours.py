"""What else do a token and a registry of ours keep, and does the replay say the same? Floor 3.

The places follow from the compiler's layout and from the bits that contracts/token/Config.sol, Record.sol and
contracts/identity/RegistryStorage.sol give. Topics and names are those of ``reconcile``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hashkit.audit import words as say
from hashkit.audit.evidence import Compared, Subject
from hashkit.audit.reconcile import standing_text, text
from hashkit.audit.walk import Walk
from hashkit.contracts import places
from hashkit.contracts.hashing import checksum
from hashkit.contracts.storage import mapped, slot_of
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import OrderState
from hashkit.domain.parties import Power, Standing
from hashkit.domain.register import COMPLIANCE_SLOT, REGISTRY_SLOT, Register

_LOW = (1 << 128) - 1
_IS_LINK = 1 << 232


def of_ours(
    walk: Walk, subject: Subject, register: Register, records: Mapping[str, int]
) -> tuple[int | None, list[Compared]]:
    """The proved total supply, and everything that was proved beside the balances. ``records``: account -> word."""
    token = subject.token
    config = _words(walk, token, [slot_of("AssetToken", "_config")])[0]
    compared = [*_of_config(register, config), *_of_slots(walk, token, register), *_of_orders(walk, token, register)]
    compared += [*_of_freezes(walk, token, register, records), *_of_authority(walk, token, "AssetToken", register)]
    registry = register.slots.get(REGISTRY_SLOT, ZERO)
    if registry in register.registries:
        compared += _of_authority(walk, registry, "IdentityRegistry", register)
        compared += _of_investors(walk, registry, register)
    return None if config is None else config >> 128, compared


def _words(walk: Walk, address: str, slots: list[int]) -> list[int | None]:
    walk.fetch(address, slots)
    return [walk.word(address, slot) for slot in slots]


def _proved(topic: str, what: str, replayed: object, found: object) -> Compared:
    return Compared(topic, f"{what} (proved)", str(replayed), str(found))


def _of_config(register: Register, config: int | None) -> Iterator[Compared]:
    if config is None:
        return
    for what, bit in (("paused", places.PAUSED), ("halted", places.HALTED)):
        yield _proved("stops", what, text(what in register.stops), text(bool(config & bit)))
    for what, at, mask in (("mode", 64, 7), ("role-matrix", 72, 0xFFFF), ("lock-up", 88, (1 << 40) - 1)):
        yield _proved("rules", what, register.rules.get(what, 0), config >> at & mask)


def _of_slots(walk: Walk, token: str, register: Register) -> Iterator[Compared]:
    names = ("_cap", "_identityRegistry", "_compliance")
    cap, registry, book = _words(walk, token, [slot_of("AssetToken", name) for name in names])
    if cap is not None:
        yield _proved("cap", "cap", register.rules.get("cap", 0), cap & _LOW)
    for slot, word in ((REGISTRY_SLOT, registry), (COMPLIANCE_SLOT, book)):
        if word is not None:
            yield _proved("slots", slot, register.slots.get(slot, ZERO), _address(word))


def _of_orders(walk: Walk, token: str, register: Register) -> Iterator[Compared]:
    at = slot_of("AssetToken", "_orders")
    first = {order_id: mapped(at, bytes.fromhex(order_id[2:])) for order_id in sorted(register.orders)}
    walk.fetch(token, [slot + n for slot in first.values() for n in (1, 2)])
    for order_id, slot in first.items():
        sums, rest, seen = walk.word(token, slot + 1), walk.word(token, slot + 2), register.orders[order_id]
        if sums is not None and rest is not None:
            next_row, closed = rest >> 32 & 0xFFFFFFFF, bool(rest >> 104 & 1)
            found = OrderState(b"", 0, next_row, 0, sums >> 128, 0, closed)
            replayed = OrderState(b"", 0, seen.next_row, 0, seen.issued, 0, seen.closed)
            yield _proved("orders", f"order {order_id}", text(replayed), text(found))


def _of_freezes(walk: Walk, token: str, register: Register, records: Mapping[str, int]) -> Iterator[Compared]:
    at = slot_of("AssetToken", "_frozenAmount")
    partly = {account: mapped(at, account) for account, word in records.items() if word & places.PARTLY_FROZEN}
    walk.fetch(token, list(partly.values()))
    for account, word in records.items():
        amount = walk.word(token, partly[account]) if account in partly else 0
        frozen = bool(word & places.FROZEN)
        yield _proved("stops", f"{account} frozen", text(account in register.frozen), text(frozen))
        if amount is not None:
            replayed = register.frozen_amounts.get(account, 0)
            yield _proved("stops", f"{account} frozen amount", replayed, amount)


def _of_authority(walk: Walk, contract: str, name: str, register: Register) -> Iterator[Compared]:
    role = "token" if name == "AssetToken" else "identity registry"
    held = sorted(register.powers.get(contract, {}).items())
    at = slot_of(name, "_powers")
    slots = [slot_of(name, "_owner"), *(mapped(at, agent) for agent, _ in held)]
    owner, *found = _words(walk, contract, slots)
    if owner is not None:
        yield _proved("powers", f"owner of the {role}", register.owners.get(contract, ZERO), _address(owner))
    for (agent, bits), word in zip(held, found, strict=True):
        if word is not None:
            yield _proved("powers", f"{agent} on the {role}", say.powers(bits), say.powers(Power(word & sum(Power))))


def _of_investors(walk: Walk, registry: str, register: Register) -> Iterator[Compared]:
    at = slot_of("IdentityRegistry", "_entries")
    holders = sorted(register.balances)
    found = dict(zip(holders, _words(walk, registry, [mapped(at, holder) for holder in holders]), strict=True))
    links = {h: mapped(at, _address(word)) for h, word in found.items() if word is not None and word & _IS_LINK}
    walk.fetch(registry, list(links.values()))
    for holder, word in found.items():
        entry = walk.word(registry, links[holder]) if holder in links else word
        if entry is not None:
            yield _proved("standing", holder, standing_text(register.standing(holder)), standing_text(_standing(entry)))


def _standing(word: int) -> Standing:
    """What an entry says; the struct of RegistryStorage.sol."""
    return Standing(
        investor=_address(word),
        valid_until=word >> 160 & (1 << 40) - 1,
        country=word >> 200 & 0xFFFF,
        investor_class=word >> 216 & 0xFF,
        denied=bool(word >> 224 & 1),
    )


def _address(word: int) -> str:
    return checksum((word & (1 << 160) - 1).to_bytes(20, "big"))
