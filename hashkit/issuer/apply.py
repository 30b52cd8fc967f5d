"""Do what a saved plan says: the second pair of eyes. Floor 3.

What is applied is what the calldata says, and that is also what is shown; the words in the file are the
maker's.
"""

from __future__ import annotations

from pathlib import Path

from hashkit.contracts.call import Deploy
from hashkit.issuer.calls import call_lines, tokens_made
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.saved import check_fits, restored
from hashkit.issuer.steps import Action, Outcome
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
    actions = [step.build({}) for step in steps]
    made = tokens_made(actions)
    return Plan(
        context=context,
        title=f"{verb}: {found.title}",
        result=lambda outcome: outcome,
        steps=steps,
        headings=("", "call", "with"),
        lines=tuple(call_lines(context, actions, nonce=found.nonce)),
        totals={"digest": found.digest, "account": found.account},
        fee=quote(context, [(action, _usual(action)) for action in actions]),
        confirm_word=None if context.network.dev else found.digest[2:10],
        note=f"Then write the record, which sends nothing: hashkit deploy {made[0]}" if made else "",
    )


def _usual(action: Action) -> int:
    """Gas of an action that cannot be estimated yet: what a creation stores, or a call."""
    return 60_000 + 220 * len(action.init_code) if isinstance(action, Deploy) else 100_000
