"""Which block? By tag, number or hash, and by time. Floor 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashkit.domain.terms import instant, iso_time
from hashkit.errors import InputError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.values import HASH, quantity, word

TAGS = ("latest", "safe", "finalized", "earliest")
_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Block:
    """A block as the node names it. Hashes are 0x-hex, the time is unix seconds."""

    number: int
    hash: str
    parent_hash: str
    timestamp: int


def block(endpoint: Endpoint, tag: int | str) -> Block:
    """The block with this number, tag (``latest``, ``safe``, ``finalized``, ``earliest``) or hash.

    InputError when there is none, NodeError when the node answers with another one.
    """
    found = _ask(endpoint, tag)
    if found is None:
        raise InputError(
            f"The node has no block {tag}.",
            why="It lies in the future, or the node has not reached it.",
            next_step="Ask for an earlier block.",
            code="NO_BLOCK",
        )
    read = _block(endpoint, found)
    asked = read.number if isinstance(tag, int) else read.hash
    if (isinstance(tag, int) or HASH.fullmatch(tag)) and asked != (tag if isinstance(tag, int) else tag.lower()):
        raise endpoint.trouble("answers with another block than the one asked for")
    return read


def block_at_time(endpoint: Endpoint, unix: int) -> Block:
    """The last block whose time is not after ``unix``. InputError before the first block and after the head."""
    head, first = block(endpoint, "latest"), block(endpoint, 0)
    if unix > head.timestamp:
        raise InputError(
            f"{iso_time(unix)} is after the newest block ({iso_time(head.timestamp)}).",
            why="A later block could still belong to that instant.",
            next_step="Ask for an earlier time, or for latest.",
            code="NO_BLOCK",
        )
    if unix < first.timestamp:
        raise InputError(
            f"{iso_time(unix)} is before the chain's first block ({iso_time(first.timestamp)}).",
            next_step="Ask for a later time.",
            code="NO_BLOCK",
        )
    low, high = first, head
    while high.number - low.number > 1:
        middle = block(endpoint, (low.number + high.number) // 2)
        if not low.timestamp <= middle.timestamp <= high.timestamp:
            raise endpoint.trouble("names block times that do not rise")
        low, high = (middle, high) if middle.timestamp <= unix else (low, middle)
    return high if high.timestamp <= unix else low


def block_at(endpoint: Endpoint, at: int | str | None, default: str) -> Block:
    """What a person means by ``--at``: a number, a tag, a hash, a date (its last second, UTC) or an ISO time."""
    if at is None:
        return block(endpoint, default)
    if isinstance(at, int) or at in TAGS or HASH.fullmatch(at):
        return block(endpoint, at)
    if re.fullmatch(r"[0-9]{1,19}", at):
        return block(endpoint, int(at))
    return block_at_time(endpoint, instant(at) + (_DAY - 1 if len(at) == 10 else 0))


def _ask(endpoint: Endpoint, tag: int | str) -> Any:
    if isinstance(tag, int):
        if tag < 0:
            raise InputError("There are no blocks below 0.", code="NO_BLOCK")
        return endpoint.call("eth_getBlockByNumber", (hex(tag), False))
    if HASH.fullmatch(tag):
        return endpoint.call("eth_getBlockByHash", (tag, False))
    if tag not in TAGS:
        why = f"A block is a number, a hash or {', '.join(TAGS)}."
        raise InputError("That is not a block.", why=why, code="NO_BLOCK")
    return endpoint.call("eth_getBlockByNumber", (tag, False))


def _block(endpoint: Endpoint, found: Any) -> Block:
    if not isinstance(found, Mapping):
        raise endpoint.trouble("answers with a block that is none")
    number, time = (quantity(endpoint, found.get(key)) for key in ("number", "timestamp"))
    return Block(number, word(endpoint, found.get("hash")), word(endpoint, found.get("parentHash")), time)
