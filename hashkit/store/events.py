"""Which logs were read already, and do they still stand? A local store of raw logs, over SQLite. Floor 2.

Logs are kept as they came, byte for byte, per chain and set of addresses. Every range carries the hash of its
last block, and a range is taken only when it is linked to the one before: its first block names the last block
of the other as its parent. So when the newest stored block is still on the chain, all of them are; when it is
not, the ranges after the fork are dropped and read again. A digest per range finds a file that was changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from hashkit.contracts.columns import Logs
from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError
from hashkit.store.database import open_private, writing
from hashkit.store.ranges import Covered, check_link, check_stored, damaged

_SCHEMA = """
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY, chain_id INTEGER NOT NULL, addresses TEXT NOT NULL, UNIQUE (chain_id, addresses)
);
CREATE TABLE IF NOT EXISTS ranges (
    stream INTEGER NOT NULL REFERENCES streams, first INTEGER NOT NULL, last INTEGER NOT NULL,
    end_hash BLOB NOT NULL, logs INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (stream, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS logs (
    stream INTEGER NOT NULL REFERENCES streams, block INTEGER NOT NULL, log_index INTEGER NOT NULL,
    tx_index INTEGER NOT NULL, address BLOB NOT NULL, block_hash BLOB NOT NULL, tx_hash BLOB NOT NULL,
    topics BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (stream, block, log_index)
) WITHOUT ROWID;
"""
_COLUMNS = "block, log_index, tx_index, address, block_hash, tx_hash, topics, data"

Row = tuple[int, int, int, bytes, bytes, bytes, bytes, bytes]


class EventStore:
    """The stored logs of ``addresses`` on one chain. One file may hold many such sets. Close it after use."""

    def __init__(self, path: Path, chain_id: int, addresses: Sequence[str]) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = open_private(path, _SCHEMA)
        named = {checksum(address) for address in addresses}
        self.token = next(iter(named)) if len(named) == 1 else ""
        self._addresses = {bytes.fromhex(address[2:]) for address in named}
        key = (chain_id, ",".join(sorted(address.hex() for address in self._addresses)))
        with self._writing():
            self._execute("INSERT OR IGNORE INTO streams (chain_id, addresses) VALUES (?, ?)", *key)
        found = self._execute("SELECT id FROM streams WHERE chain_id = ? AND addresses = ?", *key).fetchone()
        self._stream = int(found[0])

    def __enter__(self) -> EventStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def covered(self) -> Covered | None:
        """What is in the store; None when it is empty."""
        ranges = self.ranges()
        return Covered(ranges[0].first, ranges[-1].last, ranges[-1].end_hash) if ranges else None

    def ranges(self) -> list[Covered]:
        """The ranges as they were taken in, upwards."""
        return [Covered(found["first"], found["last"], "0x" + found["end_hash"].hex()) for found in self._ranges("")]

    def add(self, first: int, last: int, logs: Logs, *, parent_hash: str, end_hash: str) -> None:
        """Take in all logs of blocks ``first`` to ``last``, in order; all of them or, at any trouble, none.

        ``parent_hash`` is what block ``first`` names as its parent, ``end_hash`` the hash of block ``last``.
        NodeError ``REORG`` when the range does not follow on what is stored; ValueError when it has a gap
        before it, or when its logs are not in order or of other blocks or addresses.
        """
        rows = [_row(log) for log in logs]
        self._check(first, last, rows)
        end = bytes.fromhex(end_hash[2:])
        with self._writing():
            check_link(self.covered(), first, parent_hash)
            self._execute(
                "INSERT INTO ranges VALUES (?, ?, ?, ?, ?, ?)",
                *(self._stream, first, last, end, len(rows), _digest(rows)),
            )
            self._connection.executemany(
                f"INSERT INTO logs (stream, {_COLUMNS}) VALUES ({self._stream}, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def rewind(self, to_block: int) -> Covered | None:
        """Drop every range that reaches beyond ``to_block``, and say what is left."""
        with self._writing():
            kept = self._execute(
                "SELECT max(last) FROM ranges WHERE stream = ? AND last <= ?", self._stream, to_block
            ).fetchone()[0]
            keep = -1 if kept is None else int(kept)
            self._execute("DELETE FROM ranges WHERE stream = ? AND last > ?", self._stream, keep)
            self._execute("DELETE FROM logs WHERE stream = ? AND block > ?", self._stream, keep)
        return self.covered()

    def logs(self, first: int, last: int) -> Iterator[RawLog]:
        """The stored logs of blocks ``first`` to ``last``, in order.

        ValueError when not all of these blocks are stored, InputError when the file was changed.
        """
        check_stored(self.covered(), first, last)
        for found in self._ranges("AND last >= ? AND first <= ?", first, last):
            for row in self._checked_rows(found):
                if first <= row[0] <= last:
                    yield _log(row)

    def _ranges(self, where: str, *values: int) -> list[sqlite3.Row]:
        sql = f"SELECT * FROM ranges WHERE stream = ? {where} ORDER BY first"
        return self._execute(sql, self._stream, *values).fetchall()

    def _checked_rows(self, found: sqlite3.Row) -> list[Row]:
        """The rows of one range, if they are what was put in."""
        sql = f"SELECT {_COLUMNS} FROM logs WHERE stream = ? AND block BETWEEN ? AND ? ORDER BY block, log_index"
        with closing(self._execute(sql, self._stream, found["first"], found["last"])) as cursor:
            rows: list[Row] = [tuple(row) for row in cursor]
        if len(rows) != found["logs"] or _digest(rows) != found["digest"]:
            raise damaged(self._path, (found["first"], found["last"]))
        return rows

    def _check(self, first: int, last: int, rows: Sequence[Row]) -> None:
        places = [row[:2] for row in rows]
        if not 0 <= first <= last or any(a >= b for a, b in pairwise(places)):
            raise ValueError("a range runs upwards, and so do its logs")
        if any(not first <= row[0] <= last or row[3] not in self._addresses for row in rows):
            raise ValueError("a log of another block or address")

    def _execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{self._path} cannot be used.",
                why=f"{error}.",
                next_step="Delete the file; the events are read again from the chain.",
                code="EVENT_STORE",
            ) from None

    def _writing(self) -> Any:
        return writing(self._connection, self._path)


def _row(log: RawLog) -> Row:
    hashes = (bytes.fromhex(log.block_hash[2:]), bytes.fromhex(log.tx_hash[2:]))
    address = bytes.fromhex(log.address[2:])
    return (log.block, log.log_index, log.tx_index, address, *hashes, b"".join(log.topics), log.data)


def _log(row: Row) -> RawLog:
    block, log_index, tx_index, address, block_hash, tx_hash, topics, data = row
    return RawLog(
        address=checksum(address),
        topics=tuple(topics[i : i + 32] for i in range(0, len(topics), 32)),
        data=data,
        block=block,
        block_hash="0x" + block_hash.hex(),
        tx_hash="0x" + tx_hash.hex(),
        tx_index=tx_index,
        log_index=log_index,
    )


def _digest(rows: Sequence[Row]) -> bytes:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode())
    return digest.digest()
