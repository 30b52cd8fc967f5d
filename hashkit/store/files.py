"""How does a file get onto the disk whole or not at all, and where may it lie? Floor 2.

A reader sees the old bytes or the new bytes, never half of either, whenever the machine stops. A name that came
from a user, a file or a chain becomes a path only through ``safe_name`` and ``inside``.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hashkit.domain.terms import shown
from hashkit.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def write_atomic(
    path: Path, data: bytes | Iterable[bytes], mode: int = 0o644, named: Callable[[], str] | None = None
) -> None:
    """Replace ``path`` by ``data``, whole or in parts: temporary file beside it, fsync, rename, fsync of the folder.

    ``named`` gives another name for the file when all is written. Missing folders are made. Raises OSError when the
    disk refuses; the old file is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, path if named is None else path.with_name(named()))
    except BaseException as error:  # also an interrupt must not leave the temporary file behind
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say which file it was
        raise
    _sync_folder(path.parent)


def private_folder(path: Path) -> Path:
    """``path`` as a folder that only its owner may read. Made when missing, tightened when open."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time in ``folder``; the others wait. OSError when it cannot be written to."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def safe_name(name: str) -> str:
    """``name`` when it can name one file on every system, else InputError: no separators, no tricks."""
    if not _NAME.fullmatch(name) or name.endswith(".") or _WINDOWS.fullmatch(name):
        raise InputError(
            f"{shown(name)} cannot name a file.",
            why="It must begin with a letter or digit and hold only letters, digits, points, - and _, 64 at most.",
            next_step="Choose another name.",
            code="FILE_NAME",
        )
    return name


def inside(root: Path, *names: str) -> Path:
    """The path ``root/names...``, below ``root`` for certain: names are safe and nothing on the way is a link."""
    path = root
    for name in names:
        path = path / safe_name(name)
        if path.is_symlink():
            raise InputError(
                f"{path} is a link.",
                why="It could lead out of the folder it lies in.",
                next_step="Put a real file or folder in its place.",
                code="LINK",
            )
    return path


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the rename itself lives in the folder
    finally:
        os.close(handle)
