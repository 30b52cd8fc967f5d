"""Chains for every test that needs one: real ones, each in a folder of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import sample
from time import time

import pytest
from hypothesis import HealthCheck, settings

from hashkit.chain import devnet
from hashkit.rpc.client import Endpoint

ENGINES = ("anvil", "py-evm")
# A busy machine makes no test fail: hypothesis measures no time.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


PORTS = range(20_000, 32_700)
"""Where no system takes the port of an outgoing connection from, so that a port that is free stays free."""
BLOCK = 100
_held: list[socket.socket] = []
_left: list[int] = []


def free_port() -> int:
    """A port of the loopback address that nobody uses, and that no other run of the tests will use.

    The run holds the first port of each block of a hundred from which it hands out the others, each once.
    """
    while True:
        if not _left:
            _take_block()
        port = _left.pop()
        with socket.socket() as probe:
            if _binds(probe, port):
                return port


def _take_block() -> None:
    for first in sample(PORTS[::BLOCK], len(PORTS[::BLOCK])):
        guard = socket.socket()
        if _binds(guard, first):
            _held.append(guard)
            _left.extend(range(first + 1, first + BLOCK))
            return
        guard.close()
    raise RuntimeError("every block of ports is held by a run of the tests")


def _binds(one: socket.socket, port: int) -> bool:
    try:
        one.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


@contextmanager
def fresh(engine: str, folder: Path) -> Iterator[devnet.Running]:
    """A chain at its first block, kept in ``folder``, ended at the end."""
    try:
        yield devnet.up(folder, engine=engine, port=free_port())
    finally:
        devnet.down(folder)


class Stage:
    """An anvil that many tests use one after the other, each as it stood when the stage was set."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._node = Endpoint(url)
        self._set = self._node.call("evm_snapshot")

    def rewind(self) -> None:
        """The chain as it was, but with the time of now."""
        self._node.call("anvil_dropAllTransactions")
        self._node.call("evm_setAutomine", (True,))
        assert self._node.call("evm_revert", (self._set,))
        self._set = self._node.call("evm_snapshot")
        self._node.call("evm_setTime", (int(time()),))


@pytest.fixture
def fresh_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """``fresh_chain("anvil")`` gives the URL of a new chain that nobody else uses; ended after the test."""
    folders: list[Path] = []

    def start(engine: str) -> str:
        folders.append(tmp_path_factory.mktemp(engine))
        return devnet.up(folders[-1], engine=engine, port=free_port()).url

    yield start
    for folder in folders:
        devnet.down(folder)


@pytest.fixture(scope="session")
def anvil_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An anvil that all tests of the session share: expect other tests' blocks and nonces."""
    with fresh("anvil", tmp_path_factory.mktemp("anvil")) as running:
        yield running.url


@pytest.fixture(scope="session")
def pyevm_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A py-evm chain that all tests of the session share."""
    with fresh("py-evm", tmp_path_factory.mktemp("py-evm")) as running:
        yield running.url


@pytest.fixture(params=ENGINES)
def dev_url(request: pytest.FixtureRequest) -> str:
    """The shared chain of each engine in turn; the other engine is not started for it."""
    return str(request.getfixturevalue("anvil_url" if request.param == "anvil" else "pyevm_url"))
