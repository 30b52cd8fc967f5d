"""What does the user say? Confirmations, passphrases and secrets, where somebody can be asked. Floor 4.

Nobody is asked in a pipe, under CI or with --no-input: then a missing answer is an error that names the way
to give it. Nothing secret is ever an option.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from hashkit.domain.units import Units
from hashkit.errors import AccountError, InputError

PASSWORD_FILE = "HASHKIT_PASSWORD_FILE"


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks on stderr, so that stdout stays data."""

    yes: bool = False
    no_input: bool = False

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to ask."""
        ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
        return not (self.no_input or ci) and sys.stdin is not None and sys.stdin.isatty()

    def agree(self, question: str, word: str = "") -> None:
        """Have the user confirm, by typing ``word`` when there is one. InputError when he does not."""
        if self.yes:
            return
        if not self.may_ask:
            raise InputError(
                "This needs a confirmation, and nobody can be asked.",
                why="Input is off, or there is no terminal. Nothing was done.",
                next_step="Look at what would happen, then pass --yes.",
                code="CONFIRM",
            )
        if word:
            self.insist(question, word)
        elif not click.confirm(question, default=False, err=True):
            raise _declined()

    def insist(self, question: str, words: str) -> None:
        """Have somebody who can be asked type ``words``, whatever --yes says. InputError when he does not."""
        if click.prompt(question, default="", err=True, show_default=False) != words:
            raise _declined()

    def repeat(self, total: Units) -> str:
        """Have the total of an order typed, digit by digit; ``--yes`` is no answer. InputError when it is another."""
        if not self.may_ask:
            raise InputError(
                f"The order of {total.show()} holds something unusually large, and nobody can be asked.",
                why="The warnings of the plan name it; --yes does not cover it. Nothing was done.",
                next_step="Look at the plan with --dry-run; if it is meant, pass --accept-large with its total.",
                code="LARGE",
            )
        question = f"Something is unusually large. Type the total of {total.show()} without separators to go on"
        answer = click.prompt(question, default="", err=True, show_default=False).strip(" ")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", answer) or Units.of(answer, total.decimals) != total:
            raise InputError("Not confirmed. Nothing was done.", code="DECLINED")
        return str(total)

    def passphrase(self) -> str:
        """The passphrase of a keystore. AccountError when nobody can be asked."""
        if not self.may_ask:
            raise AccountError(
                "The passphrase of the account is needed, and nobody can be asked.",
                next_step=f"Name a file that holds it in {PASSWORD_FILE}.",
                code="PASSPHRASE",
            )
        return str(click.prompt("Passphrase", hide_input=True, err=True))

    def new_passphrase(self) -> str:
        """A passphrase for a new keystore: from the file in HASHKIT_PASSWORD_FILE, or asked for twice."""
        path = os.environ.get(PASSWORD_FILE)
        if path:
            return Path(path).read_text("utf-8").rstrip("\r\n")
        if not self.may_ask:
            return self.passphrase()
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))

    def secret(self, what: str) -> str:
        """Something that must not stand on a command line: asked for, or read from a pipe."""
        if self.may_ask:
            return str(click.prompt(what, hide_input=True, err=True))
        return sys.stdin.readline().strip() if sys.stdin is not None else ""


def _declined() -> InputError:
    return InputError("Not confirmed. Nothing was done.", code="DECLINED")
