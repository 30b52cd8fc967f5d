"""``hashkit transfer``: move units, or say why they may not move. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session
from hashkit.cli.verdicts import verdict_lines


@verb(
    "transfer",
    example="hashkit transfer 1000 --from INV-001 --to INV-002\n"
    "hashkit transfer 1000 --from INV-001 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --check",
)
@click.argument("amount")
@click.option("--from", "sender", required=True, help="Holder: address, label or account; signs the transfer.")
@click.option("--to", required=True, help="Receiver: address, label or account.")
@click.option("--check", is_flag=True, help="Only ask the token whether it would pass; exit code 3 when not.")
@choices(write=True, asset=True, raw=True)
def command(session: Session, amount: str, sender: str, to: str, check: bool) -> None:
    """Move AMOUNT units. With --check, send nothing and list every rule that refuses, with its cure."""
    asset = session.asset(reading=check)
    units = session.amount(asset, amount)
    if check:
        verdict = asset.check_transfer(sender, to, units)
        session.show(Answer(verdict.to_dict(), verdict_lines(verdict), code=0 if verdict.allowed else 3))
        return
    plan = asset.transfer(sender, to, units)
    outcome = session.write(plan)
    text = f"{plan.title}: done in block {outcome.block}."
    session.show(Answer(outcome.to_dict(), [text], links={"transaction": outcome.link}))
