"""The event stores, over SQLite and over Parquet: exact, without gaps, and never on a fork."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashkit.contracts.columns import rows_of
from hashkit.contracts.hashing import checksum, keccak
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError, NodeError
from hashkit.rpc import logs as logs_module
from hashkit.rpc import scan as scan_module
from hashkit.rpc.client import Endpoint
from hashkit.rpc.history import History
from hashkit.rpc.logs import read_logs
from hashkit.store import accounts, stores
from hashkit.store.events import EventStore
from hashkit.store.manifest import Manifest
from hashkit.store.parquet import ParquetStore
from hashkit.store.parts import family
from hashkit.store.ranges import Covered, LogStore, resume
from hashkit.store.stores import fill
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


KINDS = ("sqlite", "parquet")


def opened(kind: str, folder: Path, chain_id: int = 177, addresses: Sequence[str] = (TOKEN, OTHER)) -> LogStore:
    if kind == "sqlite":
        return EventStore(folder / "events.db", chain_id, addresses)
    return ParquetStore(folder, chain_id, addresses)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def store(kind, tmp_path) -> Iterator[LogStore]:
    with opened(kind, tmp_path) as made:
        yield made


def add(store: LogStore, first: int, last: int, *logs: RawLog, fork: int = 0) -> None:
    store.add(first, last, logs, parent_hash=hashed(first - 1, fork), end_hash=hashed(last, fork))


def test_what_goes_in_comes_out_over_ranges_and_openings(kind, store, tmp_path):
    logs = [log(5), log(5, 1), log(9, 3, address=OTHER, topics=()), log(14, 2**32 - 1, data=b"")]
    add(store, 5, 10, *logs[:3])
    add(store, 11, 20, *logs[3:])
    assert list(store.logs(5, 20)) == logs and list(store.logs(6, 13)) == [logs[2]]
    assert store.covered() == Covered(5, 20, hashed(20))
    with opened(kind, tmp_path, 177, [OTHER.lower(), TOKEN]) as again:
        assert list(again.logs(5, 20)) == logs
    for other in ((133, [TOKEN, OTHER]), (177, [TOKEN])):
        with opened(kind, tmp_path, *other) as strange:
            assert strange.covered() is None and list(strange.logs(7, 6)) == []


def test_the_files_are_private(store, tmp_path):
    add(store, 5, 10, log(5))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()}
    assert modes == {0o600}


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
    assert resume(store, 0, chain(99)) == 30 and asked == [29], "one question when nothing was replaced"
    assert resume(store, 5, chain(99)) == 30
    assert resume(store, 0, chain(15)) == 10 and store.covered() == Covered(0, 9, hashed(9))
    assert resume(store, 0, lambda number: None) == 0 and store.covered() is None


@pytest.mark.parametrize("first", [3, 12])
def test_a_start_outside_of_what_is_stored_begins_anew(store, first):
    add(store, 5, 10, log(7))
    assert resume(store, first, lambda number: hashed(number)) == first and store.covered() is None


@pytest.mark.parametrize(
    "sql",
    ["UPDATE logs SET data = x'0002' WHERE log_index = 1", "DELETE FROM logs WHERE log_index = 1",
     "UPDATE logs SET address = x'" + "cd" * 20 + "'", "UPDATE logs SET block = 6 WHERE block = 5"],
)  # fmt: skip
def test_a_changed_database_is_noticed(tmp_path, sql):
    store = opened("sqlite", tmp_path)
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


TRANSFER = keccak(b"Transfer(address,address,uint256)")
WORDS = st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(tuple)
SIDES = st.sampled_from([bytes(32), bytes(12) + b"\x01" * 20, bytes(12) + b"\xfe" * 20, b"\x01" * 32])
MOVED = st.tuples(st.just(TRANSFER), SIDES, SIDES)
LARGE = st.sampled_from([1 << 200, 2**256 - 1, 0]).map(lambda value: value.to_bytes(32, "big"))
VALUES = st.one_of(st.binary(max_size=80), LARGE)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_logs_come_back_byte_for_byte(tmp_path, data):
    places = data.draw(st.sets(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
    logs = [
        log(number, index, topics=data.draw(st.one_of(WORDS, MOVED)), data=data.draw(VALUES))
        for number, index in sorted(places)
    ]
    folder, cut = tmp_path / os.urandom(8).hex(), data.draw(st.integers(0, 49))
    for kind in KINDS:
        with opened(kind, folder, 1, [TOKEN]) as made:
            add(made, 0, cut, *[entry for entry in logs if entry.block <= cut])
            add(made, cut + 1, 50, *[entry for entry in logs if entry.block > cut])
        with opened(kind, folder, 1, [TOKEN]) as made:
            assert list(made.logs(0, 50)) == logs
            inner = [entry for entry in logs if 7 <= entry.block <= 33]
            assert list(made.logs(7, 33)) == inner


def collect(kind: str, folder: Path, endpoint: Endpoint, address: str, last: int) -> tuple[list[RawLog], int]:
    """The logs up to ``last`` over the store, as an audit collects them, and how many blocks were read anew."""
    read = []
    with opened(kind, folder, 31337, [address]) as store:
        fill(store, 0, History(endpoint, [address], last, lambda lower, upper, _: read.append(upper - lower + 1)))
        return list(store.logs(0, last)), sum(read)


def test_a_scan_goes_on_where_it_stopped_also_after_a_reorganisation(kind, fresh_chain, tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "MOST_BLOCKS", 4)
    monkeypatch.setattr(logs_module.read_ranges, "__kwdefaults__", {"step": 4, "on_range": None})
    monkeypatch.setattr(scan_module.scan, "__kwdefaults__", {"step": 4, "on_range": None})
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
    logs, read = collect(kind, tmp_path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == list(range(10)) and read == head() + 1
    emit(10)
    logs, read = collect(kind, tmp_path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == list(range(11)) and read == 1

    endpoint.call("anvil_rollback", (3,))  # values 8, 9 and 10 never happened
    emit(42)
    logs, read = collect(kind, tmp_path, endpoint, contract, head())
    assert [entry.data[-1] for entry in logs] == [*range(8), 42] and read < head()
    assert logs == list(read_logs(endpoint, [contract], 0, head()))


def parquet(folder: Path, **more: str) -> ParquetStore:
    return ParquetStore(folder, 1, [TOKEN], **more)


def moved(number: int, raw: int = 1, index: int = 0) -> RawLog:
    sides = (bytes(32), bytes(12) + bytes([number]) * 20)
    return log(number, index, topics=(TRANSFER, *sides), data=raw.to_bytes(32, "big"))


def test_every_family_lies_in_files_of_its_own_and_nothing_is_dropped(tmp_path):
    store = parquet(tmp_path)
    known, strange = log(2, topics=(keccak(b"Paused(address)"),)), log(3, topics=(b"\x07" * 32,))
    add(store, 0, 9, moved(1, 1 << 200), known, strange, log(4, topics=()))
    (chunk,) = store.chunks(9)
    rows = {path.split("/")[0] + "/" + path.split("/")[1]: part.rows for path, part in chunk.files.items()}
    assert rows["transfer/0-9.parquet"] == rows["transfer-hash/0-9.parquet"] == 1 and chunk.logs == 4
    assert rows[family(known.topics[0])] == 1 and rows["event/unknown"] == 2
    assert store.folder == tmp_path / "1" / TOKEN.lower()


@pytest.mark.parametrize("where", range(6))
def test_a_damaged_file_is_noticed(tmp_path, where):
    store = parquet(tmp_path)
    add(store, 0, 9, moved(1), moved(2), log(3))
    files = sorted(path for path in store.folder.rglob("*.parquet"))
    assert len(files) == 5
    target = [*files, store.folder / "manifest.json"][where]
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(parquet(tmp_path).logs(0, 9))
    assert caught.value.code == "EVENT_STORE" and "Delete" in caught.value.next_step


def test_a_missing_file_is_noticed(tmp_path):
    store = parquet(tmp_path)
    add(store, 0, 9, moved(1))
    next(store.folder.rglob("transfer/*.parquet")).unlink()
    with pytest.raises(InputError):
        list(store.logs(0, 9))


def test_a_stop_before_the_manifest_leaves_the_old_state(tmp_path, monkeypatch):
    store = parquet(tmp_path)
    add(store, 0, 9, moved(1))
    monkeypatch.setattr(Manifest, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        add(store, 10, 19, moved(12))
    monkeypatch.undo()
    for again in (store, parquet(tmp_path)):
        assert list(again.logs(0, 9)) == [moved(1)] and again.covered() == Covered(0, 9, hashed(9))
    add(store, 10, 19, moved(13))
    assert list(parquet(tmp_path).logs(0, 19)) == [moved(1), moved(13)]


def test_rewinding_takes_the_accounts_along(tmp_path):
    store = parquet(tmp_path)
    add(store, 0, 9, moved(1))
    add(store, 10, 19, moved(12))
    store.rewind(9)
    add(store, 10, 19, moved(13))
    assert [row.tobytes() for row in store.addresses(19)] == [bytes(20), b"\x01" * 20, b"\x0d" * 20]
    named = {path for chunk in store.chunks(19) for path in chunk.files}
    assert {str(path.relative_to(store.folder)) for path in store.folder.rglob("*.parquet")} == named


def test_another_chain_with_the_same_id_is_another_history(tmp_path):
    add(parquet(tmp_path, genesis_hash="0x01", code_hash="0x02"), 0, 9, moved(1))
    kept = json.loads((parquet(tmp_path).folder / "manifest.json").read_text())
    assert (kept["chain_id"], kept["genesis_hash"], kept["code_hash"]) == (1, "0x01", "0x02")
    assert parquet(tmp_path, genesis_hash="0x01").covered() == Covered(0, 9, hashed(9))
    assert parquet(tmp_path, genesis_hash="0x03").covered() is None


def test_two_writers_do_not_lose_each_others_ranges(tmp_path):
    one, other = parquet(tmp_path), parquet(tmp_path)
    add(one, 0, 9, moved(1))
    with pytest.raises(ValueError):
        add(other, 0, 9, moved(1))
    add(other, 10, 19, moved(12))
    assert list(parquet(tmp_path).logs(0, 19)) == [moved(1), moved(12)]


def test_one_block_has_one_hash(tmp_path):
    for bad in ([moved(1), moved(1, index=1)], [moved(1), log(1, 1)]):
        odd = [bad[0], dataclasses.replace(bad[1], block_hash=hashed(1, 7))]
        with pytest.raises(ValueError):
            add(parquet(tmp_path), 0, 9, *odd)
    with pytest.raises(ValueError):
        add(parquet(tmp_path), 0, 1, dataclasses.replace(moved(1), block_hash=hashed(1, 7)))


def test_addresses_that_fall_together_are_told_apart(monkeypatch):
    monkeypatch.setattr(accounts.secrets, "randbits", lambda _: 0)
    numbered = accounts.Accounts()
    numbered._keys = [0, 0, 0]
    rows = rows_of([b"\x05" * 20, b"\x04" * 20, bytes(20), b"\x05" * 20], 20)
    assert numbered.numbers(rows).tolist() == [1, 2, 0, 1]
    assert [row.tobytes() for row in numbered.since(1)] == [b"\x05" * 20, b"\x04" * 20]
