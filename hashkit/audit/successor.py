"""A proved register as the opening position of a successor token. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator

from hashkit.audit.result import AuditResult
from hashkit.domain.orders import MAX_ROW_RAW
from hashkit.errors import Refused
from hashkit.store.sheets import csv_bytes

_NEEDED = ("C01", "C02", "C03", "C05")


def opening_position(result: AuditResult) -> bytes:
    """The issue file for `hashkit issue --opening-position`: one row a holder, the same bytes for the same block.

    An external id is the old token, the block and the wallet, so a second file of the same block makes the same order.
    Refused when the register does not add up, or a holding does not fit a row.
    """
    wrong = [f for f in result.findings if f.id in _NEEDED and f.result != "pass"]
    large = [h for h in result.holders if h.raw > MAX_ROW_RAW]
    if wrong or large or not result.holders:
        says = [f"{f.id} {f.result}: {f.title}" for f in wrong]
        says += [f"{h.wallet} holds more than one row can carry" for h in large]
        raise Refused(
            "This register cannot become an opening position.",
            why="A successor is issued only from a register that adds up, holder by holder.",
            next_step="Look into the findings first.",
            code="NOT_PROVED",
            details=says or ["there are no holders"],
        )
    where = f"{result.subject.token[2:10]}/{result.block.number}"
    rows = sorted((f"{where}/{h.wallet}", h.wallet, h.balance) for h in result.holders)
    return csv_bytes(("external_id", "wallet", "amount"), rows)


def left_behind(result: AuditResult) -> Iterator[str]:
    """What does not travel with the units, in sentences."""
    frozen = [row.account for row in result.sections.freezes]
    if frozen:
        yield f"Freezes do not travel: {', '.join(frozen)}."
    if any(h.standing not in ("verified", "unknown") for h in result.holders):
        yield "Some holders are not verified: the successor will refuse or skip their rows (see C09)."
    if not result.proof.proved:
        why = result.proof.why_not or "see the findings"
        yield f"Balances were not proved against the state root ({why}): they are one node's word."
