"""Tables out: CSV that no spreadsheet takes for a formula. Floor 2."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from hashkit.store.files import write_atomic

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DANGEROUS = frozenset("=+-@\t\n|%＝＋－＠")


def cell_out(text: str) -> str:
    """``text`` safe in any spreadsheet: formula starts get an apostrophe, hidden characters are spelled out.

    Plain numbers, negative ones too, stay as they are.
    """
    seen = "".join(
        ch if ch.isprintable() or ch in "\n\t" else ch.encode("unicode_escape").decode() for ch in text
    )
    if _NUMBER.fullmatch(seen):
        return seen
    return "'" + seen if seen.lstrip(" ")[:1] in _DANGEROUS and seen else seen


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 without BOM, every cell quoted, lines ended by a line feed: the same rows give the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(map(cell_out, header))
    writer.writerows([cell_out("" if cell is None else str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table whole or not at all."""
    write_atomic(path, csv_bytes(header, rows))
