"""What do blocks, transactions, receipts and logs look like in JSON? Floor 2; geth's names and forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp  # type: ignore[import-untyped]

from hashkit.chain.devaccounts import DEV_CHAIN_ID
from hashkit.chain.devnet.wire import hex_bytes
from hashkit.contracts.hashing import keccak


@dataclass(frozen=True, slots=True)
class Mined:
    """A block of the chain with all that is asked about it. ``logs`` are ready to be sent."""

    header: Any
    hash: bytes
    transactions: tuple[Any, ...]
    receipts: tuple[Any, ...]
    logs: tuple[dict[str, Any], ...]

    @property
    def number(self) -> int:
        return int(self.header.block_number)


def mined(header: Any, transactions: tuple[Any, ...], receipts: tuple[Any, ...]) -> Mined:
    """Number the logs of a block through and put everything together."""
    block_hash = bytes(header.hash)
    logs: list[dict[str, Any]] = []
    for index, (transaction, receipt) in enumerate(zip(transactions, receipts, strict=True)):
        place = _place(header, block_hash, index) | {"transactionHash": hex_bytes(transaction.hash)}
        place["blockTimestamp"] = hex(header.timestamp)
        for log in receipt.logs:
            logs.append(
                {
                    "address": hex_bytes(log.address),
                    "topics": [hex_bytes(topic.to_bytes(32, "big")) for topic in log.topics],
                    "data": hex_bytes(log.data),
                    **place,
                    "logIndex": hex(len(logs)),
                    "removed": False,
                }
            )
    return Mined(header, block_hash, transactions, receipts, tuple(logs))


def _place(header: Any, block_hash: bytes, index: int) -> dict[str, Any]:
    number = hex(header.block_number)
    return {"blockHash": hex_bytes(block_hash), "blockNumber": number, "transactionIndex": hex(index)}


def _bloom(value: int) -> str:
    return hex_bytes(value.to_bytes(256, "big"))


def block_shape(block: Mined, *, whole: bool) -> dict[str, Any]:
    """A block, with whole transactions or only their hashes."""
    header = block.header
    listed = range(len(block.transactions))
    return {
        "number": hex(header.block_number),
        "hash": hex_bytes(block.hash),
        "parentHash": hex_bytes(header.parent_hash),
        "timestamp": hex(header.timestamp),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "miner": hex_bytes(header.coinbase),
        "stateRoot": hex_bytes(header.state_root),
        "transactionsRoot": hex_bytes(header.transaction_root),
        "receiptsRoot": hex_bytes(header.receipt_root),
        "withdrawalsRoot": hex_bytes(header.withdrawals_root),
        "parentBeaconBlockRoot": hex_bytes(header.parent_beacon_block_root),
        "requestsHash": hex_bytes(header.requests_hash),
        "logsBloom": _bloom(header.bloom),
        "sha3Uncles": hex_bytes(header.uncles_hash),
        "mixHash": hex_bytes(header.mix_hash),
        "nonce": hex_bytes(header.nonce),
        "extraData": hex_bytes(header.extra_data),
        "difficulty": hex(header.difficulty),
        "totalDifficulty": "0x0",
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "size": hex(_size(block)),
        "uncles": [],
        "withdrawals": [],
        "transactions": [transaction_shape(block, i) if whole else _hash(block, i) for i in listed],
    }


def _size(block: Mined) -> int:
    return len(rlp.encode(block.header)) + sum(len(item.encode()) for item in block.transactions)


def _hash(block: Mined, index: int) -> str:
    return hex_bytes(block.transactions[index].hash)


def _paid(header: Any, transaction: Any) -> int:
    """Wei per gas that were really paid."""
    offered = header.base_fee_per_gas + transaction.max_priority_fee_per_gas
    return int(min(transaction.max_fee_per_gas, offered))


def transaction_shape(block: Mined, index: int) -> dict[str, Any]:
    """A mined transaction."""
    item = block.transactions[index]
    kind = item.type_id or 0
    shape = {
        **_place(block.header, block.hash, index),
        "hash": hex_bytes(item.hash),
        "type": hex(kind),
        "from": hex_bytes(item.sender),
        "to": hex_bytes(item.to) if item.to else None,
        "nonce": hex(item.nonce),
        "gas": hex(item.gas),
        "gasPrice": hex(_paid(block.header, item)),
        "value": hex(item.value),
        "input": hex_bytes(item.data),
        "r": hex(item.r),
        "s": hex(item.s),
        "v": hex(item.y_parity if kind else item.v),
        "chainId": hex(DEV_CHAIN_ID),
    }
    if kind:
        shape["yParity"] = hex(item.y_parity)
        shape["accessList"] = [_access(address, slots) for address, slots in item.access_list]
    if kind >= 2:
        shape["maxFeePerGas"] = hex(item.max_fee_per_gas)
        shape["maxPriorityFeePerGas"] = hex(item.max_priority_fee_per_gas)
    return shape


def _access(address: bytes, slots: tuple[int, ...]) -> dict[str, Any]:
    return {"address": hex_bytes(address), "storageKeys": [hex_bytes(s.to_bytes(32, "big")) for s in slots]}


def receipt_shape(block: Mined, index: int) -> dict[str, Any]:
    """The receipt of a mined transaction. Status 0x0: it was mined, paid for, and changed nothing."""
    item, receipt = block.transactions[index], block.receipts[index]
    before = block.receipts[index - 1].gas_used if index else 0
    name = _hash(block, index)
    return {
        **_place(block.header, block.hash, index),
        "transactionHash": name,
        "type": hex(item.type_id or 0),
        "status": "0x1" if receipt.state_root == b"\x01" else "0x0",
        "from": hex_bytes(item.sender),
        "to": hex_bytes(item.to) if item.to else None,
        "contractAddress": None if item.to else hex_bytes(_created(item)),
        "gasUsed": hex(receipt.gas_used - before),
        "cumulativeGasUsed": hex(receipt.gas_used),
        "effectiveGasPrice": hex(_paid(block.header, item)),
        "logs": [log for log in block.logs if log["transactionHash"] == name],
        "logsBloom": _bloom(receipt.bloom),
    }


def _created(transaction: Any) -> bytes:
    return keccak(rlp.encode([transaction.sender, transaction.nonce]))[12:]
