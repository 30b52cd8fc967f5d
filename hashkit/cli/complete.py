"""What may come next on the command line? Names for the shell, from file names alone. Floor 4.

Completion runs at every press of the tab key, so it opens no file, asks no node and imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from hashkit.cli.catalogue import ROOMS

NETWORKS = ("devnet", "hashkey", "hashkey-testnet")
_DEV_ACCOUNTS = ("issuer", *(f"dev{number}" for number in range(1, 10)))


def networks(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Networks that are built in."""
    return _matching(NETWORKS, incomplete)


def assets(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Assets of the project around here."""
    return _matching(sorted({path.stem for path in _files("deployments/*/*.json")}), incomplete)


def assets_and_rooms(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Assets, and the commands that a command has of its own."""
    rooms = [e for e in ROOMS.get(str(ctx.info_name), ()) if e.name.startswith(incomplete)]
    return [*(CompletionItem(e.name, help=e.help) for e in rooms), *assets(ctx, parameter, incomplete)]


def terms(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Term sheets of the project around here."""
    return _matching(sorted(path.stem for path in _files("assets/*.toml")), incomplete)


def accounts(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Accounts of the embedded chain and of this user."""
    from hashkit.chain.keystores import likely_names

    return _matching([*_DEV_ACCOUNTS, *likely_names()], incomplete)


def _matching(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _files(pattern: str) -> list[Path]:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "hashkit.toml").is_file():
            return list(folder.glob(pattern))
    return []
