"""Chain, register file and payment ledger side by side, paper by paper. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import Evidence
from hashkit.audit.ties import Ties, paid, redemptions, tie, units
from hashkit.store.sheets import PaymentRow


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper. Units are decimal strings, money ``100.00 HKD``; empty: that side does not know the paper.

    ``difference`` says what does not agree; empty: all sides that were given agree.
    """

    external_id: str
    what: str
    """``issue`` or ``redemption``."""
    wallet: str
    chain: str
    file: str
    due: str
    paid: str
    difference: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {
            "externalId": self.external_id,
            "what": self.what,
            "wallet": self.wallet,
            "chain": self.chain,
            "file": self.file,
            "due": self.due,
            "paid": self.paid,
            "difference": self.difference,
        }


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """The table and its sums, in smallest units. ``by_amount`` rows were tied by wallet and amount alone."""

    rows: tuple[PaperRow, ...]
    issued_chain: int
    issued_file: int
    redeemed_chain: int
    redeemed_ledger: int
    """Redemptions on chain that the ledger paid."""
    by_amount: int

    @property
    def differences(self) -> int:
        """Papers that do not agree."""
        return sum(1 for row in self.rows if row.difference)

    def to_dict(self, decimals: int) -> dict[str, Any]:
        """JSON form; amounts in units."""
        return {
            "issuedOnChain": words.amount(self.issued_chain, decimals),
            "issuedByFiles": words.amount(self.issued_file, decimals),
            "redeemedOnChain": words.amount(self.redeemed_chain, decimals),
            "redeemedAndPaid": words.amount(self.redeemed_ledger, decimals),
            "tiedByAmount": self.by_amount,
            "differences": self.differences,
            "rows": [row.to_dict() for row in self.rows],
        }


def three_way(e: Evidence) -> ThreeWay | None:
    """The reconciliation; None when neither issue files nor payments were given."""
    if not e.subject.ours or (not e.inputs.issues and e.inputs.payments is None):
        return None
    with localcontext(Context(prec=200)):
        tied = tie(e)
        came = paid(p for p in e.inputs.payments or () if p.amount > 0)
        went = paid(p for p in e.inputs.payments or () if p.amount < 0)
        rows = [*_issues(e, tied, came), *_redemptions(e, went)]
    told = {fact.ref for fact in redemptions(e, went).values() if fact is not None}
    executed = [row for row in e.register.watched.rows if not row.skipped]
    return ThreeWay(
        rows=tuple(sorted(rows, key=lambda row: (row.what, row.external_id, row.wallet))),
        issued_chain=sum(row.amount for row in executed),
        issued_file=sum(one.row.amount.raw for one in tied.ties),
        redeemed_chain=e.register.redeemed,
        redeemed_ledger=sum(fact.amount for fact in e.register.refs.values() if fact.ref in told),
        by_amount=tied.by_amount,
    )


def _issues(e: Evidence, tied: Ties, came: dict[str, list[PaymentRow]]) -> Iterator[PaperRow]:
    decimals, ledger = e.subject.decimals, e.inputs.payments is not None
    for one in tied.ties:
        row, chain = one.row, one.chain if one.chain is not None and not one.chain.skipped else None
        found, wrong = came.pop(row.external_id, []), []
        due = units(e, row.amount.raw) * row.price if row.price is not None else None
        if chain is None:
            wrong.append("skipped on chain" if one.chain is not None else "not issued")
        elif chain.amount != row.amount.raw:
            wrong.append("other units")
        elif row.wallet not in (None, chain.wallet):
            wrong.append("another wallet")
        if ledger and not found:
            wrong.append("not paid")
        elif ledger and due is not None and _sum(found, row.currency) != due:
            wrong.append("other money")
        yield PaperRow(
            row.external_id, "issue", chain.wallet if chain else row.wallet or "",
            words.amount(chain.amount, decimals) if chain else "", words.amount(row.amount.raw, decimals),
            "" if due is None else f"{due:f} {row.currency}", _money(found), ", ".join(wrong),
        )  # fmt: skip
    for left in tied.untold if e.inputs.issues else ():
        name = f"{left.order_id[:10]}… row {left.row}"
        yield PaperRow(
            name, "issue", left.wallet, words.amount(left.amount, decimals), "", "", "", "in no issue file"
        )
    for external_id, found in came.items():
        says = "in no issue file" if e.inputs.issues else ""
        yield PaperRow(external_id, "issue", "", "", "", "", _money(found), says)


def _redemptions(e: Evidence, went: dict[str, list[PaymentRow]]) -> Iterator[PaperRow]:
    decimals, ledger = e.subject.decimals, e.inputs.payments is not None
    names = {fact.ref: external_id for external_id, fact in redemptions(e, went).items() if fact is not None}
    for ref, fact in e.register.refs.items():
        external_id = names.get(ref, "")
        found = went.get(external_id, [])
        yield PaperRow(
            external_id or f"ref {ref}", "redemption", fact.holder, words.amount(fact.amount, decimals), "", "",
            _money(found), "not paid" if ledger and not found else "",
        )  # fmt: skip
    for external_id, found in went.items():
        if external_id not in names.values():
            yield PaperRow(external_id, "redemption", "", "", "", "", _money(found), "not redeemed")


def _sum(payments: list[PaymentRow], currency: str | None) -> Decimal:
    return sum((p.amount for p in payments if p.currency == currency), Decimal(0))


def _money(payments: list[PaymentRow]) -> str:
    codes = sorted({p.currency for p in payments})
    return ", ".join(f"{abs(_sum(payments, code)):f} {code}" for code in codes)
