"""Plan now, do it later: steps to data that fits one chain, one account and one code, and back. Floor 3.

A plan whose chain, contracts or account have moved on is stale. Applying it twice, from wherever, does it
once: a truth on chain or the account's nonce tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from hashkit.chain.answers import number
from hashkit.chain.signing import created_address, essence
from hashkit.contracts.call import Call, Deploy, Truth
from hashkit.contracts.hashing import keccak
from hashkit.domain.attempts import Receipt
from hashkit.errors import AccountError, InputError, StalePlan
from hashkit.issuer.context import Context
from hashkit.issuer.steps import Action, Step
from hashkit.rpc.reads import codes_at
from hashkit.store.plans import SavedPlan, SavedRows, SavedStep, SavedTruth
from hashkit.store.rows import IssueRow


def saved(context: Context, title: str, ready: Sequence[Step]) -> SavedPlan:
    """Steps as data. InputError when there are none.

    What is created lands where the account's next nonces put it, and later steps are bound to that.
    """
    if not ready:
        raise InputError("There is nothing to do, so there is nothing to save.", code="NOTHING_TO_DO")
    nonce = _nonce(context)
    called, made, once_by_nonce = set(), False, False
    for step in ready:
        called |= {truth.to for truth in step.truths}
        called |= {step.action.to} if isinstance(step.action, Call) else set()
        made = made or not isinstance(step.action, Call)
        once_by_nonce = once_by_nonce or not step.truths
    steps: Sequence[SavedStep] = _SavedSteps(ready)
    if made:
        steps = [_saved_step(*each) for each in zip(ready, _bound(context, ready, nonce), strict=True)]
        called |= {step.to for step in steps if step.to}
    code = code_hashes(context, called)
    if made:
        code = {address: found for address, found in code.items() if found != NO_CODE}  # some are made on the way
    return SavedPlan.model_construct(
        title=title,
        chain_id=context.network.chain_id,
        genesis=context.genesis(),
        account=context.sender,
        nonce=nonce if once_by_nonce else None,
        code=code,
        steps=steps,
    )


@dataclass(frozen=True, slots=True)
class _SavedSteps(Sequence[SavedStep]):
    """Steps that need nothing from each other, each made data when it is asked for."""

    steps: Sequence[Step]

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, place: int) -> SavedStep: ...

    @overload
    def __getitem__(self, place: slice) -> list[SavedStep]: ...

    def __getitem__(self, place: int | slice) -> SavedStep | list[SavedStep]:
        found = self.steps[place]
        if isinstance(found, Step):
            return _saved_step(found, found.build({}))
        return [_saved_step(step, step.build({})) for step in found]


def restored(found: SavedPlan, batch: str | None = None) -> tuple[Step, ...]:
    """The steps of a saved plan, as the rest of ``batch`` or as a plan by itself.

    What may be done again and again by command happens once for one plan, and once for one batch.
    """
    keys = (f"{step.key}#{batch}/{i}" if batch else f"{_prefix(found)}:{i}" for i, step in enumerate(found.steps))
    return tuple(map(_step, found.steps, keys))


def digest_of(action: Action) -> str:
    """SHA-256 of what is to be sent: recipient, wei and data."""
    return content_digest(*essence(action))


def content_digest(to: str | None, value: int, data: bytes) -> str:
    """``digest_of`` from the parts; a creation has no ``to``."""
    return hashlib.sha256(f"{to or 'new'}|{value}|".encode() + data).hexdigest()


def target_of(action: Action) -> str:
    """What an action is about, in the journal: the contract that it calls, or the kind that it creates."""
    return f"new {action.contract}" if isinstance(action, Deploy) else action.to


def check_fits(context: Context, found: SavedPlan, *, begun: bool = False) -> None:
    """StalePlan when the chain is not as it was, AccountError when the plan is another account's.

    ``begun``: the journal here holds what was sent of it, so the account's nonce may have moved on.
    """
    stale = []
    if found.chain_id != context.network.chain_id:
        raise StalePlan(
            f"The plan is for chain {found.chain_id}, this is {context.network.name} ({context.network.chain_id}).",
            next_step="Name the right network: --network.",
        )
    if found.account != context.sender:
        raise AccountError(
            f"The plan is for {found.account}, and the account in use is {context.sender}.",
            why="What may be done depends on who does it.",
            next_step="Use that account, or have the plan made for this one: --account.",
            code="NOT_THE_SENDER",
        )
    if found.genesis != context.genesis():
        stale.append("the chain began with another block: it was reset, or is another one")
    now = code_hashes(context, found.code)
    stale += [f"the code at {each} is not what it was" for each, code in found.code.items() if now[each] != code]
    if not stale and not begun and found.nonce is not None and _moved_on(context, found):
        stale.append(f"{found.account} has sent other transactions since nonce {found.nonce}")
    if stale:
        raise StalePlan(
            "The plan no longer fits the chain. Nothing was sent.",
            why="; ".join(stale),
            next_step="Make the plan again.",
            details=stale,
        )


def _moved_on(context: Context, found: SavedPlan) -> bool:
    """Was the account's nonce used by something else than this plan, as far as the journal here knows?"""
    first = restored(found)[0]
    action = first.build({})
    with context.open_journal() as journal:
        ours = journal.find(target_of(action), first.key)
    return (ours is None or ours.digest != digest_of(action)) and _nonce(context) != found.nonce


def _bound(context: Context, ready: Sequence[Step], nonce: int) -> list[Action]:
    """The actions as they will be when each step takes the next nonce, ``nonce`` first."""
    results: dict[str, Receipt] = {}
    actions: list[Action] = []
    for later, step in enumerate(ready):
        action, place = step.build(results), None
        if isinstance(action, Deploy):
            place = action.at or created_address(context.sender, nonce + later)
            action = replace(action, at=place)
        results[step.key] = Receipt("", 0, "", True, 0, 0, place)
        actions.append(action)
    return actions


def _saved_step(step: Step, action: Action) -> SavedStep:
    to, value, data = essence(action)
    return SavedStep(
        key=step.key,
        title=step.title,
        contract=action.contract,
        function="" if isinstance(action, Deploy) else action.function,
        to=to,
        creates=action.at if isinstance(action, Deploy) else None,
        value=str(value),
        data="0x" + data.hex(),
        truths=[_saved_truth(truth) for truth in step.truths],
        remembers=_saved_rows(step.remembers),
        repeatable=step.repeatable,
    )


def _saved_truth(truth: Truth) -> SavedTruth:
    return SavedTruth(
        to=truth.to,
        data="0x" + truth.data.hex(),
        function=truth.function,
        word=truth.word,
        value=str(truth.value),
        at_least=truth.at_least,
    )


def _saved_rows(rows: Sequence[IssueRow]) -> SavedRows | None:
    if not rows:
        return None
    return SavedRows.model_construct(order_id=rows[0].order_id, rows=_RowPairs(rows))


@dataclass(frozen=True, slots=True)
class _RowPairs(Sequence[list[str]]):
    """Rows as (external id, digest), each made when it is asked for."""

    rows: Sequence[IssueRow]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> list[str]: ...

    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...

    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        found = self.rows[place]
        if isinstance(found, IssueRow):
            return [found.external_id, found.digest]
        return [[row.external_id, row.digest] for row in found]


def _prefix(found: SavedPlan) -> str:
    return f"plan:{found.digest[2:18]}"


def _step(step: SavedStep, key: str) -> Step:
    data = bytes.fromhex(step.data[2:])
    action: Action = Deploy(step.contract, data, at=step.creates)
    if step.to is not None:
        action = Call(step.to, data, step.contract, step.function, value=int(step.value))
    return Step(
        key=key if step.repeatable else step.key,
        title=step.title,
        action=action,
        truths=tuple(
            Truth(t.to, bytes.fromhex(t.data[2:]), t.function, t.word, int(t.value), t.at_least) for t in step.truths
        ),
        remembers=_rows(step.remembers),
    )


def _rows(found: SavedRows | None) -> tuple[IssueRow, ...]:
    if found is None:
        return ()
    return tuple(IssueRow(i, digest, found.order_id, n) for n, (i, digest) in enumerate(found.rows))


def code_hashes(context: Context, addresses: Iterable[str]) -> dict[str, str]:
    """Keccak of the code at each address now, 0x-hex."""
    wanted = sorted(addresses)
    codes = codes_at(context.endpoint, wanted, "latest")
    return {address: "0x" + keccak(code).hex() for address, code in zip(wanted, codes, strict=True)}


NO_CODE = "0x" + keccak(b"").hex()
"""What ``code_hashes`` gives for an address without a contract."""


def _nonce(context: Context) -> int:
    return number(context.endpoint, "eth_getTransactionCount", context.sender, "latest")
