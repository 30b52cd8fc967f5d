"""``hashkit audit powers``: who can do what, with how few keys, and what changed. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli import complete
from hashkit.cli.audit_options import period
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.audit.powers import Deed, PowersReport


@verb("powers", example="hashkit audit powers HKGREEN\nhashkit audit powers HKGREEN --from 2026-07-01")
@click.argument("token", required=False, metavar="[ADDRESS|SYMBOL]", shell_complete=complete.assets)
@choices(asset=True, at=True)
@period
def command(session: Session, token: str | None, store: Path | None, first: int | None, since: str | None) -> None:
    """Say who can mint, freeze, seize, pause and replace rules: through which key, Safe or timelock.

    For every deed the fewest keys that can do it, directly and when an owner first gives himself the power; what is
    approved and waits; with --from, what changed since.
    """
    from hashkit.audit.powers import powers_report
    from hashkit.audit.reading import open_books

    address = session.token_address(token)
    with session.watch() as watch:
        reading = open_books(
            session.node, session.network, address, at=session.choices.at, since=since, store=store or session.events,
            first=first, on_progress=watch,
        )  # fmt: skip
        report = powers_report(reading)
    session.show(Answer(report.to_dict(), lines(report), links={"token": session.network.address_link(address)}))


def lines(report: PowersReport) -> list[str]:
    """The report for people."""
    told = [f"{report.symbol} at {report.token}, block {report.block} {report.block_hash}", ""]
    if report.deeds:
        told += ["Fewest keys, directly / through an owner who gives himself the power", *map(_deed, report.deeds), ""]
    behind = {holder.address: holder for holder in report.holders}
    told.append("Who holds what")
    for contract, who, powers in report.grants:
        told.append(f"  {contract}: {who} ({behind[who].told if who in behind else 'nobody'}): {powers}")
    told += [f"  {holder.address}: {', '.join(holder.owners)}" for holder in report.holders if holder.owners]
    told += ["", "Approved and waiting", *[f"  {one.kind}: {one.text}; takes {one.by}" for one in report.pending]]
    if not report.pending:
        told.append("  nothing")
    if report.since is not None:
        changes = [f"  {change}" for change in report.changes] or ["  nothing"]
        told += ["", f"Changed since block {report.since}", *changes]
    return told


def _deed(deed: Deed) -> str:
    direct = "nobody" if deed.keys is None else str(deed.keys)
    owner = "nobody" if deed.through_owner is None else str(deed.through_owner)
    return f"  {direct:>6} / {owner:<6}  {deed.name} ({' and '.join(step for step, _ in deed.holders)})"
