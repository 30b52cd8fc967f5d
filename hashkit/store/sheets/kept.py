"""The rows of an issue file on the disk, in the file's order: there may be a million. Floor 2.

A file is judged as a whole: what its rows say of each other is asked here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, overload

from hashkit.domain.units import Units
from hashkit.store.scratch import LOOK, Scratch
from hashkit.store.sheets.model import IssueRow

_SCHEMA = """
CREATE TABLE rows (line INTEGER PRIMARY KEY, external_id TEXT, investor_id TEXT, wallet TEXT, raw TEXT, price TEXT,
currency TEXT, payment_ref TEXT, memo TEXT);
CREATE TABLE bad (line INTEGER PRIMARY KEY);
"""
_TWICE = """
SELECT lower(external_id) AS paper, rows.* FROM rows WHERE paper IN
(SELECT lower(external_id) AS paper FROM rows GROUP BY paper HAVING count(*) > 1) ORDER BY line
"""
_HOLDERS = """
SELECT ifnull(wallet, investor_id) AS holder FROM rows GROUP BY holder HAVING count(*) > 1 ORDER BY min(line)
"""
_ALIKE = f"""
SELECT seen, wallet, first FROM
(SELECT {LOOK} AS seen, wallet, min(line) AS first FROM rows WHERE wallet IS NOT NULL GROUP BY wallet)
WHERE seen IN
(SELECT {LOOK} AS seen FROM rows WHERE wallet IS NOT NULL GROUP BY seen HAVING count(DISTINCT wallet) > 1)
ORDER BY min(first) OVER (PARTITION BY seen), first
"""


class KeptRows(Sequence[IssueRow]):
    """Rows of an issue file. Each ``IssueRow`` is made when it is asked for."""

    def __init__(self, rows: Iterable[IssueRow], decimals: int) -> None:
        """``rows`` may come one at a time. ``decimals`` of the token."""
        self._decimals = decimals
        self._file = Scratch(_SCHEMA)
        self._file.put("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_cells, rows))
        self._length = self._count()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[IssueRow]:
        return map(self._row, self._file.ask("SELECT * FROM rows ORDER BY line"))

    @overload
    def __getitem__(self, place: int) -> IssueRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[IssueRow]: ...

    def __getitem__(self, place: int | slice) -> IssueRow | list[IssueRow]:
        if isinstance(place, slice):
            first, last, step = place.indices(len(self))
            return list(self._part(first, max(last - first, 0)))[::step]
        return next(self._part(range(len(self))[place], 1))

    def drop(self, lines: Collection[int]) -> None:
        """Leave out the rows of these lines from now on."""
        if not lines:
            return
        self._file.put("INSERT OR IGNORE INTO bad VALUES (?)", ((line,) for line in lines))
        self._file.do("DELETE FROM rows WHERE line IN (SELECT line FROM bad)")
        self._length = self._count()

    def repeated_papers(self) -> Iterator[tuple[IssueRow, IssueRow]]:
        """Each row whose external id (in any case) another one had before, with that other one first."""
        first: dict[str, IssueRow] = {}
        for paper, *cells in self._file.ask(_TWICE):
            row = self._row(cells)
            other = first.setdefault(paper, row)
            if other is not row:
                yield other, row

    def repeated_holders(self) -> Iterator[str]:
        """Who stands in more than one row, by wallet and else by investor."""
        return (holder for (holder,) in self._file.ask(_HOLDERS))

    def rows_of(self, holder: str) -> list[IssueRow]:
        """The rows of one of ``repeated_holders``."""
        found = self._file.ask("SELECT * FROM rows WHERE ifnull(wallet, investor_id) = ? ORDER BY line", holder)
        return [self._row(cells) for cells in found]

    def look_alikes(self) -> Iterator[list[tuple[str, int]]]:
        """Groups of wallets that look alike: (wallet, line in which it stands first)."""
        for _, group in groupby(self._file.ask(_ALIKE), itemgetter(0)):
            yield [(wallet, line) for _, wallet, line in group]

    def _part(self, first: int, many: int) -> Iterator[IssueRow]:
        return map(self._row, self._file.ask("SELECT * FROM rows ORDER BY line LIMIT ? OFFSET ?", many, first))

    def _count(self) -> int:
        return int(self._file.one("SELECT count(*) FROM rows"))

    def _row(self, cells: Sequence[Any]) -> IssueRow:
        line, external_id, investor_id, wallet, raw, price, currency, payment_ref, memo = cells
        amount, money = Units(int(raw), self._decimals), None if price is None else Decimal(price)
        return IssueRow(line, external_id, investor_id, wallet, amount, money, currency, payment_ref, memo)


def _cells(row: IssueRow) -> tuple[Any, ...]:
    price = None if row.price is None else str(row.price)
    amount = str(row.amount.raw)
    return (
        row.line, row.external_id, row.investor_id, row.wallet, amount, price, row.currency, row.payment_ref, row.memo
    )  # fmt: skip
