"""``hashkit rules``: mode, role matrix and rule book of a token. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session


@noun("rules", "Mode, role matrix and rule book: limits per investor, holders, periods, velocity, sanctions.")
def command() -> None:
    """The group."""


@command.command("show", example="hashkit rules show")
@choices(asset=True)
def show(session: Session) -> None:
    """Show every rule with its limit and what counts against it."""
    view = session.asset(reading=True).rules.show()
    rows = [(rule.rule, rule.limit or "-", rule.counted or "-") for rule in view.rules]
    warnings = [] if view.armed else ["it is not armed, so nothing is issued or moved: hashkit rules preset"]
    session.show(Answer(view.to_dict(), headings=("rule", "limit", "counted"), rows=rows, warnings=warnings))


@command.command(
    "set",
    example="hashkit rules set max-holders:HK 200\nhashkit rules set velocity 50000 --per 1d\n"
    "hashkit rules set holding-period off\nhashkit rules set mode role-matrix\n"
    "hashkit rules set role-matrix:professional institution,venue",
)
@click.argument("rule")
@click.argument("limit")
@click.option("--per", help="Period of a velocity: 1d, 12h or 30s.")
@choices(write=True, asset=True)
def set_(session: Session, rule: str, limit: str, per: str | None) -> None:
    """Set RULE to LIMIT; `off` ends it. Tightening needs the rules power, loosening the owner."""
    act(session, session.asset().rules.set(rule, limit, per))


@command.command("preset", example="hashkit rules preset")
@choices(write=True, asset=True)
def preset(session: Session) -> None:
    """Count every holder anew while the token is halted; the last transaction arms the rule book."""
    act(session, session.asset().rules.preset())
