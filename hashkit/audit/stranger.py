"""What can be said of a token that we did not make? Its standards, its proxy, who has power over it, who may hold.

Floor 3. Everything here is asked at the pinned block and believed of one node; what a contract does not answer stays
unknown. Roles come from events and are confirmed by the contract where it has a view for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hashkit.audit.evidence import Held, Pin, Proxy, Stranger, Subject
from hashkit.audit.probe import At, ask, refused
from hashkit.audit.words import clean
from hashkit.contracts import foreign
from hashkit.contracts.call import Query
from hashkit.contracts.foreign import Foreign
from hashkit.contracts.hashing import checksum, clone_runtime
from hashkit.domain.facts import ZERO
from hashkit.domain.network import Network
from hashkit.domain.register import COMPLIANCE_SLOT, REGISTRY_SLOT, Register
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import code_at, read_many, storage_at

T = TypeVar("T")

ERC3643, ERC1404 = "ERC-3643", "ERC-1404"


def recognise(endpoint: Endpoint, subject: Subject, pinned: Pin) -> Subject:
    """The subject with the standards it answers and, for an ERC-3643 token, the contracts behind it.

    ERC-20 is left out: everything audited here has balances. A token of ours is returned as it is.
    """
    if subject.ours:
        return subject
    at: At = pinned.block if pinned.state else "latest"
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
    found = tuple(name for name, queries in asked.items() if all(_answers(endpoint, query, at) for query in queries))
    return replace(subject, standards=found, beside=_beside(endpoint, it, at) if ERC3643 in found else {})


def _answers(endpoint: Endpoint, query: Query[Any], at: At) -> bool:
    """It answers; ``supportsInterface`` must say yes as well."""
    found = ask(endpoint, query, at)
    return found is True if query.function == "supportsInterface" else found is not None


def look(endpoint: Endpoint, network: Network, subject: Subject, register: Register, pinned: Pin) -> Stranger | None:
    """What the contracts of a stranger's token answer at the block; None when the node has no state of it, or the
    token is ours."""
    if subject.ours or not pinned.state:
        return None
    reader = _Reader(endpoint, network, pinned)
    token, holders = Foreign(subject.token), sorted(a for a, raw in register.balances.items() if raw > 0)
    return Stranger(
        proxy=reader.proxy(subject.token),
        held=tuple(reader.held(register, {subject.token: "token", **subject.beside})),
        paused=ask(endpoint, token.paused(), pinned.block),
        may_hold=reader.may_hold(subject, holders),
        frozen=reader.frozen(token, holders) if ERC3643 in subject.standards else {},
    )


def _beside(endpoint: Endpoint, it: Foreign, at: At) -> dict[str, str]:
    named = {
        ask(endpoint, it.identity_registry(), at): REGISTRY_SLOT,
        ask(endpoint, it.compliance(), at): COMPLIANCE_SLOT,
    }
    strange = (None, ZERO, it.address)
    return {address: role.replace("-", " ") for address, role in named.items() if address and address not in strange}


class _Reader:
    """Asks at the pinned block."""

    def __init__(self, endpoint: Endpoint, network: Network, pinned: Pin) -> None:
        self._endpoint, self._network, self._at = endpoint, network, pinned.block

    def proxy(self, token: str) -> Proxy | None:
        """Whose code the token runs, when it is not its own."""
        code = code_at(self._endpoint, token, self._at)
        target = checksum(code[10:30]) if len(code) >= 30 else ZERO
        if target != ZERO and code == clone_runtime(target):
            return Proxy("minimal clone (EIP-1167)", target, "", "nobody: it cannot be pointed elsewhere")
        if (implementation := self._slot(token, foreign.ERC1967_IMPLEMENTATION)) != ZERO:
            admin = self._slot(token, foreign.ERC1967_ADMIN)
            who = admin if admin != ZERO else "whom the implementation's own code lets"
            return Proxy("ERC-1967 proxy", implementation, admin, who)
        if (beacon := self._slot(token, foreign.ERC1967_BEACON)) != ZERO:
            behind = ask(self._endpoint, Foreign(beacon).implementation(), self._at) or ZERO
            return Proxy("beacon proxy", behind, beacon, self._owner_of(beacon))
        authority = ask(self._endpoint, Foreign(token).implementation_authority(), self._at)
        if authority is not None:
            behind = ask(self._endpoint, Foreign(authority).token_implementation(), self._at) or ZERO
            return Proxy("T-REX proxy", behind, authority, self._owner_of(authority))
        return None

    def _slot(self, token: str, slot: int) -> str:
        return checksum(storage_at(self._endpoint, token, slot, self._at)[12:])

    def _owner_of(self, contract: str) -> str:
        owner = ask(self._endpoint, Foreign(contract).owner(), self._at)
        return f"the owner of {contract}, {owner}" if owner is not None else f"whoever {contract} lets"

    def held(self, register: Register, contracts: dict[str, str]) -> Iterator[Held]:
        """Every owner and every role, the contract's own answer beside what its events say."""
        for address, name in contracts.items():
            it = Foreign(address)
            owner = ask(self._endpoint, it.owner(), self._at)
            if owner is not None:
                told = register.owners.get(address)
                yield self._one(name, "owner", owner, None if told is None else told == owner)
            for role, accounts in sorted(register.roles.get(address, {}).items()):
                for account in sorted(accounts):
                    query = it.is_agent(account) if role == "agent" else it.has_role(role, account)
                    yield self._one(name, role, account, ask(self._endpoint, query, self._at))

    def _one(self, contract: str, role: str, account: str, confirmed: bool | None) -> Held:
        return Held(contract, role, account, confirmed, len(code_at(self._endpoint, account, self._at)))

    def may_hold(self, subject: Subject, holders: Sequence[str]) -> dict[str, str]:
        """Holder -> ``verified`` or why not, in the token's own words; empty when it has no rule about holders."""
        registry = next((a for a, role in subject.beside.items() if role == "identity registry"), None)
        if registry is not None:
            answers = self._many([Foreign(registry).is_verified(holder) for holder in holders])
            return dict(zip(holders, (_verified(answer) for answer in answers), strict=True))
        if ERC1404 in subject.standards:
            return self._unrestricted(Foreign(subject.token), holders)
        return {}

    def _unrestricted(self, token: Foreign, holders: Sequence[str]) -> dict[str, str]:
        """By ERC-1404: could the holder move nothing to himself? A code that is not 0 names his trouble."""
        codes = self._many([token.restriction(holder, holder, 0) for holder in holders])
        texts = {
            code: clean(ask(self._endpoint, token.restriction_message(code), self._at) or "no words for it")
            for code in sorted({code for code in codes if code})
        }
        told = ("unknown" if c is None else f"code {c}: {texts[c]}" if c else "verified" for c in codes)
        return dict(zip(holders, told, strict=True))

    def frozen(self, token: Foreign, holders: Sequence[str]) -> dict[str, tuple[bool, int]]:
        """Holder -> frozen as a whole, frozen amount; only those with either."""
        whole = self._many([token.is_frozen(holder) for holder in holders])
        parts = self._many([token.frozen_tokens(holder) for holder in holders])
        each = zip(holders, whole, parts, strict=True)
        return {holder: (bool(all_of), part or 0) for holder, all_of, part in each if all_of or part}

    def _many(self, queries: Sequence[Query[T]]) -> list[T | None]:
        """Answers; None where the contract refuses or does not understand."""
        try:
            found = read_many(self._endpoint, queries, self._at, multicall3=self._network.multicall3)
        except NodeError as error:
            if error.code != "NO_CONTRACT":
                raise
            return [ask(self._endpoint, query, self._at) for query in queries]
        for answer in found:
            if isinstance(answer, RpcError) and not refused(answer):
                raise answer
        return [None if isinstance(answer, RpcError) else answer for answer in found]


def _verified(answer: bool | None) -> str:
    return "unknown" if answer is None else "verified" if answer else "not verified"
