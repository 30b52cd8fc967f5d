"""Verdicts: which rules refuse a movement, whose attribute fails, and what would cure it. Floor 0.

The bits, the ids ``R-*`` and their order are one table with ``contracts/token/Verdict.sol``; a test holds
them together. An empty verdict means allowed, and only that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from hashkit.domain.countries import country_by_numeric
from hashkit.domain.parties import InvestorClass
from hashkit.domain.terms import MODES, iso_time
from hashkit.domain.units import Units
from hashkit.errors import InputError


class Kind(IntEnum):
    """The door a movement comes through, as ``interfaces/Types.sol`` numbers it."""

    ISSUE = 0
    MOVE = 1
    REDEEM = 2
    FORCE = 3
    BURN = 4
    RECOVER = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What the Lens says of one failing rule: the attribute's value and the value that would do."""

    bit: int
    account: str
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One failing rule in words: its id, the account and attribute concerned, and the cure."""

    rule: str
    account: str | None
    text: str
    fix: str
    have: str = ""
    need: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form; amounts and times are strings."""
        return {
            "rule": self.rule,
            "account": self.account,
            "text": self.text,
            "fix": self.fix,
            "have": self.have,
            "need": self.need,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The set of failing rules. ``mask`` is the contract's own word, ``failed`` says it in English."""

    mask: int
    failed: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        """True if and only if the movement would pass."""
        return self.mask == 0

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the failing rules."""
        return ids(self.mask)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "allowed": self.allowed,
            "mask": self.mask,
            "rules": list(self.rules),
            "failed": [reason.to_dict() for reason in self.failed],
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words need to know of a token: its decimals, its symbol and how to name an account."""

    symbol: str
    decimals: int
    name_of: Callable[[str], str] = str

    def amount(self, raw: int) -> str:
        """``1,250.00 HKGREEN``."""
        return f"{Units(raw, self.decimals).show()} {self.symbol}"


def ids(mask: int) -> tuple[str, ...]:
    """The ids of the rules in a mask, in the order of the bits."""
    return tuple(rule for bit, rule in enumerate(RULES) if mask >> bit & 1)


def bit_of(rule: str) -> int:
    """The mask of one rule id."""
    if rule not in RULES:
        raise InputError(f"{rule[:40]!r} is no refusal id.", next_step=f"Known ids: {', '.join(RULES)}.", code="RULE")
    return 1 << RULES.index(rule)


def verdict(mask: int, figures: Sequence[Figures], wording: Wording) -> Verdict:
    """A mask and the Lens's figures, in words. A rule without figures still gets its sentence."""
    by_bit = {f.bit: f for f in figures}
    blank = [Figures(bit, "", 0, 0) for bit in range(len(RULES))]
    return Verdict(mask, tuple(_reason(by_bit.get(b, blank[b]), wording) for b in range(len(RULES)) if mask >> b & 1))


def _reason(f: Figures, w: Wording) -> Reason:
    rule = RULES[f.bit]
    who = w.name_of(f.account) if f.account else "the account"
    have, need = _values(rule, f, w)
    text, fix = _SENTENCES[rule]
    if rule == "R-MODE" and f.account:
        text, fix = _MATRIX
    if rule.startswith("R-KYC-EXPIRED") and f.account and not f.need:
        text, fix = _ELSEWHERE
    words = {"who": who, "have": have, "need": need}
    return Reason(rule, f.account or None, text.format(**words), fix.format(**words), have, need)


def _values(rule: str, f: Figures, w: Wording) -> tuple[str, str]:
    """The two figures as a person reads them."""
    if not f.account and not f.have and not f.need:
        return "", ""
    if rule in _AMOUNTS:
        return w.amount(f.have), w.amount(f.need)
    if rule.startswith("R-KYC-EXPIRED"):
        if not f.need:
            return "unknown", ""
        return (iso_time(f.have) if f.have else "revoked"), f"after {iso_time(f.need)}"
    if rule in ("R-LOCKUP", "R-HOLDING-PERIOD"):
        return iso_time(f.have), iso_time(f.need)
    if rule in ("R-HOLDERS", "R-HOLDERS-COUNTRY"):
        return str(f.have), str(f.need)
    if rule.startswith("R-COUNTRY"):
        return _country(f.have), "a listed country"
    if rule.startswith("R-CLASS"):
        return _class(f.have), "an allowed class"
    if rule == "R-MODE":
        if not f.account:
            return MODES[min(f.have, len(MODES) - 1)], ""
        allowed = ", ".join(c.label for c in InvestorClass if f.need >> c & 1)
        return _class(f.have), allowed or "nobody"
    return "", ""


def _country(numeric: int) -> str:
    try:
        return f"{country_by_numeric(numeric)}"
    except InputError:
        return f"country code {numeric}"


def _class(number: int) -> str:
    if number == 0:
        return "unknown"
    return InvestorClass(number).label if number in InvestorClass.__members__.values() else f"class {number}"


_IDENTITY = ("{who} is not in the identity registry", "admit the wallet: hashkit investor add")
_EXPIRED = ("verification of {who} ended: {have}", "renew it: hashkit investor renew")
_ELSEWHERE = (
    "{who} is not verified at the identity registry, a stranger's, which knows no date",
    "whoever keeps that registry verifies the wallet",
)
_FROZEN = ("{who} is frozen", "an agent with the freeze power lifts it: hashkit control freeze --off")
_DENIED = ("{who} is denied", "an admit agent of the registry lifts it: hashkit investor deny --off")
_COUNTRY = ("country of {who} is {have}, which is not allowed", "none, unless the owner allows that country")
_CLASS = ("class of {who} is {have}, which is not allowed", "none, unless the owner allows that class")
_MATRIX = (
    "the class of {who} may move to {need}, the receiver's class is {have}",
    "choose another receiver; only the owner widens the role matrix",
)
_SENTENCES: dict[str, tuple[str, str]] = {
    "R-HALTED": ("the token is halted: nothing moves", "the owner ends the halt: hashkit control halt --off"),
    "R-PAUSED": ("transfers are paused", "an agent with the pause power lifts it: hashkit control pause --off"),
    "R-RECEIVER": ("{who} cannot hold units", "choose another receiver"),
    "R-FROZEN-FROM": _FROZEN,
    "R-FROZEN-TO": _FROZEN,
    "R-FROZEN-SPENDER": _FROZEN,
    "R-DENIED-FROM": _DENIED,
    "R-DENIED-TO": _DENIED,
    "R-DENIED-SPENDER": _DENIED,
    "R-IDENTITY-FROM": _IDENTITY,
    "R-IDENTITY-TO": _IDENTITY,
    "R-KYC-EXPIRED-FROM": _EXPIRED,
    "R-KYC-EXPIRED-TO": _EXPIRED,
    "R-COUNTRY-FROM": _COUNTRY,
    "R-COUNTRY-TO": _COUNTRY,
    "R-CLASS-FROM": _CLASS,
    "R-CLASS-TO": _CLASS,
    "R-MODE": ("transfers between holders are closed: mode {have}", "issue and redeem instead, or ask the owner"),
    "R-LOCKUP": ("transfers are closed until {need}", "wait; only the owner can shorten a lock-up"),
    "R-CAP": ("it would take the supply over the cap of {need}; outstanding are {have}", "issue less"),
    "R-DENOMINATION": ("{have} is no multiple of the denomination of {need}", "use a multiple of the denomination"),
    "R-MIN-HOLDING": (
        "{who} would hold {have} over all wallets, at least {need} or nothing are allowed",
        "move an amount that leaves and brings enough, or everything",
    ),
    "R-MAX-BALANCE": ("{who} holds {have} over all wallets, at most {need} are allowed", "move less"),
    "R-HOLDERS": (
        "{who} would be one more than {have} holders, at most {need} are allowed",
        "wait until a holder leaves",
    ),
    "R-HOLDERS-COUNTRY": (
        "{who} would be one more than {have} holders in the same country, at most {need} are allowed",
        "wait until a holder of that country leaves",
    ),
    "R-VELOCITY": (
        "{who} has moved {have} in this period, at most {need} are allowed",
        "move less, or wait for the next period",
    ),
    "R-HOLDING-PERIOD": ("{who} moves nothing until {need}, after the last issue to it", "wait until then"),
    "R-SANCTIONS": (
        "the sanctions oracle lists {who}, or does not answer",
        "only the oracle, or the owner who chose it, can tell",
    ),
    "R-COMPLIANCE": ("the compliance contract refuses it, fails or is not armed", "see the compliance contract"),
    "R-FROZEN-AMOUNT": ("{who} has {have} free, {need} are needed; the rest is frozen", "move less"),
    "R-BALANCE": ("{who} holds {have}, {need} are needed", "move less"),
    "R-ALLOWANCE": ("{who} may spend {have}, {need} are needed", "the holder approves more"),
}

_AMOUNTS = {
    "R-BALANCE", "R-FROZEN-AMOUNT", "R-ALLOWANCE", "R-CAP", "R-MAX-BALANCE", "R-DENOMINATION", "R-MIN-HOLDING",
    "R-VELOCITY",
}  # fmt: skip

RULES: tuple[str, ...] = tuple(_SENTENCES)
"""Refusal ids in the order of the verdict's bits; the ERC-1404 code is the position plus one."""
