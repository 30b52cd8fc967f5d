"""``hashkit deploy``: create an asset from its terms. Floor 4."""

from __future__ import annotations

from pathlib import Path

import click

from hashkit.cli import complete
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session


@verb("deploy", example="hashkit deploy HKGREEN\nhashkit deploy assets/HKGREEN.toml --dry-run")
@click.argument("terms", required=False, metavar="[SYMBOL|FILE]", shell_complete=complete.terms)
@choices(write=True)
def command(session: Session, terms: str | None) -> None:
    """Create an asset from its terms, and the contracts it needs: each once per project and chain.

    Without an argument: the default asset of the project. Run again, it sends nothing.
    """
    hashkit = session.connect()
    plan = hashkit.deploy(_terms_file(session, terms))
    asset = session.about(session.write(plan))
    lines = [
        plan.note or f"Deployed {asset.symbol} at {asset.address}, block {asset.deployment.deployed_at.block}.",
        f"Recorded in {_recorded(session, asset.symbol)}",
        "Next: hashkit investor import register/investors.csv",
    ]
    links = {"token": hashkit.network.address_link(asset.address)}
    session.show(Answer(asset.deployment.to_dict(), lines, links=links))


def _terms_file(session: Session, terms: str | None) -> Path:
    """A path is a path; a symbol stands for its sheet in assets/."""
    if terms and (terms.endswith(".toml") or "/" in terms):
        return Path(terms)
    return session.project.terms_file(terms or session.needed_asset())


def _recorded(session: Session, symbol: str) -> str:
    path = session.project.deployment_file(session.network.chain_id, symbol)
    return str(path.relative_to(session.project.root))
