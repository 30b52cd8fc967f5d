"""The checks: each a small function from evidence to one finding. Floor 3.

::

    finding      what a check comes to, and how one is declared
    supply       do the units add up                              chain        is what was read the chain
    identities   were holders and movers verified investors       rules        were the rules kept
    strangers    what can be said of a token that is not ours
    papers       do acts have papers, and the journal them        powers       who may do what
    ledgers      do chain, files and money agree                  holders      who are the holders

Nothing is green by default: a check that had nothing to look at says "not performed" and why. Ids and titles
are stable and never reused; docs/checks.md has a section for each.
"""

from __future__ import annotations

from hashkit.audit.checks import chain, holders, identities, ledgers, papers, powers, rules, supply
from hashkit.audit.checks.finding import Check, Finding
from hashkit.audit.evidence import Evidence
from hashkit.domain.terms import shown
from hashkit.errors import InputError

__all__ = ["CHECKS", "Check", "Finding", "check", "chosen"]

CHECKS: tuple[Check, ...] = (
    supply.sum_of_balances,
    supply.every_balance,
    supply.minted_and_burnt,
    supply.roll_forward,
    supply.no_negative_balance,
    chain.population,
    chain.pinned_block,
    chain.code_equals_build,
    identities.holders_verified,
    identities.movers_verified,
    rules.limits_held,
    rules.locks_respected,
    papers.acts_have_refs,
    ledgers.issues_told,
    ledgers.redemptions_paid,
    ledgers.priced_at_nav,
    ledgers.no_duplicates,
    powers.powers,
    powers.owner_is_no_single_key,
    powers.hours_kept,
    rules.stops_and_freezes,
    supply.cap_respected,
    holders.concentration,
    holders.dust_and_contracts,
    holders.names_unique,
    papers.journal_whole,
)
"""In the order of their ids."""


def check(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings, in the order of the ids."""
    return tuple(one(evidence) for one in CHECKS)


def chosen(ids: str | None) -> frozenset[str]:
    """The ids in ``C01,C02``; all of them for None. InputError for one that is no check."""
    known = [one.id for one in CHECKS]
    if ids is None:
        return frozenset(known)
    wanted = {word.strip().upper() for word in ids.split(",")}
    strange = sorted(wanted - set(known))
    if strange:
        raise InputError(
            f"There is no check {shown(strange[0])}.", next_step=f"Checks: {known[0]} to {known[-1]}.", code="CHECK"
        )
    return frozenset(wanted)
