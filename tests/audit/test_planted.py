"""A register seeded with 26 planted faults: each check finds its own; a clean history gives none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hashkit.audit.checks import CHECKS, Finding
from hashkit.rpc.client import Endpoint
from tests.audit.planted import FAULTS, Ground, build, files_of, journal
from tests.audit.world import World
from tests.conftest import fresh


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    with fresh("anvil", tmp_path_factory.mktemp("planted")) as running:
        world = World(Endpoint(running.url, chain_id=31337))
        build(world)
        yield world, tmp_path_factory.mktemp("books")


@pytest.fixture
def ground(clean: tuple[World, Path], tmp_path: Path) -> Iterator[Ground]:
    """The clean world; whatever is done to the chain is taken back afterwards."""
    world, books = clean
    point = world.endpoint.call("evm_snapshot")
    yield Ground(world, tmp_path, files_of(world), journal_of(world, books))
    world.endpoint.call("evm_revert", (point,))


def journal_of(world: World, books: Path) -> Path:
    return next(books.glob("*.db"), None) or journal(world, books)


def words(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {found.id: found.result for found in findings}


def test_a_clean_history_gives_no_fault(ground: Ground) -> None:
    findings = ground.audit().findings
    told = words(findings)
    assert list(told) == [check.id for check in CHECKS] == [f"C{n:02}" for n in range(1, 27)] == list(FAULTS)
    assert {check: word for check, word in told.items() if word != "pass"} == {"C06": "note"}, findings


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_own_fault(ground: Ground, check: str) -> None:
    result, plant, says = FAULTS[check]
    plant(ground)
    found = next(one for one in ground.audit().findings if one.id == check)
    assert found.result == result, found
    assert says in "\n".join([found.text, *found.evidence]), found
