"""Does a long run say how fast it is and how long it will take, and a short one only what it did?"""

from __future__ import annotations

import pytest

from hashkit.cli import progress
from hashkit.cli.screen import Screen
from hashkit.issuer.steps import Event


def lines_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], total: int) -> list[str]:
    """What is told of three steps, four seconds each."""
    clock = iter(range(100, 200, 4))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(Screen(), total) as told:
        for number in range(3):
            told.hear(Event("step", f"Rows {number}", f"{number + 1} of {total}"))
            told.hear(Event("done", f"Rows {number}", "block 7"))
    return capsys.readouterr().err.splitlines()


def test_a_long_run_tells_its_pace(monkeypatch, capsys):
    first, second, third = lines_of(monkeypatch, capsys, 100)
    assert first.endswith("15 transactions a minute, 6 min left"), first
    assert second.endswith("15 transactions a minute, 6 min left"), second
    assert third.endswith("15 transactions a minute, 6 min left"), third


def test_a_short_run_does_not(monkeypatch, capsys):
    assert not any("left" in line for line in lines_of(monkeypatch, capsys, 3))
