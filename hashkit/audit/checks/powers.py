"""Who may do what, and is it one key? C18 and C19. Floor 3."""

from __future__ import annotations

from hashkit.audit import words
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import Outcome, checks, compared, exception, many, not_performed, note, passed
from hashkit.audit.evidence import Evidence
from hashkit.domain.parties import Power


@checks("C18", "Who holds which power")
def powers(e: Evidence) -> Outcome:
    if e.stranger is not None:
        return strangers.powers(e.stranger)
    if not e.subject.ours:
        return not_performed("the powers of a stranger's token cannot be read")
    wrong = e.state.differing("powers")
    if wrong:
        return exception("the contracts say otherwise than their events", compared(wrong))
    held = [
        (e.population.contracts.get(contract, contract), agent, bits)
        for contract, agents in e.register.powers.items()
        for agent, bits in sorted(agents.items())
    ]
    found = tuple(f"{agent} on the {role}: {words.powers(bits)}" for role, agent, bits in held)
    both = Power.APPROVE | Power.ISSUE
    alone = sum(1 for _, _, bits in held if bits & both == both)
    raw = sum(1 for _, _, bits in held if bits & Power.RAW_SUPPLY)
    text = f"{len(held)} grants"
    if alone:
        text += f"; {many(alone, 'agent')} can both approve and execute an order: one key issues alone"
    if raw:
        text += f"; {many(raw, 'agent')} can mint and burn without an order"
    return note(text, found) if alone or raw else passed(text, found)


@checks("C19", "The owner is not a single key")
def owner_is_no_single_key(e: Evidence) -> Outcome:
    if e.stranger is not None:
        return strangers.owners(e.stranger)
    if e.state.why_not or not e.subject.ours:
        return not_performed(e.state.why_not or "the owner of a stranger's token cannot be read")
    roles = e.population.contracts
    owners = sorted((roles[c], o) for c, o in e.register.owners.items() if roles.get(c, "compliance") != "compliance")
    keys = [(role, owner) for role, owner in owners if not e.state.owner_codes.get(owner)]
    found = tuple(f"{role}: {owner} is {_code_words(e.state.owner_codes.get(owner))}" for role, owner in owners)
    if keys:
        return note(f"{len(keys)} of {len(owners)} contracts belong to one key", found)
    return passed("owned by contracts; who stands behind those was not looked at", found)


def _code_words(size: int | None) -> str:
    return f"a contract of {size:,} bytes" if size else "a key"
