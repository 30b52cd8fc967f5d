"""Were the rules kept at every movement? C21. Floor 3."""

from __future__ import annotations

from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import Outcome, checks, compared, exception, irregular, lines, not_performed, passed
from hashkit.audit.evidence import Evidence


@checks("C21", "Nothing moved against a pause, a halt or a freeze")
def stops_and_freezes(e: Evidence) -> Outcome:
    if e.stranger is not None:
        return strangers.stops(e, e.stranger)
    if not e.subject.ours:
        return not_performed("a stranger's token has other stops, or none")
    wrong, lies = irregular(e, "stop", "freeze"), e.state.differing("stops")
    if wrong or lies:
        return exception(f"{len(wrong)} movements, {len(lies)} answers of the contract", lines(wrong) + compared(lies))
    r = e.register
    now = ", ".join(sorted(r.stops)) or "nothing stopped"
    held = f"{len(r.frozen)} accounts and amounts of {len(r.frozen_amounts)} more are frozen"
    return passed(f"at the block: {now}; {held}")
