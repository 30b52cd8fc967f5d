"""Where does output go, and in which form? Floor 4.

Data to stdout: tables on a terminal, tab-separated values in a pipe, or one JSON document. Everything else
to stderr. Whatever comes from a chain or a file is made printable first: a token may call itself an
escape sequence.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

Row = Sequence[str]


def prepare_streams() -> None:
    """Make printing safe on any terminal: what it cannot show becomes a question mark, not a crash."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: `hashkit ... 2>&-`
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as the process
            setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def clean(text: str) -> str:
    """``text`` without escape sequences, control, bidi or other invisible characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def counted(number: int, noun: str) -> str:
    """``1 transaction``, ``2 transactions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def to_json(document: Mapping[str, Any]) -> str:
    """JSON that no terminal can misread: invisible characters stay, but escaped."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, indent=2, ensure_ascii=not utf8, allow_nan=False)
    return "".join(char if char.isprintable() or char == "\n" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return json.dumps(char, ensure_ascii=True)[1:-1]


@dataclass(frozen=True, slots=True)
class Screen:
    """How this run prints. ``color`` is auto, always or never."""

    json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"

    def styled(self, stream: IO[str]) -> bool:
        """Whether ``stream`` gets colours and links: the flag, NO_COLOR, CLICOLOR_FORCE, then the terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"

    def console(self, stream: IO[str]) -> Console:
        """A rich console that invents no markup, emoji or highlighting."""
        from rich.console import Console

        styled = self.styled(stream)
        return Console(
            file=stream,
            color_system="auto" if styled else None,
            force_terminal=styled,
            no_color=not styled,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=True,
            _environ={k: v for k, v in os.environ.items() if k in ("TERM", "COLORTERM", "COLUMNS")},
        )

    def say(self, text: str) -> None:
        """Chatter: to stderr, unless it should be quiet."""
        if not (self.quiet or self.json):
            sys.stdout.flush()  # or a pipe shows the chatter before the data that came first
            print("\n".join(map(clean, text.splitlines())), file=sys.stderr, flush=True)

    def detail(self, steps: Iterable[Any]) -> None:
        """With --verbose: what the transactions of a plan call, and with which bytes."""
        if self.verbose:
            self.say("\n".join("  " + json.dumps(step.to_dict(), ensure_ascii=True) for step in steps))

    def lines(self, lines: Iterable[str]) -> None:
        """Data as plain lines."""
        for line in lines:
            print(clean(line))

    def table(self, headings: Row, rows: Iterable[Row]) -> None:
        """Data as a table on a terminal, as tab-separated values elsewhere."""
        table = [[clean(cell) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            for row in (headings, *table):
                print("\t".join(row))
            return
        self.console(sys.stdout).print(_rich_table(headings, table))

    def document(self, document: Mapping[str, Any]) -> None:
        """Data as one JSON document."""
        print(to_json(document))


def _rich_table(headings: Row, rows: Sequence[Row]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column, heading in enumerate(headings):
        figures = bool(rows) and all(_is_figure(row[column]) for row in rows)
        table.add_column(heading, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _is_figure(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).rstrip(" %").isdecimal()
