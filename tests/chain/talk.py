"""How tests talk to a local chain: raw JSON-RPC, as any client would, and two contracts made by hand."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from eth_account import Account
from web3 import Web3

from hashkit.chain import devnet
from hashkit.contracts.hashing import keccak

ISSUER, OTHER = devnet.DEV_ACCOUNTS[0], devnet.DEV_ACCOUNTS[1]

STORED = keccak(b"Stored(uint256,uint256)")
REFUSED = keccak(b"Refused(address,uint256)")[:4]

# A contract assembled by hand. Its behaviour depends on the size of its call data:
# 64 bytes: store word 1 under word 0 and emit Stored(indexed slot, value); 32: return what is stored under
# word 0; none: revert with the custom error Refused(caller, 7).
STORE_CODE = (
    "36156046 57"  # CALLDATASIZE ISZERO -> 0x46
    "36602014603c57"  # CALLDATASIZE == 32 -> 0x3c
    "5f35602035"  # slot, value
    "8082555f52"  # SSTORE(slot, value); memory[0] = value
    f"7f{STORED.hex()}60205fa200"  # LOG2(memory[0:32], Stored, slot) STOP
    "5b5f35545f5260205ff3"  # 0x3c: return SLOAD(word 0)
    f"5b63{REFUSED.hex()}60e01b5f52"  # 0x46: memory[0] = selector
    "33600452600760245260445ffd"  # memory[4] = CALLER, memory[36] = 7, REVERT(0, 68)
).replace(" ", "")
STORE = "0x605e8060095f395ff3" + STORE_CODE  # copies 0x5e bytes from offset 9 and returns them

# Emits as many empty LOG0 as word 0 says.
BURST = "0x60148060095f395ff3" + "5f355b80156012575f5fa0600190036002565b00"


def rpc(url: str, *calls: tuple[Any, ...]) -> list[dict[str, Any]]:
    """A JSON-RPC batch, answers in the order of the calls."""
    sent = [
        {"jsonrpc": "2.0", "id": i, "method": call[0], "params": list(call[1:])}
        for i, call in enumerate(calls)
    ]
    answers = post(url, json.dumps(sent).encode())
    return sorted(answers, key=lambda answer: int(answer["id"]))


def post(url: str, body: bytes) -> Any:
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def ask(url: str, method: str, *params: Any) -> Any:
    (answer,) = rpc(url, (method, *params))
    assert "result" in answer, answer
    return answer["result"]


def problem(url: str, method: str, *params: Any) -> dict[str, Any]:
    (answer,) = rpc(url, (method, *params))
    assert "error" in answer, answer
    return dict(answer["error"])


def raw(url: str, account: devnet.DevAccount = ISSUER, **changed: Any) -> str:
    fields = {"value": 0, "gas": 200_000, "maxFeePerGas": 3 * 10**9, "maxPriorityFeePerGas": 10**9}
    fields |= {"chainId": 31337, "type": 2}
    if "nonce" not in changed:
        changed["nonce"] = int(ask(url, "eth_getTransactionCount", account.address, "latest"), 16)
    return "0x" + bytes(Account.sign_transaction(fields | changed, account.key).raw_transaction).hex()


def send(url: str, **fields: Any) -> dict[str, Any]:
    """Sign, send and wait; the receipt."""
    name = ask(url, "eth_sendRawTransaction", raw(url, **fields))
    for _ in range(200):
        receipt = ask(url, "eth_getTransactionReceipt", name)
        if receipt:
            return dict(receipt)
        time.sleep(0.02)  # anvil mines a moment after it answers
    raise AssertionError(f"{name} was not mined")


def word(number: int) -> str:
    return number.to_bytes(32, "big").hex()


def deploy(url: str, code: str = STORE) -> str:
    receipt = send(url, data=code, gas=3_000_000)
    assert receipt["status"] == "0x1"
    return Web3.to_checksum_address(receipt["contractAddress"])


def mined(endpoint: Any, transaction: dict[str, str]) -> Any:
    """The receipt of a transaction that the node signs; anvil answers a moment before it mines."""
    sent = endpoint.call("eth_sendTransaction", (transaction,))
    for _ in range(500):
        if (receipt := endpoint.call("eth_getTransactionReceipt", (sent,))) is not None:
            return receipt
        time.sleep(0.01)
    raise AssertionError("never mined")
