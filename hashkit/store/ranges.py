"""What the two event stores have in common: which blocks are there, and from where to read on. Floor 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from hashkit.contracts.columns import Logs
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError, NodeError


@dataclass(frozen=True, slots=True)
class Covered:
    """Blocks ``first`` to ``last`` are in the store, without a gap; ``end_hash`` (0x-hex) is that of ``last``."""

    first: int
    last: int
    end_hash: str


class LogStore(Protocol):
    """Logs that were read already: over SQLite (``events.py``) or over Parquet (``parquet.py``)."""

    token: str
    """The one contract whose logs these are; empty when there are several."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def covered(self) -> Covered | None:
        """What is in the store; None when it is empty."""

    def ranges(self) -> list[Covered]:
        """The ranges as they were taken in, upwards."""

    def add(self, first: int, last: int, logs: Logs, *, parent_hash: str, end_hash: str) -> None:
        """Take in all logs of blocks ``first`` to ``last``; all of them or, at any trouble, none.

        ``parent_hash`` is what block ``first`` names as its parent, ``end_hash`` the hash of block ``last``.
        NodeError ``REORG`` when the range does not follow on what is stored; ValueError when it has a gap
        before it, or when its logs are not in order or of other blocks or addresses.
        """

    def rewind(self, to_block: int) -> Covered | None:
        """Drop every range that reaches beyond ``to_block``, and say what is left."""

    def logs(self, first: int, last: int) -> Iterator[RawLog]:
        """The stored logs of blocks ``first`` to ``last``, in order.

        ValueError when not all of these blocks are stored, InputError when a file was changed.
        """


def resume(store: LogStore, first: int, hash_at: Callable[[int], str | None]) -> int:
    """The block from which to read on, for a reader who wants everything from ``first``.

    ``hash_at`` tells the chain's present hash of a block, or None when there is none. Ranges that the chain
    has replaced are dropped. When ``first`` lies outside what is stored, the store is emptied.
    """
    covered = store.covered()
    if covered is not None and not covered.first <= first <= covered.last + 1:
        store.rewind(-1)
    for tail in reversed(store.ranges()):
        if (hash_at(tail.last) or "").lower() == tail.end_hash:
            return tail.last + 1
        store.rewind(tail.first - 1)
    return first


def check_link(before: Covered | None, first: int, parent_hash: str) -> None:
    """ValueError when block ``first`` is not the next one, NodeError ``REORG`` when it is of another history."""
    if before is not None and first != before.last + 1:
        raise ValueError(f"blocks {before.first} to {before.last} are stored, {first} does not follow")
    if before is not None and parent_hash.lower() != before.end_hash:
        raise NodeError(
            f"The chain changed during the scan: block {first} does not follow on what was read before.",
            why="The node followed a reorganisation, or answers from two chains.",
            next_step="Run it again; use a final block to be sure.",
            code="REORG",
        )


def check_stored(covered: Covered | None, first: int, last: int) -> None:
    """ValueError when not all of blocks ``first`` to ``last`` are stored."""
    if first <= last and (covered is None or first < covered.first or last > covered.last):
        raise ValueError(f"blocks {first} to {last} are not all stored")


def damaged(path: Path, blocks: tuple[int, int]) -> InputError:
    """What is said of a store whose bytes are not those that were put in."""
    return InputError(
        f"{path} is damaged.",
        why=f"The events of blocks {blocks[0]} to {blocks[1]} are not those that were stored.",
        next_step=f"Delete the {'folder' if path.is_dir() else 'file'}; the events are read again from the chain.",
        code="EVENT_STORE",
    )
