"""The one write path of every verb. Floor 3.

Validate, explain, plan and confirm lie before it. Here: journal the intent, rehearse, sign, journal the
bytes, send, wait, ask the contract whether it is true, settle the journal. A step that is done is
skipped, so the same command may run again after any accident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from hashkit.chain.rehearsal import named
from hashkit.chain.sender import Sender
from hashkit.contracts.call import Call, Deploy
from hashkit.domain.attempts import Receipt
from hashkit.errors import (
    AccountError,
    BatchIncomplete,
    HashkitError,
    InputError,
    NodeError,
    Refused,
    RpcError,
    StalePlan,
    TransactionFailed,
)
from hashkit.issuer.context import Context
from hashkit.issuer.rebuild import Rebuilt, catch_up
from hashkit.issuer.saved import NO_CODE, code_hash, digest_of, saved, target_of
from hashkit.issuer.settle import hold, settle
from hashkit.issuer.steps import Action, Event, Outcome, Step, StepOutcome
from hashkit.store.deployments import deployments
from hashkit.store.journal import Journal, StepRecord
from hashkit.store.rows import IssueRows

IN_FLIGHT = 16
"""Most steps under way at once: so many transactions of an account geth keeps ready for certain. Sixteen chunks of the
dearest kind fill five blocks of 30 million gas; a base fee that rises by an eighth with each is at 1.8 times then, and
twice is what is offered."""
_SPARE = 5, 4
"""Gas limit over what the dearest such step took so far."""


def carry_out(
    context: Context, title: str, steps: Sequence[Step], on_event: Callable[[Event], None] | None = None
) -> Outcome:
    """Do the steps in order, each exactly once, and say what came of them.

    Refused, NodeError or AccountError when the first step cannot be done; BatchIncomplete when a later
    one cannot. TransactionFailed when one was mined and reverted, OutcomeUnknown when nobody knows in
    time. KeyboardInterrupt carries the sentence that says how to go on.
    """
    tell = on_event or (lambda event: None)
    signer = context.need_signer()
    with context.open_journal(lambda text: tell(Event("waiting", "", text))) as journal:
        run = _Run(context, journal, title, tuple(steps), tell)
        run.sender = Sender(
            context.endpoint, context.network, signer, journal, run.hear, wait_seconds=context.wait_seconds
        )
        try:
            run.all()
        except KeyboardInterrupt:
            text = f"Stopped: {run.progress()}. Nothing is lost; run the same command again to go on."
            tell(Event("stopped", run.now, text))
            raise KeyboardInterrupt(text) from None
        except (Refused, NodeError, AccountError, StalePlan) as error:
            if not run.outcomes:
                raise
            raise _incomplete(run, error) from error
        return Outcome(run.batch, tuple(run.outcomes))


@dataclass(frozen=True, slots=True)
class _Job:
    """A step that is sent without waiting for the one before; ``gas`` is its limit."""

    step: Step
    record: StepRecord
    call: Call
    gas: int


@dataclass(slots=True)
class _Run:
    """One passage through the steps."""

    context: Context
    journal: Journal
    title: str
    steps: tuple[Step, ...]
    tell: Callable[[Event], None]
    sender: Sender = field(init=False)
    outcomes: list[StepOutcome] = field(default_factory=list)
    batch: str | None = None
    now: str = ""
    code: dict[str, str] = field(default_factory=dict)
    """Address -> hash of the code that was there when the run began."""
    rebuilt: Rebuilt = field(default_factory=Rebuilt)
    """What the journal lacked when the run began."""
    dearest: int = 0
    """Most gas that a step with a turn took, in per cent of what usually suffices; 0 before the first."""
    together: int = IN_FLIGHT
    """So many steps may be under way at once."""

    def all(self) -> None:
        """Bring journal and chain together, then the steps one by one. Without steps only what is read counts."""
        if self.steps:
            codes = {address: code_hash(self.context, address) for address in self._touched()}
            # Where nothing is yet, this run may be what makes it.
            self.code = {address: code for address, code in codes.items() if code != NO_CODE}
        missing = self.sender.take_stock()
        self.rebuilt = catch_up(self.context, self.journal)
        if self.rebuilt.text:
            self.tell(Event("recovered", "", f"{self.rebuilt.text} See them: hashkit batch list."))
        if self.steps:
            self.sender.send_again(missing)
        while len(self.outcomes) < len(self.steps):
            position = len(self.outcomes)
            self.now = self.steps[position].title
            together = self._take_off(position)
            if not (together and self._in_turn(together)):
                self._alone(position, self.steps[position])
        self.now = ""
        settle(self.context, self.journal)

    def hear(self, kind: str, tx_hash: str, text: str) -> None:
        """Pass on what the sender tells."""
        self.tell(Event(kind, self.now, text, tx_hash, self.context.network.transaction_link(tx_hash)))

    def progress(self) -> str:
        """``2 of 7 steps of batch b-20261124-01 are done``."""
        batch = f" of batch {self.batch}" if self.batch else ""
        return f"{len(self.outcomes)} of {len(self.steps)} steps{batch} are done"

    def _alone(self, position: int, step: Step) -> None:
        """One step; what it took tells what those that have their turn after it will take."""
        outcome = self._one(position, step)
        self._learn(step, outcome.receipt)
        self.outcomes.append(outcome)

    def _learn(self, step: Step, receipt: Receipt | None) -> None:
        if step.gas and receipt is not None and receipt.succeeded:
            self.dearest = max(self.dearest, receipt.gas_used * 100 // step.gas)

    def _take_off(self, position: int) -> list[_Job]:
        """The steps from ``position`` on that may be sent without waiting for each other; none when it is only one.

        Those that have their turn, of which nothing was signed yet, once the first of them has told its gas.
        """
        ready = self.steps[position : position + self.together] if self.dearest else ()
        jobs: list[_Job] = []
        with self.journal.together():
            for place, step in enumerate(ready, position):
                record = self._fresh_record(place, step)
                if record is None or not step.gas or not isinstance(step.action, Call):
                    break
                gas = max(step.gas, step.gas * self.dearest * _SPARE[0] // _SPARE[1] // 100)
                jobs.append(_Job(step, record, step.action, gas))
        return jobs if len(jobs) > 1 and not self._holds(jobs[0].step) else []

    def _fresh_record(self, position: int, step: Step) -> StepRecord | None:
        """The place in the journal of a step that waits for its turn; None when more than its plan is known."""
        if not step.gas or not isinstance(step.action, Call):
            return None
        target, digest = target_of(step.action), digest_of(step.action)
        found = self.journal.find(target, step.key)
        if found is None:
            strange = self.journal.find_strays(target, digest)
            return None if strange else self._new_record(position, step, step.action)
        fresh = found.state == "PLANNED" and found.digest == digest and not self.journal.attempts(found.id)
        return found if fresh and self._batch(found.batch) else None

    def _in_turn(self, jobs: Sequence[_Job]) -> bool:
        """Send steps without waiting for each other, and settle them. False when none of them could be sent so."""
        self._tell_step(jobs[0].step)
        self._check_code()
        try:
            receipts, trouble = self.sender.perform_in_turn([(job.record.id, job.call, job.gas) for job in jobs])
        except (Refused, RpcError):  # nothing was sent: by itself the first says why, or passes with more gas
            self.together = 0
            return False
        done = len(list(takewhile(lambda receipt: receipt.succeeded, receipts)))
        if done and not self._holds(jobs[done - 1].step):  # the contract is past those before it, too
            raise _untrue(jobs[done - 1].step, receipts[done - 1])
        with self.journal.together():
            for job in jobs[:done]:
                self.journal.record_done(job.record.id)
            for job in jobs[done : len(receipts)]:
                self.journal.record_failed(job.record.id, "It was mined and reverted, or one before it was.")
        for job, receipt in zip(jobs, receipts[:done], strict=False):
            self._learn(job.step, receipt)
            self._tell_step(job.step)
            self.outcomes.append(self._outcome(job.step, receipt, sent=True))
        if done < len(receipts):
            self.together = 0
            text = "It was mined and reverted: from here on one after the other."
            self.tell(Event("failed", jobs[done].step.title, text, receipts[done].tx_hash))
        if trouble is not None:
            missing = jobs[len(receipts) :]
            self.now = missing[0].step.title
            if isinstance(trouble, AccountError):
                told = [self._nonce_lost(job.step, job.record, trouble) for job in missing]
                raise told[0]
            raise trouble
        return bool(receipts)

    def _tell_step(self, step: Step) -> None:
        self.tell(Event("step", step.title, f"{len(self.outcomes) + 1} of {len(self.steps)}"))

    def _one(self, position: int, step: Step) -> StepOutcome:
        action = step.build(Outcome(None, tuple(self.outcomes)).results)
        record = self._record(position, step, action)
        if record is None or record.state == "DONE":
            found = record or self.journal.find(target_of(action), step.key)
            receipt = self.journal.receipt(found.id) if found else None
            _check_place(step, action, receipt)
            return self._outcome(step, receipt, sent=False)
        self._tell_step(step)
        receipt = self._resume(step, record)
        if receipt is None and step.truths and self._holds(step):
            self.journal.record_done(record.id)
            return self._outcome(step, None, sent=False)
        if receipt is None:
            self._remember(step, record)
            receipt = self._perform(step, record, action)
        _check_place(step, action, receipt)
        if not self._holds(step):
            raise _untrue(step, receipt)
        self.journal.record_done(record.id)
        return self._outcome(step, receipt, sent=True)

    def _resume(self, step: Step, record: StepRecord) -> Receipt | None:
        """What an earlier run signed for this step, seen through; None when there is nothing left of it."""
        try:
            return self.sender.resume(record.id, renew=_renews(step, record))
        except AccountError as error:
            raise self._nonce_lost(step, record, error) from None

    def _perform(self, step: Step, record: StepRecord, action: Action) -> Receipt:
        self._check_code()
        try:
            return self.sender.perform(record.id, action, renew=_renews(step, record))
        except TransactionFailed as error:
            if error.code == "REVERTED":
                self.journal.record_failed(record.id, error.why)
            raise
        except AccountError as error:
            raise self._nonce_lost(step, record, error) from None

    def _touched(self) -> set[str]:
        """The contracts that the steps call, and all that were deployed with them."""
        called = {step.action.to for step in self.steps if isinstance(step.action, Call)}
        found = set(called)
        for record in deployments(self.context.project, self.context.network.chain_id):
            together = {contract.address for contract in record.contracts.values()}
            found |= together if called & together else set()
        return found

    def _check_code(self) -> None:
        changed = [address for address, code in self.code.items() if code_hash(self.context, address) != code]
        if changed:
            raise StalePlan(
                f"The code at {changed[0]} is not what it was when this run began.",
                why="Whoever controls the contract has replaced it; what was planned may mean something else now.",
                next_step="Find out what was changed: hashkit doctor.",
                details=changed,
            )

    def _nonce_lost(self, step: Step, record: StepRecord, error: AccountError) -> AccountError:
        """Where the contract itself lets the act happen once, another signature can do no harm in the next run."""
        if error.code != "NONCE_FOREIGN" or not step.truths:
            return error
        self.journal.record_failed(record.id, error.sentence)
        return AccountError(
            error.sentence,
            why=error.why,
            next_step="Find out who else uses this key. Then run the same command again: the contract does it once.",
            code=error.code,
            details=error.details,
        )

    def _holds(self, step: Step) -> bool:
        """Do the contracts say that the step has happened? True when it has no truths."""
        return hold(self.context, step.truths)

    def _remember(self, step: Step, record: StepRecord) -> None:
        # Before anything goes out: a changed row must be refused even if this process dies now.
        if step.remembers:
            with IssueRows(self.context.project.rows_file) as memory:
                memory.remember_rows(self.context.network.chain_id, record.target, step.remembers)

    def _record(self, position: int, step: Step, action: Action) -> StepRecord | None:
        """The step's place in the journal: the one it has from an earlier run, or a new one.

        None when an earlier run has done it with other bytes that come to the same (a later deadline).
        """
        target, digest = target_of(action), digest_of(action)
        if step.repeatable:
            found = self.journal.find_unfinished(target, digest)
        else:
            found = self.journal.find(target, step.key) or self._stray(position, step, target, digest)
        if found is None and step.repeatable:
            self._once_only(step, target, digest)
        if found is None:
            return self._new_record(position, step, action)
        self._batch(found.batch)
        if found.digest == digest:
            return found
        if step.truths and found.state not in ("PLANNED", "FAILED"):
            if found.state != "DONE":
                self._resume(step, found)
            if self._holds(step):
                self.journal.record_done(found.id)
                return None
        if found.state == "DONE":
            raise _changed(step, found, action)
        return self.journal.replan(found.id, digest)

    def _new_record(self, position: int, step: Step, action: Action) -> StepRecord:
        batch, target = self._batch(None), target_of(action)
        key = f"{step.key}#{batch}/{position}" if step.repeatable else step.key
        return self.journal.plan(batch, position, target, key, step.title, digest_of(action))

    def _stray(self, position: int, step: Step, target: str, digest: str) -> StepRecord | None:
        """The same act, found on the chain without its name when the journal was put back together."""
        for stray in self.journal.find_strays(target, digest):
            if stray.state == "DONE" and self._holds(step):
                return self.journal.adopt(stray.id, self._batch(None), position, step.key, step.title)
        return None

    def _once_only(self, step: Step, target: str, digest: str) -> None:
        """Refused when this may be what a lost journal knew of: whether it is wanted twice only the user can say."""
        same = next((p for p in self.rebuilt.put_back if (p.target, p.digest) == (target, digest)), None)
        if same is None and not self.rebuilt.lost:
            return
        known = f"The same is on chain, in block {same.block}, and was" if same else "Some of the account's acts were"
        raise Refused(
            f"{step.title}: it may have happened before. Nothing was sent.",
            why=f"{known} not in the journal here, which was lost or is an old copy; what was found is in it now.",
            next_step="See hashkit batch list. If it is wanted all the same, run the same command again.",
            code="JOURNAL_BEHIND",
        )

    def _batch(self, known: str | None) -> str:
        if self.batch is None:
            self.batch = known or self.journal.open_batch(self.title, len(self.steps), self._keep_plan())
        return self.batch

    def _keep_plan(self) -> str:
        """Keep the plan for ``batch resume``; its digest."""
        plan = saved(self.context, self.title, self.steps)
        plan.write(self.context.project.plan_file(plan.digest))
        return plan.digest

    def _outcome(self, step: Step, receipt: Receipt | None, *, sent: bool) -> StepOutcome:
        tx_hash = receipt.tx_hash if receipt else ""
        link = self.context.network.transaction_link(tx_hash) if receipt else None
        text = f"block {receipt.block}" if receipt else "the contract says that it has happened"
        self.tell(Event("done" if sent else "skipped", step.title, text, tx_hash, link))
        return StepOutcome(step.key, step.title, sent, receipt, link)


def _renews(step: Step, record: StepRecord) -> bool:
    """After a stop because of a lost nonce (the step failed, and may be planned anew), where the contract guards."""
    return record.state in ("PLANNED", "FAILED") and bool(step.truths)


def _check_place(step: Step, action: Action, receipt: Receipt | None) -> None:
    """StalePlan when a contract was created elsewhere than what comes after it was planned around."""
    if isinstance(action, Deploy) and receipt is not None and action.at not in (None, receipt.contract):
        raise StalePlan(
            f"{step.title}: it was created at {receipt.contract}, and the plan is about {action.at}.",
            why="An earlier run made it, with another nonce than the plan was made for.",
            next_step="Go on with the command that was planned, not with this plan: hashkit deploy.",
        )


def _changed(step: Step, found: StepRecord, action: Action) -> InputError:
    return InputError(
        f"{step.title}: this was already done with other content.",
        why=f"Batch {found.batch} holds {named(action)} under the same reference.",
        next_step="Restore the earlier input, or use a new reference.",
        code="INTENT_CHANGED",
    )


def _untrue(step: Step, receipt: Receipt) -> TransactionFailed:
    return TransactionFailed(
        f"{step.title}: the contract does not show it.",
        why=f"Transaction {receipt.tx_hash} is mined, but {step.truths[0].function} answers otherwise.",
        next_step="Run the same command again; it asks the contract first.",
        code="NOT_SHOWN",
    )


def _incomplete(run: _Run, error: HashkitError) -> BatchIncomplete:
    return BatchIncomplete(
        f"{run.progress()}, then {run.now} could not be done.",
        why=f"{error.sentence} {error.why}".strip(),
        next_step=f"{error.next_step} Then run the same command again: it goes on from there.".strip(),
        details=error.details,
    )
