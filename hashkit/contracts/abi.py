"""ABI tables: signatures, selectors and types of our contracts, read from the artifacts. Floor 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, TypeVar

from hashkit.contracts import artifacts
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import keccak
from hashkit.contracts.word import count_words, read_words, write_words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, event or error of an ABI. ``signature`` is canonical, types are eth-abi's."""

    signature: str
    name: str
    inputs: tuple[str, ...]
    input_names: tuple[str, ...]
    outputs: tuple[str, ...]
    indexed: tuple[bool, ...]

    @property
    def selector(self) -> bytes:
        """First four bytes of the signature's hash: a function's or an error's."""
        return self.topic[:4]

    @property
    def topic(self) -> bytes:
        """The signature's hash: an event's first topic."""
        return _hashed(self.signature)


@cache
def _hashed(signature: str) -> bytes:
    return keccak(signature.encode())


@cache
def table(kind: str, *contracts: str) -> Mapping[str, Entry]:
    """Signature -> entry, over the ABIs of ``contracts``; ``kind`` is function, event or error."""
    found = {}
    for contract in contracts:
        for item in artifacts.load(contract).abi:
            if item["type"] == kind:
                entry = _entry(item)
                found[entry.signature] = entry
    return found


def _entry(item: Mapping[str, Any]) -> Entry:
    inputs = item.get("inputs", ())
    types = tuple(_type(i) for i in inputs)
    return Entry(
        signature=f"{item['name']}({','.join(types)})",
        name=item["name"],
        inputs=types,
        input_names=tuple(i["name"].strip("_") for i in inputs),
        outputs=tuple(_type(o) for o in item.get("outputs", ())),
        indexed=tuple(bool(i.get("indexed")) for i in inputs),
    )


def _type(item: Mapping[str, Any]) -> str:
    kind = str(item["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(c) for c in item['components'])}){kind.removeprefix('tuple')}"


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """ABI-encode ``values``; eth-abi's own errors for what does not fit."""
    if (found := write_words(types, values)) is not None:
        return found
    from eth_abi import encode as _encode

    return _encode(types, values)


def decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """ABI-decode ``data``; eth-abi's own errors for what does not fit."""
    if (found := read_words(types, data)) is not None:
        return found
    from eth_abi import decode as _decode

    return _decode(types, data)


def read_call(data: bytes, *contracts: str) -> tuple[Entry, tuple[Any, ...]] | None:
    """The function that calldata calls and its arguments; None when ``contracts`` have none that it fits."""
    entry = next((e for e in table("function", *contracts).values() if e.selector == data[:4]), None)
    if entry is None:
        return None
    try:
        values = decode(entry.inputs, data[4:])
    except Exception:  # noqa: BLE001 - eth-abi raises anything over hostile bytes
        return None
    # Bytes that decode but are not what encoding gives could hide something from whoever reads the arguments.
    return (entry, values) if entry.selector + encode(entry.inputs, values) == data else None


def read_creation(data: bytes) -> tuple[str, dict[str, Any]] | None:
    """The contract of ours that init code creates, and its constructor's arguments; None when it is none of ours."""
    for name in artifacts.names():
        artifact = artifacts.load(name)
        if not artifact.creation or not data.startswith(artifact.creation):
            continue
        entry = next((item for item in artifact.abi if item["type"] == "constructor"), {})
        inputs = entry.get("inputs", ())
        types, rest = [_type(i) for i in inputs], data[len(artifact.creation) :]
        try:
            values = decode(types, rest)
        except Exception:  # noqa: BLE001 - eth-abi raises anything over hostile bytes
            return None
        named = {i["name"].strip("_"): value for i, value in zip(inputs, values, strict=True)}
        return (name, named) if encode(types, values) == rest else None
    return None


class Face:
    """A contract as Python sees it: one method a function, each returning a ``Call`` or a ``Query``."""

    contracts: ClassVar[tuple[str, ...]]
    """Artifacts whose ABIs together are this face; the first one gives the calls their name."""

    def __init__(self, address: str) -> None:
        self.address = address

    def _call(self, signature: str, *values: Any) -> Call:
        entry = table("function", *self.contracts)[signature]
        data = entry.selector + encode(entry.inputs, values)
        return Call(
            self.address, data, self.contracts[0], entry.name, dict(zip(entry.input_names, values, strict=True))
        )

    def _query(self, signature: str, *values: Any, read: Callable[..., T]) -> Query[T]:
        entry, selector, words = _question(self.contracts, signature)
        data = selector + encode(entry.inputs, values)

        def answer(returned: bytes) -> T:
            return read(*decode(entry.outputs, returned))

        return Query(self.address, data, self.contracts[0], entry.name, answer, words)


@cache
def _question(contracts: tuple[str, ...], signature: str) -> tuple[Entry, bytes, int]:
    """A function, its selector and the words of its answer."""
    entry = table("function", *contracts)[signature]
    return entry, entry.selector, count_words(entry.outputs)
