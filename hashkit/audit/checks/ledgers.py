"""Do the chain, the issuer's files and the money agree? C14 to C17. Floor 3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from hashkit.audit import words
from hashkit.audit.checks.finding import Outcome, amount, checks, exception, many, not_performed, note, passed, right_if
from hashkit.audit.evidence import Evidence
from hashkit.audit.ties import Tie, nav_of, paid, redemptions, tie, units
from hashkit.domain.currencies import currency
from hashkit.store.sheets import PaymentRow

NO_ISSUES, NO_PAYMENTS, NO_NAV = "no issue file was given", "no payment file was given", "no file of NAVs was given"


@checks("C14", "Every issue has its subscription, and every subscription its issue and its money")
def issues_told(e: Evidence) -> Outcome:
    if not e.subject.ours:
        return not_performed("orders exist only in tokens of hashkit")
    if not e.inputs.issues:
        return not_performed(NO_ISSUES)
    found = tie(e)
    wrong = [*_untied(e, found.ties), *(f"{_chain(e, row.order_id, row.row, row.wallet, row.amount)}: in no file"
             for row in found.untold)]  # fmt: skip
    text = f"{many(len(found.ties), 'row')} of {many(len(e.inputs.issues), 'file')}"
    if found.by_amount:
        text += f", {found.by_amount} of them tied by wallet and amount alone"
    if e.inputs.payments is None:
        text += "; money was not compared: " + NO_PAYMENTS
    else:
        wrong += _money(e, found.ties, e.inputs.payments)
    return right_if(not wrong, f"{text}; {many(len(wrong), 'difference')}" if wrong else text, wrong)


def _untied(e: Evidence, ties: Iterable[Tie]) -> Iterator[str]:
    for one in ties:
        row, chain, told = one.row, one.chain, f"{one.file} row {one.row.line}, {one.row.external_id}"
        if chain is None:
            yield f"{told}: {amount(e, row.amount.raw)} not issued"
        elif chain.skipped:
            yield f"{told}: {amount(e, row.amount.raw)} skipped on chain, never issuable under that order"
        elif chain.amount != row.amount.raw:
            yield f"{told}: {amount(e, row.amount.raw)} in the file, {amount(e, chain.amount)} on chain"
        elif row.wallet is not None and row.wallet != chain.wallet:
            yield f"{told}: to {row.wallet} in the file, to {chain.wallet} on chain"


def _money(e: Evidence, ties: tuple[Tie, ...], payments: Sequence[PaymentRow]) -> Iterator[str]:
    """What came in against amount times price, in whole minor units of the currency."""
    came = paid(p for p in payments if p.amount > 0)
    for one in ties:
        row = one.row
        found = came.pop(row.external_id, [])
        if one.chain is None or one.chain.skipped:
            if found:
                yield f"{row.external_id}: paid {_sums(found)}, not issued"
            continue
        if not found:
            yield f"{row.external_id}: issued {amount(e, row.amount.raw)}, nothing paid"
            continue
        day = words.time(e.times.get(one.chain.where.block))[:10]
        if day and found[0].day.isoformat() > day:
            yield f"{row.external_id}: issued on {day}, first paid on {found[0].day}"
        if row.price is not None and row.currency is not None:
            due = units(e, one.chain.amount) * row.price
            got = sum((p.amount for p in found if p.currency == row.currency), Decimal(0))
            if abs(due - got) >= _minor(row.currency):
                yield f"{row.external_id}: due {_plain(due)} {row.currency}, paid {_sums(found)}"
    for external_id, found in sorted(came.items()):
        yield f"{external_id}: paid {_sums(found)}, in no issue file"


@checks("C15", "Every redemption was paid, and every payment out has its redemption")
def redemptions_paid(e: Evidence) -> Outcome:
    if not e.subject.ours:
        return not_performed("redemption refs exist only in tokens of hashkit")
    if e.inputs.payments is None:
        return not_performed(NO_PAYMENTS)
    out = paid(p for p in e.inputs.payments if p.amount < 0)
    if not out and not e.register.refs:
        return not_performed("nothing was redeemed and nothing was paid out")
    tied = redemptions(e, out)
    told = {fact.ref for fact in tied.values() if fact is not None}
    wrong = [f"{external_id}: paid {_sums(out[external_id])}, no redemption on chain has its ref"
             for external_id, fact in sorted(tied.items()) if fact is None]  # fmt: skip
    wrong += [
        f"block {fact.where.block}: {amount(e, fact.amount)} of {fact.holder} redeemed against ref {ref}, nothing paid"
        for ref, fact in e.register.refs.items()
        if ref not in told
    ]
    wrong += _short(e, out)
    text = f"{many(len(e.register.refs), 'redemption')}, {many(len(out), 'paper')} paid out"
    if e.inputs.navs is None:
        text += "; amounts were not compared: " + NO_NAV
    return right_if(not wrong, f"{text}; {many(len(wrong), 'difference')}" if wrong else text, wrong)


def _short(e: Evidence, out: dict[str, list[PaymentRow]]) -> Iterator[str]:
    """What went out against units times the NAV of the day, within the tolerance."""
    tied = redemptions(e, out)
    for external_id, found in sorted(out.items()):
        fact, code = tied[external_id], found[0].currency
        day = "" if fact is None else words.time(e.times.get(fact.where.block))[:10]
        nav = nav_of(e.inputs.navs or (), day, code)
        if fact is None or nav is None:
            continue
        due = units(e, fact.amount) * nav.nav
        got = -sum((p.amount for p in found if p.currency == code), Decimal(0))
        if abs(due - got) >= _minor(code) and abs(due - got) * 100 > due * _tolerance(e):
            yield f"{external_id}: {_plain(due)} {code} by the NAV of {nav.day}, paid {_sums(found)}"


@checks("C16", "Units were issued at the NAV of their day")
def priced_at_nav(e: Evidence) -> Outcome:
    if not e.inputs.issues:
        return not_performed(NO_ISSUES)
    if e.inputs.navs is None:
        return not_performed(NO_NAV)
    if not e.subject.ours:
        return not_performed("orders exist only in tokens of hashkit")
    wrong, looked = [], 0
    for one in tie(e).ties:
        row, chain = one.row, one.chain
        if chain is None or chain.skipped or row.price is None:
            continue
        day = words.time(e.times.get(chain.where.block))[:10]
        nav = nav_of(e.inputs.navs, day, row.currency)
        looked += 1
        if nav is None:
            wrong.append(f"{row.external_id}: issued on {day}, no NAV in {row.currency} on or before that day")
        elif abs(row.price - nav.nav) * 100 > nav.nav * _tolerance(e):
            price = f"{_plain(row.price)} {row.currency}"
            wrong.append(f"{row.external_id}: issued on {day} at {price}, NAV of {nav.day} is {_plain(nav.nav)}")
    if not looked:
        return not_performed("no issued row names a price")
    text = f"{many(looked, 'price')} compared, tolerance {_plain(_tolerance(e))} %"
    return right_if(not wrong, f"{text}; {len(wrong)} outside" if wrong else text, wrong)


@checks("C17", "Nothing was issued or paid twice")
def no_duplicates(e: Evidence) -> Outcome:
    rows = [row for row in e.register.watched.rows if not row.skipped]
    issues = [(file.name, row) for file in e.inputs.issues for row in file.rows]
    payments = e.inputs.payments or ()
    if not rows and not issues and not payments:
        return not_performed("no rows were issued and no file was given")
    wrong = [
        *_twice("external id", ((row.external_id, f"{name} row {row.line}") for name, row in issues)),
        *_twice("payment ref", ((row.payment_ref, f"{name} row {row.line}") for name, row in issues)),
        *_twice("payment ref", ((p.payment_ref, f"payment row {p.line}") for p in payments)),
        *_twice("payment", ((f"{p.external_id} {p.day} {_plain(p.amount)} {p.currency}", f"row {p.line}")
                            for p in payments)),
    ]  # fmt: skip
    alike: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for row in rows:
        day = words.time(e.times.get(row.where.block))[:10]
        alike[row.wallet, row.amount, day].append(f"order {row.order_id[:10]}… row {row.row}")
    same = [f"{amount(e, raw)} to {wallet} on {day} {len(places)} times: {', '.join(places[:5])}"
            for (wallet, raw, day), places in alike.items() if len(places) > 1]  # fmt: skip
    looked = f"{many(len(issues), 'row')} of issue files, {many(len(payments), 'payment')}"
    text = f"{many(len(rows), 'issued row')}, {looked}"
    if wrong:
        return exception(f"{text}; {len(wrong)} stand twice", [*wrong, *same])
    if same:
        return note(f"{text}; one amount went to one wallet on one day more than once", same)
    return passed(text)


def _twice(what: str, places: Iterable[tuple[str | None, str]]) -> Iterator[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, place in places:
        if key:
            found[key].append(place)
    for key, where in sorted(found.items()):
        if len(where) > 1:
            yield f"{what} {words.clean(key)}: {', '.join(where[:5])}"


def _tolerance(e: Evidence) -> Decimal:
    return e.inputs.expected.nav_tolerance if e.inputs.expected is not None else Decimal(0)


def _minor(code: str) -> Decimal:
    return Decimal(1).scaleb(-(currency(code).exponent or 0))


def _sums(payments: list[PaymentRow]) -> str:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in payments:
        sums[one.currency] += abs(one.amount)
    return ", ".join(f"{_plain(total)} {code}" for code, total in sorted(sums.items()))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _chain(e: Evidence, order: str, row: int, wallet: str, raw: int) -> str:
    return f"order {order[:10]}… row {row}, {amount(e, raw)} to {wallet}"
