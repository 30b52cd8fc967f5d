"""Write the example sheets: 1,000 investors in 40 jurisdictions, issue files, and dirty copies of them.

    python examples/generate.py            write the files
    python examples/generate.py --check    exit 1 if the committed files differ

Everything follows from SEED. The wallets are the last 20 bytes of keccak(SEED, i): nobody has their keys.
Names, papers and people are made up. ``dirty/expected.json`` lists every planted piece of dirt.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from hashkit.contracts.hashing import checksum, keccak

HERE = Path(__file__).resolve().parent
SEED = "hashkit example register 1"
COUNT = 1000


def words(*lines: str) -> list[str]:
    """The words of some lines."""
    return " ".join(lines).split()


JURISDICTIONS = words(
    "HK SG CN TW JP KR TH MY ID PH VN IN AE SA QA BH IL CH LI LU DE FR NL BE IT ES PT IE GB JE",
    "SE NO DK FI AU NZ CA BR KY VG",
)
"""40 codes of ISO 3166; half of the investors live in the first five."""

NOTE_HOMES = words("HK SG CH GB DE FR LU AE JP AU")
"""Where the note may be held: the list in assets/CORPN31.toml."""

CLASSES = {"retail": 55, "professional": 33, "institution": 11, "venue": 1}
GIVEN = words("Ada Ben Chi Dina Emil Fong Grace Hana Ivo Jun Kara Lok Mei Nils Olga Priya Quan Rosa Sven Tara Wei Yan")
FAMILY = words(
    "Au Berg Chan Diaz Endo Frei Gupta Ho Ito Jain Kwok Lam Mori Ng Oliva Park Qureshi Rao Sato Tam Vogel",
    "Wong",
)

Table = list[list[str]]
INVESTOR_HEADER = ["investor_id", "wallet", "country", "class", "kyc_expires", "name", "email"]
ISSUE_HEADER = ["external_id", "investor_id", "wallet", "amount", "price", "currency", "payment_ref", "memo"]


def wallet(i: int) -> str:
    """The wallet of investor ``i``."""
    return checksum(keccak(SEED.encode() + i.to_bytes(4, "big"))[-20:])


def investors() -> Table:
    """1,000 investors, every jurisdiction at least once. The KYC dates lie far off, so that examples last."""
    dice = random.Random(SEED)
    table = [INVESTOR_HEADER]
    for i in range(1, COUNT + 1):
        home = JURISDICTIONS[i - 1] if i <= len(JURISDICTIONS) else dice.choice(JURISDICTIONS[: dice.choice([5, 40])])
        kind = dice.choices(list(CLASSES), weights=list(CLASSES.values()))[0]
        expires = f"{dice.randint(2032, 2037)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        name = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
        email = f"inv{i:04d}@example.com"
        table.append([f"INV-{i:04d}", wallet(i), home, kind, expires, name, email])
    return table


def issues(prefix: str, people: Table, amount: Callable[[random.Random], str], price: str, money: str) -> Table:
    """One row for each of ``people``: odd rows name the investor, even ones the wallet."""
    dice = random.Random(SEED + prefix)
    table = [ISSUE_HEADER]
    for n, person in enumerate(people, 1):
        who = [person[0], ""] if n % 2 else ["", person[1]]
        row = [
            f"{prefix}-{n:05d}",
            *who,
            amount(dice),
            price,
            money,
            f"PAY-{dice.randint(10**7, 10**8 - 1)}",
            "",
        ]
        table.append(row)
    return table


def clean() -> dict[str, Table]:
    """The clean files by name."""
    people = investors()
    qualified = [row for row in people[1:] if row[3] in ("professional", "institution")]
    note_holders = [row for row in qualified if row[2] in NOTE_HOMES][:60]
    return {
        "investors.csv": people,
        "HKDMMA.csv": issues(
            "SUB",
            people[1:],
            lambda d: f"{d.randint(100, 500_000)}.{d.randint(0, 9999):04d}",
            "10.0213",
            "HKD",
        ),
        "CORPN31.csv": issues("NOTE", note_holders, lambda d: f"{d.randint(2, 40) * 5000}", "100", "USD"),
        "SILVR.csv": issues(
            "OZ",
            qualified[:40],
            lambda d: f"{d.randint(1, 9999)}.{d.randint(1, 9) * 125:04d}",
            "41.875",
            "USD",
        ),
    }


class Spoiler:
    """A copy of a table that gets dirty; remembers the row, the column and what a reader must say."""

    def __init__(self, table: Table) -> None:
        self.table = [list(row) for row in table]
        self.problems: list[dict[str, object]] = []
        self.warnings: list[str] = []

    def plant(self, row: int, column: str, value: str, dirt: str, says: str) -> None:
        """Put ``value`` into a cell; ``row`` is the row of the spreadsheet (the header is row 1)."""
        self.table[row - 1][self.table[0].index(column)] = value
        self.expect(row, column, dirt, says)

    def append(self, cells: list[str], column: str, dirt: str, says: str) -> None:
        """Add a row at the end that must be refused."""
        self.table.append(cells)
        self.expect(len(self.table), column, dirt, says)

    def expect(self, row: int, column: str, dirt: str, says: str) -> None:
        """Note what a reader must find."""
        self.problems.append({"row": row, "column": column, "dirt": dirt, "says": says})

    def cell(self, row: int, column: str) -> str:
        """The text of a cell."""
        return self.table[row - 1][self.table[0].index(column)]

    def expected(self) -> dict[str, object]:
        """The entry of expected.json."""
        problems = sorted(self.problems, key=lambda p: str(p["row"]).zfill(6))
        return {"rows": len(self.table) - 1, "problems": problems, "warnings": self.warnings}


def dirty_investors(table: Table) -> Spoiler:
    """Wallets, codes, dates and ids as people really send them."""
    dirt = Spoiler(table)
    good = dirt.cell
    swapped = good(12, "wallet").swapcase().replace("0X", "0x")
    dirt.plant(
        12,
        "wallet",
        swapped,
        "wrong checksum",
        f"wrong checksum: if every digit is right, write {good(12, 'wallet')}",
    )
    dirt.plant(31, "wallet", good(31, "wallet")[:-1], "digit missing", "39 hex digits instead of 40")
    dirt.plant(47, "wallet", "0X" + good(47, "wallet")[2:], "capital X", "write 0x with a small x")
    dirt.plant(
        58,
        "wallet",
        "0x\u0430" + good(58, "wallet")[3:],
        "Cyrillic look-alike",
        "U+0430 CYRILLIC SMALL LETTER A",
    )
    dirt.plant(73, "wallet", good(73, "wallet") + "\u200b", "zero-width space", "U+200B ZERO WIDTH SPACE")
    dirt.plant(99, "wallet", "0x" + "0" * 40, "zero address", "the zero address")
    dirt.plant(120, "wallet", "0x4200000000000000000000000000000000000016", "system contract", "a system contract")
    dirt.plant(133, "wallet", "0x0000000000000000000000000000000000000009", "precompile", "a precompile")
    dirt.plant(150, "wallet", "", "empty", "is empty: fill it in")
    dirt.plant(
        171,
        "wallet",
        good(170, "wallet").lower(),
        "same wallet in another case",
        "row 170 gives it to INV-0169",
    )
    dirt.plant(202, "country", "UK", "no ISO code", "did you mean GB (826)?")
    dirt.plant(203, "country", "36", "lost leading zero", "did you mean AU (036)?")
    dirt.plant(204, "country", "Hong Kong", "name instead of code", "did you mean HK (344)?")
    dirt.plant(230, "class", "profesional", "mistyped", "did you mean professional?")
    dirt.plant(260, "kyc_expires", "31/12/2033", "other date form", "write year-month-day")
    dirt.plant(261, "kyc_expires", "2033-02-30", "no such day", "no such day")
    dirt.plant(290, "investor_id", "=INV-0289", "formula", "a formula")
    dirt.plant(291, "investor_id", " INV-0290", "space", "has spaces around it")
    dirt.plant(292, "investor_id", "INV\uff0d0291", "full-width hyphen", "U+FF0D FULLWIDTH HYPHEN-MINUS")
    dirt.table[299].append("?")
    dirt.expect(300, "", "one cell too many", "the row has 8 cells, the header 7")
    dirt.table[399][5] = "Line one\nLine two"  # allowed in a name; row numbers below must not shift
    dirt.append(list(dirt.table[400]), "wallet", "row twice", "appears twice, rows 401 and 1002: remove one row")
    second = ["INV-0410", wallet(5001), "BR" if good(411, "country") != "BR" else "CA", *dirt.table[410][3:]]
    dirt.append(second, "country", "investor disagrees with itself", "for the same investor: make them agree")
    dirt.table[499][1] = good(500, "wallet").lower()
    dirt.warnings.append("1 wallet without a checksum: a typing error would not show (row 500)")
    victim = good(510, "wallet").lower()
    dirt.table[510][1] = checksum(victim[:6] + keccak(victim.encode()).hex()[:32] + victim[-4:])
    dirt.warnings.append("(row 511) look alike: compare every digit")
    return dirt


def dirty_fund(table: Table) -> Spoiler:
    """Amounts, ids and money as spreadsheets really write them."""
    dirt = Spoiler(table)
    dirt.plant(5, "amount", "1,250.50", "thousands separator", "remove the thousands separators")
    dirt.plant(6, "amount", "1 250", "space as separator", "remove the thousands separators")
    dirt.plant(18, "amount", "１２５０", "full-width digits", "type the digits in ASCII")
    dirt.plant(40, "amount", "12.34567", "too many decimals", "give at most 4 decimals")
    dirt.plant(52, "amount", "1.5E+06", "exponent", "without an exponent")
    dirt.plant(61, "amount", "-500", "sign", "remove the sign")
    dirt.plant(62, "amount", "+500", "sign", "remove the sign")
    dirt.plant(77, "amount", "=D76*2", "formula", "a formula")
    dirt.plant(78, "amount", "0", "zero", "is zero")
    dirt.plant(79, "amount", "", "empty", "is empty")
    dirt.plant(80, "amount", "HKD 500", "currency in the number", "not an amount")
    dirt.plant(95, "external_id", "@SUM(A1:A9)", "formula", "a formula")
    dirt.plant(110, "currency", "CNH", "no ISO code", "did you mean CNY?")
    dirt.plant(125, "currency", "", "price without currency", "is empty beside a price")
    dirt.plant(140, "payment_ref", "+cmd|' /C calc'!A0", "formula", "a formula")
    dirt.plant(142, "investor_id", "", "nobody", "nobody to issue to")
    dirt.table[141][2] = ""
    dirt.append(
        list(dirt.table[199]),
        "external_id",
        "row twice",
        "appears twice with the same content, rows 200 and 1002: remove one row",
    )
    changed = [*dirt.table[200][:3], "999999.0000", *dirt.table[200][4:]]
    dirt.append(
        changed, "external_id", "changed under the same id", "appears twice with different content, rows 201 and 1003"
    )
    cased = [dirt.table[201][0].lower(), *dirt.table[201][1:]]
    dirt.append(
        cased, "external_id", "id differs only in case", "appears twice with different content, rows 202 and 1004"
    )
    return dirt


def dirty_silver(table: Table) -> Spoiler:
    """Decimals and wallets in a tab-separated file."""
    dirt = Spoiler(table)
    dirt.plant(3, "amount", "10.1234567", "too many decimals", "give at most 6 decimals")
    dirt.plant(8, "amount", "1\u00a0000", "no-break space", "not an amount")
    dirt.plant(9, "wallet", "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "ICAP", "an address is 0x and 40 hex digits")
    dirt.plant(11, "wallet", "silver.eth", "name", "give the address itself")
    return dirt


def rendered(table: Table, separator: str = ",", line_end: str = "\n", bom: bool = False) -> bytes:
    """A table as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(table)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode("utf-8")


def files() -> Iterator[tuple[str, bytes]]:
    """Every generated file: its path below examples/ and its bytes."""
    tables = clean()
    for name, table in tables.items():
        yield name if name == "investors.csv" else f"issues/{name}", rendered(table)
    people, fund = dirty_investors(tables["investors.csv"]), dirty_fund(tables["HKDMMA.csv"])
    silver = dirty_silver(tables["SILVR.csv"])
    header = ["External ID", "investor_id", "wallet", "Amout", "price", "price", "payment_ref", "colour"]
    yield "dirty/investors.csv", rendered(people.table, ";", "\r\n", bom=True)
    yield "dirty/HKDMMA.csv", rendered(fund.table, ",", "\r\n")
    yield "dirty/SILVR.csv", rendered(silver.table, "\t", "\r\n", bom=True)
    yield "dirty/CORPN31.csv", rendered([header, *tables["CORPN31.csv"][1:]])
    expected = {
        "investors.csv": people.expected(),
        "HKDMMA.csv": fund.expected(),
        "SILVR.csv": silver.expected(),
        "CORPN31.csv": {"header": [
            'column 1 "external id" is unknown: did you mean external_id?',
            'column 4 "amout" is unknown: did you mean amount?',
            'column 6 "price" appears twice',
            'column 8 "colour" is unknown: remove it',
            "column external_id is missing",
            "column amount is missing",
        ]},
    }  # fmt: skip
    yield "dirty/expected.json", (json.dumps(expected, indent=1, ensure_ascii=True) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Write all files, or with ``--check`` only compare."""
    stale = []
    for name, data in files():
        path = HERE / name
        if path.is_file() and path.read_bytes() == data:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    verb = "differs" if "--check" in arguments else "written"
    print(f"{verb}: {', '.join(stale)}" if stale else "the examples are current")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
