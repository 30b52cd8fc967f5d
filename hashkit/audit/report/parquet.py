"""A table as a Parquet file, by the standard library alone. Floor 3.

Text and amounts are UTF-8 strings (an amount may have 78 digits, and Parquet's decimals end at 38), whole numbers are
INT64. No column is optional, nothing is compressed, no writer's version goes in: the same table gives the same
bytes with every Python and every library, so that a report can be made again years later and compared.

The format: apache/parquet-format, PLAIN encoding, data pages of version 1, a footer in Thrift's compact protocol.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from hashkit.audit.report.tables import Cell, Kind, Table

PAGE_ROWS = 20_000
_MAGIC = b"PAR1"
_INT64, _BYTE_ARRAY = 2, 6
_UTF8 = 0
_REQUIRED = 0
_PLAIN, _RLE = 0, 3
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12  # types of the compact protocol
_Field = tuple[int, int, bytes]
"""Number, type and encoded value."""


def as_parquet(table: Table) -> bytes:
    """One table, one row group."""
    out, chunks, size = bytearray(_MAGIC), [], 0
    for position, (name, kind) in enumerate(table.columns):
        start = len(out)
        cells = [row[position] for row in table.rows]
        for first in range(0, max(len(cells), 1), PAGE_ROWS):
            out += _page(cells[first : first + PAGE_ROWS], kind)
        size += len(out) - start
        chunks.append(_chunk(name, kind, len(cells), start, len(out) - start))
    group = _fields((1, _LIST, _list(_STRUCT, chunks)), (2, _I64, _int(size)), (3, _I64, _int(len(table.rows))))
    schema = [_fields((4, _BINARY, _text("table")), (5, _I32, _int(len(table.columns))))]
    schema += [_column(name, kind) for name, kind in table.columns]
    footer = _fields(
        (1, _I32, _int(1)),
        (2, _LIST, _list(_STRUCT, schema)),
        (3, _I64, _int(len(table.rows))),
        (4, _LIST, _list(_STRUCT, [group])),
        (6, _BINARY, _text("hashkit")),
    )
    return bytes(out + footer + struct.pack("<I", len(footer)) + _MAGIC)


def _page(cells: Sequence[Cell], kind: Kind) -> bytes:
    if kind == "whole":
        body = struct.pack(f"<{len(cells)}q", *map(int, cells))
    else:
        encoded = [str(cell).encode("utf-8") for cell in cells]
        body = b"".join(struct.pack("<I", len(cell)) + cell for cell in encoded)
    data = _fields((1, _I32, _int(len(cells))), *((n, _I32, _int(e)) for n, e in ((2, _PLAIN), (3, _RLE), (4, _RLE))))
    size = _int(len(body))
    return _fields((1, _I32, _int(0)), (2, _I32, size), (3, _I32, size), (5, _STRUCT, data)) + body


def _chunk(name: str, kind: Kind, values: int, start: int, size: int) -> bytes:
    about = _fields(
        (1, _I32, _int(_INT64 if kind == "whole" else _BYTE_ARRAY)),
        (2, _LIST, _list(_I32, [_int(_PLAIN)])),
        (3, _LIST, _list(_BINARY, [_text(name)])),
        (4, _I32, _int(0)),  # not compressed
        (5, _I64, _int(values)),
        (6, _I64, _int(size)),
        (7, _I64, _int(size)),
        (9, _I64, _int(start)),
    )
    return _fields((2, _I64, _int(start)), (3, _STRUCT, about))


def _column(name: str, kind: Kind) -> bytes:
    if kind == "whole":
        return _fields((1, _I32, _int(_INT64)), (3, _I32, _int(_REQUIRED)), (4, _BINARY, _text(name)))
    text = (6, _I32, _int(_UTF8))
    return _fields((1, _I32, _int(_BYTE_ARRAY)), (3, _I32, _int(_REQUIRED)), (4, _BINARY, _text(name)), text)


# Thrift's compact protocol


def _fields(*fields: _Field) -> bytes:
    """A struct: each field behind the distance from the one before and its type; a zero ends it."""
    out, before = bytearray(), 0
    for number, kind, value in fields:
        out.append((number - before) << 4 | kind)
        out += value
        before = number
    return bytes(out) + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8")
    return _varint(len(encoded)) + encoded


def _int(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
