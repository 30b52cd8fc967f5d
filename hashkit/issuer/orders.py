"""Orders: prepare, approve, open, execute, close. Exactly once, by the contract's own cursor. Floor 3.

The id of an order follows from the external ids of its rows. So the same file again meets the order that is
on chain already and goes on from its cursor; a changed row under an old id meets it too, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hashkit.chain.signing import sign_message
from hashkit.contracts.addresses import read_address
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.hashing import merkle_proof, order_message, rows_tree
from hashkit.domain.orders import CHUNK_ROWS, MAX_ROW_RAW, Order, OrderState, Row
from hashkit.domain.terms import LAST_TIME, iso_time
from hashkit.domain.units import Units
from hashkit.errors import InputError, StalePlan
from hashkit.issuer.context import Context
from hashkit.issuer.who import contracts_of, no_contract_of_ours, resolve
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read
from hashkit.store.order_rows import OrderRows
from hashkit.store.sheets import IssueRow

LIFETIME = 30 * 86400
"""Seconds from preparing to the deadline of an order."""

Holding = tuple[str, str | Decimal | Units]
"""A holder and what he gets."""


@dataclass(frozen=True, slots=True)
class PreparedOrder:
    """An order with its rows, in canonical order, and what the chain holds of it."""

    order: Order
    rows: OrderRows
    levels: Sequence[Sequence[bytes]]
    state: OrderState

    @property
    def id(self) -> str:
        """The order's id, 0x-hex."""
        return "0x" + self.order.order_id.hex()

    @property
    def done(self) -> bool:
        """True when the cursor has passed every row."""
        return self.state.opened and self.state.next_row >= self.order.row_count

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without the rows."""
        return {
            "orderId": self.id,
            "rowsRoot": "0x" + self.order.rows_root.hex(),
            "fileHash": "0x" + self.order.file_hash.hex(),
            "rows": self.order.row_count,
            "total": self.order.total.to_dict(),
            "deadline": iso_time(self.order.deadline),
            "opened": self.state.opened,
            "nextRow": self.state.next_row,
            "closed": self.state.closed,
        }


@dataclass(frozen=True, slots=True)
class Approval:
    """An approver's signature under an order; anybody may carry it in."""

    order_id: str
    deadline: int
    approver: str
    signature: str

    def to_dict(self) -> dict[str, Any]:
        """Schema ``hashkit.approval/1``, as the file holds it."""
        return {
            "schema": "hashkit.approval/1",
            "orderId": self.order_id,
            "deadline": self.deadline,
            "approver": self.approver,
            "signature": self.signature,
        }

    @classmethod
    def from_dict(cls, data: object) -> Approval:
        """The approval in a file; InputError when it is none."""
        if not isinstance(data, dict) or data.get("schema") != "hashkit.approval/1":
            raise InputError("This is not an approval.", next_step="Make one: hashkit order approve.", code="APPROVAL")
        order, deadline, approver, signature = (data.get(k) for k in ("orderId", "deadline", "approver", "signature"))
        # A contract's signature (ERC-1271) may have any length.
        word, wallet, many = r"0x[0-9a-f]{64}", r"0x[0-9a-fA-F]{40}", r"0x(?:[0-9a-f]{2}){1,4096}"
        texts = ((order, word), (approver, wallet), (signature, many))
        right = all(isinstance(text, str) and re.fullmatch(form, text) for text, form in texts)
        if type(deadline) is not int or not 0 < deadline <= LAST_TIME or not right:
            raise InputError("The approval is damaged.", next_step="Have it signed again.", code="APPROVAL")
        try:
            return cls(str(order), deadline, read_address(str(approver))[0], str(signature))
        except InputError as error:
            why = f"Its approver: {error}"
            raise InputError(
                "The approval is damaged.", why=why, next_step="Have it signed again.", code="APPROVAL"
            ) from None


def rows_of(
    context: Context, decimals: int, rows: Sequence[IssueRow | Holding], external_id: str | None
) -> OrderRows:
    """Rows of a sheet, or (holder, amount) pairs numbered under ``external_id``, in canonical order.

    All problems at once in one InputError.
    """
    problems: list[str] = []
    found = OrderRows(_good(context, decimals, rows, external_id, problems), decimals)
    problems += [f"external id {repeated} appears twice" for repeated in found.repeated_ids(20)]
    if problems or not found:
        raise InputError(
            f"{len(problems)} of {len(rows)} rows cannot be issued." if problems else "There are no rows to issue.",
            why="Nothing is sent unless every row is right.",
            next_step="Mend the rows and run the same command again.",
            code="ROWS",
            details=problems,
        )
    return found


def _good(
    context: Context, decimals: int, rows: Sequence[IssueRow | Holding], external_id: str | None, problems: list[str]
) -> Iterator[Row]:
    """The rows that can be issued; what is wrong with the others goes to ``problems``."""
    contracts = contracts_of(context)
    for number, row in enumerate(rows, start=1):
        try:
            made = _row(context, decimals, row, external_id, number)
            no_contract_of_ours(made.wallet, contracts)
        except InputError as error:
            line = row.line if isinstance(row, IssueRow) else number
            problems.append(f"row {line}: {error.sentence} {error.next_step}")
        else:
            yield made


def _row(context: Context, decimals: int, row: IssueRow | Holding, external_id: str | None, number: int) -> Row:
    if isinstance(row, IssueRow):
        wallet = _one_wallet(context, row)
        made = Row(row.external_id, wallet, row.amount, row.line)
    else:
        if not external_id:
            raise InputError("Pairs need an external id.", next_step="Pass external_id=.", code="EXTERNAL_ID")
        holder, amount = row
        made = Row(f"{external_id}/{number:06d}", resolve(context, holder), Units.of(amount, decimals))
    if not 0 < made.amount.raw <= MAX_ROW_RAW:
        raise InputError(f"{made.amount} is not an amount a row can hold.", code="AMOUNT")
    return made


def _one_wallet(context: Context, row: IssueRow) -> str:
    """The wallet of a row; where it names investor and wallet, they must belong together."""
    if row.investor_id is None:
        return str(row.wallet)
    first = resolve(context, row.investor_id)
    if row.wallet is None or row.wallet == first:
        return first
    from hashkit.store.names import Names

    with Names(context.project.names_file) as names:
        if names.label_of(row.wallet) != row.investor_id:
            raise InputError(
                f"Wallet {row.wallet} is not known as one of {row.investor_id}.",
                next_step="Link it first: hashkit investor import.",
                code="WALLET",
            )
    return row.wallet


def prepare(
    context: Context, token: str, oid: bytes, rows: OrderRows, approval: Approval | None = None
) -> PreparedOrder:
    """The order ``oid`` of ``rows`` and its state on chain.

    InputError ``ROW_CHANGED`` when the chain holds another order under the same external ids.
    """
    levels, file_hash, total = rows_tree(oid, rows, CHUNK_ROWS)
    state = read(context.endpoint, AssetToken(token).order_of(oid), "latest")
    if state.opened and state.rows_root != levels[-1][0]:
        raise InputError(
            "These external ids were issued before, with other rows.",
            why=f"Order 0x{oid.hex()} is on chain for the same external ids, but at least one row differs.",
            next_step="Restore the file that was approved, or give new subscriptions new external ids.",
            code="ROW_CHANGED",
        )
    order = Order(
        order_id=oid,
        rows_root=levels[-1][0],
        file_hash=file_hash,
        row_count=len(rows),
        total=Units(total, rows.decimals),
        deadline=_deadline(context, state, approval),
    )
    _check_approval(order, approval)
    return PreparedOrder(order, rows, levels, state)


def _deadline(context: Context, state: OrderState, approval: Approval | None) -> int:
    if state.opened:
        return state.deadline
    if approval is not None:
        return approval.deadline
    return block(context.endpoint, "latest").timestamp + LIFETIME


def _check_approval(order: Order, approval: Approval | None) -> None:
    if approval is not None and approval.order_id != "0x" + order.order_id.hex():
        raise StalePlan(
            "The approval is for another order.",
            why=f"It names {approval.order_id}; these rows make 0x{order.order_id.hex()}.",
            next_step="Use the file that was approved, or have this one approved.",
        )


def approve(context: Context, token: str, prepared: PreparedOrder) -> Approval:
    """The signer's approval (EIP-712). Sends nothing and costs nothing."""
    signer = context.need_signer()
    signature = sign_message(signer, order_message(prepared.order, context.network.chain_id, token))
    return Approval(prepared.id, prepared.order.deadline, signer.address, "0x" + signature.hex())


def proof_of(prepared: PreparedOrder, first_row: int) -> list[bytes]:
    """The Merkle proof of the chunk that starts at ``first_row``."""
    return merkle_proof(prepared.levels, first_row // CHUNK_ROWS)


def open_chunks(prepared: PreparedOrder) -> range:
    """The first rows of the chunks that the cursor has not passed."""
    begun = -(-prepared.state.next_row // CHUNK_ROWS) * CHUNK_ROWS
    return range(begun, len(prepared.rows), CHUNK_ROWS)
