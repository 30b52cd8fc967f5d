"""From the bytes of a CSV file to named cells with spreadsheet row numbers. Floor 2.

UTF-8 with or without BOM; comma, semicolon or tab; any line ends. Whatever leaves the borders of rows or
columns in doubt is refused at once, because then no row number could be trusted.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from hashkit.contracts.addresses import strange_character
from hashkit.domain.terms import shown
from hashkit.errors import InputError
from hashkit.store.sheets.model import Findings

MAX_BYTES = 128 * 1024 * 1024
MAX_CELL = 10_000
_BLOCK = 4 * 1024 * 1024
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_INVISIBLE = frozenset(
    "\u200b\u200e\u200f\u061c\u2028\u2029\u2060\u2061\u2062\u2063\u2064\ufeff\ufffd"
) | frozenset(
    chr(n)
    for first, last in ((0x202A, 0x202E), (0x2066, 0x2069), (0x80, 0x9F))
    for n in range(first, last + 1)
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind of file. ``free`` ones hold prose: line breaks may stand in them."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    free: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[str, ...]:
        """Every known column."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: its spreadsheet row number and its cells by column name; absent columns are empty."""

    line: int
    by_column: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.by_column.get(column, "")


class Table:
    """The rows of a file whose cells can be read, one at a time and once: a file may have a million.

    ``data``: the bytes of the file when somebody has read them; then ``path`` only names it.
    """

    def __init__(self, path: Path, columns: Columns, findings: Findings, data: bytes | None = None) -> None:
        self._path, self._known, self._findings = path, columns, findings
        self._records = _records(path, data)
        first = next(self._records, None)
        if first is None:
            raise _refused(path, ["the file is empty: the first row must name the columns"])
        self.columns = _header(path, first, columns)
        self.read = 0
        """Rows so far that are not blank."""

    def __iter__(self) -> Iterator[Cells]:
        for line, cells in enumerate(self._records, 2):
            if not any(cells):
                continue
            self.read += 1
            if len(cells) != len(self.columns):
                self._findings.add(line, "", "", "", _width(len(cells), len(self.columns)))
            elif _readable(line, self.columns, cells, self._known, self._findings):
                yield Cells(line, dict(zip(self.columns, cells, strict=True)))
        if not self.read:
            raise _refused(self._path, ["there is no row below the header"])


def _refused(path: Path, details: Sequence[str], next_step: str = "") -> InputError:
    return InputError(
        f"{path.name} cannot be read as a table.",
        next_step=next_step or "Mend the file and run the command again.",
        code="SHEET",
        details=details,
    )


def _spooled(path: Path, data: bytes | None) -> tuple[IO[bytes], bytes]:
    """The whole file, checked and at its beginning, and its first bytes. A large one lies in a temporary file.

    So it is the same file from the first row to the last, whatever becomes of ``path``, and its length has a bound.
    """
    try:
        source: IO[bytes] = path.open("rb") if data is None else io.BytesIO(data)
    except OSError as error:
        raise _unread(path, error) from None
    with source:
        kept: IO[bytes] = SpooledTemporaryFile(max_size=_BLOCK)  # noqa: SIM115 - whoever reads the rows closes it
        decoder, size, lines, first = codecs.getincrementaldecoder("utf-8-sig")(), 0, 1, b""
        try:
            while block := source.read(_BLOCK):
                first = first or block
                size += len(block)
                if size > MAX_BYTES:
                    much = f"the file is larger than {MAX_BYTES // 1024**2} MB"
                    raise _refused(path, [much], "Split it into several files.")
                if first[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
                    raise _refused(path, ["the file is a workbook, not a CSV file"], "Save it as CSV UTF-8.")
                decoder.decode(block)
                lines += block.count(b"\n")
                kept.write(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            lines += error.object.count(b"\n", 0, error.start)
            raise _refused(path, [f"line {lines} is not UTF-8"], "Save it as CSV UTF-8.") from None
        except OSError as error:
            raise _unread(path, error) from None
    kept.seek(0)
    return kept, first


def _unread(path: Path, error: OSError) -> InputError:
    return InputError(f"Cannot read {path}.", why=f"{error.strerror}.", code="NO_FILE")


def _records(path: Path, given: bytes | None) -> Iterator[list[str]]:
    """The records; the n-th one is row n of the spreadsheet, whatever line breaks its cells hold."""
    data, start = _spooled(path, given)
    first_line = re.split(rb"[\r\n]", start, maxsplit=1)[0].decode("utf-8-sig", errors="ignore")
    found = [mark for mark in _SEPARATORS if mark in first_line]
    if len(found) > 1:
        names = " and ".join(_SEPARATORS[mark] for mark in found)
        raise _refused(path, [f"row 1 contains both {names}: it is not clear which separates the columns"])
    row = 1
    with io.TextIOWrapper(data, "utf-8-sig", newline="") as lines:
        try:
            for record in csv.reader(lines, delimiter=found[0] if found else ",", strict=True):
                yield record
                row += 1
        except csv.Error as error:
            raise _refused(path, [f"row {row}: {_csv_words(str(error))}"]) from None


def _csv_words(said: str) -> str:
    if "field limit" in said:
        return f"a cell holds more than {MAX_CELL:,} characters; is a quotation mark not closed?"
    if "unexpected end" in said:
        return "a quotation mark opens in this row and is never closed"
    return "a quotation mark stands in the wrong place; double it inside a quoted cell"


def _header(path: Path, cells: list[str], columns: Columns) -> list[str]:
    names = [cell.strip(" ").lower() for cell in cells]
    details = []
    for place, name in enumerate(names, 1):
        if name not in columns.all:
            details.append(
                f"column {place} {shown(name) if name else 'has no name'}{_hint(name, names, columns)}"
            )
        elif name in names[: place - 1]:
            details.append(f"column {place} {shown(name)} appears twice")
    missing = [name for name in columns.required if name not in names]
    details += [f"column {name} is missing" for name in missing]
    if details:
        known = f"Required: {', '.join(columns.required)}. Optional: {', '.join(columns.optional)}."
        raise InputError(
            f"The header of {path.name} does not fit.",
            why=known,
            next_step="Mend row 1.",
            code="SHEET",
            details=details,
        )
    return names


def _hint(name: str, names: list[str], columns: Columns) -> str:
    if not name:
        return ": remove the empty column"
    free = [column for column in columns.all if column not in names]
    near = get_close_matches(name.replace(" ", "_"), free, n=1, cutoff=0.6)
    return f" is unknown: did you mean {near[0]}?" if near else " is unknown: remove it"


def _width(cells: int, header: int) -> str:
    mend = (
        "is there a separator inside a number or text? quote the cell"
        if cells > header
        else "cells are missing"
    )
    return f"the row has {cells} cells, the header {header}: {mend}"


def _readable(line: int, header: list[str], cells: list[str], columns: Columns, findings: Findings) -> bool:
    """False, with findings, if some cell is huge or hides characters. One test settles the common case."""
    joined = "".join(cells)
    if joined.isprintable() and "\ufffd" not in joined and len(joined) <= MAX_CELL:  # that one is printable
        return True
    before = len(findings.problems)
    for column, cell in zip(header, cells, strict=True):
        if len(cell) > MAX_CELL:
            findings.add(line, "", column, "", f"holds more than {MAX_CELL:,} characters")
        hidden = [ch for ch in cell if _hidden(ch, column in columns.free)]
        if hidden:
            says = strange_character("".join(hidden)).partition(" is ")[2]
            findings.add(line, "", column, cell, f"hides the character {says}: type the cell again")
    return len(findings.problems) == before


def _hidden(ch: str, free: bool) -> bool:
    if ch in "\r\n":
        return not free
    return ch < " " or ch == "\x7f" or ch in _INVISIBLE
