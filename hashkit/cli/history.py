"""``hashkit history``: what happened, oldest first. Floor 4."""

from __future__ import annotations

from itertools import islice

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session


@verb("history", example="hashkit history --kind transfer --since 2026-01-01")
@click.option("--kind", help="transfer, issue, redeem, or the name of another kind as the list shows it.")
@click.option("--since", metavar="BLOCK|DATE", help="Leave out what came before.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many entries.")
@choices(asset=True)
def command(session: Session, kind: str | None, since: str | None, limit: int | None) -> None:
    """List what happened to the asset, its registry and its rule book."""
    from hashkit.domain.terms import iso_time

    asset = session.asset(reading=True)
    entries = list(islice(asset.history(kind, since), limit))
    rows = [
        (iso_time(e.time), str(e.block), e.kind, e.amount.show() if e.amount else "-", e.text, e.link or e.transaction)
        for e in entries
    ]
    headings = ("time", "block", "kind", "amount", "what", "transaction")
    session.show(Answer([entry.to_dict() for entry in entries], headings=headings, rows=rows))
