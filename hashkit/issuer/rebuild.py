"""Is the journal as new as the chain? What the account sent and the journal does not hold is put back. Floor 3.

A journal is behind when its file was lost, when an old copy came back, when its end was torn off, or when the
account is used from another machine too. What is put back is what the account itself signed, read from the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hashkit.chain.answers import number
from hashkit.chain.lookback import Sent, look_back
from hashkit.chain.stock import take_stock
from hashkit.contracts.abi import read_creation
from hashkit.contracts.call import Call
from hashkit.errors import InputError
from hashkit.issuer.calls import call_lines
from hashkit.issuer.context import Context
from hashkit.issuer.saved import content_digest, digest_of, restored, target_of
from hashkit.issuer.settle import settle
from hashkit.issuer.steps import Step
from hashkit.issuer.who import contracts_of
from hashkit.store.deployments import deployments
from hashkit.store.journal import FOUND, STRAY, Journal
from hashkit.store.plans import SavedPlan

_TITLE = 100  # characters of a title that is made from calldata


@dataclass(frozen=True, slots=True)
class PutBack:
    """One transaction that the journal did not hold."""

    title: str
    batch: str
    tx_hash: str
    block: int
    succeeded: bool
    target: str
    digest: str
    """SHA-256 of what was sent, as in the journal."""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        told = {"title": self.title, "batch": self.batch, "transaction": self.tx_hash}
        return {**told, "block": self.block, "succeeded": self.succeeded}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was put back. ``foreign`` transactions of the account are not hashkit's; ``lost`` ones no node shows."""

    put_back: tuple[PutBack, ...] = ()
    foreign: int = 0
    lost: int = 0
    renewed: str = ""
    """Name under which a damaged journal was set aside; empty when it was sound."""

    @property
    def text(self) -> str:
        """It in one sentence; empty when the journal lacked nothing."""
        many = len(self.put_back)
        parts = [f"{_count(many)} put back from the chain"] if many else []
        parts += [f"{_count(self.lost)} not to be found at this node"] if self.lost else []
        return f"The journal was behind the chain: {', '.join(parts)}." if parts else ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        put_back = [found.to_dict() for found in self.put_back]
        return {"putBack": put_back, "foreign": self.foreign, "lost": self.lost, "setAside": self.renewed or None}


def recover(context: Context, on_wait: Callable[[str], None] | None = None) -> Rebuilt:
    """Make the journal equal to the chain, whatever is left of it. Sends nothing, signs nothing.

    A damaged file is set aside and made anew. NodeError when no node answers.
    """
    with context.open_journal(on_wait, renew=True) as journal:
        take_stock(context.endpoint, context.network, context.sender, journal, lambda kind, tx_hash, text: None)
        return replace(catch_up(context, journal, thorough=True), renewed=journal.renewed)


def catch_up(context: Context, journal: Journal, *, thorough: bool = False) -> Rebuilt:
    """Put back what the account sent and the journal lacks.

    ``thorough``: also what was looked for before, and where nothing says since when hashkit uses the account.
    """
    used = number(context.endpoint, "eth_getTransactionCount", context.sender, "latest")
    unknown = journal.unknown_nonces(used, thorough=thorough)
    wanted = {*journal.stranded_nonces(used), *unknown}
    if not wanted:
        return Rebuilt()
    first = _begin(context, journal, min(wanted))
    if first is None and thorough:
        first = 0
    found = Rebuilt()
    if first is not None:
        seen = look_back(context.endpoint, context.sender, wanted, first, list(contracts_of(context)))
        run = _Run(context, journal)
        put_back = tuple(filter(None, map(run.place, seen.sent)))
        foreign = len(seen.sent) - len(put_back) + len(seen.strange)
        found = Rebuilt(put_back, foreign, len(seen.lost))
    if unknown:
        journal.record_looked(used)
    if found.put_back:
        settle(context, journal)
    return found


def _begin(context: Context, journal: Journal, nonce: int) -> int | None:
    """A block before which hashkit did not use a nonce from ``nonce`` on; None when nothing tells."""
    known = journal.block_before(nonce)
    if known is None:
        records = deployments(context.project, context.network.chain_id)
        hashes = {contract.transaction for record in records for contract in record.contracts.values()}
        receipts = context.endpoint.batch([("eth_getTransactionReceipt", (h,)) for h in sorted(hashes)])
        blocks = [int(r["blockNumber"], 16) for r in receipts if isinstance(r, dict) and r.get("blockNumber")]
        known = min(blocks, default=None)
    return None if known is None else max(0, known - 1)


@dataclass(slots=True)
class _Run:
    """Finds each transaction its place in the journal."""

    context: Context
    journal: Journal
    stray_batch: str = ""
    planned: dict[tuple[str, str], list[tuple[SavedPlan, int, Step]]] | None = None

    def place(self, sent: Sent) -> PutBack | None:
        """Write a transaction down where it belongs; None when it is not hashkit's."""
        target, digest = _target(sent), content_digest(sent.to, sent.value, sent.data)
        nonce = sent.attempt.nonce
        if self.journal.is_taken(nonce):
            step = self.journal.owner(nonce, digest)
            return self._written(step, sent, digest) if step else None
        known = self.journal.find_unfinished(target, digest)
        if known is not None:
            return self._written(known.id, sent, digest)
        kept = self._kept(target, digest)
        if kept is not None:
            return self._written(kept[0], sent, digest, closes=not kept[1].truths)
        title = _title(self.context, sent)
        if not title:
            return None
        batch = self._stray_batch()
        key = f"{STRAY}{sent.attempt.tx_hash}"
        record = self.journal.plan(batch, nonce, target, key, title, digest)
        return self._written(record.id, sent, digest, closes=True)

    def _written(self, step: int, sent: Sent, digest: str, *, closes: bool = False) -> PutBack:
        """Enter the transaction under a step; ``closes``: no command will come back for it."""
        attempt, receipt = replace(sent.attempt, step=step), sent.receipt
        self.journal.record_signed(attempt)  # a rival of what is known there, with more money
        self.journal.record_mined(receipt)
        if closes and receipt.succeeded:
            self.journal.record_done(step)
        elif closes:
            self.journal.record_failed(step, "It was mined and reverted.")
        record = self.journal.step(step)
        place = receipt.tx_hash, receipt.block, receipt.succeeded
        return PutBack(record.title, record.batch, *place, record.target, digest)

    def _kept(self, target: str, digest: str) -> tuple[int, Step] | None:
        """The step of a plan that was kept when its batch began: its number in the journal, and what it is."""
        if self.planned is None:
            self.planned = {}
            for plan in _kept_plans(self.context):
                for position, step in enumerate(restored(plan)):
                    action = step.build({})
                    place = target_of(action), digest_of(action)
                    self.planned.setdefault(place, []).append((plan, position, step))
        for plan, position, step in self.planned.get((target, digest), ()):
            batch = self.journal.batch_of_plan(plan.digest)
            there = {each.position for each in self.journal.steps(batch)} if batch else set()
            if position in there or self.journal.find(target, step.key):
                continue
            batch = batch or self.journal.open_batch(plan.title, len(plan.steps), plan.digest)
            once = not plan.steps[position].repeatable
            key = step.key if once else f"{plan.steps[position].key}#{batch}/{position}"
            return self.journal.plan(batch, position, target, key, step.title, digest).id, step
        return None

    def _stray_batch(self) -> str:
        self.stray_batch = self.stray_batch or self.journal.open_batch(FOUND, 0)
        return self.stray_batch


def _kept_plans(context: Context) -> Iterator[SavedPlan]:
    """The plans of this account on this chain that batches kept here; one that cannot be read is left out."""
    genesis = context.genesis()
    for path in context.project.plan_files():
        try:
            plan = SavedPlan.read(path)
        except InputError:
            continue
        if (plan.chain_id, plan.account, plan.genesis) == (context.network.chain_id, context.sender, genesis):
            yield plan


def _target(sent: Sent) -> str:
    return sent.to or f"new {_created(sent)}"


def _created(sent: Sent) -> str:
    """The artifact that a creation is of; empty when it is none of ours."""
    found = read_creation(sent.data)
    return found[0] if found else ""


def _title(context: Context, sent: Sent) -> str:
    """What it did, by its calldata; empty when it is not about this project's contracts."""
    if sent.to is None:
        name = _created(sent)
        return f"Contract {name}" if name else ""
    try:
        call = Call(sent.to, sent.data, "", "", value=sent.value)
        _, what, words = next(iter(call_lines(context, [call], guess=True)))
    except InputError:
        return ""
    text = f"{what} {words}".strip()
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def _count(many: int) -> str:
    return f"{many} transaction{'' if many == 1 else 's'}"
