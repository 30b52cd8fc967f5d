"""The tables as one workbook, a sheet each. Floor 3.

Nothing in it is a formula or a link, whatever a token calls itself. An amount is a number only when every amount of
its column is exactly that number in a spreadsheet (a double, at most 15 digits); else the column is text. Dates are
fixed and nothing is compressed, because compressed bytes depend on a library.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hashkit.audit import words
from hashkit.audit.report.tables import Cell, Kind, Table

ROWS = 1_048_575
"""Rows of a sheet below its head; a longer table is whole in CSV and Parquet."""

_CELL = 32_000  # characters; a sheet allows 32,767
_DATE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def as_workbook(tables: Sequence[Table], about: Sequence[tuple[str, str]], mark: str = "") -> bytes:
    """A workbook with ``about`` on its first sheet. ``mark`` stands at the head of every printed page."""
    import xlsxwriter

    out = io.BytesIO()
    never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(out, {"constant_memory": True, **never})
    book.set_properties({"title": "Register and reconciliation report", "created": _DATE})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": False}),
        "text": book.add_format({"valign": "top"}),
        "right": book.add_format({"valign": "top", "align": "right"}),
        "whole": book.add_format({"valign": "top", "num_format": "0"}),
    }
    first = _sheet(book, "About", mark)
    first.set_column(0, 0, 24, looks["head"])
    first.set_column(1, 1, 110, looks["text"])
    for row, (name, value) in enumerate(about):
        first.write_string(row, 0, _shown(name))
        first.write_string(row, 1, _shown(value))
    for table in tables:
        _fill(book, _sheet(book, table.title, mark), table, looks)
    book.close()
    return _stored(out.getvalue())


def _sheet(book: Any, title: str, mark: str) -> Any:
    sheet = book.add_worksheet(title)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L&8{title}&R&8{mark}")
    sheet.set_footer("&L&8Contracts unaudited, not an audit opinion&R&8&P / &N")
    return sheet


def _fill(book: Any, sheet: Any, table: Table, looks: Mapping[str, Any]) -> None:
    """Row by row: a sheet's rows leave the memory as they are written."""
    rows = table.rows[:ROWS]
    numbers, formats = [], []
    for column, (name, kind) in enumerate(table.columns):
        cells = [row[column] for row in rows]
        numbers.append(kind != "text" and all(map(_exact, cells)))
        formats.append(_look(book, kind, cells, looks) if numbers[-1] else looks["text" if kind == "text" else "right"])
        sheet.set_column(column, column, _width(name, cells))
        sheet.write_string(0, column, name, looks["head"])
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if numbers[column]:
                sheet.write_number(place, column, float(cell), formats[column])
            else:
                sheet.write_string(place, column, _shown(str(cell)), formats[column])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + 1}"})


def _look(book: Any, kind: Kind, cells: Sequence[Cell], looks: Mapping[str, Any]) -> Any:
    if kind == "whole":
        return looks["whole"]
    places = max((len(str(cell).partition(".")[2]) for cell in cells), default=0)
    return book.add_format({"valign": "top", "num_format": "#,##0" + ("." + "0" * places if places else "")})


def _exact(cell: Cell) -> bool:
    """Whether a spreadsheet holds and shows exactly this number."""
    value = Decimal(cell)
    digits = len(value.normalize().as_tuple().digits)
    return digits <= 15 and abs(value) < 10**15 and Fraction(float(value)) == Fraction(value)


def _width(name: str, cells: Sequence[Cell]) -> int:
    return min(max([len(name) + 3, *(len(str(cell)) + 1 for cell in cells[:500])]), 70)


def _shown(text: str) -> str:
    return words.clean(text, _CELL)


def _stored(packed: bytes) -> bytes:
    """The same archive with nothing compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name))
    return out.getvalue()
