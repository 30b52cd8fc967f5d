"""Where is the project, and where does each of its files lie? Floor 2.

A project is a folder with a hashkit.toml, found upward from where one stands, like git does it.
Its ``.hashkit/`` is private to the user and never committed; ``deployments/`` is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hashkit.errors import InputError
from hashkit.store.files import private_folder, safe_name, write_atomic
from hashkit.store.settings import Settings, pick, read_settings

FILE = "hashkit.toml"
DEV_CHAIN = 31337
"""Chain id of the embedded chain, whose deployments are nobody else's business."""

_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Project:
    """One issuer's folder. Frozen: to see an edit of hashkit.toml, find the project again."""

    root: Path
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The project that ``start`` (default: the working folder) lies in. InputError when none does."""
        here = (start or Path.cwd()).absolute()
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return cls(folder, read_settings(folder / FILE))
        raise InputError(
            "There is no project here.",
            why=f"Neither {here} nor a folder above it holds a {FILE}.",
            next_step="Make one with `hashkit init`, or go to its folder.",
            code="NO_PROJECT",
        )

    @classmethod
    def create(cls, folder: Path, *, network: str = "devnet", account: str | None = None) -> Project:
        """A new project in ``folder``, which is made when missing. InputError when there is one already."""
        if (folder / FILE).exists():
            raise InputError(
                f"{folder} already is a project.", next_step="Use it or choose another folder.", code="EXISTS"
            )
        private = {folder / "deployments" / ".gitignore": f"{DEV_CHAIN}/\n"}
        private[folder / "register" / ".gitignore"] = "# Personal data stays here.\n*\n!.gitignore\n"
        for path, text in private.items():
            write_atomic(path, text.encode())
        write_atomic(folder / FILE, _first_settings(network, account).encode())
        project = cls.find(folder)
        _ = project.private
        return project

    @classmethod
    def scratch(cls, folder: Path) -> Project:
        """A project without a hashkit.toml, for programs: the same files, with the built-in settings."""
        return cls(folder.absolute())

    def setting(
        self, name: str, flag: str | None = None, environ: Mapping[str, str] = os.environ
    ) -> tuple[str | None, str]:
        """Value and origin of ``network``, ``rpc_url``, ``asset`` or ``account``."""
        return pick(name, flag, self.settings, environ)

    def use_asset(self, symbol: str) -> None:
        """Make ``symbol`` the default asset in hashkit.toml. Comments and order stay."""
        import tomlkit

        path = self.root / FILE
        document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
        document["asset"] = checked_symbol(symbol)
        write_atomic(path, tomlkit.dumps(document).encode())

    @property
    def private(self) -> Path:
        """``.hashkit/``: made on first use, 0700, ignored by git through a file of its own."""
        folder = private_folder(self.root / ".hashkit")
        ignore = folder / ".gitignore"
        if not ignore.exists():
            write_atomic(ignore, b"*\n")
        return folder

    @property
    def journal(self) -> Path:
        """Folder of the journals, one file per chain and sender."""
        return private_folder(self.private / "journal")

    def plan_file(self, digest: str) -> Path:
        """The plan of a batch, as it was when it began."""
        return private_folder(self.private / "plans") / f"{digest.removeprefix('0x')}.json"

    def plan_files(self) -> tuple[Path, ...]:
        """Every plan that was kept."""
        return tuple(sorted(private_folder(self.private / "plans").glob("*.json")))

    @property
    def events(self) -> Path:
        """Folder of the event store: what was read from chains once."""
        return self.private / "events"

    @property
    def rows_file(self) -> Path:
        """What was issued under which external id."""
        return self.private / "rows.db"

    @property
    def names_file(self) -> Path:
        """Which label belongs to which wallet. Personal data."""
        return self.private / "names.db"

    @property
    def devnet(self) -> Path:
        """Folder of the embedded chain."""
        return self.private / "devnet"

    @property
    def investors(self) -> Path:
        """The issuer's own list of investors. Personal data."""
        return self.root / "register" / "investors.csv"

    @property
    def assets(self) -> Path:
        """Folder of the term sheets."""
        return self.root / "assets"

    @property
    def batches(self) -> Path:
        """Folder of the files with rows to issue."""
        return self.root / "batches"

    @property
    def reports(self) -> Path:
        """Folder of the audit reports."""
        return self.root / "reports"

    @property
    def deployments(self) -> Path:
        """Folder of the deployment records."""
        return self.root / "deployments"

    def terms_file(self, symbol: str) -> Path:
        """The term sheet of one asset."""
        return self.assets / f"{checked_symbol(symbol)}.toml"

    def deployment_file(self, chain_id: int, symbol: str) -> Path:
        """The deployment record of one asset on one chain."""
        return self.deployments / str(chain_id) / f"{checked_symbol(symbol)}.json"


def checked_symbol(symbol: str) -> str:
    """``symbol`` if it can be a file name on any system: a token may call itself ``../../x``."""
    if not _SYMBOL.fullmatch(symbol):
        raise InputError(
            f"{symbol[:40]!r} cannot be an asset's symbol here.",
            why="A symbol is 1 to 32 letters, digits, points, dashes or underscores, letter or digit first.",
            code="SYMBOL",
        )
    return safe_name(symbol)


def _first_settings(network: str, account: str | None) -> str:
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("A hashkit project. Flags and HASHKIT_* variables overrule this file."))
    document["network"] = network
    if account:
        document["account"] = account
    return tomlkit.dumps(document)
