"""Which rows would the token refuse, and why? All rows of an investor count together, as they will. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from hashkit.contracts.asset_token import AssetToken
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import Row
from hashkit.domain.units import Units
from hashkit.domain.verdict import Kind, bit_of, ids
from hashkit.issuer.context import Context
from hashkit.issuer.explain import explain
from hashkit.issuer.investors import Investors
from hashkit.issuer.steps import Check
from hashkit.issuer.who import name_of
from hashkit.rpc.reads import given, read, read_many
from hashkit.store.deployments import Deployment
from hashkit.store.order_rows import OrderRows

T = TypeVar("T")

_OF_THE_TOKEN = sum(
    bit_of(rule) for rule in ("R-HALTED", "R-CAP", "R-HOLDERS", "R-HOLDERS-COUNTRY", "R-SANCTIONS", "R-COMPLIANCE")
)
"""What fails in the token and not in a row: the contract skips no row because of it."""


_ASKED = 10_000
"""Wallets that are asked about at once."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row, the verdict's mask, and what its investor would get in all (smallest units)."""

    row: Row
    mask: int
    total: int

    @property
    def skippable(self) -> bool:
        """Whether the contract skips the row for ever instead of stopping."""
        return self.mask & _OF_THE_TOKEN == 0


def refused_rows(
    context: Context, token: AssetToken, investors: Investors, rows: OrderRows, first: int
) -> list[RefusedRow]:
    """The rows from ``first`` on that the token would refuse now. The cap counts only row by row here; see
    ``cap_check``."""
    for wallets in _parts(rows.wallets(first)):
        rows.belong(zip(wallets, investors.identities(wallets), strict=True))
    refused: dict[str, tuple[int, int]] = {}
    for part in _parts(rows.totals(first)):
        queries = [token.explain_movement(Kind.ISSUE, ZERO, wallet, total) for wallet, total in part]
        masks = read_many(context.endpoint, queries, "latest")
        refused |= {w: (found, total) for (w, total), mask in zip(part, masks, strict=True) if (found := given(mask))}
    if not refused:
        return []
    return [RefusedRow(row, *refused[row.wallet]) for row in islice(rows, first, None) if row.wallet in refused]


def cap_check(context: Context, token: AssetToken, decimals: int, symbol: str, total: int) -> Check:
    """Whether ``total``, all that is to come, stays under the cap, even where it lets each row through."""
    cap, supply = (read(context.endpoint, q, "latest") for q in (token.cap(), token.total_supply()))
    shown = [Units(n, decimals).show() for n in (total, supply, cap)]
    text = f"{shown[0]} {symbol} more than the outstanding {shown[1]} exceed the cap of {shown[2]}"
    return Check("R-CAP", supply + total <= cap, text, "Issue less, or let the owner raise the cap.")


def row_check(context: Context, deployment: Deployment, known: Mapping[str, str], refused: RefusedRow) -> Check:
    """The refusal of one row, in words."""
    row = refused.row
    verdict = explain(context, deployment, known, Kind.ISSUE, to=row.wallet, amount=refused.total)
    reasons = [r for r in verdict.failed if r.rule in ids(refused.mask)]
    text = "; ".join(f"{r.rule} {r.text}" for r in reasons) or ", ".join(ids(refused.mask))
    place = f"row {row.line}" if row.line else row.external_id
    who = f"{row.external_id} to {name_of(known, row.wallet)}"
    return Check(place, False, f"{who}: {text}", reasons[0].fix if reasons else "")


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    every = iter(items)
    while part := list(islice(every, _ASKED)):
        yield part
