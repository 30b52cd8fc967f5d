"""``hashkit slot``: what can be replaced only after a delay. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

_SLOT = click.argument("slot", type=click.Choice(["identity-registry", "compliance", "mint-window"]))


@noun("slot", "Identity registry, compliance contract and mint window: proposed, then applied after the delay.")
def command() -> None:
    """The group."""


@command.command("show", example="hashkit slot show")
@choices(asset=True)
def show(session: Session) -> None:
    """Show what is in each slot, what is proposed, and from when on it can be applied."""
    found = [slot.to_dict() for slot in session.asset(reading=True).slots.show()]
    rows = [(s["slot"], s["present"], s["proposed"] or "-", s["readyAt"] or "-") for s in found]
    session.show(Answer(found, headings=("slot", "in it", "proposed", "from"), rows=rows))


@command.command(
    "propose",
    example="hashkit slot propose compliance none\nhashkit slot propose mint-window 250000 --period 86400",
)
@_SLOT
@click.argument("candidate")
@click.option(
    "--period", type=int, default=86_400, help="Seconds over which a mint window fills again. Default: a day."
)
@choices(write=True, asset=True, raw=True)
def propose(session: Session, slot: str, candidate: str, period: int) -> None:
    """Propose CANDIDATE for SLOT: an address, or units for the mint window; `none` empties the last two.

    A narrower mint window holds at once.
    """
    asset = session.asset()
    if slot == "mint-window":
        size = None if candidate == "none" else session.amount(asset, candidate)
        act(session, asset.slots.mint_window(size, period))
        return
    act(session, asset.slots.propose(slot, candidate))


@command.command("apply", example="hashkit slot apply compliance")
@_SLOT
@choices(write=True, asset=True)
def apply(session: Session, slot: str) -> None:
    """Put in what was proposed for SLOT, after the delay."""
    act(session, session.asset().slots.apply(slot))


@command.command("cancel", example="hashkit slot cancel compliance")
@_SLOT
@choices(write=True, asset=True)
def cancel(session: Session, slot: str) -> None:
    """Drop what was proposed for SLOT: the owner or a pause agent."""
    act(session, session.asset().slots.cancel(slot))
