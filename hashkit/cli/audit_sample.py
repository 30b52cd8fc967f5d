"""``hashkit audit sample``: which issues to vouch to papers. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli import complete
from hashkit.cli.audit_options import Asked, asked
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.audit.sample import Sample

_HEADINGS = ("hits", "external_id", "order", "row", "wallet", "amount", "date", "transaction")


@verb("sample", example="hashkit audit sample --seed q3 --size 25 --issues batches/issuance.csv")
@click.argument("token", required=False, metavar="[ADDRESS|SYMBOL]", shell_complete=complete.assets)
@click.option("--seed", required=True, metavar="TEXT", help="Any text; the same one draws the same sample.")
@click.option("--size", required=True, type=click.IntRange(min=1), help="How many points to draw.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write the sample as CSV."
)
@choices(asset=True, at=True)
@asked
def command(session: Session, token: str | None, seed: str, size: int, out: Path | None, asked: Asked) -> None:
    """Draw a monetary-unit sample of the issues: the chance of a row is proportional to its amount.

    The algorithm uses integers only and stands in docs/checks.md, so that anybody can draw it again. With --issues
    the rows carry their external ids.
    """
    from hashkit.audit.sample import draw
    from hashkit.store.sheets import write_csv

    found = draw(asked.run(session, token), seed, size)
    rows = sample_rows(found)
    if out is not None:
        write_csv(out, _HEADINGS, rows)
    session.screen.say(heading(found))
    session.show(Answer(found.to_dict(), headings=_HEADINGS, rows=rows))


def heading(found: Sample) -> str:
    """How it was drawn."""
    from hashkit.audit import words

    total, interval, start = (words.grouped(n, found.decimals) for n in (found.total, found.interval, found.start))
    drawn = f"{len(found.rows)} of {found.population} rows, seed {found.seed!a}, block {found.block} {found.block_hash}"
    return f"{drawn}\n{found.size} points over {total}, one every {interval}, the first at {start}"


def sample_rows(found: Sample) -> list[tuple[str, ...]]:
    """One row for each issue that was chosen."""
    return [
        (
            str(one.hits), one.issue.external_id, one.issue.order_id, str(one.issue.row), one.issue.wallet,
            one.issue.amount, one.issue.time[:10], one.issue.transaction,
        )
        for one in found.rows
    ]  # fmt: skip
