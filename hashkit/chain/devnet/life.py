"""How does the local chain begin, go on and end? Floor 2."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hashkit.chain.devaccounts import DEV_CHAIN_ID
from hashkit.chain.devnet import engines, processes
from hashkit.chain.devnet.places import Engine, Places, Running
from hashkit.errors import InputError, NodeError

FAVOURITE_PORT = 8545
START_SECONDS = 60.0
"""Longest wait for the start; a chain of many blocks takes a while to load."""
END_SECONDS = 60.0
"""Longest wait for the end; anvil writes its state then."""
PORT_SECONDS = 2.0
"""Longest wait for the port of a chain that ended: a system lets go of it a moment after the process."""
_LISTENING = re.compile(r"^Listening on 127\.0\.0\.1:(\d+)\s*$", re.MULTILINE)


def up(root: Path, *, engine: str = "auto", port: int = 0) -> Running:
    """Start the project's local chain, or return the one that runs.

    ``engine`` is auto, anvil or py-evm. ``port`` 0 means 8545 when it is free, else any. Returns when the
    chain answers. InputError: no such engine, port taken. NodeError: the engine did not start.
    """
    places = Places(root)
    with places.lock():
        running = status(root)
        if running is None:
            return _start(places, engine, _given(port)) if port else _start_near(places, engine, FAVOURITE_PORT)
        _check_same(running, engine, port)
        return running


def status(root: Path) -> Running | None:
    """The chain that runs for this project, or None. Asks the process table, not the network."""
    places = Places(root)
    recorded = places.read_record()
    return recorded if recorded and processes.is_ours(recorded.pid, str(places.home)) else None


def down(root: Path) -> bool:
    """End the chain and keep its state. False when none was running. NodeError when it does not end."""
    places = Places(root)
    if not places.home.exists():
        return False
    with places.lock():
        return _end(places)


def reset(root: Path) -> Running | None:
    """Forget the chain. One that was running starts again from its first block.

    It keeps its address, unless somebody took the port meanwhile: a note says so.
    """
    places = Places(root)
    if not places.home.exists():
        return None
    with places.lock():
        before = status(root)
        _end(places)
        places.wipe()
        if before is None:
            return None
        running = _start_near(places, before.engine, urlsplit(before.url).port or FAVOURITE_PORT)
        if running.url != before.url:
            running = replace(running, note=f"Somebody took the port of {before.url}: the address is another one.")
            places.write_record(running)
        return running


def _check_same(running: Running, engine: str, port: int) -> None:
    other_engine = engine not in ("auto", running.engine)
    if other_engine or port not in (0, urlsplit(running.url).port):
        raise InputError(
            f"A local chain already runs on {running.engine} at {running.url}.",
            next_step="End it first with `hashkit devnet down`.",
            code="DEVNET_RUNS",
        )


def _start(places: Places, wanted: str, port: int) -> Running:
    engine, note = engines.choose(wanted, places.kept_engine())
    if engine == "anvil":
        note = _mend_anvil_state(places) or note
    return _launch(places, engine, port, note)


def _start_near(places: Places, wanted: str, port: int) -> Running:
    """Start at a port if it is free, or else at any."""
    try:
        return _start(places, wanted, port if _is_free(port) else 0)
    except NodeError:
        if _is_free(port):
            raise
        return _start(places, wanted, 0)  # somebody took it a moment ago


def _launch(places: Places, engine: Engine, port: int, note: str) -> Running:
    pid = processes.start(engines.command(engine, places, port), places.home, places.log)
    running = Running(f"http://127.0.0.1:{port}", engine, DEV_CHAIN_ID, pid, note)
    places.write_record(running)  # first of all, so that no process is ever left that nobody knows of
    try:
        running = replace(running, url=f"http://127.0.0.1:{_await_port(places, running)}")
        places.write_record(running)
        if engine == "anvil":
            _settle_anvil(running.url)
    except BaseException:  # also an interrupt must not leave half a chain behind
        _end(places)
        raise
    return running


def _end(places: Places) -> bool:
    running = places.read_record()
    if running is None:
        return False
    was_there = processes.is_ours(running.pid, str(places.home))
    if not processes.end(running.pid, str(places.home), patience=END_SECONDS):
        raise NodeError(
            "The local chain does not end.",
            why=f"Process {running.pid} is still there after {END_SECONDS:.0f} seconds.",
            next_step="Look into " + str(places.log) + ", or end the process by hand.",
            code="DEVNET_STUCK",
        )
    places.record.unlink(missing_ok=True)
    _await_free(urlsplit(running.url).port or FAVOURITE_PORT)
    return was_there


def _given(port: int) -> int:
    """The port that somebody asked for. InputError: no port, or not free."""
    if not 0 < port <= 65535:
        raise InputError(f"{port} is no port.", why="Ports go from 1 to 65535.", code="PORT")
    if not _is_free(port):
        raise InputError(
            f"Port {port} of this machine is in use.", next_step="Choose another one, or none.", code="PORT"
        )
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the engines bind: a port that only waits for its old connections to time out is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _await_free(port: int) -> None:
    until = time.monotonic() + PORT_SECONDS
    while not _is_free(port) and time.monotonic() < until:
        time.sleep(0.02)


def _await_port(places: Places, running: Running) -> str:
    """The port on which the engine says that it listens. Its log is asked: at a port, anybody may answer."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        alive = processes.is_ours(running.pid, str(places.home))
        said = _LISTENING.search(places.log.read_text(errors="replace"))
        if said:
            return said.group(1)
        if not alive:
            break
        time.sleep(0.02)
    raise NodeError(
        f"The local chain ({running.engine}) did not start.",
        why=_last_words(places.log),
        next_step="If its state is damaged, forget it with `hashkit devnet reset`.",
        code="DEVNET_START",
    )


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return " ".join(lines[-2:])[-400:] or "It said nothing."


def ask(url: str, method: str, *params: Any) -> Any:
    """The result of one JSON-RPC call, or None when the chain answers with an error."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    try:
        connection.request("POST", "/", body, {"content-type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return answer.get("result") if isinstance(answer, dict) else None


def _mend_anvil_state(places: Places) -> str:
    """Keep a spare of a whole state, and go back to the spare from half a one. A note when that happened."""
    state, spare = places.anvil_state, places.anvil_spare
    if not state.exists():
        return ""
    if _is_whole(state):
        shutil.copyfile(state, spare)
        return ""
    if not spare.exists():
        raise NodeError(
            "The state of the local chain is damaged.",
            why=f"{state.name} was cut off while anvil wrote it.",
            next_step="Forget it with `hashkit devnet reset`.",
            code="DEVNET_STATE",
        )
    shutil.copyfile(spare, state)
    return "The state was cut off by a crash; the chain is back where it last started."


def _is_whole(state: Path) -> bool:
    # A cut-off JSON object lacks its last brace. Parsing a long chain's state would take seconds.
    with state.open("rb") as file:
        file.seek(max(0, state.stat().st_size - 64))
        return file.read().rstrip().endswith(b"}")


def _settle_anvil(url: str) -> None:
    """Stop its log from growing, and its clock from going back.

    anvil forgets evm_increaseTime when it ends; its next block would be older than its last one.
    """
    ask(url, "anvil_setLoggingEnabled", False)
    newest = ask(url, "eth_getBlockByNumber", "latest", False)
    ahead = int(newest["timestamp"], 16) - int(time.time())
    if ahead > 0:
        ask(url, "evm_increaseTime", ahead)
