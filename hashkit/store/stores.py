"""Which event store, and how does it come to hold everything up to a block? Floor 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from hashkit.contracts.columns import Logs, available, joined
from hashkit.store.events import EventStore
from hashkit.store.files import locked, private_folder
from hashkit.store.ranges import LogStore, resume

EVENTS = "events.db"
MOST_BLOCKS = 100_000
MANY_LOGS = 100_000
"""So many are read before they are kept: what is lost when the program is stopped."""


class Chain(Protocol):
    """What a store is filled from; ``rpc.history.History`` is one."""

    last: int

    def ranges(self, first: int) -> Iterator[tuple[int, int, Logs]]:
        """First block, last block and logs of ranges that tile ``first`` to ``last``."""

    def ends(self, first: int, last: int) -> tuple[str, str]:
        """The parent hash of block ``first`` and the hash of block ``last``; an error when the chain moved."""

    def hash_at(self, number: int) -> str | None:
        """The chain's present hash of a block; None when the chain is shorter."""


def open_store(
    folder: Path, chain_id: int, addresses: Sequence[str], *, genesis_hash: str = "", code_hash: str = ""
) -> LogStore:
    """The event store in ``folder``: Parquet with the extra ``audit``, SQLite without."""
    if not available():
        return EventStore(folder / EVENTS, chain_id, addresses)
    from hashkit.store.parquet import ParquetStore

    return ParquetStore(folder, chain_id, addresses, genesis_hash=genesis_hash, code_hash=code_hash)


def keep(folder: Path, chain_id: int, addresses: Sequence[str], first: int, chain: Chain, **named: str) -> None:
    """Bring the event store in ``folder`` up to ``chain.last``; see ``fill``. ``named`` as of ``open_store``.

    One process at a time: another one that wants the same waits, and then finds it done.
    """
    with locked(private_folder(folder)), open_store(folder, chain_id, addresses, **named) as kept:
        fill(kept, first, chain)


def fill(store: LogStore, first: int, chain: Chain) -> None:
    """Read what ``store`` lacks of blocks ``first`` to ``chain.last``, some at a time.

    Each part is taken in only after the end of the scan was seen unchanged, so that a broken scan leaves whole
    parts of one history.
    """
    lower = resume(store, first, chain.hash_at)
    if lower > chain.last:
        return
    parts: list[Logs] = []
    for _, upper, logs in chain.ranges(lower):
        parts.append(logs)
        enough = upper - lower + 1 >= MOST_BLOCKS or sum(map(len, parts)) >= MANY_LOGS
        if enough or upper == chain.last:
            parent, end = chain.ends(lower, upper)
            store.add(lower, upper, joined(parts), parent_hash=parent, end_hash=end)
            parts, lower = [], upper + 1
