"""Which options do the commands of an auditor share? Period, store, and the files to compare with. Floor 4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hashkit.cli.session import Session

if TYPE_CHECKING:
    from hashkit.audit import AuditResult
    from hashkit.audit.inputs import Given

Function = Callable[..., Any]

_FILE = click.Path(dir_okay=False, path_type=Path)
_FILES = (
    ("register", "The issuer's investor file: who is behind which wallet."),
    ("issues", "Issue file, the subscription ledger; once more for each other."),
    ("payments", "Payments in and out, by external id."),
    ("nav", "Net asset value per unit, by day."),
    ("expected", "What you expect: powers, working hours, limits (TOML)."),
    ("journal", "An account's journal from .hashkit/journal; once more for each other."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audit is asked for, beside the shared options."""

    store: Path | None
    first: int | None
    since: str | None
    paths: dict[str, list[Path]]
    second_node: tuple[str, ...]
    explorer: bool
    block_hash: str | None
    l1_node: str | None

    def run(self, session: Session, token: str | None) -> AuditResult:
        """The audit, with its progress shown."""
        from hashkit.audit import audit
        from hashkit.audit.witness import Witnesses

        witnesses = Witnesses(self.second_node, self.explorer, self.block_hash, self.l1_node)
        files, address = self.files(), session.token_address(token)
        with session.watch() as watch:
            return audit(
                session.node, session.network, address, at=session.choices.at, store=self.store or session.events,
                first=self.first, since=self.since, files=files, witnesses=witnesses, on_progress=watch,
            )  # fmt: skip

    def files(self) -> tuple[Given, ...]:
        """The files, read before anything is asked of a node."""
        from hashkit.audit.inputs import take

        return take(self.paths)


def period(function: Function) -> Function:
    """``--store``, ``--first`` and ``--from``, which is also called ``--since``."""
    for option in (
        click.option(
            "--from", "--since", "since", metavar="BLOCK|DATE", help="Where the period begins: a block's end, or a day."
        ),
        click.option("--first", type=click.IntRange(min=0), metavar="BLOCK", help="Read from this block on."),
        click.option(
            "--store",
            type=click.Path(file_okay=False, path_type=Path),
            help="Keep what was read in this folder and go on; in a project: .hashkit/events.",
        ),
    ):
        function = option(function)
    return function


def witnesses(function: Function) -> Function:
    """``--second-node``, ``--explorer``, ``--l1-node`` and ``--block-hash``: who else attests the block."""
    for option in (
        click.option("--block-hash", metavar="HASH", help="Hash of the block, from a source that you trust."),
        click.option("--l1-node", metavar="URL", help="A node of L1: does an output root there commit to the block?"),
        click.option("--explorer", is_flag=True, help="Ask the network's explorer for the hash of the block too."),
        click.option(
            "--second-node",
            multiple=True,
            metavar="URL",
            help="Another node, to compare block and events with; once more for each other.",
        ),
    ):
        function = option(function)
    return function


def asked(function: Function) -> Function:
    """All of them: the command gets one ``Asked`` in their place."""

    @wraps(function)
    def command(session: Session, *, store: Path | None, first: int | None, since: str | None, **more: Any) -> Any:
        paths = {kind: [p for p in _listed(more.pop(kind)) if p] for kind, _ in _FILES}
        who = [more.pop(name) for name in ("second_node", "explorer", "block_hash", "l1_node")]
        return function(session, asked=Asked(store, first, since, paths, *who), **more)

    found: Function = command
    for kind, says in reversed(_FILES):
        many = kind in ("issues", "journal")
        found = click.option(f"--{kind}", type=_FILE, metavar="FILE", multiple=many, help=says)(found)
    return period(witnesses(found))


def _listed(given: Any) -> list[Path | None]:
    return list(given) if isinstance(given, tuple) else [given]
