"""Were those who hold and move verified investors? C09 and C10. Floor 3."""

from __future__ import annotations

from hashkit.audit import words
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import (
    Outcome,
    amount,
    broken,
    checks,
    compared,
    doubt_line,
    exception,
    many,
    not_performed,
    passed,
    right_if,
)
from hashkit.audit.evidence import Evidence
from hashkit.domain.facts import ZERO
from hashkit.domain.register import REGISTRY_SLOT

_STRANGER = "validity is unknown: the registry is a stranger's, it answers only now"


@checks("C09", "Every holder is verified at the cut-off")
def holders_verified(e: Evidence) -> Outcome:
    r, at = e.register, e.pin.block.timestamp
    holders = sorted(a for a, raw in r.balances.items() if raw > 0)
    if not holders:
        return not_performed("there are no holders")
    if e.stranger is not None:
        return strangers.holders(e, e.stranger)
    if (why := no_registry(e)) is not None:
        return not_performed(why)
    lies = e.state.differing("standing")
    bad = [a for a in holders if not r.standing(a).verified(at)]
    found = tuple(_standing_line(e, account) for account in bad) + compared(lies)
    text = f"{len(holders) - len(bad)} of {len(holders)}"
    if lies:
        text += f"; of {len(lies)} the registry says otherwise than its events"
    return right_if(not found, text, found)


_UNVERIFIED = ("not-registered", "denied", "revoked", "expired")


@checks("C10", "Every transfer was between identities verified at its block")
def movers_verified(e: Evidence) -> Outcome:
    """From the registry's own events, so no archive node is needed."""
    seen = e.register.watched
    if not e.subject.ours:
        return not_performed("the events of a stranger's registry do not tell who was verified when")
    if (why := no_registry(e)) is not None:
        return not_performed(why)
    if not seen.moves + seen.issues:
        return not_performed("no units moved")
    bad = broken(e, *_UNVERIFIED)
    text = f"{many(seen.moves, 'transfer')} and {many(seen.issues, 'issue')} held against the registry's events"
    if not bad:
        return passed(text)
    wrong = many(sum(d.movements for d in bad if d.rule != "expired"), "party") + " not verified"
    late = [d for d in bad if d.rule == "expired"]
    text += f"; {wrong}" + (f"; {many(len(late), 'validity')} overrun" if late else "")
    return exception(text, (doubt_line(e, d) for d in bad))


def no_registry(e: Evidence) -> str | None:
    """Why nobody's standing is known, if so."""
    slots = e.register.slots
    if slots.get(REGISTRY_SLOT, ZERO) in e.register.registries:
        return None
    return _STRANGER if REGISTRY_SLOT in slots else "no identity registry of hashkit stands behind this token"


def _standing_line(e: Evidence, account: str) -> str:
    known, at = e.register.standing(account), e.pin.block.timestamp
    word = words.standing(known, at)
    since = f" since {words.time(known.valid_until)}" if word == "expired" else ""
    return f"{account} holds {amount(e, e.register.balances[account])}: {word}{since}"
