"""What has become of everything that was signed? Journal and chain compared, by reading alone. Floor 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Protocol

from hashkit.chain.answers import read_receipt
from hashkit.domain.attempts import Attempt, Receipt
from hashkit.domain.network import Network
from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint

Told = Callable[[str, str, str], None]
"""Hears what happens: (kind, transaction hash, text)."""
_ASKED = 50  # receipts in one request; that of a chunk has a hundred logs


class Ledger(Protocol):
    """Where the sender writes down what it is about to do. Each method returns when it is on the disk."""

    def next_nonce(self) -> int:
        """One above the highest nonce ever signed, or 0."""

    def attempts(self, step: int) -> tuple[Attempt, ...]:
        """Everything signed for a step, oldest first."""

    def unsettled(self, final: int) -> tuple[Attempt, ...]:
        """Everything signed with a nonce of which no block up to ``final`` holds a transaction, lowest first."""

    def together(self) -> AbstractContextManager[None]:
        """What is recorded inside is on the disk at the end, all of it or nothing."""

    def record_signed(self, attempt: Attempt) -> None:
        """Keep the signed bytes; refuse a nonce that belongs to other content."""

    def record_sent(self, tx_hash: str) -> None:
        """A node has taken the bytes."""

    def record_mined(self, receipt: Receipt) -> None:
        """A block holds the transaction."""


def take_stock(
    endpoint: Endpoint, network: Network, sender: str, ledger: Ledger, on_event: Told
) -> tuple[Attempt, ...]:
    """Bring the journal up to the chain. What is in no block is returned, newest of each nonce.

    A crash may have come between a block and the journal; a reorganisation may have moved a transaction
    to another block, put a rival with the same nonce in its place, or thrown it out.
    """
    known: dict[int, list[Attempt]] = {}
    for attempt in ledger.unsettled(_final(endpoint, network)):
        known.setdefault(attempt.nonce, []).append(attempt)
    missing = []
    standing = _standing(endpoint, {attempt.block for rivals in known.values() for attempt in rivals})
    open_ones = [rivals for rivals in known.values() if not _stands(rivals, standing)]
    told = _receipts_of(endpoint, [rival for rivals in open_ones for rival in rivals], sender)
    for rivals in open_ones:
        receipts = list(islice(told, len(rivals)))
        for rival, receipt in zip(rivals, receipts, strict=True):
            if receipt is not None:
                settle(ledger, rival, receipt, on_event)
            elif rival.state == "MINED" and any(receipts):
                ledger.record_sent(rival.tx_hash)
        if not any(receipts):
            missing.append(rivals[-1])
    return tuple(missing)


def receipt_of(endpoint: Endpoint, attempt: Attempt, sender: str) -> Receipt | None:
    """The receipt of an attempt; None when there is none yet, or no node says so."""
    return read_receipt(ask(endpoint, "eth_getTransactionReceipt", attempt.tx_hash), attempt, sender)


def _standing(endpoint: Endpoint, blocks: Set[int | None]) -> Set[tuple[int, str]]:
    """Number and hash of these blocks, as the chain has them now: what they held before, they hold still."""
    asked = sorted(number for number in blocks if number is not None)
    found: set[tuple[int, str]] = set()
    for first in range(0, len(asked), _ASKED):
        part = asked[first : first + _ASKED]
        try:
            heads = endpoint.batch([("eth_getBlockByNumber", (hex(number), False)) for number in part])
        except NodeError:
            return found
        found |= {(n, str(head.get("hash"))) for n, head in zip(part, heads, strict=True) if isinstance(head, dict)}
    return found


def _stands(rivals: Sequence[Attempt], standing: Set[tuple[int, str]]) -> bool:
    """Whether one of them is known to have succeeded in a block, and that block is still there.

    That one failed is asked again: a node may have lied, and the contract knew better.
    """
    mined = [rival for rival in rivals if rival.state == "MINED"]
    return len(mined) == 1 and bool(mined[0].succeeded) and (mined[0].block, mined[0].block_hash) in standing


def _receipts_of(endpoint: Endpoint, attempts: Sequence[Attempt], sender: str) -> Iterator[Receipt | None]:
    """``receipt_of`` for many, some in one request."""
    for first in range(0, len(attempts), _ASKED):
        part = attempts[first : first + _ASKED]
        try:
            found = endpoint.batch([("eth_getTransactionReceipt", (attempt.tx_hash,)) for attempt in part])
        except NodeError:
            found = [None] * len(part)
        yield from (read_receipt(answer, attempt, sender) for answer, attempt in zip(found, part, strict=True))


def settle(ledger: Ledger, attempt: Attempt, receipt: Receipt, on_event: Told) -> None:
    """Write down the block that holds an attempt and what came of it, unless it is known."""
    known = attempt.state, attempt.block_hash, attempt.succeeded
    if known != ("MINED", receipt.block_hash, receipt.succeeded):
        ledger.record_mined(receipt)
        on_event("mined", receipt.tx_hash, f"block {receipt.block}")


def ask(endpoint: Endpoint, method: str, *params: Any) -> Any:
    """The answer, or None from a node that does not answer: it is asked again later, not believed."""
    try:
        return endpoint.call(method, params)
    except NodeError:
        return None


def _final(endpoint: Endpoint, network: Network) -> int:
    """The last block that no reorganisation can undo; -1 when the node cannot say."""
    if network.dev:
        return -1  # whoever runs the embedded chain may roll it back, though it calls every block final
    found = ask(endpoint, "eth_getBlockByNumber", "finalized", False)
    try:
        return int(found["number"], 16)
    except (KeyError, TypeError, ValueError):
        return -1
