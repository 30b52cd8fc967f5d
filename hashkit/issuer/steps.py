"""What a plan is made of, and what came of it. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashkit.contracts.call import Call, Deploy, Truth
from hashkit.domain.attempts import Receipt
from hashkit.errors import InputError
from hashkit.store.rows import IssueRow

Action = Call | Deploy
Results = Mapping[str, Receipt]
"""Receipts of the steps before, by step key: a late-bound step reads ``results["contract:Lens:…"].contract``."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold before anything is sent. ``fix`` says what to do when it does not."""

    id: str
    ok: bool
    text: str
    fix: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"id": self.id, "ok": self.ok, "text": self.text, "fix": self.fix}


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction.

    ``key`` says which act this is, for ever: two steps with the same key and target contract are the same
    act, which happens once ("order 0x12…, rows 0 to 200"). A ``repeatable`` step (a transfer, a pause) is
    a new act each time the command runs; only a run that died half-way is gone on with.
    ``action`` may be a function of the earlier receipts; only deploying needs that. ``truths`` are what the
    contracts answer once the act has happened, by whatever hand: when all hold before, nothing is sent, and
    all must hold after.
    """

    key: str
    title: str
    action: Action | Callable[[Results], Action]
    truths: tuple[Truth, ...] = ()
    remembers: Sequence[IssueRow] = ()
    """Rows kept on this machine before the transaction goes out, so that a changed row is refused ever after."""
    repeatable: bool = False
    gas: int | None = None
    """Gas that usually suffices, for a call that the contract takes once and only after that of the step before: such
    steps are sent without waiting for each other, and one whose turn was lost reverts."""

    def build(self, results: Results) -> Action:
        """The action, bound to what the earlier steps brought."""
        return self.action(results) if callable(self.action) else self.action

    def to_dict(self) -> dict[str, Any]:
        """JSON form. A late-bound step shows its title only."""
        found: dict[str, Any] = {"key": self.key, "title": self.title}
        if isinstance(self.action, Call):
            call = self.action
            sent = {"to": call.to, "function": call.function, "data": "0x" + call.data.hex()}
            return {**found, "kind": "call", "contract": call.contract, "valueWei": str(call.value), **sent}
        if isinstance(self.action, Deploy):
            return {**found, "kind": "deploy", "contract": self.action.contract}
        return {**found, "kind": "late"}


def calls_of(steps: Sequence[Step]) -> list[Call]:
    """The calls of steps that are bound. InputError when one creates a contract, or needs one that is created."""
    calls = [step.action for step in steps if isinstance(step.action, Call)]
    if len(calls) < len(steps):
        raise InputError(
            "A plan that creates contracts cannot be done by a Safe.",
            why="A Safe calls contracts; what an account creates lands where that account's own nonce puts it.",
            next_step="Deploy in one go, then hand the powers over: hashkit powers grant.",
            code="PLAN_LATE",
        )
    return calls


@dataclass(frozen=True, slots=True)
class Event:
    """Progress. Kinds: waiting, recovered, step, resumed, signed, sent, unsure, mined, done, skipped, stopped."""

    kind: str
    step: str
    """Title of the step; empty when it concerns none."""
    text: str
    tx_hash: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What came of one step. ``sent`` is False when it was done before this run."""

    key: str
    title: str
    sent: bool
    receipt: Receipt | None
    """None when the contract says that it has happened, but not by a transaction of ours."""
    link: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        receipt = self.receipt.to_dict() if self.receipt else None
        told = {"key": self.key, "title": self.title, "sent": self.sent}
        return {**told, "receipt": receipt, "link": self.link}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a plan. ``batch`` is its id in the journal, None when there was nothing to do."""

    batch: str | None = None
    steps: tuple[StepOutcome, ...] = ()

    @property
    def results(self) -> Results:
        """Receipts by step key."""
        return {step.key: step.receipt for step in self.steps if step.receipt is not None}

    @property
    def sent(self) -> int:
        """How many transactions this run brought into a block."""
        return sum(step.sent for step in self.steps)

    @property
    def last(self) -> Receipt | None:
        """The receipt of the last step that has one."""
        return next((step.receipt for step in reversed(self.steps) if step.receipt is not None), None)

    @property
    def transaction(self) -> str | None:
        """Hash of the last transaction."""
        return self.last.tx_hash if self.last else None

    @property
    def block(self) -> int | None:
        """Block of the last transaction."""
        return self.last.block if self.last else None

    @property
    def link(self) -> str | None:
        """Explorer page of the last transaction."""
        return next((step.link for step in reversed(self.steps) if step.link is not None), None)

    @property
    def gas_used(self) -> int:
        """Gas that this run used."""
        return sum(step.receipt.gas_used for step in self.steps if step.sent and step.receipt)

    @property
    def fee(self) -> int:
        """Wei that this run paid."""
        return sum(step.receipt.fee for step in self.steps if step.sent and step.receipt)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        totals = {"sent": self.sent, "gasUsed": self.gas_used, "feeWei": str(self.fee)}
        return {"batch": self.batch, "steps": [step.to_dict() for step in self.steps], **totals}
