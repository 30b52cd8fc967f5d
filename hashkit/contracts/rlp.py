"""RLP as Ethereum hashes it: one encoding for every value, so whatever else decodes is refused. Floor 1."""

from __future__ import annotations

from collections.abc import Sequence

Item = bytes | list["Item"]
"""Bytes, or a list of items."""

_DEEPEST = 16
"""Levels of lists. Headers and nodes of tries have three."""


class RlpError(ValueError):
    """Bytes that are no canonical RLP."""


def encode(item: Item | Sequence[Item]) -> bytes:
    """The encoding of bytes or of a list."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _head(0x80, len(item)) + item
    body = b"".join([encode(part) for part in item])
    return _head(0xC0, len(body)) + body


def number(value: int) -> bytes:
    """A number as RLP writes one: big-endian, without zeros before it."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def decode(data: bytes) -> Item:
    """The one item that ``data`` is. RlpError for anything an encoder would not have written."""
    item, end = _item(data, 0, len(data), _DEEPEST)
    if end != len(data):
        raise RlpError("bytes are left over")
    return item


def strings(data: bytes) -> list[bytes]:
    """A list of byte strings and nothing else, as a header or an account is."""
    found = decode(data)
    if isinstance(found, bytes) or any(not isinstance(part, bytes) for part in found):
        raise RlpError("no list of byte strings")
    return [part for part in found if isinstance(part, bytes)]


def _head(base: int, length: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = number(length)
    return bytes([base + 55 + len(size)]) + size


def _item(data: bytes, at: int, end: int, depth: int) -> tuple[Item, int]:
    """The item at ``at`` and where it ends."""
    if at >= end:
        raise RlpError("an item is missing")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    is_list = first >= 0xC0
    length, start = first - (0xC0 if is_list else 0x80), at + 1
    if length > 55:
        size = length - 55
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
        if length < 56 or start > end or data[at + 1] == 0:
            raise RlpError("a length is written too long")
    stop = start + length
    if stop > end:
        raise RlpError("an item is cut")
    if not is_list:
        if length == 1 and data[start] < 0x80:
            raise RlpError("a byte is written too long")
        return data[start:stop], stop
    if depth == 0:
        raise RlpError("nested too deep")
    items: list[Item] = []
    item: Item
    while start < stop:
        if data[start] == 0xA0 and start + 33 <= stop:  # a hash, as most items of a trie are
            item, start = data[start + 1 : start + 33], start + 33
        elif data[start] == 0x80:
            item, start = b"", start + 1
        else:
            item, start = _item(data, start, stop, depth - 1)
        items.append(item)
    return items, stop
