"""``hashkit document``: the papers the token names. Floor 4."""

from __future__ import annotations

from pathlib import Path

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

_REASON = click.option("--reason", help="The decision behind it; its hash goes on chain. Default: the document's name.")


@noun("document", "Documents the token names: where each lies, and the hash of its content.")
def command() -> None:
    """The group."""


@command.command("show", example="hashkit document show")
@choices(asset=True)
def show(session: Session) -> None:
    """Show every document with its place and its hash."""
    found = [document.to_dict() for document in session.asset(reading=True).documents.show()]
    rows = [(d["name"], d["uri"], d["hash"], d["modified"]) for d in found]
    session.show(Answer(found, headings=("document", "place", "hash", "since"), rows=rows))


@command.command(
    "set", example="hashkit document set prospectus --uri https://issuer.example/prospectus.pdf --file prospectus.pdf"
)
@click.argument("name")
@click.option("--uri", required=True, help="Where the document lies.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The document itself, for its hash; without it no hash is named.",
)
@_REASON
@choices(write=True, asset=True)
def set_(session: Session, name: str, uri: str, file: Path | None, reason: str | None) -> None:
    """Set or replace the document NAME."""
    content = file.read_bytes() if file else None
    act(session, session.asset().documents.set(name, uri, content, reason))


@command.command("remove", example="hashkit document remove prospectus")
@click.argument("name")
@_REASON
@choices(write=True, asset=True)
def remove(session: Session, name: str, reason: str | None) -> None:
    """Take the document NAME off the token; the history keeps it."""
    act(session, session.asset().documents.remove(name, reason))
