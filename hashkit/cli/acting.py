"""How does one act read, once it is done? Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.plan import Plan
    from hashkit.issuer.steps import Outcome


def act(session: Session, plan: Plan[Outcome], *, final: bool = False) -> None:
    """Confirm and send a plan of one act, and say in which block it happened."""
    outcome = session.write(plan, final=final)
    when = f"done in block {outcome.block}" if outcome.sent else "was done before; nothing sent"
    done = f"{plan.title}: {when}."
    lines = [done, *filter(None, [plan.note])] if plan.steps else [plan.note]
    session.show(Answer(outcome.to_dict(), lines, links={"transaction": outcome.link}))
