"""Hashes that Python and Solidity must agree on: checksums, order ids, row trees, EIP-712. Floor 1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from eth_hash.auto import keccak as _keccak

from hashkit.domain.orders import Order, Row
from hashkit.domain.parties import Attestation
from hashkit.errors import InputError

_HEX = "0123456789abcdef"
_ADDRESS = re.compile(f"[{_HEX}]{{40}}")
_CASED = {(digit, mask): digit.upper() if mask > "7" else digit for digit in _HEX for mask in _HEX}
"""EIP-55: a letter is large where the digit of the hash at its place is 8 or more."""
DOMAIN_NAME = "hashkit"
DOMAIN_VERSION = "1"


def keccak(data: bytes) -> bytes:
    """Keccak-256, the hash of Solidity (not SHA3-256)."""
    return _keccak(data)


def checksum(address: str | bytes) -> str:
    """EIP-55 form of a 20-byte address, given as 0x-hex of any case or as bytes."""
    if isinstance(address, bytes):
        if len(address) != 20:
            raise InputError("An address has 20 bytes.", code="ADDRESS")
        digits = address.hex()
    else:
        digits = address.removeprefix("0x").lower()
        if not _ADDRESS.fullmatch(digits):
            raise InputError(
                f"{address[:60]!r} is not an address.", why="An address is 0x and 40 hex digits.", code="ADDRESS"
            )
    mask = keccak(digits.encode()).hex()
    return "0x" + "".join(map(_CASED.__getitem__, zip(digits, mask, strict=False)))


def order_id(chain_id: int, token: str, external_ids: Iterable[str]) -> bytes:
    """The id of an order follows from what it is about: the same external ids give the same order.

    So a changed row under an old external id meets the order that is already on chain, even when every
    local record is lost. The ids come sorted; none of them contains a line feed.
    """
    from eth_abi import encode

    listed = _keccak.new(b"")
    for place, external_id in enumerate(external_ids):
        listed.update(f"\n{external_id}".encode() if place else external_id.encode())
    kind = keccak(b"hashkit.order/1")
    return keccak(encode(["bytes32", "uint256", "address", "bytes32"], [kind, chain_id, token, listed.digest()]))


def packed_row(row: Row) -> bytes:
    """A row as the contract reads it: wallet in the upper 160 bits, amount in the lower 96."""
    return bytes.fromhex(row.wallet[2:]) + row.amount.raw.to_bytes(12, "big")


def leaf(order: bytes, first_row: int, rows: Sequence[Row]) -> bytes:
    """keccak256(abi.encode(orderId, firstRow, rows)), as ``Orders.sol`` computes it."""
    head = order + b"".join(number.to_bytes(32) for number in (first_row, 96, len(rows)))  # the rows begin at byte 96
    return keccak(head + b"".join(map(packed_row, rows)))


def merkle_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The tree, leaves first. Pairs are hashed sorted (OpenZeppelin MerkleProof); an odd node moves up."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [keccak(b"".join(sorted(below[i : i + 2]))) for i in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[len(below) - len(below) % 2 :])
    return levels


def merkle_proof(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The siblings from leaf ``index`` up to the root."""
    proof = []
    for level in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        index //= 2
    return proof


def rows_tree(order: bytes, rows: Iterable[Row], chunk_size: int) -> tuple[list[list[bytes]], bytes, int]:
    """The tree over the chunks of an order, whose last level holds the rows root; file hash and total of the rows.

    The file hash is the keccak of the canonical rows file, one line a row, and like the total in smallest units. The
    rows come in canonical order, one at a time: there may be a million.
    """
    every, total = iter(rows), 0
    leaves: list[bytes] = []
    file = _keccak.new(b"external_id,wallet,raw\n")
    while part := list(islice(every, chunk_size)):
        leaves.append(leaf(order, len(leaves) * chunk_size, part))
        file.update("".join(f"{row.external_id},{row.wallet},{row.amount.raw}\n" for row in part).encode())
        total += sum(row.amount.raw for row in part)
    return merkle_levels(leaves), file.digest(), total


def order_message(order: Order, chain_id: int, token: str) -> dict[str, Any]:
    """The EIP-712 message an approver signs to let somebody else open ``order`` (full form, for wallets)."""
    fields = "bytes32 orderId,bytes32 rowsRoot,bytes32 fileHash,uint32 rowCount,uint128 total,uint40 deadline"
    values = (order.order_id, order.rows_root, order.file_hash, order.row_count, order.total.raw, order.deadline)
    return _typed_message("Order", fields, values, chain_id, token)


def attestation_message(attestation: Attestation, chain_id: int, registry: str) -> dict[str, Any]:
    """The EIP-712 message that a KYC issuer and the wallet sign (full form, for wallets)."""
    fields = (
        "address issuer,address wallet,address investor,uint16 country,uint8 class,uint40 validUntil,uint40 issuedAt"
    )
    return _typed_message("Attestation", fields, attestation.values, chain_id, registry)


def _typed_message(kind: str, fields: str, values: Sequence[Any], chain_id: int, contract: str) -> dict[str, Any]:
    """``values`` as ``kind``, whose ``fields`` are written as in Solidity, for one contract on one chain."""
    domain = {"name": DOMAIN_NAME, "version": DOMAIN_VERSION, "chainId": chain_id, "verifyingContract": contract}
    of_domain = "string name,string version,uint256 chainId,address verifyingContract"
    return {
        "domain": domain,
        "primaryType": kind,
        "types": {"EIP712Domain": _fields(of_domain), kind: _fields(fields)},
        "message": {field["name"]: value for field, value in zip(_fields(fields), values, strict=True)},
    }


def _fields(text: str) -> list[dict[str, str]]:
    pairs = (field.split(" ") for field in text.split(","))
    return [{"name": name, "type": kind} for kind, name in pairs]


def clone_address(factory: str, implementation: str, salt: bytes, bound_to: str | None = None) -> str:
    """Where ``factory`` puts the clone of ``implementation`` with ``salt`` (CREATE2); see ``clone_runtime``."""
    runtime = clone_runtime(implementation, bound_to)
    start = bytes.fromhex("3d602d80600a3d3981f3")
    if bound_to:
        start = b"\x61" + len(runtime).to_bytes(2) + bytes.fromhex("3d81600a3d39f3")
    return checksum(keccak(b"\xff" + bytes.fromhex(factory[2:]) + salt + keccak(start + runtime))[12:])


def clone_runtime(implementation: str, bound_to: str | None = None) -> bytes:
    """Runtime code of an EIP-1167 minimal proxy onto ``implementation`` (OpenZeppelin Clones).

    A rule book carries the token it is ``bound_to`` behind that code, as an immutable argument.
    """
    target = bytes.fromhex(implementation[2:])
    tail = bytes.fromhex(bound_to[2:]) if bound_to else b""
    return bytes.fromhex("363d3d373d3d3d363d73") + target + bytes.fromhex("5af43d82803e903d91602b57fd5bf3") + tail
