"""Which accounts do the settings name? Those behind a command, of the project and of the user. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hashkit.chain.command_signer import CommandAccount
from hashkit.store.project import FILE, Project
from hashkit.store.settings import Settings, user_settings


def command_accounts(project: Project | None) -> tuple[CommandAccount, ...]:
    """The project's first. The same name in both files stands here twice, and is refused when it should sign."""
    own, path = user_settings()
    of_project = _named(project.settings, project.root / FILE) if project is not None else ()
    return (*of_project, *_named(own, path))


def _named(settings: Settings, path: Path) -> Iterator[CommandAccount]:
    for name, found in settings.accounts.items():
        yield CommandAccount(name, tuple(found.command), found.address, path.absolute(), found.timeout_seconds)
