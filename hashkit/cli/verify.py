"""``hashkit verify``: publish the source of an asset's contracts. Floor 4."""

from __future__ import annotations

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session


@verb("verify", example="hashkit verify --asset HKGREEN -n hashkey-testnet")
@choices(asset=True)
def command(session: Session) -> None:
    """Publish source and compiler settings to the network's explorer (Blockscout), so that anybody can read them.

    Token and rule book are clones: their implementations are published, the token's both halves. Exit code 9 when
    the explorer has not finished.
    """
    from hashkit.issuer.verify import publish

    asset = session.asset(reading=True)
    published = publish(asset.context, asset.deployment, on_event=session.screen.say)
    rows = [(p.target.name, p.target.address, p.state, ", ".join(p.target.clones) or "-") for p in published]
    pending = any(p.state == "pending" for p in published)
    headings = ("contract", "address", "state", "clones")
    links = {p.target.name: p.link for p in published}
    data = [p.to_dict() for p in published]
    session.show(Answer(data, headings=headings, rows=rows, links=links, code=9 if pending else 0))
