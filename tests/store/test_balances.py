"""Balances by vector are balances by plain addition: at any block, to the last of 256 bits, over both stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hashkit.contracts.columns import TRANSFER
from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import ZERO, RawLog
from hashkit.errors import InputError
from hashkit.store import balances as module
from hashkit.store.balances import balances, events
from hashkit.store.events import EventStore
from hashkit.store.parquet import ParquetStore
from hashkit.store.ranges import LogStore
from tests.audit.transfers import HUGE, PER_CHUNK, TOKEN, _log, hashed, moves
from tests.audit.transfers import balances as plain

ROWS = moves(1_500, seed=8)
FIRST, LAST = ROWS[0][0], ROWS[-1][0]
ONE, TWO = (checksum(hashed("one", n)[:42]) for n in (1, 2))
MOST = 2**256 - 1


def opened(kind: str, folder: Path) -> LogStore:
    return EventStore(folder / "events.db", 1, [TOKEN]) if kind == "sqlite" else ParquetStore(folder, 1, [TOKEN])


def filled(kind: str, folder: Path, logs: Sequence[RawLog]) -> LogStore:
    store = opened(kind, folder)
    last = logs[-1].block
    for lower in range(logs[0].block, last + 1, PER_CHUNK):
        upper = min(lower + PER_CHUNK - 1, last)
        part = [log for log in logs if lower <= log.block <= upper]
        store.add(lower, upper, part, parent_hash=hashed("block", lower - 1), end_hash=hashed("block", upper))
    return store


def logs_of(rows: list[tuple[int, str, str, int]]) -> list[RawLog]:
    return [_log(n, *row) for n, row in enumerate(rows)]


def as_bytes(table: dict[str, int]) -> dict[bytes, int]:
    return {bytes.fromhex(who[2:]): raw for who, raw in table.items()}


@pytest.fixture(scope="module", params=["sqlite", "parquet"])
def kind(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def store(kind, tmp_path_factory) -> LogStore:
    return filled(kind, tmp_path_factory.mktemp(kind), logs_of(ROWS))


@pytest.mark.parametrize("block", [FIRST, FIRST + 1, FIRST + PER_CHUNK - 1, FIRST + PER_CHUNK, 130, LAST - 1, LAST])
def test_at_any_block(store, block):
    assert balances(store, block) == as_bytes(plain(ROWS, block)) != {}
    assert max(balances(store, block).values()) > HUGE


def test_what_is_not_stored_is_an_error_and_not_nothing(store, kind, tmp_path):
    for block in (FIRST - 1, LAST + 1):
        with pytest.raises(ValueError):
            balances(store, block)
    with pytest.raises(ValueError):
        balances(opened(kind, tmp_path), 5)


def test_sums_that_carry_through_all_limbs_and_below_zero(kind, tmp_path):
    rows = [(5, ZERO, ONE, MOST), (5, ZERO, ONE, 1), (6, ZERO, ONE, MOST), (7, TWO, ONE, 1), (8, TWO, ZERO, 2**255)]
    kept = filled(kind, tmp_path, logs_of(rows))
    one, two = (bytes.fromhex(who[2:]) for who in (ONE, TWO))
    assert balances(kept, 5) == {one: 2**256}
    assert balances(kept, 7) == {one: 2**257, two: -1}
    assert balances(kept, 8) == {one: 2**257, two: -1 - 2**255}


def test_more_rows_than_are_summed_at_once(monkeypatch, tmp_path):
    kept = filled("parquet", tmp_path, logs_of(ROWS))
    for name, value in (("_EXACT", 7), ("_AT_ONCE", 300)):
        monkeypatch.setattr(module, name, value)
    assert balances(kept, LAST) == as_bytes(plain(ROWS, LAST))


def test_a_transfer_in_unusual_bytes_counts_like_any(kind, tmp_path):
    usual, *rest = logs_of([(5, ZERO, ONE, 70), (6, ONE, TWO, 7), (6, ONE, TWO, 5), (9, TWO, ONE, 1)])
    longer = RawLog(TOKEN, usual.topics, usual.data + bytes(32), 5, usual.block_hash, usual.tx_hash, 0, 9)
    strange = RawLog(TOKEN, (TRANSFER,), bytes(96), 7, hashed("block", 7), hashed("tx", 7), 1, 50)
    logs = sorted([usual, longer, *rest, strange], key=lambda log: (log.block, log.log_index))
    kept = filled(kind, tmp_path, logs)
    assert balances(kept, 9) == {bytes.fromhex(ONE[2:]): 129, bytes.fromhex(TWO[2:]): 11}
    assert list(events(kept, 5, 9)) == [longer, strange] and list(events(kept, 6, 9)) == [strange]


def test_a_changed_file_is_refused(tmp_path):
    kept = filled("parquet", tmp_path, logs_of(ROWS))
    file = sorted((kept.folder / "transfer").iterdir())[1]
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="damaged"):
        balances(kept, LAST)
