"""Figures are exact at any size, and a stranger's text paints nothing."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.audit import words
from hashkit.audit.result import STEPS, thinned
from hashkit.domain.parties import Standing

ANY = st.integers(-(2**256), 2**256)


@given(ANY, st.integers(0, 255))
def test_an_amount_is_the_exact_decimal_of_any_integer(raw, decimals):
    with localcontext() as context:
        context.prec = 600
        assert Decimal(words.amount(raw, decimals)) == Decimal(raw).scaleb(-decimals)
        assert words.grouped(raw, decimals).replace(",", "") == words.amount(raw, decimals)


@pytest.mark.parametrize(
    ("raw", "decimals", "shown"),
    [(0, 2, "0.00"), (-5, 2, "-0.05"), (123456789, 0, "123,456,789"), (-123456, 2, "-1,234.56"), (1, 3, "0.001")],
)
def test_an_amount_for_people(raw, decimals, shown):
    assert words.grouped(raw, decimals) == shown


@given(st.integers(0, 2**256), st.integers(1, 2**256))
def test_a_share_is_percent_to_two_places(raw, of):
    assert abs(Fraction(words.share(raw, of)) - Fraction(raw * 100, of)) <= Fraction(1, 200)


def test_a_share_of_nothing_is_empty():
    assert words.share(5, 0) == ""


@given(st.text(max_size=200))
def test_cleaned_text_is_printable_and_short(text):
    assert words.clean(text).isprintable() and len(words.clean(text)) <= 80


@pytest.mark.parametrize(
    ("known", "word"),
    [
        (Standing("0x" + "00" * 20, 0, 0, 0, False), "not registered"),
        (Standing("0x" + "01" * 20, 0, 0, 100, False), "verified"),
        (Standing("0x" + "01" * 20, 0, 0, 99, False), "expired"),
        (Standing("0x" + "01" * 20, 0, 0, 0, False), "revoked"),
        (Standing("0x" + "01" * 20, 0, 0, 200, True), "denied"),
    ],
)
def test_a_standing_in_one_word(known, word):
    assert words.standing(known, 100) == word


def test_times_no_calendar_holds_are_shown_as_numbers():
    assert words.time(2**40 - 1).startswith(("unix ", "3")) and words.time(0) == "1970-01-01T00:00:00Z"


@given(st.integers(0, 2000))
def test_a_thinned_line_keeps_its_ends(many):
    steps = tuple((n, n) for n in range(many))
    kept = thinned(steps)
    assert len(kept) == min(many, STEPS) and kept[:1] == steps[:1] and kept[-1:] == steps[-1:]
    assert list(kept) == sorted(set(kept))
