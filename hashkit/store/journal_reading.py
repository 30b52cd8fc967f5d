"""What does a journal say, for somebody who only reads it? Floor 2.

No lock, no writing, no signed bytes: only which transactions it names and whether its chain of hashes holds.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from hashkit.errors import InputError
from hashkit.store import journal_tables as tables


@dataclass(frozen=True, slots=True)
class JournalledTransaction:
    """One transaction that was signed, and for what. ``state`` SIGNED, SENT or MINED; ``block`` None until mined."""

    tx_hash: str
    nonce: int
    state: str
    block: int | None
    succeeded: bool
    title: str


@dataclass(frozen=True, slots=True)
class JournalView:
    """One account's journal on one chain. ``broken`` is empty while its chain of hashes holds."""

    chain: str
    sender: str
    entries: int
    last: str
    """The digest of the last entry: it stands for all of them."""
    broken: str
    transactions: tuple[JournalledTransaction, ...]


def read_journal(path: Path) -> JournalView:
    """The journal in ``path``. InputError when the file is none; a broken chain is part of the answer."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise _no_journal(path, error) from None
    copy = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT n FROM entries LIMIT 1")
        connection.backup(copy)
        copy.executescript(tables.SCHEMA)  # a journal of an earlier version lacks the tables that came later
        copy.row_factory = sqlite3.Row
        return _view(copy)
    except (sqlite3.Error, IndexError) as error:
        raise _no_journal(path, error) from None
    finally:
        connection.close()
        copy.close()


def _view(connection: sqlite3.Connection) -> JournalView:
    begun = connection.execute("SELECT chain, sender FROM begun").fetchone()
    last = connection.execute("SELECT n, digest FROM entries ORDER BY n DESC LIMIT 1").fetchone()
    try:
        broken = tables.audit(connection) or ""
    except (ValueError, KeyError, TypeError, sqlite3.Error) as error:
        broken = f"An entry cannot be read: {error}."
    found = connection.execute(
        "SELECT tx_hash, nonce, attempts.state AS state, block, succeeded, title"
        " FROM attempts JOIN steps ON steps.id = attempts.step ORDER BY nonce, attempts.rowid"
    )
    transactions = tuple(
        JournalledTransaction(
            row["tx_hash"], row["nonce"], row["state"], row["block"], bool(row["succeeded"]), row["title"]
        )
        for row in found
    )
    return JournalView(
        str(begun["chain"]) if begun else "", str(begun["sender"]) if begun else "",
        last["n"] if last else 0, last["digest"] if last else "", broken, transactions,
    )  # fmt: skip


def _no_journal(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path.name} is not a journal of hashkit.",
        why=f"{error}.",
        next_step="Give the file CHAIN-ACCOUNT.db from .hashkit/journal.",
        code="NO_JOURNAL",
    )
