"""Rows on the disk say what rows in memory would say; and when the disk is full, nothing goes on."""

from __future__ import annotations

import hashlib
from itertools import groupby
from statistics import median_high

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.contracts.addresses import look
from hashkit.contracts.hashing import checksum, packed_row
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import MAX_ROW_RAW, Row
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.store.order_rows import OrderRows
from hashkit.store.scratch import Scratch

WALLETS = [checksum(n.to_bytes(20, "big")) for n in (7, 8, 2**159, 2**159 + 2**30, 2**159 + 2**31)]
IDS = st.text("aBz09-/.", min_size=1, max_size=4)
ROWS = st.lists(
    st.builds(
        Row,
        IDS,
        st.sampled_from(WALLETS),
        st.integers(1, 9).map(lambda raw: Units(raw, 2)) | st.integers(0, MAX_ROW_RAW).map(lambda raw: Units(raw, 2)),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)


def ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.external_id)


@given(ROWS, st.integers(-14, 14), st.integers(-14, 14), st.integers(1, 3))
def test_they_come_in_the_one_order_and_in_any_part(rows, first, last, step):
    found, wanted = OrderRows(rows, 2), ordered(rows)
    assert list(found) == wanted and len(found) == len(wanted)
    assert list(found.ids()) == [row.external_id for row in wanted]
    assert found[first:last:step] == wanted[first:last:step] and found[first:] == wanted[first:]
    assert found[-1] == wanted[-1] and found[0] == wanted[0]
    with pytest.raises(IndexError):
        found[len(rows)]
    low, high = sorted((abs(first), abs(last)))
    assert found.packed(low, high) == [packed_row(row) for row in wanted[low:high]]
    digests = [(row.external_id, hashlib.sha256(packed_row(row)).hexdigest()) for row in wanted[low:high]]
    assert found.digests(low, high) == digests
    assert found.total(low) == sum(row.amount.raw for row in wanted[low:])


@given(ROWS, st.integers(0, MAX_ROW_RAW))
def test_what_all_rows_must_be_asked_for(rows, raw):
    found, wanted = OrderRows(rows, 2), ordered(rows)
    ids = [row.external_id for row in wanted]
    assert found.repeated_ids(2) == sorted({each for each in ids if ids.count(each) > 1})[:2]
    assert found.median() == median_high(row.amount.raw for row in wanted)
    assert list(found.above(raw)) == [row for row in wanted if row.amount.raw > raw]
    assert list(found.above(2**100)) == []
    first: dict[bytes, Row] = {}
    pairs = [(first.setdefault(packed_row(row), row), row) for row in wanted]
    assert list(found.copies()) == [pair for pair in pairs if pair[0] is not pair[1]]


@given(ROWS, st.dictionaries(st.sampled_from(WALLETS), st.sampled_from(["A", "B"])))
def test_wallets_that_look_alike(rows, known):
    wanted = ordered(rows)
    told = dict(known)
    for row in reversed(wanted):
        told[row.wallet] = f"row {row.line} ({row.external_id})" if row.line else row.external_id
    paid, read = {row.wallet for row in wanted}, {row.wallet for row in wanted if row.line}
    order = [*known, *(row.wallet for row in wanted if row.wallet not in known)]
    groups: list[list[tuple[str, str]]] = []
    for seen in dict.fromkeys(map(look, order)):
        group = [wallet for wallet in dict.fromkeys(order) if look(wallet) == seen]
        if len(group) > 1 and paid & set(group) and not set(group) <= read:
            groups.append([(wallet, told[wallet]) for wallet in group])
    assert list(OrderRows(rows, 2).look_alikes(known)) == groups


@given(ROWS, st.lists(st.sampled_from(["0xa", "0xb", ZERO]), min_size=5, max_size=5), st.integers(0, 12))
def test_an_investor_gets_what_all_his_wallets_get(rows, investors, first):
    found, wanted = OrderRows(rows, 2), ordered(rows)[first:]
    whose = {wallet: wallet if who == ZERO else who for wallet, who in zip(WALLETS, investors, strict=True)}
    wallets = list(found.wallets(first))
    assert sorted(wallets) == sorted({row.wallet for row in wanted})
    found.belong((wallet, investors[WALLETS.index(wallet)]) for wallet in wallets)
    gets = {
        who: sum(row.amount.raw for row in group)
        for who, group in groupby(sorted(wanted, key=lambda row: whose[row.wallet]), lambda row: whose[row.wallet])
    }
    assert dict(found.totals(first)) == {wallet: gets[whose[wallet]] for wallet in wallets}


def test_a_disk_without_room_is_said():
    scratch = Scratch("CREATE TABLE t (x BLOB)")
    scratch.do("PRAGMA max_page_count = 20")
    for act in (
        lambda: scratch.put("INSERT INTO t VALUES (?)", ((bytes(4000),) for _ in range(100))),
        lambda: scratch.do("INSERT INTO t SELECT randomblob(1000000)"),
        lambda: scratch.one("SELECT x FROM nothing"),
    ):
        with pytest.raises(InputError, match="temporary file") as caught:
            act()
        assert caught.value.code == "LOCAL_STORE" and "SQLITE_TMPDIR" in caught.value.next_step
    assert Scratch("CREATE TABLE t (x)").one("SELECT x FROM t") is None
