"""``hashkit issue``: the rows of a file, each exactly once. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.papers import ACCEPT_LARGE, APPROVAL, read_rows
from hashkit.cli.screen import counted
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.issue import Issued
    from hashkit.issuer.orders import Approval


@verb(
    "issue",
    example="hashkit issue batches/issuance.csv --expect-total 1250000\n"
    "hashkit issue --opening-position register/holders.csv",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--opening-position", type=click.Path(path_type=Path), metavar="FILE", help="Take over an existing register."
)
@click.option("--skip-ineligible", is_flag=True, help="Skip rows the token refuses; they stay unissued for ever.")
@click.option("--expect-total", metavar="AMOUNT", help="Control total: refuse when the rows add up to another sum.")
@ACCEPT_LARGE
@APPROVAL
@choices(write=True, asset=True)
def command(
    session: Session,
    file: Path | None,
    opening_position: Path | None,
    skip_ineligible: bool,
    expect_total: str | None,
    accept_large: str | None,
    approval: Approval | None,
) -> None:
    """Issue the rows of FILE (CSV): open their order, execute it, check it against the chain.

    Every row has an external_id and is issued once, whatever happens: the same file again sends nothing, a
    changed row is refused.
    """
    asset = session.asset()
    sheet = read_rows(asset, file, opening_position)
    plan = asset.issue(
        sheet.rows,
        skip_ineligible=skip_ineligible,
        expect_total=expect_total,
        approval=approval,
        opening_position=opening_position is not None,
        accept_large=accept_large,
    )
    issued = session.write(plan, warnings=sheet.warnings)
    lines = [plan.note] if plan.note else _told(issued, asset.symbol)
    links = {"transaction": issued.outcome.link}
    session.show(Answer(issued.to_dict(), lines, warnings=[*plan.warnings, *sheet.warnings], links=links))


def _told(issued: Issued, symbol: str) -> list[str]:
    skipped = f", {issued.skipped} skipped" if issued.skipped else ""
    rows = f"{counted(issued.rows, 'row')} done{skipped}; {counted(issued.outcome.sent, 'transaction')}."
    return [f"Issued {issued.issued.show()} {symbol}; supply {issued.supply.show()}.", rows]
