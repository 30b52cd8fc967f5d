"""A journal whose chain of hashes was forged with care, but whose entries say nothing that can be."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from hashkit.errors import InputError
from hashkit.store import journal_tables as tables
from hashkit.store.journal_reading import read_journal
from tests.store.test_journal import open_journal

AT = "2026-11-24T09:30:00+00:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_journal(tmp_path) as journal:
        journal.open_batch("Issue", 1)
    return next(tmp_path.glob("*.db"))


def forge(path: Path, kind: str, body: str) -> None:
    """Append an entry with the right number and the right hashes."""
    with sqlite3.connect(path) as book:
        number, previous = book.execute("SELECT n + 1, digest FROM entries ORDER BY n DESC LIMIT 1").fetchone()
        digest = tables._digest(number, AT, kind, body, previous)
        book.execute("INSERT INTO entries VALUES (?,?,?,?,?,?)", (number, AT, kind, body, previous, digest))
    book.close()


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("forgiven", "{}", "forgiven"),
        ("opened", "no JSON", "Expecting value"),
        ("opened", "[]", ""),
        ("done", "{}", ":step"),
        ("planned", json.dumps({"step": 1}), ":batch"),
    ],
)
def test_an_entry_that_says_nothing_is_told_whoever_reads(path: Path, kind: str, body: str, says: str) -> None:
    forge(path, kind, body)
    assert says in read_journal(path).broken != ""
    with pytest.raises(InputError) as caught:
        open_journal(path.parent)
    assert caught.value.code == "JOURNAL" and says in caught.value.why


def test_a_journal_that_is_not_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_journal(tmp_path / "gone.db")
    assert caught.value.code == "NO_JOURNAL" and not [*tmp_path.iterdir()]
