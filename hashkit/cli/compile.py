"""``hashkit compile``: write the artifacts, or prove that they equal a rebuild. Floor 4.

For people who change the contracts, in a checkout. Users of hashkit never need it: artifacts ship.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session
from hashkit.errors import ChangesPending, InputError

if TYPE_CHECKING:
    from hashkit.contracts.rebuild import Build


@verb("compile", example="hashkit compile --check")
@click.option("--check", is_flag=True, help="Write nothing: rebuild and compare byte for byte.")
@choices(network=False)
def command(session: Session, check: bool) -> None:
    """Compile the contracts of this checkout into the package's artifacts."""
    root = _checkout(Path.cwd())
    session.show(_check(root) if check else _compile(root))


def _compile(root: Path) -> Answer:
    from hashkit.contracts import artifacts, rebuild
    from hashkit.contracts.compiler import cache_folder

    build = rebuild.compile_project(root, cache=cache_folder(root))
    changed = rebuild.write(root, build)
    artifacts.load.cache_clear()
    artifacts.index.cache_clear()
    told = f"{len(changed)} files written." if changed else "Nothing changed."
    data = {"changed": changed, "runtimeBytes": dict(build.runtime_sizes)}
    return Answer(data, [*_sizes(build), told], warnings=build.warnings)


def _sizes(build: Build) -> list[str]:
    from hashkit.contracts.rebuild import CODE_LIMIT

    notes = dict.fromkeys(build.oversized, "  too large for any chain")
    sizes = build.runtime_sizes.items()
    return [f"{name:24} {size:>7,} of {CODE_LIMIT:,} bytes{notes.get(name, '')}" for name, size in sizes]


def _check(root: Path) -> Answer:
    from hashkit.contracts import rebuild

    differences = rebuild.check(root)
    if differences:
        raise ChangesPending(
            "The committed artifacts are not what the sources make.",
            why=f"{len(differences)} differences were found.",
            next_step="Run `hashkit compile` and commit hashkit/contracts/build.",
            code="STALE_ARTIFACTS",
            details=differences,
        )
    return Answer({"differences": []}, ["The committed artifacts equal a rebuild, byte for byte."])


def _checkout(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "contracts").is_dir() and (folder / "hashkit" / "contracts").is_dir():
            return folder
    raise InputError(
        "There is no checkout of hashkit here.",
        why="Only its contracts are compiled; the artifacts are already in the package.",
        next_step="Go to the folder that holds contracts/ and hashkit/.",
        code="NO_CHECKOUT",
    )
