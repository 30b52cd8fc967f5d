"""Every fault, each ending with every row credited exactly once and a journal that equals the chain.

``make faults`` plays every case; ``make test`` plays sixty of them, drawn by ``SEED``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest

from tests.faults import cases_hosts, cases_journal, cases_machine
from tests.faults.cases_node import CASES
from tests.faults.world import Case

SEED = int(os.environ.get("HASHKIT_FAULT_SEED", "2026"))
DRAWN = 60
assert cases_machine and cases_journal and cases_hosts  # each enters its cases when it is read


def _names() -> list[str]:
    if os.environ.get("HASHKIT_FAULTS") == "all":
        return sorted(CASES)
    return sorted(Random(SEED).sample(sorted(CASES), DRAWN))


@pytest.mark.parametrize("name", _names())
def test_every_row_is_credited_exactly_once(begin: Callable[..., Case], name: str) -> None:
    dialect, play = CASES[name]
    play(begin(dialect), Random(f"{SEED} {name}"))
