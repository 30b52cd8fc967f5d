"""What did earlier runs leave open that has happened since? Floor 3.

A process may die between the block and the question to the contract, and the next command may have no such
step any more, because the chain says that it is done. So every command closes what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence

from hashkit.chain import rehearsal
from hashkit.contracts.call import Call, Truth
from hashkit.issuer.context import Context
from hashkit.issuer.saved import digest_of, restored
from hashkit.rpc.reads import read_many
from hashkit.store.journal import Journal, StepRecord
from hashkit.store.plans import SavedPlan


def settle(context: Context, journal: Journal) -> None:
    """Close every step that waits for no block: done when the contracts show it, by whatever hand; or reverted.

    Only where the contracts can tell. All other steps wait for their own command: a transfer that was closed by
    another command would be taken for a new one when it is run again, and happen twice.
    """
    for record in journal.undone():
        receipt = journal.receipt(record.id)
        found = _meant(context, journal, record)
        if found is None:
            continue
        call, truths = found
        if hold(context, truths):
            journal.record_done(record.id)
        elif receipt is not None and not receipt.succeeded and record.state == "MINED":
            spent = any(a.gas <= receipt.gas_used for a in journal.attempts(record.id) if a.tx_hash == receipt.tx_hash)
            place = receipt.tx_hash, receipt.block, spent
            journal.record_failed(record.id, rehearsal.failure(context.endpoint, context.sender, call, *place).why)


def hold(context: Context, truths: Sequence[Truth]) -> bool:
    """Do the contracts say so now? True when there is nothing to ask."""
    queries = [truth.query for truth in truths]
    answers = read_many(context.endpoint, queries, "latest")
    return all(answer is True for answer in answers)


def _meant(context: Context, journal: Journal, record: StepRecord) -> tuple[Call, tuple[Truth, ...]] | None:
    """The call of a step and what the contracts answer after it, from the kept plan of its batch; None without."""
    digest = journal.plan_of(record.batch)
    path = context.project.plan_file(digest)
    if not digest or not path.exists():
        return None
    for step in restored(SavedPlan.read(path)):
        if not isinstance(step.action, Call) or step.action.to != record.target:
            continue
        if step.truths and digest_of(step.action) == record.digest:
            return step.action, step.truths
    return None
