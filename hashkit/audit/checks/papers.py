"""Does every act of authority name its paper? C13. Floor 3."""

from __future__ import annotations

from hashkit.audit.acts import acts
from hashkit.audit.checks.finding import Outcome, checks, exception, not_performed, note, passed
from hashkit.audit.evidence import Evidence


@checks("C13", "Every act of authority names its paper")
def acts_have_refs(e: Evidence) -> Outcome:
    if not e.subject.ours:
        return not_performed("acts are logged only by tokens of hashkit")
    with_door = [row for row in acts(e) if row.ref]
    if not with_door:
        return not_performed("there were no such acts")
    without = [row for row in with_door if row.unreferenced]
    found = tuple(f"block {row.block}: {row.agent} {row.text}; transaction {row.transaction}" for row in without)
    text = f"{len(with_door) - len(without)} of {len(with_door)} acts carry a ref"
    if any(row.kind in ("forced", "recovery", "court burn") for row in without):
        return exception(f"{text}; units were moved by force without one", found)
    if without:
        return note(f"{text}; the doors of the standards carry none", found)
    return passed(text)
