"""May this raw transaction be mined, and if not, how would geth say so? Floor 2.

All that a node checks before it takes a transaction in. What passes here is mined, even when its execution
reverts: then it has a receipt with status 0, like everywhere.
"""

from __future__ import annotations

from typing import Any

from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException  # type: ignore[import-untyped]

from hashkit.chain.devaccounts import DEV_CHAIN_ID
from hashkit.chain.devnet.chain import Chain
from hashkit.chain.devnet.engines import BLOCK_GAS_LIMIT
from hashkit.chain.devnet.wire import INVALID_PARAMS, refuse

_BLOB = 3
_INITCODE_LIMIT = 2 * 24_576


def admit(chain: Chain, raw: bytes) -> Any:
    """The decoded transaction, ready to be mined. RpcError with geth's words when it may not be."""
    transaction = _decode(chain, raw)
    _check_chain(transaction)
    _check_gas(transaction)
    _check_signature(transaction)
    _check_sender(chain, transaction)
    _check_fee(chain, transaction)
    return transaction


def _decode(chain: Chain, raw: bytes) -> Any:
    if raw[:1] == bytes([_BLOB]):
        raise refuse("transaction type not supported: this chain takes no blobs", INVALID_PARAMS)
    try:
        return chain.evm.decode(raw)
    except (RLPException, ValidationError, ValueError, TypeError, IndexError, AttributeError):
        raise refuse("failed to decode the signed transaction", INVALID_PARAMS) from None


def _check_chain(transaction: Any) -> None:
    signed_for = transaction.chain_id
    if signed_for is None:
        raise refuse("only replay-protected (EIP-155) transactions allowed over RPC")
    if signed_for != DEV_CHAIN_ID:
        raise refuse(f"invalid chain id for signer: have {signed_for} want {DEV_CHAIN_ID}")


def _check_signature(transaction: Any) -> None:
    try:
        transaction.validate()
        _ = transaction.sender
    except ValidationError as problem:
        raise refuse(f"invalid transaction: {str(problem)[:200]}") from None
    except (BadSignature, ValueError, TypeError):
        raise refuse("invalid transaction v, r, s values") from None


def _check_sender(chain: Chain, transaction: Any) -> None:
    state = chain.evm.state(chain.head.header)
    nonce, balance = state.get_nonce(transaction.sender), state.get_balance(transaction.sender)
    if transaction.nonce < nonce:
        found = chain.placed(bytes(transaction.hash))
        known = f" (already known: mined in block {found[0].number})" if found else ""
        raise refuse(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}{known}")
    if transaction.nonce > nonce:
        raise refuse(
            f"nonce too high: next nonce {nonce}, tx nonce {transaction.nonce}; this chain keeps no queue"
        )
    cost = transaction.value + transaction.gas * transaction.max_fee_per_gas
    if balance < cost:
        short = cost - balance
        raise refuse(
            f"insufficient funds for gas * price + value: balance {balance}, tx cost {cost}, overshot {short}"
        )


def _least_gas(transaction: Any) -> int:
    """Gas that the transaction costs before anything runs (with EIP-7623's floor for data)."""
    zeros = transaction.data.count(0)
    floor = 21_000 + 10 * (zeros + 4 * (len(transaction.data) - zeros))
    return max(int(transaction.intrinsic_gas), int(floor))


def _check_gas(transaction: Any) -> None:
    least = _least_gas(transaction)
    if transaction.gas < least:
        raise refuse(f"intrinsic gas too low: gas {transaction.gas}, minimum needed {least}")
    if transaction.gas > BLOCK_GAS_LIMIT:
        raise refuse(f"exceeds block gas limit: gas {transaction.gas}, limit {BLOCK_GAS_LIMIT}")
    if not transaction.to and len(transaction.data) > _INITCODE_LIMIT:
        raise refuse(f"max initcode size exceeded: code size {len(transaction.data)} limit {_INITCODE_LIMIT}")


def _check_fee(chain: Chain, transaction: Any) -> None:
    base, most = chain.pending_header().base_fee_per_gas, transaction.max_fee_per_gas
    if transaction.max_priority_fee_per_gas > most:
        raise refuse("max priority fee per gas higher than max fee per gas")
    if most < base:
        raise refuse(f"max fee per gas less than block base fee: maxFeePerGas: {most}, baseFee: {base}")
