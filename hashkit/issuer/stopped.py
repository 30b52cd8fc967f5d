"""What stopped a write, and how does one go on? Floor 3."""

from __future__ import annotations

from collections.abc import Sequence

from hashkit.chain.rehearsal import named
from hashkit.contracts.call import Deploy
from hashkit.domain.attempts import Receipt
from hashkit.errors import (
    AccountError,
    BatchIncomplete,
    HashkitError,
    InputError,
    Refused,
    StalePlan,
    TransactionFailed,
)
from hashkit.issuer.rebuild import PutBack
from hashkit.issuer.steps import Action, Step
from hashkit.store.journal import StepRecord


def check_place(step: Step, action: Action, receipt: Receipt | None) -> None:
    """StalePlan when a contract was created elsewhere than what comes after it was planned around."""
    if isinstance(action, Deploy) and receipt is not None and action.at not in (None, receipt.contract):
        raise StalePlan(
            f"{step.title}: it was created at {receipt.contract}, and the plan is about {action.at}.",
            why="An earlier run made it, with another nonce than the plan was made for.",
            next_step="Go on with the command that was planned, not with this plan: hashkit deploy.",
        )


def by_earlier_content(step: Step, found: StepRecord, action: Action) -> InputError:
    """The same act was done with other content."""
    return InputError(
        f"{step.title}: this was already done with other content.",
        why=f"Batch {found.batch} holds {named(action)} under the same reference.",
        next_step="Restore the earlier input, or use a new reference.",
        code="INTENT_CHANGED",
    )


def by_the_contract(step: Step, receipt: Receipt) -> TransactionFailed:
    """The transaction is mined, and the contract does not show it."""
    return TransactionFailed(
        f"{step.title}: the contract does not show it.",
        why=f"Transaction {receipt.tx_hash} is mined, but {step.truths[0].function} answers otherwise.",
        next_step="Run the same command again; it asks the contract first.",
        code="NOT_SHOWN",
    )


def by_other_code(addresses: Sequence[str]) -> StalePlan:
    """The code of a contract was replaced under way."""
    return StalePlan(
        f"The code at {addresses[0]} is not what it was when this run began.",
        why="Whoever controls the contract has replaced it; what was planned may mean something else now.",
        next_step="Find out what was changed: hashkit doctor.",
        details=addresses,
    )


def by_another_hand(error: AccountError) -> AccountError:
    """Somebody else used the key's nonce; where the contract itself lets the act happen once, that ends well."""
    return AccountError(
        error.sentence,
        why=error.why,
        next_step="Find out who else uses this key. Then run the same command again: the contract does it once.",
        code=error.code,
        details=error.details,
    )


def by_what_was_forgotten(step: Step, same: PutBack | None) -> Refused:
    """The journal was lost, and this may be what it knew of."""
    known = f"The same is on chain, in block {same.block}, and was" if same else "Some of the account's acts were"
    return Refused(
        f"{step.title}: it may have happened before. Nothing was sent.",
        why=f"{known} not in the journal here, which was lost or is an old copy; what was found is in it now.",
        next_step="See hashkit batch list. If it is wanted all the same, run the same command again.",
        code="JOURNAL_BEHIND",
    )


def half_way(progress: str, now: str, error: HashkitError) -> BatchIncomplete:
    """Some steps are done. ``progress`` says how many, ``now`` which one could not be."""
    return BatchIncomplete(
        f"{progress}, then {now} could not be done.",
        why=f"{error.sentence} {error.why}".strip(),
        next_step=f"{error.next_step} Then run the same command again: it goes on from there.".strip(),
        details=error.details,
    )
