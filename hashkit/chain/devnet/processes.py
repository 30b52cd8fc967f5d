"""How is a background process started, recognised and ended? Floor 2.

A pid alone proves nothing, because systems give pids out again. A process is ours when the command line of
that pid names our folder; nothing else is ever signalled.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

HASHKIT_ROOT = Path(__file__).resolve().parents[3]


def start(command: Sequence[str], folder: Path, log: Path) -> int:
    """Start ``command`` so that it survives us and our terminal. Its pid; its output goes to ``log``."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # For an instant a new process has no command line, and would look like one that is not ours.
    while not _command_line(process.pid) and process.poll() is None:
        time.sleep(0.001)
    process.returncode = 0  # it is meant to outlive this object: no warning that it is still running
    return process.pid


def _environment() -> dict[str, str]:
    # No setting of ours (a passphrase, a key) goes to a process that needs none.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HASHKIT_")}
    paths = [str(HASHKIT_ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def is_ours(pid: int, mark: str) -> bool:
    """Whether ``pid`` is alive and its command line contains ``mark``."""
    _reap(pid)
    return pid > 0 and mark in _command_line(pid)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return ""
    asked = ["ps", "-ww", "-o", "command=", "-p", str(pid)]  # macOS has no /proc
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def _reap(pid: int) -> None:
    # A dead child of this very process stays a zombie until somebody asks for its exit code.
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, OverflowError):
        pass  # not our child, or gone


def end(pid: int, mark: str, *, patience: float) -> bool:
    """Ask ``pid`` to end if it is ours, and wait ``patience`` seconds. False when it is still there."""
    if is_ours(pid, mark):
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + patience
    while is_ours(pid, mark):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
