"""A long run of transfers of one token, straight into a Parquet store, and what plain Python says of it."""

from __future__ import annotations

import random
from pathlib import Path

from hashkit.contracts.columns import TRANSFER
from hashkit.contracts.hashing import checksum, keccak
from hashkit.domain.facts import ZERO, RawLog
from hashkit.store.parquet import ParquetStore

TOKEN = checksum("0x" + "70" * 20)
HUGE = 2**200
"""One amount that no 128-bit number, no decimal(38) and no float can hold."""
PER_BLOCK, PER_CHUNK = 7, 40


def hashed(*words: object) -> str:
    return "0x" + keccak(repr(words).encode()).hex()


def moves(many: int, seed: int) -> list[tuple[int, str, str, int]]:
    """(block, sender, receiver, raw): mints, moves, burns, nothing moved, moves to oneself; nobody goes below zero."""
    r = random.Random(seed)
    people = [checksum(hashed("holder", seed, n)[:42]) for n in range(60)]
    held: dict[str, int] = {}
    found = []
    for n in range(many):
        sender, receiver = r.choice([ZERO, *held]), r.choice(people)
        raw = r.randrange(2 ** r.choice([8, 70, 130]))
        if n == 3:  # to somebody who keeps it
            found.append((10, ZERO, checksum(hashed("whale")[:42]), HUGE + n))
            continue
        if sender != ZERO:
            raw = r.choice([0, held[sender], r.randint(0, held[sender])])
            receiver = r.choice([receiver, receiver, ZERO, sender])
            held[sender] -= raw
        if receiver != ZERO:
            held[receiver] = held.get(receiver, 0) + raw
        found.append((10 + n // PER_BLOCK, sender, receiver, raw))
    return found


def store_of(folder: Path, rows: list[tuple[int, str, str, int]]) -> ParquetStore:
    """The rows as a store of several chunks."""
    store = ParquetStore(folder, 31337, [TOKEN])
    last = rows[-1][0]
    for lower in range(rows[0][0], last + 1, PER_CHUNK):
        upper = min(lower + PER_CHUNK - 1, last)
        logs = [_log(n, *row) for n, row in enumerate(rows) if lower <= row[0] <= upper]
        store.add(lower, upper, logs, parent_hash=hashed("block", lower - 1), end_hash=hashed("block", upper))
    return store


def balances(rows: list[tuple[int, str, str, int]], block: int) -> dict[str, int]:
    """Holder -> balance after ``block``, by addition alone."""
    held: dict[str, int] = {}
    for number, sender, receiver, raw in rows:
        if number <= block:
            held[sender] = held.get(sender, 0) - raw
            held[receiver] = held.get(receiver, 0) + raw
    return {who: raw for who, raw in held.items() if raw and who != ZERO}


def _log(n: int, block: int, sender: str, receiver: str, raw: int) -> RawLog:
    topics = (TRANSFER, *(bytes(12) + bytes.fromhex(side[2:]) for side in (sender, receiver)))
    return RawLog(TOKEN, topics, raw.to_bytes(32, "big"), block, hashed("block", block), hashed("tx", n), n, n)
