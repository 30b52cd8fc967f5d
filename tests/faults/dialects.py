"""In whose words does a node refuse a transaction? One table for every client that hashkit may meet.

The words are those of the clients' own sources (pool and RPC errors); geth's are the model, op-geth takes them over.
"""

from __future__ import annotations

from typing import Any

GETH = {
    "known": (-32000, "already known"),
    "nonce": (-32000, "nonce too low: next nonce {next}, tx nonce {nonce}"),
    "replace": (-32000, "replacement transaction underpriced"),
    "funds": (
        -32000,
        "insufficient funds for gas * price + value: balance {have}, tx cost {need}, overshot {over}",
    ),
    "chain": (-32000, "invalid chain id for signer: have {found} want {chain}"),
    # No word for a fee below the base fee: geth takes such a transaction in and lets it wait.
}
DIALECTS: dict[str, dict[str, tuple[int, str]]] = {
    "geth": GETH,
    "op-geth": GETH,
    "erigon": {
        "known": (-32000, "already known"),
        "nonce": (-32000, "nonce too low"),
        "replace": (-32000, "INTERNAL_ERROR: could not replace existing tx"),
        "funds": (-32000, "insufficient funds for gas * price + value"),
        "base": (-32000, "fee cap less than block base fee"),
        "chain": (-32000, "invalid chain id for signer"),
    },
    "besu": {
        "known": (-32000, "Known transaction"),
        "nonce": (-32001, "Nonce too low"),
        "replace": (-32000, "Replacement transaction underpriced"),
        "funds": (-32004, "Upfront cost exceeds account balance"),
        "base": (-32009, "Gas price below current base fee"),
        "chain": (-32000, "Wrong chainId"),
    },
    "nethermind": {
        "known": (-32010, "AlreadyKnown"),
        "nonce": (-32010, "OldNonce, Current nonce: {next}, nonce of rejected tx: {nonce}"),
        "replace": (-32010, "ReplacementNotAllowed"),
        "funds": (-32010, "InsufficientFunds, Account balance: {have}, cumulative cost: {need}"),
        "base": (-32010, "FeeTooLow, MaxFeePerGas too low"),
        "chain": (-32010, "Invalid, InvalidTxChainId"),
    },
    "reth": {
        "known": (-32000, "already known"),
        "nonce": (-32000, "nonce too low: next nonce {next}, tx nonce {nonce}"),
        "replace": (-32000, "replacement transaction underpriced"),
        "funds": (-32000, "insufficient funds for gas * price + value: have {have} want {need}"),
        "base": (-32000, "max fee per gas less than block base fee"),
        "chain": (-32000, "invalid chain ID"),
    },
    "anvil": {
        "known": (-32003, "transaction already imported"),
        "nonce": (-32003, "nonce too low"),
        "replace": (-32003, "replacement transaction underpriced"),
        "funds": (-32003, "Insufficient funds for gas * price + value"),
        "base": (-32003, "max fee per gas less than block base fee"),
        "chain": (-32003, "invalid chain id for signer"),
    },
}


def refusal(dialect: str, what: str, **values: Any) -> dict[str, Any]:
    """The error object of a JSON-RPC answer."""
    number, words = DIALECTS[dialect][what]
    return {"code": number, "message": words.format(**values)}
