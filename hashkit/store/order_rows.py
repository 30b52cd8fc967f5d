"""The rows of an order in the one order that counts, on the disk: there may be a million. Floor 2.

What must be asked of all rows at once is asked of the file: which ids stand twice, what the usual amount is, which
rows are copies, what each investor gets in all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, overload

from hashkit.contracts.hashing import packed_row
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import Row
from hashkit.domain.units import Units
from hashkit.store.scratch import LOOK, Scratch

# ``packed`` is what the contract reads: 20 bytes of wallet and 12 of amount, so it sorts and compares like numbers.
_SCHEMA = """
CREATE TABLE given (external_id TEXT, wallet TEXT, packed BLOB, line INTEGER);
CREATE TABLE rows (place INTEGER PRIMARY KEY, external_id TEXT, wallet TEXT, packed BLOB, line INTEGER);
CREATE TABLE wallets (wallet TEXT PRIMARY KEY, told TEXT, place INTEGER, read INTEGER) WITHOUT ROWID;
CREATE TABLE investors (wallet TEXT PRIMARY KEY, investor TEXT) WITHOUT ROWID;
"""
_SORT = """
INSERT INTO rows SELECT row_number() OVER (ORDER BY external_id) - 1, * FROM given;
DROP TABLE given;
"""
# ``read``: 1 when a file named the wallet, 0 when only a program did, NULL when the order does not pay it.
_PAID = """
INSERT INTO wallets
SELECT wallet, iif(line, 'row ' || line || ' (' || external_id || ')', external_id), place, line > 0 FROM rows
WHERE true ORDER BY rows.place
ON CONFLICT (wallet) DO UPDATE SET
told = iif(read IS NULL, excluded.told, told), read = max(ifnull(read, 0), excluded.read);
"""
_ALIKE = f"""
SELECT {LOOK} AS seen FROM wallets GROUP BY seen
HAVING count(*) > 1 AND count(read) > 0 AND ifnull(sum(read), 0) < count(*) ORDER BY min(place)
"""
_TOTALS = """
SELECT investor, wallet, packed FROM rows JOIN investors USING (wallet) WHERE rows.place >= ? ORDER BY investor, wallet
"""
_ROW = "external_id, wallet, packed, line"


class OrderRows(Sequence[Row]):
    """Rows by external id: moving lines in a file changes nothing. Each ``Row`` is made when it is asked for."""

    def __init__(self, rows: Iterable[Row], decimals: int) -> None:
        """``rows`` may come one at a time. ``decimals`` of the token."""
        self.decimals = decimals
        self._file = Scratch(_SCHEMA)
        cells = ((row.external_id, row.wallet, packed_row(row), row.line) for row in rows)
        self._file.put("INSERT INTO given VALUES (?, ?, ?, ?)", cells)
        self._file.do(_SORT)
        self._length = int(self._file.one("SELECT count(*) FROM rows"))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return self._rows(f"SELECT {_ROW} FROM rows ORDER BY place")

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            first, last, step = place.indices(len(self))
            found = list(self._rows(f"SELECT {_ROW} FROM rows WHERE place >= ? AND place < ?", first, last))
            return found if step == 1 else found[::step]
        wanted = range(len(self))[place]
        return next(self._rows(f"SELECT {_ROW} FROM rows WHERE place = ?", wanted))

    def ids(self) -> Iterator[str]:
        """The external ids."""
        return (external_id for (external_id,) in self._file.ask("SELECT external_id FROM rows ORDER BY place"))

    def packed(self, first: int, last: int) -> list[bytes]:
        """Rows ``first`` to ``last - 1`` as the contract reads them."""
        found = self._file.ask("SELECT packed FROM rows WHERE place >= ? AND place < ?", first, last)
        return [packed for (packed,) in found]

    def digests(self, first: int, last: int) -> list[tuple[str, str]]:
        """External id and SHA-256 of what the contract reads, for rows ``first`` to ``last - 1``."""
        found = self._file.ask("SELECT external_id, packed FROM rows WHERE place >= ? AND place < ?", first, last)
        return [(external_id, hashlib.sha256(packed).hexdigest()) for external_id, packed in found]

    def repeated_ids(self, most: int) -> list[str]:
        """The first external ids that stand in more than one row."""
        twice = "SELECT external_id FROM rows GROUP BY external_id HAVING count(*) > 1 ORDER BY external_id LIMIT ?"
        return [external_id for (external_id,) in self._file.ask(twice, most)]

    def total(self, first: int = 0) -> int:
        """All amounts from row ``first`` on, smallest units."""
        found = self._file.ask("SELECT packed FROM rows WHERE place >= ?", first)
        return sum(int.from_bytes(packed[20:]) for (packed,) in found)

    # What a person should look at twice

    def median(self) -> int:
        """The middle amount, of two the higher one; smallest units."""
        amounts = "SELECT substr(packed, 21) AS amount FROM rows ORDER BY amount LIMIT 1 OFFSET ?"
        return int.from_bytes(self._file.one(amounts, len(self) // 2))

    def above(self, raw: int) -> Iterator[Row]:
        """The rows of more than ``raw`` smallest units."""
        question = f"SELECT {_ROW} FROM rows WHERE substr(packed, 21) > ? ORDER BY place"
        return self._rows(question, min(raw, 2**96 - 1).to_bytes(12))

    def copies(self) -> Iterator[tuple[Row, Row]]:
        """Rows of the same wallet and amount, each with the first such row."""
        first = "SELECT place, min(place) OVER (PARTITION BY packed) AS first FROM rows"
        pairs = f"SELECT first, place FROM ({first}) WHERE first < place ORDER BY place"
        return ((self[one], self[other]) for one, other in self._file.ask(pairs))

    def look_alikes(self, known: Mapping[str, str]) -> Iterator[list[tuple[str, str]]]:
        """Groups of wallets that look alike, each wallet with its label in ``known`` or the place of its first row.

        Left out are those of which none is in the order, and those that all come from a file: these were compared
        when it was read.
        """
        self._file.do("DELETE FROM wallets")
        labels = ((wallet, label, place - len(known)) for place, (wallet, label) in enumerate(known.items()))
        self._file.put("INSERT INTO wallets VALUES (?, ?, ?, NULL)", labels)
        self._file.do(_PAID)
        for (seen,) in self._file.ask(_ALIKE):
            yield list(self._file.ask(f"SELECT wallet, told FROM wallets WHERE {LOOK} = ? ORDER BY place", seen))

    # What each investor gets

    def wallets(self, first: int) -> Iterator[str]:
        """The wallets of the rows from ``first`` on, each once."""
        found = self._file.ask("SELECT DISTINCT wallet FROM rows WHERE place >= ?", first)
        return (wallet for (wallet,) in found)

    def belong(self, investors: Iterable[tuple[str, str]]) -> None:
        """Take down whose the wallets are: (wallet, investor). A wallet of nobody counts by itself."""
        known = ((wallet, wallet if investor == ZERO else investor) for wallet, investor in investors)
        self._file.put("INSERT OR REPLACE INTO investors VALUES (?, ?)", known)

    def totals(self, first: int) -> Iterator[tuple[str, int]]:
        """Each wallet with what its investor gets in all by the rows from ``first`` on, smallest units."""
        for _, group in groupby(self._file.ask(_TOTALS, first), itemgetter(0)):
            wallets, total = dict[str, None](), 0
            for _, wallet, packed in group:
                wallets[wallet] = None
                total += int.from_bytes(packed[20:])
            yield from ((wallet, total) for wallet in wallets)

    def _rows(self, question: str, *values: Any) -> Iterator[Row]:
        decimals = self.decimals
        for external_id, wallet, packed, line in self._file.ask(question, *values):
            yield Row(external_id, wallet, Units(int.from_bytes(packed[20:]), decimals), line)
