"""What the journal answers about what was signed: which nonces are whose, what is open, what was found on the chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashkit.domain.attempts import Receipt
from hashkit.errors import InputError
from hashkit.store.batches import BatchRecord, StepLine, read_batches
from hashkit.store.journal import FOUND, STRAY, Journal
from tests.store.test_journal import SENDER, TOKEN, attempt, open_journal, receipt

OTHER = "0x" + "Ef" * 20


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with open_journal(tmp_path) as opened:
        yield opened
        opened.verify()


def plan(journal: Journal, key: str, digest: str = "d", target: str = TOKEN, batch: str = "", position: int = 0) -> int:
    return journal.plan(batch or journal.open_batch("Issue", 1), position, target, key, f"do {key}", digest).id


def mined(mark: int, block: int, succeeded: bool = True) -> Receipt:
    return Receipt(f"0x{mark:064x}", block, "0x" + "bb" * 32, succeeded, 21_000, 2**70, TOKEN)


def sign(journal: Journal, step: int, nonce: int, mark: int) -> None:
    journal.record_signed(attempt(step, nonce, mark))


def test_steps_of_a_batch_come_in_their_order_whenever_they_were_planned(journal: Journal) -> None:
    batch, other = journal.open_batch("Issue", 3), journal.open_batch("Pause", 1)
    steps = [plan(journal, f"k{n}", batch=batch, position=n) for n in (2, 0, 1)]
    plan(journal, "elsewhere", batch=other)
    assert [step.position for step in journal.steps(batch)] == [0, 1, 2]
    assert {step.id for step in journal.steps(batch)} == set(steps) == {1, 2, 3}


def test_a_batch_and_its_saved_plan_find_each_other(journal: Journal) -> None:
    first, second = journal.open_batch("a", 1, "plan-1"), journal.open_batch("b", 1)
    assert (journal.plan_of(first), journal.plan_of(second)) == ("plan-1", "")
    third = journal.open_batch("a", 1, "plan-1")
    assert journal.batch_of_plan("plan-1") == third, "the newest"
    assert journal.batch_of_plan("plan-2") is None


def test_unfinished_is_the_oldest_with_this_content_and_target(journal: Journal) -> None:
    done, old = plan(journal, "a", "same"), plan(journal, "b", "same")
    plan(journal, "c", "same"), plan(journal, "d", "other"), plan(journal, "e", "same", OTHER)
    journal.record_done(done)
    found = journal.find_unfinished(TOKEN, "same")
    assert found is not None and found.id == old
    assert journal.find_unfinished(OTHER, "other") is None and journal.find(OTHER, "a") is None


def test_undone_are_those_that_wait_for_no_block(journal: Journal) -> None:
    steps = [plan(journal, f"k{n}") for n in range(6)]
    for n, step in enumerate(steps[1:5], 1):
        sign(journal, step, n, n)
    journal.record_sent(f"0x{2:064x}")
    journal.record_mined(mined(3, 5))
    journal.record_mined(mined(4, 5, succeeded=False))
    journal.record_failed(steps[4], "reverted")
    journal.record_done(steps[5])
    assert [journal.step(step).state for step in steps] == ["PLANNED", "SIGNED", "SENT", "MINED", "FAILED", "DONE"]
    assert [step.id for step in journal.undone()] == [steps[0], steps[3], steps[4]]
    assert journal.step(steps[4]).why == "reverted"


def test_unsettled_are_the_nonces_that_no_final_block_holds(journal: Journal) -> None:
    first, second, third = (plan(journal, f"k{n}") for n in range(3))
    sign(journal, third, 9, 4)
    sign(journal, first, 7, 1)
    sign(journal, first, 7, 2)
    sign(journal, second, 8, 3)
    journal.record_mined(mined(2, 5))
    assert [each.tx_hash[-1] for each in journal.unsettled(4)] == ["1", "2", "3", "4"], "by nonce, then as signed"
    assert [each.tx_hash[-1] for each in journal.unsettled(5)] == ["3", "4"], "rivals of a final one are settled too"


def test_the_receipt_is_that_of_the_last_nonce(journal: Journal) -> None:
    step = plan(journal, "k")
    assert journal.receipt(step) is None
    sign(journal, step, 3, 1)
    assert journal.receipt(step) is None
    journal.record_mined(mined(1, 5, succeeded=False))
    assert journal.receipt(step) == mined(1, 5, succeeded=False)
    journal.replan(step, "d2")
    sign(journal, step, 4, 2)
    journal.record_mined(mined(2, 6))
    assert journal.receipt(step) == mined(2, 6)
    assert [each.nonce for each in journal.attempts(step)] == [3, 4]


def test_what_is_done_stays_done_when_it_only_moves_to_another_block(journal: Journal) -> None:
    step = plan(journal, "k")
    sign(journal, step, 3, 1)
    journal.record_mined(mined(1, 5))
    journal.record_done(step)
    journal.record_mined(mined(1, 6))
    assert journal.step(step).state == "DONE" and journal.receipt(step) == mined(1, 6)
    journal.record_mined(mined(1, 7, succeeded=False))
    assert journal.step(step).state == "MINED", "nothing came of it there"


def test_a_step_that_is_signed_or_sent_keeps_its_content(journal: Journal) -> None:
    step = plan(journal, "k")
    assert journal.replan(step, "d2").digest == "d2", "nothing was signed yet"
    sign(journal, step, 3, 1)
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            journal.replan(step, "d3")
        assert caught.value.code == "INTENT_CHANGED"
        journal.record_sent(f"0x{1:064x}")
    assert journal.step(step).digest == "d2"


def test_nonces_that_are_not_ours_are_told_once_or_all(journal: Journal) -> None:
    step = plan(journal, "k")
    sign(journal, step, 2, 1)
    assert journal.unknown_nonces(0) == () and journal.unknown_nonces(4) == (0, 1, 3)
    journal.record_looked(2)
    assert journal.unknown_nonces(4) == (3,) and journal.unknown_nonces(4, thorough=True) == (0, 1, 3)
    journal.record_looked(4)
    assert journal.unknown_nonces(4) == () and journal.unknown_nonces(6) == (4, 5)
    assert (journal.is_taken(2), journal.is_taken(3)) == (True, False) and journal.next_nonce() == 3


def test_stranded_are_used_nonces_of_open_steps_that_no_block_holds_for_them(journal: Journal) -> None:
    states = {"signed": 0, "sent": 1, "mined": 2, "done": 3, "failed": 4, "later": 8}
    steps = {name: plan(journal, name) for name in states}
    for name, number in states.items():
        sign(journal, steps[name], number, number + 1)
    journal.record_sent(f"0x{2:064x}")
    journal.record_mined(mined(3, 5))
    journal.record_done(steps["done"])
    journal.record_failed(steps["failed"], "reverted")
    assert journal.stranded_nonces(8) == (0, 1)
    assert journal.stranded_nonces(9) == (0, 1, 8) and journal.stranded_nonces(1) == (0,)


def test_the_owner_of_a_nonce_is_the_step_that_signed_this_content_and_has_it_still(journal: Journal) -> None:
    step = plan(journal, "k", "old")
    sign(journal, step, 3, 1)
    assert journal.owner(3, "old") == step
    assert journal.owner(3, "new") is None and journal.owner(4, "old") is None
    journal.record_mined(mined(1, 5, succeeded=False))
    journal.replan(step, "new")
    assert journal.owner(3, "old") is None and journal.owner(3, "new") is None


def test_the_block_before_a_nonce_is_the_last_one_that_is_known(journal: Journal) -> None:
    assert journal.block_before(9) is None
    for number, block in ((1, 20), (2, 30), (5, 40)):
        step = plan(journal, f"k{number}")
        sign(journal, step, number, number)
        journal.record_mined(mined(number, block))
    sign(journal, plan(journal, "open"), 4, 9)
    assert [journal.block_before(n) for n in (1, 2, 3, 5, 6)] == [None, 20, 30, 30, 40]


def test_what_was_found_on_the_chain_is_given_its_place(journal: Journal) -> None:
    found = journal.open_batch(FOUND, 0)
    strays = [plan(journal, f"{STRAY}0x{n}", "same", batch=found, position=n) for n in range(2)]
    plan(journal, "ours", "same"), plan(journal, f"{STRAY}0x9", "other"), plan(journal, f"{STRAY}0x8", "same", OTHER)
    assert [step.id for step in journal.find_strays(TOKEN, "same")] == strays
    batch = journal.open_batch("Issue", 1)
    taken = journal.adopt(strays[0], batch, 4, "order/0", "Issue rows")
    assert (taken.id, taken.batch, taken.position, taken.key, taken.title) == (
        strays[0], batch, 4, "order/0", "Issue rows",
    )  # fmt: skip
    assert [step.id for step in journal.find_strays(TOKEN, "same")] == strays[1:]
    assert journal.step(strays[1]).key == f"{STRAY}0x1"


def test_files_that_are_set_aside_never_take_each_others_names(tmp_path: Path) -> None:
    path = tmp_path / f"31337-{SENDER.lower()}.db"
    for number in (1, 2, 3):
        with open_journal(tmp_path) as journal:
            journal.open_batch("Issue", 1)
        path.write_bytes(b"not a database, by a long way" * 200)
        path.with_name(path.name + "-wal").write_bytes(b"left")
        with open_journal(tmp_path, renew=True) as journal:
            assert journal.renewed == f"{path.stem}.{number}.old"
            assert journal.open_batch("Issue", 1) == "b-20261124-01", "an empty one was begun"
        assert (tmp_path / f"{path.stem}.{number}.old-wal").read_bytes() == b"left"
        with open_journal(tmp_path, renew=True) as journal:
            assert journal.renewed == "", "what is sound is kept"


def test_an_error_that_no_damage_explains_renews_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"31337-{SENDER.lower()}.db"
    path.mkdir()
    with pytest.raises(InputError) as caught:
        open_journal(tmp_path, renew=True)
    assert caught.value.code == "LOCAL_STORE" and path.is_dir()


# --- read by somebody else ---


def test_batches_are_read_while_the_journal_is_held(journal: Journal, tmp_path: Path) -> None:
    batch = journal.open_batch("Issue", 3, "plan-1")
    late, early = (plan(journal, f"k{n}", f"d{n}", batch=batch, position=n) for n in (1, 0))
    sign(journal, late, 7, 1)
    sign(journal, late, 7, 2)
    journal.record_mined(mined(2, 5))
    journal.record_done(late)
    journal.record_failed(early, "reverted")
    found = journal.open_batch(FOUND, 0)
    lost = plan(journal, f"{STRAY}0x1", batch=found)
    journal.record_failed(lost, "reverted")
    plan(journal, f"{STRAY}0x2", batch=found, position=1)
    issue, strays = read_batches(tmp_path, 31337, SENDER.upper().replace("0X", "0x"))
    assert issue == BatchRecord(
        batch, "Issue", 3, "plan-1",
        (StepLine("do k0", "FAILED", "reverted", "", None), StepLine("do k1", "DONE", "", f"0x{2:064x}", 5)),
    )  # fmt: skip
    assert (issue.done, issue.steps) == (1, 3)
    assert (strays.id, strays.done, strays.steps) == (found, 1, 2), "what reverted is over, and all are counted"


def test_batches_of_an_account_that_never_wrote_are_none(tmp_path: Path) -> None:
    assert read_batches(tmp_path, 31337, SENDER) == () and not [*tmp_path.iterdir()]


def test_batches_when_the_file_is_no_journal_then_input_error(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / f"31337-{SENDER.lower()}.db") as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(InputError) as caught:
        read_batches(tmp_path, 31337, SENDER)
    assert caught.value.code == "LOCAL_STORE" and "no such table" in caught.value.why


def test_a_receipt_as_json_keeps_wei_whole() -> None:
    assert receipt().to_dict() == {
        "transaction": f"0x{1:064x}", "block": 5, "blockHash": "0x" + "bb" * 32, "succeeded": True,
        "gasUsed": 21_000, "feeWei": str(2**70), "contract": None,
    }  # fmt: skip
