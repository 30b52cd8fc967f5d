"""How an audit writes numbers, times and other people's text: exact, safe, the same every time. Floor 3."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from hashkit.contracts.hashing import keccak
from hashkit.domain.countries import country_by_numeric
from hashkit.domain.parties import InvestorClass, Power, Standing
from hashkit.domain.terms import iso_time
from hashkit.errors import InputError


def amount(raw: int, decimals: int) -> str:
    """``raw`` smallest units as a decimal string, for any integer: a stranger's token may hold 256 bits."""
    digits = str(abs(raw)).rjust(decimals + 1, "0")
    whole, fraction = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    return ("-" if raw < 0 else "") + whole + (f".{fraction}" if fraction else "")


def grouped(raw: int, decimals: int) -> str:
    """The same with thousands separators, for people."""
    whole, point, fraction = amount(raw, decimals).partition(".")
    return f"{int(whole):,}".replace("-0", "-") + point + fraction if whole != "-0" else "-0" + point + fraction


def share(raw: int, of: int) -> str:
    """Percent with two decimals, half to even; empty when there is nothing to be a part of."""
    if of <= 0:
        return ""
    exact = Context(prec=200)
    percent = exact.divide(Decimal(raw * 100), Decimal(of))
    return str(percent.quantize(Decimal("0.01"), ROUND_HALF_EVEN, exact))


def clean(text: str, limit: int = 80) -> str:
    """A stranger's text without control, format and direction characters, cut: a name must not paint a screen."""
    kept = "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in text)
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def time(unix: int | None) -> str:
    """ISO 8601 in UTC; empty when unknown. A time no calendar holds is shown as its number."""
    if unix is None:
        return ""
    try:
        return iso_time(unix)
    except (ValueError, OverflowError, OSError):
        return f"unix {unix}"


def country(numeric: int) -> str:
    """Alpha-2 code; the number when ISO 3166 knows no such country; empty for 0."""
    if numeric == 0:
        return ""
    try:
        return country_by_numeric(numeric).alpha2
    except InputError:
        return f"{numeric:03d}"


def country_name(alpha2: str) -> str:
    """The name of a country for a table, or the code itself."""
    if not alpha2:
        return "not stated"
    try:
        from hashkit.domain.countries import country as by_code

        return by_code(alpha2).name
    except InputError:
        return alpha2


def investor_class(number: int) -> str:
    """``professional``; empty for 0, ``class 9`` for one nobody knows."""
    if number == 0:
        return ""
    return InvestorClass(number).label if number in set(InvestorClass) else f"class {number}"


def powers(bits: int) -> str:
    """``approve, issue``; bits nobody knows are shown as a number."""
    known = int(Power(bits & sum(Power)))
    rest = [f"unknown bits {bits - known:#x}"] if bits != known else []
    return ", ".join([*Power(known).labels, *rest]) or "none"


ROLES = (
    "MINTER_ROLE", "BURNER_ROLE", "PAUSER_ROLE", "UPGRADER_ROLE", "ISSUER_ROLE", "MARKET_MAKER_ROLE", "INVESTOR_ROLE",
    "ADMIN_ROLE", "AGENT_ROLE", "OPERATOR_ROLE", "FREEZER_ROLE", "ENFORCER_ROLE", "COMPLIANCE_ROLE", "WHITELISTER_ROLE",
)  # fmt: skip
"""Names that strangers commonly give to roles; on chain is the hash of the name."""


def role(value: str) -> str:
    """A role of a stranger's contract: its usual name, or the hash that stands on chain."""
    if value.strip("0x") == "":
        return "DEFAULT_ADMIN_ROLE"
    named = {"0x" + keccak(name.encode()).hex(): name for name in ROLES}
    return named.get(value, value)


def standing(known: Standing, at: int) -> str:
    """One word for a wallet's standing at block time ``at``."""
    if not known.registered:
        return "not registered"
    if known.denied:
        return "denied"
    if known.verified(at):
        return "verified"
    return "expired" if known.valid_until else "revoked"


def short(text: str) -> str:
    """``0x12345678…abcd`` of an address or hash."""
    return f"{text[:8]}…{text[-6:]}" if len(text) > 20 else text
