"""Logs to facts: the only translator from what the chain says to domain words. Floor 1.

A log that is not ours, or whose bytes do not fit its event, becomes ``Unknown``: kept and counted, never
dropped and never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from hashkit.contracts.abi import Entry, decode, table
from hashkit.contracts.hashing import checksum
from hashkit.domain import facts as f
from hashkit.domain.facts import Fact, RawLog, Where

CONTRACTS = ("AssetToken", "AssetTokenControl", "IdentityRegistry", "RuleBook", "AssetFactory", "EasAttestations")


def facts(logs: Iterable[RawLog]) -> Iterator[Fact]:
    """The facts of the logs, in their order."""
    for log in logs:
        yield fact(log)


def fact(log: RawLog) -> Fact:
    """The fact of one log."""
    where = Where(log.block, log.log_index, log.tx_hash, log.address)
    entry = events().get(log.topics[0]) if log.topics else None
    values = _values(entry, log) if entry else None
    make = _MAKERS.get(entry.signature) if entry else None
    if entry is None or values is None or make is None:
        name = entry.name if entry and values is not None else ""
        topics = tuple("0x" + t.hex() for t in log.topics)
        return f.Unknown(where=where, name=name, topics=topics, data="0x" + log.data.hex())
    return make(where, *values)


@cache
def events() -> Mapping[bytes, Entry]:
    """First topic -> event, over all our contracts and those of others that say who has power."""
    return {entry.topic: entry for entry in (*table("event", *CONTRACTS).values(), *_FOREIGN)}


def translated() -> frozenset[str]:
    """Signatures of the events that become facts of their own."""
    return frozenset(_MAKERS)


def _values(entry: Entry, log: RawLog) -> list[Any] | None:
    """The event's values in the order of its inputs; None when the bytes do not fit."""
    indexed = [kind for kind, is_topic in zip(entry.inputs, entry.indexed, strict=True) if is_topic]
    plain = [kind for kind, is_topic in zip(entry.inputs, entry.indexed, strict=True) if not is_topic]
    if len(log.topics) != len(indexed) + 1:
        return None
    from eth_abi.exceptions import DecodingError

    try:
        topics = iter([_topic(kind, word) for kind, word in zip(indexed, log.topics[1:], strict=True)])
        data = iter(decode(plain, log.data))
    except (DecodingError, OverflowError):  # a stranger's contract may reuse our signature with other bytes
        return None
    columns = zip(entry.inputs, entry.indexed, strict=True)
    return [_plain(kind, next(topics) if is_topic else next(data)) for kind, is_topic in columns]


def _topic(kind: str, word: bytes) -> Any:
    """An indexed value. Strings and bytes are only hashed into topics: the hash stands for them."""
    return word if kind in ("string", "bytes") else decode([kind], word)[0]


def _plain(kind: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return checksum(value) if kind == "address" else value  # a text may look like an address


def _role(granted: bool) -> Callable[..., Fact]:
    def make(where: Where, role: str, account: str, sender: str) -> Fact:
        return f.RoleSet(where=where, role=role, account=account, granted=granted)

    return make


def _agent(granted: bool) -> Callable[..., Fact]:
    return _make(f.RoleSet, "account", role="agent", granted=granted)


def _make(kind: Callable[..., Fact], *names: str, **fixed: Any) -> Callable[..., Fact]:
    """A maker that names the values of an event for a fact; a name ``_`` drops one."""

    def make(where: Where, *values: Any) -> Fact:
        named = {n: v for n, v in zip(names, values, strict=True) if n != "_"}
        return kind(where=where, **named, **fixed)

    return make


def _admitted(where: Where, rows: tuple[bytes, ...], proof: str) -> Fact:
    whole = tuple(
        (checksum(w[:20]), int.from_bytes(w[20:22], "big"), w[22], int.from_bytes(w[23:28], "big")) for w in rows
    )
    return f.StandingsSet(where=where, rows=whole, proof=proof)


def _issuer(where: Where, address: str, trusted: bool) -> Fact:
    return f.Trusted(where=where, what="issuer", address=address, value=int(trusted))


def _country(where: Where, country: int, allowed: bool) -> Fact:
    return f.RuleSet(where=where, rule=f"country:{country:03d}", value=int(allowed))


def _holders_in(where: Where, country: int, holders: int) -> Fact:
    return f.RuleSet(where=where, rule=f"max-holders:{country:03d}", value=holders)


def _oracle(where: Where, address: str) -> Fact:
    return f.RuleSet(where=where, rule="sanctions-oracle", value=int(address, 16))


def _slot(where: Where, slot: str, address: str, ready_at: int = 0) -> Fact:
    name = "identity-registry" if bytes.fromhex(slot[2:]).startswith(b"identityRegistry") else "compliance"
    return f.SlotProposed(where=where, slot=name, address=address, ready_at=ready_at)


def _document(present: bool) -> Callable[..., Fact]:
    return _make(f.DocumentSet, "name", "uri", "document_hash", present=present)


def _rule(name: str) -> Callable[..., Fact]:
    def make(where: Where, value: Any) -> Fact:
        return f.RuleSet(where=where, rule=name, value=int(value))

    return make


def _indexed(name: str, *inputs: str) -> Entry:
    """An event of which every value is a topic."""
    signature = f"{name}({','.join(inputs)})"
    return Entry(signature, name, inputs, inputs, (), (True,) * len(inputs))


_FOREIGN = (
    _indexed("RoleGranted", "bytes32", "address", "address"),
    _indexed("RoleRevoked", "bytes32", "address", "address"),
    _indexed("Upgraded", "address"),
)
"""OpenZeppelin's AccessControl and ERC-1967: strangers' tokens have them, ours have not."""

_MAKERS: dict[str, Callable[..., Fact]] = {
    "Transfer(address,address,uint256)": _make(f.Moved, "sender", "receiver", "amount"),
    "OrderOpened(bytes32,address,bytes32,bytes32,uint256,uint256,uint256)": _make(
        f.OrderOpened, "order_id", "approver", "rows_root", "file_hash", "row_count", "amount", "deadline"
    ),
    "OrderExecuted(bytes32,uint256,uint256,uint256)": _make(
        f.OrderExecuted, "order_id", "first_row", "next_row", "amount"
    ),
    "RowSkipped(bytes32,uint256,address,uint256,uint256)": _make(
        f.RowSkipped, "order_id", "row", "wallet", "amount", "verdict"
    ),
    "OrderClosed(bytes32,address)": _make(f.OrderClosed, "order_id", "agent"),
    "Redeemed(bytes32,address,uint256)": _make(f.Redeemed, "ref", "holder", "amount"),
    "Acted(bytes32,address,bytes4)": _make(f.Acted, "ref", "agent", "act"),
    "ForcedTransfer(address,address,uint256)": _make(f.Forced, "sender", "receiver", "amount"),
    "AddressFrozen(address,bool,address)": _make(f.AccountFrozen, "account", "frozen", "agent"),
    "Frozen(address,uint256)": _make(f.AmountFrozen, "account", "amount"),
    "Paused(address)": _make(f.Stopped, "agent", what="paused", on=True),
    "Unpaused(address)": _make(f.Stopped, "agent", what="paused", on=False),
    "Halted(address)": _make(f.Stopped, "agent", what="halted", on=True),
    "Unhalted(address)": _make(f.Stopped, "agent", what="halted", on=False),
    "CapSet(uint256)": _rule("cap"),
    "ModeSet(uint8)": _rule("mode"),
    "RoleMatrixSet(uint256)": _rule("role-matrix"),
    "LockUpSet(uint256)": _rule("lock-up"),
    "ClassesSet(uint256)": _rule("classes"),
    "CountryListSet(bool)": _rule("country-list"),
    "CountryAllowed(uint16,bool)": _country,
    "MaxUnitsSet(uint256)": _rule("max-units-per-investor"),
    "MinimumHoldingSet(uint256)": _rule("minimum-holding"),
    "MaxHoldersSet(uint256)": _rule("max-holders"),
    "MaxHoldersInSet(uint16,uint256)": _holders_in,
    "VelocitySet(uint256)": _rule("velocity"),
    "VelocityPeriodSet(uint256)": _rule("velocity-period"),
    "SanctionsOracleSet(address)": _oracle,
    "HoldingPeriodSet(uint256)": _rule("holding-period"),
    "DenominationSet(uint256)": _rule("denomination"),
    "SlotDelaySet(uint256)": _rule("slot-delay"),
    "PowersChanged(address,uint256)": _make(f.PowersSet, "agent", "powers"),
    "AgentAdded(address)": _agent(True),
    "AgentRemoved(address)": _agent(False),
    "RoleGranted(bytes32,address,address)": _role(True),
    "RoleRevoked(bytes32,address,address)": _role(False),
    "Upgraded(address)": _make(f.Upgraded, "implementation"),
    "OwnershipTransferred(address,address)": _make(f.OwnerSet, "previous", "owner"),
    "IdentityRegistryAdded(address)": _make(f.SlotSet, "address", slot="identity-registry"),
    "ComplianceAdded(address)": _make(f.SlotSet, "address", slot="compliance"),
    "SlotProposed(bytes32,address,uint256)": _slot,
    "SlotCancelled(bytes32,address)": _slot,
    "IdentityRegistered(address,address)": _make(f.Admitted, "wallet", "investor"),
    "IdentityRemoved(address,address)": _make(f.Removed, "wallet", "investor"),
    "StandingSet(address,uint16,uint8,uint40,bytes32)": _make(
        f.StandingSet, "wallet", "country", "investor_class", "valid_until", "proof"
    ),
    "StandingsSet(bytes32[],bytes32)": _admitted,
    "DeniedSet(address,bool,bytes32)": _make(f.DeniedSet, "wallet", "denied", "ref"),
    "WalletLinked(address,address)": _make(f.Linked, "first", "wallet", linked=True),
    "WalletUnlinked(address,address)": _make(f.Linked, "first", "wallet", linked=False),
    "TokenBound(address)": _make(f.TokenBound, "token", bound=True),
    "TokenUnbound(address)": _make(f.TokenBound, "token", bound=False),
    "InvestorChanged(address,address,address)": _make(f.InvestorChanged, "wallet", "previous", "investor"),
    "IssuerTrusted(address,bool)": _issuer,
    "SourceTrusted(address,uint256)": _make(f.Trusted, "address", "value", what="source"),
    "AttestationConsumed(bytes32,address,address,uint256)": _make(
        f.Attested, "content", "wallet", "issuer", "issued_at"
    ),
    "AttestationRevoked(bytes32,address)": _make(f.AttestationRevoked, "content", "agent"),
    "SourceFollowed(address,address)": _make(f.SourceFollowed, "wallet", "source"),
    "RecoveryProposed(address,address,uint256)": _make(f.RecoveryProposed, "lost", "to", "ready_at"),
    "RecoveryCancelled(address,address)": _make(f.RecoveryProposed, "lost", "to", ready_at=0),
    "RecoverySuccess(address,address,address)": _make(f.Recovered, "lost", "to", "investor"),
    "DocumentUpdated(bytes32,string,bytes32)": _document(True),
    "DocumentRemoved(bytes32,string,bytes32)": _document(False),
    "MintWindowSet(uint256,uint256)": _make(f.MintWindowSet, "amount", "period"),
    "MintWindowProposed(uint256,uint256,uint256)": _make(f.MintWindowProposed, "amount", "period", "ready_at"),
    "MintWindowCancelled(uint256,uint256)": _make(f.MintWindowProposed, "amount", "period", ready_at=0),
    "SuccessorNamed(address)": _make(f.SuccessorNamed, "token"),
    "ComplianceHookFailed(bytes4,address)": _make(f.HookFailed, "hook", "compliance"),
}
