"""The event store: exact, without gaps, and never on a fork."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError, NodeError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from hashkit.store.events import Covered, EventStore
from tests.chain import talk

TOKEN, OTHER = checksum("0x" + "ab" * 20), checksum("0x" + "cd" * 20)


def hashed(number: int, fork: int = 0) -> str:
    return f"0x{fork:032x}{number:032x}"


def log(number: int, index: int = 0, **more) -> RawLog:
    values = {
        "address": TOKEN,
        "topics": (bytes([index % 256]) * 32, b"\xff" * 32),
        "data": b"\x00\x01" * (index % 9),
        "block": number,
        "block_hash": hashed(number),
        "tx_hash": hashed(number, 99),
        "tx_index": index,
        "log_index": index,
    }
    return RawLog(**{**values, **more})


@pytest.fixture
def store(tmp_path) -> Iterator[EventStore]:
    with EventStore(tmp_path / "events.db", 177, [TOKEN, OTHER]) as opened:
        yield opened


def add(store: EventStore, first: int, last: int, *logs: RawLog, fork: int = 0) -> None:
    store.add(first, last, logs, parent_hash=hashed(first - 1, fork), end_hash=hashed(last, fork))


def test_what_goes_in_comes_out_over_ranges_and_openings(store, tmp_path):
    logs = [log(5), log(5, 1), log(9, 3, address=OTHER, topics=()), log(14, 2**32 - 1, data=b"")]
    add(store, 5, 10, *logs[:3])
    add(store, 11, 20, *logs[3:])
    assert list(store.logs(5, 20)) == logs and list(store.logs(6, 13)) == [logs[2]]
    assert store.covered() == Covered(5, 20, hashed(20))
    store.close()
    with EventStore(tmp_path / "events.db", 177, [OTHER.lower(), TOKEN]) as again:
        assert list(again.logs(5, 20)) == logs
    for other in ((133, [TOKEN, OTHER]), (177, [TOKEN])):
        with EventStore(tmp_path / "events.db", *other) as strange:
            assert strange.covered() is None and list(strange.logs(7, 6)) == []


def test_the_file_is_private(store, tmp_path):
    assert stat.S_IMODE(os.stat(tmp_path / "events.db").st_mode) == 0o600


@pytest.mark.parametrize(
    ("first", "last", "logs"),
    [
        (12, 20, []),  # a gap
        (10, 20, []),  # an overlap
        (11, 10, []),
        (11, 20, [log(21)]),
        (11, 20, [log(10)]),
        (11, 20, [log(12), log(11)]),
        (11, 20, [log(12, 1), log(12, 1)]),
        (11, 20, [log(12, address=checksum("0x" + "11" * 20))]),
    ],
)
def test_what_does_not_follow_is_not_taken(store, first, last, logs):
    add(store, 5, 10, log(5))
    with pytest.raises(ValueError):
        add(store, first, last, *logs)
    assert store.covered() == Covered(5, 10, hashed(10)) and list(store.logs(5, 10)) == [log(5)]


def test_a_range_of_another_fork_is_not_taken(store):
    add(store, 5, 10, log(5))
    with pytest.raises(NodeError) as caught:
        add(store, 11, 20, log(15), fork=1)
    assert caught.value.code == "REORG" and store.covered() == Covered(5, 10, hashed(10))


def test_reading_what_is_not_there_is_an_error_and_not_nothing(store):
    with pytest.raises(ValueError):
        list(store.logs(0, 1))
    add(store, 5, 10)
    for first, last in ((4, 8), (5, 11)):
        with pytest.raises(ValueError):
            list(store.logs(first, last))


def test_rewinding_drops_whole_ranges(store):
    for first in (0, 10, 20):
        add(store, first, first + 9, log(first + 5))
    assert store.rewind(29) == Covered(0, 29, hashed(29))
    assert store.rewind(25) == Covered(0, 19, hashed(19)) and list(store.logs(0, 19)) == [log(5), log(15)]
    assert store.rewind(8) is None
    add(store, 7, 9)


def test_resuming_walks_back_to_what_still_stands(store):
    asked = []

    def chain(fork_at: int):
        def hash_at(number: int) -> str | None:
            asked.append(number)
            return hashed(number, 1 if number >= fork_at else 0)

        return hash_at

    for first in (0, 10, 20):
        add(store, first, first + 9)
    assert store.resume(0, chain(99)) == 30 and asked == [29], "one question when nothing was replaced"
    assert store.resume(5, chain(99)) == 30
    assert store.resume(0, chain(15)) == 10 and store.covered() == Covered(0, 9, hashed(9))
    assert store.resume(0, lambda number: None) == 0 and store.covered() is None


@pytest.mark.parametrize("first", [3, 12])
def test_a_start_outside_of_what_is_stored_begins_anew(store, first):
    add(store, 5, 10, log(7))
    assert store.resume(first, lambda number: hashed(number)) == first and store.covered() is None


@pytest.mark.parametrize(
    "sql",
    ["UPDATE logs SET data = x'0002' WHERE log_index = 1", "DELETE FROM logs WHERE log_index = 1",
     "UPDATE logs SET address = x'" + "cd" * 20 + "'", "UPDATE logs SET block = 6 WHERE block = 5"],
)  # fmt: skip
def test_a_changed_file_is_noticed(store, tmp_path, sql):
    add(store, 5, 10, log(5), log(5, 1))
    with sqlite3.connect(tmp_path / "events.db") as foreign:
        foreign.execute(sql)
    with pytest.raises(InputError) as caught:
        list(store.logs(5, 10))
    assert caught.value.code == "EVENT_STORE" and "Delete" in caught.value.next_step


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / "events.db").write_bytes(b"not a database" * 100)
    with pytest.raises(InputError):
        EventStore(tmp_path / "events.db", 177, [TOKEN])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_logs_come_back_byte_for_byte(tmp_path, data):
    places = data.draw(st.sets(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
    words = st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(tuple)
    logs = [
        log(number, index, topics=data.draw(words), data=data.draw(st.binary(max_size=80)))
        for number, index in sorted(places)
    ]
    path = tmp_path / f"{os.urandom(8).hex()}.db"
    with EventStore(path, 1, [TOKEN]) as opened:
        cut = data.draw(st.integers(0, 49))
        add(opened, 0, cut, *[entry for entry in logs if entry.block <= cut])
        add(opened, cut + 1, 50, *[entry for entry in logs if entry.block > cut])
        assert list(opened.logs(0, 50)) == logs


def collect(path: Path, endpoint: Endpoint, address: str, last: int, step: int = 4) -> tuple[list[RawLog], int]:
    """The logs up to ``last`` over the store, as an audit collects them, and how many blocks were read anew."""
    with EventStore(path, 31337, [address]) as store:
        begin = store.resume(0, lambda number: block(endpoint, number).hash if number <= last else None)
        for lower in range(begin, last + 1, step):
            upper = min(last, lower + step - 1)
            logs = list(read_logs(endpoint, [address], lower, upper))
            parent, end = block(endpoint, lower).parent_hash, block(endpoint, upper).hash
            store.add(lower, upper, logs, parent_hash=parent, end_hash=end)
        return list(store.logs(0, last)), max(0, last + 1 - begin)


def test_a_scan_goes_on_where_it_stopped_also_after_a_reorganisation(fresh_chain, tmp_path):
    endpoint = Endpoint(fresh_chain("anvil"))
    sender = talk.ISSUER.address
    contract = talk.mined(endpoint, {"from": sender, "data": talk.STORE})["contractAddress"]

    def emit(value: int) -> None:
        data = f"0x{1:064x}{value:064x}"
        talk.mined(endpoint, {"from": sender, "to": contract, "data": data})

    def head() -> int:
        return int(endpoint.call("eth_blockNumber"), 16)

    for value in range(10):
        emit(value)
    path = tmp_path / "events.db"
    logs, read = collect(path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == list(range(10)) and read == head() + 1
    emit(10)
    logs, read = collect(path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == list(range(11)) and read == 1

    endpoint.call("anvil_rollback", (3,))  # values 8, 9 and 10 never happened
    emit(42)
    logs, read = collect(path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == [*range(8), 42] and read < head()
    assert logs == list(read_logs(endpoint, [contract], 0, head()))
