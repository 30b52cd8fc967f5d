"""Issue files: ``batches/*.csv``, and the register of an asset that moves onto the chain. Floor 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from hashkit.domain.currencies import currency
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.store.sheets.cells import RowReader, Wallets, amount, identifier, price, prose, reference
from hashkit.store.sheets.kept import KeptRows
from hashkit.store.sheets.model import Findings, IssueRow, Sheet, counted, listed
from hashkit.store.sheets.reader import Cells, Columns, Table

COLUMNS = Columns(
    required=("external_id", "amount"),
    optional=("investor_id", "wallet", "price", "currency", "payment_ref", "memo"),
    free=frozenset({"memo"}),
)


def read_issues(
    path: Path, decimals: int, *, skip_invalid: bool = False, data: bytes | None = None
) -> Sheet[IssueRow]:
    """The issue rows in ``path``, amounts in a token of ``decimals``. InputError with every bad row.

    A row names an investor, a wallet, or both. An ``external_id`` stands for one paper and appears once.
    ``data``: the bytes of the file when they were read before.
    """
    return _read(path, decimals, skip_invalid, one_row_each=False, data=data)


def read_register(path: Path, decimals: int) -> Sheet[IssueRow]:
    """An existing register to take over (``--opening-position``): an issue file with one row a holder."""
    return _read(path, decimals, skip_invalid=False, one_row_each=True)


def _read(
    path: Path, decimals: int, skip_invalid: bool, one_row_each: bool, data: bytes | None = None
) -> Sheet[IssueRow]:
    findings, wallets = Findings(), Wallets()
    table = Table(path, COLUMNS, findings, data)
    if not {"investor_id", "wallet"} & set(table.columns):
        raise InputError(
            f"The header of {path.name} does not fit.",
            why="A row must say who receives the units.",
            next_step="Add a column investor_id or a column wallet.",
            code="SHEET",
            details=["column investor_id or wallet is missing"],
        )
    units = amount(decimals)
    rows = KeptRows((row for item in table if (row := _row(item, units, wallets, findings))), decimals)
    _unique_papers(rows, findings)
    rows.drop(findings.bad)
    _repeated_holders(rows, findings, one_row_each)
    rows.drop(findings.bad)
    findings.warnings.extend(wallets.warnings(findings.bad, rows.look_alikes()))
    return findings.sheet(path, rows, table.read, skip_invalid)


def _row(
    cells: Cells, units: Callable[[str], Units], wallets: Wallets, findings: Findings
) -> IssueRow | None:
    reader = RowReader(cells, cells["external_id"], findings)
    external_id = reader.needs("external_id", identifier)
    given = reader.needs("amount", units)
    investor_id = reader.may("investor_id", identifier)
    wallet = reader.may("wallet", wallets.read(cells.line))
    unit_price, money = reader.may("price", price), reader.may("currency", currency)
    payment_ref, memo = reader.may("payment_ref", reference), reader.may("memo", prose)
    if not cells["investor_id"] and not cells["wallet"]:
        reader.fail("investor_id", "", "nobody to issue to: fill in investor_id or wallet")
    if cells["price"] and not cells["currency"]:
        reader.fail("currency", "", "is empty beside a price: fill it in")
    if reader.failed or external_id is None or given is None:
        return None
    code = money.code if money else None
    return IssueRow(cells.line, external_id, investor_id, wallet, given, unit_price, code, payment_ref, memo)


def _unique_papers(rows: KeptRows, findings: Findings) -> None:
    for other, row in rows.repeated_papers():
        where = listed((other.line, row.line))
        if replace(other, line=row.line) == row:
            says = f"appears twice with the same content, {where}: remove one row"
            findings.add(row.line, row.external_id, "external_id", row.external_id, says)
        else:
            says = f"appears twice with different content, {where}: give each paper its own id"
            findings.add(row.line, row.external_id, "external_id", row.external_id, says, also=[other.line])


def _repeated_holders(rows: KeptRows, findings: Findings, refuse: bool) -> None:
    """Two rows for one holder: an error in a register, in an issue file something to look at."""
    repeated = rows.repeated_holders()
    if refuse:
        for holder in repeated:
            group = rows.rows_of(holder)
            lines = [row.line for row in group]
            says = f"holds in {listed(lines)}: a register has one row a holder"
            findings.add(lines[1], group[1].external_id, "holder", holder, says, also=lines)
    elif some := [f"{holder} in {listed(row.line for row in rows.rows_of(holder))}" for holder in islice(repeated, 3)]:
        holders = counted(len(some) + sum(1 for _ in repeated), "holder")
        findings.warnings.append(f"{holders} in more than one row: {'; '.join(some)}")
