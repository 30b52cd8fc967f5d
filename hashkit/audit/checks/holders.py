"""Who are the holders, and who stands behind them? C23 to C25. Floor 3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from hashkit.audit.checks.finding import (
    Outcome,
    amount,
    checks,
    exception,
    many,
    not_performed,
    note,
    passed,
    right_if,
)
from hashkit.audit.checks.identities import no_registry
from hashkit.audit.evidence import Evidence
from hashkit.audit.investors import InvestorHolding, holdings
from hashkit.audit.ties import units
from hashkit.domain.parties import InvestorClass
from hashkit.store.sheets import InvestorRow


@checks("C23", "No holder, and no five, hold more than they should")
def concentration(e: Evidence) -> Outcome:
    held = holdings(e)
    if not held or e.register.supply <= 0:
        return not_performed("there are no holders")
    largest, five = _percent(e, held[:1]), _percent(e, held[:5])
    text = f"the largest holds {largest} %, the five largest {five} %"
    expected = e.inputs.expected
    if expected is None or (expected.largest_holder is None and expected.top_five is None):
        return not_performed(f"no thresholds were given (--expected, table [limits]); {text}")
    wrong = []
    if expected.largest_holder is not None and largest > expected.largest_holder:
        wrong.append(f"{_who(held[0])} holds {largest} %; the threshold is {expected.largest_holder} %")
    if expected.top_five is not None and five > expected.top_five:
        wrong.append(f"{', '.join(map(_who, held[:5]))} hold {five} %; the threshold is {expected.top_five} %")
    return right_if(not wrong, text, wrong)


def _percent(e: Evidence, held: tuple[InvestorHolding, ...]) -> Decimal:
    return (Decimal(sum(one.raw for one in held)) * 100 / e.register.supply).quantize(Decimal("0.0001"))


def _who(one: InvestorHolding) -> str:
    return one.investor or one.wallets[0]


@checks("C24", "No dust, and no contract that nobody answers for, holds units")
def dust_and_contracts(e: Evidence) -> Outcome:
    if e.state.why_not:
        return not_performed(e.state.why_not)
    held = holdings(e)
    if not held:
        return not_performed("there are no holders")
    venues = {a for a in e.state.holder_codes if e.register.standing(a).investor_class == InvestorClass.VENUE}
    contracts = [
        f"{holder} holds {amount(e, e.register.balances[holder])} and is a contract of {size:,} bytes; who stands "
        "behind it was not looked at"
        for holder, size in sorted(e.state.holder_codes.items())
        if holder not in venues
    ]
    least = _dust(e)
    small = [f"{_who(one)} holds {amount(e, one.raw)}" for one in held if least and units(e, one.raw) < least]
    text = f"{many(len(e.state.holder_codes), 'contract')} among the holders, {many(len(venues), 'venue')} of them"
    text += f"; {many(len(small), 'holder')} below {least}" if least else "; no size was given below which it is dust"
    return note(text, [*contracts, *small]) if contracts or small else passed(text)


def _dust(e: Evidence) -> Decimal:
    """Units: what the auditor says, else the rule book's minimum."""
    said = e.inputs.expected.dust if e.inputs.expected is not None else None
    return said if said is not None else units(e, e.register.rules.get("minimum-holding", 0))


@checks("C25", "The register file names every holder, each person once")
def names_unique(e: Evidence) -> Outcome:
    rows = e.inputs.register
    if rows is None:
        return not_performed("no register file was given")
    if (why := no_registry(e)) is not None:
        return not_performed(why)
    wrong = [*_unnamed(e, rows), *_apart(e, rows), *_same_person(rows)]
    several = [f"{one.investor}: {', '.join(one.wallets)}" for one in holdings(e) if len(one.wallets) > 1]
    text = f"{many(len({row.investor_id for row in rows}), 'investor')} with {many(len(rows), 'wallet')} in the file"
    text += f"; {many(len(several), 'holder')} with several wallets"
    if wrong:
        return exception(f"{text}; {many(len(wrong), 'difference')}", wrong)
    return passed(text, several)


def _unnamed(e: Evidence, rows: Sequence[InvestorRow]) -> Iterator[str]:
    named = {row.wallet for row in rows}
    for wallet, raw in sorted(e.register.balances.items()):
        if raw > 0 and wallet not in named:
            yield f"{wallet} holds {amount(e, raw)} and stands in no row"


def _apart(e: Evidence, rows: Sequence[InvestorRow]) -> Iterator[str]:
    """One investor of the file is one identity on chain, and the reverse."""
    on_chain: dict[str, set[str]] = defaultdict(set)
    in_file: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if (identity := e.register.investors.get(row.wallet)) is not None:
            on_chain[row.investor_id].add(identity)
            in_file[identity].add(row.investor_id)
    for investor, identities in sorted(on_chain.items()):
        if len(identities) > 1:
            yield f"{investor} has {len(identities)} identities on chain: {', '.join(sorted(identities))}"
    for identity, investors in sorted(in_file.items()):
        if len(investors) > 1:
            yield f"identity {identity} stands for {', '.join(sorted(investors))}"


def _same_person(rows: Sequence[InvestorRow]) -> Iterator[str]:
    """Two investors with one name or one e-mail. The name itself is not repeated: it is personal data."""
    for field in ("name", "email"):
        found: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if text := getattr(row, field):
                found[" ".join(text.casefold().split())].add(row.investor_id)
        for investors in sorted(map(sorted, found.values())):
            if len(investors) > 1:
                yield f"{', '.join(investors)} have the same {field}"
