"""The checks that can be made of a token that is not ours, by what its standards answer. Floor 3."""

from __future__ import annotations

from hashkit.audit import words
from hashkit.audit.checks.finding import Outcome, amount, exception, irregular, lines, many, not_performed, note, passed
from hashkit.audit.evidence import Evidence, Held, Stranger


def code(it: Stranger) -> Outcome:
    """C08: there is no build to compare with, but whose code it runs and who can change that is told."""
    why = "not a token of hashkit: there is no build to compare"
    if it.proxy is None:
        return not_performed(f"{why}; it runs its own code, so far as the usual proxies show")
    text = f"{it.proxy.kind}: runs the code at {it.proxy.implementation}; it can be changed by {it.proxy.changed_by}"
    return not_performed(f"{why}; it is a proxy", (text,))


def holders(e: Evidence, it: Stranger) -> Outcome:
    """C09, in the token's own words."""
    if not it.may_hold:
        return not_performed("it answers no question about who may hold (ERC-3643, ERC-1404)")
    bad = {who: word for who, word in it.may_hold.items() if word != "verified"}
    found = [f"{who} holds {amount(e, e.register.balances[who])}: {word}" for who, word in sorted(bad.items())]
    text = f"{len(it.may_hold) - len(bad)} of {len(it.may_hold)}, by what the token's contracts answer at the block"
    return exception(text, found) if found else passed(text)


def powers(it: Stranger) -> Outcome:
    """C18: a note, because what each role may do stands in a stranger's code."""
    if not it.held:
        return not_performed("it names no owner, agent or role in a way that a standard knows")
    denied = [held for held in it.held if held.confirmed is False]
    if denied:
        return exception("its contracts say otherwise than their events", [_line(held) for held in denied])
    text = f"{many(len(it.held), 'grant')}; what each may do stands in code that was not looked at"
    return note(text, [_line(held) for held in it.held])


def owners(it: Stranger) -> Outcome:
    """C19."""
    named = [held for held in it.held if held.role in ("owner", "0x" + "00" * 32)]
    if not named:
        return not_performed("it names no owner and no administrator of roles")
    keys = [held for held in named if not held.code]
    if keys:
        return note(f"{len(keys)} of {many(len(named), 'owner and administrator')} are one key", map(_line, named))
    return passed("owned by contracts; who stands behind those was not looked at", map(_line, named))


def stops(e: Evidence, it: Stranger) -> Outcome:
    """C21: an agent's forced transfer cannot be told from a holder's move, hence a note and no exception."""
    if it.paused is None and not it.frozen:
        return not_performed("it has no pause and no freeze that a standard knows")
    state = "paused" if it.paused else "not paused"
    text = f"at the block: {state}; {many(len(it.frozen), 'holder')} frozen as a whole or in part"
    moved = irregular(e, "stop", "freeze")
    if moved:
        more = "moved against a pause or a freeze, as forced transfers of an agent do"
        return note(f"{text}; {many(len(moved), 'time')} units {more}", lines(moved))
    return passed(text)


def _line(held: Held) -> str:
    who = f"a contract of {held.code:,} bytes" if held.code else "a key"
    answer = {True: "confirmed by the contract", False: "the contract denies it", None: "by events alone"}
    return f"{held.account} on the {held.contract}: {words.role(held.role)}; {who}, {answer[held.confirmed]}"
