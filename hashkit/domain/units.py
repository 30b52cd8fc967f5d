"""Units: an integer count of a token's smallest unit, with its decimals. Floor 0.

Money never is a float. At the edge it is a decimal string, a ``Decimal`` or ``Units``; inside it is an
integer. A bare ``int`` is refused too, because nobody can tell whether 5 means five tokens or five of
the smallest unit: say ``Units.from_raw(5, decimals)`` for the latter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hashkit.errors import InputError

MAX_RAW = 2**128 - 1
"""Largest balance or supply a hashkit token holds: the balance field of a record is 128 bits wide."""

_AMOUNT = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")


@dataclass(frozen=True, slots=True, order=False)
class Units:
    """``raw`` of the smallest unit, of which ``10 ** decimals`` make one token."""

    raw: int
    decimals: int

    def __post_init__(self) -> None:
        if type(self.raw) is int and type(self.decimals) is int and self.raw >= 0 and 0 <= self.decimals <= 36:
            return
        for value in (self.raw, self.decimals):
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError("Units holds integers; parse decimals with Units.of(amount, decimals)")
        if self.raw < 0:
            raise InputError("An amount of units cannot be negative.", code="AMOUNT")
        if not 0 <= self.decimals <= 36:
            raise InputError("Decimals lie between 0 and 36.", code="DECIMALS")

    @classmethod
    def of(cls, amount: str | Decimal | Units, decimals: int) -> Units:
        """An amount from the edge: decimal string, ``Decimal`` or ``Units``. Exact, or an InputError."""
        if isinstance(amount, Units):
            if amount.decimals != decimals:
                raise InputError(
                    f"The amount has {amount.decimals} decimals, the token {decimals}.",
                    next_step="Use the token's own decimals.",
                    code="DECIMALS",
                )
            return amount
        if isinstance(amount, Decimal):
            if not amount.is_finite():
                raise InputError(f"{amount} is not an amount.", code="AMOUNT")
            if abs(int(amount.as_tuple().exponent)) > 1_000:  # written out it could fill the memory
                raise InputError(f"{amount:.3E} is not an amount of any token.", code="AMOUNT")
            return cls._parse(format(amount, "f"), decimals)
        if isinstance(amount, str):
            return cls._parse(amount, decimals)
        raise TypeError(
            f"An amount is a decimal string, a Decimal or Units, never {type(amount).__name__}; "
            "for the smallest unit say Units.from_raw(n, decimals)"
        )

    @classmethod
    def from_raw(cls, raw: int, decimals: int) -> Units:
        """``raw`` of the smallest unit."""
        return cls(raw, decimals)

    @classmethod
    def _parse(cls, text: str, decimals: int) -> Units:
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise InputError(
                f"{text[:60]!r} is not an amount.",
                why="Amounts are plain decimal numbers: digits, at most one point, no sign, no separators.",
                next_step=_mend(text),
                code="AMOUNT",
            )
        whole, fraction = match[1], match[2] or ""
        if len(fraction.rstrip("0")) > decimals:
            raise InputError(
                f"{text[:60]} has {len(fraction.rstrip('0'))} decimals, the token has {decimals}.",
                why="Rounding would change what was approved.",
                next_step=f"Give at most {decimals} decimals.",
                code="DECIMALS",
            )
        raw = int(whole + fraction[:decimals].ljust(decimals, "0")) if len(whole) <= 40 else MAX_RAW + 1
        if raw > MAX_RAW:
            raise InputError(f"{text[:60]} is more than any token can hold.", code="AMOUNT")
        return cls(raw, decimals)

    def to_decimal(self) -> Decimal:
        """The exact value in tokens, whatever the decimal context."""
        return Decimal((0, tuple(int(d) for d in str(self.raw)), -self.decimals))

    def __str__(self) -> str:
        """Plain decimal text with all decimals and no separators: ``1250.500000``."""
        return format(self.to_decimal(), "f")

    def show(self) -> str:
        """For screens: thousands separators, at least two decimals, no further trailing zeros."""
        whole, _, fraction = str(self).partition(".")
        fraction = fraction.rstrip("0").ljust(min(2, self.decimals), "0")
        return f"{int(whole):,}" + (f".{fraction}" if fraction else "")

    def to_dict(self) -> dict[str, str]:
        """JSON form: both readings as strings, because JSON numbers are floats to many readers."""
        return {"amount": str(self), "raw": str(self.raw)}

    def _same(self, other: Units) -> int:
        if self.decimals != other.decimals:
            raise TypeError(f"Units with {self.decimals} and {other.decimals} decimals do not mix")
        return other.raw

    def __add__(self, other: Units) -> Units:
        return Units(self.raw + self._same(other), self.decimals)

    def __sub__(self, other: Units) -> Units:
        return Units(self.raw - self._same(other), self.decimals)

    def __lt__(self, other: Units) -> bool:
        return self.raw < self._same(other)

    def __le__(self, other: Units) -> bool:
        return self.raw <= self._same(other)

    def __gt__(self, other: Units) -> bool:
        return self.raw > self._same(other)

    def __ge__(self, other: Units) -> bool:
        return self.raw >= self._same(other)

    def __bool__(self) -> bool:
        return self.raw != 0

    def __eq__(self, other: Any) -> bool:
        if isinstance(other, Units):
            return self.raw == other.raw and self.decimals == other.decimals
        if isinstance(other, Decimal):
            return self.to_decimal() == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.to_decimal())


def _mend(text: str) -> str:
    """The mend to offer for a refused amount. Nothing is guessed: the user has to type it."""
    if any(ch.isdigit() and not ch.isascii() for ch in text):
        return "Type the digits in ASCII; these are full-width or foreign digits."
    if "," in text or "_" in text or "'" in text or " " in text.strip():
        return "Remove the thousands separators and use a point for decimals."
    if text.strip() != text:
        return "Remove the spaces around the number."
    if "e" in text.lower():
        return "Write the number out, without an exponent."
    if text.startswith(("+", "-")):
        return "Remove the sign."
    if text.startswith("="):
        return "Paste the value of the cell, not its formula."
    return "Write it like 1250.50."
