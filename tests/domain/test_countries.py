"""Countries and currencies: the tables are ISO's, and nothing that is not a code passes."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.domain.countries import countries, country, country_by_numeric
from hashkit.domain.currencies import currencies, currency
from hashkit.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
CODES = {code for c in countries() for code in (c.alpha2, c.alpha3, f"{c.numeric:03d}")}


def test_tables_equal_pycountry() -> None:
    pycountry = pytest.importorskip("pycountry")
    ours = {(c.alpha2, c.alpha3, c.numeric) for c in countries()}
    assert ours == {(c.alpha_2, c.alpha_3, int(c.numeric)) for c in pycountry.countries}
    assert len(ours) == 249


def test_generated_tables_are_current() -> None:
    pytest.importorskip("pycountry")
    if version("pycountry") != "26.2.16":
        pytest.skip(
            "the tables were made from pycountry 26.2.16; names and currencies differ between releases"
        )
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/make_tables.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("text", ["HK", "hk", "HKG", "hkg", "Hk", "344"])
def test_country_by_any_code(text: str) -> None:
    found = country(text)
    assert (found.alpha2, found.alpha3, found.numeric, found.name) == ("HK", "HKG", 344, "Hong Kong")
    assert str(found) == "HK"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("UK", "GB (826)"), ("EL", "GR (300)"), ("36", "AU (036)"), ("0344", "HK (344)"),
        ("Hong Kong", "HK (344)"),
        ("Switzerlnd", "CH (756)"), ("HKG ", "HK (344)"), ("HGK", "HK (344)"), ("Türkiye", "TR (792)"),
    ],
)  # fmt: skip
def test_country_unknown_offers_the_near_one(text: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        country(text)
    assert refused.value.next_step == f"Did you mean {hint}?"


@pytest.mark.parametrize("text", ["", "XX", "ＨＫ", "ß", "999", "３４４", "H\u200bK", "İT", "000", "-36"])
def test_country_refuses_what_is_no_code(text: str) -> None:
    with pytest.raises(InputError):
        country(text)


@given(st.text(max_size=12))
def test_country_accepts_codes_only(text: str) -> None:
    try:
        country(text)
    except InputError:
        assert text.upper() not in CODES or not text.isascii()
    else:
        assert text.isascii() and text.upper() in CODES


def test_country_round_trips_by_numeric() -> None:
    assert all(country_by_numeric(c.numeric) is c for c in countries())
    with pytest.raises(InputError):
        country_by_numeric(0)


def test_currency_knows_its_exponent() -> None:
    assert {code: currency(code).exponent for code in ("HKD", "USD", "JPY", "KRW", "KWD", "CLF", "XAG")} == {
        "HKD": 2, "USD": 2, "JPY": 0, "KRW": 0, "KWD": 3, "CLF": 4, "XAG": None,
    }  # fmt: skip
    assert len({c.code for c in currencies()}) == len(list(currencies())) > 160


@pytest.mark.parametrize(("text", "hint"), [("hkd", "HKD"), ("CNH", "CNY"), ("HKDD", "HKD"), ("USDT", "USD")])
def test_currency_unknown_offers_the_near_one(text: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        currency(text)
    assert refused.value.next_step == f"Did you mean {hint}?"


@given(st.text(max_size=6))
def test_currency_accepts_codes_only(text: str) -> None:
    known = {c.code for c in currencies()}
    try:
        assert currency(text).code == text
    except InputError:
        assert text not in known
