"""What does the EVM say? py-evm behind five questions. Floor 2; runs in the server's process.

Mines a block of at most one transaction, reads state at any block and runs calls. Knows nothing of JSON,
clocks or disks. Calls run with base fee and gas price zero, as geth does it, so they cost nothing. py-evm's
own types are hardly usable (its builders lack their own methods), so its objects are Any here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth.chains.base import MiningChain
from eth.constants import BLANK_ROOT_HASH, ZERO_ADDRESS
from eth.db.atomic import AtomicDB
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction

from hashkit.chain.devaccounts import DEV_ACCOUNTS, DEV_CHAIN_ID
from hashkit.chain.devnet.engines import BLOCK_GAS_LIMIT

ENDOWMENT = 10_000 * 10**18
"""Wei of each account in the first block, as anvil gives them."""

# An eighth goes off after an empty block: so block 1 costs 1 gwei as on anvil, and all later fees agree.
_FIRST_BASE_FEE = 1_142_857_142

# The CREATE2 deployer that anvil and the OP Stack chains have from their first block.
_DEPLOYER = bytes.fromhex("4e59b44847b379578588920ca78fbf26c0b4956c")
_DEPLOYER_CODE = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
    "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
)


class _DevChain(MiningChain):
    chain_id = DEV_CHAIN_ID
    vm_configuration: Any = ((0, PragueVM),)


@dataclass(frozen=True, slots=True)
class Ask:
    """A call without signature: who, what to whom (None: create), with how much gas and wei."""

    sender: bytes
    to: bytes | None
    data: bytes
    value: int
    gas: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. ``spent`` is its gas before refunds, which is what must be there to begin with."""

    output: bytes
    error: Any | None
    spent: int
    refund: int


class Evm:
    """The chain's rules over a key-value store."""

    def __init__(self, store: Any) -> None:
        self._atomic = AtomicDB(store)
        self._chain: Any = None  # until begin() or resume()
        self._builder: Any = PragueVM.get_transaction_builder()

    def begin(self, timestamp: int) -> Any:
        """Write the first block. Its header."""
        account: Any = {"balance": ENDOWMENT, "nonce": 0, "code": b"", "storage": {}}
        state: Any = {bytes.fromhex(dev.address[2:]): account for dev in DEV_ACCOUNTS}
        state[_DEPLOYER] = {"balance": 0, "nonce": 1, "code": _DEPLOYER_CODE, "storage": {}}
        first: Any = {
            "base_fee_per_gas": _FIRST_BASE_FEE,
            "coinbase": ZERO_ADDRESS,
            "difficulty": 0,
            "extra_data": b"",
            "gas_limit": BLOCK_GAS_LIMIT,
            "mix_hash": b"\0" * 32,
            "nonce": b"\0" * 8,
            "receipt_root": BLANK_ROOT_HASH,
            "timestamp": timestamp,
            "transaction_root": BLANK_ROOT_HASH,
        }
        self._chain = _DevChain.from_genesis(self._atomic, first, state)
        return self._chain.get_canonical_head()

    def resume(self, head: bytes) -> Any:
        """Go on from the block with this hash. Its header."""
        self._chain = _DevChain(self._atomic)
        return self._chain.get_block_header_by_hash(head)

    def block(self, header: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Transactions and receipts of a block."""
        block = self._chain.get_block_by_header(header)
        return tuple(block.transactions), tuple(block.get_receipts(self._chain.chaindb))

    def parent(self, header: Any) -> Any:
        """Header of the block before."""
        return self._chain.get_block_header_by_hash(header.parent_hash)

    def next_header(self, head: Any, timestamp: int) -> Any:
        """The header on which the next block is built: its number, time and base fee."""
        return self._chain.create_header_from_parent(
            head, timestamp=timestamp, gas_limit=BLOCK_GAS_LIMIT, coinbase=ZERO_ADDRESS
        )

    def decode(self, raw: bytes) -> Any:
        """A raw signed transaction, typed or legacy. Raises what rlp and py-evm raise."""
        return self._builder.decode(raw)

    def mine(self, head: Any, timestamp: int, transaction: Any | None) -> tuple[Any, tuple[Any, ...]]:
        """Build and keep the block after ``head``. Its header and receipts. Nothing is kept on an error."""
        self._chain.header = self.next_header(head, timestamp)
        result, receipts, _ = self._chain.mine_all([transaction] if transaction else [])
        return result.imported_block.header, tuple(receipts)

    def state(self, header: Any) -> Any:
        """Balances, nonces, code and storage after a block."""
        return self._chain.get_vm(header).state

    def run(self, header: Any, ask: Ask) -> Outcome:
        """Run ``ask`` on the state after a block and forget what it changed."""
        state = self._chain.get_vm(header.copy(base_fee_per_gas=0)).state
        fields = {
            "chain_id": DEV_CHAIN_ID,
            "nonce": state.get_nonce(ask.sender),
            "max_priority_fee_per_gas": 0,
            "max_fee_per_gas": 0,
            "gas": ask.gas,
            "to": ask.to or b"",
            "value": ask.value,
            "data": ask.data,
            "access_list": (),
        }
        unsigned = self._builder.new_unsigned_dynamic_fee_transaction(**fields)
        done = state.apply_transaction(SpoofTransaction(unsigned, from_=ask.sender))
        spent = ask.gas - done.get_gas_remaining() + int(getattr(done, "data_floor_gas", 0) or 0)
        return Outcome(done.output, done.error if done.is_error else None, spent, done.get_gas_refund())
