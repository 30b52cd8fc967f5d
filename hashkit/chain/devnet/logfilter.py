"""Which logs does an eth_getLogs filter mean? Floor 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hashkit.chain.devnet.chain import Chain
from hashkit.chain.devnet.shapes import Mined
from hashkit.chain.devnet.wire import (
    INVALID_PARAMS,
    hex_bytes,
    read_address,
    read_hash,
    read_number,
    read_object,
    refuse,
)

_WORDS = ("latest", "safe", "finalized", "pending")


def find_logs(chain: Chain, value: Any, block_of: Callable[[Any], Mined | None]) -> list[dict[str, Any]]:
    """The logs that match a filter object, in order. ``block_of`` finds the block of a hash."""
    wanted = read_object(value, "filter")
    first, last = _range(chain, wanted, block_of)
    addresses, topics = _addresses(wanted.get("address")), _topics(wanted.get("topics"))
    return [
        log
        for log in chain.logs(first, last)
        if (not addresses or log["address"] in addresses) and _matches(log["topics"], topics)
    ]


def _range(chain: Chain, wanted: dict[str, Any], block_of: Callable[[Any], Mined | None]) -> tuple[int, int]:
    if wanted.get("blockHash") is None:
        first = _number(chain, wanted.get("fromBlock"), "fromBlock")
        return first, _number(chain, wanted.get("toBlock"), "toBlock")
    if wanted.get("fromBlock") is not None or wanted.get("toBlock") is not None:
        raise refuse("a filter has a blockHash or a range, not both", INVALID_PARAMS)
    block = block_of({"blockHash": wanted["blockHash"]})
    if block is None:
        raise refuse("unknown block")
    return block.number, block.number


def _number(chain: Chain, value: Any, what: str) -> int:
    if value is None or value in _WORDS:
        return chain.head.number
    return 0 if value == "earliest" else read_number(value, what)


def _addresses(value: Any) -> frozenset[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(hex_bytes(read_address(item)) for item in listed)


def _topics(value: Any) -> list[frozenset[str]]:
    """One set for each position; an empty set takes anything."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 4:
        raise refuse("topics are a list of at most four", INVALID_PARAMS)
    return [_position(item) for item in value]


def _position(value: Any) -> frozenset[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(hex_bytes(read_hash(item, "topic")) for item in listed)


def _matches(topics: list[str], wanted: list[frozenset[str]]) -> bool:
    if len(topics) < len(wanted):
        return False
    return all(not choice or topic in choice for choice, topic in zip(wanted, topics, strict=False))
