"""Which blocks are there, what time is it, and what was remembered? Floor 2; runs in the server's process.

One transaction a block, mined as it comes. Logs are indexed as blocks are mined, so asking for them never
goes through the EVM's database. The clock is the machine's plus a shift; a block is at least one second
younger than its parent, as Ethereum demands, so a burst of transactions runs ahead of the clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hashkit.chain.devnet.evm import Evm
from hashkit.chain.devnet.shapes import Mined, mined
from hashkit.chain.devnet.shelf import Shelf
from hashkit.chain.devnet.wire import INVALID_PARAMS, refuse


class Chain:
    """The py-evm chain of one project. Not safe for threads: the server asks it under one lock."""

    def __init__(self, path: Path) -> None:
        self._shelf = Shelf(path)
        self.evm = Evm(self._shelf)
        self.blocks: list[Mined] = []
        self._by_hash: dict[bytes, int] = {}
        self._placed: dict[bytes, tuple[int, int]] = {}
        self._marks: dict[int, tuple[int, int]] = {}
        self._next_mark = 0
        self._next_time: int | None = None
        self._load()
        # The clock goes on where the last block stood, even when somebody had moved it forward.
        self._shift: int = max(0, self.head.header.timestamp - int(time.time()))

    @property
    def head(self) -> Mined:
        """The newest block."""
        return self.blocks[-1]

    def _load(self) -> None:
        newest = self._shelf.head()
        if newest is None:
            first = self.evm.begin(int(time.time()))
            self._shelf.commit(first.hash)
            self._add(mined(first, (), ()))
            return
        headers = [self.evm.resume(newest)]
        while headers[-1].block_number > 0:
            headers.append(self.evm.parent(headers[-1]))
        for header in reversed(headers):
            self._add(mined(header, *self.evm.block(header)))

    def _add(self, block: Mined) -> None:
        self._by_hash[block.hash] = block.number
        for index, transaction in enumerate(block.transactions):
            self._placed[bytes(transaction.hash)] = (block.number, index)
        self.blocks.append(block)

    def close(self) -> None:
        """Let go of the file."""
        self._shelf.close()

    def mine(self, transaction: Any | None = None) -> Mined:
        """Mine a block with this transaction or with none, and write it to the disk."""
        header, receipts = self.evm.mine(self.head.header, self._block_time(), transaction)
        self._shelf.commit(header.hash)
        self._next_time = None
        self._add(mined(header, (transaction,) if transaction else (), receipts))
        return self.head

    def _block_time(self) -> int:
        planned: int = self._next_time if self._next_time is not None else int(time.time()) + self._shift
        return max(planned, int(self.head.header.timestamp) + 1)

    def pending_header(self) -> Any:
        """The header that the next block would be built on."""
        return self.evm.next_header(self.head.header, self._block_time())

    def shift(self, seconds: int) -> int:
        """Move the clock forward. The whole shift so far, in seconds."""
        self._shift += seconds
        return self._shift

    def set_next_time(self, timestamp: int) -> None:
        """The unix time of the next block; the clock goes on from there."""
        if timestamp <= self.head.header.timestamp:
            raise refuse(
                f"timestamp {timestamp} is not after the last block's {self.head.header.timestamp}",
                INVALID_PARAMS,
            )
        self._next_time = timestamp
        self._shift = timestamp - int(time.time())

    def snapshot(self) -> int:
        """Remember this block and this clock. The number to come back with."""
        self._marks[self._next_mark] = (self.head.number, self._shift)
        self._next_mark += 1
        return self._next_mark - 1

    def revert(self, mark: int) -> bool:
        """Go back to a snapshot and forget it and all later ones. False when there is none of that number."""
        if mark not in self._marks:
            return False
        number, shift = self._marks[mark]
        self._shelf.commit(self.blocks[number].hash)
        for block in self.blocks[number + 1 :]:
            del self._by_hash[block.hash]
            for transaction in block.transactions:
                del self._placed[bytes(transaction.hash)]
        del self.blocks[number + 1 :]
        self._shift, self._next_time = shift, None
        self._marks = {kept: value for kept, value in self._marks.items() if kept < mark}
        return True

    def by_hash(self, block_hash: bytes) -> Mined | None:
        """The block with this hash."""
        number = self._by_hash.get(block_hash)
        return None if number is None else self.blocks[number]

    def placed(self, transaction_hash: bytes) -> tuple[Mined, int] | None:
        """The block of a transaction and its index there."""
        found = self._placed.get(transaction_hash)
        return (self.blocks[found[0]], found[1]) if found else None

    def logs(self, first: int, last: int) -> Iterator[dict[str, Any]]:
        """The logs of a range of blocks, both ends included, in order."""
        for block in self.blocks[max(0, first) : last + 1]:
            yield from block.logs
