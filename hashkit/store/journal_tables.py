"""The journal on disk: a chain of entries, and tables that follow from them. Floor 2.

Entries are the truth and each carries the SHA-256 of the one before. The other tables are what
``apply`` makes of the entries, in order, so that ``audit`` can make them again and compare.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    previous TEXT NOT NULL, digest TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS begun (chain TEXT NOT NULL, sender TEXT NOT NULL, genesis TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, steps INTEGER NOT NULL, plan TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS steps (
    id INTEGER PRIMARY KEY, batch TEXT NOT NULL REFERENCES batches, position INTEGER NOT NULL,
    target TEXT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
    state TEXT NOT NULL, why TEXT NOT NULL, UNIQUE (target, key));
CREATE TABLE IF NOT EXISTS nonces (
    nonce INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (
    tx_hash TEXT PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps,
    nonce INTEGER NOT NULL REFERENCES nonces, raw BLOB NOT NULL, gas INTEGER NOT NULL,
    max_fee TEXT NOT NULL, priority_fee TEXT NOT NULL, state TEXT NOT NULL,
    block INTEGER, block_hash TEXT, succeeded INTEGER, gas_used INTEGER, fee TEXT, contract TEXT);
CREATE TABLE IF NOT EXISTS looked (below INTEGER NOT NULL);
"""
# Wei do not fit SQLite's 64-bit integers and are kept as text.

START = "0" * 64
_DERIVED = ("begun", "batches", "steps", "nonces", "attempts", "looked")
_STATEMENTS: dict[str, tuple[str, ...]] = {
    "begun": ("INSERT INTO begun VALUES (:chain, :sender, :genesis)",),
    "opened": ("INSERT INTO batches VALUES (:batch, :title, :steps, :plan)",),
    "planned": (
        "INSERT INTO steps VALUES (:step, :batch, :position, :target, :key, :title, :digest, 'PLANNED', '')",
    ),
    "replanned": ("UPDATE steps SET digest = :digest, state = 'PLANNED', why = '' WHERE id = :step",),
    "signed": (
        "INSERT INTO nonces SELECT :nonce, id, digest FROM steps WHERE id = :step ON CONFLICT DO NOTHING",
        """INSERT INTO attempts (tx_hash, step, nonce, raw, gas, max_fee, priority_fee, state)
           VALUES (:tx_hash, :step, :nonce, unhex_raw(:raw), :gas, :max_fee, :priority_fee, 'SIGNED')""",
        "UPDATE steps SET state = 'SIGNED', why = '' WHERE id = :step",
    ),
    "sent": (
        "UPDATE attempts SET state = 'SENT' WHERE tx_hash = :tx_hash",
        "UPDATE steps SET state = 'SENT' WHERE id = (SELECT step FROM attempts WHERE tx_hash = :tx_hash)",
    ),
    "mined": (
        """UPDATE attempts SET state = 'MINED', block = :block, block_hash = :block_hash,
           succeeded = :succeeded, gas_used = :gas_used, fee = :fee, contract = :contract
           WHERE tx_hash = :tx_hash""",
        # What is done stays done when a reorganisation only moves it to another block.
        """UPDATE steps SET state = 'MINED' WHERE id = (SELECT step FROM attempts WHERE tx_hash = :tx_hash)
           AND NOT (state = 'DONE' AND :succeeded = 1)""",
    ),
    "done": ("UPDATE steps SET state = 'DONE' WHERE id = :step",),
    "adopted": (
        "UPDATE steps SET batch = :batch, position = :position, key = :key, title = :title WHERE id = :step",
    ),
    "looked": ("DELETE FROM looked", "INSERT INTO looked VALUES (:below)"),
    "failed": ("UPDATE steps SET state = 'FAILED', why = :why WHERE id = :step",),
}


def prepare(connection: sqlite3.Connection) -> None:
    """Teach the connection what the statements need (``unhex`` comes with SQLite 3.41 only)."""
    connection.create_function("unhex_raw", 1, bytes.fromhex, deterministic=True)


def append(connection: sqlite3.Connection, at: str, kind: str, body: dict[str, Any]) -> None:
    """Add one entry and carry it into the tables. The caller holds the transaction."""
    last = connection.execute("SELECT n, digest FROM entries ORDER BY n DESC LIMIT 1").fetchone()
    number, previous = (last["n"] + 1, last["digest"]) if last else (1, START)
    text = json.dumps(body, sort_keys=True)
    digest = _digest(number, at, kind, text, previous)
    connection.execute("INSERT INTO entries VALUES (?,?,?,?,?,?)", (number, at, kind, text, previous, digest))
    _apply(connection, kind, body)


def audit(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the journal, or None: the chain of hashes, then the tables made again."""
    copy = sqlite3.connect("")  # a temporary file: a journal holds every signature
    try:
        prepare(copy)
        copy.executescript(SCHEMA)
        previous = START
        for number, row in enumerate(connection.execute("SELECT * FROM entries ORDER BY n"), 1):
            told = (row["at"], row["kind"], row["body"], previous)
            if row["n"] != number or row["previous"] != previous or row["digest"] != _digest(number, *told):
                return f"Entry {number} is not what was written."
            _apply(copy, row["kind"], json.loads(row["body"]))
            previous = row["digest"]
        for name in _DERIVED:
            if any(ours != theirs for ours, theirs in _side_by_side(connection, copy, name)):
                return f"Table {name} does not follow from the entries."
        return None
    finally:
        copy.close()


def _apply(connection: sqlite3.Connection, kind: str, body: dict[str, Any]) -> None:
    for statement in _STATEMENTS[kind]:
        connection.execute(statement, body)


def _side_by_side(one: sqlite3.Connection, other: sqlite3.Connection, table: str) -> Iterator[tuple[Any, Any]]:
    """The rows of a table in two databases, each with the one at its place; None where one has fewer."""
    columns = ", ".join(column["name"] for column in one.execute(f"PRAGMA table_info({table})"))
    question = f"SELECT {columns} FROM {table} ORDER BY {columns}"
    return zip_longest(*(map(tuple, each.execute(question)) for each in (one, other)))


def _digest(number: int, at: str, kind: str, body: str, previous: str) -> str:
    return hashlib.sha256(json.dumps([number, at, kind, body, previous]).encode()).hexdigest()
