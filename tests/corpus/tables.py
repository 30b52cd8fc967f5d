"""Bad issue files and bad investor files: one thing wrong in each, in the fourth row of the spreadsheet."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator

from tests.corpus.values import FOREIGN, HIDDEN, WALLETS, Entry

ISSUE = ["external_id", "investor_id", "wallet", "amount", "price", "currency", "payment_ref", "memo"]
INVESTOR = ["investor_id", "wallet", "country", "class", "kyc_expires", "name", "email", "proof"]
BAD_ROW = "row 4"

ISSUES = [[f"S-{n}", f"INV-{n}", WALLETS[n], f"{n + 1}.5", "100.25", "HKD", f"FPS-{n}", "primary"] for n in range(4)]
INVESTORS = [
    [f"INV-{n}", WALLETS[n], "HK", "retail", "2030-06-30", f"Name {n}", "", "0x" + "ab" * 32] for n in range(4)
]

SPECIAL = [f"0x{n:040x}" for n in (0, 1, 9, 0x11, 0x100)] + ["0x4200000000000000000000000000000000000016"]


def written(header: list[str], rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    """As a spreadsheet writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows([header, *rows])
    return out.getvalue()


def tables() -> Iterator[Entry]:
    """All of them."""
    yield from _cells("issue CSV", ISSUE, ISSUES, _issue_cells())
    yield from _cells("investor CSV", INVESTOR, INVESTORS, _investor_cells())
    for kind, header, rows in (("issue CSV", ISSUE, ISSUES), ("investor CSV", INVESTOR, INVESTORS)):
        yield from _shapes(kind, header, rows)
        yield from _bytes(kind, header, rows)
    yield from _together()


def _cells(
    kind: str, header: list[str], rows: list[list[str]], cells: Iterator[tuple[str, str, str]]
) -> Iterator[Entry]:
    for column, value, says in cells:
        changed = [list(row) for row in rows]
        changed[2][header.index(column)] = value
        yield {"kind": kind, "text": written(header, changed), "says": [BAD_ROW, column, says]}


def _ids(column: str) -> Iterator[tuple[str, str, str]]:
    yield column, " S-9", "has spaces around it"
    yield column, "S-9 ", "has spaces around it"
    for text in (
        "S 9",
        "S#9",
        "S*9",
        "S,9",
        "-",
        "_S",
        ".S",
        "/S",
        "S\\9",
        "S'9",
        'S"9',
        "<b>",
        "S;9",
        "S|9",
        "a:b",
        "~/x",
        "$S",
    ):
        yield column, text, "formula" if text[0] == "-" else "not an id"
    for text in ("=S9", "+S9", "-S9", "@S9", '=cmd|" /C calc"!A0', "=1+1", "@SUM(A1)"):
        yield column, text, "formula"
    yield column, "S" * 65, "has 65 characters"
    for text in ("Ｓ-9", "S－9", "Ѕ-9", "S–9", "訂單", "é"):
        yield column, text, "U+"


def _hidden(column: str) -> Iterator[tuple[str, str, str]]:
    told_by_name = ("external_id", "investor_id", "wallet")  # a soft hyphen, a joiner or a hard space is shown there
    for hidden, name in HIDDEN.items():
        quiet = hidden in "\u00a0\u00ad\u200d" and column not in told_by_name
        if not (quiet and column == "payment_ref"):  # prose may hold those
            yield column, f"1{hidden}0", "" if quiet else name


def _issue_cells() -> Iterator[tuple[str, str, str]]:
    yield from _ids("external_id")
    yield from _ids("investor_id")
    yield "external_id", "", "is empty"
    for text in ("", "0", "0.0", "0.000000"):
        yield "amount", text, "is zero" if text else "is empty"
    for text in ("1,000", "1 000", "1_000", "1'000"):
        yield "amount", text, "remove the thousands separators"
    for text in ("-1", "+1", "-0.5"):
        yield "amount", text, "remove the sign"
    for text in ("1e3", "1E3", "5e-1"):
        yield "amount", text, "without an exponent"
    for text in ("=5", "=SUM(A1:A2)", "@5", "+A1", "-A1"):
        yield "amount", text, "a formula"
    for text in ("five", "HKD5", "5%", "0x10", "01", "1.", ".5", "1.2.3", "inf", "nan", "None", "1/2", "½"):
        yield "amount", text, "not an amount"
    yield from (("amount", text, "ASCII") for name, text in FOREIGN.items() if name not in ("Roman", "Chinese", "half"))
    yield "amount", "1.0000001", "at most 6 decimals"
    yield "amount", str(2**96 // 10**6 + 1), "more than one row can hold"
    yield "amount", str(2**128), "more than any token can hold"
    yield "amount", "{LONG}", "characters"
    yield from (("wallet", text, says) for text, says in _wallets())
    for text in ("1,5", "-1", "1e2", "x", "=1", "1" * 60, "1." + "1" * 19, "free"):
        yield "price", text, ""
    for text in ("RMB", "CNH", "USDT", "HK", "hkd1", "$", "港元", "H KD", "XXXX", "000"):
        yield "currency", text, "unknown code"
    yield "currency", "", "is empty beside a price"
    for text in ("=1+1", "@SUM(A1)", "+A1", "-A1", "=HYPERLINK(A1)", "=cmd|' /C calc'!A0"):
        yield "payment_ref", text, "a formula"
    for column in ("external_id", "investor_id", "wallet", "amount", "price", "currency", "payment_ref"):
        yield from _hidden(column)
    for hidden in ("\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\u2066"):
        yield "memo", f"paid{hidden}", "hides the character"
    yield "memo", "{LONG}", "holds more than"
    yield "payment_ref", "two\nlines", "hides the character"


def _wallets() -> Iterator[tuple[str, str]]:
    right = WALLETS[2]
    yield right[:-1], "39 hex digits"
    yield right + "a", "41 hex digits"
    yield "0x" + right[2:].swapcase(), "wrong checksum"
    yield right.replace("0x", "0X"), "capital X"
    yield right[2:], "0x is missing"
    yield f" {right}", "spaces"
    yield right[:20] + "а" + right[21:], "CYRILLIC"
    yield "issuer.eth", "is a name"
    yield "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "0x and 40 hex digits"
    yield f"={right}", "formula"
    yield from ((text, "") for text in SPECIAL)


def _investor_cells() -> Iterator[tuple[str, str, str]]:
    yield from _ids("investor_id")
    for column in ("investor_id", "wallet", "country", "class", "kyc_expires"):
        yield column, "", "is empty"
        yield from _hidden(column)
    yield from (("wallet", text, says) for text, says in _wallets())
    for text in ("UK", "Hong Kong", "36", "XX", "ＨＫ", "HK,SG", "香港", "=HK", "344.0"):
        yield "country", text, "unknown code"
    for text in (
        "pro",
        "Retial",
        "instituton",
        "PI",
        "1",
        "retail,venue",
        "accredited",
        "＝",
        "профи",
        "None",
        " retail",
    ):
        yield "class", text, "unknown class"
    for text in (
        "2030/06/30",
        "30.06.2030",
        "20300630",
        "2030-6-30",
        "2030-W26-3",
        "June 2030",
        "２０３０-06-30",
        "=TODAY()",
        "never",
    ):
        yield "kyc_expires", text, "not a date"
    for text in ("2030-02-30", "2029-02-29", "2030-13-01", "2030-00-01"):
        yield "kyc_expires", text, "no such day"
    for text in ("1999-12-31", "2101-01-01", "0001-01-01"):
        yield "kyc_expires", text, "between 2000 and 2100"
    for text in ("0x12", "ab" * 32, "0x" + "g" * 64, "0x" + "a" * 65, "sha256:ab", "0X" + "ab" * 32, "yes", "=A1"):
        yield "proof", text, "not a document hash"
    for column in ("name", "email"):
        for hidden in ("\x00", "\x1b]0;x\x07", "\u202e", "\u2069", "\ufeff"):
            yield column, f"A{hidden}B", "hides the character"
        yield column, "{LONG}", "holds more than"


def _shapes(kind: str, header: list[str], rows: list[list[str]]) -> Iterator[Entry]:
    def bad(text: str, *says: str) -> Entry:
        return {"kind": kind, "text": text, "says": list(says)}

    for column in header:
        others = [name for name in header if name != column]
        twice = [*header, column]
        yield bad(written(twice, [[*row, "x"] for row in rows]), "appears twice")
        yield bad(written([name.replace(column, column + "x") for name in header], rows), "is unknown")
        yield bad(written([name.replace(column, "") for name in header], rows), "has no name")
        if column in ("external_id", "amount", "wallet", "country", "class", "kyc_expires") and (
            kind[1] == "n" or column != "wallet"
        ):
            less = [[cell for name, cell in zip(header, row, strict=True) if name != column] for row in rows]
            yield bad(written(others, less), f"column {column} is missing")
    for extra in (
        "colour",
        "Total",
        "=A1",
        "<script>",
        "\u202eamount",
        "amount\u200b",
        "ａmount",
        "external id",
        "wallet address",
    ):
        yield bad(written([*header, extra], [[*row, ""] for row in rows]), "is unknown")
    for count in (0, 1, 2, 5, len(header) - 1):
        short = [rows[0], rows[1], rows[2][:count] or ["x"], rows[3]]
        yield bad(written(header, short), BAD_ROW, "cells are missing")
    for more in (1, 2, 7):
        yield bad(written(header, [rows[0], rows[1], [*rows[2], *["x"] * more], rows[3]]), BAD_ROW, "quote the cell")
    good = written(header, rows)
    yield bad(good.replace(rows[2][0], f'"{rows[2][0]}'), "a quotation mark")
    yield bad(good.replace(rows[2][0], f'"{rows[2][0]}"x'), BAD_ROW, "quotation mark stands in the wrong place")
    yield bad(good + '"', "quotation mark opens")
    yield bad(written(header, rows, "|"), "does not fit")
    yield bad(written(header, rows, ":"), "does not fit")
    yield bad(good.replace(",", ";", 1), "not clear which separates")
    yield bad(good.replace(",", "\t", 1), "not clear which separates")
    yield bad(written(header, []), "no row below the header")
    yield bad(written(header, [[""] * len(header)] * 3), "no row below the header")
    yield bad("\n" + good, "does not fit")
    yield bad("sep=,\n" + good, "does not fit")
    yield bad("# rows of today\n" + good, "does not fit")
    yield bad(good.split("\n", 1)[1], "does not fit")
    yield bad("", "the file is empty")
    yield bad("\n", "")
    yield bad("{LONG}", "does not fit")
    yield bad('"{LONG}{LONG}{LONG}{LONG}{LONG}{LONG}{LONG}"', "a cell holds more")
    for text in ("<html><body>Sign in</body></html>", '{"rows": []}', "%PDF-1.7", "#!/bin/sh", "null", "\x00\x00\x00"):
        yield bad(text, "")


def _bytes(kind: str, header: list[str], rows: list[list[str]]) -> Iterator[Entry]:
    good = written(header, rows).replace("primary", "primär").replace("Name 2", "Namé 2")
    wrong = [
        (good.encode("utf-16"), "not UTF-8"),
        (good.encode("latin-1"), "not UTF-8"),
        (good.encode("cp1252"), "not UTF-8"),
    ]
    wrong += [
        (good.encode("utf-32"), ""),
        (b"PK\x03\x04" + b"\x00" * 40, "workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 40, "workbook"),
    ]
    wrong += [
        (good.encode()[:-9] + byte, "not UTF-8")
        for byte in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf")
    ]
    wrong += [(b"\x1f\x8b\x08" + b"\x00" * 20, ""), (b"\xef\xbb\xbf\xef\xbb\xbf" + good.encode(), "is unknown")]
    for data, says in wrong:
        yield {"kind": kind, "base64": base64.b64encode(data).decode(), "says": says}


def _together() -> Iterator[Entry]:
    """Rows that are right one by one."""

    def issues(*changes: tuple[int, str], append: bool = True, says: tuple[str, ...]) -> Entry:
        copy = list(ISSUES[0])
        for place, value in changes:
            copy[place] = value
        return {"kind": "issue CSV", "text": written(ISSUE, [*ISSUES, copy]), "says": list(says)}

    yield issues(says=("row 6", "appears twice with the same content, rows 2 and 6"))
    yield issues((2, WALLETS[0].lower()), says=("row 6", "appears twice with the same content"))
    yield issues((3, "1.50"), says=("row 6", "appears twice with the same content"))
    for place, value in ((1, "INV-9"), (2, WALLETS[5]), (3, "1.6"), (4, "99"), (5, "USD"), (6, "FPS-9"), (7, "other")):
        yield issues((place, value), says=("row 6", "appears twice with different content, rows 2 and 6"))
        yield issues((place, value), (0, "s-0"), says=("row 6", "appears twice with different content, rows 2 and 6"))
    nobody = [[row[0], "", "", *row[3:]] for row in ISSUES[:1]]
    yield {"kind": "issue CSV", "text": written(ISSUE, nobody), "says": ["row 2", "nobody to issue to"]}
    for place, value in ((2, "SG"), (3, "venue"), (4, "2031-06-30"), (5, "Other"), (6, "a@b.c"), (7, "0x" + "cd" * 32)):
        other = list(INVESTORS[0])
        other[1], other[place] = WALLETS[5], value
        yield {
            "kind": "investor CSV",
            "text": written(INVESTOR, [*INVESTORS, other]),
            "says": ["row 6", "make them agree"],
        }
    for wallet in (WALLETS[0], WALLETS[0].lower(), "0x" + WALLETS[0][2:].upper()):
        same, else_ = list(INVESTORS[0]), list(INVESTORS[1])
        same[1] = else_[1] = wallet
        else_[0] = "INV-9"
        yield {
            "kind": "investor CSV",
            "text": written(INVESTOR, [*INVESTORS, same]),
            "says": ["row 6", "appears twice, rows 2 and 6"],
        }
        yield {
            "kind": "investor CSV",
            "text": written(INVESTOR, [*INVESTORS, else_]),
            "says": ["row 6", "a wallet has one investor"],
        }
