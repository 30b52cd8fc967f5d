"""What will a plan cost? Estimated by the node where it can be, else by what such an act usually takes. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from hashkit.chain import fees, rehearsal
from hashkit.chain.fees import Fee
from hashkit.contracts.call import Call, Deploy
from hashkit.errors import HashkitError
from hashkit.issuer.context import Context

Guess = tuple[Call | Deploy | bytes | None, int]
"""An action and the gas such an act usually takes; only its calldata when it needs an earlier act first, and so cannot
be estimated; None when it is not known yet."""


def quote(context: Context, guesses: Iterable[Guess]) -> Fee | None:
    """The fee of all acts together; None for no acts."""
    costs = ((_gas(context, guess), _data(guess[0])) for guess in guesses)
    first = next(costs, None)
    return None if first is None else fees.quote(context.endpoint, context.network, chain((first,), costs))


def _gas(context: Context, guess: Guess) -> int:
    action, usual = guess
    if not isinstance(action, Call | Deploy):
        return usual
    try:
        return rehearsal.estimate(context.endpoint, context.sender, action)
    except HashkitError:  # an act that needs an earlier one first cannot be estimated yet
        return usual


def _data(action: Call | Deploy | bytes | None) -> bytes:
    if isinstance(action, Call):
        return action.data
    return action.init_code if isinstance(action, Deploy) else action or bytes(200)
