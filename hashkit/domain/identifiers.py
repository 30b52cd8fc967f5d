"""Identifiers: is this ISIN or LEI well formed, and do its check digits hold? Floor 0.

ISO 6166 (ISIN: Luhn over the letters spelled as numbers) and ISO 17442 (LEI: ISO 7064 mod 97-10). A valid
check digit says that the number was not mistyped; it does not say that the number was ever assigned.
"""

from __future__ import annotations

import re

from hashkit.domain.countries import countries
from hashkit.errors import InputError

_ISIN_PREFIXES = frozenset(c.alpha2 for c in countries()) | {
    *("AN", "CS"),  # former countries whose securities live on
    *("EU", "QS", "QT", "XA", "XB", "XC", "XD", "XF", "XK", "XS"),  # agencies' own prefixes
}


def isin(text: str) -> str:
    """``text`` if it is a valid ISIN, otherwise an InputError that names what is wrong."""
    _shape("ISIN", text, 12, r"[A-Z0-9]{11}[0-9]", "two letters, nine letters or digits, one check digit")
    if text[:2] not in _ISIN_PREFIXES:
        raise InputError(
            f"ISIN {text} begins with {text[:2]!r}, which is no country.",
            next_step="Copy the ISIN from the term sheet again.",
            code="ISIN",
        )
    _check_digits("ISIN", text, text[:11] + isin_check_digit(text[:11]))
    return text


def isin_check_digit(first11: str) -> str:
    """The twelfth character of the ISIN that begins with these eleven."""
    digits = "".join(str(int(ch, 36)) for ch in first11)
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits))]
    return str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def lei(text: str) -> str:
    """``text`` if it is a valid LEI, otherwise an InputError that names what is wrong."""
    _shape("LEI", text, 20, r"[A-Z0-9]{18}[0-9]{2}", "eighteen letters or digits, two check digits")
    _check_digits("LEI", text, text[:18] + lei_check_digits(text[:18]))
    return text


def lei_check_digits(first18: str) -> str:
    """The last two characters of the LEI that begins with these eighteen: 02 to 98."""
    return f"{98 - int(''.join(str(int(ch, 36)) for ch in first18) + '00') % 97:02d}"


def _shape(kind: str, text: str, length: int, pattern: str, words: str) -> None:
    if re.fullmatch(pattern, text):
        return
    problem, mend = f"is not {words}", "Copy it from the term sheet again."
    if text != text.strip() or " " in text:
        problem, mend = "contains spaces", "Remove them."
    elif not text.isascii():
        problem, mend = "contains characters outside ASCII", "Type it in plain letters and digits."
    elif len(text) != length:
        problem = f"has {len(text)} characters instead of {length}"
    elif re.fullmatch(pattern, text.upper()):
        problem, mend = "has small letters", f"Write {text.upper()}."
    raise InputError(f"{kind} {text[:40]!a} {problem}.", next_step=mend, code=kind)


def _check_digits(kind: str, text: str, right: str) -> None:
    if text != right:
        tail = len(right) - (11 if kind == "ISIN" else 18)
        raise InputError(
            f"{kind} {text} fails its check digits.",
            why=f"A number that begins like this ends in {right[-tail:]}, not {text[-tail:]}.",
            next_step="Copy it from the term sheet again: some character was mistyped.",
            code=kind,
        )
