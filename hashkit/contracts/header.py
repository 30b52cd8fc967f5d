"""The header of a block: what its hash is the hash of. Floor 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashkit.contracts import rlp
from hashkit.contracts.hashing import keccak
from hashkit.contracts.rlp import RlpError

_WIDTHS: Mapping[str, int | None] = {
    "parentHash": 32,
    "sha3Uncles": 32,
    "miner": 20,
    "stateRoot": 32,
    "transactionsRoot": 32,
    "receiptsRoot": 32,
    "logsBloom": 256,
    "difficulty": None,
    "number": None,
    "gasLimit": None,
    "gasUsed": None,
    "timestamp": None,
    "extraData": 0,
    "mixHash": 32,
    "nonce": 8,
    # each fork appended to it: London, Shanghai, Cancun, Prague
    "baseFeePerGas": None,
    "withdrawalsRoot": 32,
    "blobGasUsed": None,
    "excessBlobGas": None,
    "parentBeaconBlockRoot": 32,
    "requestsHash": 32,
}
"""Name in JSON -> bytes; None: a number; 0: any bytes. In the order in which they are hashed."""
_OLDEST = 15
"""Fields that every header has."""
_BESIDE = {"hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals", "l1BlockNumber"}
"""What nodes say of a block that is not in its header."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header whose hash was computed from its bytes. Roots are bytes, the time is unix seconds."""

    raw: bytes
    hash: str
    parent_hash: str
    state_root: bytes
    number: int
    timestamp: int
    withdrawals_root: bytes | None
    """On OP Stack chains since Isthmus: storage root of the contract that L2 messages go through."""


def read_header(raw: bytes) -> Header:
    """The header that ``raw`` is the RLP of. RlpError when it is none; fields of later forks are let be."""
    fields = rlp.strings(raw)
    if len(fields) < _OLDEST:
        raise RlpError("a header has at least 15 fields")
    for (name, width), field in zip(_WIDTHS.items(), fields, strict=False):
        if (width is None and (len(field) > 32 or field[:1] == b"\0")) or (width and len(field) != width):
            raise RlpError(f"the field {name} of the header is none")
    return Header(
        raw=raw,
        hash="0x" + keccak(raw).hex(),
        parent_hash="0x" + fields[0].hex(),
        state_root=fields[3],
        number=int.from_bytes(fields[8], "big"),
        timestamp=int.from_bytes(fields[11], "big"),
        withdrawals_root=fields[16] if len(fields) > 16 else None,
    )


def header_of(answer: Mapping[str, Any], block_hash: str) -> Header | None:
    """The header of a block as a node tells it in JSON, if its hash is ``block_hash``; else None."""
    told = dict.fromkeys(_WIDTHS)
    for name, width in _WIDTHS.items():
        value = answer.get(name)
        told[name] = None if value is None else _field(value, width)
    names = [name for name in _WIDTHS if told[name] is not None]
    for many in range(len(names), _OLDEST - 1, -1):
        raw = rlp.encode([told[name] or b"" for name in names[:many]])
        if "0x" + keccak(raw).hex() == block_hash:
            try:
                return read_header(raw)
            except RlpError:
                return None
    return None


def unknown_fields(answer: Mapping[str, Any]) -> list[str]:
    """What a node tells of a block that may be a header field we do not know."""
    return sorted(str(name)[:40] for name in answer if name not in _WIDTHS and name not in _BESIDE)


def _field(value: Any, width: int | None) -> bytes | None:
    """The bytes of a field; None when it is no hex."""
    if not isinstance(value, str) or not value.startswith("0x"):
        return None
    digits = value[2:]
    try:
        data = bytes.fromhex(digits.rjust(len(digits) + len(digits) % 2, "0"))
    except ValueError:
        return None
    return data.lstrip(b"\0") if width is None else data
