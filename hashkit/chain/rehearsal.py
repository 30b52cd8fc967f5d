"""Would it pass? A transaction is tried by ``eth_call`` before money is spent on it. Floor 2."""

from __future__ import annotations

from hashkit.chain.answers import number
from hashkit.chain.signing import question
from hashkit.contracts.call import Call, Deploy
from hashkit.errors import Refused, RpcError, TransactionFailed
from hashkit.rpc.client import Endpoint

_MARGIN = 6, 5
"""Gas limit over estimate: storage that others touch in between may make a call a little dearer."""


def rehearse(endpoint: Endpoint, sender: str, action: Call | Deploy, gas: int | None = None) -> None:
    """Try the action on the latest state, within ``gas`` if given. Refused, with the reason, when it would revert."""
    limit = {} if gas is None else {"gas": hex(gas)}
    try:
        endpoint.call("eth_call", ({**question(action, sender), **limit}, "latest"))
    except RpcError as error:
        raise _refused(action, error) from None


def estimate(endpoint: Endpoint, sender: str, action: Call | Deploy) -> int:
    """Gas that the action takes, with a margin. Refused when it would revert."""
    try:
        found = number(endpoint, "eth_estimateGas", question(action, sender))
    except RpcError as error:
        raise _refused(action, error) from None
    return found * _MARGIN[0] // _MARGIN[1]


def failure(
    endpoint: Endpoint, sender: str, action: Call | Deploy, tx_hash: str, block: int, out_of_gas: bool
) -> TransactionFailed:
    """Why a mined transaction reverted: the call is tried again on the state of its block."""
    why, fix, details = "The same call passes on the state of that block: others moved first.", "", [tx_hash]
    if out_of_gas:
        why = "It used up all the gas it was given."
    try:
        endpoint.call("eth_call", (question(action, sender), hex(block)))
    except RpcError as error:
        if is_revert(error):
            name, why, fix = explain(error)
            details += [name, f"revert data 0x{error.data.hex()}"]
    return TransactionFailed(
        f"{named(action)} was mined in block {block} but reverted: nothing was changed.",
        why=why,
        next_step=fix or "Mend the cause, then run the same command again.",
        code="REVERTED",
        details=details,
    )


def is_revert(error: RpcError) -> bool:
    """Whether the node ran the call and the contract said no (geth answers 3; others use words)."""
    return bool(error.data) or error.number == 3 or "revert" in error.message.lower()


def explain(error: RpcError) -> tuple[str, str, str]:
    """Name, sentence and next step of a revert."""
    from hashkit.contracts.refusals import explain_revert

    known = explain_revert(error.data)
    return known.name, known.sentence, known.next_step


def named(action: Call | Deploy) -> str:
    """The action as a person would call it: ``AssetToken.issue``, or the contract that is created."""
    if isinstance(action, Deploy):
        return f"Deploying {action.contract}"
    return f"{action.contract}.{action.function}"


def _refused(action: Call | Deploy, error: RpcError) -> Refused | RpcError:
    if "insufficient funds" in error.message.lower():
        return Refused(
            f"The account cannot pay for {named(action)}.",
            why=f"The node says: {error.message[:200]}.",
            next_step="Send it some of the chain's currency, then run the same command again.",
            code="GAS",
        )
    if not is_revert(error):
        return error
    name, sentence, fix = explain(error)
    return Refused(
        f"{named(action)} would be refused: {sentence}",
        next_step=fix,
        details=[name, f"revert data 0x{error.data.hex()}"],
    )
