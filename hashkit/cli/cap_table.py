"""``hashkit cap-table``: who holds what. Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.books import CapRow, CapTable

_HEADINGS = ("#", "investor", "wallet", "country", "balance", "%", "frozen", "KYC until")


@verb("cap-table", example="hashkit cap-table\nhashkit cap-table --at 2026-09-30 --json")
@choices(asset=True, at=True, raw=True)
def command(session: Session) -> None:
    """Show the holders at a block: replayed from the events of the chain, then compared with the contract.

    A date means the last block of that day (UTC). In a pipe the table is tab-separated. Events that were read once
    stay in .hashkit/events; only new ones are asked of the node.
    """
    table = session.asset(reading=True).cap_table(session.choices.at)
    raw = session.choices.raw
    session.screen.say(_heading(table, session.network.name))
    rows = [_row(number, row, raw) for number, row in enumerate(table.rows, start=1)]
    links = {"block": session.network.block_link(table.block.number)}
    session.show(Answer(table.to_dict(), headings=_HEADINGS, rows=rows, links=links))


def _heading(table: CapTable, network: str) -> str:
    from hashkit.domain.terms import iso_time

    difference = table.supply.raw - table.accounted.raw
    where = f"{table.symbol} on {network}, block {table.block.number}, {iso_time(table.block.timestamp)}"
    sums = f"supply {table.supply.show()}, accounted {table.accounted.show()}"
    return f"{where}\n{sums}, difference {difference} of the smallest unit"


def _row(number: int, row: CapRow, raw: bool) -> tuple[str, ...]:
    from hashkit.domain.terms import iso_time

    balance = str(row.balance.raw) if raw else row.balance.show()
    frozen = "all" if row.frozen else row.frozen_amount.show() if row.frozen_amount else "-"
    until = iso_time(row.valid_until)[:10] if row.valid_until else "-"
    return (str(number), row.label or "-", row.wallet, row.country or "-", balance, str(row.share), frozen, until)
