"""F1 to F12: SIGKILL at each named point, and the same command again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.world import Case

KILLS = {
    "F1": "before-plan",
    "F2": "after-plan",
    "F3": "before-sign",
    "F4": "after-sign",
    "F5": "before-send",
    "F6": "mid-send",
    "F7": "before-sent",
    "F8": "after-sent",
    "F9": "before-mined",
    "F10": "between-chunks",
    "F12": "report",
}


@pytest.mark.parametrize("name", KILLS)
def test_killed_then_the_same_command_goes_on(begin: Callable[..., Case], name: str) -> None:
    case = begin()
    nth = "" if name == "F12" else "@3"
    killed = case.run(fault=f"{KILLS[name]}{nth}:kill")
    assert killed.code == -9
    before = len(case.proxy.pool.arrived)
    case.cured()
    doubles = len(case.proxy.pool.arrived) - len(set(case.proxy.pool.arrived))
    assert doubles <= 1, f"{doubles} duplicate attempts; {before} before the kill"
