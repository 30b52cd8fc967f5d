"""Input that is taken comes back exactly; output carries no formula, escape sequence, markup or path of others."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashkit.audit.report.html import environment
from hashkit.cli.screen import Screen, clean, to_json
from hashkit.contracts.addresses import read_address
from hashkit.contracts.hashing import checksum
from hashkit.domain.terms import shown
from hashkit.domain.units import MAX_RAW, Units
from hashkit.errors import InputError
from hashkit.store.files import inside, safe_name
from hashkit.store.project import checked_symbol
from hashkit.store.sheets import cell_out, csv_bytes, read_issues

TRICKS = [
    "=1+1",
    "+A1",
    "-A1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    " =1",
    "\x1b[31m",
    "\x1b]8;;http://x\x07",
    "\x9b2J",
    "\u202egpj",
    "\u2066",
    "\u200b",
    "<script>alert(1)</script>",
    '"><img src=x>',
    "{{7*7}}",
    "../../x",
    "/etc/passwd",
    "C:\\x",
    "CON",
    "a|b",
    "`id`",
    "\x00",
    "\ud800",
    "a\nb",
    "\u2028",
    "'",
    '"',
    "&amp;",
    "%00",
]
HOSTILE = (
    st.text(max_size=40)
    | st.builds(str.__add__, st.sampled_from(TRICKS), st.text(max_size=20))
    | st.sampled_from(TRICKS)
)
SPOKEN = HOSTILE.filter(lambda text: not re.search("[\ud800-\udfff]", text))


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.text(max_size=60), st.integers(0, 18))
def test_an_amount_is_exact_or_refused(amount, decimals):
    try:
        units = Units.of(amount, decimals)
    except InputError as error:
        assert error.exit_code == 2 and len(error.sentence) < 200 and error.sentence.isprintable()
        return
    assert 0 <= units.raw <= MAX_RAW and units.to_decimal() == Decimal(amount)
    assert Units.of(str(units), decimals) == units


def test_a_number_with_a_giant_exponent_is_refused_before_it_is_written_out():
    for text in ("1E+999999999", "-1E+999999999", "1E-999999999", "0E+999999999", "0E-999999999", "9E+41"):
        with pytest.raises(InputError):
            Units.of(Decimal(text), 6)
    assert Units.of(Decimal("1.50E+3"), 6).raw == 1_500_000_000


@given(st.binary(min_size=20, max_size=20), st.integers(0, 41), st.characters())
def test_an_address_is_taken_as_it_is_or_not_at_all(raw, place, char):
    right = checksum(raw)
    changed = right[:place] + char + right[place + 1 :]
    for text in (right, changed):
        try:
            taken, checked = read_address(text)
        except InputError:
            continue
        assert taken.lower() == text.lower() and checked == (taken == text)
        assert checked or text[2:] in (text[2:].lower(), text[2:].upper())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.lists(SPOKEN, max_size=6), max_size=6).map(
        lambda rows: csv_bytes(["external_id", "wallet", "amount", "memo"], rows)
    )
)
def test_the_bytes_of_a_file_are_rows_or_an_error(tmp_path, data):
    path = tmp_path / "issue.csv"
    path.write_bytes(data)
    try:
        sheet = read_issues(path, 6)
    except InputError as error:
        assert all(line.isprintable() for line in (error.sentence, *error.details))
        return
    assert all(str(row.amount.raw) and row.external_id for row in sheet.rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.binary(min_size=20, max_size=20).filter(lambda b: b > b"\x00" * 17 + b"\x01\x00\x00" and b[0] != 0x42),
            st.integers(1, 2**96 - 1),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_to_a_file_is_read_back_exactly(tmp_path, rows):
    path = tmp_path / "issue.csv"
    table = [(f"S-{n}", checksum(raw), str(Units(amount, 6))) for n, (raw, amount) in enumerate(rows)]
    path.write_bytes(csv_bytes(["external_id", "wallet", "amount"], table))
    assert [(r.external_id, r.wallet, str(r.amount)) for r in read_issues(path, 6).rows] == table


@given(SPOKEN)
def test_no_cell_is_a_formula(text):
    out = cell_out(text)
    assert not re.match(r"[ ]*[=+\-@\t\r\n|%＝＋－＠]", out) or re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", out)
    assert all(ch.isprintable() or ch in "\n\t" for ch in out)
    (row,) = csv.reader(io.StringIO(csv_bytes([text], []).decode(), newline=""))
    assert row == [out]


@given(HOSTILE)
def test_nothing_on_a_screen_is_more_than_text(text):
    for seen in (clean(text), shown(text)):
        assert seen.isprintable()
        assert not any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for ch in seen)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(SPOKEN, min_size=2, max_size=2), min_size=1, max_size=4))
def test_a_table_in_a_pipe_keeps_its_rows_and_columns(capsys, rows):
    Screen().table(["a", "b"], rows)
    lines = capsys.readouterr().out.split("\n")
    assert len(lines) == len(rows) + 2 and all(line.count("\t") == 1 for line in lines[:-1])


@given(HOSTILE)
def test_json_comes_back_exactly_and_holds_no_raw_control(text):
    written = to_json({"name": text})
    assert json.loads(written) == {"name": text}
    assert all(ch.isprintable() or ch == "\n" for ch in written)


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


@given(SPOKEN)
def test_a_page_has_the_tags_of_its_template_only(text):
    tags = Tags()
    tags.feed(environment().from_string('<p title="{{ name }}">{{ name }}</p>').render(name=text))
    tags.close()
    assert tags.found == [("p", ("title",))]


@given(HOSTILE)
def test_a_name_of_others_stays_in_its_folder(text):
    for name in (safe_name, checked_symbol):
        try:
            taken = name(text)
        except InputError:
            continue
        assert taken == text and "/" not in text and "\\" not in text and not text.startswith(".") and text.isascii()
        assert inside(Path("/nowhere"), taken).parent == Path("/nowhere") or name is checked_symbol
