"""A node's answers as values, or a NodeError when they make no sense: the node may be hostile. Floor 2."""

from __future__ import annotations

from typing import Any

from hashkit.chain.signing import created_address, read_signed
from hashkit.domain.attempts import Attempt, Receipt
from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint


def number(endpoint: Endpoint, method: str, *params: Any) -> int:
    """Ask for a quantity, which comes as 0x-hex."""
    found = endpoint.call(method, params)
    try:
        return int(found, 16)
    except (TypeError, ValueError):
        raise _senseless(method) from None


def read_receipt(found: Any, attempt: Attempt, sender: str) -> Receipt | None:
    """The receipt of ``attempt``. None when there is none yet, or when it is another transaction's.

    The address of a created contract is computed, not taken from the node.
    """
    if not isinstance(found, dict) or str(found.get("transactionHash")).lower() != attempt.tx_hash:
        return None
    if found.get("blockNumber") is None:
        return None  # some nodes show receipts of transactions that wait
    try:
        gas = int(found["gasUsed"], 16)
        price = int(found.get("effectiveGasPrice") or hex(attempt.max_fee), 16)
        return Receipt(
            tx_hash=attempt.tx_hash,
            block=int(found["blockNumber"], 16),
            block_hash=str(found["blockHash"]),
            succeeded=int(found["status"], 16) == 1,
            gas_used=gas,
            fee=gas * price + int(found.get("l1Fee") or "0x0", 16),
            contract=None if "to" in read_signed(attempt.raw) else created_address(sender, attempt.nonce),
        )
    except (KeyError, TypeError, ValueError):
        raise _senseless("eth_getTransactionReceipt") from None


def _senseless(method: str) -> NodeError:
    return NodeError(
        f"The node's answer to {method} makes no sense.",
        why="It is not what the JSON-RPC standard of Ethereum says.",
        next_step="Use another node; `hashkit doctor` checks one.",
        code="NODE_ANSWER",
    )
