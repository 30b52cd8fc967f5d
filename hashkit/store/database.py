"""How a local database is opened so that what it has taken in survives a power cut. Floor 2."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hashkit.errors import InputError

_BUSY_SECONDS = 30.0


def open_private(path: Path, schema: str) -> sqlite3.Connection:
    """The database in ``path``, readable by its owner only, WAL, every commit on the platter."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for line in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {line}")
        connection.executescript(schema)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from None
    return connection


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One transaction: committed and on the platter when the block ends, gone when it raises."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:  # also an interrupt takes the whole transaction back
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} cannot be used.",
        why=f"{error}.",
        next_step="Free the disk or restore the file. Nothing further was sent.",
        # SQLite's plain error is about what the file holds; its kinds are about disks, locks and questions.
        code="DAMAGED" if type(error) is sqlite3.DatabaseError else "LOCAL_STORE",
    )
