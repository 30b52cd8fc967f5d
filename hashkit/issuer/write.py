"""The one write path of every verb. Floor 3.

Validate, explain, plan and confirm lie before it. Here: journal the intent, rehearse, sign, journal the
bytes, send, wait, ask the contract whether it is true, settle the journal. A step that is done is
skipped, so the same command may run again after any accident.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from hashkit.chain.pump import Pump
from hashkit.chain.sender import Posted, Sender
from hashkit.contracts.call import Call
from hashkit.domain.attempts import Receipt
from hashkit.errors import (
    AccountError,
    HashkitError,
    NodeError,
    Refused,
    RpcError,
    StalePlan,
    TransactionFailed,
)
from hashkit.issuer import stopped
from hashkit.issuer.context import Context
from hashkit.issuer.rebuild import Rebuilt, catch_up
from hashkit.issuer.saved import NO_CODE, code_hashes, digest_of, saved, target_of
from hashkit.issuer.settle import hold, settle
from hashkit.issuer.steps import Action, Event, Outcome, Step, StepOutcome
from hashkit.store.deployments import deployments
from hashkit.store.journal import Journal, StepRecord
from hashkit.store.rows import IssueRows

IN_FLIGHT = 16
"""Most steps under way at once: so many transactions of an account geth keeps ready for certain. Sixteen chunks of the
dearest kind fill five blocks of 30 million gas; a base fee that rises by an eighth with each is at 1.8 times then, and
twice is what is offered."""
_GROUPS = 2
"""So many groups of steps they are under way in."""
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
        run = _Run(context, journal, title, steps, tell)
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
            raise stopped.half_way(run.progress(), run.now, error) from error
        return Outcome(run.batch, tuple(run.outcomes))


@dataclass(frozen=True, slots=True)
class _Job:
    """A step that is sent without waiting for the one before; ``gas`` is its limit."""

    step: Step
    record: StepRecord
    call: Call
    gas: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Steps that are under way together. ``trouble``: why not all of them were signed."""

    jobs: Sequence[_Job]
    posted: Sequence[Posted]
    trouble: HashkitError | None


@dataclass(slots=True)
class _Run:
    """One passage through the steps."""

    context: Context
    journal: Journal
    title: str
    steps: Sequence[Step]
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
    together: int = field(default_factory=lambda: IN_FLIGHT // _GROUPS)
    """So many steps make a group that is sent without waiting for each of them; 0: none goes so any more."""

    def all(self) -> None:
        """Bring journal and chain together, then the steps one by one. Without steps only what is read counts."""
        if self.steps:
            codes = code_hashes(self.context, self._touched())
            # Where nothing is yet, this run may be what makes it.
            self.code = {address: code for address, code in codes.items() if code != NO_CODE}
        missing = self.sender.take_stock()
        self.rebuilt = catch_up(self.context, self.journal)
        if self.rebuilt.text:
            self.tell(Event("recovered", "", f"{self.rebuilt.text} See them: hashkit batch list."))
        if self.steps:
            self.sender.send_again(missing)
        while len(self.outcomes) < len(self.steps):
            self._in_turn()
            if (position := len(self.outcomes)) < len(self.steps):
                self.now = self.steps[position].title
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

    def _in_turn(self) -> None:
        """Send and settle the steps that may go without waiting for each other, as far as there are any.

        Two groups are under way: while one goes into blocks, the next is signed, written down and posted.
        """
        flying: deque[_Group] = deque()
        with Pump(self.context.endpoint) as pump:
            while True:
                while len(flying) < _GROUPS and not (flying and flying[-1].trouble):
                    group = self._take_off(pump, flying)
                    if group is None:
                        break
                    flying.append(group)
                if not flying:
                    return
                self._land(flying)

    def _take_off(self, pump: Pump, flying: Sequence[_Group]) -> _Group | None:
        """Send the next steps behind those that are under way. None when there are none, or not now."""
        position = len(self.outcomes) + sum(len(group.jobs) for group in flying)
        jobs = self._jobs(position, alone=not flying)
        if not jobs:
            return None
        if not flying:
            self.now = jobs[0].step.title
            self._tell_step(jobs[0].step)
        self._check_code()
        wanted = [(job.record.id, job.call, job.gas) for job in jobs]
        try:
            under_way = [each for group in flying for each in group.posted]
            posted, trouble = self.sender.post_in_turn(wanted, pump, under_way)
        except (Refused, RpcError):  # nothing was sent: by itself the first says why, or passes with more gas
            self.together = 0
            return None
        if trouble is None:
            jobs = jobs[: len(posted)]  # those that the account can pay for now
        return _Group(jobs, posted, trouble) if jobs else None

    def _jobs(self, position: int, *, alone: bool) -> list[_Job]:
        """The steps from ``position`` on that may be sent without waiting for each other, a group of them at most.

        Those that have their turn, of which nothing was signed yet, once the first of them has told its gas. None when
        it is only one that goes ``alone``, with none before it under way.
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
        if alone and (len(jobs) == 1 or (jobs and self._holds(jobs[0].step))):
            return []
        return jobs

    def _land(self, flying: deque[_Group]) -> None:
        """Wait for the first group and settle it. When not all of it passes, those behind it share its fate."""
        group = flying.popleft()
        jobs = list(group.jobs)
        receipts, trouble = self.sender.wait_in_turn(group.posted)
        trouble = trouble or group.trouble
        while flying and (trouble or not all(receipt.succeeded for receipt in receipts)):
            behind = flying.popleft()
            jobs += behind.jobs
            if trouble is None:
                more, trouble = self.sender.wait_in_turn(behind.posted)
                receipts, trouble = [*receipts, *more], trouble or behind.trouble
        self._settle(jobs, receipts)
        if trouble is not None:
            missing = jobs[len(receipts) :]
            self.now = missing[0].step.title
            if isinstance(trouble, AccountError):
                told = [self._nonce_lost(job.step, job.record, trouble) for job in missing]
                raise told[0]
            raise trouble
    def _settle(self, jobs: Sequence[_Job], receipts: Sequence[Receipt]) -> None:
        """Write down what came of steps that were sent together: done up to the first that reverted."""
        done = len(list(takewhile(lambda receipt: receipt.succeeded, receipts)))
        if done and not self._holds(jobs[done - 1].step):  # the contract is past those before it, too
            raise stopped.by_the_contract(jobs[done - 1].step, receipts[done - 1])
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

    def _tell_step(self, step: Step) -> None:
        self.tell(Event("step", step.title, f"{len(self.outcomes) + 1} of {len(self.steps)}"))

    def _one(self, position: int, step: Step) -> StepOutcome:
        action = step.build(Outcome(None, tuple(self.outcomes)).results)
        record = self._record(position, step, action)
        if record is None or record.state == "DONE":
            found = record or self.journal.find(target_of(action), step.key)
            receipt = self.journal.receipt(found.id) if found else None
            stopped.check_place(step, action, receipt)
            return self._outcome(step, receipt, sent=False)
        self._tell_step(step)
        receipt = self._resume(step, record)
        if receipt is None and step.truths and self._holds(step):
            self.journal.record_done(record.id)
            return self._outcome(step, None, sent=False)
        if receipt is None:
            self._remember(step, record)
            receipt = self._perform(step, record, action)
        stopped.check_place(step, action, receipt)
        if not self._holds(step):
            raise stopped.by_the_contract(step, receipt)
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
            # The first of those that have their turn tells what gas they take: it is not worth an estimate of its own.
            return self.sender.perform(record.id, action, renew=_renews(step, record), ample=bool(step.gas))
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
        now = code_hashes(self.context, self.code)
        changed = [address for address, code in self.code.items() if now[address] != code]
        if changed:
            raise stopped.by_other_code(changed)

    def _nonce_lost(self, step: Step, record: StepRecord, error: AccountError) -> AccountError:
        """Where the contract itself lets the act happen once, another signature can do no harm in the next run."""
        if error.code != "NONCE_FOREIGN" or not step.truths:
            return error
        self.journal.record_failed(record.id, error.sentence)
        return stopped.by_another_hand(error)

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
            raise stopped.by_earlier_content(step, found, action)
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
        raise stopped.by_what_was_forgotten(step, same)

    def _batch(self, known: str | None) -> str:
        if self.batch is None:
            self.batch = known or self.journal.open_batch(self.title, len(self.steps), self._keep_plan())
        return self.batch

    def _keep_plan(self) -> str:
        """Keep the plan for ``batch resume``; its digest."""
        return saved(self.context, self.title, self.steps).keep(self.context.project.plan_file)

    def _outcome(self, step: Step, receipt: Receipt | None, *, sent: bool) -> StepOutcome:
        tx_hash = receipt.tx_hash if receipt else ""
        link = self.context.network.transaction_link(tx_hash) if receipt else None
        text = f"block {receipt.block}" if receipt else "the contract says that it has happened"
        self.tell(Event("done" if sent else "skipped", step.title, text, tx_hash, link))
        return StepOutcome(step.key, step.title, sent, receipt, link)


def _renews(step: Step, record: StepRecord) -> bool:
    """After a stop because of a lost nonce (the step failed, and may be planned anew), where the contract guards."""
    return record.state in ("PLANNED", "FAILED") and bool(step.truths)
