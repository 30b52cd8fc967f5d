"""What does a new project hold? The sample files that ship with hashkit. Floor 2."""

from __future__ import annotations

from pathlib import Path

from hashkit.errors import InputError
from hashkit.store.files import write_atomic
from hashkit.store.project import FILE, Project

TEMPLATES = Path(__file__).with_name("templates")


def start_project(folder: Path) -> tuple[Project, tuple[str, ...]]:
    """A new project in ``folder`` with sample terms, investors and an issue file; names of its files.

    InputError when any of the files is there already: nothing of the user's is ever overwritten.
    """
    samples = {path.relative_to(TEMPLATES): path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()}
    taken = [str(name) for name in samples if (folder / name).exists()]
    if taken:
        raise InputError(
            f"{folder.name or folder} already holds {', '.join(taken)}.",
            why="A new project must not overwrite anything.",
            next_step="Choose another name: hashkit init NAME.",
            code="EXISTS",
        )
    Project.create(folder)
    for name, path in samples.items():
        write_atomic(folder / name, path.read_bytes())
    names = sorted((str(name) for name in samples), key=lambda name: (name != FILE, name))
    return Project.find(folder), tuple(names)
