"""Who holds how much after a block? Sums over the event store, to the last of 256 bits. Floor 2.

Over Parquet by vector, some files in memory at a time: amounts lie there as 32-bit limbs, a limb's sums are exact in
64 bits, and what runs over is carried into the next limb after every part. Over SQLite by plain addition, with the
same answer. ``audit/sql`` asks the same of other engines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hashkit.contracts.columns import TRANSFER, is_clean
from hashkit.contracts.logs import facts
from hashkit.domain.facts import ZERO, Moved, RawLog
from hashkit.store.manifest import Chunk
from hashkit.store.parquet import ParquetStore
from hashkit.store.parts import LIMBS, family, numbers
from hashkit.store.ranges import LogStore, check_stored

if TYPE_CHECKING:
    from hashkit.contracts.columns import Array

_EXACT = 1 << 20
"""Rows whose 32-bit limbs add up below 2**53, so that even a float64, in which numpy counts, is exact."""
_AT_ONCE = 1 << 19  # rows that are summed in one go
_READING = 2  # files that are read at a time, ahead of the one that is summed


@dataclass(frozen=True, slots=True)
class _Moves:
    """Numbers of the accounts of both sides, and those limbs of which any is above zero."""

    sender: Array
    receiver: Array
    limbs: dict[int, Array]


def balances(store: LogStore, last: int) -> dict[bytes, int]:
    """Account (20 bytes) -> balance at the end of block ``last``, in smallest units; no zeros, no zero address.

    ``store`` holds one token. A stranger's balance may be below zero: its movements say so. ValueError when not all
    blocks up to ``last`` are stored, InputError when a file was changed.
    """
    covered = store.covered()
    first = covered.first if covered is not None else last
    check_stored(covered, min(first, last), last)
    if isinstance(store, ParquetStore):
        return _by_columns(store, last)
    return _by_addition({}, store.logs(first, last), store.token)


def events(store: LogStore, first: int, last: int) -> Iterator[RawLog]:
    """The stored logs of blocks ``first`` to ``last``, in order, without the plain transfers of its one token."""
    if not isinstance(store, ParquetStore):
        yield from (log for log in store.logs(first, last) if not is_clean(log, store.token))
        return
    check_stored(store.covered(), first, last)
    for chunk in store.chunks(last):
        if chunk.last >= first:
            yield from store.events(chunk).between(first, last)


def _by_addition(held: dict[bytes, int], logs: Iterable[RawLog], token: str) -> dict[bytes, int]:
    for fact in facts(logs):
        if isinstance(fact, Moved) and fact.where.contract == token:
            for side, amount in ((fact.sender, -fact.amount), (fact.receiver, fact.amount)):
                account = bytes.fromhex(side[2:])
                held[account] = held.get(account, 0) + amount
    held.pop(bytes.fromhex(ZERO[2:]), None)
    return {account: raw for account, raw in held.items() if raw}


def _by_columns(store: ParquetStore, last: int) -> dict[bytes, int]:
    import numpy as np

    addresses = store.addresses(last)
    sums = np.zeros((len(LIMBS), len(addresses)), np.int64)
    chunks = [chunk for chunk in store.chunks(last) if store.has(chunk, "transfer")]
    for part in _parts(store, chunks, last):
        _add(sums, part)
    held = _whole(addresses, sums)
    # Logs that are transfers in other bytes than the usual lie among the events.
    strange = (chunk for chunk in store.chunks(last) if store.has(chunk, family(TRANSFER)))
    odd = (log for chunk in strange for log in store.events(chunk, [family(TRANSFER)]).between(chunk.first, last))
    return _by_addition(held, odd, store.token)


def _parts(store: ParquetStore, chunks: Sequence[Chunk], last: int) -> Iterator[list[_Moves]]:
    """The movements of ``chunks``, so many together that it is worth the while, read ahead by other threads."""
    ahead: deque[Future[_Moves]] = deque()
    waiting = iter(chunks)
    with ThreadPoolExecutor(_READING) as pool:
        part: list[_Moves] = []
        while True:
            for chunk in waiting:
                ahead.append(pool.submit(_moves, store, chunk, last))
                if len(ahead) > _READING:
                    break
            if not ahead:
                break
            part.append(ahead.popleft().result())
            if sum(len(moves.sender) for moves in part) >= _AT_ONCE:
                yield part
                part = []
        yield part


def _moves(store: ParquetStore, chunk: Chunk, last: int) -> _Moves:
    """The movements of a chunk up to block ``last``."""
    file = store.file(chunk, "transfer")
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    place = {file.metadata.schema.column(i).name: i for i in range(file.metadata.num_columns)}

    def largest(name: str) -> int:
        stated = [group.column(place[name]).statistics for group in groups]
        return max((1 if one is None or not one.has_min_max else int(one.max) for one in stated), default=0)

    limbs = {i: name for i, name in enumerate(LIMBS) if largest(name)}
    table = file.read(columns=["block", "s", "r", *limbs.values()][chunk.last <= last :])
    if chunk.last > last:
        table = table.slice(0, int(numbers(table, "block").searchsorted(last, "right")))
    return _Moves(numbers(table, "s"), numbers(table, "r"), {i: numbers(table, name) for i, name in limbs.items()})


def _add(sums: Array, part: Sequence[_Moves]) -> None:
    """Add the movements to ``sums``, whose limbs are all below 2**32 afterwards, but for the highest, which bears the
    sign. What nobody held (account 0) is not counted.
    """
    import numpy as np

    accounts = sums.shape[1]
    for limb in sorted({limb for moves in part for limb in moves.limbs}):
        named = [moves for moves in part if limb in moves.limbs]
        amount = np.concatenate([moves.limbs[limb] for moves in named])
        for side, count in (("receiver", np.add), ("sender", np.subtract)):
            who = np.concatenate([getattr(moves, side) for moves in named])
            for start in range(0, len(who), _EXACT):
                rows = slice(start, start + _EXACT)
                count(sums[limb], np.bincount(who[rows], amount[rows], accounts).astype(np.int64), out=sums[limb])
    sums[:, 0] = 0
    for limb in range(len(sums) - 1):
        over = sums[limb] >> 32  # rounds down, so that what is left is never below zero
        sums[limb] &= 0xFFFFFFFF
        sums[limb + 1] += over


def _whole(addresses: Array, sums: Array) -> dict[bytes, int]:
    """The sums as whole numbers, without zeros."""
    import numpy as np

    rows = np.flatnonzero(sums.any(axis=0))
    who, high = addresses[rows].tobytes(), sums[-1, rows].tolist()
    low = np.ascontiguousarray(sums[:-1, rows].T.astype("<u4")).tobytes()
    wide, shift = 4 * (len(sums) - 1), 32 * (len(sums) - 1)
    return {
        who[20 * n : 20 * n + 20]: int.from_bytes(low[wide * n : wide * n + wide], "little") + (top << shift)
        for n, top in enumerate(high)
    }
