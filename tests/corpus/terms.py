"""Bad term sheets: one thing wrong in each."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.papers import BYTES, WORD
from tests.corpus.values import WALLETS, Entry

TERMS = (Path(__file__).parents[2] / "hashkit/store/templates/assets/HKGREEN.toml").read_text("utf-8")


def terms() -> Iterator[Entry]:
    """All of them."""

    def bad(old: str, new: str, *says: str) -> Entry:
        assert TERMS.count(old) == 1, old
        return {"kind": "terms TOML", "text": TERMS.replace(old, new), "says": list(says)}

    for symbol in (
        "",
        "1X",
        "a b",
        "../x",
        "A/B",
        "A_B",
        "-A",
        "A-",
        "A--B",
        "CON",
        "nul",
        "ＨＫ",
        "H\\u0000K",
        "A" * 17,
        "=A",
        "A\\u202eB",
        "é",
    ):
        yield bad('symbol = "HKGREEN"', f'symbol = "{symbol}"', "symbol")
    yield bad('symbol = "HKGREEN"', 'symbol = "HKRED"', "the file is named")
    name = 'name = "Harbour Green Bond 2031"'
    for text in (
        "",
        " a",
        "a ",
        "x" * 65,
        "a\\u0000b",
        "a\\u202eb",
        "a\\u001b[31mb",
        "e\\u0301",
        "a\\nb",
        "\\u200b",
        "a\\u2028b",
    ):
        yield bad(name, f'name = "{text}"', "name")
        yield bad(
            'name = "Harbour Example Issuer Limited"',
            f'name = "{text + "y" * 60 if len(text) > 60 else text}"',
            "issuer",
        )
    for value in ("-1", "19", "255", "6.0", '"6"', "true", "1e1", "[6]", "99999999999999999999"):
        yield bad("decimals = 6", f"decimals = {value}", "decimals")
    for value in ('"Bond"', '"stock"', '""', "1", "true", '["bond"]', '"bond "'):
        yield bad('kind = "bond"', f"kind = {value}", "kind")
    limits = ('cap = "50000000"', 'max_units_per_investor = "10000000"')
    for line in limits:
        field = line.split(" ")[0]
        for value in ("50000000", "5e7", '"5e7"', '"1,000"', '"-1"', '"0"', '""', '"inf"', '"1.0000001"', '" 1"', "true", "[]", "nan",
                      '"９"', '"' + "9" * 50 + '"', '"0x10"', '"01"', "5.0", "2026-01-01", '"{LONG}"'):  # fmt: skip
            yield bad(line, f"{field} = {value}", field)
    for value in (
        "HK0EXAMPLE18",
        "hk0example17",
        "XX0EXAMPLE17",
        "HK0EXAMPLE1",
        "HK0EXAMPLE177",
        "HK0EXAMPLE1７",
        "",
        "HK0 EXAMPLE17",
        "=HK",
    ):
        yield bad('isin = "HK0EXAMPLE17"', f'isin = "{value}"', "isin")
    for value in (
        "999900EXAMPLE0000132",
        "999900EXAMPLE000013",
        "999900example0000131",
        "",
        "999900EXAMPLE00001311",
        "９99900EXAMPLE0000131",
    ):
        yield bad('lei = "999900EXAMPLE0000131"', f'lei = "{value}"', "lei")
    for value in ('"RMB"', '"hkd "', '"$"', '""', "1", '"HK"', '"港元"', '"USDT"'):
        yield bad('currency = "HKD"', f"currency = {value}", "currency")
    for value in ('"Open"', '"closed"', '"role-matrix"', '""', "1", '"venue only"', '["open"]'):
        yield bad('mode = "open"', f"mode = {value}", "m")
    countries = 'countries = ["HK", "SG", "CH", "GB"]'
    for value in (
        '["UK"]',
        '["HK", "HK"]',
        '["HK", "344"]',
        "[344]",
        '"HK"',
        '[""]',
        '["Hong Kong"]',
        '[["HK"]]',
        '["ＨＫ"]',
        "true",
        "{HK=1}",
    ):
        yield bad(countries, f"countries = {value}", "countries")
    for value in ('["pro"]', '["retail", "Retail"]', "[2]", '"retail"', '[""]', '["professional "]', "{}"):
        yield bad('classes = ["professional", "institution"]', f"classes = {value}", "classes")
    for value in ("-1", "31536001", '"1d"', "1.5", "true", "[]", "86400.0"):
        yield bad("slot_delay_seconds = 86400", f"slot_delay_seconds = {value}", "slot_delay_seconds")
    rules = "# lockup_until = 2031-01-01"
    for value in ('"2031-13-01"', '"1 Jan 2031"', "2031-01-01T00:00:00", '"2031-01-01T09:00"', "1.5", "true", '"1960-01-01"', '"99999-01-01"',
                  '"2031-01-01T00:00:00.5Z"', "2031-01-01T00:00:00.5Z", "12:00:00", '""', '"２０３１-01-01"', "[]"):  # fmt: skip
        yield bad(rules, f"lockup_until = {value} #", "lockup_until")
    for value in ("0", "-1", "4294967296", '"200"', "1.0", "true", "[200]"):
        yield bad("# max_holders = 200", f"max_holders = {value} #", "max_holders")
    for value in (
        "{ UK = 5 }",
        "{ HK = 0 }",
        "{ HK = 5, HKG = 6 }",
        '{ HK = "5" }',
        "5",
        '["HK"]',
        "{ HK = true }",
        "{ HK = -1 }",
    ):
        yield bad("# max_holders_in = { SG = 50 }", f"max_holders_in = {value} #", "max_holders_in")
    for value in (
        '"90"',
        '"d"',
        '"-1d"',
        '"1.5d"',
        '"90 d"',
        '"90m"',
        '"49711d"',
        '"９0d"',
        "90",
        '""',
        '"{LONG}d"',
        '"0d"',
        "true",
    ):
        yield bad('# holding_period = "90d"', f"holding_period = {value} #", "holding_period")
        yield bad("# velocity =", f'velocity = {{ units = "5", period = {value} }} #', "velocity")
    for value in (
        '{ units = "5" }',
        '{ period = "1d" }',
        '"5"',
        '{ units = 5, period = "1d" }',
        '{ units = "0", period = "1d" }',
        "{}",
    ):
        yield bad("# velocity =", f"velocity = {value} #", "velocity")
    for value in (
        '"0x00"',
        '"oracle.eth"',
        '""',
        "1",
        f'"{WALLETS[0].swapcase()}"',
        f'"{WALLETS[0][:-1]}"',
        '"0x' + "0" * 40 + '"',
    ):
        yield bad("# sanctions_oracle =", f"sanctions_oracle = {value} #", "sanctions_oracle")
    for key in (
        "colour",
        "Symbol",
        "symbols",
        "cap_",
        "max_unit_per_investor",
        "countrys",
        "lei",
        "mode",
        '"<b>"',
        '"a\\u001bb"',
    ):
        yield bad("decimals = 6", f"decimals = 6\n{key} = 1", "unknown")
        yield bad("[control]", f"[control]\n{key} = 1", "unknown")
    for text in ("documents = 5", "documents = {}", "documents = [1]", "documents = [{}]", 'documents = [{name="a", uri="b", hash="c"}]',
                 f'documents = [{{name="", uri="https://a.b", hash="{WORD}"}}]', f'documents = [{{name="a", uri="javascript:x", hash="{WORD}"}}]',
                 f'documents = [{{name="a", uri="file:///etc/passwd", hash="{WORD}"}}]', f'documents = [{{name="{"n" * 32}", uri="ipfs://x", hash="{WORD}"}}]',
                 f'documents = [{{name="a", uri="https://a b", hash="{WORD}"}}]', 'documents = [{name="a", uri="https://a.b", hash="0x12"}]'):  # fmt: skip
        yield bad("decimals = 6", f"decimals = 6\n{text}", "documents")
    for line in (
        'symbol = "HKGREEN"',
        name,
        "decimals = 6",
        'kind = "bond"',
        'name = "Harbour Example Issuer Limited"',
    ):
        yield bad(line, "", "missing")
        yield bad(line, f"{line}\n{line}", "not TOML")
    for text in (
        "a = ",
        "= 1",
        "[a",
        "a = 'x",
        "a = 01",
        "a = 1_",
        "\x00",
        "a = 1 b = 2",
        "{",
        "[[rules]]\n[rules]",
        "a = " + "[" * 5_000,
        "a = {LONG}",
    ):
        yield {"kind": "terms TOML", "text": text, "says": "not TOML"}
    for data in (*BYTES[:5], TERMS.encode("utf-16")):
        yield {"kind": "terms TOML", "base64": base64.b64encode(data).decode(), "says": ""}
    yield {"kind": "terms TOML", "text": "", "says": "missing"}
