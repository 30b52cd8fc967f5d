"""What can be said of a token that we did not make? Its standards, its proxy, who has power over it, who may hold.

Floor 3. Everything here is asked at the pinned block and believed of one node; what a contract does not answer stays
unknown. Roles come from events and are confirmed by the contract where it has a view for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hashkit.audit.evidence import Held, Proxy, Stranger, Subject
from hashkit.audit.keyholders import real_code
from hashkit.audit.view import View
from hashkit.audit.words import clean
from hashkit.contracts import foreign
from hashkit.contracts.call import Query
from hashkit.contracts.foreign import Foreign
from hashkit.contracts.hashing import checksum, clone_runtime
from hashkit.domain.facts import ZERO
from hashkit.domain.register import COMPLIANCE_SLOT, REGISTRY_SLOT, Register

ERC3643, ERC1404 = "ERC-3643", "ERC-1404"


def recognise(view: View, subject: Subject) -> Subject:
    """The subject with the standards it answers and, for an ERC-3643 token, the contracts behind it.

    ERC-20 is left out: everything audited here has balances. A token of ours is returned as it is.
    """
    if subject.ours:
        return subject
    it = Foreign(subject.token)
    asked: dict[str, Sequence[Query[Any]]] = {
        ERC3643: (it.identity_registry(), it.compliance(), it.is_frozen(ZERO)),
        "ERC-7943": (it.supports(foreign.ERC7943_FUNGIBLE),),
        ERC1404: (it.restriction(ZERO, ZERO, 0),),
        "ERC-1643": (it.documents(),),
        "ERC-2612": (it.domain_separator(),),
        "Ownable": (it.owner(),),
        "AccessControl": (it.supports(foreign.ACCESS_CONTROL),),
        "Pausable": (it.paused(),),
    }
    found = tuple(name for name, queries in asked.items() if all(_answers(view, query) for query in queries))
    return replace(subject, standards=found, beside=_beside(view, it) if ERC3643 in found else {})


def _answers(view: View, query: Query[Any]) -> bool:
    """It answers; ``supportsInterface`` must say yes as well."""
    found = view.ask(query)
    return found is True if query.function == "supportsInterface" else found is not None


def look(view: View, subject: Subject, register: Register) -> Stranger | None:
    """What the contracts of a stranger's token answer at the block; None when the node has no state of it, or the
    token is ours."""
    if subject.ours or not view.pin.state:
        return None
    reader = _Reader(view)
    token, holders = Foreign(subject.token), sorted(a for a, raw in register.balances.items() if raw > 0)
    return Stranger(
        proxy=reader.proxy(subject.token),
        held=tuple(reader.held(register, {subject.token: "token", **subject.beside})),
        paused=view.ask(token.paused()),
        may_hold=reader.may_hold(subject, holders),
        frozen=reader.frozen(token, holders) if ERC3643 in subject.standards else {},
    )


def _beside(view: View, it: Foreign) -> dict[str, str]:
    named = {
        view.ask(it.identity_registry()): REGISTRY_SLOT,
        view.ask(it.compliance()): COMPLIANCE_SLOT,
    }
    strange = (None, ZERO, it.address)
    return {address: role.replace("-", " ") for address, role in named.items() if address and address not in strange}


class _Reader:
    """Asks at the pinned block."""

    def __init__(self, view: View) -> None:
        self._view = view

    def proxy(self, token: str) -> Proxy | None:
        """Whose code the token runs, when it is not its own."""
        code = self._view.code(token)
        target = checksum(code[10:30]) if len(code) >= 30 else ZERO
        if target != ZERO and code == clone_runtime(target):
            return Proxy("minimal clone (EIP-1167)", target, "", "nobody: it cannot be pointed elsewhere")
        if (implementation := self._slot(token, foreign.ERC1967_IMPLEMENTATION)) != ZERO:
            admin = self._slot(token, foreign.ERC1967_ADMIN)
            who = admin if admin != ZERO else "whom the implementation's own code lets"
            return Proxy("ERC-1967 proxy", implementation, admin, who)
        if (beacon := self._slot(token, foreign.ERC1967_BEACON)) != ZERO:
            behind = self._view.ask(Foreign(beacon).implementation()) or ZERO
            return Proxy("beacon proxy", behind, beacon, self._owner_of(beacon))
        authority = self._view.ask(Foreign(token).implementation_authority())
        if authority is not None:
            behind = self._view.ask(Foreign(authority).token_implementation()) or ZERO
            return Proxy("T-REX proxy", behind, authority, self._owner_of(authority))
        return None

    def _slot(self, token: str, slot: int) -> str:
        return checksum(self._view.slot(token, slot)[12:])

    def _owner_of(self, contract: str) -> str:
        owner = self._view.ask(Foreign(contract).owner())
        return f"the owner of {contract}, {owner}" if owner is not None else f"whoever {contract} lets"

    def held(self, register: Register, contracts: dict[str, str]) -> Iterator[Held]:
        """Every owner and every role, the contract's own answer beside what its events say."""
        for address, name in contracts.items():
            it = Foreign(address)
            owner = self._view.ask(it.owner())
            if owner is not None:
                told = register.owners.get(address)
                yield self._one(name, "owner", owner, None if told is None else told == owner)
            for role, accounts in sorted(register.roles.get(address, {}).items()):
                for account in sorted(accounts):
                    query = it.is_agent(account) if role == "agent" else it.has_role(role, account)
                    yield self._one(name, role, account, self._view.ask(query))

    def _one(self, contract: str, role: str, account: str, confirmed: bool | None) -> Held:
        return Held(contract, role, account, confirmed, len(real_code(self._view.code(account))))

    def may_hold(self, subject: Subject, holders: Sequence[str]) -> dict[str, str]:
        """Holder -> ``verified`` or why not, in the token's own words; empty when it has no rule about holders."""
        registry = next((a for a, role in subject.beside.items() if role == "identity registry"), None)
        if registry is not None:
            answers = self._view.ask_many([Foreign(registry).is_verified(holder) for holder in holders])
            return dict(zip(holders, (_verified(answer) for answer in answers), strict=True))
        if ERC1404 in subject.standards:
            return self._unrestricted(Foreign(subject.token), holders)
        return {}

    def _unrestricted(self, token: Foreign, holders: Sequence[str]) -> dict[str, str]:
        """By ERC-1404: could the holder move nothing to himself? A code that is not 0 names his trouble."""
        codes = self._view.ask_many([token.restriction(holder, holder, 0) for holder in holders])
        texts = {
            code: clean(self._view.ask(token.restriction_message(code)) or "no words for it")
            for code in sorted({code for code in codes if code})
        }
        told = ("unknown" if c is None else f"code {c}: {texts[c]}" if c else "verified" for c in codes)
        return dict(zip(holders, told, strict=True))

    def frozen(self, token: Foreign, holders: Sequence[str]) -> dict[str, tuple[bool, int]]:
        """Holder -> frozen as a whole, frozen amount; only those with either."""
        whole = self._view.ask_many([token.is_frozen(holder) for holder in holders])
        parts = self._view.ask_many([token.frozen_tokens(holder) for holder in holders])
        each = zip(holders, whole, parts, strict=True)
        return {holder: (bool(all_of), part or 0) for holder, all_of, part in each if all_of or part}


def _verified(answer: bool | None) -> str:
    return "unknown" if answer is None else "verified" if answer else "not verified"
