"""Which options do commands share? Floor 4.

``@choices(...)`` adds them to a command, which then gets a ``Session`` as its first argument.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from hashkit.cli import complete
from hashkit.cli.lazy import Command, Group, House
from hashkit.cli.session import Choices, Session

Function = Callable[..., Any]
Option = Callable[[Function], Function]


def _option(*names: str, **more: Any) -> Option:
    return click.option(*names, show_envvar="envvar" in more, **more)


_OUTPUT = (
    _option("--json", "as_json", is_flag=True, envvar="HASHKIT_JSON", help="One JSON document on stdout."),
    _option("-q", "--quiet", is_flag=True, help="No chatter on stderr."),
    _option("-v", "--verbose", count=True, help="Show the calls a plan is made of."),
    _option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours."),
)
_NETWORK = (
    _option(
        "-n",
        "--network",
        envvar="HASHKIT_NETWORK",
        shell_complete=complete.networks,
        help="Chain by name or id: hashkey, hashkey-testnet, devnet.",
    ),
    _option(
        "--rpc-url",
        envvar="HASHKIT_RPC_URL",
        multiple=True,
        callback=lambda context, option, urls: ",".join(urls) or None,
        help="Node to use instead of the network's own; once more for each other, the preferred first.",
    ),
)
_ASSET = (
    _option(
        "-a",
        "--asset",
        envvar="HASHKIT_ASSET",
        shell_complete=complete.assets,
        help="Asset by symbol or token address.",
    ),
)
_ACCOUNT = (
    _option(
        "--account", envvar="HASHKIT_ACCOUNT", shell_complete=complete.accounts, help="Account that acts and signs."
    ),
    _option("--allow-env-key", is_flag=True, help="Let HASHKIT_PRIVATE_KEY sign on a main network."),
)
_NO_INPUT = (_option("--no-input", is_flag=True, envvar="HASHKIT_NO_INPUT", help="Never ask; fail instead."),)
_WRITE = (
    _option("--dry-run", is_flag=True, help="Stop after the plan; nothing is sent."),
    _option("-y", "--yes", is_flag=True, help="Confirm without being asked."),
    _option(
        "--out",
        "save_as",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Save the plan for `hashkit apply`; nothing is sent.",
    ),
    _option(
        "--to-safe",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Save the plan for a Safe (--account 0x…) as its Transaction Builder reads it; nothing is sent.",
    ),
)
_RAW = (_option("--raw", is_flag=True, help="Amounts count the smallest unit."),)
_AT = (_option("--at", metavar="BLOCK|DATE", help="Block, date or UTC time to look at; default: the newest."),)


def choices(
    *,
    network: bool = True,
    asset: bool = False,
    account: bool = False,
    write: bool = False,
    ask: bool = False,
    raw: bool = False,
    at: bool = False,
) -> Option:
    """Add the options a command needs, and hand their values over as a ``Session``.

    ``write`` brings ``account``, which brings ``ask``, as signing may need a passphrase.
    """
    account = account or write
    groups = (
        (_NETWORK, network),
        (_ASSET, asset),
        (_ACCOUNT, account),
        (_AT, at),
        (_RAW, raw),
        (_WRITE, write),
        (_NO_INPUT, ask or account),
        (_OUTPUT, True),
    )
    chosen = [option for group, wanted in groups if wanted for option in group]

    def decorate(function: Function) -> Function:
        @wraps(function)
        def command(**given: Any) -> Any:
            shared = {name: given.pop(name) for name in Choices.__slots__ if name in given}
            return function(Session(Choices(**shared)), **given)

        found: Function = command
        for option in reversed(chosen):
            found = option(found)
        return found

    return decorate


def noun(name: str, text: str) -> Callable[[Function], Group]:
    """A group of commands under a noun."""
    return click.group(name, cls=Group, help=text)


def verb(name: str, example: str) -> Callable[[Function], Command]:
    """A command on the first screen."""
    return click.command(name, cls=Command, example=example)


def house(name: str, example: str) -> Callable[[Function], House]:
    """A command on the first screen that has commands of its own: ``catalogue.ROOMS``."""
    return click.command(name, cls=House, example=example)
