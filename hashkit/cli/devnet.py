"""``hashkit devnet``: a local chain that outlives the command that started it. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.chain.devnet import Running

ENGINE = click.option(
    "--engine", type=click.Choice(["auto", "anvil", "py-evm"]), default="auto", help="auto: anvil where it is found."
)


@noun("devnet", "A local chain with ten funded accounts, kept in .hashkit/devnet of the project.")
def command() -> None:
    """The group."""


@command.command("up", example="hashkit devnet up")
@ENGINE
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; 0: 8545 when it is free, else any.")
@choices(network=False)
def up(session: Session, engine: str, port: int) -> None:
    """Start the chain, or say where it runs."""
    from hashkit.chain import devnet

    running = devnet.up(_root(session), engine=engine, port=port)
    session.show(Answer(_to_dict(running), _lines(running), warnings=[running.note] if running.note else []))


@command.command("down", example="hashkit devnet down")
@choices(network=False)
def down(session: Session) -> None:
    """Stop the chain and keep its state."""
    from hashkit.chain import devnet

    ended = devnet.down(_root(session))
    text = "The local chain is stopped; its state is kept." if ended else "No local chain was running."
    session.show(Answer({"stopped": ended}, [text]))


@command.command("reset", example="hashkit devnet reset --yes")
@click.option("-y", "--yes", is_flag=True, help="Confirm without being asked.")
@choices(network=False, ask=True)
def reset(session: Session) -> None:
    """Forget the chain, and what this project recorded on it. A chain that ran starts again.

    Journals and deployment records are renamed to *.old, not deleted.
    """
    from hashkit.chain import devnet
    from hashkit.store.forget import forget_devnet

    session.asker.agree("Forget the local chain and everything recorded on it?")
    running = devnet.reset(_root(session))
    forget_devnet(session.project)
    lines = ["The local chain is forgotten; its records were renamed to *.old."]
    data = {"forgotten": True, "running": _to_dict(running) if running else None}
    warnings = [running.note] if running and running.note else []
    session.show(Answer(data, lines + (_lines(running) if running else []), warnings=warnings))


@command.command("status", example="hashkit devnet status --json")
@choices(network=False)
def status(session: Session) -> None:
    """Say whether the chain runs, and where."""
    from hashkit.chain import devnet

    running = devnet.status(_root(session))
    lines = _lines(running) if running else ["No local chain is running. Start it: hashkit devnet up"]
    session.show(Answer({"running": _to_dict(running) if running else None}, lines))


def _root(session: Session) -> Path:
    return session.project.root


def _to_dict(running: Running) -> dict[str, Any]:
    found = {"url": running.url, "engine": running.engine, "chainId": running.chain_id, "pid": running.pid}
    return {**found, "note": running.note}


def _lines(running: Running) -> list[str]:
    return [
        f"Local chain ready at {running.url}, chain {running.chain_id}, engine {running.engine}.",
        "Ten funded accounts: issuer, dev1 to dev9. State is kept in .hashkit/devnet.",
    ]
