"""Write the country and currency tables of hashkit/domain from pycountry (a development tool only).

    python tools/make_tables.py            rewrite the tables
    python tools/make_tables.py --check    exit 1 if the committed tables differ

pycountry carries no minor units, so the exponents of ISO 4217 list one that are not 2 stand here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOMAIN = Path(__file__).resolve().parents[1] / "hashkit" / "domain"

EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Minor units other than 2, as ISO 4217 list one gives them."""

WITHOUT_EXPONENT = "XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XUA"
"""Metals and units of account: list one says N.A."""

NO_MONEY = "XTS XXX"
"""Codes for testing and for no currency: they name no money."""


def countries() -> str:
    """One line a country: alpha-2, alpha-3, numeric, name; by alpha-2."""
    import pycountry

    rows = sorted(pycountry.countries, key=lambda c: c.alpha_2)
    return "".join(f"{c.alpha_2} {c.alpha_3} {c.numeric} {c.name}\n" for c in rows)


def currencies() -> str:
    """One line a currency: code, exponent or ``-``, name; by code."""
    import pycountry

    exponent = {code: str(n) for n, codes in EXPONENTS.items() for code in codes.split()}
    exponent |= dict.fromkeys(WITHOUT_EXPONENT.split(), "-")
    rows = sorted(
        (c for c in pycountry.currencies if c.alpha_3 not in NO_MONEY.split()), key=lambda c: c.alpha_3
    )
    return "".join(f"{c.alpha_3} {exponent.get(c.alpha_3, '2')} {c.name}\n" for c in rows)


def spliced(path: Path, table: str) -> str:
    """The module's text with the lines of its table replaced."""
    return re.sub(r'(?s)(_TABLE = """\\\n).*?(""")', lambda m: m[1] + table + m[2], path.read_text("utf-8"))


def main(arguments: list[str]) -> int:
    """Rewrite both tables, or with ``--check`` only compare."""
    stale = []
    for name, table in (("countries.py", countries()), ("currencies.py", currencies())):
        path = DOMAIN / name
        text = spliced(path, table)
        if text != path.read_text("utf-8"):
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, "utf-8")
    print(
        ("differs: " if "--check" in arguments else "written: ") + ", ".join(stale)
        if stale
        else "tables are current"
    )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
