"""Do what a saved plan says: the second pair of eyes. Floor 3.

What is applied is what the calldata says, and that is also what is shown; the words in the file are the
maker's.
"""

from __future__ import annotations

from pathlib import Path

from hashkit.issuer.calls import call_lines
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.saved import check_fits, restored
from hashkit.issuer.steps import Outcome, calls_of
from hashkit.store.plans import SavedPlan


def apply(context: Context, path: Path) -> Plan[Outcome]:
    """The plan in a file, ready to be sent by ``context``'s account.

    InputError when the file was changed, AccountError when it is another account's, StalePlan when it no
    longer fits the chain. Sent or half sent before, it goes on where it stopped.
    """
    found = SavedPlan.read(path)
    check_fits(context, found)
    return as_plan(context, found, f"Apply {path.name}")


def as_plan(context: Context, found: SavedPlan, verb: str, batch: str | None = None) -> Plan[Outcome]:
    """A saved plan to be sent; with ``batch`` as the rest of what was begun under that id."""
    if batch:
        check_fits(context, found, begun=True)
    steps = restored(found, batch)
    calls = calls_of(steps)
    return Plan(
        context=context,
        title=f"{verb}: {found.title}",
        result=lambda outcome: outcome,
        steps=steps,
        headings=("", "call", "with"),
        lines=tuple(call_lines(context, calls)),
        totals={"digest": found.digest, "account": found.account},
        fee=quote(context, [(call, 100_000) for call in calls]),
        confirm_word=None if context.network.dev else found.digest[2:10],
    )
