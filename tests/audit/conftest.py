"""One token with a history, on each engine; and nodes that lie about it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hashkit.contracts.hashing import keccak
from hashkit.errors import RpcError
from hashkit.rpc.client import Endpoint
from tests.audit.world import KEYS, WALLETS, World
from tests.conftest import fresh


def ref(text: str) -> bytes:
    return keccak(text.encode())


@pytest.fixture
def world(fresh_chain) -> World:
    """A token that issued 100.00 to the first wallet and 50.00 to the second, on anvil."""
    made = World(Endpoint(fresh_chain("anvil"), chain_id=31337)).deploy()
    made.issue([(WALLETS[0], 10_000), (WALLETS[1], 5_000)])
    return made


def live(world: World, seed: int, steps: int) -> int:
    """A random history of every kind of act; returns how many transactions were mined."""
    r, mined = random.Random(seed), 0
    token, registry = world.token, world.registry
    for n in range(steps):
        a, b, raw = *r.sample(WALLETS, 2), r.randint(0, 3_000)
        paper = ref(f"paper {seed} {n}") if r.random() < 0.8 else bytes(32)
        call, key = r.choice(
            [
                (token.transfer(b, raw), KEYS[a]),
                (token.transfer(b, raw), KEYS[a]),
                (token.transfer(a, raw), KEYS[a]),
                (token.redeem(a, raw, ref(f"redeem {seed} {n}")), None),
                (token.forced_transfer(a, b, raw, paper), None),
                (token.set_address_frozen(a, r.random() < 0.4, paper), None),
                (token.set_frozen_tokens(a, raw * (r.random() < 0.5), paper), None),
                (token.pause(r.random() < 0.4, paper), None),
                (token.halt(r.random() < 0.2, paper), None),
                (token.set_cap(100_000_000 - n), None),
                (token.allow_countries([344, 702, r.randint(1, 900)], True), None),
                (registry.deny(a, r.random() < 0.4, paper), None),
                (registry.renew(a, r.choice([0, 1, 4_000_000_000, 4_000_000_000]), paper), None),
                (None, None),
            ]
        )
        try:
            if call is None:
                world.issue([(a, raw + 1), (b, 500)], skip=r.random() < 0.5)
            else:
                world.do(call, *([key] if key else []))
            mined += 1
        except (AssertionError, RpcError):  # refused by the token: that is part of the history
            pass
    return mined


class Liar(Endpoint):
    """A real node whose answers pass through ``twist(method, params, answer)`` first.

    It refuses calls without a recipient, so that a twist sees each question to a contract alone.
    """

    def __init__(self, url: str, twist: Any) -> None:
        super().__init__(url, chain_id=31337)
        self.twist = twist

    def call(self, method: str, params: Any = (), quick: Any = None) -> Any:
        if method == "eth_call" and "to" not in params[0]:
            raise RpcError(method, -32602, "missing recipient")
        return self.twist(method, params, super().call(method, params))

    def batch(self, calls: Any) -> list[Any]:
        return [self._try(method, params) for method, params in calls]

    def _try(self, method: str, params: Any) -> Any:
        try:
            return self.call(method, params)
        except RpcError as error:
            return error


def url_of(world: World) -> str:
    return world.endpoint.label


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    """A register without a fault, on a chain that the tests of ``ground`` share, and a folder with its journal."""
    from tests.audit.planted import build, journal

    with fresh("anvil", tmp_path_factory.mktemp("planted")) as running:
        world, books = World(Endpoint(running.url, chain_id=31337)), tmp_path_factory.mktemp("books")
        build(world)
        journal(world, books)
        yield world, books


@pytest.fixture
def ground(clean: tuple[World, Path], tmp_path: Path) -> Iterator[Any]:
    """The clean world with the auditor's files; whatever is done to the chain is taken back afterwards."""
    from tests.audit.planted import Ground, files_of

    world, books = clean
    point = world.endpoint.call("evm_snapshot")
    yield Ground(world, tmp_path, files_of(world), next(books.glob("*.db")))
    world.endpoint.call("evm_revert", (point,))
