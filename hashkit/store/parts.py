"""Columns to Parquet and back: the files of one chunk of an event store. Floor 2.

| family | columns |
|---|---|
| ``transfer`` | block, log_index, tx_index, s and r (numbers of accounts), u0 to u7 (32-bit limbs, u0 the lowest) |
| ``transfer-hash`` | tx_hash, row by row beside ``transfer``; apart because a cap table needs none of it |
| ``account`` | id, address, first_block: the accounts that appear first in this chunk |
| ``block`` | number and hash of every block with a log |
| ``event/NAME`` | block, log_index, tx_index, address, tx_hash, topic_count, topics and data verbatim |

Whole numbers are signed 64-bit, which every engine can add exactly; nothing here is a float or a decimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hashkit.contracts.columns import Events, LogColumns, Transfers, columns_of, objects
from hashkit.contracts.logs import events
from hashkit.store.accounts import Accounts

if TYPE_CHECKING:
    from hashkit.contracts.columns import Array

LIMBS = tuple(f"u{i}" for i in range(8))
UNKNOWN = "event/unknown"
_ROWS = 1 << 17  # in one row group
_PLAIN = ("tx_hash", "hash", "address")
"""Columns of random bytes: packing them costs time and gains nothing."""
_VARIED = ("block", "id", "s", "r", "u0", "u1", "data")
"""Columns of many different values: a dictionary of them costs more time than all the rest, and space too."""


def family(topic: bytes | None) -> str:
    """The family of events with this first topic. All that hashkit has no event for stand in one."""
    entry = events().get(topic) if topic is not None else None
    if entry is None:
        return UNKNOWN
    return f"event/{entry.name}-{entry.selector.hex()}"


def tables(logs: LogColumns, accounts: Accounts) -> Iterator[tuple[str, Any]]:
    """Family and Arrow table of everything in ``logs``; empty ones are left out."""
    import numpy as np

    before, moved = len(accounts), logs.transfers
    if len(moved):
        sides = np.stack([moved.sender, moved.receiver], axis=1).reshape(-1, 20)
        numbers = accounts.numbers(sides)
        limbs = moved.value.view(">u4")[:, ::-1].astype(np.int64)
        columns = {"block": moved.block, "log_index": moved.log_index, "tx_index": moved.tx_index}
        columns |= {"s": np.ascontiguousarray(numbers[::2]), "r": np.ascontiguousarray(numbers[1::2])}
        yield "transfer", _table({**columns, **{name: limbs[:, i].copy() for i, name in enumerate(LIMBS)}})
        yield "transfer-hash", _table({"tx_hash": moved.tx_hash})
        if len(accounts) > before:
            numbers_new = np.arange(before, len(accounts), dtype=np.int32)
            rows = np.full(len(accounts), -1)
            # Written backwards, so that the first appearance of each is what stays.
            rows[numbers[::-1]] = np.repeat(moved.block, 2)[::-1]
            yield (
                "account",
                _table({"id": numbers_new, "address": accounts.since(before), "first_block": rows[before:]}),
            )
    numbered, hashes = logs.blocks()
    if len(numbered):
        yield "block", _table({"block": numbered, "hash": hashes})
    yield from _event_tables(logs.events)


def read_columns(token: str, files: Mapping[str, Any], accounts: Array) -> LogColumns:
    """The logs of one chunk out of its tables, with the addresses of all accounts up to it."""
    import numpy as np

    known = files.get("block")
    blocks, hashes = (None, None) if known is None else (numbers(known, "block"), fixed(known, "hash", 32))

    def hash_of(block: Array) -> Array:
        if blocks is None or hashes is None:
            return np.zeros((len(block), 32), np.uint8)
        return np.take(hashes, np.searchsorted(blocks, block), axis=0)

    nothing = columns_of([], token)
    moved, named = files.get("transfer"), files.get("transfer-hash")
    found = [_events(table, hash_of) for name, table in files.items() if name.startswith("event/")]
    return LogColumns(
        token,
        nothing.transfers if moved is None or named is None else _transfers(moved, named, accounts, hash_of),
        Events.joined(found).ordered() if found else nothing.events,
    )


def numbers(table: Any, name: str) -> Array:
    """A column of whole numbers."""
    import numpy as np

    return np.asarray(table.column(name).to_numpy())


def fixed(table: Any, name: str, width: int) -> Array:
    """A column of byte strings of one length, as rows."""
    import numpy as np

    parts = [
        np.frombuffer(part.buffers()[1], np.uint8)[part.offset * width : (part.offset + len(part)) * width]
        for part in table.column(name).chunks
    ]
    return np.concatenate(parts).reshape(-1, width) if parts else np.zeros((0, width), np.uint8)


def encoded(table: Any) -> bytes:
    """The Parquet file of a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    packed = [name for name in table.column_names if name not in _PLAIN]
    pq.write_table(
        table,
        sink,
        row_group_size=_ROWS,
        compression={name: "zstd" if name in packed else "none" for name in table.column_names},
        use_dictionary=[name for name in packed if name not in _VARIED],
        write_statistics=packed,
        store_schema=False,
    )
    return bytes(sink.getvalue())


def _table(columns: Mapping[str, Array]) -> Any:
    import pyarrow as pa

    return pa.table({name: _arrow(column) for name, column in columns.items()})


def _arrow(column: Array) -> Any:
    import numpy as np
    import pyarrow as pa

    if column.dtype == object:
        return pa.array(column, pa.binary())
    if column.ndim == 1:
        return pa.array(column)
    kind, flat = pa.binary(column.shape[1]), np.ascontiguousarray(column)
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(column), [None, pa.py_buffer(flat)])


def _event_tables(logs: Events) -> Iterator[tuple[str, Any]]:
    import numpy as np

    if not len(logs):
        return
    first = np.where((logs.topic_count > 0)[:, None], logs.topics[:, :32], 0)
    distinct, which = np.unique(first, axis=0, return_inverse=True)
    named = [family(row.tobytes()) for row in distinct]
    families = np.array([named[i] for i in which.reshape(-1).tolist()])
    for name in sorted(set(named)):
        rows = logs.take(np.flatnonzero(families == name))
        columns = {"block": rows.block, "log_index": rows.log_index, "tx_index": rows.tx_index}
        columns |= {"address": rows.address, "tx_hash": rows.tx_hash, "topic_count": rows.topic_count}
        yield name, _table({**columns, "topics": rows.topics, "data": rows.data})


def _transfers(moved: Any, named: Any, accounts: Array, hash_of: Any) -> Transfers:
    import numpy as np

    limbs = np.empty((len(moved), len(LIMBS)), ">u4")
    for i, name in enumerate(reversed(LIMBS)):
        limbs[:, i] = numbers(moved, name)
    block = numbers(moved, "block")
    return Transfers(
        block=block,
        log_index=numbers(moved, "log_index"),
        tx_index=numbers(moved, "tx_index"),
        tx_hash=fixed(named, "tx_hash", 32),
        block_hash=hash_of(block),
        sender=np.take(accounts, numbers(moved, "s"), axis=0),
        receiver=np.take(accounts, numbers(moved, "r"), axis=0),
        value=limbs.view(np.uint8),
    )


def _events(table: Any, hash_of: Any) -> Events:
    block = numbers(table, "block")
    return Events(
        block=block,
        log_index=numbers(table, "log_index"),
        tx_index=numbers(table, "tx_index"),
        tx_hash=fixed(table, "tx_hash", 32),
        block_hash=hash_of(block),
        address=fixed(table, "address", 20),
        topics=fixed(table, "topics", 128),
        topic_count=numbers(table, "topic_count"),
        data=objects(table.column("data").to_pylist()),
    )
