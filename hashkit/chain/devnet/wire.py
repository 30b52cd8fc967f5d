"""How do numbers and bytes travel in JSON-RPC? Floor 2. Reads strangers' input: says no, never breaks."""

from __future__ import annotations

from typing import Any

from hashkit.errors import RpcError

INVALID_PARAMS = -32602
SERVER_ERROR = -32000


def refuse(message: str, number: int = SERVER_ERROR, data: bytes = b"") -> RpcError:
    """The error that the client shall get, to be raised."""
    return RpcError("", number, message, data)


def hex_bytes(data: bytes) -> str:
    """Bytes as 0x and two digits each."""
    return "0x" + data.hex()


def read_number(value: Any, what: str, *, most: int = 2**256 - 1) -> int:
    """A quantity: a 0x-hex string or a JSON integer, 0 to ``most``."""
    if isinstance(value, str) and value[:2] in ("0x", "0X") and len(value) <= 66:
        try:
            value = int(value[2:] or "0", 16)
        except ValueError:
            raise refuse(f"{what} is not a hex quantity", INVALID_PARAMS) from None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise refuse(f"{what} is not a quantity", INVALID_PARAMS)
    return value


def read_bytes(value: Any, what: str, *, size: int | None = None) -> bytes:
    """Bytes from 0x-hex; exactly ``size`` of them when given."""
    if not isinstance(value, str) or value[:2] not in ("0x", "0X") or not value.isascii():
        raise refuse(f"{what} is not 0x-hex", INVALID_PARAMS)
    try:
        data = bytes.fromhex(value[2:])
    except ValueError:
        raise refuse(f"{what} is not 0x-hex", INVALID_PARAMS) from None
    if size is not None and len(data) != size:
        raise refuse(f"{what} has {len(data)} bytes, not {size}", INVALID_PARAMS)
    return data


def read_address(value: Any, what: str = "address") -> bytes:
    """Twenty bytes."""
    return read_bytes(value, what, size=20)


def read_hash(value: Any, what: str = "hash") -> bytes:
    """Thirty-two bytes."""
    return read_bytes(value, what, size=32)


def read_object(value: Any, what: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise refuse(f"{what} is not an object", INVALID_PARAMS)
    return value
