"""What would happen? A plan is looked at, printed or saved; only ``send`` does it. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from hashkit.chain.fees import Fee
from hashkit.domain.units import Units
from hashkit.domain.verdict import Verdict
from hashkit.errors import Refused, TransferRefused
from hashkit.issuer.context import Context
from hashkit.issuer.safe import safe_batch
from hashkit.issuer.saved import saved
from hashkit.issuer.second_look import repeated
from hashkit.issuer.steps import Check, Event, Outcome, Step
from hashkit.issuer.write import carry_out
from hashkit.store.plans import SavedPlan

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Plan(Generic[R]):
    """Steps with what they are for, what they cost and what speaks against them.

    ``result`` turns the outcome into what ``send`` returns. No steps means that there is nothing to do;
    ``note`` says why. ``lines`` is the table for people, ``headings`` its first row.
    """

    context: Context
    title: str
    result: Callable[[Outcome], R]
    steps: Sequence[Step] = ()
    checks: tuple[Check, ...] = ()
    headings: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    fee: Fee | None = None
    confirm_word: str | None = None
    """What the user types to confirm an act that cannot be undone, or one on a main network."""
    repeat: Units | None = None
    """The total of an order that holds something unusually large. ``send`` and ``save`` want it repeated before."""
    note: str = ""
    verdict: Verdict | None = None
    """The token's own answer, where the plan is about a movement."""

    @property
    def refused(self) -> Refused | None:
        """The error that ``send`` raises before anything leaves the machine; None when all checks hold."""
        failed = [check for check in self.checks if not check.ok]
        if self.verdict is not None and not self.verdict.allowed:
            reasons = self.verdict.failed
            return TransferRefused(
                f"{self.title}: the token refuses this.",
                verdict=self.verdict,
                why="; ".join(f"{reason.rule}: {reason.text}" for reason in reasons),
                next_step=reasons[0].fix if reasons else "",
                details=[f"{reason.rule}: {reason.text} {reason.fix}" for reason in reasons],
            )
        if failed:
            return Refused(
                f"{self.title}: {_count(len(failed), 'check')} failed. Nothing was sent.",
                why="; ".join(check.text for check in failed[:3]),
                next_step=failed[0].fix,
                details=[f"{check.id}: {check.text} {check.fix}".strip() for check in failed],
            )
        return None

    def send(self, on_event: Callable[[Event], None] | None = None) -> R:
        """Do it: journalled, each step exactly once, each verified against the contract.

        Raises what ``refused`` holds, before anything is sent; see ``carry_out`` for the rest. Running the
        same plan again goes on where an earlier run stopped.
        """
        if not self.ready and not self.context.may_have_sent:
            return self.result(Outcome())
        return self.result(carry_out(self.context, self.title, self.steps, on_event))

    def save(self, path: str | Path) -> SavedPlan:
        """Write the plan to a file, to be applied later or by another hand; see ``Hashkit.apply``.

        Raises what ``refused`` holds; InputError when there is nothing to do.
        """
        found = saved(self.context, self.title, self.ready)
        found.write(Path(path))
        return found

    def to_safe(self) -> dict[str, Any]:
        """The plan for Safe's Transaction Builder, for the Safe that ``context`` plans for. Raises as ``save``."""
        return safe_batch(self.context, self.title, self.ready)

    @property
    def ready(self) -> Sequence[Step]:
        """The steps, when nothing speaks against them; else what ``refused`` holds is raised."""
        if self.refused is not None:
            raise self.refused
        if self.repeat is not None:
            repeated(self.repeat, None)
        return self.steps

    def table(self) -> str:
        """The plan as plain text."""
        parts = [self.title]
        parts += _aligned(([self.headings] if self.headings else []) + list(self.lines))
        parts += [f"  {check.id}: {check.text} {check.fix}".rstrip() for check in self.checks if not check.ok]
        parts += [f"  {name}: {value}" for name, value in self.totals.items()]
        parts += [f"  warning: {warning}" for warning in self.warnings]
        if self.steps:
            cost = f", {self.fee}" if self.fee else ""
            parts.append(f"  {_count(len(self.steps), 'transaction')}{cost}")
        parts += [f"  {self.note}"] if self.note else []
        return "\n".join(map(_printable, parts))

    def to_dict(self) -> dict[str, Any]:
        """Schema ``hashkit.plan/1``: stable, the same plan gives the same document."""
        return {
            "schema": "hashkit.plan/1",
            "title": self.title,
            "network": {"name": self.context.network.name, "chainId": self.context.network.chain_id},
            "steps": [step.to_dict() for step in self.steps],
            "checks": [check.to_dict() for check in self.checks],
            "headings": list(self.headings),
            "lines": [list(line) for line in self.lines],
            "totals": dict(self.totals),
            "warnings": list(self.warnings),
            "fee": self.fee.to_dict() if self.fee else None,
            "confirm": self.confirm_word,
            "repeat": self.repeat.to_dict() if self.repeat else None,
            "note": self.note,
            "verdict": self.verdict.to_dict() if self.verdict else None,
        }


def _count(many: int, what: str) -> str:
    return f"{many} {what}" + ("" if many == 1 else "s")


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns under each other, two spaces apart; those that hold figures to the right."""
    if not rows:
        return []
    columns = max(map(len, rows))
    padded = [row + ("",) * (columns - len(row)) for row in rows]
    widths = [max(len(row[i]) for row in padded) for i in range(columns)]
    right = [all(_is_figure(row[i]) for row in padded[1:]) and len(padded) > 1 for i in range(columns)]
    return [f"  {'  '.join(map(_fitted, row, widths, right))}".rstrip() for row in padded]


def _fitted(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)


def _printable(text: str) -> str:
    """A token may call itself anything, even an escape sequence that rewrites the screen."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _is_figure(text: str) -> bool:
    return text[:1].isdigit() and text.replace(",", "").replace(".", "").rstrip(" %").isdigit()
