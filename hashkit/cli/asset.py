"""``hashkit asset``: the assets of this project. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli import complete
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session


@noun("asset", "The assets of this project on a network.")
def command() -> None:
    """The group."""


@command.command("show", example="hashkit asset show")
@choices(asset=True)
def show(session: Session) -> None:
    """Show the state of an asset, read from its contract."""
    asset = session.asset(reading=True)
    info = asset.info()
    token = session.network.address_link(info.address)
    lines = [
        f"{info.symbol}  {info.name}",
        f"token      {info.address}" + (f"  {token}" if token else ""),
        f"registry   {info.registry}",
        f"supply     {info.supply.show()}" + (f" of at most {info.cap.show()}" if info.cap else ", no cap"),
        f"mode       {info.mode}" + (", paused" if info.paused else "") + (", halted" if info.halted else ""),
        f"owner      {info.owner}",
        f"since      block {info.deployed_block}",
    ]
    session.show(Answer(info.to_dict(), lines, links={"token": token}))


@command.command("list", example="hashkit asset list")
@choices()
def list_(session: Session) -> None:
    """List the assets this project deployed on the network."""
    from hashkit.store.deployments import deployments

    found = list(deployments(session.project, session.network.chain_id))
    rows = [(d.asset.symbol, d.asset.name, d.contracts["AssetToken"].address, str(d.deployed_at.block)) for d in found]
    session.show(Answer([d.to_dict() for d in found], headings=("asset", "name", "token", "block"), rows=rows))


@command.command("use", example="hashkit asset use HKGREEN")
@click.argument("symbol", shell_complete=complete.assets)
@choices(network=False)
def use(session: Session, symbol: str) -> None:
    """Make SYMBOL the default asset in hashkit.toml."""
    session.project.use_asset(symbol)
    session.show(Answer({"asset": symbol}, [f"{symbol} is the default asset of this project now."]))
