"""Money beside the units: what was paid for which paper, and what a unit was worth. Floor 2."""

from __future__ import annotations

from pathlib import Path

from hashkit.domain.currencies import currency
from hashkit.store.sheets.cells import RowReader, day, identifier, money, price, prose, reference
from hashkit.store.sheets.model import Findings, NavRow, PaymentRow, Sheet
from hashkit.store.sheets.reader import Cells, Columns, Table

PAYMENTS = Columns(
    required=("external_id", "date", "amount", "currency"),
    optional=("payment_ref", "memo"),
    free=frozenset({"memo"}),
)
NAVS = Columns(required=("date", "nav", "currency"), optional=())


def read_payments(path: Path, *, data: bytes | None = None) -> Sheet[PaymentRow]:
    """The payments in ``path``. InputError with every bad row. One paper may be paid in several rows."""
    findings = Findings()
    table = Table(path, PAYMENTS, findings, data)
    rows = [row for item in table if (row := _payment(item, findings))]
    return findings.sheet(path, tuple(rows), table.read, skip_invalid=False)


def read_navs(path: Path, *, data: bytes | None = None) -> Sheet[NavRow]:
    """The net asset values in ``path``, one a day and currency. InputError with every bad row."""
    findings = Findings()
    table = Table(path, NAVS, findings, data)
    rows = [row for item in table if (row := _nav(item, findings))]
    first: dict[tuple[object, str], NavRow] = {}
    for row in rows:
        other = first.setdefault((row.day, row.currency), row)
        if other is not row:
            says = f"row {other.line} gives this day's value already: keep one"
            findings.add(row.line, "", "date", row.day.isoformat(), says)
    return findings.sheet(path, tuple(rows), table.read, skip_invalid=False)


def _payment(cells: Cells, findings: Findings) -> PaymentRow | None:
    reader = RowReader(cells, cells["external_id"], findings)
    external_id = reader.needs("external_id", identifier)
    when, amount = reader.needs("date", day), reader.needs("amount", money)
    code, payment_ref = reader.needs("currency", currency), reader.may("payment_ref", reference)
    reader.may("memo", prose)
    if reader.failed or not (external_id and when and amount and code):
        return None
    return PaymentRow(cells.line, external_id, when, amount, code.code, payment_ref)


def _nav(cells: Cells, findings: Findings) -> NavRow | None:
    reader = RowReader(cells, "", findings)
    when, value, code = reader.needs("date", day), reader.needs("nav", price), reader.needs("currency", currency)
    if reader.failed or when is None or value is None or code is None:
        return None
    return NavRow(cells.line, when, value, code.code)
