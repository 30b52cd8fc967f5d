"""ISIN and LEI against python-stdnum, and against every single mistyped character."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hashkit.domain.identifiers import isin, isin_check_digit, lei, lei_check_digits
from hashkit.errors import InputError

ALNUM = string.ascii_uppercase + string.digits


def _valid(check: object, text: str) -> bool:
    try:
        assert check(text) == text  # type: ignore[operator]
    except InputError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["US0378331005", "HK0000069689", "GB00BYXJL758", "XS2021212332", "AN8068571086"]
)
def test_isin_known_good(text: str) -> None:
    oracle = pytest.importorskip("stdnum.isin")
    assert oracle.is_valid(text) == _valid(isin, text)


@given(st.sampled_from(["HK", "US", "XS", "EU", "ZZ", "AN", "XX"]), st.text(ALNUM, min_size=9, max_size=9))
def test_isin_agrees_with_stdnum(prefix: str, middle: str) -> None:
    oracle = pytest.importorskip("stdnum.isin")
    first = prefix + middle
    assert isin_check_digit(first) == oracle.calc_check_digit(first)
    for digit in string.digits:
        assert _valid(isin, first + digit) == oracle.is_valid(first + digit)


@given(st.text(ALNUM, min_size=18, max_size=18))
def test_lei_agrees_with_stdnum(first: str) -> None:
    oracle = pytest.importorskip("stdnum.lei")
    right = lei_check_digits(first)
    for number in range(100):
        text = f"{first}{number:02d}"
        # stdnum also takes 00, 01 and 99, which ISO 7064 never produces.
        assert _valid(lei, text) == (oracle.is_valid(text) and 2 <= number <= 98) == (text[18:] == right)


@given(st.integers(0, 19), st.sampled_from(ALNUM))
def test_lei_any_digit_or_letter_mistaken_for_another_is_found(place: int, ch: str) -> None:
    good = "999900EXAMPLE0000131"
    # A letter counts as two digits: typed for a digit it shifts the rest, which modulo 97 may miss.
    assume(ch.isdigit() == good[place].isdigit())
    typed = good[:place] + ch + good[place + 1 :]
    assert _valid(lei, typed) == (typed == good)


@pytest.mark.parametrize(
    ("check", "text", "says"),
    [
        (isin, "US0378331004", "ends in 5, not 4"), (isin, "US037833100", "11 characters instead of 12"),
        (isin, "us0378331005", "Write US0378331005"), (isin, "US0378331005 ", "spaces"),
        (isin, "ZZ0378331005", "no country"), (isin, "US037833100Ｏ", "outside ASCII"),
        (isin, "", "0 characters"),
        (lei, "999900EXAMPLE0000113", "ends in 31, not 13"), (lei, "999900EXAMPLE000013", "19 characters"),
        (lei, "999900EXAMPLE000013X", "two check digits"),
    ],
)  # fmt: skip
def test_identifier_errors_name_what_is_wrong(check: object, text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        check(text)  # type: ignore[operator]
    assert says in str(refused.value)


@given(st.text(max_size=24))
def test_identifiers_never_accept_junk(text: str) -> None:
    for check, length in ((isin, 12), (lei, 20)):
        assert not _valid(check, text) or (len(text) == length and text.isascii() and text.isupper())
