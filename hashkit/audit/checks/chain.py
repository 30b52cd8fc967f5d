"""Is what was read the chain, whole and final, and is its code ours? C06 to C08. Floor 3."""

from __future__ import annotations

from hashkit.audit import words
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import Outcome, checks, compared, exception, not_performed, note, passed, unproved
from hashkit.audit.evidence import Evidence


@checks("C06", "The events are complete")
def population(e: Evidence) -> Outcome:
    """One node's word is a note. A second one's and proved balances together make a pass."""
    p, wrong = e.population, e.state.differing("slots") + e.state.differing("rules")
    text = (
        f"{p.logs} events of {len(p.contracts)} contracts in blocks {p.first} to {p.last} without a gap, "
        f"digest {p.digest}; {_attested(e)}"
    )
    if lies := e.said("events", agrees=False):
        return exception(f"{text}; but another node has other events", (f"{w.who}: {w.text}" for w in lies))
    if wrong:
        return exception(f"{text}; but the contracts say otherwise", compared(wrong))
    if e.proof.proved:
        text += "; proved balances add up to the proved supply, so no movement is missing that left a balance wrong"
    if e.register.unknown:
        text += f"; {sum(e.register.unknown.values())} events are of kinds hashkit does not know"
    return passed(text) if e.proof.proved and e.said("events") and not e.register.unknown else note(text)


@checks("C07", "The block is final and pinned by its hash")
def pinned_block(e: Evidence) -> Outcome:
    b, network = e.pin.block, e.network
    text = f"block {b.number}, {b.hash}, {words.time(b.timestamp)}, attested by {_by(e)}"
    if e.pin.header is None:
        text += f"; its hash could not be made again from its header ({e.pin.no_header})"
    else:
        text += "; its header hashes to it"
    if lies := e.said("block", agrees=False):
        return exception(f"{text}; but others name another block", (f"{w.who}: {w.text}" for w in lies))
    if not e.pin.final:
        return note(f"{text}; not yet {network.finality} on {network.name}: the chain may still replace it")
    if network.finality == "latest":
        return note(f"{text}; {network.name} knows no finality beyond its newest block")
    if e.pin.header is None:
        return note(f"{text}; {network.finality}")
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
    if lies := e.proof.differing("code"):
        return exception("the node gave other code than the state root says", unproved(lies))
    text = f"{len(parts)} parts equal, byte for byte but for immutables"
    return passed(f"{text}; code hashes {e.proof.told}", found)


def _attested(e: Evidence) -> str:
    said = [f"{w.who} ({w.text})" for w in e.said("events")]
    return f"attested by one node and {' and '.join(said)}" if said else "attested by one node alone"


def _by(e: Evidence) -> str:
    unheard = [f"{w.who}: {w.text}" for w in e.said("unheard", agrees=False)]
    by = e.attested_by if e.said("block") else "one node alone"
    return f"{by} (not heard: {'; '.join(unheard)})" if unheard else by
