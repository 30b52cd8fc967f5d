"""Orders: an approved batch of issue rows, and how it is cut into chunks. Floor 0."""

from __future__ import annotations

from dataclasses import dataclass

from hashkit.domain.units import Units

CHUNK_ROWS = 100
"""Rows in one transaction. Fixed when the order is approved: the tree is built over the chunks.

Under every counting rule at once a row to a new investor takes about 125,000 gas, and EIP-7825 lets a transaction take
16,777,216: an order with larger chunks could be approved and never be executed.
"""

MAX_ROW_RAW = 2**96 - 1
"""A row packs a wallet and its amount into one word, which leaves 96 bits for the amount."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an order: ``amount`` units to ``wallet`` for the paper ``external_id``.

    ``line`` is the row of the file it came from, for messages only (0: not from a file).
    """

    external_id: str
    wallet: str
    amount: Units
    line: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What an approver approves. Hashes are 32 bytes, ``deadline`` is block time in unix seconds."""

    order_id: bytes
    rows_root: bytes
    file_hash: bytes
    row_count: int
    total: Units
    deadline: int


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as the contract holds it. ``next_row`` is the cursor; a closed order never moves again."""

    rows_root: bytes
    row_count: int
    next_row: int
    total: int
    issued: int
    deadline: int
    closed: bool

    @property
    def opened(self) -> bool:
        """True once the order was opened on chain."""
        return self.row_count > 0
