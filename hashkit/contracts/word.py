"""Encode and decode values of one 32-byte word, and arrays of them, many times faster than eth-abi does. Floor 1.

What is unusual in any way (another type, a value of another class, padding that is not clean, too few bytes) gives
None and is left to eth-abi: its judgement and its errors stay the only ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

_Writer = Callable[[Any], bytes]
_Reader = Callable[[bytes], Any]
_UINTS = {f"uint{bits}": bits for bits in range(8, 257, 8)}
_TWELVE = bytes(12)


def write_words(types: Sequence[str], values: Sequence[Any]) -> bytes | None:
    """The words of ``values``, and behind them those of arrays; None when eth-abi must encode them."""
    writers = _writers(tuple(types))
    if writers is None or not isinstance(values, (list, tuple)) or len(writers) != len(values):
        return None
    head, tail = bytearray(), bytearray()
    try:
        for (write, many), value in zip(writers, values, strict=True):
            if not many:
                head += write(value)
            elif type(value) in (list, tuple):
                head += (32 * len(writers) + len(tail)).to_bytes(32)
                tail += len(value).to_bytes(32)
                tail += b"".join([write(each) for each in value])
            else:
                return None
    except ValueError:
        return None
    return bytes(head + tail)


def read_words(types: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    """The values of the first words of ``data``; None when eth-abi must decode them."""
    readers = _readers(tuple(types))
    if readers is None or type(data) is not bytes or len(data) < 32 * len(readers):
        return None
    try:
        return tuple([read(data[start : start + 32]) for read, start in readers])
    except ValueError:
        return None


@cache
def count_words(types: tuple[str, ...]) -> int:
    """How many words values of these types take; 0 when some type is dynamic and the values decide it."""
    counts = [_count(kind) for kind in types]
    return sum(counts) if all(counts) else 0


def _count(kind: str) -> int:
    if kind.isalnum():
        return 0 if kind in ("bytes", "string") else 1
    from eth_abi.grammar import parse

    return _size(parse(kind))


def _size(kind: Any) -> int:
    """Words of one type, as eth-abi's grammar reads it; 0 when it is dynamic."""
    if kind.is_dynamic:
        return 0
    if kind.is_array:
        return int(kind.arrlist[-1][0]) * _size(kind.item_type)
    return sum(map(_size, kind.components)) if hasattr(kind, "components") else 1


@cache
def _writers(types: tuple[str, ...]) -> tuple[tuple[_Writer, bool], ...] | None:
    """Who writes each, and whether it is an array of unknown length."""
    found = [(_writer(kind.removesuffix("[]")), kind.endswith("[]")) for kind in types]
    known = tuple((write, many) for write, many in found if write is not None)
    return known if len(known) == len(found) else None


@cache
def _readers(types: tuple[str, ...]) -> tuple[tuple[_Reader, int], ...] | None:
    found = [(_reader(kind), 32 * place) for place, kind in enumerate(types)]
    known = tuple((read, start) for read, start in found if read is not None)
    return known if len(known) == len(found) else None


def _writer(kind: str) -> _Writer | None:
    return partial(_write_uint, _UINTS[kind]) if kind in _UINTS else _WRITERS.get(kind)


def _reader(kind: str) -> _Reader | None:
    return partial(_read_uint, _UINTS[kind]) if kind in _UINTS and kind not in _READERS else _READERS.get(kind)


def _write_uint(bits: int, value: Any) -> bytes:
    if type(value) is not int or value >> bits:  # a negative number leaves -1
        raise ValueError
    return value.to_bytes(32)


def _write_address(value: Any) -> bytes:
    if type(value) is not str or len(value) != 42 or not value.startswith("0x"):
        raise ValueError
    word = _TWELVE + bytes.fromhex(value[2:])
    if len(word) != 32:  # fromhex skips blanks
        raise ValueError
    return word


def _write_bool(value: Any) -> bytes:
    if type(value) is not bool:
        raise ValueError
    return value.to_bytes(32)


def _write_bytes(value: Any) -> bytes:
    if type(value) is not bytes or len(value) > 32:
        raise ValueError
    return value.ljust(32, b"\0")


def _read_uint(bits: int, word: bytes) -> int:
    value = int.from_bytes(word)
    if value >> bits:
        raise ValueError
    return value


def _read_address(word: bytes) -> str:
    if not word.startswith(_TWELVE):
        raise ValueError
    return "0x" + word[12:].hex()


def _read_bool(word: bytes) -> bool:
    value = int.from_bytes(word)
    if value > 1:
        raise ValueError
    return value == 1


_WRITERS: Mapping[str, _Writer] = {"address": _write_address, "bool": _write_bool, "bytes32": _write_bytes}
_READERS: Mapping[str, _Reader] = {
    "uint256": int.from_bytes,
    "address": _read_address,
    "bool": _read_bool,
    "bytes32": bytes,
}
