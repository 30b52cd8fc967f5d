"""Payments and net asset values: read exactly, or refused with row and mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hashkit.errors import InputError
from hashkit.store.sheets import NavRow, PaymentRow, read_navs, read_payments

PAYMENTS = "external_id,date,amount,currency,payment_ref,memo\n"
NAVS = "date,nav,currency\n"


def refused(read: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        read()
    return list(caught.value.details)


def payments(folder: Path, text: str) -> tuple[PaymentRow, ...]:
    path = folder / "payments.csv"
    path.write_text(text)
    return read_payments(path).rows


def navs(folder: Path, text: str) -> tuple[NavRow, ...]:
    path = folder / "navs.csv"
    path.write_text(text)
    return read_navs(path).rows


def test_a_full_payment_row_and_a_bare_one(tmp_path: Path) -> None:
    text = PAYMENTS + "S-1,2026-11-24,1250.50,HKD,FPS 88/1,=memo\nS-1,2026-11-25,-3,USD,,\n"
    assert payments(tmp_path, text) == (
        PaymentRow(2, "S-1", date(2026, 11, 24), Decimal("1250.50"), "HKD", "FPS 88/1"),
        PaymentRow(3, "S-1", date(2026, 11, 25), Decimal(-3), "USD"),
    )


def test_bytes_that_were_read_before_are_not_read_again(tmp_path: Path) -> None:
    gone = tmp_path / "gone.csv"
    (row,) = read_payments(gone, data=(PAYMENTS + "S-1,2026-11-24,1,HKD,,\n").encode()).rows
    (nav,) = read_navs(gone, data=(NAVS + "2026-11-24,1.5,HKD\n").encode()).rows
    assert (row.external_id, nav.nav) == ("S-1", Decimal("1.5"))


@pytest.mark.parametrize(
    ("amount", "exact"),
    [("1", "1"), ("-0.01", "-0.01"), ("9" * 30, "9" * 30), (f"1.{'1' * 18}", f"1.{'1' * 18}"), ("007.5", "7.5")],
)
def test_amounts_of_money_are_exact(tmp_path: Path, amount: str, exact: str) -> None:
    (row,) = payments(tmp_path, PAYMENTS + f"S-1,2026-11-24,{amount},HKD,,\n")
    assert row.amount == Decimal(exact) and isinstance(row.amount, Decimal)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("S-1,2026-11-24,0,HKD,,", 'amount "0"  is zero: remove the row'),
        ("S-1,2026-11-24,-0.00,HKD,,", "is zero"),
        ("S-1,2026-11-24,+1,HKD,,", "not an amount of money: write plain digits"),
        ("S-1,2026-11-24,1e3,HKD,,", "not an amount of money"),
        (f"S-1,2026-11-24,{'9' * 31},HKD,,", "not an amount of money"),
        (f"S-1,2026-11-24,1.{'1' * 19},HKD,,", "not an amount of money"),
        ("S-1,2026-11-24,1.,HKD,,", "not an amount of money"),
        ("S-1,2026-11-24,,HKD,,", "amount  is empty: fill it in"),
        (",2026-11-24,1,HKD,,", "external_id  is empty"),
        ("S-1,,1,HKD,,", "date  is empty"),
        ("S-1,24/11/2026,1,HKD,,", "not a date"),
        ("S-1,2026-11-24,1,,,", "currency  is empty"),
        ("S-1,2026-11-24,1,XXQ,,", "unknown code"),
        ("S-1,2026-11-24,1,HKD,=A1,", "a formula"),
        ('S-1,2026-11-24,1,HKD,"a\nb",', "U+000A"),
    ],
)
def test_a_bad_payment_is_refused_with_the_mend(tmp_path: Path, row: str, says: str) -> None:
    (line,) = refused(lambda: payments(tmp_path, PAYMENTS + "OK,2026-11-24,1,HKD,,\n" + row + "\n"))
    assert line.startswith("row 3  ") and says in line, line


def test_values_of_a_unit_by_day_and_currency(tmp_path: Path) -> None:
    text = NAVS + "2026-11-24,101.25,HKD\n2026-11-24,13,USD\n2026-11-25,0,HKD\n"
    assert navs(tmp_path, text) == (
        NavRow(2, date(2026, 11, 24), Decimal("101.25"), "HKD"),
        NavRow(3, date(2026, 11, 24), Decimal(13), "USD"),
        NavRow(4, date(2026, 11, 25), Decimal(0), "HKD"),
    )


def test_a_value_given_twice_is_refused_even_when_it_is_the_same(tmp_path: Path) -> None:
    text = NAVS + "2026-11-24,101.25,HKD\n2026-11-25,102,HKD\n2026-11-24,101.25,HKD\n"
    (line,) = refused(lambda: navs(tmp_path, text))
    assert line == 'row 4  date "2026-11-24"  row 2 gives this day\'s value already: keep one'


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-11-24,-1,HKD", "remove the sign"), ("2026-11-24,=1,HKD", "a formula"), ("2026-11-24,,HKD", "is empty"),
        (f"2026-11-24,1.{'1' * 19},HKD", "too many decimals"), (",1,HKD", "date  is empty"),
        ("2026-11-24,1,", "currency  is empty"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_the_mend(tmp_path: Path, row: str, says: str) -> None:
    (line,) = refused(lambda: navs(tmp_path, NAVS + "2026-01-01,1,HKD\n" + row + "\n"))
    assert line.startswith("row 3  ") and says in line, line
