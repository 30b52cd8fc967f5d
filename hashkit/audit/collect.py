"""All logs of a token and of whatever ever stood in its slots, in chain order. Floor 3.

First the token's own logs; they name every registry and compliance contract that was ever in a slot. Those are
read from their own beginning, because an investor may have been admitted long before the token was born.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from hashkit.audit.evidence import Subject
from hashkit.audit.view import Progress, View
from hashkit.contracts.hashing import keccak
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.logs import fact
from hashkit.domain.facts import ZERO, RawLog, SlotSet
from hashkit.domain.register import REGISTRY_SLOT
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.history import History
from hashkit.store.stores import keep, open_store


@dataclass(frozen=True, slots=True)
class Collected:
    """The logs, and whose they are: address -> ``token``, ``identity registry`` or ``compliance``.

    ``logs`` may be gone through again and again, and comes out of the event store each time where there is one.
    """

    logs: Iterable[RawLog]
    contracts: dict[str, str]
    first: int


def collect(endpoint: Endpoint, view: View, subject: Subject, store: Path | None, progress: Progress) -> Collected:
    """Every log up to the pinned block. NodeError when a range cannot be read: a gap is never skipped."""
    reader = _Reader(endpoint, view, store, progress)
    own = reader.read([subject.token], subject.first)
    contracts, first = sources(own, view, subject)
    others = [address for address in contracts if address != subject.token]
    rest = reader.read(others, first) if others else ()
    return Collected(_Merged(own, rest) if others else own, contracts, first)


def sources(own: Iterable[RawLog], view: View, subject: Subject) -> tuple[dict[str, str], int]:
    """Whose logs belong to the audit, with what each is; and the block to read from. ``own`` are the token's."""
    if not subject.ours:
        return {subject.token: "token", **subject.beside}, subject.first
    contracts = {subject.token: "token"}
    filled = {s.address: s.slot for s in slots(own, subject.token) if s.address not in (ZERO, subject.token)}
    others = {a: slot for a, slot in sorted(filled.items()) if slot != REGISTRY_SLOT or _tells(view, a)}
    for address, slot in others.items():
        contracts[address] = "identity registry" if slot == REGISTRY_SLOT else slot
    view.code_of(list(contracts))  # also of contracts that stand in no slot now; whatever code was read is proved
    return contracts, min([subject.first, *(_born(view, a, subject) for a in others)])


def slots(logs: Iterable[RawLog], token: str) -> Iterator[SlotSet]:
    """What filled the token's slots, in order."""
    for log in logs:
        found = fact(log)
        if isinstance(found, SlotSet) and log.address == token:
            yield found


def _tells(view: View, registry: str) -> bool:
    """Whether it knows a standing. A stranger's registry does not: its events are not the whole of what it answers."""
    return view.ask(IdentityRegistry(registry).standing(ZERO)) is not None


def _born(view: View, address: str, subject: Subject) -> int:
    """The block a registry began in; the token's when it does not say, for then it is not ours."""
    born = view.ask(IdentityRegistry(address).deployed_block())
    return born if born is not None and born <= view.pin.block.number else subject.first


@dataclass(frozen=True, slots=True)
class _Merged:
    """Two runs of logs as one, in chain order."""

    one: Iterable[RawLog]
    other: Iterable[RawLog]

    def __iter__(self) -> Iterator[RawLog]:
        return merge(self.one, self.other, key=lambda log: (log.block, log.log_index))


@dataclass(frozen=True, slots=True)
class _Stored:
    """Logs that lie in an event store, which is opened anew each time they are read."""

    folder: Path
    chain_id: int
    addresses: Sequence[str]
    first: int
    last: int

    def __iter__(self) -> Iterator[RawLog]:
        with open_store(self.folder, self.chain_id, self.addresses) as kept:
            yield from kept.logs(self.first, self.last)


class _Reader:
    """Reads logs up to the pinned block: from the event store what it has, the rest from the node."""

    def __init__(self, endpoint: Endpoint, view: View, store: Path | None, progress: Progress) -> None:
        self._endpoint, self._view, self._progress, self._store = endpoint, view, progress, store

    def read(self, addresses: list[str], first: int) -> Iterable[RawLog]:
        """Their logs from block ``first`` on."""
        chain_id, last = self._view.network.chain_id, self._view.pin.block.number

        def told(_: int, done: int, logs: int) -> None:
            self._progress("reading events", done - first + 1, last - first + 1)

        history = History(self._endpoint, addresses, last, told)
        if self._store is None:
            return [log for _, _, logs in history.ranges(first) for log in logs]
        genesis = block(self._endpoint, 0).hash
        code = "0x" + keccak(self._view.code(addresses[0])).hex() if len(addresses) == 1 else ""
        named = {"genesis_hash": genesis, "code_hash": code}
        keep(self._store, chain_id, addresses, first, history, **named)
        return _Stored(self._store, chain_id, addresses, first, last)
