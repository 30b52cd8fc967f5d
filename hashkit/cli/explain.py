"""``hashkit explain``: would it pass, rule by rule? Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session
from hashkit.cli.verdicts import every_rule
from hashkit.errors import InputError

_PARTIES = {
    "issue": (False, True),
    "move": (True, True),
    "redeem": (True, False),
    "force": (True, True),
    "burn": (True, False),
}


@verb(
    "explain",
    example="hashkit explain move 1000 --from INV-001 --to INV-002\nhashkit explain issue 1000 --to INV-003",
)
@click.argument("kind", type=click.Choice(list(_PARTIES)))
@click.argument("amount")
@click.option("--from", "sender", default="", help="Holder: address, label or account. Not for issue.")
@click.option("--to", default="", help="Receiver: address, label or account. Not for redeem and burn.")
@choices(asset=True, raw=True)
def command(session: Session, kind: str, amount: str, sender: str, to: str) -> None:
    """Ask the token whether a movement would pass, and print every rule. Sends nothing; exit code 3 when refused."""
    if (bool(sender), bool(to)) != _PARTIES[kind]:
        wanted = " and ".join(n for n, needed in zip(("--from", "--to"), _PARTIES[kind], strict=True) if needed)
        raise InputError(f"The movement {kind} takes {wanted}.", next_step=f"Give {wanted}, no other.", code="PARTIES")
    from hashkit.domain.verdict import Kind

    asset = session.asset(reading=True)
    verdict = asset.explain(Kind[kind.upper()], sender, to, session.amount(asset, amount))
    session.show(Answer(verdict.to_dict(), every_rule(verdict), code=0 if verdict.allowed else 3))
