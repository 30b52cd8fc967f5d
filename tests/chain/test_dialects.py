"""What each client says of a transaction it does not take, word for word, and what we make of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hashkit.chain.send_errors import SendAnswer, read_answer
from hashkit.chain.signing import fields
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint
from tests.chain.sending import Key, pay

SEND = "eth_sendRawTransaction"

KNOWN, USED, FEE, FUNDS, MAYBE = (
    SendAnswer.KNOWN,
    SendAnswer.NONCE_USED,
    SendAnswer.FEE_TOO_LOW,
    SendAnswer.NO_FUNDS,
    SendAnswer.MAYBE_SENT,
)

SAYINGS = {
    "geth": [  # core/txpool/errors.go, core/error.go, core/txpool/validation.go
        ("already known", KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", USED),
        ("transaction underpriced: gas tip cap 0, minimum needed 1", FEE),
        ("replacement transaction underpriced", FEE),
        ("max fee per gas less than block base fee: address 0xabc, maxFeePerGas: 1, baseFee: 7", FEE),
        ("insufficient funds for gas * price + value: balance 0, tx cost 21000, overshot 21000", FUNDS),
        ("txpool is full", MAYBE),
        ("future transaction tries to replace pending", MAYBE),
        ("nonce too high: address 0xabc, tx: 9 state: 4", MAYBE),
        ("in-flight transaction limit reached for delegated accounts", MAYBE),
        ("unknown transaction type", MAYBE),
    ],
    "op-geth": [  # geth's words, and its own
        ("already known", KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", USED),
        ("replacement transaction underpriced", FEE),
        ("insufficient funds for gas * price + value: balance 1, tx cost 3, overshot 2", FUNDS),
        ("failed to forward tx to sequencer, please try again. Error message: 'dial tcp: i/o timeout'", MAYBE),
    ],
    "erigon": [  # txpoolcfg.go, with and without the gRPC code
        ("ALREADY_EXISTS: already known", KNOWN),
        ("INTERNAL_ERROR: existing tx with same hash", KNOWN),
        ("INTERNAL_ERROR: existing txn with same hash", KNOWN),
        ("INTERNAL_ERROR: nonce too low", USED),
        ("INTERNAL_ERROR: underpriced", FEE),
        ("FEE_TOO_LOW: fee too low", FEE),
        ("INTERNAL_ERROR: could not replace existing tx", FEE),
        ("replacement transaction underpriced", FEE),
        ("INTERNAL_ERROR: insufficient funds", FUNDS),
        ("pending sub-pool is full", MAYBE),
    ],
    "nethermind": [  # AcceptTxResult.cs with its details, later TxPoolErrorMessages.cs
        ("AlreadyKnown", KNOWN),
        ("OldNonce, Current nonce: 5, nonce of rejected tx: 4", USED),
        ("FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7", FEE),
        ("FeeTooLowToCompete", FEE),
        ("ReplacementNotAllowed", FEE),
        ("InsufficientFunds, Account balance: 0, cumulative cost: 21000", FUNDS),
        ("already known", KNOWN),
        ("nonce too low", USED),
        ("transaction underpriced", FEE),
        ("NonceGap, Future nonce. Expected nonce: 4", MAYBE),
        ("Syncing", MAYBE),
    ],
    "besu": [  # RpcErrorType.java
        ("Known transaction", KNOWN),
        ("Nonce too low", USED),
        ("Gas price below configured minimum gas price", FEE),
        ("Gas price below current base fee", FEE),
        ("Replacement transaction underpriced", FEE),
        ("Upfront cost exceeds account balance", FUNDS),
        ("Nonce too high", MAYBE),
        ("Initial sync is still in progress", MAYBE),
    ],
    "reth": [  # RpcPoolError, RpcInvalidTransactionError, PoolError
        ("already known", KNOWN),
        ("[0xabc] already imported", KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", USED),
        ("transaction underpriced", FEE),
        ("replacement transaction underpriced", FEE),
        ("[0xabc] Transaction feeCap 1 below chain minimum.", FEE),
        ("[0xabc]: insufficient gas price to replace existing transaction.", FEE),
        ("max fee per gas less than block base fee", FEE),
        ("insufficient funds for gas * price + value: have 0 want 21000", FUNDS),
        ("txpool is full", MAYBE),
    ],
    "anvil": [  # crates/anvil/src/eth/error.rs
        ("transaction already imported", KNOWN),
        ("nonce too low", USED),
        ("transaction underpriced", FEE),
        ("replacement transaction underpriced", FEE),
        ("max fee per gas less than block base fee", FEE),
        ("Insufficient funds for gas * price + value", FUNDS),
        ("invalid chain id for signer", MAYBE),
    ],
    "anybody": [("execution aborted (timeout = 5s)", MAYBE), ("Internal error", MAYBE), ("", MAYBE)],
}


@pytest.mark.parametrize(
    ("words", "meaning"),
    [pytest.param(*saying, id=f"{client}: {saying[0][:40]}") for client in SAYINGS for saying in SAYINGS[client]],
)
def test_words_mean_what_their_client_means(words: str, meaning: SendAnswer) -> None:
    assert read_answer(RpcError(SEND, -32000, words)) is meaning
    assert read_answer(NodeError(words)) is MAYBE, "only a node's own refusal is read, never the error of a line"


def test_a_real_anvil_speaks_as_the_table_says(fresh_chain: Callable[[str], str]) -> None:
    node, key = Endpoint(fresh_chain("anvil")), Key()

    def say(**change: int) -> SendAnswer:
        wanted = {"chain_id": 31337, "nonce": 0, "gas": 21_000, "max_fee": 10**10, "priority_fee": 1}
        try:
            raw = key.sign_transaction(fields(pay(change.pop("value", 1)), **{**wanted, **change}))
            node.call(SEND, ("0x" + raw.hex(),))
        except RpcError as error:
            return read_answer(error)
        raise AssertionError("it was taken")

    assert say(value=10**30) is FUNDS
    assert say(max_fee=1) is FEE
    node.call("evm_setAutomine", (False,))
    with pytest.raises(AssertionError):
        say()
    assert say() is KNOWN
    assert say(value=2) is FEE, "another content with the same nonce and the same fee"
    node.call("evm_mine")
    assert say(value=2) is USED
    assert say(nonce=1, chain_id=177) is MAYBE
