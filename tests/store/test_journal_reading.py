"""Reading a journal without its lock: what it names, whether it is whole, and that nothing is written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hashkit.errors import InputError
from hashkit.store.journal_reading import read_journal
from tests.store.test_journal import SENDER, TOKEN, attempt, open_journal, receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_journal(tmp_path) as journal:
        step = journal.plan(journal.open_batch("Issue", 1), 0, TOKEN, "k", "Issue rows", "d").id
        journal.record_signed(attempt(step, 7))
        journal.record_sent(attempt(step, 7).tx_hash)
        journal.record_mined(receipt())
        again = journal.plan(journal.open_batch("Freeze", 1), 0, TOKEN, "k2", "Freeze", "d2").id
        journal.record_signed(attempt(again, 8, mark=2))
    return next(tmp_path.glob("*.db"))


def test_it_names_every_transaction_and_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    view = read_journal(path)
    assert (view.chain, view.sender, view.broken) == ("31337", SENDER, "") and view.entries == 9
    told = [(one.nonce, one.state, one.block, one.succeeded, one.title) for one in view.transactions]
    assert told == [(7, "MINED", 5, True, "Issue rows"), (8, "SIGNED", None, False, "Freeze")]
    assert path.read_bytes() == before


def test_it_can_be_read_while_somebody_writes(path: Path) -> None:
    with open_journal(path.parent) as journal:
        journal.open_batch("Third", 1)
        assert read_journal(path).entries == 10


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET body = replace(body, 'Freeze', 'Nothing') WHERE kind = 'planned'",
        "DELETE FROM entries WHERE n = 4",
        "UPDATE attempts SET block = 6 WHERE nonce = 7",
        "UPDATE entries SET body = 'no JSON' WHERE n = 2",
    ],
)
def test_a_change_from_outside_is_told_and_no_error(path: Path, change: str) -> None:
    with sqlite3.connect(path) as book:
        book.execute(change)
    assert read_journal(path).broken


def test_a_journal_of_an_earlier_version_is_whole(path: Path) -> None:
    with sqlite3.connect(path) as book:
        book.execute("DROP TABLE looked")
    assert read_journal(path).broken == ""


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "a.db", tmp_path / "b.db"
    text.write_text("no database " * 100)
    with sqlite3.connect(other) as book:
        book.execute("CREATE TABLE t (x)")
    for path in (text, other):
        with pytest.raises(InputError) as refused:
            read_journal(path)
        assert refused.value.code == "NO_JOURNAL"
