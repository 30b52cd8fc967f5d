"""What a check comes to, and how one is declared. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, localcontext
from typing import Any, Literal

from hashkit.audit import words
from hashkit.audit.acts import rule_name, rule_value
from hashkit.audit.evidence import Compared, Evidence
from hashkit.domain.books import Irregularity
from hashkit.domain.watch import Doubt

Result = Literal["pass", "exception", "note", "not performed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to. ``evidence`` are lines that a person can follow up."""

    id: str
    result: Result
    title: str
    text: str
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "id": self.id,
            "result": self.result,
            "title": self.title,
            "text": self.text,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finding without its name."""

    result: Result
    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a stable id, its title, and the function that judges."""

    id: str
    title: str
    judge: Callable[[Evidence], Outcome]

    def __call__(self, evidence: Evidence) -> Finding:
        """The finding of this check. Money and units are computed exactly, at any size."""
        with localcontext(Context(prec=200)):
            found = self.judge(evidence)
        return Finding(self.id, found.result, self.title, found.text, found.evidence)


def checks(id: str, title: str) -> Callable[[Callable[[Evidence], Outcome]], Check]:
    """Declares a function as the check ``id``. Ids and titles are what docs/checks.md and users go by."""

    def declared(judge: Callable[[Evidence], Outcome]) -> Check:
        return Check(id, title, judge)

    return declared


def passed(text: str, evidence: Iterable[str] = ()) -> Outcome:
    """Looked at, and right."""
    return Outcome("pass", text, tuple(evidence))


def exception(text: str, evidence: Iterable[str] = ()) -> Outcome:
    """Looked at, and wrong."""
    return Outcome("exception", text, tuple(evidence))


def note(text: str, evidence: Iterable[str] = ()) -> Outcome:
    """Not wrong, but a person should know."""
    return Outcome("note", text, tuple(evidence))


def not_performed(why: str, evidence: Iterable[str] = ()) -> Outcome:
    """There was nothing to look at, or no means to look."""
    return Outcome("not performed", why, tuple(evidence))


def right_if(good: bool, text: str, evidence: Iterable[str] = ()) -> Outcome:
    """Pass or exception."""
    return Outcome("pass" if good else "exception", text, tuple(evidence))


def amount(e: Evidence, raw: int) -> str:
    """Smallest units for people, in the token's decimals."""
    return words.grouped(raw, e.subject.decimals)


def many(number: int, noun: str) -> str:
    """``1 agent``, ``2 agents``."""
    plural = noun[:-1] + "ies" if noun.endswith(("ty",)) else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def irregular(e: Evidence, *kinds: str) -> list[Irregularity]:
    """What the fold found of these kinds."""
    return [i for i in e.register.irregularities if i.kind in kinds]


def lines(found: Iterable[Irregularity]) -> tuple[str, ...]:
    """One line an irregularity."""
    return tuple(f"block {i.where.block}: {i.text}; transaction {i.where.tx_hash}" for i in found)


def unproved(found: Sequence[Compared]) -> tuple[str, ...]:
    """One line a value that the state root gives otherwise."""
    return tuple(f"{c.what}: {c.replayed}, proved {c.answer}" for c in found)


def compared(found: Sequence[Compared]) -> tuple[str, ...]:
    """One line an answer that differs."""
    return tuple(f"{c.what}: events say {c.replayed}, contract says {c.answer or 'nothing'}" for c in found)


def broken(e: Evidence, *rules: str) -> list[Doubt]:
    """The rules of these names that stood against a movement, by the times of the blocks."""
    wanted = (d for d in e.register.watched.doubts if d.rule.split(":")[0] in rules)
    return [d for d in wanted if d.broken(e.times.get)]


def doubt_line(e: Evidence, d: Doubt) -> str:
    """One line for a movement that a rule stood against."""
    at = words.time(e.times.get(d.where.block))
    more = f"; the decisive one of {d.movements} movements" if d.movements > 1 else ""
    return f"block {d.where.block}, {at}: {d.account} {_broke(e, d)}{more}; transaction {d.where.tx_hash}"


def _broke(e: Evidence, d: Doubt) -> str:
    match d.rule:
        case "not-registered":
            return "was not registered"
        case "denied" | "revoked":
            return f"was {d.rule}"
        case "expired":
            return f"had expired at {words.time(d.need)}"
        case "country":
            return f"was of a country that is not allowed: {words.country(d.have) or 'not stated'}"
        case "class":
            return f"was of a class that is not allowed: {words.investor_class(d.have) or 'not stated'}"
        case "mode":
            return f"moved against the mode {rule_value('mode', d.have, 0)}"
        case "lock-up":
            return f"moved during the lock-up until {words.time(d.need)}"
        case "holding-period":
            return f"moved within the holding period of {d.need} seconds that began in block {d.have}"
    if d.rule.startswith("max-holders"):
        country = f" in {words.country(int(d.rule[12:]))}" if ":" in d.rule else ""
        return f"became holder {d.have}{country}; the limit is {d.need}"
    have, need = amount(e, d.have), amount(e, d.need)
    return f"had {have}; {rule_name(d.rule)} is {need}"
