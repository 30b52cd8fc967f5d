"""Demands with their figures, and tables of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """One demand. ``at_most`` tells whether the figure may not be above or not be below ``limit``."""

    name: str
    figure: float
    unit: str
    limit: float
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether it is kept."""
        return self.figure <= self.limit if self.at_most else self.figure >= self.limit

    def row(self) -> list[str]:
        """Its line in the table."""
        limit = f"{'≤' if self.at_most else '≥'} {self.limit:g}{self.unit}"
        return [self.name, f"{self.figure:,.2f}{self.unit}", limit, "met" if self.met else "**missed**"]


def told(bounds: Sequence[Bound]) -> str:
    """All in one line."""
    return "; ".join(f"{b.name} {b.row()[1]} ({b.row()[2]}{'' if b.met else ', MISSED'})" for b in bounds)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown, figures to the right."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "--:|" * (len(head) - 1), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"
