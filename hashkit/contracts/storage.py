"""Where does a contract keep what it says? Slots from the compiler's layout, and the places others use. Floor 1."""

from __future__ import annotations

from hashkit.contracts import artifacts
from hashkit.contracts.hashing import keccak


def slot_of(contract: str, variable: str) -> int:
    """The slot of a state variable, from the layout in the artifact. KeyError when there is none of that name."""
    for found in artifacts.load(contract).storage_layout["storage"]:
        if found["label"] == variable:
            return int(found["slot"])
    raise KeyError(variable)


def mapped(slot: int, key: str | bytes | int) -> int:
    """The slot of ``key`` in a mapping at ``slot``. An address is 0x-hex, bytes are 32."""
    return int.from_bytes(keccak(_word(key) + slot.to_bytes(32, "big")), "big")


def mapped_vyper(slot: int, key: str | bytes | int) -> int:
    """The same as Vyper computes it: the slot first."""
    return int.from_bytes(keccak(slot.to_bytes(32, "big") + _word(key)), "big")


def _word(key: str | bytes | int) -> bytes:
    if isinstance(key, int):
        return key.to_bytes(32, "big")
    return bytes.fromhex(key[2:]).rjust(32, b"\0") if isinstance(key, str) else key
