"""F1 to F12: SIGKILL at each named point, and the same command again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.faults import faults as f
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


@pytest.mark.parametrize("name", [name for name in KILLS if name != "F12"])
def test_killed_in_the_first_step_then_the_same_command_goes_on(
    begin: Callable[..., Case], name: str
) -> None:
    case = begin()
    assert case.run(fault=f"{KILLS[name]}:kill").code == -9
    time.sleep(1.1)  # the deadline of an order counts seconds from the run that opens it
    case.cured()


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_killed_while_replacing_then_the_same_command_goes_on(begin: Callable[..., Case], nth: int) -> None:
    """F11: the dearer transaction is signed, or about to be, and the cheap one may be mined all the same."""
    case = begin("anvil" if nth % 2 else "geth")
    case.proxy.script("eth_sendRawTransaction", f.first(lambda e: case.base_fee(50)), skip=nth - 1)
    assert case.run(fault="replacing:kill").code == -9
    case.cured()
