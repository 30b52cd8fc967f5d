"""``hashkit control``: acts of authority, each with its reason. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Session

_REASON = click.option(
    "--reason", required=True, help="The order or case behind it; its hash goes on chain with the act."
)
_OFF = click.option("--off", is_flag=True, help="Lift it again.")


@noun("control", "Acts of authority. Each needs a reason, and the audit lists every one of them.")
def command() -> None:
    """The group."""


@command.command(
    "pause", example='hashkit control pause --reason "INC-7"\nhashkit control pause --off --reason "INC-7 closed"'
)
@_REASON
@_OFF
@choices(write=True, asset=True)
def pause(session: Session, reason: str, off: bool) -> None:
    """Pause transfers between holders; issue and redemption go on."""
    act(session, session.asset().control.pause(not off, reason))


@command.command("halt", example='hashkit control halt --reason "INC-7"')
@_REASON
@_OFF
@choices(write=True, asset=True)
def halt(session: Session, reason: str, off: bool) -> None:
    """Stop everything. An agent may halt at once; only the owner ends a halt."""
    act(session, session.asset().control.halt(not off, reason), final=True)


@command.command("freeze", example='hashkit control freeze INV-003 --amount 1000 --reason "Order HCA 12/2026"')
@click.argument("who")
@click.option("--amount", help="Freeze only so many units; without it the whole account.")
@_REASON
@_OFF
@choices(write=True, asset=True, raw=True)
def freeze(session: Session, who: str, amount: str | None, reason: str, off: bool) -> None:
    """Freeze WHO (address, label or account), wholly or in part."""
    asset = session.asset()
    units = session.amount(asset, amount) if amount is not None else None
    act(session, asset.control.freeze(who, not off, reason, units))


@command.command("force", example='hashkit control force 1000 --from INV-003 --to INV-001 --reason "Order HCA 12/2026"')
@click.argument("amount")
@click.option("--from", "sender", required=True, help="Holder who loses the units.")
@click.option("--to", required=True, help="Holder who gets them; must be eligible.")
@_REASON
@choices(write=True, asset=True, raw=True)
def force(session: Session, amount: str, sender: str, to: str, reason: str) -> None:
    """Move AMOUNT units without the holder's signature, on the paper named by --reason."""
    asset = session.asset()
    act(session, asset.control.force(sender, to, session.amount(asset, amount), reason), final=True)


@command.command("burn", example='hashkit control burn 1000 --from INV-003 --reason "Order HCA 14/2026"')
@click.argument("amount")
@click.option("--from", "holder", required=True, help="Holder who loses the units; frozen ones count too.")
@_REASON
@choices(write=True, asset=True, raw=True)
def burn(session: Session, amount: str, holder: str, reason: str) -> None:
    """End AMOUNT units of a holder by an order of a court."""
    asset = session.asset()
    act(session, asset.control.burn(holder, session.amount(asset, amount), reason), final=True)
