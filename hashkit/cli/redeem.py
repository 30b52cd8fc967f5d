"""``hashkit redeem``: end units against a paper, once. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session


@verb("redeem", example="hashkit redeem 25000 --from INV-002 --external-id RED-0001")
@click.argument("amount")
@click.option("--from", "holder", required=True, help="Holder: address, label or account.")
@click.option("--external-id", required=True, help="The redemption paper; each is redeemed once.")
@choices(write=True, asset=True, raw=True)
def command(session: Session, amount: str, holder: str, external_id: str) -> None:
    """End AMOUNT units of a holder. The same paper again sends nothing; with another content it is refused."""
    asset = session.asset()
    plan = asset.redeem(holder, session.amount(asset, amount), external_id)
    done = session.write(plan, final=True)
    text = f"Redeemed {done.amount.show()} {asset.symbol} for {external_id}; supply {done.supply.show()}."
    session.show(Answer(done.to_dict(), [plan.note or text], links={"transaction": done.outcome.link}))
