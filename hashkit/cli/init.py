"""``hashkit init``: a new project with samples to edit. Floor 4."""

from __future__ import annotations

from pathlib import Path

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session


@verb("init", example="hashkit init green-bond")
@click.argument("name", default=".", type=click.Path(file_okay=False, path_type=Path))
@choices(network=False)
def command(session: Session, name: Path) -> None:
    """Make a project in the folder NAME (default: here), with sample terms, investors and an issue file.

    Nothing that is there already is overwritten.
    """
    from hashkit.store.starter import start_project

    project, files = start_project(name)
    here = name == Path()
    lines = [f"Created {'a project here' if here else f'{name}/'}", *(f"  {file}" for file in files)]
    step = "hashkit devnet up" if here else f"cd {name} && hashkit devnet up"
    session.show(Answer({"folder": str(project.root), "files": list(files)}, [*lines, f"Next: {step}"]))
