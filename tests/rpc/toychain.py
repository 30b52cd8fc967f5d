"""A made-up history that a node tells over HTTP: blocks and logs by rule, without an EVM behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from hashkit.contracts.columns import TRANSFER
from hashkit.contracts.hashing import checksum
from tests.rpc.rude import result

TOKEN = checksum("0x" + "a1" * 20)
Log = dict[str, Any]


def hashed(*words: object) -> str:
    """A hash that depends on the words alone."""
    return "0x" + hashlib.sha256(repr(words).encode()).hexdigest()


def entry(block: int, index: int = 0, **values: Any) -> Log:
    """A transfer of the token as a node tells it, some fields of it replaced."""
    sides = ["0x" + TRANSFER.hex(), "0x" + "00" * 12 + "b2" * 20, "0x" + "00" * 12 + f"{block:040x}"]
    return {
        "address": TOKEN.lower(),
        "topics": sides,
        "data": f"0x{100 + block:064x}",
        "blockNumber": hex(block),
        "transactionHash": hashed("tx", block, index),
        "transactionIndex": "0x0",
        "blockHash": hashed("block", block),
        "logIndex": hex(index),
        "removed": False,
        **values,
    }


def telling(logs: Sequence[Log], spoil: Callable[[Any, list[Log]], Any] | None = None) -> Callable[[Any, int], Any]:
    """How a node answers that has these logs. ``spoil`` gets the filter and the logs in it, and says what is told."""

    def answer(ask: Any, before: int) -> Any:
        if ask["method"] == "eth_chainId":
            return result(ask, "0x1")
        if ask["method"] == "eth_blockNumber":
            return result(ask, hex(99))
        wanted = ask["params"][0]
        if ask["method"] == "eth_getBlockByNumber":
            number = int(wanted, 16)
            parent, time = hashed("block", number - 1), hex(1_700_000_000 + number)
            told = {"number": wanted, "hash": hashed("block", number), "parentHash": parent, "timestamp": time}
            return result(ask, told)
        span = range(int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16) + 1)
        inside = [log for log in logs if int(log["blockNumber"], 16) in span]
        said = inside if spoil is None else spoil(wanted, inside)
        return said if isinstance(said, dict) else result(ask, said)

    return answer
