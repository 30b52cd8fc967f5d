"""Were the rules kept at every movement? C11, C12 and C21. Floor 3."""

from __future__ import annotations

from hashkit.audit.acts import rule_name
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import (
    Outcome,
    broken,
    checks,
    compared,
    doubt_line,
    exception,
    irregular,
    lines,
    many,
    not_performed,
    passed,
)
from hashkit.audit.checks.identities import no_registry
from hashkit.audit.evidence import Evidence
from hashkit.domain.books import Act
from hashkit.domain.facts import RuleSet

_LIMITS = (
    "country", "class", "max-units-per-investor", "minimum-holding", "denomination", "max-holders",
)  # fmt: skip
_LIMIT_RULES = ("country-list", "classes", *_LIMITS[2:])
_LOCKS = ("lock-up", "holding-period", "mode")


@checks("C11", "Limits on countries, classes, holders and balances held at every change")
def limits_held(e: Evidence) -> Outcome:
    return _held(e, _LIMITS, _LIMIT_RULES, "limits on countries, classes, holders and balances")


@checks("C12", "Lock-ups, holding periods and the transfer mode were respected")
def locks_respected(e: Evidence) -> Outcome:
    return _held(e, _LOCKS, _LOCKS, "lock-up, holding period and mode")


def _held(e: Evidence, rules: tuple[str, ...], named: tuple[str, ...], what: str) -> Outcome:
    if not e.subject.ours:
        return not_performed(f"a stranger's token tells no {what}")
    if (why := no_registry(e)) is not None:
        return not_performed(why)
    seen = e.register.watched
    ever = sorted({rule_name(rule) for act in e.register.acts if (rule := _rule(act)).split(":")[0] in named})
    if not ever:
        return not_performed(f"no {what} was ever set")
    if not seen.moves + seen.issues:
        return not_performed("no units moved")
    bad = broken(e, *rules)
    text = f"{', '.join(ever)} held against {many(seen.moves, 'transfer')} and {many(seen.issues, 'issue')}"
    if bad:
        times = many(sum(d.movements for d in bad), "movement")
        return exception(f"{text}: {times} against them", (doubt_line(e, d) for d in bad))
    return passed(text)


def _rule(act: Act) -> str:
    return act.fact.rule if isinstance(act.fact, RuleSet) and act.fact.value else ""


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
    if not r.accounts:
        return not_performed("no units moved")
    now = ", ".join(sorted(r.stops)) or "nothing stopped"
    held = f"{len(r.frozen)} accounts and amounts of {len(r.frozen_amounts)} more are frozen"
    return passed(f"at the block: {now}; {held}")
