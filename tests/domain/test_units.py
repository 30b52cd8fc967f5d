"""Units: exact or refused. A wrong unit is a lawsuit."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.domain.units import MAX_RAW, Units
from hashkit.errors import InputError

DECIMALS = st.integers(0, 18)
RAWS = st.integers(0, MAX_RAW)


@given(RAWS, DECIMALS)
def test_units_text_round_trips(raw: int, decimals: int) -> None:
    units = Units.from_raw(raw, decimals)
    assert Units.of(str(units), decimals) == units
    assert Units.of(units.to_decimal(), decimals) == units
    assert Units.of(units, decimals) is units
    assert Units.of(units.show().replace(",", ""), decimals) == units
    assert int(Decimal(str(units)).scaleb(decimals, decimal.Context(prec=80))) == raw


@given(RAWS, DECIMALS)
def test_units_do_not_depend_on_the_decimal_context(raw: int, decimals: int) -> None:
    plain = str(Units.from_raw(raw, decimals))
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        assert str(Units.from_raw(raw, decimals)) == plain
        assert Units.of(plain, decimals).raw == raw
        assert Units.of(Units.from_raw(raw, decimals).to_decimal(), decimals).raw == raw


@given(st.text(max_size=30), DECIMALS)
def test_units_accept_plain_decimal_numbers_only(text: str, decimals: int) -> None:
    plain = re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]+)?", text)
    try:
        units = Units.of(text, decimals)
    except InputError:
        fraction = text.partition(".")[2].rstrip("0")
        assert not plain or len(fraction) > decimals or Decimal(text) * 10**decimals > MAX_RAW
    else:
        assert plain and units.to_decimal() == Decimal(text)


@given(st.from_regex(r"(0|[1-9][0-9]{0,45})(\.[0-9]{1,25})?", fullmatch=True), DECIMALS)
def test_units_are_exact_or_refused(text: str, decimals: int) -> None:
    exact = Decimal(text).scaleb(decimals, decimal.Context(prec=120))
    fits = exact == exact.to_integral_value(context=decimal.Context(prec=120)) and exact <= MAX_RAW
    try:
        assert Units.of(text, decimals).raw == exact
    except InputError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("1,000", "separators"), ("1_000", "separators"), ("1'000", "separators"), ("1 000", "separators"),
        ("1e3", "exponent"), ("1E3", "exponent"), ("+5", "sign"), ("-5", "sign"), ("=5", "formula"),
        ("１２", "ASCII"), ("٣", "ASCII"), (" 5", "spaces"), ("5 ", "spaces"), ("05", "Write it like"),
        (".5", "Write it like"), ("5.", "Write it like"), ("", "Write it like"), ("1.2.3", "Write it like"),
        ("nan", "Write it like"), ("0x10", "Write it like"), ("5\n", "spaces"), ("½", "Write it like"),
    ],
)  # fmt: skip
def test_units_refuse_with_the_mend(text: str, mend: str) -> None:
    with pytest.raises(InputError) as refused:
        Units.of(text, 6)
    assert mend in refused.value.next_step


def test_units_never_round() -> None:
    assert Units.of("1.1000000", 6).raw == 1_100_000
    with pytest.raises(InputError, match="has 7 decimals, the token has 6"):
        Units.of("1.0000001", 6)
    with pytest.raises(InputError):
        Units.of(Decimal("0.0000001"), 6)
    assert Units.of(Decimal("1E+3"), 6).raw == 1_000_000_000


@pytest.mark.parametrize("value", [5, 5.0, True, None, b"5", [5]])
def test_units_refuse_everything_but_text_decimal_and_units(value: object) -> None:
    with pytest.raises(TypeError):
        Units.of(value, 6)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Decimal("nan"), Decimal("inf"), Decimal(-1)])
def test_units_refuse_odd_decimals(value: Decimal) -> None:
    with pytest.raises(InputError):
        Units.of(value, 6)


def test_units_stay_inside_their_bounds() -> None:
    assert Units.of(str(MAX_RAW), 0).raw == MAX_RAW
    for text in (str(MAX_RAW + 1), "9" * 5000):
        with pytest.raises(InputError):
            Units.of(text, 0)
    for raw, decimals in ((-1, 6), (1, -1), (1, 37)):
        with pytest.raises(InputError):
            Units.from_raw(raw, decimals)
    for raw in (1.0, True, "1"):
        with pytest.raises(TypeError):
            Units.from_raw(raw, 6)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        Units.from_raw(1, 6) - Units.from_raw(2, 6)


@given(RAWS, RAWS, DECIMALS)
def test_units_add_and_compare_like_integers(a: int, b: int, decimals: int) -> None:
    x, y = Units.from_raw(a, decimals), Units.from_raw(b, decimals)
    assert (x + y).raw == a + b and ((x + y) - y) == x
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)
    assert bool(x) == bool(a)


def test_units_of_different_tokens_do_not_mix() -> None:
    one, other = Units.of("1", 6), Units.of("1", 2)
    assert one != other
    for act in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: one >= other):
        with pytest.raises(TypeError):
            act()


@pytest.mark.parametrize(
    ("text", "decimals", "shown", "plain"),
    [
        ("1250000.5", 6, "1,250,000.50", "1250000.500000"), ("0", 0, "0", "0"),
        ("0.000001", 6, "0.000001", "0.000001"),
        ("1000", 0, "1,000", "1000"), ("12.3", 1, "12.3", "12.3"),
    ],
)  # fmt: skip
def test_units_show(text: str, decimals: int, shown: str, plain: str) -> None:
    units = Units.of(text, decimals)
    assert (units.show(), str(units)) == (shown, plain)
    assert units.to_dict() == {"amount": plain, "raw": str(units.raw)}


def test_units_lie_between_nought_and_thirty_six_decimals() -> None:
    for decimals in (0, 36):
        assert str(Units.of("0.000", decimals)) == str(Units.from_raw(0, decimals))
    assert Units.of("0." + "0" * 35 + "1", 36).raw == 1
    with pytest.raises(InputError, match="has 37 decimals, the token has 36") as refused:
        Units.of("0." + "0" * 36 + "1", 36)
    assert refused.value.code == "DECIMALS" and refused.value.next_step == "Give at most 36 decimals."


def test_units_of_another_token_are_refused_at_the_edge() -> None:
    with pytest.raises(InputError, match="The amount has 2 decimals, the token 6") as refused:
        Units.of(Units.of("1", 2), 6)
    assert refused.value.code == "DECIMALS"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Decimal("1E+1000"), "1000000.* is more than any token can hold"),
        (Decimal("1E+1001"), r"1\.000E\+1001 is not an amount of any token"),
        (Decimal("1E-1000"), r"0\.0000.* has 1000 decimals, the token has 6"),
        (Decimal("1E-1001"), r"1\.000E-1001 is not an amount of any token"),
        (Decimal("-Infinity"), "-Infinity is not an amount"),
    ],
)
def test_a_decimal_is_written_out_only_while_it_is_short(value: Decimal, says: str) -> None:
    with pytest.raises(InputError, match=f"^{says}"):
        Units.of(value, 6)


def test_what_is_refused_is_shown_by_its_first_sixty_characters() -> None:
    shown = {"x" * 61: repr("x" * 60) + " is not an amount.", "9" * 61: "9" * 60 + " is more than any token can hold."}
    shown["0." + "1" * 60] = "0." + "1" * 58 + " has 60 decimals, the token has 6."
    for text, says in shown.items():
        with pytest.raises(InputError) as refused:
            Units.of(text, 6)
        assert refused.value.sentence == says


def test_units_compare_and_hash_by_their_value() -> None:
    one, two = Units.of("1", 6), Units.of("2", 6)
    assert one == Decimal(1) and one != Decimal(2) and one != 1 and one != "1.000000"
    assert not (one > two or two < one or one >= two or two <= one)
    assert one < two and two > one and one <= two and two >= one and one <= one and one >= one
    assert hash(one) == hash(Units.of("1.0", 6)) == hash(Decimal(1)) and len({one, two, Units.of("1", 6)}) == 2
    for act in (lambda: one > Units.of("1", 2), lambda: one <= Units.of("1", 2)):
        with pytest.raises(TypeError, match="6 and 2 decimals do not mix"):
            act()


@pytest.mark.parametrize(
    ("raw", "decimals", "shown"),
    [(5, 0, "5"), (5, 1, "0.5"), (50, 2, "0.50"), (5, 3, "0.005"), (500, 3, "0.50"), (123_456, 4, "12.3456")],
)
def test_units_show_at_least_two_decimals_of_those_there_are(raw: int, decimals: int, shown: str) -> None:
    assert Units.from_raw(raw, decimals).show() == shown


def test_an_integer_of_another_class_is_an_integer() -> None:
    class Count(int):
        pass

    assert Units(Count(5), 2) == Units(5, 2) and str(Units(Count(5), Count(2))) == "0.05"
    with pytest.raises(InputError):
        Units(Count(5), Count(37))
