"""CSV torture: everything a spreadsheet can do to a file is read exactly, or refused with row and mend."""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashkit.contracts.hashing import checksum, keccak
from hashkit.domain.parties import InvestorClass
from hashkit.errors import InputError
from hashkit.store.sheets import (
    IssueRow,
    Sheet,
    cell_out,
    csv_bytes,
    read_investors,
    read_issues,
    read_register,
    write_csv,
)

A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
B = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
INVESTORS = "investor_id,wallet,country,class,kyc_expires,name,email,proof\n"
ISSUES = "external_id,investor_id,wallet,amount,price,currency,payment_ref,memo\n"
PROOF = "0x" + "Ab" * 32

Reader = Callable[[str | bytes], Sheet[IssueRow]]


@pytest.fixture
def issues(tmp_path: Path) -> Reader:
    def read(data: str | bytes) -> Sheet[IssueRow]:
        path = tmp_path / "issue.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_issues(path, 6)

    return read


def _investors(folder: Path, text: str, **options: bool):  # type: ignore[no-untyped-def]
    path = folder / "investors.csv"
    path.write_bytes(text.encode())
    return read_investors(path, **options)


def _refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as refused:
        act()
    assert refused.value.exit_code == 2 and refused.value.next_step
    assert all(line.isprintable() for line in refused.value.details)
    return list(refused.value.details)


# --- shapes that are read ---


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_every_dialect_reads_the_same(issues: Reader, separator: str, line_end: str, bom: bytes) -> None:
    rows = [
        ["External_ID", " WALLET ", "Amount", "memo"],
        ["S-1", A, "1250.5", 'say "hi", now; or later'],
        ["S-2", B, "1", ""],
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(rows)
    sheet = issues(bom + out.getvalue().encode())
    assert [(r.line, r.external_id, r.wallet, r.amount.raw) for r in sheet.rows] == [
        (2, "S-1", A, 1_250_500_000),
        (3, "S-2", B, 1_000_000),
    ]
    assert sheet.warnings == () and sheet.problems == ()


def test_row_numbers_are_those_of_the_spreadsheet(issues: Reader) -> None:
    text = f'external_id,wallet,amount,memo\nS-1,{A},1,"two\nlines"\n\n,,,\nS-2,{B},x,\n'
    assert _refused(lambda: issues(text))[0].startswith('row 5  S-2  amount "x"')


def test_a_full_issue_row(issues: Reader) -> None:
    (row,) = issues(ISSUES + f"SUB/1.a_b-c,INV-1,{A},0.000001,101.250,HKD,FPS 88/1,=memo\n").rows
    assert (row.external_id, row.investor_id, row.wallet, row.amount.raw) == ("SUB/1.a_b-c", "INV-1", A, 1)
    assert (row.price, row.currency, row.payment_ref, row.memo) == (
        Decimal("101.25"),
        "HKD",
        "FPS 88/1",
        "=memo",
    )


def test_a_full_investor_row(tmp_path: Path) -> None:
    text = INVESTORS + f"INV-1,{A},344,Professional,2030-06-30,陳大文,a@example.com,{PROOF}\n"
    (row,) = _investors(tmp_path, text).rows
    assert (row.investor_id, row.wallet, row.country.alpha2) == ("INV-1", A, "HK")
    assert row.investor_class is InvestorClass.PROFESSIONAL and row.proof == PROOF.lower()
    assert row.valid_until == 1909094399  # 2030-06-30T23:59:59Z
    assert row.name == "陳大文" and "陳大文" not in repr(row) and "example.com" not in repr(row)


def test_one_investor_with_several_wallets(tmp_path: Path) -> None:
    text = INVESTORS + f"I,{A},HK,retail,2030-06-30,N,,\nI,{B},HKG,RETAIL,2030-06-30,N,,\n"
    assert [row.wallet for row in _investors(tmp_path, text).rows] == [A, B]


# --- shapes that are refused ---


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "empty"), ("\ufeff", "empty"), ("external_id,wallet,amount\n", "no row below"),
        ("external_id,wallet,amount\n,,\n", "no row below"), (b"PK\x03\x04xx", "workbook"),
        ("external_id,wallet,amount\nS,\u00e9,1\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("external_id,wallet,amount\nS,x,1\n".encode("utf-16"), "not UTF-8"),
        ("external_id;wallet,amount\n", "both comma and semicolon"),
        ("external_id,wallet\nS,x\n", "column amount is missing"),
        ("external_id,walet,amount\nS,x,1\n", 'column 2 "walet" is unknown: did you mean wallet?'),
        ("external_id,wallet,amount,amount\n", "appears twice"),
        ("external_id,wallet,amount,\n", "has no name: remove"),
        ("external_id,wallet,amount,Amount\n", "appears twice"),
        ("external_id,wallet,amount,x\u202ey\n", r"x\u202ey"),
        ("external_id,amount\nS,1\n", "investor_id or wallet is missing"),
        ("\nexternal_id,wallet,amount\n", "is missing"),
        (f'external_id,wallet,amount\nS,{A},"1\nT,{B},2\n', "row 2: a quotation mark opens"),
        (f'external_id,wallet,amount\nS,{A},"1"0\n', "row 2: a quotation mark stands in the wrong place"),
        (f"external_id,wallet,amount\nS,{A},1\nT,{A},{'9' * 200_000}\n", "row 3: a cell holds more"),
    ],
)  # fmt: skip
def test_files_without_sure_borders_are_refused(issues: Reader, data: str | bytes, says: str) -> None:
    assert any(says in line for line in _refused(lambda: issues(data)))


def test_missing_files_are_input_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(InputError, match="Cannot read"):
            read_issues(path, 6)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1e3", "without an exponent"), ('"1,000"', "thousands separators"),
        ("1 000", "thousands separators"),
        ("1_000", "thousands"), ("１２", "ASCII"), ("-1", "remove the sign"), ("+1", "remove the sign"),
        ("=1+1", "formula"),
        ("@A1", "formula"), ("-1+cmd", "formula"), ("0", "is zero"), ("0.000000", "is zero"),
        ("", "is empty"),
        ("1.1234567", "at most 6 decimals"), ("1.", "write it like"), ("nan", "not an amount"),
        ("inf", "not an amount"),
        ("\u00a01", "ASCII"), ("1\x00", "U+0000"), ("1\u200b", "ZERO WIDTH"),
        ("\u202e1", "RIGHT-TO-LEFT OVERRIDE"),
        ("1\x1b[2J", "U+001B"), ("99999999999999999999999", "more than one row can hold"),
        ("9" * 60, "more than any token"),
        ("9" * 10_001, "more than 10,000 characters"), ('"1\n"', "U+000A"), ("HKD 5", "not an amount"),
    ],
)  # fmt: skip
def test_amounts_that_are_not_plain_are_refused(issues: Reader, cell: str, says: str) -> None:
    text = f"external_id,wallet,amount\nOK,{B},1\nS,{A},{cell}\n"
    (line,) = _refused(lambda: issues(text))
    assert line.startswith("row 3  ")
    if "ASCII" not in says or cell == "１２":
        assert says in line, line


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (A[:-1], "39 hex digits"), (A + "0", "41 hex digits"), ("0X" + A[2:], "small x"),
        (A[2:], "the 0x is missing"),
        (A.replace("C5", "c5"), f"write {A}"), ("0x" + "0" * 40, "zero address"),
        ("0x" + "0" * 38 + "11", "precompile"),
        ("0x" + "0" * 36 + "dEaD", "burn"), ("0x4200000000000000000000000000000000000006", "system contract"),
        (A.replace("0x7", "0x\u0437"), "CYRILLIC"), (A + "\u200d", "ZERO WIDTH JOINER"),
        (A + "\u202c", "POP DIRECTIONAL"),
        (" " + A, "spaces"), ("=" + A, "formula"), ("vitalik.eth", "is a name"),
        ("0x" + "g" * 40, "40 hex digits"),
        ("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "40 hex digits"), (A.replace("7", "７"), "FULLWIDTH"),
        ("", "is empty"),
    ],
)  # fmt: skip
def test_wallets_that_are_not_addresses_are_refused(tmp_path: Path, cell: str, says: str) -> None:
    text = INVESTORS + f"OK,{B},HK,retail,2030-01-01,,,\nI,{cell},HK,retail,2030-01-01,,,\n"
    (line,) = _refused(lambda: _investors(tmp_path, text))
    assert line.startswith("row 3  ") and says in line


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("=I", "formula"), ("-I", "formula"), (" I", "spaces"), ("I ", "spaces"), ("I\u00a0", "spaces"),
        ("é", "U+00E9"),
        ("x" * 65, "65 characters"), ("a b", "not an id"), (".a", "not an id"), ("a'b", "not an id"),
        ("", "is empty"),
        ("a\x07", "U+0007"),
    ],
)  # fmt: skip
def test_ids_that_are_not_plain_are_refused(issues: Reader, cell: str, says: str) -> None:
    (line,) = _refused(lambda: issues(f"external_id,wallet,amount\n{cell},{A},1\n"))
    assert line.startswith("row 2  ") and says in line


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (f"I,{A},UK,retail,2030-01-01,,,", 'country "UK"  unknown code: did you mean GB (826)?'),
        (f"I,{A},HK,retial,2030-01-01,,,", "did you mean retail?"),
        (f"I,{A},HK,0,2030-01-01,,,", "unknown class"),
        (f"I,{A},HK,retail,30/06/2030,,,", "year-month-day"),
        (f"I,{A},HK,retail,2030-6-30,,,", "year-month-day"),
        (f"I,{A},HK,retail,2030-02-30,,,", "no such day"),
        (f"I,{A},HK,retail,9999-12-31,,,", "between 2000 and 2100"),
        (f"I,{A},HK,retail,２０３０-01-01,,,", "year-month-day"),
        (f"I,{A},HK,retail,2030-01-01,,,0x12", "64 hex"),
        (f"I,{A},HK,retail,2030-01-01,a\u202eb,,", "RIGHT-TO-LEFT"),
        (f"I,{A},HK,retail,2030-01-01,,", "7 cells, the header 8"),
        (f"I,{A},HK,retail,2030-01-01,,,,", "9 cells, the header 8"),
        (f"I,{A},,retail,2030-01-01,,,", "country  is empty"),
        (f"=I,{A},HK,retail,2030-01-01,,,", "formula"),
    ],
)  # fmt: skip
def test_investor_cells_are_refused_with_the_mend(tmp_path: Path, row: str, says: str) -> None:
    (line,) = _refused(lambda: _investors(tmp_path, INVESTORS + row + "\n"))
    assert line.startswith("row 2") and says in line, line


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("S,,,1,,,,", "nobody to issue to"), (f"S,,{A},1,5,,,", "empty beside a price"),
        (f"S,,{A},1,5,CNH,,", "CNY"),
        (f"S,,{A},1,5,hkd,,", "HKD"), (f"S,,{A},1,-5,HKD,,", "sign"), (f"S,,{A},1,,,=A1,", "formula"),
        (f"S,,{A},1,,,@x,", "formula"), (f"S,=1,{A},1,,,,", "formula"), (f'S,,{A},1,,,"a\nb",', "U+000A"),
    ],
)  # fmt: skip
def test_issue_cells_are_refused_with_the_mend(issues: Reader, row: str, says: str) -> None:
    (line,) = _refused(lambda: issues(ISSUES + row + "\n"))
    assert line.startswith("row 2") and says in line, line


def test_all_bad_rows_are_listed_in_order(issues: Reader) -> None:
    rows = "".join(
        f"S-{n},{checksum(keccak(bytes([n]))[-20:])},{'x' if n % 2 else '1'}\n" for n in range(100)
    )
    lines = _refused(lambda: issues("external_id,wallet,amount\n" + rows))
    assert [int(line.split()[1]) for line in lines] == [n + 2 for n in range(1, 100, 2)]


# --- what only shows between rows ---


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (f"S,,{A},1.0,,,,", "appears twice with the same content, rows 2 and 3"),
        (f"S,,{A.lower()},1,,,,", "appears twice with the same content, rows 2 and 3"),
        (f"S,,{A},2,,,,", "appears twice with different content, rows 2 and 3"), (f"S,,{B},1,,,,", "different content"),
        (f"s,,{A},1,,,,", "different content"), (f"S,,{A},1,,,,new", "different content"),
    ],
)  # fmt: skip
def test_an_external_id_stands_once(issues: Reader, second: str, says: str) -> None:
    (line,) = _refused(lambda: issues(ISSUES + f"S,,{A},1,,,,\n{second}\n"))
    assert line.startswith("row 3  ") and says in line


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (f"I,{A},HK,retail,2030-01-01,,,", "appears twice, rows 2 and 3"),
        (f"I,{A.lower()},HK,retail,2030-01-01,,,", "appears twice, rows 2 and 3"),
        (f"J,{A.lower()},HK,retail,2030-01-01,,,", "row 2 gives it to I"),
        (f"I,{B},SG,retail,2030-01-01,,,", 'country "SG"  row 2 says HK'),
        (f"I,{B},HK,venue,2030-01-01,,,", 'class "venue"  row 2 says retail'),
        (f"I,{B},HK,retail,2030-01-02,,,", 'kyc_expires "2030-01-02"  row 2 says 2030-01-01'),
        (f"I,{B},HK,retail,2030-01-01,,,{PROOF}", "row 2 says nothing"),
        (f"i,{B},HK,retail,2030-01-01,,,", 'investor_id "i"  row 2 says I'),
        (f"I,{B},HK,retail,2030-01-01,Secret Name,,", "name  differs from row 2"),
    ],
)  # fmt: skip
def test_investor_rows_must_agree(tmp_path: Path, second: str, says: str) -> None:
    text = INVESTORS + f"I,{A},HK,retail,2030-01-01,,,\n{second}\n"
    (line,) = _refused(lambda: _investors(tmp_path, text))
    assert line.startswith("row 3  ") and says in line and "Secret" not in line


def test_an_investor_has_at_most_sixteen_wallets(tmp_path: Path) -> None:
    rows = [f"I,{checksum(keccak(bytes([n]))[-20:])},HK,retail,2030-01-01,,,\n" for n in range(17)]
    assert len(_investors(tmp_path, INVESTORS + "".join(rows[:16])).rows) == 16
    (line,) = _refused(lambda: _investors(tmp_path, INVESTORS + "".join(rows)))
    assert "the registry links 16" in line


def test_a_register_has_one_row_a_holder(tmp_path: Path, issues: Reader) -> None:
    text = f"external_id,wallet,amount\nS,{A},1\nT,{A.lower()},1\nU,{B},2\n"
    sheet = issues(text)
    assert any("1 holder in more than one row" in line for line in sheet.warnings) and len(sheet.rows) == 3
    (line,) = _refused(lambda: read_register(sheet.path, 6))
    assert line.startswith("row 3  T") and "holds in rows 2 and 3" in line
    sheet.path.write_text(f"external_id,wallet,amount\nS,{A},1\nU,{B},2\n")
    assert [row.amount.raw for row in read_register(sheet.path, 6).rows] == [1_000_000, 2_000_000]


def test_wallets_worth_a_second_look_are_warned_of(issues: Reader) -> None:
    twin = checksum(A[:6].lower() + "ab" * 16 + A[-4:].lower())
    sheet = issues(
        f"external_id,wallet,amount\nS,{A},1\nT,{twin},1\nU,{B.lower()},1\nV,0x{'ABCDEF' * 6}ABCD,1\n"
    )
    assert len(sheet.rows) == 4 and sheet.rows[2].wallet == B
    assert (
        sheet.warnings[0].startswith("2 wallets without a checksum") and "rows 4 and 5" in sheet.warnings[0]
    )
    assert sheet.warnings[1] == f"{A} (row 2) and {twin} (row 3) look alike: compare every digit (address poisoning)"


def test_skipping_keeps_only_rows_beyond_doubt(tmp_path: Path) -> None:
    third = checksum(keccak(b"3")[-20:])
    text = INVESTORS + (
        f"I,{A},HK,retail,2030-01-01,,,\nI,{B},SG,retail,2030-01-01,,,\n"
        f"J,{third},HK,retail,2030-01-01,,,\nK,x,HK,retail,2030-01-01,,,\n"
    )
    sheet = _investors(tmp_path, text, skip_invalid=True)
    assert [row.investor_id for row in sheet.rows] == ["J"]
    assert [problem.line for problem in sheet.problems] == [3, 5]


# --- junk, size, output ---

_cells = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    [A, B, A.lower(), "HK", "retail", "1", "2030-01-01", "I", "=", '"', ",", "\n"]
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(_cells, min_size=5, max_size=5), max_size=6), skip=st.booleans())
def test_junk_is_never_accepted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], skip: bool
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["investor_id", "wallet", "country", "class", "kyc_expires"], *rows])
    path = tmp_path_factory.getbasetemp() / "junk.csv"
    path.write_bytes(out.getvalue().encode())
    try:
        sheet = read_investors(path, skip_invalid=skip)
    except InputError as error:
        assert all(line.isprintable() for line in error.details)
        return
    for row in sheet.rows:
        cells = rows[row.line - 2]
        assert (
            cells[0] == row.investor_id
            and cells[1] in (row.wallet, row.wallet.lower())
            and cells[4] == "2030-01-01"
        )
        assert cells[3].lower() == row.investor_class.label and len(cells[2]) in (2, 3)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_random_bytes_are_never_accepted(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    for head in (b"", b"external_id,wallet,amount\n"):
        path.write_bytes(head + data)
        with pytest.raises(InputError):
            read_issues(path, 6, skip_invalid=not head)


def test_a_hundred_thousand_rows_are_fast(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    rows = (f"S-{n},{checksum(keccak(n.to_bytes(4, 'big'))[-20:])},{n}.25\n" for n in range(100_000))
    path.write_text("external_id,wallet,amount\n" + "".join(rows))
    start = time.process_time()
    assert len(read_issues(path, 6).rows) == 100_000
    limit = 10 if sys.gettrace() is None else 60  # while coverage watches each line
    assert time.process_time() - start < limit  # about 3 s on one idle core


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝", "|", "%", "\u00a0@"])
def test_cells_out_never_begin_a_formula(start: str) -> None:
    out = cell_out(f"{start}cmd|' /C calc'!A0")
    assert out.startswith(("'", "\\")), "an apostrophe, or the character spelled out"


@pytest.mark.parametrize("text", ["", "INV-1", "-5.25", "1250.50", "陳大文", "a=b"])
def test_cells_out_leave_plain_text_alone(text: str) -> None:
    assert cell_out(text) == text


@given(st.lists(st.lists(st.text(max_size=10), min_size=2, max_size=2), max_size=5))
def test_tables_out_read_back_with_every_cell_harmless(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(csv_bytes(["a", "b"], rows).decode(), newline=""), strict=True))
    assert back == [["a", "b"], *([cell_out(cell) for cell in row] for row in rows)]
    for cell in (cell for row in back[1:] for cell in row):
        assert all(ch.isprintable() or ch in "\n\t" for ch in cell)
        assert cell.lstrip()[:1] not in tuple("=+@＝") or not cell.lstrip()


def test_write_csv_is_whole_and_the_same_every_time(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "out.csv"
    for _ in range(2):
        write_csv(path, ["id", "amount"], [["=1", Decimal("1.50")], [None, -3]])
        assert path.read_bytes() == b'"id","amount"\n"\'=1","1.50"\n"","-3"\n'
    assert [p.name for p in path.parent.iterdir()] == ["out.csv"]
