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


class Terminal:
    """Standard error as a terminal has it."""

    def __init__(self) -> None:
        self.written = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(("quiet", "json", "shown"), [(False, False, True), (True, False, False), (False, True, False)])
def test_a_long_reading_draws_its_bars_on_a_terminal_alone(monkeypatch, quiet, json, shown):
    drawn: list[tuple[str, int, int]] = []

    class Bar:
        def add_task(self, what: str) -> str:
            drawn.append((what, -1, -1))
            return what

        def update(self, task: str, *, completed: int, total: int) -> None:
            drawn.append((task, completed, total))

        def stop(self) -> None:
            drawn.append(("end", 0, 0))

    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "_bar", lambda screen: Bar())
    with progress.Watch(Screen(json, quiet)) as watch:
        watch("logs", 1, 3)
        watch("logs\x1b[2J", 2, 3)
        watch("logs", 3, 3)
    assert [one for one in drawn if one[0] == "logs"][:2] == ([("logs", -1, -1), ("logs", 1, 3)] if shown else [])
    assert bool(drawn) is shown and not any("\x1b" in what for what, *_ in drawn)
