"""The command line: parse, one call, render. Floor 4.

The only ``try`` of the package is in ``main``: whatever goes wrong becomes one sentence, the reason, the
next step and an exit code.

::

    catalogue.py  all commands, a static table     lazy.py      groups that import on demand
    options.py    options that commands share      session.py   what they mean: project, asset, account
    screen.py     tables, JSON, chatter            progress.py  what a transaction is doing
    failures.py   errors in words and exit codes   complete.py  names for the shell
    asking.py     confirmations and passphrases    papers.py    files that issue and order read
    verdicts.py   refusals, line by line            acting.py    how a single act reads

Each other module is one command or one group.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from hashkit.cli.screen import Screen


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with its exit code."""
    from hashkit.cli import failures

    _end_kindly()
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_guarded(given, failures.manner(given)))


def _end_kindly() -> None:
    """A closed terminal and a plain kill end a command as Ctrl-C does: with the sentence that says how to go on."""
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores the second, and means it
            signal.signal(number, signal.default_int_handler)


def _guarded(arguments: list[str], screen: Screen) -> int:
    """The exit code of the command, or of telling what went wrong; telling may fail too, once."""
    from hashkit.cli import failures

    work = partial(_run, arguments)
    for _ in range(3):
        try:
            return work()
        except BaseException as error:  # noqa: BLE001  here every failure ends: in a sentence, never in a traceback
            work = partial(failures.tell, error, screen)
    return 1


def _run(arguments: list[str]) -> int:
    import os

    from hashkit.cli import screen
    from hashkit.cli.app import root

    screen.prepare_streams()
    if instruction := os.environ.get("_HASHKIT_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "hashkit", "_HASHKIT_COMPLETE", instruction)
    with root.make_context("hashkit", arguments) as context:
        root.invoke(context)
    sys.stdout.flush()
    return 0
