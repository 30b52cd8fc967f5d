"""Rows that are too many for memory, in a private file without a name that goes with whoever made it. Floor 2."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hashkit.errors import InputError

_CACHE_KIB = 4096
"""What stays in memory; SQLite puts the rest, also of what it sorts, into its own temporary files (mode 0600)."""


LOOK = "lower(substr(wallet, 3, 4) || substr(wallet, -4))"
"""``contracts.addresses.look`` of a column ``wallet``."""


class Scratch:
    """A database of this process alone. InputError ``LOCAL_STORE`` when the disk has no room for it."""

    def __init__(self, schema: str) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._db.close)
        for line in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", f"cache_size=-{_CACHE_KIB}"):
            self._db.execute(f"PRAGMA {line}")
        self._db.executescript(schema)

    def put(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out a statement for each of ``rows``, which may come one at a time."""
        try:
            self._db.execute("BEGIN")
            self._db.executemany(statement, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise _full(error) from None

    def do(self, script: str) -> None:
        """Carry out some statements."""
        try:
            self._db.executescript(script)
        except sqlite3.Error as error:
            raise _full(error) from None

    def ask(self, question: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, one at a time."""
        try:
            yield from self._db.execute(question, values)
        except sqlite3.Error as error:
            raise _full(error) from None

    def one(self, question: str, *values: Any) -> Any:
        """The first value of an answer; None without one."""
        row = next(self.ask(question, *values), None)
        return None if row is None else row[0]


def _full(error: Exception) -> InputError:
    return InputError(
        "The rows cannot be kept in a temporary file.",
        why=f"{error}.",
        next_step="Free the disk of the temporary folder, or name another in SQLITE_TMPDIR. Nothing further was sent.",
        code="LOCAL_STORE",
    )
