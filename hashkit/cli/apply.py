"""``hashkit apply``: a plan that somebody saved with --out. Floor 4."""

from __future__ import annotations

from pathlib import Path

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Session


@verb(
    "apply",
    example="hashkit apply plan.json",
)
@click.argument("file", type=click.Path(path_type=Path))
@choices(write=True)
def command(session: Session, file: Path) -> None:
    """Do exactly what the plan in FILE says, or refuse because it no longer fits the chain.

    What is shown is read from the transactions themselves. Applied twice, it still happens once.
    """
    act(session, session.connect().apply(file), final=True)
