"""A made-up history of one token: who moved what to whom, and the logs as a node would write them.

Of 100 logs 95 are transfers: 4 of 100 of these mint (all of them first), one burns. Nobody falls below zero, because
everybody who ever sends was given 2**90 before. One account gets 2**200 and pays out of it, so that whoever counts
in 128 bits, in floats or without a borrow comes to another table.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.audit import FIRST, PER_BLOCK, TOKEN
from hashkit.contracts.columns import TRANSFER, LogColumns, Transfers, columns_of
from hashkit.contracts.hashing import checksum

PEOPLE = 150_000
_TIME = 1_700_000_000
_WHALE = 31 - 200 // 8
"""Which byte of a value, most significant first, stands for 2**200."""
_EVENTS = tuple(sha256(name).digest() for name in (b"KycSet", b"KycSet", b"KycSet", b"Frozen", b"Role"))

Array = Any


@dataclass(frozen=True)
class Moves:
    """``sender`` and ``receiver`` are rows of ``accounts`` (20 bytes each; row 0: nobody); ``value`` 32 bytes each."""

    accounts: Array
    sender: Array
    receiver: Array
    value: Array

    def __len__(self) -> int:
        return len(self.sender)

    def balances(self) -> dict[bytes, int]:
        """Address -> balance at the end, by plain addition; without zeros."""
        held = [0] * len(self.accounts)
        raw = self.value.tobytes()
        for n, (sender, receiver) in enumerate(zip(self.sender.tolist(), self.receiver.tolist(), strict=True)):
            amount = int.from_bytes(raw[32 * n : 32 * n + 32], "big")
            held[sender] -= amount
            held[receiver] += amount
        held[0] = 0
        return {row.tobytes(): amount for row, amount in zip(self.accounts, held, strict=True) if amount}


def moves(many: int, seed: int = 1) -> Moves:
    """So many transfers; the same every time."""
    r = np.random.default_rng(seed)
    accounts = r.integers(0, 256, (PEOPLE + 1, 20), np.uint8)
    accounts[0] = 0
    minting = max(many // 25, 2)
    receiver = 1 + (PEOPLE * r.random(many) ** 3).astype(np.int64)
    sender = receiver[r.integers(0, minting, many)]
    sender[:minting] = 0
    receiver[minting:][r.random(many - minting) < 0.01] = 0
    low = r.integers(0, 2**64, many, np.uint64, endpoint=False) >> r.integers(0, 60, many, np.uint64)
    value = np.zeros((many, 32), np.uint8)
    value[:, 24:] = low.astype(">u8").view(np.uint8).reshape(-1, 8)
    value[:minting, 31 - 90 // 8] = 1 << 90 % 8
    value[minting - 1, _WHALE] = 1
    sender[minting] = receiver[minting - 1]
    return Moves(accounts, sender, receiver, value)


def block_hash(number: int) -> bytes:
    """Of every block there is."""
    return sha256(b"block %d" % number).digest()


def chunk(of: Moves, start: int, stop: int) -> tuple[int, int, LogColumns]:
    """First block, last block and transfers ``start`` to ``stop``, whole blocks, as a store takes them in."""
    rows = np.arange(start, stop)
    block = FIRST + rows // PER_BLOCK
    hashes = b"".join(block_hash(number) for number in range(int(block[0]), int(block[-1]) + 1))
    by_block = np.frombuffer(hashes, np.uint8).reshape(-1, 32)
    tx = np.frombuffer(b"".join(sha256(b"tx %d" % n).digest() for n in range(start, stop)), np.uint8).reshape(-1, 32)
    index = rows % PER_BLOCK
    sides = (of.accounts[side[start:stop]] for side in (of.sender, of.receiver))
    moved = Transfers(block, index, index, tx, by_block[block - block[0]], *sides, of.value[start:stop])
    return int(block[0]), int(block[-1]), LogColumns(checksum(TOKEN), moved, columns_of([], checksum(TOKEN)).events)


def write(of: Moves, logs: int, folder: Path) -> None:
    """``logs.json``: that many logs in the node's spelling, comma after comma, the transfers among them;
    ``blocks``: where each block begins in it (8 bytes each), and where the last one ends."""
    r = np.random.default_rng(2)
    is_event = np.zeros(logs, bool)
    is_event[r.permutation(logs)[: logs - len(of)]] = True
    base = r.integers(0, 40, logs // PER_BLOCK + 1).tolist()  # whatever else the block held before
    accounts = [row.tobytes().hex() for row in of.accounts]
    rows = iter(zip(of.sender.tolist(), of.receiver.tolist(), of.value, strict=True))
    begins, at = array("Q"), 0
    with (folder / "logs.json").open("wb") as out:
        for n, event in enumerate(is_event.tolist()):
            number, index = FIRST + n // PER_BLOCK, n % PER_BLOCK + base[n // PER_BLOCK]
            if n % PER_BLOCK == 0:
                begins.append(at)
                hashed = block_hash(number).hex()
            if event:
                topics = f'"0x{_EVENTS[n % 5].hex()}","0x{accounts[1 + n % PEOPLE]:0>64}"'
                data = f"{n:064x}"
            else:
                sender, receiver, value = next(rows)
                topics = f'"0x{TRANSFER.hex()}","0x{accounts[sender]:0>64}","0x{accounts[receiver]:0>64}"'
                data = value.tobytes().hex()
            text = (
                f'{{"address":"{TOKEN}","topics":[{topics}],"data":"0x{data}","blockNumber":"{number:#x}",'
                f'"transactionHash":"0x{sha256(b"tx %d" % n).hexdigest()}","transactionIndex":"{index:#x}",'
                f'"blockHash":"0x{hashed}","blockTimestamp":"{_TIME + 2 * (number - FIRST):#x}",'
                f'"logIndex":"{index:#x}","removed":false}},'
            )
            at += out.write(text.encode())
    begins.append(at)
    (folder / "blocks").write_bytes(begins.tobytes())
