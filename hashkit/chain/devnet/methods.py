"""What does each JSON-RPC method answer? Floor 2.

Names, parameters and results are geth's (and anvil's for evm_*). ``safe``, ``finalized`` and ``pending`` are
the newest block: a chain with one builder has nothing to wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hashkit.chain.devaccounts import DEV_ACCOUNTS, DEV_CHAIN_ID
from hashkit.chain.devnet.admission import admit
from hashkit.chain.devnet.calls import call, estimate, read_ask
from hashkit.chain.devnet.chain import Chain
from hashkit.chain.devnet.logfilter import find_logs
from hashkit.chain.devnet.shapes import Mined, block_shape, receipt_shape, transaction_shape
from hashkit.chain.devnet.wire import (
    INVALID_PARAMS,
    hex_bytes,
    read_address,
    read_bytes,
    read_hash,
    read_number,
    refuse,
)

Method = Callable[[Chain, list[Any]], Any]

TIP = 10**9
"""Wei per gas that eth_maxPriorityFeePerGas proposes; anvil's figure."""

METHOD_NOT_FOUND = -32601
CLIENT = "hashkit-devnet/py-evm"
_MOST_HISTORY = 1024
_NEWEST = ("latest", "safe", "finalized", "pending")


def answer(chain: Chain, method: str, params: list[Any]) -> Any:
    """The result of one call, ready for JSON. RpcError when the answer is no."""
    found = METHODS.get(method)
    if found is None:
        raise refuse(_why_not(method), METHOD_NOT_FOUND)
    return found(chain, params)


def _why_not(method: str) -> str:
    name = method[:60]
    if name.startswith(("debug_", "trace_")) or name == "eth_getProof":
        return f"{name} is not offered: py-evm makes no traces and no proofs here; anvil does"
    if name in ("eth_sendTransaction", "eth_sign", "eth_signTransaction", "eth_signTypedData_v4"):
        return f"{name} is not offered: this chain holds no keys; sign first, then eth_sendRawTransaction"
    return f"the method {name} does not exist on the py-evm devnet"


def _nth(params: list[Any], index: int, default: Any = None) -> Any:
    value = params[index] if index < len(params) else None
    return default if value is None else value


def _block(chain: Chain, tag: Any) -> Mined | None:
    """The block of a tag, number, hash or EIP-1898 object. None when there is none."""
    if isinstance(tag, dict):
        if "blockHash" in tag:
            return chain.by_hash(read_hash(tag["blockHash"], "blockHash"))
        tag = tag.get("blockNumber")
    if tag in _NEWEST:
        return chain.head
    number = 0 if tag == "earliest" else read_number(tag, "block")
    return chain.blocks[number] if number <= chain.head.number else None


def _header(chain: Chain, params: list[Any], index: int) -> Any:
    block = _block(chain, _nth(params, index, "latest"))
    if block is None:
        raise refuse("header not found: the chain has no such block")
    return block.header


def _state(chain: Chain, params: list[Any], index: int) -> Any:
    return chain.evm.state(_header(chain, params, index))


def _balance(chain: Chain, params: list[Any]) -> Any:
    return hex(_state(chain, params, 1).get_balance(read_address(_nth(params, 0))))


def _nonce(chain: Chain, params: list[Any]) -> Any:
    return hex(_state(chain, params, 1).get_nonce(read_address(_nth(params, 0))))


def _code(chain: Chain, params: list[Any]) -> Any:
    return hex_bytes(_state(chain, params, 1).get_code(read_address(_nth(params, 0))))


def _storage(chain: Chain, params: list[Any]) -> Any:
    address, slot = read_address(_nth(params, 0)), read_number(_nth(params, 1), "slot")
    return hex_bytes(_state(chain, params, 2).get_storage(address, slot).to_bytes(32, "big"))


def _call(chain: Chain, params: list[Any]) -> Any:
    return hex_bytes(call(chain.evm, _header(chain, params, 1), read_ask(_nth(params, 0))))


def _estimate(chain: Chain, params: list[Any]) -> Any:
    return hex(estimate(chain.evm, _header(chain, params, 1), read_ask(_nth(params, 0))))


def _send_raw(chain: Chain, params: list[Any]) -> Any:
    transaction = admit(chain, read_bytes(_nth(params, 0), "transaction"))
    chain.mine(transaction)
    return hex_bytes(transaction.hash)


def _block_by_number(chain: Chain, params: list[Any]) -> Any:
    block = _block(chain, _nth(params, 0, "latest"))
    return block_shape(block, whole=bool(_nth(params, 1))) if block else None


def _block_by_hash(chain: Chain, params: list[Any]) -> Any:
    block = chain.by_hash(read_hash(_nth(params, 0)))
    return block_shape(block, whole=bool(_nth(params, 1))) if block else None


def _count_in_block(chain: Chain, params: list[Any]) -> Any:
    block = _block(chain, _nth(params, 0, "latest"))
    return hex(len(block.transactions)) if block else None


def _transaction(chain: Chain, params: list[Any]) -> Any:
    found = chain.placed(read_hash(_nth(params, 0)))
    return transaction_shape(*found) if found else None


def _receipt(chain: Chain, params: list[Any]) -> Any:
    found = chain.placed(read_hash(_nth(params, 0)))
    return receipt_shape(*found) if found else None


def _block_receipts(chain: Chain, params: list[Any]) -> Any:
    block = _block(chain, _nth(params, 0, "latest"))
    return [receipt_shape(block, index) for index in range(len(block.receipts))] if block else None


def _logs(chain: Chain, params: list[Any]) -> Any:
    return find_logs(chain, _nth(params, 0), partial(_block, chain))


def _next_base_fee(chain: Chain) -> int:
    return int(chain.pending_header().base_fee_per_gas)


def _fee_history(chain: Chain, params: list[Any]) -> Any:
    count = max(1, min(read_number(_nth(params, 0), "block count"), _MOST_HISTORY))
    newest = _block(chain, _nth(params, 1, "latest"))
    if newest is None:
        raise refuse("header not found: the chain has no such block")
    listed = chain.blocks[max(0, newest.number + 1 - count) : newest.number + 1]
    after = chain.blocks[newest.number + 1].header if newest is not chain.head else chain.pending_header()
    answer = {
        "oldestBlock": hex(listed[0].number),
        "baseFeePerGas": [hex(b.header.base_fee_per_gas) for b in listed] + [hex(after.base_fee_per_gas)],
        "gasUsedRatio": [b.header.gas_used / b.header.gas_limit for b in listed],
    }
    percentiles = _nth(params, 2, [])
    if not isinstance(percentiles, list) or len(percentiles) > 100:
        raise refuse("percentiles are a list of at most 100 numbers", INVALID_PARAMS)
    if percentiles:
        answer["reward"] = [[hex(_tip_paid(block))] * len(percentiles) for block in listed]
    return answer


def _tip_paid(block: Mined) -> int:
    """Wei per gas above the base fee. A block has one transaction, so every percentile is the same."""
    if not block.transactions:
        return 0
    item, base = block.transactions[0], block.header.base_fee_per_gas
    return int(min(item.max_fee_per_gas - base, item.max_priority_fee_per_gas))


def _mine(chain: Chain, params: list[Any]) -> Any:
    if _nth(params, 0) is not None:
        chain.set_next_time(read_number(params[0], "timestamp", most=2**63))
    chain.mine()
    return "0x0"


def _increase_time(chain: Chain, params: list[Any]) -> Any:
    return chain.shift(read_number(_nth(params, 0), "seconds", most=2**40))


def _set_next_time(chain: Chain, params: list[Any]) -> Any:
    chain.set_next_time(read_number(_nth(params, 0), "timestamp", most=2**63))


def _revert(chain: Chain, params: list[Any]) -> Any:
    return chain.revert(read_number(_nth(params, 0), "snapshot"))


METHODS: dict[str, Method] = {
    "web3_clientVersion": lambda chain, params: CLIENT,
    "net_version": lambda chain, params: str(DEV_CHAIN_ID),
    "net_listening": lambda chain, params: True,
    "eth_chainId": lambda chain, params: hex(DEV_CHAIN_ID),
    "eth_syncing": lambda chain, params: False,
    "eth_accounts": lambda chain, params: [account.address.lower() for account in DEV_ACCOUNTS],
    "eth_blockNumber": lambda chain, params: hex(chain.head.number),
    "eth_gasPrice": lambda chain, params: hex(_next_base_fee(chain) + TIP),
    "eth_maxPriorityFeePerGas": lambda chain, params: hex(TIP),
    "eth_feeHistory": _fee_history,
    "eth_getBalance": _balance,
    "eth_getTransactionCount": _nonce,
    "eth_getCode": _code,
    "eth_getStorageAt": _storage,
    "eth_call": _call,
    "eth_estimateGas": _estimate,
    "eth_sendRawTransaction": _send_raw,
    "eth_getBlockByNumber": _block_by_number,
    "eth_getBlockByHash": _block_by_hash,
    "eth_getBlockTransactionCountByNumber": _count_in_block,
    "eth_getBlockReceipts": _block_receipts,
    "eth_getTransactionByHash": _transaction,
    "eth_getTransactionReceipt": _receipt,
    "eth_getLogs": _logs,
    "evm_mine": _mine,
    "evm_increaseTime": _increase_time,
    "evm_setNextBlockTimestamp": _set_next_time,
    "evm_snapshot": lambda chain, params: hex(chain.snapshot()),
    "evm_revert": _revert,
}
