"""What does a transaction do, for whoever signs it? Read from its own bytes, never from what we say of it. Floor 2."""

from __future__ import annotations

from typing import Any

from hashkit.contracts import artifacts
from hashkit.contracts.abi import read_call

Summary = dict[str, Any]
_HALVES = {"AssetTokenControl": "AssetToken"}
"""The second half of a token answers at the token's own address."""


def summary(fields: dict[str, Any]) -> Summary | None:
    """``{"call": "AssetToken.pause", "arguments": {...}}`` or ``{"creates": "AssetToken"}``; None when unknown.

    Which contract lies at an address is not known from bytes: where several of ours have the function, all are
    named ("AssetToken or IdentityRegistry"). The signer must know the address itself.
    """
    data = bytes.fromhex(str(fields["data"])[2:])
    if "to" not in fields:
        made = [name for name in artifacts.names() if _creates(name, data)]
        return {"creates": made[0]} if made else None
    found = {name: read for name in artifacts.names() if (read := read_call(data, name)) is not None}
    if not found:
        return None
    entry, values = next(iter(found.values()))
    contracts = dict.fromkeys(_HALVES.get(name, name) for name in found)
    arguments = zip(entry.input_names, values, strict=True)
    return {
        "call": f"{' or '.join(contracts)}.{entry.name}",
        "arguments": {name: json_value(value) for name, value in arguments},
    }


def json_value(value: Any) -> Any:
    """A value of a contract as JSON holds it without loss: whole numbers as decimal strings, bytes as 0x-hex."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return {name: json_value(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [json_value(each) for each in value]
    return value


def _creates(name: str, data: bytes) -> bool:
    creation = artifacts.load(name).creation
    return bool(creation) and data.startswith(creation)
