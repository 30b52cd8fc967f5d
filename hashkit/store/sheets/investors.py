"""The investor file: ``register/investors.csv``, one row for each wallet of each investor. Floor 2."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from hashkit.contracts.addresses import look_alikes
from hashkit.domain.countries import country
from hashkit.domain.parties import InvestorClass
from hashkit.store.sheets.cells import RowReader, Wallets, day, digest, identifier, prose
from hashkit.store.sheets.model import Findings, InvestorRow, Sheet, listed
from hashkit.store.sheets.reader import Cells, Columns, Table

COLUMNS = Columns(
    required=("investor_id", "wallet", "country", "class", "kyc_expires"),
    optional=("name", "email", "proof"),
    free=frozenset({"name"}),
)

MAX_WALLETS = 16
"""Wallets of one investor: the identity registry links no more."""

_ATTRIBUTES = {"investor_class": "class"}
_PERSONAL = frozenset({"name", "email"})


def read_investors(path: Path, *, skip_invalid: bool = False, data: bytes | None = None) -> Sheet[InvestorRow]:
    """The investors in ``path``. InputError with every bad row, or with ``skip_invalid`` the good rows.

    Several rows with one ``investor_id`` are one investor with several wallets; their other cells agree.
    ``data``: the bytes of the file when they were read before.
    """
    findings, wallets = Findings(), Wallets()
    table = Table(path, COLUMNS, findings, data)
    rows = [row for item in table if (row := _row(item, wallets, findings))]
    _unique_wallets(rows, findings)
    _agreement(rows, findings)
    first = {row.wallet: row.line for row in reversed(rows) if row.line not in findings.bad}
    groups = look_alikes(sorted(first, key=first.__getitem__))
    alike = ([(wallet, first[wallet]) for wallet in group] for group in groups)
    findings.warnings.extend(wallets.warnings(findings.bad, alike))
    good = tuple(row for row in rows if row.line not in findings.bad)
    return findings.sheet(path, good, table.read, skip_invalid)


def _row(cells: Cells, wallets: Wallets, findings: Findings) -> InvestorRow | None:
    reader = RowReader(cells, cells["investor_id"], findings)
    investor_id = reader.needs("investor_id", identifier)
    wallet = reader.needs("wallet", wallets.read(cells.line))
    where = reader.needs("country", country)
    kind = reader.needs("class", InvestorClass.parse)
    expires = reader.needs("kyc_expires", day)
    name, email = reader.may("name", prose), reader.may("email", prose)
    proof = reader.may("proof", digest)
    if reader.failed or not (investor_id and wallet and where and kind and expires):
        return None
    return InvestorRow(cells.line, investor_id, wallet, where, kind, expires, name, email, proof)


def _unique_wallets(rows: list[InvestorRow], findings: Findings) -> None:
    first: dict[str, InvestorRow] = {}
    for row in rows:
        other = first.setdefault(row.wallet, row)
        if other is row:
            continue
        if other.investor_id == row.investor_id:
            says = f"appears twice, {listed((other.line, row.line))}: remove one row"
            findings.add(row.line, row.investor_id, "wallet", row.wallet, says)
        else:
            says = f"row {other.line} gives it to {other.investor_id}: a wallet has one investor"
            findings.add(row.line, row.investor_id, "wallet", row.wallet, says, also=[other.line])


def _agreement(rows: list[InvestorRow], findings: Findings) -> None:
    groups: dict[str, list[InvestorRow]] = defaultdict(list)
    for row in rows:
        groups[row.investor_id.lower()].append(row)
    for group in groups.values():
        first, lines = group[0], [row.line for row in group]
        for row in group[1:]:
            for column, value, says in _differences(first, row):
                findings.add(row.line, row.investor_id, column, value, says, also=lines)
        if len(group) > MAX_WALLETS:
            says = f"{len(group)} wallets for one investor: the registry links {MAX_WALLETS}"
            findings.add(group[MAX_WALLETS].line, first.investor_id, "wallet", "", says, also=lines)


def _differences(first: InvestorRow, row: InvestorRow) -> list[tuple[str, str, str]]:
    """What two rows of one investor disagree on. Personal data is not repeated in messages."""
    found = []
    for field in ("investor_id", "country", "investor_class", "kyc_expires", "name", "email", "proof"):
        here, there = getattr(row, field), getattr(first, field)
        if here == there:
            continue
        value = "" if field in _PERSONAL else _spoken(here)
        says = f"differs from row {first.line}, the same investor: make them agree"
        if field not in _PERSONAL:
            says = (
                f"row {first.line} says {_spoken(there) or 'nothing'} for the same investor: make them agree"
            )
        found.append((_ATTRIBUTES.get(field, field), value, says))
    return found


def _spoken(value: object) -> str:
    return value.label if isinstance(value, InvestorClass) else "" if value is None else str(value)
