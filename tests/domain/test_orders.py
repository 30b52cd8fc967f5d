"""Orders: one order of the rows, and chunks that hold each of them once."""

from __future__ import annotations

import pytest

from hashkit.domain.orders import CHUNK_ROWS, MAX_ROW_RAW, OrderState, Row, canonical, chunks
from hashkit.domain.units import Units

WALLET = "0x" + "11" * 20


def rows(*ids: str) -> list[Row]:
    return [Row(name, WALLET, Units.of("1", 6), line) for line, name in enumerate(ids, 2)]


def test_the_lines_of_a_file_may_move() -> None:
    assert [row.external_id for row in canonical(rows("b", "a", "B", "a1"))] == ["B", "a", "a1", "b"]
    assert Row("a", WALLET, Units.of("1", 6)).line == 0, "not from a file"


@pytest.mark.parametrize(
    ("count", "size", "parts"),
    [(0, 3, []), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (7, 2, [2, 2, 2, 1])],
)
def test_chunks_hold_every_row_once_and_in_order(count: int, size: int, parts: list[int]) -> None:
    every = rows(*(f"S-{n}" for n in range(count)))
    cut = list(chunks(every, size))
    assert [len(part) for _, part in cut] == parts and [row for _, part in cut for row in part] == every
    assert [first for first, _ in cut] == [sum(parts[:n]) for n in range(len(parts))]


def test_the_sizes_that_the_contract_knows_are_these() -> None:
    every = rows(*(f"S-{n}" for n in range(201)))
    assert [(first, len(part)) for first, part in chunks(every)] == [(0, 100), (100, 100), (200, 1)]
    assert CHUNK_ROWS == 100 and MAX_ROW_RAW == 2**96 - 1 == int("f" * 24, 16)


def test_an_order_is_open_once_it_has_rows() -> None:
    assert not OrderState(b"", 0, 0, 0, 0, 0, False).opened and OrderState(b"", 1, 0, 0, 0, 0, False).opened
