"""What an audit looked at: everything the checks judge, as plain data. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashkit.domain.network import Network
from hashkit.domain.register import Register
from hashkit.rpc.blocks import Block


@dataclass(frozen=True, slots=True)
class Subject:
    """The token as it answers for itself. Texts are cleaned; ``first`` is the block its logs are read from."""

    token: str
    name: str
    symbol: str
    decimals: int
    ours: bool
    """It answers like a token of hashkit. Whether its code is ours, check C08 says."""
    first: int
    unread: tuple[str, ...] = ()
    """What could not be read of it, in sentences."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The block of the report. ``final``: the node called it final when it was read."""

    block: Block
    final: bool
    state: bool
    """The node still answers calls at this block."""


@dataclass(frozen=True, slots=True)
class Population:
    """The logs of an audit. ``digest`` is SHA-256 over all of them in order."""

    first: int
    last: int
    contracts: Mapping[str, str]
    """Address -> what it is: token, identity registry, compliance."""
    logs: int
    digest: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One value, replayed from the events and asked of the contract. ``answer`` None: it refused to say."""

    topic: str
    what: str
    replayed: str
    answer: str | None

    @property
    def same(self) -> bool:
        """Replay and contract agree."""
        return self.replayed == self.answer


@dataclass(frozen=True, slots=True)
class State:
    """What the contracts answered at the block. ``why_not`` is empty when they could be asked."""

    supply: int | None
    compared: tuple[Compared, ...]
    """Without the balances that agree; those are counted."""
    balances_same: int
    owner_codes: Mapping[str, int]
    """Owner -> bytes of code at its address; 0: a key."""
    why_not: str = ""

    def differing(self, topic: str) -> tuple[Compared, ...]:
        """What of a topic does not agree."""
        return tuple(c for c in self.compared if c.topic == topic and not c.same)


@dataclass(frozen=True, slots=True)
class CodePart:
    """One contract's code. ``same`` None: not compared, ``text`` says why."""

    role: str
    address: str
    artifact: str
    same: bool | None
    text: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "role": self.role,
            "address": self.address,
            "artifact": self.artifact,
            "same": self.same,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything together."""

    network: Network
    pin: Pin
    subject: Subject
    population: Population
    register: Register
    state: State
    code: tuple[CodePart, ...]
    times: Mapping[int, int]
    """Block -> its time, for every block a report names."""
