"""Which rows would the token refuse, and why? All rows of an investor count together, as they will. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hashkit.contracts.asset_token import AssetToken
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import Row
from hashkit.domain.units import Units
from hashkit.domain.verdict import Kind, bit_of, ids
from hashkit.issuer.context import Context
from hashkit.issuer.explain import explain
from hashkit.issuer.investors import Investors
from hashkit.issuer.orders import totals_per_wallet
from hashkit.issuer.steps import Check
from hashkit.issuer.who import name_of
from hashkit.rpc.reads import given, read, read_many
from hashkit.store.deployments import Deployment

_OF_THE_TOKEN = sum(
    bit_of(rule) for rule in ("R-HALTED", "R-CAP", "R-HOLDERS", "R-HOLDERS-COUNTRY", "R-SANCTIONS", "R-COMPLIANCE")
)
"""What fails in the token and not in a row: the contract skips no row because of it."""


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


def refused_rows(context: Context, token: AssetToken, investors: Investors, rows: Sequence[Row]) -> list[RefusedRow]:
    """The rows the token would refuse now. The cap counts only row by row here; see ``cap_check``."""
    wallets = list(dict.fromkeys(row.wallet for row in rows))
    investor_of = dict(zip(wallets, investors.identities(wallets), strict=True))
    totals = totals_per_wallet(rows, investor_of)
    queries = [token.explain_movement(Kind.ISSUE, ZERO, w, totals[w]) for w in wallets]
    masks = read_many(context.endpoint, queries, "latest")
    refused = {w: mask for w, m in zip(wallets, masks, strict=True) if (mask := given(m))}
    return [RefusedRow(row, refused[row.wallet], totals[row.wallet]) for row in rows if row.wallet in refused]


def cap_check(context: Context, token: AssetToken, decimals: int, symbol: str, rows: Sequence[Row]) -> Check:
    """Whether all rows together stay under the cap, even where it lets each of them through."""
    total = sum(row.amount.raw for row in rows)
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
