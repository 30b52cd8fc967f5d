"""Which files do issue and order read? Rows and approvals. Floor 4."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.errors import InputError

if TYPE_CHECKING:
    from hashkit.issuer.asset import Asset
    from hashkit.issuer.orders import Approval
    from hashkit.store.sheets import IssueRow, Sheet


def read_rows(asset: Asset, file: Path | None, register: Path | None = None) -> Sheet[IssueRow]:
    """The rows of an issue file, or of a register to take over; exactly one of the two."""
    from hashkit.store.sheets import read_issues, read_register

    if (file is None) == (register is None):
        raise InputError(
            "Name one file to issue.",
            why="It is either an issue file or, with --opening-position, an existing register.",
            next_step="For example: hashkit issue batches/issuance.csv",
            code="USAGE",
        )
    return read_issues(file, asset.decimals) if file else read_register(register or Path(), asset.decimals)


def _approval(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> Approval | None:
    if path is None or ctx.resilient_parsing:
        return None
    from hashkit.issuer.orders import Approval
    from hashkit.store.documents import read_json

    return Approval.from_dict(read_json(path))


def _order_id(ctx: click.Context, parameter: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"0x[0-9a-fA-F]{64}", text):
        raise click.BadParameter("an order id is 0x and 64 hex digits; `hashkit order show FILE` tells it")
    return text.lower()


APPROVAL = click.option(
    "--approval",
    type=click.Path(path_type=Path),
    callback=_approval,
    metavar="FILE",
    help="Signature of an approver, made by `hashkit order approve`.",
)
ACCEPT_LARGE = click.option(
    "--accept-large",
    metavar="AMOUNT",
    help="Total of an order with something unusually large in it: says that it is meant.",
)
ORDER_ID = click.argument("order_id", callback=_order_id)
