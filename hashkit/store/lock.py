"""Who writes now? One process at a time for one account on one chain. Floor 2.

The lock belongs to the open file, so the system drops it when the process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from hashkit.errors import AccountError

_POLL = 0.05  # seconds between two looks at a lock that another process holds


class Lock:
    """An exclusive lock on a side file. Taken by ``take``, given back by ``release``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def take(self, wait_seconds: float, on_wait: Callable[[str], None] | None = None) -> None:
        """Wait for the lock. ``on_wait`` is told once who holds it. AccountError when time runs out."""
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait_seconds
        told = False
        while not self._try():
            if not told and on_wait is not None:
                on_wait(f"Another hashkit process ({self._holder()}) is using this account; waiting for it.")
            told = True
            if time.monotonic() >= deadline:
                holder = self._holder()
                self.release()
                raise AccountError(
                    "Another hashkit process is using this account.",
                    why=f"{holder} has not finished within {wait_seconds:.0f} seconds.",
                    next_step="Let it finish, then run the same command again.",
                    code="ACCOUNT_BUSY",
                )
            time.sleep(_POLL)
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"process {os.getpid()}".encode(), 0)

    def release(self) -> None:
        """Give the lock back. Harmless when it is not held."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _try(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> str:
        return os.pread(self._handle, 60, 0).decode("ascii", "replace") or "a process"
