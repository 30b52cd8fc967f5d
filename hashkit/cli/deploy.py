"""``hashkit deploy``: create an asset from its terms. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli import complete
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.asset import Asset
    from hashkit.issuer.plan import Plan

MEANT = "one key holds every power"


@verb("deploy", example="hashkit deploy HKGREEN\nhashkit deploy assets/HKGREEN.toml --dry-run")
@click.argument("terms", required=False, metavar="[SYMBOL|FILE]", shell_complete=complete.terms)
@click.option("--single-key", is_flag=True, help="On a main network: let one key own the asset and hold every power.")
@choices(write=True)
def command(session: Session, terms: str | None, single_key: bool) -> None:
    """Create an asset from its terms, and the contracts it needs: each once per project and chain.

    Without an argument: the default asset of the project. Run again, it sends nothing.
    """
    hashkit = session.connect()
    file = _terms_file(session, terms)
    plan = hashkit.deploy(file, single_key=single_key or session.choices.dry_run)
    if _lacks_words(plan) and session.asker.may_ask:
        question = f"{hashkit.address} will own the asset and hold every power, on {hashkit.network.title}."
        session.asker.insist(f'{question} If that is meant, type "{MEANT}"', MEANT)
        plan = hashkit.deploy(file, single_key=True)
    asset = session.about(session.write(plan))
    lines = [
        plan.note or f"Deployed {asset.symbol} at {asset.address}, block {asset.deployment.deployed_at.block}.",
        f"Recorded in {_recorded(session, asset.symbol)}",
        "Next: hashkit investor import register/investors.csv",
    ]
    links = {"token": hashkit.network.address_link(asset.address)}
    session.show(Answer(asset.deployment.to_dict(), lines, links=links))


def _lacks_words(plan: Plan[Asset]) -> bool:
    from hashkit.issuer.deploy import SINGLE_KEY

    return any(check.id == SINGLE_KEY and not check.ok for check in plan.checks)


def _terms_file(session: Session, terms: str | None) -> Path:
    """A path is a path; a symbol stands for its sheet in assets/."""
    if terms and (terms.endswith(".toml") or "/" in terms):
        return Path(terms)
    return session.project.terms_file(terms or session.needed_asset())


def _recorded(session: Session, symbol: str) -> str:
    path = session.project.deployment_file(session.network.chain_id, symbol)
    return str(path.relative_to(session.project.root))
