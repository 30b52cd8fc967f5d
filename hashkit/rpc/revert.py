"""What did the node's error say? Its number, its words, and the revert data in the dialects of the clients. Floor 2."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hashkit.errors import RpcError

INTERNAL_ERROR = -32603
_HEX = re.compile(r"(?:Reverted )?0x((?:[0-9a-fA-F]{2})*)")
_NESTED = ("data", "result", "output", "return", "originalError")
_DEEPEST = 4


def read_error(method: str, error: Any, clean: Callable[[str], str]) -> RpcError:
    """The error object of an answer, whatever its shape. ``clean`` makes foreign words fit to be shown."""
    if not isinstance(error, Mapping):
        return RpcError(method, INTERNAL_ERROR, clean(str(error)))
    number = error.get("code")
    if not isinstance(number, int) or isinstance(number, bool):
        number = INTERNAL_ERROR
    message = clean(str(error.get("message") or "it gives no reason"))
    return RpcError(method, number, message, revert_data(error.get("data")))


def revert_data(data: Any) -> bytes:
    """The bytes a contract reverted with; empty when the node does not tell.

    geth, op-geth, reth and anvil put 0x-hex into ``data``; erigon's and Parity's line says ``Reverted 0x…``;
    hardhat, ganache and proxies nest an object, ganache under the transaction's hash.
    """
    return _search(data, 0) or b""


def is_revert(error: RpcError) -> bool:
    """Whether the contract said no, and not the node."""
    return bool(error.data) or error.number == 3 or "revert" in error.message.lower()


def _search(data: Any, depth: int) -> bytes | None:
    if isinstance(data, str):
        match = _HEX.fullmatch(data.strip())
        return bytes.fromhex(match[1]) if match else None
    if not isinstance(data, Mapping) or depth == _DEEPEST:
        return None
    named = [data[key] for key in _NESTED if key in data]
    for value in named or [v for v in data.values() if isinstance(v, Mapping)]:
        if found := _search(value, depth + 1):
            return found
    return None
