"""What reading a sheet gives: rows, warnings and problems, each with its row number. Floor 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from hashkit.domain.countries import Country
from hashkit.domain.parties import InvestorClass
from hashkit.domain.terms import instant, shown
from hashkit.domain.units import Units
from hashkit.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InvestorRow:
    """One wallet of one investor. ``line`` is the row of the spreadsheet; the header is row 1.

    ``name`` and ``email`` are personal data: they stay in the issuer's file and out of every repr.
    ``proof`` is the hash of the KYC file, 0x and 64 hex digits.
    """

    line: int
    investor_id: str
    wallet: str
    country: Country
    investor_class: InvestorClass
    kyc_expires: date
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    proof: str | None = None

    @property
    def valid_until(self) -> int:
        """The last second of the day on which the KYC expires, unix seconds, UTC."""
        return instant(self.kyc_expires) + 86399


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One row of an issue file: ``amount`` units for the paper ``external_id``.

    At least one of ``investor_id`` and ``wallet`` is set. ``price`` is money of ``currency`` per unit.
    """

    line: int
    external_id: str
    investor_id: str | None
    wallet: str | None
    amount: Units
    price: Decimal | None = None
    currency: str | None = None
    payment_ref: str | None = None
    memo: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money for the paper ``external_id``: positive came in for a subscription, negative went out for a redemption."""

    line: int
    external_id: str
    day: date
    amount: Decimal
    currency: str
    payment_ref: str | None = None


@dataclass(frozen=True, slots=True)
class NavRow:
    """Net asset value per unit, from ``day`` on until the next row of its currency."""

    line: int
    day: date
    nav: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused, and the mend. ``str()`` is the line that people see."""

    line: int
    subject: str
    column: str
    value: str
    says: str

    def __str__(self) -> str:
        cell = f"{self.column} {shown(self.value)}" if self.value else self.column
        return "  ".join(part for part in (f"row {self.line}", self.subject, cell, self.says) if part)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """A file that was read. ``problems`` is empty unless the caller asked to skip invalid rows."""

    rows: Sequence[T]
    warnings: tuple[str, ...]
    path: Path
    problems: tuple[Problem, ...] = ()


class Findings:
    """Collects what is wrong with a file while it is read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.bad: set[int] = set()

    def add(
        self, line: int, subject: str, column: str, value: str, says: str, also: Iterable[int] = ()
    ) -> None:
        """A problem of row ``line``; the rows ``also`` cannot be trusted either."""
        self.problems.append(Problem(line, subject, column, value, says))
        self.bad.add(line)
        self.bad.update(also)

    def sheet(self, path: Path, good: Sequence[T], read: int, skip_invalid: bool) -> Sheet[T]:
        """The sheet of the good rows; an InputError with every problem unless bad rows are to be skipped."""
        problems = tuple(sorted(self.problems, key=lambda p: p.line))
        if problems and not skip_invalid:
            count = f"{read - len(self.bad):,} valid, {counted(len(problems), 'problem')}"
            raise InputError(
                f"{path.name}: {counted(read, 'row')} read, {count}.",
                why="Nothing in a bad row is guessed, and a file is taken whole or not at all.",
                next_step="Mend the rows in the file and run the command again.",
                code="ROWS",
                details=map(str, problems),
            )
        return Sheet(good, tuple(self.warnings), path, problems)


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(lines: Iterable[int]) -> str:
    """``rows 5 and 9``, ``rows 2, 3, 4 and 17 more``."""
    ordered = sorted(lines)
    if len(ordered) == 1:
        return f"row {ordered[0]}"
    if len(ordered) > 8:
        return f"rows {', '.join(map(str, ordered[:6]))} and {len(ordered) - 6:,} more"
    return f"rows {', '.join(map(str, ordered[:-1]))} and {ordered[-1]}"
