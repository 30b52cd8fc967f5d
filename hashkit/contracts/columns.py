"""Logs as columns: one array a field instead of one Python object a log. Floor 1.

The transfers of a token lie apart from its other events, because there are so many of them. Only a clean one
counts as a transfer here: three topics, two of them addresses, 32 bytes of data. Everything else is an event and
keeps its topics and data verbatim. Rows stand in (block, log index) order, and what went in comes out byte for
byte. Needs numpy, which the extra ``audit`` brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import RawLog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

TRANSFER = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
"""First topic of ``Transfer(address,address,uint256)``."""

_PAD = bytes(12)
_AT_ONCE = 8192  # logs that exist as Python objects at one time while columns are read


@cache
def available() -> bool:
    """Whether the extra ``audit`` is installed: numpy, pyarrow, duckdb and orjson."""
    return all(find_spec(name) is not None for name in ("numpy", "pyarrow", "duckdb", "orjson"))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length. ``block``, ``log_index`` and ``tx_index`` are int64, hashes rows of 32 bytes."""

    block: Array
    log_index: Array
    tx_index: Array
    tx_hash: Array
    block_hash: Array

    def __len__(self) -> int:
        return len(self.block)

    def take(self, rows: Array | slice) -> Self:
        """The rows that are named, in that order."""
        import numpy as np

        columns = (getattr(self, field.name) for field in fields(self))
        if isinstance(rows, slice):
            return type(self)(*(column[rows] for column in columns))
        return type(self)(*(np.take(column, rows, axis=0) for column in columns))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All rows of ``parts``, one part after the other."""
        import numpy as np

        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def ordered(self) -> Self:
        """The same in (block, log index) order."""
        import numpy as np

        block, index = self.block, self.log_index
        if np.all((block[1:] > block[:-1]) | ((block[1:] == block[:-1]) & (index[1:] >= index[:-1]))):
            return self
        return self.take(np.lexsort((index, block)))


@dataclass(frozen=True, slots=True, eq=False)
class Transfers(Table):
    """Addresses are rows of 20 bytes, values rows of 32 bytes, most significant first."""

    sender: Array
    receiver: Array
    value: Array


@dataclass(frozen=True, slots=True, eq=False)
class Events(Table):
    """``topics`` are rows of 128 bytes of which ``topic_count`` times 32 count; ``data`` holds bytes objects."""

    address: Array
    topics: Array
    topic_count: Array
    data: Array


@dataclass(frozen=True, slots=True, eq=False)
class LogColumns:
    """The logs of one or more contracts. ``token`` is whose transfers stand apart; empty: nobody's do."""

    token: str
    transfers: Transfers
    events: Events

    def __len__(self) -> int:
        return len(self.transfers) + len(self.events)

    def __iter__(self) -> Iterator[RawLog]:
        import numpy as np

        of_transfers = len(self.transfers)
        blocks = np.concatenate([self.transfers.block, self.events.block])
        order = np.lexsort((np.concatenate([self.transfers.log_index, self.events.log_index]), blocks))
        spelling: dict[bytes, str] = {}
        for start in range(0, len(order), _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            is_transfer = rows < of_transfers
            transfers = _transfer_logs(self.transfers.take(rows[is_transfer]), self.token)
            events = _event_logs(self.events.take(rows[~is_transfer] - of_transfers), spelling)
            for plain in is_transfer.tolist():
                yield next(transfers if plain else events)

    @property
    def places(self) -> tuple[Array, Array]:
        """Block and log index of every log, in order."""
        import numpy as np

        block = np.concatenate([self.transfers.block, self.events.block])
        index = np.concatenate([self.transfers.log_index, self.events.log_index])
        order = np.lexsort((index, block))
        return block[order], index[order]

    def blocks(self) -> tuple[Array, Array]:
        """Number and hash of every block that has a log, upwards. ValueError when a block has two hashes."""
        import numpy as np

        block = np.concatenate([self.transfers.block, self.events.block])
        hashes = np.concatenate([self.transfers.block_hash, self.events.block_hash])
        if np.any(block[1:] < block[:-1]):
            order = np.argsort(block, kind="stable")
            block, hashes = block[order], np.take(hashes, order, axis=0)
        new = np.ones(len(block), bool)
        new[1:] = block[1:] != block[:-1]
        moved = (hashes[1:].view(np.uint64) != hashes[:-1].view(np.uint64)).any(axis=1) & ~new[1:]
        if moved.any():
            raise ValueError(f"block {block[1:][moved][0]} has two hashes")
        return block[new], hashes[new]

    def between(self, first: int, last: int) -> LogColumns:
        """Only the logs of blocks ``first`` to ``last``."""
        parts = []
        for table in (self.transfers, self.events):
            start, stop = table.block.searchsorted(first), table.block.searchsorted(last, "right")
            parts.append(table.take(slice(start, stop)))
        return LogColumns(self.token, *parts)  # type: ignore[arg-type]


Logs = Sequence[RawLog] | LogColumns
"""Logs in order: as objects, or as columns."""


def joined(parts: Sequence[Logs]) -> Logs:
    """All logs of ``parts``, which follow on each other. Columns if all of them are."""
    columns = [part for part in parts if isinstance(part, LogColumns)]
    if not columns or len(columns) < len(parts):
        return [log for part in parts for log in part]
    transfers, events = [part.transfers for part in columns], [part.events for part in columns]
    return LogColumns(columns[0].token, Transfers.joined(transfers), Events.joined(events))


def columns_of(logs: Logs, token: str) -> LogColumns:
    """``logs`` as columns, with the transfers of ``token`` apart (empty: nobody's)."""
    if isinstance(logs, LogColumns):
        return logs
    clean = [log for log in logs if is_clean(log, token)]
    other = [log for log in logs if not is_clean(log, token)]
    return LogColumns(token, _transfers(clean), _events(other))


def is_clean(log: RawLog, token: str) -> bool:
    """Whether ``log`` stands among the transfers of ``token``."""
    return (
        log.address == token
        and len(log.topics) == 3
        and len(log.data) == 32
        and log.topics[0] == TRANSFER
        and log.topics[1].startswith(_PAD)
        and log.topics[2].startswith(_PAD)
    )


def rows_of(items: Iterable[bytes], width: int) -> Array:
    """Byte strings of one length as rows of an array."""
    import numpy as np

    return np.frombuffer(b"".join(items), np.uint8).reshape(-1, width)


def objects(items: Sequence[bytes]) -> Array:
    """Byte strings of any length as an array of objects."""
    import numpy as np

    found = np.empty(len(items), object)
    found[:] = items
    return found


def _places(logs: Sequence[RawLog]) -> tuple[Array, Array, Array, Array, Array]:
    import numpy as np

    numbers = np.array([(log.block, log.log_index, log.tx_index) for log in logs], np.int64).reshape(-1, 3)
    hashes = [(bytes.fromhex(log.tx_hash[2:]), bytes.fromhex(log.block_hash[2:])) for log in logs]
    block, index, tx_index = (np.ascontiguousarray(numbers[:, i]) for i in range(3))
    return block, index, tx_index, rows_of((tx for tx, _ in hashes), 32), rows_of((own for _, own in hashes), 32)


def _transfers(logs: Sequence[RawLog]) -> Transfers:
    sender, receiver = (rows_of((log.topics[side][12:] for log in logs), 20) for side in (1, 2))
    return Transfers(*_places(logs), sender, receiver, rows_of((log.data for log in logs), 32))


def _events(logs: Sequence[RawLog]) -> Events:
    import numpy as np

    return Events(
        *_places(logs),
        rows_of((bytes.fromhex(log.address[2:]) for log in logs), 20),
        rows_of((b"".join(log.topics).ljust(128, b"\0") for log in logs), 128),
        np.array([len(log.topics) for log in logs], np.int64),
        objects([log.data for log in logs]),
    )


def _split(column: Array) -> Iterator[bytes]:
    raw, width = column.tobytes(), column.shape[1]
    return (raw[i : i + width] for i in range(0, len(raw), width))


def _transfer_logs(table: Transfers, token: str) -> Iterator[RawLog]:
    numbers = (column.tolist() for column in (table.block, table.log_index, table.tx_index))
    texts = (_split(c) for c in (table.tx_hash, table.block_hash, table.sender, table.receiver, table.value))
    for block, index, tx_index, tx, hashed, sender, receiver, value in zip(*numbers, *texts, strict=True):
        topics = (TRANSFER, _PAD + sender, _PAD + receiver)
        yield RawLog(token, topics, value, block, "0x" + hashed.hex(), "0x" + tx.hex(), tx_index, index)


def _event_logs(table: Events, spelling: dict[bytes, str]) -> Iterator[RawLog]:
    numbers = (c.tolist() for c in (table.block, table.log_index, table.tx_index, table.topic_count, table.data))
    texts = (_split(c) for c in (table.tx_hash, table.block_hash, table.address, table.topics))
    for block, index, tx_index, count, data, tx, hashed, by, words in zip(*numbers, *texts, strict=True):
        address = spelling.get(by) or spelling.setdefault(by, checksum(by))
        topics = tuple(words[i : i + 32] for i in range(0, 32 * count, 32))
        yield RawLog(address, topics, data, block, "0x" + hashed.hex(), "0x" + tx.hex(), tx_index, index)
