"""Bad amounts, addresses, dates and countries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hashkit.contracts.hashing import checksum, keccak

Entry = dict[str, Any]

WALLETS = [checksum(keccak(f"wallet {n}".encode())[-20:]) for n in range(6)]

HIDDEN = {
    "\u200b": "U+200B", "\u200d": "U+200D", "\u2060": "U+2060", "\ufeff": "U+FEFF", "\u00a0": "U+00A0",
    "\u202e": "U+202E", "\u2066": "U+2066", "\u00ad": "U+00AD", "\x00": "U+0000", "\x1b": "U+001B", "\x7f": "U+007F",
}  # fmt: skip

FOREIGN = {  # ten with digits that are no ASCII, and numbers that Python's own parsers take
    "full-width": "１０", "Arabic": "١٠", "Persian": "۱۰", "Devanagari": "१०", "Bengali": "১০", "Thai": "๑๐",
    "mathematical": "𝟏𝟎", "superscript": "1⁰", "circled": "①⓪", "Roman": "Ⅹ", "Chinese": "十", "half": "½",
}  # fmt: skip


def amounts() -> Iterator[Entry]:
    def bad(text: str, says: str, *decimals: int) -> Iterator[Entry]:
        for places in decimals or (0, 6, 18):
            yield {"kind": "amount", "decimals": places, "text": text, "says": says}

    separated = ["1,000", "1,5", "1.000,00", "1_000", "1'000", "1 000", "1,000.50", "1,00,000", "12,34", "0,5", "1’000"]
    for text in separated:
        yield from bad(text, "thousands separators" if "’" not in text else "is not an amount")
    for text in ("1e3", "1E3", "1e-3", "1.5e2", "0e0", "1e999999999", "12E+2", "1e", "e1"):
        yield from bad(text, "without an exponent" if text[0] not in "e+" else "is not an amount")
    for text in ("-1", "+1", "-0", "+0.5", "--1", "-0.000001", "+-1", "-.5"):
        yield from bad(text, "Remove the sign")
    for text in ("01", "00", "007", "00.5", "000000001", "0x10", "0b1", "0o7", "1.", ".5", ".", "1..2", "1.2.3", "..1"):
        yield from bad(text, "is not an amount")
    for text in (
        "inf",
        "Infinity",
        "nan",
        "NaN",
        "sNaN",
        "True",
        "null",
        "None",
        "abc",
        "O",
        "l0",
        "1O0",
        "1/2",
        "1:2",
    ):
        yield from bad(text, "is not an amount")
    for text in (
        "HKD 5",
        "5 HKD",
        "$5",
        "5$",
        "€5",
        "5%",
        "5k",
        "5m",
        "1.5M",
        "five",
        "~5",
        "5?",
        "(5)",
        "[5]",
        '"5"',
        "'5'",
    ):
        yield from bad(text, "separators" if " " in text or "'" in text else "is not an amount")
    for text in ("=5", "=1+1", "=SUM(A1:A9)", "@5", "1;2", "1|2", "1\\2", "1*2", "1+1", "2^3", "1-1"):
        yield from bad(text, "is not an amount")
    for text in (" 5", "5 ", "\t5", "5\n", "5\r", "\n5", "5\r\n", " ", "\t", ""):
        yield from bad(text, "is not an amount")
    for digits in FOREIGN.values():
        yield from bad(digits, "is not an amount")
        yield from bad(f"1.{digits}", "is not an amount", 6)
    for hidden in HIDDEN:
        yield from bad(f"1{hidden}0", "is not an amount")
        yield from bad(f"{hidden}10", "is not an amount", 6)
    for places in (0, 2, 6, 18):
        for more in (1, 2, 12):
            yield from bad(f"1.{'0' * (places + more - 1)}1", "decimals, the token has", places)
        yield from bad("9" * 40, "more than any token can hold", places)
        yield from bad(str(2**128 // 10**places + 1), "more than any token can hold", places)
        yield from bad("{LONG}", "more than any token can hold", places)
        yield from bad("0.{LONG}", "decimals, the token has", places)
        yield from bad("0{LONG}", "is not an amount", places)


def addresses() -> Iterator[Entry]:
    def bad(text: str, says: str) -> Entry:
        return {"kind": "address", "text": text, "says": says}

    for wallet in WALLETS:
        digits = wallet[2:]
        yield bad(wallet[:-1], "39 hex digits")
        yield bad(wallet + "0", "41 hex digits")
        yield bad("0x" + digits[:20], "20 hex digits")
        yield bad("0x" + digits + digits, "80 hex digits")
        yield bad("0X" + digits, "capital X")
        yield bad(digits, "0x is missing")
        yield bad("x" + digits, "0x and 40 hex digits")
        yield bad("00" + digits, "0x and 40 hex digits")
        yield bad("0x0x" + digits, "0x and 40 hex digits")
        yield bad("0x" + digits.swapcase(), "wrong checksum")
        for place in [n for n, ch in enumerate(digits) if ch.isalpha()][:8]:
            yield bad("0x" + digits[:place] + digits[place].swapcase() + digits[place + 1 :], "wrong checksum")
        for place in (0, 7, 19, 38):  # two neighbours change places, one digit is another
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            if swapped != digits:
                yield bad("0x" + swapped, "wrong checksum")
            other = "7" if digits[place] != "7" else "8"
            yield bad("0x" + digits[:place] + other + digits[place + 1 :], "wrong checksum")
        for hidden, name in HIDDEN.items():
            yield bad(wallet[:21] + hidden + wallet[21:], name)
        for twin in ("а", "е", "с", "О", "Ｆ", "０", "ο"):  # Cyrillic, full-width, Greek
            yield bad(wallet[:10] + twin + wallet[11:], "U+")
        for letter in "gGoOlIzZ":
            yield bad(wallet[:12] + letter + wallet[13:], "0x and 40 hex digits")
        for text in (f" {wallet}", f"{wallet} ", wallet[:22] + " " + wallet[22:]):
            yield bad(text, "contains spaces")
        for text in (f"{wallet}\n", f"\t{wallet}", f"{wallet}\r"):
            yield bad(text, "U+00")
        for text in (f"={wallet}", f"@{wallet}", f"+{wallet}", f"-{wallet}", f'=HYPERLINK("{wallet}")'):
            yield bad(text, "formula")
        for text in (f'"{wallet}"', f"'{wallet}'", f"<{wallet}>", f"{wallet},", f"{wallet};", f"ethereum:{wallet}@177"):
            yield bad(text, "0x and 40 hex digits")
        yield bad(f"hsk:{wallet}", "0x and 40 hex digits")
    for number in (*range(1, 0x12), 0x100, 0xFFFF, 0xDEAD):
        yield bad(checksum(number.to_bytes(20, "big")), "precompile or a burn address")
        yield bad(f"0x{number:040x}", "precompile or a burn address")
    for number in (*range(0x10), 0x42, 0xFF, 0x800, 0xFFFFFF):
        yield bad(f"0x42{number:038x}", "system contract")
    yield bad("0x" + "0" * 40, "zero address")
    for text in ("vitalik.eth", "issuer.ETH", "Hong-Kong.eth"):
        yield bad(text, "It is a name")
    icap = ("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "XE60HAMICDXSV5QXVJA7TJW47Q9CHWKJD")
    bitcoin = ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    for text in (*icap, *bitcoin, "INV-001", "0", "None", "null", "0x{LONG}g", "../../etc/passwd", "<script>", "{}"):
        yield bad(text, "0x and 40 hex digits")
    yield bad("", "It is empty")
    yield bad("0x", "0 hex digits")
    yield bad("0x{LONG}", "20000 hex digits")


def dates() -> Iterator[Entry]:
    def bad(text: str, says: str) -> Entry:
        return {"kind": "date", "text": text, "says": says}

    for year in (2027, 2028, 2031):
        for text in (
            f"{year}/06/30", f"30.06.{year}", f"30/06/{year}", f"06-30-{year}", f"{year}0630", f"{year}-6-30", f"{year}-06",
            f"{year}", f"{year}-W26-3", f"{year}-181", f"30 June {year}", f"June 30, {year}", f"{year}-06-30T00:00:00Z",
            f"{year}-06-30 00:00", f" {year}-06-30", f"{year}-06-30 ", f"{year}–06–30", f"{year}−06−30", f"+{year}-06-30",
            f"{year}-Jun-30", f"{year}-06-30Z", f"{year}-06-30\n", f"={year}-06-30", f'"{year}-06-30"', f"{year}.06.30",
            f"{year}-06-30;", f"{year % 100}-06-30", f"0{year}-06-30", f"{year}-006-30", f"{year}\u200b-06-30",
            f"{year}-０６-30", f"{year}-٠٦-30", f"{year}- 6-30", f"{year}_06_30",
        ):  # fmt: skip
            yield bad(text, "not a date")
        for text in (
            f"{year}-{m:02}-{d:02}" for m, d in ((2, 30), (2, 31), (4, 31), (6, 31), (9, 31), (11, 31), (12, 32))
        ):
            yield bad(text, "no such day")
        for text in (f"{year}-13-01", f"{year}-00-10", f"{year}-06-00", f"{year}-99-99"):
            yield bad(text, "no such day")
    for text in ("2027-02-29", "2029-02-29", "2100-02-29", "0000-01-01"):
        yield bad(text, "no such day")
    for text in ("1999-12-31", "2101-01-01", "1970-01-01", "9999-12-31", "0001-01-01", "0202-06-30", "1900-01-01"):
        yield bad(text, "between 2000 and 2100")
    for text in (
        "never",
        "tomorrow",
        "now",
        "today",
        "1798675200",
        "46203",
        "None",
        "n/a",
        "-",
        "0",
        "true",
        "{LONG}",
        "∞",
    ):
        yield bad(text, "not a date")


def countries() -> Iterator[Entry]:
    def bad(text: str, says: str = "Unknown country code") -> Entry:
        return {"kind": "country", "text": text, "says": says}

    for text, meant in (
        ("UK", "GB"), ("EL", "GR"), ("UAE", "AE"), ("PRC", "CN"), ("ROC", "TW"), ("Korea", "KR"), ("Russia", "RU"),
        ("Vietnam", "VN"), ("Taiwan", "TW"), ("Macau", "MO"), ("Iran", "IR"), ("Turkey", "TR"), ("BVI", "VG"),
        ("Hongkong", "HK"), ("GER", "DE"), ("SUI", "CH"), ("JAP", "JP"), ("SIN", "SG"), ("Holland", "NL"), ("U.S.A.", "US"),
        ("England", "GB"), ("Great Britain", "GB"), ("Syria", "SY"), ("U.K.", "GB"), ("SGD", "SG"), ("HKD", "HK"),
        ("Hong Kong", "HK"), ("Singapore", "SG"), ("Switzerland", "CH"), ("Germany", "DE"), ("Japan", "JP"), ("France", "FR"),
        ("36", "AU"), ("8", "AL"), ("4", "AF"), ("0344", "HK"), ("00702", "SG"), ("Singapoor", "SG"), ("Swizerland", "CH"),
        ("Germny", "DE"), ("HGK", "HKG"), (" HK", "HK"), ("HK ", "HK"), ("\tHK", "HK"), ("HK\n", "HK"),
    ):  # fmt: skip
        yield bad(text, "Did you mean" if meant == "HKG" else f"Did you mean {meant}")
    codes = "XX ZZ QQ AA XA QM ZZZ XXX AAA QQQ HKX EU EUR APAC SU YU DD CS TP AN 000 999 998 900 344.0 +344 -344 3 4 4"
    for text in codes.split():
        yield bad(text)
    for text in (
        "H",
        "HKHK",
        "H K",
        "H-K",
        "HK,SG",
        "HK;SG",
        "HK/SG",
        "=HK",
        '"HK"',
        "'HK",
        "[HK]",
        "hk.",
        "HK1",
        "0x158",
        "1e2",
    ):
        yield bad(text)
    for text in (
        "ＨＫ",
        "НК",
        "ΗΚ",
        "ＳＧ",
        "ＣＨ",
        "３４４",
        "٣٤٤",
        "香港",
        "新加坡",
        "Österreich",
        "ＧＢ",
        "ſg",
        "ıt",
        "ß",
    ):
        yield bad(text)
    for hidden in HIDDEN:
        yield bad(f"H{hidden}K")
        yield bad(f"{hidden}SG")
    for text in (
        "",
        " ",
        "-",
        "?",
        "n/a",
        "none",
        "null",
        "all",
        "*",
        "<b>HK</b>",
        "../HK",
        "$(id)",
        "{LONG}",
        "'; DROP TABLE x;--",
    ):
        yield bad(text)


def values() -> Iterator[Entry]:
    """All of them."""
    for part in (amounts, addresses, dates, countries):
        yield from part()
