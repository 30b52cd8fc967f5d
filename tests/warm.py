"""Commands in forks of one process that has imported everything: each a process, without the seconds of starting one.

A fork is a process with its own folder, environment and streams, and it ends as Python ends. What it has not is a
start of its own: which modules it imports, and what Python reads of its environment when it starts. Where a test is
about these, or about a terminal, it starts a process (``Shell.process``).

Run as a server: its stdin is a socket, over which come the streams of each command and a socket for the rest.
"""

from __future__ import annotations

import ast
import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
AT_START = ("PYTHON", "LC_", "LANG", "LD_")
"""How the names of variables begin that matter only when a process starts."""
NEVER = {"eth", "pandas", "py_mini_racer", "solcx", "hashkit.__main__", "duckdb", "numpy", "pyarrow"}
"""What hardly any command needs, and what starts threads: a fork has only one."""
Ended = tuple[int, str, str]
"""Exit code, negative when a signal ended the command; its stdout; its stderr."""


class Warm:
    """The server, as its client sees it. ``run`` may be called by several threads at once."""

    def __init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HASHKIT_")}
        self._started = {**kept, "PYTHONPATH": str(ROOT)}
        self._control, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.warm"]
        with theirs:
            self._server = subprocess.Popen(
                command, cwd=ROOT, env=self._started, stdin=theirs, stdout=subprocess.DEVNULL
            )

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork is as good as a process: Python would start in the same way."""
        names = {name for name in (*environment, *self._started) if name.startswith(AT_START)}
        return all(environment.get(name) == self._started.get(name) for name in names)

    def run(self, words: list[str], folder: Path, environment: Mapping[str, str], stdin: str, timeout: float) -> Ended:
        """``hashkit WORDS`` in ``folder``. TimeoutError, after a kill, when it takes longer than that."""
        talk, theirs = socket.socketpair()
        with talk, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(os.fsencode(stdin))
            given.seek(0)
            with theirs:
                socket.send_fds(self._control, [b"."], [each.fileno() for each in (theirs, given, out, err)])
            talk.settimeout(timeout)
            talk.sendall(json.dumps([words, str(folder), dict(environment)]).encode() + b"\n")
            with talk.makefile() as said:
                pid = int(said.readline())
                try:
                    code = int(said.readline())
                except TimeoutError:
                    os.kill(pid, signal.SIGKILL)
                    raise
            return code, _text(out), _text(err)

    def close(self) -> None:
        """End the server."""
        self._control.close()
        self._server.wait(30)


@cache
def warm() -> Warm:
    """The server of this run of the tests."""
    made = Warm()
    atexit.register(made.close)
    return made


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace").replace("\r\n", "\n")


def _imports() -> Iterator[str]:
    """Every module of hashkit, and whatever one of them imports, if only inside a function."""
    for path in sorted((ROOT / "hashkit").rglob("*.py")):
        if "devnet" in path.parts or "templates" in path.parts:
            continue  # the local chain is a process of its own
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
            elif isinstance(node, ast.Import):
                yield from (each.name for each in node.names)


def _serve(control: socket.socket) -> None:
    """Fork for each command, until the client goes away."""
    for name in dict.fromkeys(_imports()):
        if not {name, name.partition(".")[0]} & NEVER:
            importlib.import_module(name)
    if Path("/proc/self/task").exists():
        assert len(os.listdir("/proc/self/task")) == 1, "a library starts threads: name it in NEVER"
    gc.collect()
    gc.freeze()  # the forks need not copy what was there before them
    while received := socket.recv_fds(control, 1, 4)[1]:
        if os.fork() == 0:
            control.close()
            return _attend(*received)
        for number in received:
            os.close(number)
        while _reaped():
            pass


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


def _attend(talk: int, *streams: int) -> None:
    """Start one command and tell its process id and its end."""
    told = socket.socket(fileno=talk)
    with told.makefile() as asked:
        words, folder, environment = json.loads(asked.readline())
    pid = os.fork()
    if pid == 0:
        told.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _become(words, folder, environment)
    for stream in streams:
        os.close(stream)
    told.sendall(f"{pid}\n".encode())
    told.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
    os._exit(0)


def _become(words: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    """What ``python -m hashkit WORDS`` does when it has imported itself."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(ROOT / "hashkit" / "__main__.py"), *words]
    sys.path[0] = folder
    from hashkit.cli import main

    try:
        main()
    except SystemExit as ended:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        # Python would now take every module apart, which takes longer than many a command.
        os._exit(ended.code if isinstance(ended.code, int) else 1)


if __name__ == "__main__":
    with socket.socket(fileno=os.dup(0)) as control:
        _serve(control)
