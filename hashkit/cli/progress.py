"""What is a transaction doing? A bar on a terminal, plain lines elsewhere; always on stderr. Floor 4."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hashkit.cli.screen import Screen, clean

if TYPE_CHECKING:
    from hashkit.issuer.steps import Event

_WORDS = {"done": "ok", "skipped": "done before", "resumed": "going on", "unsure": "waiting for an answer"}
_LONG = 10
"""Steps from which on a run tells its pace."""
_QUIET = frozenset({"signed", "sent", "mined"})
"""Kinds that are lines only for --verbose."""


class Progress:
    """Hears the events of a run. Shows nothing when output should be quiet."""

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen = screen
        self._total = total
        self._place = ""
        self._bar: Any = None
        self._task: Any = None
        self._sent = 0
        self._left = total
        self._begun = 0.0

    def __enter__(self) -> Self:
        shown = not (self._screen.quiet or self._screen.json)
        if shown and self._total and sys.stderr.isatty():
            self._bar = _bar(self._screen)
            self._task = self._bar.add_task("", total=self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def hear(self, event: Event) -> None:
        """One event of the run."""
        if event.kind == "step":
            self._begun = self._begun or time.monotonic()
            self._place = f"[{event.text.replace(' of ', '/')}] "
        if self._bar is not None:
            self._bar.update(self._task, description=clean(event.step or event.text))
            self._bar.advance(self._task, event.kind in ("done", "skipped"))
        self._left -= event.kind in ("done", "skipped")
        self._sent += event.kind == "done"
        if event.kind in ("step", "stopped") or (event.kind in _QUIET and not self._screen.verbose):
            return  # a step is told when it is done, and what stopped a run by the error
        self._print(event)

    def _pace(self) -> str:
        """``120 transactions a minute, 2 min left``; empty for a run that is short."""
        seconds = time.monotonic() - self._begun
        if self._total < _LONG or not self._left or seconds < 1:
            return ""
        left = round(seconds * self._left / self._sent)
        told = f"{left} s" if left < 120 else f"{left // 60} min"
        return f"{self._sent * 60 / seconds:.0f} transactions a minute, {told} left"

    def _print(self, event: Event) -> None:
        said = _WORDS.get(event.kind, event.kind)
        place = self._place if event.step else ""
        pace = self._pace() if event.kind == "done" else ""
        parts = (f"  {place}{event.step}", said, event.text, event.link or _short(event.tx_hash), pace)
        line = "  ".join(part for part in parts if part)
        if self._bar is not None:
            self._bar.console.print(clean(line))
        else:
            self._screen.say(line)


class Watch:
    """Hears how far a long reading is: ``watch("reading logs", 2000, 10000)``. Only on a terminal."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if not (self._screen.quiet or self._screen.json) and sys.stderr.isatty():
            self._bar = _bar(self._screen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            return
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(clean(what))
        self._bar.update(self._tasks[what], completed=done, total=total)


def _bar(screen: Screen) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=screen.console(sys.stderr), transient=True)
    bar.start()
    return bar


def _short(tx_hash: str) -> str:
    return f"tx {tx_hash[:10]}…" if tx_hash else ""
