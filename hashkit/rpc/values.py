"""Numbers, hashes and bytes as JSON-RPC spells them, from a node that may be hostile. Floor 2."""

from __future__ import annotations

import re
from typing import Any

from hashkit.rpc.client import Endpoint

HASH = re.compile(r"0x[0-9a-fA-F]{64}")
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


def quantity(endpoint: Endpoint, value: Any) -> int:
    """A quantity (0x-hex, at most 256 bits) as an integer; NodeError when it is none."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise endpoint.trouble("answers with a number that is none")
    return int(value, 16)


def word(endpoint: Endpoint, value: Any) -> str:
    """A hash as small 0x-hex; NodeError when it is none."""
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise endpoint.trouble("answers with a hash that is none")
    return value.lower()


def byte_string(endpoint: Endpoint, value: Any) -> bytes:
    """0x-hex as bytes; NodeError when it is none."""
    if not isinstance(value, str) or not _BYTES.fullmatch(value):
        raise endpoint.trouble("answers with bytes that are none")
    return bytes.fromhex(value[2:])
