"""CSV files at the borders of what is taken: sizes, characters, and how rows and problems are told."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hashkit.contracts.hashing import checksum, keccak
from hashkit.domain.orders import MAX_ROW_RAW
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.store.sheets import IssueRow, Problem, Sheet, cell_out, read_investors, read_issues, read_register, reader
from hashkit.store.sheets.cells import day, identifier, spelled
from hashkit.store.sheets.model import counted, listed

A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
B = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
HEAD = "external_id,wallet,amount\n"
FULL = "external_id,investor_id,wallet,amount,price,currency,payment_ref,memo\n"


def issues(folder: Path, text: str | bytes, **more: bool) -> Sheet[IssueRow]:
    path = folder / "issue.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_issues(path, 6, **more)


def error_of(act: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as caught:
        act()
    return caught.value


def wallet(number: int) -> str:
    return checksum(keccak(bytes([number]))[-20:])


# --- how much ---


def test_a_file_is_taken_up_to_its_limit_and_not_read_beyond(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (HEAD + f"S,{A},1\n").encode()
    monkeypatch.setattr(reader, "MAX_BYTES", len(text))
    assert len(issues(tmp_path, text).rows) == 1
    error = error_of(lambda: issues(tmp_path, text + b"\n"))
    assert error.code == "SHEET" and error.details == ("the file is larger than 0 MB",)
    assert error.next_step == "Split it into several files."
    error = error_of(lambda: read_issues(tmp_path / "gone", 6, data=text + b"\n"))
    assert error.details == ("the file is larger than 0 MB",)


def test_the_limit_is_128_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "issue.csv"
    with path.open("wb") as file:
        file.truncate(128 * 1024**2 + 1)  # a hole: it takes no room
    assert error_of(lambda: read_issues(path, 6)).details == ("the file is larger than 128 MB",)


@pytest.mark.parametrize(("size", "taken"), [(10_000, True), (10_001, False)])
def test_a_cell_holds_ten_thousand_characters(tmp_path: Path, size: int, taken: bool) -> None:
    text = FULL + f"S,,{A},1,,,,{'é' * size}\n"
    if taken:
        assert issues(tmp_path, text).rows[0].memo == "é" * size
    else:
        assert error_of(lambda: issues(tmp_path, text)).details == ("row 2  memo  holds more than 10,000 characters",)


def test_a_row_may_hold_more_than_a_cell(tmp_path: Path) -> None:
    (row,) = issues(tmp_path, FULL + f"S,,{A},1,,,{'x' * 9_000},{'y' * 9_000}\n").rows
    assert (len(row.payment_ref or ""), len(row.memo or "")) == (9_000, 9_000)


@pytest.mark.parametrize(("raw", "taken"), [(MAX_ROW_RAW, True), (MAX_ROW_RAW + 1, False)])
def test_a_row_holds_96_bits(tmp_path: Path, raw: int, taken: bool) -> None:
    text = HEAD + f"S,{A},{Units.from_raw(raw, 6)}\n"
    if taken:
        assert issues(tmp_path, text).rows[0].amount.raw == raw
    else:
        assert "more than one row can hold: split it" in error_of(lambda: issues(tmp_path, text)).details[0]


@pytest.mark.parametrize(("price", "taken"), [("0." + "1" * 18, True), ("0." + "1" * 19, False), ("0", True)])
def test_a_price_has_eighteen_decimals(tmp_path: Path, price: str, taken: bool) -> None:
    text = FULL + f"S,,{A},1,{price},HKD,,\n"
    if taken:
        assert issues(tmp_path, text).rows[0].price == Decimal(price)
    else:
        assert "too many decimals: give at most 18" in error_of(lambda: issues(tmp_path, text)).details[0]


@pytest.mark.parametrize(("text", "taken"), [("a" * 64, True), ("a" * 65, False), ("0-._/", True), ("-a", False)])
def test_ids_have_at_most_64_characters(text: str, taken: bool) -> None:
    if taken:
        assert identifier(text) == text
    else:
        assert error_of(lambda: identifier(text)).code == "CELL"


@pytest.mark.parametrize(
    ("text", "taken"),
    [("2000-01-01", True), ("1999-12-31", False), ("2100-12-31", True), ("2101-01-01", False), ("2028-02-29", True)],
)
def test_days_lie_between_2000_and_2100(text: str, taken: bool) -> None:
    if taken:
        assert day(text).isoformat() == text
    else:
        assert error_of(lambda: day(text)).sentence == "not between 2000 and 2100"


def test_what_programs_give_is_refused_with_the_text_and_the_mend() -> None:
    assert spelled(identifier, "INV-1") == "INV-1"
    for text, says in (
        ("", '"": is empty. Give one.'), ("=a", '"=a": a formula, or begins like one. Paste the value; use letters'),
        ("x y", '"x y": not an id. Use letters, digits and . _ / - only'),
    ):  # fmt: skip
        error = error_of(lambda text=text: spelled(identifier, text))
        assert str(error).startswith(says) and error.code == "CELL", str(error)


# --- which characters ---


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE"), ("\u202a", "LEFT-TO-RIGHT EMBEDDING"), ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE"), ("\u2069", "POP DIRECTIONAL ISOLATE"), ("\x80", "U+0080"),
        ("\x9f", "U+009F"), ("\x7f", "U+007F"), ("\x1f", "U+001F"), ("\ufffd", "REPLACEMENT CHARACTER"),
    ],
)  # fmt: skip
def test_no_cell_hides_a_character_not_even_prose(tmp_path: Path, hidden: str, name: str) -> None:
    (line,) = error_of(lambda: issues(tmp_path, FULL + f"S,,{A},1,,,,a{hidden}b\n")).details
    assert line.startswith('row 2  memo "a') and name in line and "hides the character" in line, line
    assert line.endswith("type the cell again")


@pytest.mark.parametrize("harmless", ["\u00a0", "\u202f", "\u2065", "\u00ad"])
def test_prose_may_hold_what_hides_nothing(tmp_path: Path, harmless: str) -> None:
    assert issues(tmp_path, FULL + f"S,,{A},1,,,,a{harmless}b\n").rows[0].memo == f"a{harmless}b"


def test_every_bad_cell_of_a_row_is_told_and_the_row_goes_no_further(tmp_path: Path) -> None:
    text = FULL + f"S,,{A},x,,,a\u200bb,c\u200bd\nT,,{B},1,,,,\"two\r\nlines\"\n"
    error = error_of(lambda: issues(tmp_path, text))
    assert [line.split()[2] for line in error.details] == ["payment_ref", "memo"]
    assert error.sentence == "issue.csv: 2 rows read, 1 valid, 2 problems."
    (row,) = issues(tmp_path, text, skip_invalid=True).rows
    assert (row.line, row.memo) == (3, "two\r\nlines")


@pytest.mark.parametrize("text", ["+1.5", "-1.5", "+1", "-x", "+", "@", "=", "-1-1"])
def test_a_reference_that_may_be_a_formula_is_refused(tmp_path: Path, text: str) -> None:
    row = FULL + f"S,,{A},1,,,{text},\n"
    if text in ("+1.5", "-1.5", "+1"):
        assert issues(tmp_path, row).rows[0].payment_ref == text, "a plain number"
    else:
        assert "a formula: paste the value" in error_of(lambda: issues(tmp_path, row)).details[0]


@pytest.mark.parametrize(
    ("cell", "out"),
    [
        ("-5", "-5"), ("-5.25", "-5.25"), ("5.", "5."), ("-5.", "'-5."), ("--5", "'--5"), ("  =1", "'  =1"), ("", ""),
        (" ", " "), ("a\x1bb", r"a\x1bb"), ("\u202ea", r"\u202ea"), ("a\nb", "a\nb"), ("\nb", "'\nb"), ("\tb", "'\tb"),
        ("%a", "'%a"), ("|a", "'|a"), ("a|b", "a|b"), ("\u00e9", "é"), ("\r", r"\r"),
    ],
)  # fmt: skip
def test_cells_out_to_the_letter(cell: str, out: str) -> None:
    assert cell_out(cell) == out


# --- how it is told ---


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([5], "row 5"), ([9, 5], "rows 5 and 9"), (range(1, 9), "rows 1, 2, 3, 4, 5, 6, 7 and 8"),
        (range(9, 0, -1), "rows 1, 2, 3, 4, 5, 6 and 3 more"), (range(2_000), "rows 0, 1, 2, 3, 4, 5 and 1,994 more"),
    ],
)  # fmt: skip
def test_rows_are_listed_by_their_first_six_when_they_are_many(lines: list[int], says: str) -> None:
    assert listed(lines) == says


def test_numbers_are_counted_in_words_for_people() -> None:
    assert [counted(n, "row") for n in (0, 1, 2, 1_000)] == ["0 rows", "1 row", "2 rows", "1,000 rows"]


def test_a_problem_leaves_out_what_it_has_not() -> None:
    assert str(Problem(2, "S", "amount", "x", "is bad")) == 'row 2  S  amount "x"  is bad'
    assert str(Problem(2, "", "amount", "", "is empty")) == "row 2  amount  is empty"
    assert str(Problem(2, "", "", "", "the row")) == "row 2  the row"


def test_the_mend_of_a_header_names_what_is_near(tmp_path: Path) -> None:
    error = error_of(lambda: issues(tmp_path, "external id,walet,amount,memo,xyz,\n"))
    assert error.details == (
        'column 1 "external id" is unknown: did you mean external_id?',
        'column 2 "walet" is unknown: did you mean wallet?',
        'column 5 "xyz" is unknown: remove it',
        "column 6 has no name: remove the empty column",
        "column external_id is missing",
    )
    assert error.why.startswith("Required: external_id, amount. Optional: investor_id, wallet, price")


def test_a_row_of_another_width_says_what_may_have_happened(tmp_path: Path) -> None:
    error = error_of(lambda: issues(tmp_path, HEAD + f"S,{A}\nT,{B},1,000\n"))
    assert error.details == (
        "row 2  the row has 2 cells, the header 3: cells are missing",
        "row 3  the row has 4 cells, the header 3: is there a separator inside a number or text? quote the cell",
    )


def test_a_workbook_of_either_kind_is_told_from_a_table(tmp_path: Path) -> None:
    for head in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        error = error_of(lambda head=head: issues(tmp_path, head + b"rest"))
        assert error.details == ("the file is a workbook, not a CSV file",)
        assert error.next_step == "Save it as CSV UTF-8."


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    assert error_of(lambda: issues(tmp_path, b"\xff" + HEAD.encode())).details == ("line 1 is not UTF-8",)
    text = HEAD.encode() + b"S,x,1\nT,\xff,2\n"
    assert error_of(lambda: issues(tmp_path, text)).details == ("line 3 is not UTF-8",)


# --- between rows ---


def test_papers_that_stand_twice_are_skipped_where_they_differ(tmp_path: Path) -> None:
    text = HEAD + f"S,{A},1\nS,{A},1\nT,{A},1\nT,{A},2\nU,{B},5\n"
    sheet = issues(tmp_path, text, skip_invalid=True)
    assert [row.line for row in sheet.rows] == [2, 6], "one of two that are the same, none of two that differ"
    assert [problem.line for problem in sheet.problems] == [3, 5]


def test_holders_in_several_rows_are_told_the_first_three(tmp_path: Path) -> None:
    wallets = [wallet(n) for n in range(5)]
    rows = [f"S-{n}-{m},{one},1\n" for n, one in enumerate(wallets[:4]) for m in range(2)]
    (warning,) = issues(tmp_path, HEAD + "".join(rows) + f"T,{wallets[4]},1\n").warnings
    some = "; ".join(f"{one} in rows {2 * n + 2} and {2 * n + 3}" for n, one in enumerate(wallets[:3]))
    assert warning == f"4 holders in more than one row: {some}"


def test_holders_are_told_apart_by_wallet_and_else_by_investor(tmp_path: Path) -> None:
    text = FULL + f"S,I,,1,,,,\nT,J,,1,,,,\nU,I,{A},1,,,,\nV,I,,1,,,,\n"
    assert issues(tmp_path, text).warnings == ("1 holder in more than one row: I in rows 2 and 5",)
    error = error_of(lambda: read_register(tmp_path / "issue.csv", 6))
    assert error.details == ('row 5  V  holder "I"  holds in rows 2 and 5: a register has one row a holder',)


def test_warnings_leave_out_rows_that_are_refused(tmp_path: Path) -> None:
    twin = checksum(A[:6].lower() + "ab" * 16 + A[-4:].lower())
    text = HEAD + f"S,{A},1\nT,{twin},x\nU,{B.lower()},x\nV,{wallet(1).lower()},1\n"
    sheet = issues(tmp_path, text, skip_invalid=True)
    says = "1 wallet without a checksum: a typing error would not show (row 5)"
    assert sheet.warnings == (says,) and [row.line for row in sheet.rows] == [2, 5]


def test_the_seventeenth_wallet_is_named_and_its_investor_left_out(tmp_path: Path) -> None:
    head = "investor_id,wallet,country,class,kyc_expires\n"
    rows = [f"I,{wallet(n)},HK,retail,2030-01-01\n" for n in range(17)]
    path = tmp_path / "investors.csv"
    path.write_text(head + "".join(rows) + f"J,{A},HK,retail,2030-01-01\n")
    sheet = read_investors(path, skip_invalid=True)
    assert [row.investor_id for row in sheet.rows] == ["J"]
    says = "row 18  I  wallet  17 wallets for one investor: the registry links 16"
    assert [str(problem) for problem in sheet.problems] == [says]


def test_a_file_larger_than_what_is_read_at_once_is_the_same_file(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(reader, "_BLOCK", 7)
    text = HEAD + "".join(f"S-{n},{wallet(n % 9)},{n + 1}\n" for n in range(40))
    sheet = issues(tmp_path, text)
    assert [(row.line, row.external_id) for row in sheet.rows] == [(n + 2, f"S-{n}") for n in range(40)]
    assert [row.line for row in sheet.rows[3:30:9]] == [5, 14, 23] and sheet.rows[-1].line == 41
    assert sheet.rows[-2:] == list(sheet.rows)[-2:] and sheet.rows[5:2] == []
    with pytest.raises(IndexError):
        sheet.rows[40]
    for at in (0, 6, 7, len(HEAD), len(text) - 1):
        spoilt = text.encode()[:at] + b"\xff" + text.encode()[at:]
        line = text.count("\n", 0, at) + 1
        assert error_of(lambda: issues(tmp_path, spoilt)).details == (f"line {line} is not UTF-8",)  # noqa: B023
    cut = text.encode() + "é".encode()[:1]
    assert error_of(lambda: issues(tmp_path, cut)).details == ("line 42 is not UTF-8",)


def test_a_file_that_cannot_be_read_to_its_end_is_no_file(tmp_path: Path, monkeypatch: Any) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", lambda self, mode: Broken())
    error = error_of(lambda: read_issues(tmp_path / "issue.csv", 6))
    assert (error.code, error.why) == ("NO_FILE", "Input/output error.")
