"""``hashkit powers``: who may do what. Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.powers import Where

_AT = click.option(
    "--of",
    "place",
    type=click.Choice(["token", "registry"]),
    default="token",
    help="Powers at the token (default) or at the identity registry.",
)
_WHO, _POWERS = click.argument("who"), click.argument("powers")


@noun("powers", "Powers of the agents, at the token and at its identity registry. Only an owner grants and revokes.")
def command() -> None:
    """The group."""


@command.command("show", example="hashkit powers show")
@choices(asset=True)
def show(session: Session) -> None:
    """Show the two owners and every agent with his powers."""
    view = session.asset(reading=True).powers.show()
    rows = [("token", view.token_owner, "", "owner"), ("registry", view.registry_owner, "", "owner")]
    rows += [(a.where, a.agent, a.label, ", ".join(a.powers.labels)) for a in view.agents]
    session.show(Answer(view.to_dict(), headings=("at", "account", "name", "powers"), rows=rows))


@command.command(
    "grant", example="hashkit powers grant dev5 pause,freeze\nhashkit powers grant dev6 admit --of registry"
)
@_WHO
@_POWERS
@_AT
@choices(write=True, asset=True)
def grant(session: Session, who: str, powers: str, place: Where) -> None:
    """Give WHO the POWERS, named with commas between. Nobody may both admit investors and recover wallets."""
    act(session, session.asset().powers.grant(who, powers, place))


@command.command("revoke", example="hashkit powers revoke dev5 pause,freeze")
@_WHO
@_POWERS
@_AT
@choices(write=True, asset=True)
def revoke(session: Session, who: str, powers: str, place: Where) -> None:
    """Take the POWERS from WHO."""
    act(session, session.asset().powers.revoke(who, powers, place))
