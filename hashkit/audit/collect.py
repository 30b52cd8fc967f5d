"""All logs of a token and of whatever ever stood in its slots, in chain order. Floor 3.

First the token's own logs; they name every registry and compliance contract that was ever in a slot. Those are
read from their own beginning, because an investor may have been admitted long before the token was born.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from hashkit.audit.evidence import Pin, Subject
from hashkit.audit.view import Progress, View
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.logs import fact
from hashkit.domain.facts import ZERO, RawLog, SlotSet
from hashkit.domain.network import Network
from hashkit.domain.register import REGISTRY_SLOT
from hashkit.errors import InputError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from hashkit.store.events import EventStore

EVENTS = "events.db"
SEGMENT = 100_000
"""Blocks that are read before they are kept."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The logs, and whose they are: address -> ``token``, ``identity registry`` or ``compliance``."""

    logs: tuple[RawLog, ...]
    contracts: dict[str, str]
    first: int


def collect(endpoint: Endpoint, view: View, subject: Subject, store: Path | None, progress: Progress) -> Collected:
    """Every log up to the pinned block. NodeError when a range cannot be read: a gap is never skipped."""
    reader = _Reader(endpoint, view.network, view.pin, store, progress)
    own = tuple(reader.read([subject.token], subject.first))
    contracts, first = sources(own, view, subject)
    others = [address for address in contracts if address != subject.token]
    rest = reader.read(others, first) if others else ()
    logs = merge(own, rest, key=lambda log: (log.block, log.log_index))
    return Collected(tuple(logs), contracts, first)


def sources(own: Iterable[RawLog], view: View, subject: Subject) -> tuple[dict[str, str], int]:
    """Whose logs belong to the audit, with what each is; and the block to read from. ``own`` are the token's."""
    if not subject.ours:
        return {subject.token: "token", **subject.beside}, subject.first
    contracts = {subject.token: "token"}
    filled = {s.address: s.slot for s in slots(own, subject.token) if s.address not in (ZERO, subject.token)}
    others = {a: slot for a, slot in sorted(filled.items()) if slot != REGISTRY_SLOT or _tells(view, a)}
    for address, slot in others.items():
        contracts[address] = "identity registry" if slot == REGISTRY_SLOT else slot
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


class _Reader:
    """Reads logs up to the pinned block: from the event store what it has, the rest from the node."""

    def __init__(
        self, endpoint: Endpoint, network: Network, pinned: Pin, store: Path | None, progress: Progress
    ) -> None:
        self._endpoint, self._chain_id = endpoint, network.chain_id
        self._last, self._progress = pinned.block.number, progress
        self._store = store / EVENTS if store is not None else None

    def read(self, addresses: list[str], first: int) -> Iterator[RawLog]:
        if self._store is None:
            yield from self._fetch(addresses, first, first, self._last)
            return
        with EventStore(self._store, self._chain_id, addresses) as kept:
            self._fill(kept, addresses, first)
            yield from kept.logs(first, self._last)

    def _fill(self, kept: EventStore, addresses: list[str], first: int) -> None:
        """What the store lacks, a segment at a time. A segment is taken in only after its end block was found
        unchanged, so that a broken scan leaves whole segments of one history."""
        start = kept.resume(first, self._hash_at)
        for lower in range(start, self._last + 1, SEGMENT):
            upper = min(lower + SEGMENT - 1, self._last)
            logs = list(self._fetch(addresses, first, lower, upper))
            parent, end = block(self._endpoint, lower).parent_hash, block(self._endpoint, upper).hash
            kept.add(lower, upper, logs, parent_hash=parent, end_hash=end)

    def _hash_at(self, number: int) -> str | None:
        try:
            return block(self._endpoint, number).hash
        except InputError:  # the chain became shorter than what was read once
            return None

    def _fetch(self, addresses: list[str], first: int, lower: int, upper: int) -> Iterator[RawLog]:
        def told(_: int, done: int, logs: int) -> None:
            self._progress("reading events", done - first + 1, self._last - first + 1)

        return read_logs(self._endpoint, addresses, lower, upper, on_range=told)
