"""``hashkit order``: issue with four eyes. One approves, another executes. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.options import choices, noun
from hashkit.cli.papers import ACCEPT_LARGE, APPROVAL, ORDER_ID, read_rows
from hashkit.cli.screen import counted
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.orders import Approval

_FILE = click.argument("file", type=click.Path(path_type=Path))


@noun("order", "Orders: an approved batch of rows. One person approves, another issues; the chain enforces both.")
def command() -> None:
    """The group."""


@command.command(
    "open",
    example="hashkit order open batches/issuance.csv\nhashkit order open batches/issuance.csv --approval approval.json",
)
@_FILE
@ACCEPT_LARGE
@APPROVAL
@choices(write=True, asset=True)
def open_(session: Session, file: Path, accept_large: str | None, approval: Approval | None) -> None:
    """Open the order of the rows in FILE on chain; `hashkit issue FILE` then executes it."""
    asset = session.asset()
    sheet = read_rows(asset, file)
    plan = asset.open_order(sheet.rows, approval=approval, accept_large=accept_large)
    outcome = session.write(plan, warnings=sheet.warnings)
    opened = asset.order(sheet.rows)
    total = f"{opened.order.total.show()} {asset.symbol} in {counted(len(sheet.rows), 'row')}"
    text = plan.note or f"Order {opened.id} is open: {total}."
    data = {**opened.to_dict(), "outcome": outcome.to_dict()}
    warnings = [*plan.warnings, *sheet.warnings]
    session.show(Answer(data, [text], warnings=warnings, links={"transaction": outcome.link}))


@command.command("approve", example="hashkit order approve batches/issuance.csv --account checker --out approval.json")
@_FILE
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: approval.json beside FILE.")
@ACCEPT_LARGE
@choices(account=True, asset=True)
def approve(session: Session, file: Path, out: Path | None, accept_large: str | None) -> None:
    """Sign the order of the rows in FILE, so that another account can open it. Sends nothing, costs nothing."""
    from hashkit.store.documents import write_json

    asset = session.asset()
    sheet = read_rows(asset, file)
    prepared = asset.order(sheet.rows)
    look = asset.second_look(prepared, accept_large)
    warnings = [*look.warnings, *sheet.warnings]
    if look.repeat:
        session.screen.say("\n".join(f"Warning: {warning}" for warning in look.warnings))
        accept_large = session.asker.repeat(look.repeat)
    approval = asset.approve_order(prepared, accept_large)
    path = out or file.with_name("approval.json")
    write_json(path, approval.to_dict())
    total = f"{prepared.order.total.show()} {asset.symbol} in {counted(len(prepared.rows), 'row')}"
    lines = [f"Approved {total} as {approval.approver}: order {prepared.id}.", f"Signature in {path}"]
    session.show(Answer({**approval.to_dict(), "file": str(path)}, lines, warnings=warnings))


@command.command("close", example=f"hashkit order close 0x{'ab' * 32}")
@ORDER_ID
@choices(write=True, asset=True)
def close(session: Session, order_id: str) -> None:
    """Close an order for ever, open or only signed: its remaining rows can never be issued under it."""
    outcome = session.write(session.asset().close_order(order_id), final=True)
    data = {"orderId": order_id, "outcome": outcome.to_dict()}
    session.show(Answer(data, [f"Order {order_id} is closed for ever."], links={"transaction": outcome.link}))


@command.command("show", example="hashkit order show batches/issuance.csv")
@_FILE
@choices(asset=True)
def show(session: Session, file: Path) -> None:
    """Show the order that the rows in FILE make, and what the chain holds of it."""
    asset = session.asset(reading=True)
    prepared = asset.order(read_rows(asset, file).rows)
    data = prepared.to_dict()
    state = "closed" if data["closed"] else "done" if prepared.done else "open" if data["opened"] else "not opened"
    lines = [
        f"order     {prepared.id}",
        f"state     {state}, {data['nextRow']} of {data['rows']} rows done",
        f"total     {prepared.order.total.show()} {asset.symbol}",
        f"deadline  {data['deadline']}",
    ]
    session.show(Answer(data, lines))
