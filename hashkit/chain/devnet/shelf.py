"""Where do the bytes of the py-evm chain lie? Floor 2; runs in the server's process.

In memory, and in one SQLite file to which each block is added in one transaction, together with the name of
the new head. So the chain on disk is always a whole one, whenever the process is killed, and a restart
replays nothing: it reads. State tries are never pruned, which is why old blocks can still be asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from eth.db.backends.base import BaseDB

from hashkit.errors import NodeError

FORMAT = b"hashkit-devnet/1"


class Shelf(BaseDB):
    """A key-value store that py-evm writes to; ``commit`` makes what it wrote so far permanent."""

    def __init__(self, path: Path) -> None:
        self._disk = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._disk.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "CREATE TABLE IF NOT EXISTS node (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
                "CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
            )
            self._held: dict[bytes, bytes] = dict(self._disk.execute("SELECT key, value FROM node"))
        except sqlite3.DatabaseError as problem:
            raise NodeError("The state of the local chain is damaged.", why=str(problem)) from None
        self._new: dict[bytes, bytes | None] = {}
        if self._held and self._fact("format") != FORMAT:
            raise NodeError("Another version of hashkit made the state of this local chain.")

    def head(self) -> bytes | None:
        """Hash of the newest block that was committed. None for an empty shelf."""
        return self._fact("head")

    def _fact(self, name: str) -> bytes | None:
        row = self._disk.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def commit(self, head: bytes) -> None:
        """Write what is new, and ``head`` as the newest block, to the disk: all of it or nothing."""
        kept = [(key, value) for key, value in self._new.items() if value is not None]
        gone = [(key,) for key, value in self._new.items() if value is None]
        self._disk.execute("BEGIN IMMEDIATE")
        try:
            self._disk.executemany("INSERT OR REPLACE INTO node VALUES (?, ?)", kept)
            self._disk.executemany("DELETE FROM node WHERE key = ?", gone)
            facts = [("head", head), ("format", FORMAT)]
            self._disk.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", facts)
            self._disk.execute("COMMIT")
        except sqlite3.Error as problem:
            self._disk.execute("ROLLBACK")
            raise NodeError("The local chain cannot be written to the disk.", why=str(problem)) from None
        self._new.clear()

    def close(self) -> None:
        """Close the file."""
        self._disk.close()

    def __getitem__(self, key: bytes) -> bytes:
        return self._held[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._held[key] = self._new[key] = value

    def __delitem__(self, key: bytes) -> None:
        del self._held[key]
        self._new[key] = None

    def _exists(self, key: bytes) -> bool:
        return key in self._held

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)
