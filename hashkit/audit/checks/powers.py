"""Who may do what, when did they act, and is it one key? C18 to C20. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator

from hashkit.audit import words
from hashkit.audit.acts import ActRow, acts
from hashkit.audit.checks import strangers
from hashkit.audit.checks.finding import Outcome, checks, compared, exception, many, not_performed, note, passed
from hashkit.audit.evidence import Evidence
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.register import REGISTRY_SLOT


@checks("C18", "Who holds which power")
def powers(e: Evidence) -> Outcome:
    if e.stranger is not None:
        return strangers.powers(e.stranger)
    if not e.subject.ours:
        return not_performed("the powers of a stranger's token cannot be read")
    lies, unexpected = e.state.differing("powers"), _unexpected(e)
    if lies:
        return exception("the contracts say otherwise than their events", compared(lies))
    if unexpected:
        return exception(f"{many(len(unexpected), 'difference')} from what was expected", unexpected)
    held = [
        (e.population.contracts.get(contract, contract), agent, bits)
        for contract, agents in e.register.powers.items()
        for agent, bits in sorted(agents.items())
    ]
    found = tuple(f"{agent} on the {role}: {words.powers(bits)}" for role, agent, bits in held)
    both = Power.APPROVE | Power.ISSUE
    alone = sum(1 for _, _, bits in held if bits & both == both)
    raw = sum(1 for _, _, bits in held if bits & Power.RAW_SUPPLY)
    text = many(len(held), "grant") + (", as expected" if e.inputs.expected and e.inputs.expected.powers else "")
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
    alone = [owner for _, owner in owners if owner != ZERO and e.state.owners[owner].alone]
    told = ("nobody's: it was given up" if owner == ZERO else e.state.owners[owner].told for _, owner in owners)
    found = tuple(f"{role}: {owner} is {what}" for (role, owner), what in zip(owners, told, strict=True))
    if alone:
        return note(f"{len(alone)} of {len(owners)} contracts belong to one key", found)
    return passed("no contract belongs to one key, as far as was looked; the evidence names each owner", found)


@checks("C20", "Agents acted in working hours, and no new ones turned up")
def hours_kept(e: Evidence) -> Outcome:
    told = [row for row in acts(e) if row.block in e.times]
    hours = e.inputs.expected.hours if e.inputs.expected is not None else None
    if hours is None and e.opening is None:
        return not_performed("no working hours (--expected, table [hours]) and no period (--from) were given")
    if not told:
        return not_performed("there were no acts of authority")
    new = list(_first_seen(e, told))
    late = [row for row in told if hours is not None and not hours.inside(e.times[row.block])]
    outside = f"{len(late)} outside working hours" if hours is not None else "no working hours were given"
    text = f"{many(len(told), 'act')}, {outside}"
    if new:
        text += f"; {many(len(new), 'agent')} first acted in this period"
    if late:
        found = [f"block {row.block}, {row.time}: {row.agent or row.contract} {row.text}" for row in late]
        return exception(text, [*found, *new])
    return note(text, new) if new else passed(text)


def _first_seen(e: Evidence, told: list[ActRow]) -> Iterator[str]:
    """Agents whose first act lies in the period."""
    if e.opening is None:
        return
    seen: set[str] = set()
    for row in told:
        if row.agent and row.agent not in seen and row.block > e.opening.block.number:
            yield f"{row.agent} first acted in block {row.block}, {row.time}: {row.text}"
        seen.add(row.agent)


def _unexpected(e: Evidence) -> list[str]:
    """What differs from the owners and agents that the auditor expects."""
    expected = e.inputs.expected.powers if e.inputs.expected is not None else {}
    found = []
    for role, wanted in expected.items():
        address = e.subject.token if role == "token" else e.register.slots.get(REGISTRY_SLOT, ZERO)
        owner, agents = e.register.owners.get(address, ZERO), e.register.powers.get(address, {})
        if wanted.owner not in (None, owner):
            found.append(f"owner of the {role}: expected {wanted.owner}, is {owner}")
        for agent in sorted({*wanted.agents, *agents}):
            should, has = int(wanted.agents.get(agent, 0)), agents.get(agent, 0)
            if should != has:
                found.append(f"{agent} on the {role}: expected {words.powers(should)}, has {words.powers(has)}")
    return found
