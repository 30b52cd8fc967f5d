"""What was sent, how final is it, and how does a broken batch go on? Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashkit.errors import HashkitError, InputError
from hashkit.issuer.apply import as_plan
from hashkit.issuer.context import Context
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Outcome
from hashkit.rpc.blocks import block
from hashkit.store.batches import BatchRecord, StepLine, read_batches
from hashkit.store.plans import SavedPlan

_FINAL = ("finalized", "safe")
"""Block tags, the strongest first. What lies above both is only mined."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with how final each of its steps is now, by the chain's own tags."""

    record: BatchRecord
    marks: Mapping[str, int]
    """Tag -> the highest block it covers; only the tags that the node knows."""

    def state_of(self, step: StepLine) -> str:
        """``planned``, ``signed``, ``sent``, ``failed``; once it is done ``mined``, ``safe`` or ``finalized``."""
        if step.state not in ("DONE", "MINED"):
            return step.state.lower()
        if step.block is None:
            return "done by others"
        return next((tag for tag in _FINAL if step.block <= self.marks.get(tag, -1)), "mined")

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        steps = [
            {"title": s.title, "state": self.state_of(s), "why": s.why, "transaction": s.tx_hash, "block": s.block}
            for s in self.record.begun
        ]
        told = {"batch": self.record.id, "title": self.record.title, "plan": self.record.plan or None}
        return {**told, "steps": self.record.steps, "done": self.record.done, "begun": steps}


def batches(context: Context) -> tuple[Batch, ...]:
    """Every batch of the acting account on this chain, oldest first."""
    marks = _marks(context)
    return tuple(Batch(record, marks) for record in _records(context))


def batch(context: Context, batch_id: str) -> Batch:
    """One batch by its id. InputError when there is none."""
    return Batch(_found(context, batch_id), _marks(context))


def resume(context: Context, batch_id: str) -> Plan[Outcome]:
    """The rest of a batch, by the plan that was kept when it began.

    StalePlan when chain or contracts have changed since; InputError when the plan is lost.
    """
    record = _found(context, batch_id)
    if record.done == record.steps:
        return Plan(context, f"Resume {batch_id}", lambda outcome: outcome, note="Everything in it is done.")
    path = context.project.plan_file(record.plan)
    if not record.plan or not path.exists():
        raise InputError(
            f"The plan of {batch_id} is not on this machine.",
            why="It lay under .hashkit/plans, and is gone; or the batch was found on the chain.",
            next_step="Run the command itself again: it goes on where it stopped.",
            code="PLAN_GONE",
        )
    return as_plan(context, SavedPlan.read(path), f"Resume {batch_id}", batch_id)


def _records(context: Context) -> tuple[BatchRecord, ...]:
    return read_batches(context.project.journal, context.network.chain_id, context.sender)


def _found(context: Context, batch_id: str) -> BatchRecord:
    for record in _records(context):
        if record.id == batch_id:
            return record
    raise InputError(
        f"{context.sender} has no batch {batch_id[:40]!r} on {context.network.name}.",
        next_step="See them: hashkit batch list.",
        code="NO_BATCH",
    )


def _marks(context: Context) -> dict[str, int]:
    """The blocks that the chain calls safe and finalized. A node that knows neither says so by an error."""
    found = {}
    for tag in _FINAL:
        try:
            found[tag] = block(context.endpoint, tag).number
        except HashkitError:
            continue
    return found
