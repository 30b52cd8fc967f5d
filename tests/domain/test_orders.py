"""Orders: one order of the rows, and what the contract takes."""

from __future__ import annotations

from hashkit.domain.orders import CHUNK_ROWS, MAX_ROW_RAW, OrderState, Row
from hashkit.domain.units import Units


def test_a_chunk_and_a_row_are_as_large_as_the_contract_takes_them() -> None:
    assert CHUNK_ROWS == 100 and MAX_ROW_RAW == 2**96 - 1 == int("f" * 24, 16)
    assert Row("a", "0x" + "11" * 20, Units.of("1", 6)).line == 0, "not from a file"


def test_an_order_is_open_once_it_has_rows() -> None:
    assert not OrderState(b"", 0, 0, 0, 0, 0, False).opened and OrderState(b"", 1, 0, 0, 0, 0, False).opened
