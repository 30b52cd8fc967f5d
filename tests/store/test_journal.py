"""The journal: durable before the socket opens, one nonce one content, one writer, tampering shows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hashkit.domain.attempts import Attempt, Receipt
from hashkit.errors import AccountError, InputError, NodeError
from hashkit.store.forget import forget_devnet
from hashkit.store.journal import Journal
from hashkit.store.names import Names
from hashkit.store.project import Project
from hashkit.store.rows import IssueRow, IssueRows

SENDER = "0x" + "aB" * 20
TOKEN = "0x" + "cD" * 20
GENESIS = "0x" + "00" * 32


def clock() -> datetime:
    return datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def open_journal(folder: Path, **more: object) -> Journal:
    return Journal.open(folder, 31337, SENDER, **{"genesis": GENESIS, "clock": clock, **more})  # type: ignore[arg-type]


def attempt(step: int, nonce: int, mark: int = 1) -> Attempt:
    return Attempt(step, nonce, bytes([2, mark]), f"0x{mark:064x}", 21000, 2**70, 10**9)


def receipt(mark: int = 1, succeeded: bool = True) -> Receipt:
    return Receipt(f"0x{mark:064x}", 5, "0x" + "bb" * 32, succeeded, 21000, 2**70)


def test_batch_ids_then_are_the_day_and_a_running_number(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        assert journal.open_batch("one", 1) == "b-20261124-01"
        assert journal.open_batch("two", 1) == "b-20261124-02"


def test_a_step_then_goes_through_its_states_and_survives_reopening(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        batch = journal.open_batch("Issue", 1)
        step = journal.plan(batch, 0, TOKEN, "order-1/0", "Issue rows", "d1").id
        assert journal.next_nonce() == 0
        journal.record_signed(attempt(step, 7))
        assert journal.step(step).state == "SIGNED"
    with open_journal(tmp_path) as journal:
        assert journal.next_nonce() == 8
        assert journal.attempts(step) == (attempt(step, 7),)
        journal.record_sent(attempt(step, 7).tx_hash)
        assert [a.state for a in journal.unsettled(-1)] == ["SENT"]
        journal.record_mined(receipt())
        assert journal.step(step).state == "MINED" and journal.receipt(step) == receipt()
        assert journal.find_unfinished(TOKEN, "d1") == journal.step(step)
        journal.record_done(step)
        found = journal.find(TOKEN, "order-1/0")
        assert found is not None and (found.state, found.batch) == ("DONE", batch)
        assert journal.find_unfinished(TOKEN, "d1") is None
        assert journal.steps(batch) == (found,)


def test_intent_key_when_used_twice_then_refused(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        batch = journal.open_batch("Issue", 2)
        journal.plan(batch, 0, TOKEN, "k", "t", "d1")
        with pytest.raises(InputError):
            journal.plan(batch, 1, TOKEN, "k", "t", "d2")
        journal.plan(batch, 1, SENDER, "k", "t", "d2")
        journal.verify()


def test_replan_when_mined_or_done_then_refused_but_not_when_failed(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        step = journal.plan(journal.open_batch("Issue", 1), 0, TOKEN, "k", "t", "d").id
        journal.record_signed(attempt(step, 0))
        journal.record_mined(receipt())
        for _ in range(2):
            with pytest.raises(InputError, match="already sent"):
                journal.replan(step, "other")
            journal.record_done(step)
        other = journal.plan("b-20261124-01", 1, TOKEN, "k2", "t", "d").id
        journal.record_failed(other, "reverted")
        assert journal.replan(other, "other").digest == "other"


def test_one_nonce_then_belongs_to_one_content_forever(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        batch = journal.open_batch("Issue", 2)
        first, second = (journal.plan(batch, n, TOKEN, f"k{n}", "t", f"d{n}").id for n in range(2))
        journal.record_signed(attempt(first, 3))
        journal.record_signed(attempt(first, 3, 2))  # a dearer one with the same content is another attempt
        with pytest.raises(InputError, match="Nonce 3 already belongs"):
            journal.record_signed(attempt(second, 3, 3))
        with pytest.raises(InputError, match="already sent with other content"):
            journal.replan(first, "d9")
        journal.record_mined(receipt(2, succeeded=False))
        assert journal.replan(first, "d9").state == "PLANNED"  # mined and reverted: nothing of it is left
        with pytest.raises(InputError, match="Nonce 3 already belongs"):
            journal.record_signed(attempt(first, 3, 4))
        journal.record_signed(attempt(first, 4, 4))


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE entries SET body = replace(body, 'order-1', 'order-2') WHERE kind = 'planned'",
        "DELETE FROM entries WHERE n = 2",
        "DELETE FROM entries WHERE n = (SELECT max(n) FROM entries)",
        "UPDATE attempts SET raw = x'00'",
        "UPDATE steps SET state = 'DONE'",
        "DELETE FROM attempts",
    ],
)
def test_open_when_tampered_with_then_refuses(tmp_path: Path, edit: str) -> None:
    with open_journal(tmp_path) as journal:
        step = journal.plan(journal.open_batch("Issue", 1), 0, TOKEN, "order-1/0", "t", "d1").id
        journal.record_signed(attempt(step, 0))
    (path,) = tmp_path.glob("*.db")
    with sqlite3.connect(path) as raw:
        assert raw.execute(edit).rowcount == 1
    raw.close()
    with pytest.raises(InputError, match="changed from outside") as caught:
        open_journal(tmp_path)
    assert caught.value.code == "JOURNAL"
    with pytest.raises(InputError):  # and the refusal has not left the lock behind
        open_journal(tmp_path, wait_seconds=0)


def test_open_when_the_file_is_not_a_database_then_input_error(tmp_path: Path) -> None:
    open_journal(tmp_path).close()
    (path,) = tmp_path.glob("*.db")
    path.write_bytes(b"not a database, by a long way" * 200)
    with pytest.raises(InputError, match="hashkit batch recover"):
        open_journal(tmp_path)


def test_open_when_another_history_then_node_error_or_set_aside(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.open_batch("Issue", 1)
    with pytest.raises(NodeError, match="another chain"):
        open_journal(tmp_path, genesis="0x" + "11" * 32)
    with open_journal(tmp_path, genesis="0x" + "11" * 32, disposable=True) as journal:
        assert journal.open_batch("Issue", 1) == "b-20261124-01"
    assert len(list(tmp_path.glob("*.old"))) == 1


HOLD = """
import sys, time
from pathlib import Path
from tests.store.test_journal import open_journal
with open_journal(Path(sys.argv[1])) as journal:
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
    journal.open_batch("theirs", 1)
"""


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(folder), str(seconds)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert child.stdout is not None and child.stdout.readline() == "held\n"
    return child


def test_two_processes_then_the_second_waits_and_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    child = hold(tmp_path, 1.0)
    started = time.monotonic()
    with open_journal(tmp_path, on_wait=told.append) as journal:
        assert time.monotonic() - started > 0.5
        assert journal.open_batch("ours", 1) == "b-20261124-02"
    assert child.wait(10) == 0
    assert len(told) == 1 and f"process {child.pid}" in told[0]


def test_lock_when_it_stays_taken_then_account_error_and_kill_frees_it(tmp_path: Path) -> None:
    child = hold(tmp_path, 60)
    with pytest.raises(AccountError, match="Another hashkit process"):
        open_journal(tmp_path, wait_seconds=0.2)
    child.kill()
    child.wait()
    open_journal(tmp_path, wait_seconds=5).close()


def test_issue_rows_when_repeated_or_changed(tmp_path: Path) -> None:
    rows = [IssueRow(f"S-{n}", f"digest{n}", "0xorder", n) for n in range(1200)]
    with IssueRows(tmp_path / "rows.db") as memory:
        memory.remember_rows(177, TOKEN, rows)
        memory.remember_rows(177, TOKEN, rows)
        known = memory.known_rows(177, TOKEN, [row.external_id for row in rows] + ["S-x"])
        assert len(known) == 1200 and known["S-7"] == ("digest7", "0xorder")
        assert memory.known_rows(133, TOKEN, ["S-7"]) == {}
        changed = [IssueRow("S-new", "d", "0xb", 0), IssueRow("S-7", "other", "0xb", 1)]
        with pytest.raises(InputError) as caught:
            memory.remember_rows(177, TOKEN, changed)
        assert caught.value.code == "ROW_CHANGED" and len(caught.value.details) == 1
        assert memory.known_rows(177, TOKEN, ["S-new"]) == {}
        with pytest.raises(InputError):
            memory.remember_rows(177, TOKEN, [IssueRow("S-a", "1", "0xb", 0), IssueRow("S-a", "2", "0xb", 1)])
        assert memory.known_rows(177, TOKEN, ["S-a"]) == {}
        memory.forget_order(177, TOKEN, "0xorder")
        assert memory.known_rows(177, TOKEN, ["S-7"]) == {}


def test_names_then_label_wallet_and_id_find_each_other(tmp_path: Path) -> None:
    with Names(tmp_path / "names.db") as names:
        wallets = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"]
        investor = names.add("INV-1", wallets[0].lower())
        assert names.add("INV-1", wallets[1]) == investor == names.add("INV-1", wallets[0])
        assert names.wallets_of("INV-1") == tuple(wallets) and names.investor_of("INV-1") == investor
        assert names.label_of(wallets[1]) == names.label_of(investor) == "INV-1"
        assert names.labels() == dict.fromkeys(wallets, "INV-1")
        for label, wallet, given in (("INV-2", wallets[0], None), ("INV-2", SENDER, investor)):
            with pytest.raises(InputError, match=r"belongs to INV-1"):
                names.add(label, wallet, given)
        assert names.investor_of("INV-2") is None
        assert names.add("INV-3", TOKEN) != investor
    assert (tmp_path / "names.db").stat().st_mode & 0o077 == 0


def test_forget_devnet_then_a_new_chain_starts_clean(tmp_path: Path) -> None:
    project = Project.scratch(tmp_path)
    with open_journal(project.journal) as journal:
        journal.open_batch("Issue", 1)
    with IssueRows(project.rows_file) as rows:
        rows.remember_rows(31337, TOKEN, [IssueRow("S", "d", "o", 0)])
    forget_devnet(project)
    with open_journal(project.journal) as journal:
        assert journal.open_batch("Issue", 1) == "b-20261124-01"
    with IssueRows(project.rows_file) as rows:
        assert rows.known_rows(31337, TOKEN, ["S"]) == {}
    with pytest.raises(InputError):
        forget_devnet(project, 177)


@pytest.mark.parametrize("act", [lambda j: j.open_batch("x", 1), lambda j: j.record_signed(attempt(1, 5, 9))])
def test_write_when_the_disk_refuses_then_input_error_and_nothing_kept(
    tmp_path: Path, act: Callable[[Journal], object]
) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan(journal.open_batch("Issue", 1), 0, TOKEN, "k", "t", "d")
        journal._db.execute("PRAGMA query_only=ON")
        with pytest.raises(InputError, match="cannot be used"):
            act(journal)
        journal._db.execute("PRAGMA query_only=OFF")
        assert journal.attempts(1) == ()
        journal.verify()
