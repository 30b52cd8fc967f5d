"""Who can mint, freeze, seize, pause and replace rules, through what, and with how few keys? Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import KeyHolder
from hashkit.audit.keyholders import fewest, look_behind
from hashkit.audit.pending import Pending, pending
from hashkit.audit.reading import Reading
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.register import REGISTRY_SLOT, Register

OWNER = "owner"
Step = tuple[str, Power | str]
"""Token or identity registry, and the power or ``owner`` there."""

_TOKEN, _REGISTRY = "token", "identity registry"
DEEDS: Mapping[str, tuple[Step, ...]] = {
    "issue by a new order": ((_TOKEN, Power.APPROVE), (_TOKEN, Power.ISSUE)),
    "mint and burn without an order": ((_TOKEN, Power.RAW_SUPPLY),),
    "redeem a holder's units": ((_TOKEN, Power.REDEEM),),
    "seize: move or burn units by force": ((_TOKEN, Power.FORCE),),
    "recover a wallet to one linked before": ((_TOKEN, Power.RECOVER), (_REGISTRY, Power.ADMIT)),
    "freeze": ((_TOKEN, Power.FREEZE),),
    "pause and halt": ((_TOKEN, Power.PAUSE),),
    "end a halt": ((_TOKEN, OWNER),),
    "tighten rules": ((_TOKEN, Power.RULES),),
    "loosen rules": ((_TOKEN, OWNER),),
    "replace registry or rule book, after the delay": ((_TOKEN, OWNER),),
    "set documents": ((_TOKEN, Power.DOCUMENT),),
    "say who is a verified investor": ((_REGISTRY, Power.ADMIT),),
    "trust KYC issuers and sources": ((_REGISTRY, OWNER),),
    "give and take powers on the token": ((_TOKEN, OWNER),),
    "give and take powers on the registry": ((_REGISTRY, OWNER),),
}
"""Deed -> what it takes. The owner of a contract can give himself any power there, at once."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed. ``holders``: who can do each step; ``keys``: the fewest that do all of it, None: nobody can now.

    ``through_owner``: the fewest keys when owners first give themselves the powers.
    """

    name: str
    holders: tuple[tuple[str, tuple[str, ...]], ...]
    keys: int | None
    through_owner: int | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "deed": self.name,
            "needs": [{"step": step, "holders": list(who)} for step, who in self.holders],
            "fewestKeys": self.keys,
            "fewestKeysThroughOwner": self.through_owner,
        }


@dataclass(frozen=True, slots=True)
class PowersReport:
    """The powers around a token at a block. ``changes`` since the earlier block, when one was named."""

    token: str
    symbol: str
    block: int
    block_hash: str
    since: int | None
    deeds: tuple[Deed, ...]
    holders: tuple[KeyHolder, ...]
    grants: tuple[tuple[str, str, str], ...]
    """Contract, agent or owner, powers in words."""
    pending: tuple[Pending, ...]
    changes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form with its schema id."""
        return {
            "schema": "hashkit.powers/1",
            "token": self.token,
            "symbol": self.symbol,
            "block": {"number": self.block, "hash": self.block_hash},
            "since": self.since,
            "deeds": [deed.to_dict() for deed in self.deeds],
            "holders": [holder.to_dict() for holder in self.holders],
            "grants": [{"contract": c, "agent": a, "powers": p} for c, a, p in self.grants],
            "pending": [one.to_dict() for one in self.pending],
            "changes": list(self.changes),
        }


def powers_report(reading: Reading) -> PowersReport:
    """The report of a reading. Of a token that is not ours only owners and roles are known, and no deeds."""
    grants = tuple(_grants(reading, reading.register))
    waiting = pending(reading)
    behind = look_behind(reading.view, {who for _, who, _ in grants if who != ZERO})
    deeds = [_deed(reading.register, reading.subject.token, name, steps, behind) for name, steps in DEEDS.items()]
    opening = reading.opening
    return PowersReport(
        token=reading.subject.token,
        symbol=reading.subject.symbol,
        block=reading.pin.block.number,
        block_hash=reading.pin.block.hash,
        since=opening.block.number if opening else None,
        deeds=tuple(deeds) if reading.subject.ours else (),
        holders=tuple(behind.values()),
        grants=grants,
        pending=waiting,
        changes=tuple(_changes(reading, opening.register)) if opening else (),
    )


def _contract(register: Register, token: str, where: str) -> str:
    return token if where == _TOKEN else register.slots.get(REGISTRY_SLOT, ZERO)


def _who(register: Register, token: str, step: Step) -> tuple[str, ...]:
    where, power = step
    contract = _contract(register, token, where)
    owner = register.owners.get(contract, ZERO)
    if not isinstance(power, Power):
        return (owner,) if owner != ZERO else ()
    agents = register.powers.get(contract, {})
    return tuple(sorted(agent for agent, bits in agents.items() if bits & power))


def _deed(
    register: Register, token: str, name: str, steps: tuple[Step, ...], behind: Mapping[str, KeyHolder]
) -> Deed:
    direct = [_who(register, token, step) for step in steps]
    owned = [_who(register, token, (where, OWNER)) for where, _ in steps]
    told = [f"{power.labels[0] if isinstance(power, Power) else power} on the {where}" for where, power in steps]
    any_way = [tuple({*who, *owner}) for who, owner in zip(direct, owned, strict=True)]
    return Deed(name, tuple(zip(told, direct, strict=True)), _fewest(direct, behind), _fewest(any_way, behind))


def _fewest(steps: list[tuple[str, ...]], behind: Mapping[str, KeyHolder]) -> int | None:
    """Over all choices of one holder a step; None when a step has nobody."""
    choices = [fewest(behind[who] for who in dict.fromkeys(one)) for one in product(*steps)]
    return min(choices, default=None)


def _grants(reading: Reading, register: Register) -> Iterator[tuple[str, str, str]]:
    roles = reading.collected.contracts
    for contract, role in sorted(roles.items(), key=lambda item: (item[1] != _TOKEN, item)):
        if (owner := register.owners.get(contract)) is not None:
            yield role, owner, OWNER
        for agent, bits in sorted(register.powers.get(contract, {}).items()):
            yield role, agent, words.powers(bits)
        for name, accounts in sorted(register.roles.get(contract, {}).items()):
            for account in sorted(accounts):
                yield role, account, words.role(name)


def _changes(reading: Reading, before: Register) -> Iterator[str]:
    then = _by_agent(_grants(reading, before))
    now = _by_agent(_grants(reading, reading.register))
    for role, who in sorted({*then, *now}):
        was, has = then.get((role, who), "nothing"), now.get((role, who), "nothing")
        if was != has:
            yield f"{who} on the {role}: had {was}, has {has}"
    for slot in sorted({*before.slots, *reading.register.slots}):
        was, has = before.slots.get(slot, ZERO), reading.register.slots.get(slot, ZERO)
        if was != has:
            yield f"slot {slot}: held {was}, holds {has}"


def _by_agent(grants: Iterator[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], list[str]] = {}
    for role, who, powers in grants:
        found.setdefault((role, who), []).append(powers)
    return {key: ", ".join(powers) for key, powers in found.items()}
