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


# Words of geth and op-geth, erigon, nethermind, besu, reth, anvil. "unknown transaction" is not "known".
_WORDS = (
    (SendAnswer.KNOWN, r"already ?known|already imported|already exists|(?<!un)known transaction|same hash"),
    (SendAnswer.NONCE_USED, r"nonce (is )?too low|nonce_too_low|old ?nonce|nonce below"),
    (SendAnswer.FEE_TOO_LOW, r"underpriced|less than block base fee|fee ?too ?low|below.*base ?fee"),
    (SendAnswer.FEE_TOO_LOW, r"could not replace|replacement ?not ?allowed"),
    (SendAnswer.NO_FUNDS, r"insufficient funds|insufficient balance|upfront cost|insufficientfunds"),
)


def read_answer(error: NodeError) -> SendAnswer:
    """The meaning of an error that answered ``eth_sendRawTransaction``."""
    if isinstance(error, RpcError):
        for meaning, words in _WORDS:
            if re.search(words, error.message, re.IGNORECASE):
                return meaning
    return SendAnswer.MAYBE_SENT
