"""One chain for all faults; each test gets it as it was before the order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.world import Case, World, case, made_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The asset and its chain."""
    with made_world(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture
def begin(world: World, tmp_path: Path) -> Iterator[Callable[..., Case]]:
    """``begin("besu")`` gives a case in front of a node that speaks so."""
    with ExitStack() as stack:
        yield lambda dialect="geth": stack.enter_context(case(world, tmp_path / "project", dialect))
