"""What in the rows of an order should make a person look twice? Sums, look-alikes, copies. Floor 3.

Nothing here is wrong by itself, so nothing is refused: it is said. Sums are also a gate: on a chain where units
are worth something the total must be repeated, because a slip of the decimal point looks like any other order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from hashkit.contracts.addresses import COMPARE
from hashkit.domain.orders import Row
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.store.order_rows import OrderRows

ROW_SHARE = 50
"""Per cent of an order. More than half of the money in one row is rare, and always worth a look."""

SUPPLY_SHARE = 100
"""Per cent of what is outstanding. An order that more than doubles the supply; the first one has no measure."""

OUTLIER = 1_000
"""Times the median row. Three places: the smallest slip of a separator or of a unit (thousands for ones)."""

FEW = 3
"""Rows that make a comparison: of two rows one is always at least half."""

_SHOWN = 5  # findings of one kind that are spelled out


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What to look at. ``repeat`` is the total that must be repeated before anything is signed, None when nothing."""

    warnings: tuple[str, ...] = ()
    repeat: Units | None = None


def large(rows: OrderRows, total: Units, supply: Units) -> list[str]:
    """Rows and orders beyond the measures above. ``supply`` is what was outstanding before the order."""
    found = []
    if len(rows) >= FEW:
        usual = rows.median()
        for row in rows.above(total.raw * ROW_SHARE // 100):
            share = row.amount.raw * 100 // total.raw
            found.append(f"{place(row)} gets {row.amount.show()}, {share} % of the order")
        found += _few(
            f"{place(row)} gets {row.amount.show()}, {row.amount.raw // usual:,} times the median row of "
            f"{Units(usual, total.decimals).show()}"
            for row in rows.above(usual * OUTLIER)
        )
    if supply and total.raw * 100 > supply.raw * SUPPLY_SHARE:
        percent = total.raw * 100 // supply.raw
        found.append(f"the order of {total.show()} is {percent:,} % of the outstanding {supply.show()}")
    return found


def copies(rows: OrderRows) -> list[str]:
    """Rows that pay the same wallet the same amount under different ids."""
    return _few(
        f"{place(one)} and {place(other)} look like a copy: both give {other.amount.show()} to {other.wallet}"
        for one, other in rows.copies()
    )


def poisoned(rows: OrderRows, known: Mapping[str, str]) -> list[str]:
    """Wallets that look like another one of the order, or like a wallet this project knows (with its label).

    Those of one file were compared when the file was read.
    """
    return _few(
        f"{' and '.join(f'{wallet} ({told})' for wallet, told in group)} look alike: {COMPARE}"
        for group in rows.look_alikes(known)
    )


def repeated(total: Units, given: Units | None) -> None:
    """InputError unless ``given`` repeats the total of the order."""
    if given is None:
        raise InputError(
            f"The order of {total.show()} holds something unusually large.",
            why="The warnings of the plan name it. Nothing was sent.",
            next_step="If it is right, repeat the total of the order: --accept-large AMOUNT (accept_large=).",
            code="LARGE",
        )
    if given != total:
        raise InputError(
            f"The rows add up to {total.show()}, accepted is {given.show()}.",
            why="What is accepted must be the total of the order. Nothing was sent.",
            next_step="Compare the file with its source.",
            code="LARGE",
        )


def place(row: Row) -> str:
    """``row 5 (S-1)``, or the external id where there is no file."""
    return f"row {row.line} ({row.external_id})" if row.line else row.external_id


def _few(findings: Iterable[str]) -> list[str]:
    several = iter(findings)
    shown = list(islice(several, _SHOWN))
    more = sum(1 for _ in several)
    return shown + ([f"and {more:,} more like this"] if more else [])
