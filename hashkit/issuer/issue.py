"""Issue: explain every row, open the order, execute it chunk by chunk. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import order_id
from hashkit.contracts.logs import events
from hashkit.contracts.truths import order_opened, rows_issued
from hashkit.domain.orders import CHUNK_ROWS
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.issuer.costs import Guess, quote
from hashkit.issuer.eligibility import cap_check, refused_rows, row_check
from hashkit.issuer.investors import Investors
from hashkit.issuer.orders import (
    Approval,
    Holding,
    PreparedOrder,
    open_chunks,
    prepare,
    proof_of,
    rows_of,
)
from hashkit.issuer.plan import Plan
from hashkit.issuer.second_look import SecondLook, copies, large, poisoned, repeated
from hashkit.issuer.steps import Check, Outcome, Step
from hashkit.issuer.who import name_of
from hashkit.rpc.reads import read
from hashkit.store.deployments import Deployment
from hashkit.store.order_rows import OrderRows
from hashkit.store.rows import IssueRow as RememberedRow
from hashkit.store.rows import IssueRows, changed_rows, rows_of_another_order
from hashkit.store.sheets import IssueRow

_SHOWN = 12  # lines of a plan that a person reads
_ASKED = 5_000  # rows whose memory is asked for at once
_RECEIPTS = 50  # receipts of whole chunks that are asked for at once


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issue came to. ``skipped`` rows can never be issued under this order."""

    order_id: str
    rows: int
    issued: Units
    skipped: int
    supply: Units
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "orderId": self.order_id,
            "rows": self.rows,
            "issued": self.issued.to_dict(),
            "skipped": self.skipped,
            "supply": self.supply.to_dict(),
            "outcome": self.outcome.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Issuing:
    """The issue verb of one token."""

    context: Context
    deployment: Deployment
    investors: Investors
    known: Mapping[str, str]

    @property
    def token(self) -> AssetToken:
        """The token's face."""
        return AssetToken(self.deployment.contracts["AssetToken"].address)

    @property
    def decimals(self) -> int:
        """Decimals of the token."""
        return self.deployment.asset.decimals

    def prepare(
        self, rows: Sequence[IssueRow | Holding], external_id: str | None, approval: Approval | None = None
    ) -> PreparedOrder:
        """The order of these rows, refused when a row is wrong or was issued before with other content."""
        found = rows_of(self.context, self.decimals, rows, external_id)
        name = order_id(self._chain, self.token.address, found.ids())
        self._check_memory(found, "0x" + name.hex())
        return prepare(self.context, self.token.address, name, found, approval)

    def plan(
        self,
        rows: Sequence[IssueRow | Holding],
        external_id: str | None = None,
        *,
        skip_ineligible: bool = False,
        expect_total: str | Decimal | Units | None = None,
        approval: Approval | None = None,
        opening_position: bool = False,
        accept_large: str | Decimal | Units | None = None,
    ) -> Plan[Issued]:
        """Open the order, unless it is open, and issue what its cursor has not passed."""
        prepared = self.prepare(rows, external_id, approval)
        self._check_total(prepared, expect_total)
        title = f"Issue {prepared.order.total.show()} {self.deployment.asset.symbol} in {len(prepared.rows)} rows"
        if prepared.done:
            note = f"All {len(prepared.rows)} rows were issued before, by order {prepared.id[:10]}…; nothing to send."
            return Plan(self.context, title, self._result(prepared), note=note)
        look = self.second_look(prepared, accept_large)
        first = open_chunks(prepared).start
        refused = refused_rows(self.context, self.token, self.investors, prepared.rows, first)
        steps = _Steps(self.token, prepared, skip_ineligible, approval)
        skips = skip_ineligible and all(row.skippable for row in refused)
        spoken = [row_check(self.context, self.deployment, self.known, row) for row in refused]
        left = sum(row.row.amount.raw for row in refused) if skips else 0
        total = prepared.rows.total(first) - left
        cap = cap_check(self.context, self.token, self.decimals, self.deployment.asset.symbol, total)
        checks = [*self._order_checks(prepared, opening_position), cap, *([] if skips else spoken)]
        skipped = [f"will be skipped: {check.text}" for check in spoken] if skips else []
        return Plan(
            context=self.context,
            title=title,
            result=self._result(prepared, skip_ineligible),
            steps=steps,
            checks=tuple(checks),
            headings=("row", "holder", "amount"),
            lines=tuple(self._lines(prepared.rows)),
            totals={
                "rows": str(len(prepared.rows)),
                "total": f"{prepared.order.total.show()} {self.deployment.asset.symbol}",
                "order": prepared.id,
                **({"goes on from row": str(prepared.state.next_row)} if prepared.state.next_row else {}),
            },
            warnings=(*skipped, *look.warnings),
            repeat=look.repeat,
            fee=quote(self.context, _guesses(steps)),
            confirm_word=None if self.context.network.dev else self.deployment.asset.symbol,
        )

    def plan_open(
        self,
        rows: Sequence[IssueRow | Holding],
        external_id: str | None = None,
        approval: Approval | None = None,
        accept_large: str | Decimal | Units | None = None,
    ) -> Plan[Outcome]:
        """Only open the order: somebody else executes it."""
        prepared = self.prepare(rows, external_id, approval)
        title = f"Open order {prepared.id[:10]}…: {prepared.order.total.show()} {self.deployment.asset.symbol}"
        if prepared.state.opened:
            return Plan(self.context, title, lambda o: o, note="The order is open already; nothing to send.")
        steps, look = _Steps(self.token, prepared, False, approval)[:1], self.second_look(prepared, accept_large)
        return Plan(
            context=self.context,
            title=title,
            result=lambda outcome: outcome,
            steps=steps,
            checks=tuple(self._order_checks(prepared, False)),
            totals={"rows": str(len(prepared.rows)), "order": prepared.id},
            warnings=look.warnings,
            repeat=look.repeat,
            fee=quote(self.context, _guesses(steps)),
        )

    def second_look(self, prepared: PreparedOrder, accept_large: str | Decimal | Units | None = None) -> SecondLook:
        """What a person should look at twice before this order is signed. InputError when another total is accepted."""
        total, rows = prepared.order.total, prepared.rows
        accepted = None if accept_large is None else Units.of(accept_large, self.decimals)
        if accepted is not None:
            repeated(total, accepted)
        # What this order itself brought is no measure for it: a resumed one is judged as when it began.
        supply = read(self.context.endpoint, self.token.total_supply(), "latest") - prepared.state.issued
        sums = large(rows, total, Units(max(supply, 0), self.decimals))
        free = self.context.network.dev or accepted is not None
        return SecondLook((*sums, *copies(rows), *poisoned(rows, self.known)), total if sums and not free else None)

    # the checks

    def _check_memory(self, rows: OrderRows, own: str) -> None:
        """This machine's own memory: a row issued before, in whatever order, must be the same row."""
        changed: list[str] = []
        elsewhere: dict[str, str] = {}
        with IssueRows(self.context.project.rows_file) as memory:
            for first in range(0, len(rows), _ASKED):
                part = dict(rows.digests(first, first + _ASKED))
                known = memory.known_rows(self._chain, self.token.address, part)
                changed += [id_ for id_, digest in part.items() if id_ in known and known[id_][0] != digest]
                # A part of an earlier file is another order too: every row is known, and still none may go out.
                elsewhere |= {id_: order for id_, (_, order) in known.items() if order != own}
        if changed:
            raise changed_rows(changed)
        if elsewhere:
            raise rows_of_another_order(elsewhere, len(rows))

    def _check_total(self, prepared: PreparedOrder, expect: str | Decimal | Units | None) -> None:
        if expect is None:
            return
        wanted = Units.of(expect, self.decimals)
        if wanted != prepared.order.total:
            raise InputError(
                f"The rows add up to {prepared.order.total.show()}, the control total is {wanted.show()}.",
                why="A row is missing, doubled or mistyped.",
                next_step="Compare the file with its source.",
                code="CONTROL_TOTAL",
            )

    def _order_checks(self, prepared: PreparedOrder, opening_position: bool) -> list[Check]:
        supply = read(self.context.endpoint, self.token.total_supply(), "latest")
        checks = [
            Check("ORDER-CLOSED", not prepared.state.closed, "the order is closed for ever", "Approve a new order."),
        ]
        if opening_position and not prepared.state.opened:
            text = f"{Units(supply, self.decimals).show()} units are outstanding already"
            checks.append(Check("OPENING", supply == 0, text, "An opening position comes before anything else."))
        return checks

    @property
    def _chain(self) -> int:
        return self.context.network.chain_id

    def _result(self, prepared: PreparedOrder, skips: bool = False) -> Callable[[Outcome], Issued]:
        def result(outcome: Outcome) -> Issued:
            if prepared.state.opened:  # perhaps from a machine that was lost: no part of it may go out again
                with IssueRows(self.context.project.rows_file) as memory:
                    memory.remember_rows(self._chain, self.token.address, _Remembered(prepared))
            state = read(self.context.endpoint, self.token.order_of(prepared.order.order_id), "latest")
            supply = read(self.context.endpoint, self.token.total_supply(), "latest")
            return Issued(
                order_id=prepared.id,
                rows=state.next_row,
                issued=Units(state.issued, self.decimals),
                skipped=_skipped(self.context, outcome) if skips else 0,
                supply=Units(supply, self.decimals),
                outcome=outcome,
            )

        return result

    def _lines(self, rows: OrderRows) -> list[tuple[str, ...]]:
        shown = rows[:_SHOWN]
        lines: list[tuple[str, ...]] = [
            (row.external_id, name_of(self.known, row.wallet), row.amount.show()) for row in shown
        ]
        return lines + ([("…", f"and {len(rows) - _SHOWN} more", "")] if len(rows) > _SHOWN else [])


@dataclass(frozen=True, slots=True)
class _Steps(Sequence[Step]):
    """Open the order, unless it is open, and its chunks. Each step is made when it is asked for: all their calldata
    together is as large as the order."""

    token: AssetToken
    prepared: PreparedOrder
    skip: bool
    approval: Approval | None

    def __len__(self) -> int:
        return self._opening + len(open_chunks(self.prepared))

    @overload
    def __getitem__(self, place: int) -> Step: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, place: int | slice) -> Step | tuple[Step, ...]:
        wanted = range(len(self))[place]
        return self._step(wanted) if isinstance(wanted, int) else tuple(map(self._step, wanted))

    @property
    def _opening(self) -> int:
        return 0 if self.prepared.state.opened else 1

    def _step(self, place: int) -> Step:
        if place < self._opening:
            return self._open()
        return self._chunk(open_chunks(self.prepared)[place - self._opening])

    def _open(self) -> Step:
        token, order, approval = self.token, self.prepared.order, self.approval
        if approval is None:
            call = token.open_order(order)
        else:
            call = token.open_order_by_sig(order, approval.approver, bytes.fromhex(approval.signature[2:]))
        return Step(
            key=f"order:{self.prepared.id}:open",
            title=f"Open order {self.prepared.id[:10]}…",
            action=call,
            truths=(order_opened(token, order.order_id, order.rows_root),),
            remembers=_Remembered(self.prepared),
        )

    def _chunk(self, first: int) -> Step:
        token, order = self.token, self.prepared.order
        packed = self.prepared.rows.packed(first, first + CHUNK_ROWS)
        last = first + len(packed)
        return Step(
            key=f"order:{self.prepared.id}:rows:{first}",
            title=f"Rows {first + 1} to {last}",
            action=token.issue(order.order_id, first, packed, proof_of(self.prepared, first), self.skip),
            truths=(rows_issued(token, order.order_id, last),),
            gas=_gas(len(packed)),
        )


def _guesses(steps: Sequence[Step]) -> Iterator[Guess]:
    """Only the first can be estimated: the others need those before them."""
    for place, step in enumerate(steps):
        if isinstance(step.action, Call):
            yield step.action if place == 0 else step.action.data, step.gas or 130_000


def _gas(rows: int) -> int:
    """Gas of a chunk of new holders, without what a rule book adds."""
    return 60_000 + 42_000 * rows


@dataclass(frozen=True, slots=True)
class _Remembered(Sequence[RememberedRow]):
    """The rows of an order as this machine keeps them, each made when it is asked for: there may be a million."""

    prepared: PreparedOrder

    def __len__(self) -> int:
        return len(self.prepared.rows)

    @overload
    def __getitem__(self, place: int) -> RememberedRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[RememberedRow]: ...

    def __getitem__(self, place: int | slice) -> RememberedRow | list[RememberedRow]:
        if not isinstance(place, slice):
            return self[place : place + 1][0]
        first, last, step = place.indices(len(self))
        order, found = self.prepared.id, self.prepared.rows.digests(first, last)
        return [RememberedRow(id_, digest, order, n) for n, (id_, digest) in enumerate(found, first)][::step]


def _skipped(context: Context, outcome: Outcome) -> int:
    """Rows that the transactions of this run skipped, by the events in their receipts."""
    topic = next("0x" + t.hex() for t, e in events().items() if e.name == "RowSkipped")
    hashes = [step.receipt.tx_hash for step in outcome.steps if step.receipt is not None]
    skipped = 0
    for first in range(0, len(hashes), _RECEIPTS):
        wanted = [("eth_getTransactionReceipt", (tx_hash,)) for tx_hash in hashes[first : first + _RECEIPTS]]
        receipts = [found for found in context.endpoint.batch(wanted) if isinstance(found, dict)]
        skipped += sum(log["topics"][:1] == [topic] for receipt in receipts for log in receipt["logs"])
    return skipped
