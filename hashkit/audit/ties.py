"""Which row of a file is which row on chain? Floor 3.

An order's id follows from the external ids of its file, and a row's ref is (order id, row): a file that was one
order is tied to the chain exactly. A file that is a ledger of many orders has other ids; its rows are tied by
wallet and amount, in the order of the chain, and the findings say so. A redemption's ref is the hash of its
external id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hashkit.audit.evidence import Evidence
from hashkit.audit.inputs import IssueFile
from hashkit.contracts.hashing import keccak, order_id
from hashkit.domain.facts import Redeemed
from hashkit.domain.watch import IssuedRow
from hashkit.store.sheets import IssueRow, NavRow, PaymentRow


@dataclass(frozen=True, slots=True)
class Tie:
    """A row of a file and the row on chain it stands for. ``chain`` None: nothing on chain fits."""

    file: str
    row: IssueRow
    chain: IssuedRow | None
    exact: bool
    """Tied by order and row, not by wallet and amount."""


@dataclass(frozen=True, slots=True)
class Ties:
    """All rows of all files, and what the chain has beside them."""

    ties: tuple[Tie, ...]
    untold: tuple[IssuedRow, ...]
    """Issued on chain, in no file."""

    @property
    def by_amount(self) -> int:
        """Rows that were tied by wallet and amount alone."""
        return sum(1 for tie in self.ties if tie.chain is not None and not tie.exact)


def tie(e: Evidence) -> Ties:
    """The issue files of the evidence against the rows the chain executed."""
    rows = {(row.order_id, row.row): row for row in e.register.watched.rows}
    found: list[Tie] = []
    ledgers: list[IssueFile] = []
    for file in e.inputs.issues:
        ids = [row.external_id for row in file.rows]
        name = "0x" + order_id(e.network.chain_id, e.subject.token, sorted(ids)).hex()
        if name not in e.register.orders:
            ledgers.append(file)
            continue
        for place, row in enumerate(sorted(file.rows, key=lambda row: row.external_id)):
            found.append(Tie(file.name, row, rows.pop((name, place), None), True))
    for file in ledgers:
        found += _by_amount(e, file, rows)
    left = sorted(rows.values(), key=lambda row: (row.where.block, row.where.log_index))
    return Ties(tuple(found), tuple(row for row in left if not row.skipped))


def _by_amount(e: Evidence, file: IssueFile, rows: dict[tuple[str, int], IssuedRow]) -> Iterable[Tie]:
    waiting: dict[tuple[str, int], list[IssuedRow]] = defaultdict(list)
    for done in rows.values():
        if not done.skipped:
            waiting[done.wallet, done.amount].append(done)
    for row in file.rows:
        fits = next((w for w in wallets_of(e, row) if waiting[w, row.amount.raw]), None)
        chain = waiting[fits, row.amount.raw].pop(0) if fits is not None else None
        if chain is not None:
            del rows[chain.order_id, chain.row]
        yield Tie(file.name, row, chain, False)


def wallets_of(e: Evidence, row: IssueRow) -> tuple[str, ...]:
    """The wallets a row may mean: its own, or those of its investor in the register file."""
    if row.wallet is not None:
        return (row.wallet,)
    return tuple(one.wallet for one in e.inputs.register or () if one.investor_id == row.investor_id)


def redemptions(e: Evidence, external_ids: Iterable[str]) -> dict[str, Redeemed | None]:
    """External id -> the redemption on chain whose ref is its hash."""
    return {one: e.register.refs.get("0x" + keccak(one.encode()).hex()) for one in external_ids}


def paid(payments: Iterable[PaymentRow]) -> dict[str, list[PaymentRow]]:
    """External id -> its payments, oldest first."""
    found: dict[str, list[PaymentRow]] = defaultdict(list)
    for payment in sorted(payments, key=lambda one: (one.day, one.line)):
        found[payment.external_id].append(payment)
    return dict(found)


def nav_of(navs: Iterable[NavRow], day: str, currency: str | None = None) -> NavRow | None:
    """The value that stood on a day (YYYY-MM-DD): the last one of its currency not after it."""
    known = [n for n in navs if n.day.isoformat() <= day and currency in (None, n.currency)]
    return max(known, key=lambda n: n.day, default=None)


def units(e: Evidence, raw: int) -> Decimal:
    """Smallest units as an exact number of units."""
    return Decimal(raw).scaleb(-e.subject.decimals)
