"""``hashkit account``: keys, encrypted on this machine. Floor 4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.chain.keys import AccountInfo


@noun("account", "Keys that sign, encrypted on this machine. They are never shown and never options.")
def command() -> None:
    """The group."""


@command.command("new", example="hashkit account new ops")
@click.argument("name")
@choices(network=False, ask=True)
def new(session: Session, name: str) -> None:
    """Make a key in a new keystore called NAME.

    The keystore and its passphrase are the only copy: back up both. In scripts, HASHKIT_PASSWORD_FILE names a
    file with the passphrase.
    """
    from hashkit.chain.keys import new_account

    made = new_account(name, session.asker.new_passphrase())
    session.show(Answer(made.to_dict(), _kept(made.name, made.address, made.source)))


@command.command(
    "import",
    example="hashkit account import bank --keystore ~/.foundry/keystores/ops\nhashkit account import ops < key.txt",
)
@click.argument("name")
@click.option("--keystore", type=click.Path(path_type=Path), help="Keystore of another program; same passphrase.")
@choices(network=False, ask=True)
def import_(session: Session, name: str, keystore: Path | None) -> None:
    """Bring a key into a keystore called NAME: from a keystore file, or typed in (or piped), never as an option."""
    from hashkit.chain.keys import import_account

    secret = keystore.expanduser() if keystore else session.asker.secret("Private key")
    made = import_account(name, secret, session.asker.new_passphrase())
    session.show(Answer(made.to_dict(), _kept(made.name, made.address, made.source)))


@command.command("list", example="hashkit account list")
@choices(network=False)
def list_(session: Session) -> None:
    """List the accounts that can be used, without opening one.

    The keystores of Foundry, ape and moccasin are read and never written. An account behind a command is named
    in hashkit.toml or the user's config.toml. On devnet there are also issuer and dev1 to dev9, whose keys
    everybody knows.
    """
    found = session.accounts
    rows = [(a.name, a.address or "unknown until opened", a.origin, a.source) for a in found]
    headings = ("account", "address", "origin", "where")
    session.show(Answer([a.to_dict() for a in found], headings=headings, rows=rows, warnings=_twice(found)))


def _twice(found: Sequence[AccountInfo]) -> list[str]:
    names = [account.name for account in found]
    return [f"{name} is the name of several accounts" for name in sorted(set(names)) if names.count(name) > 1]


def _kept(name: str, address: str | None, where: str) -> list[str]:
    return [
        f"Account {name}: {address}",
        f"Keystore: {Path(where) / name}.json",
        "Back up the keystore and its passphrase: there is no other copy of the key.",
    ]
