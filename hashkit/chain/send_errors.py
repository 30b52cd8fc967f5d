"""What do a node's words on a transaction mean? Every client has its own. Floor 2.

Only words that are known to mean something are taken to mean it. All others, timeouts included, are
MAYBE_SENT: the node may hold the transaction, so it is asked for by its hash and never signed anew.
"""

from __future__ import annotations

import enum
import re

from hashkit.errors import NodeError, RpcError


class SendAnswer(enum.Enum):
    """The meanings that lead to different acts."""

    KNOWN = "the node already has these bytes"
    NONCE_USED = "the nonce is used up"
    FEE_TOO_LOW = "the fee is too low at present"
    NO_FUNDS = "the account cannot pay"
    MAYBE_SENT = "nobody can tell"


# One table serves all clients, because no two of them mean different things by the same words. Where they stand:
#   geth, op-geth  core/txpool/errors.go, core/error.go (op-geth keeps geth's words; details follow after a colon)
#   erigon         txnprovider/txpool/txpoolcfg/txpoolcfg.go, often with a gRPC code before: "ALREADY_EXISTS: …"
#   nethermind     Nethermind.TxPool: AcceptTxResult.cs (names: "OldNonce, Current nonce: 5"); since 2026
#                  TxPoolErrorMessages.cs (geth's words)
#   besu           ethereum/api/…/response/RpcErrorType.java
#   reth           RpcPoolError and RpcInvalidTransactionError in rpc-eth-types, which mirror geth; PoolError
#   anvil          crates/anvil/src/eth/error.rs and its pool
_WORDS = (
    # "unknown transaction" is not "known". erigon: "existing tx with same hash", later "existing txn with same hash".
    (
        SendAnswer.KNOWN,
        r"already ?known|already imported|already exists|(?<!un)known transaction|existing txn? with same hash",
    ),
    (SendAnswer.NONCE_USED, r"nonce (is )?too low|nonce_too_low|old ?nonce|nonce below"),
    # A pool that is full is no fee that is too low: those words stay unknown.
    (SendAnswer.FEE_TOO_LOW, r"underpriced|less than block base fee|fee ?too ?low|below.*base ?fee"),
    # besu: "below configured minimum gas price"; reth's pool: "feeCap 1 below chain minimum".
    (SendAnswer.FEE_TOO_LOW, r"below (configured|chain) minimum"),
    # erigon; reth's pool; nethermind.
    (SendAnswer.FEE_TOO_LOW, r"could not replace existing|gas price to replace existing|replacement ?not ?allowed"),
    (SendAnswer.NO_FUNDS, r"insufficient funds|insufficient balance|upfront cost|insufficientfunds"),
)


def read_answer(error: NodeError) -> SendAnswer:
    """The meaning of an error that answered ``eth_sendRawTransaction``."""
    if isinstance(error, RpcError):
        for meaning, words in _WORDS:
            if re.search(words, error.message, re.IGNORECASE):
                return meaning
    return SendAnswer.MAYBE_SENT
