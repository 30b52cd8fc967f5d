"""Describe, then do: what a contract is to be asked or told, as data. Floor 1.

A typed face builds a ``Call`` or a ``Query``; sending, printing, saving or proposing it is somebody
else's job. Nothing here knows a node, a key or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A state-changing call. ``to`` is a checksummed address, ``value`` is in wei of the native currency."""

    to: str
    data: bytes
    contract: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    value: int = 0

    @property
    def selector(self) -> str:
        """First four bytes of the calldata, 0x-hex."""
        return "0x" + self.data[:4].hex()


@dataclass(slots=True)
class Query(Generic[T]):
    """A read. ``decode`` turns the returned bytes into domain words."""

    to: str
    data: bytes
    contract: str
    function: str
    decode: Callable[[bytes], T]
    words: int = 0
    """32-byte words of a proper answer; 0 when its types do not tell."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a contract must answer when an act has happened: one word of a view's answer, compared.

    Pure data, so that it can be saved with a plan. ``word`` counts the 32-byte words of the answer from 0.
    """

    to: str
    data: bytes
    function: str
    word: int
    value: int
    at_least: bool = False
    """True: the word may be higher than ``value``; False: it must equal it."""

    @property
    def query(self) -> Query[bool]:
        """The question whether it holds."""
        return Query(self.to, self.data, "", self.function, self._holds)

    def _holds(self, answer: bytes) -> bool:
        start = 32 * self.word
        if len(answer) < start + 32:
            raise ValueError("the answer is too short")
        found = int.from_bytes(answer[start : start + 32])
        return found >= self.value if self.at_least else found == self.value


@dataclass(frozen=True, slots=True)
class Deploy:
    """A contract creation: artifact name and init code with the encoded constructor arguments."""

    contract: str
    init_code: bytes
    arguments: Mapping[str, Any] = field(default_factory=dict)
    at: str | None = None
    """Where it must land, checksummed, when something was planned around that address."""
