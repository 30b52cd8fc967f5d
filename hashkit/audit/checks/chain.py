"""Is what was read the chain, whole and final, and is its code ours? C06 to C08. Floor 3."""

from __future__ import annotations

from hashkit.audit import words
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import Outcome, checks, compared, exception, not_performed, note, passed
from hashkit.audit.evidence import Evidence


@checks("C06", "The events are complete")
def population(e: Evidence) -> Outcome:
    """One node's word: a note, never a pass."""
    p, wrong = e.population, e.state.differing("slots") + e.state.differing("rules")
    text = (
        f"{p.logs} events of {len(p.contracts)} contracts in blocks {p.first} to {p.last} without a gap, "
        f"digest {p.digest}; attested by one node alone"
    )
    if wrong:
        return exception(f"{text}; but the contracts say otherwise", compared(wrong))
    if e.register.unknown:
        text += f"; {sum(e.register.unknown.values())} events are of kinds hashkit does not know"
    return note(text)


@checks("C07", "The block is final and pinned by its hash")
def pinned_block(e: Evidence) -> Outcome:
    b, network = e.pin.block, e.network
    text = f"block {b.number}, {b.hash}, {words.time(b.timestamp)}"
    if not e.pin.final:
        return note(f"{text}; not yet {network.finality} on {network.name}: the chain may still replace it")
    if network.finality == "latest":
        return note(f"{text}; {network.name} knows no finality beyond its newest block")
    return passed(f"{text}; {network.finality} by the word of one node")


@checks("C08", "The code on chain is the code of this build of hashkit")
def code_equals_build(e: Evidence) -> Outcome:
    if e.state.why_not:
        return not_performed(e.state.why_not)
    if e.stranger is not None:
        return strangers.code(e.stranger)
    parts = [part for part in e.code if part.same is not None]
    if not parts:
        return not_performed("; ".join(part.text for part in e.code))
    found = tuple(f"{part.role}: {part.text}" for part in e.code)
    wrong = [part.role for part in parts if not part.same]
    if wrong:
        return exception(f"other code: {', '.join(wrong)}", found)
    return passed(f"{len(parts)} parts equal, byte for byte but for immutables", found)
