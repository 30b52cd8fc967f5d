"""Where did the gas go? Calls, accounts, storage, hashes and logs of a transaction, counted from its trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.gas.chain import Chain, Sent

COLUMNS = ("calls", "accounts", "sload_cold", "sload_warm", "sstore", "keccak", "ecrecover", "logs", "steps")
_CALLS = ("CALL", "STATICCALL", "DELEGATECALL", "CALLCODE")
_LAST_PRECOMPILE = 0x1FF


def profile(chain: Chain, transactions: Sequence[Sent]) -> dict[str, int]:
    """What these transactions did, replayed on the block before each: tracing while sending is slower by far."""
    counts = dict.fromkeys(COLUMNS, 0)
    for sent in transactions:
        options = {"disableStorage": True, "enableMemory": False, "enableReturnData": False}
        trace = chain.rpc("debug_traceCall", sent.fields, hex(sent.block - 1), options)
        _count(trace["structLogs"], counts)
    return counts


def _count(steps: Sequence[dict[str, Any]], counts: dict[str, int]) -> None:
    accounts = set()
    for step in steps:
        counts["steps"] += 1
        operation = str(step["op"])
        if operation in _CALLS:
            target = int(step["stack"][-2], 16)
            counts["ecrecover"] += target == 1
            if target > _LAST_PRECOMPILE:
                counts["calls"] += 1
                accounts.add(target)
        elif operation == "SLOAD":
            counts["sload_cold" if step["gasCost"] >= 2000 else "sload_warm"] += 1
        elif operation == "SSTORE":
            counts["sstore"] += 1
        elif operation.startswith("LOG"):
            counts["logs"] += 1
        elif operation in ("KECCAK256", "SHA3"):
            counts["keccak"] += 1
    counts["accounts"] += len(accounts)
