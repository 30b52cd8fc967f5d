"""Was this row issued before, and with the same content? One file for all chains and accounts. Floor 2.

A row is known by (chain, token, external id). It is remembered before its order goes out, so that a
changed row under an old id is refused even after a crash, and by whichever account.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from hashkit.errors import InputError
from hashkit.store.database import open_private, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS issue_rows (
    chain INTEGER NOT NULL, token TEXT NOT NULL, external_id TEXT NOT NULL,
    digest TEXT NOT NULL, order_id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (chain, token, external_id)) WITHOUT ROWID;
"""
_MANY = 500  # ids in one question; SQLite takes at least 999 values


class IssueRow(NamedTuple):
    """One row: its id in the issuer's books, the digest of its canonical content, its order and place."""

    external_id: str
    digest: str
    order_id: str
    row: int


class IssueRows:
    """The memory of issued rows. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection = open_private(path, _SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def known_rows(self, chain: int, token: str, ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        """``{external id: (digest, order id)}`` of those ids that are known."""
        wanted = list(ids)
        parts = (wanted[i : i + _MANY] for i in range(0, len(wanted), _MANY))
        return {k: v for part in parts for k, v in self._known(chain, token, part)}

    def remember_rows(self, chain: int, token: str, rows: Sequence[IssueRow]) -> None:
        """Keep all rows or none. A repeated row is a no-op; InputError lists every changed one, and every one
        that belongs to another order.
        """
        changed: list[str] = []
        elsewhere: dict[str, str] = {}
        with writing(self._db, self._path):
            for start in range(0, len(rows), _MANY):
                part = rows[start : start + _MANY]
                before = self._db.total_changes
                self._db.executemany(
                    "INSERT INTO issue_rows VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                    [(chain, token, r.external_id, r.digest, r.order_id, r.row) for r in part],
                )
                if self._db.total_changes - before == len(part):  # all of them are new
                    continue
                # What is kept now is what was there before, or the first of an id that came twice.
                kept = dict(self._known(chain, token, [row.external_id for row in part]))
                changed += [row.external_id for row in part if kept[row.external_id][0] != row.digest]
                moved = (row for row in part if kept[row.external_id][1] != row.order_id)
                elsewhere |= {row.external_id: kept[row.external_id][1] for row in moved}
            if changed:
                raise changed_rows(changed)
            if elsewhere:  # another process took these rows in since they were planned
                raise rows_of_another_order(elsewhere, len(rows))

    def forget_order(self, chain: int, token: str, order_id: str) -> None:
        """Let go of the rows of an order that certainly never was, and never will be, opened on chain."""
        with writing(self._db, self._path):
            where = "chain = ? AND token = ? AND order_id = ?"
            self._db.execute(f"DELETE FROM issue_rows WHERE {where}", (chain, token, order_id))

    def forget_chain(self, chain: int) -> None:
        """Let go of everything on a chain that does not exist any more (a reset devnet)."""
        with writing(self._db, self._path):
            self._db.execute("DELETE FROM issue_rows WHERE chain = ?", (chain,))

    def _known(self, chain: int, token: str, ids: list[str]) -> list[tuple[str, tuple[str, str]]]:
        marks = ",".join("?" * len(ids))
        sql = f"SELECT * FROM issue_rows WHERE chain = ? AND token = ? AND external_id IN ({marks})"
        found = self._db.execute(sql, (chain, token, *ids))
        return [(row["external_id"], (row["digest"], row["order_id"])) for row in found]


def rows_of_another_order(orders: Mapping[str, str], rows: int) -> InputError:
    """The refusal of rows that another order holds. ``orders``: external id -> its order; of ``rows`` in all."""
    return InputError(
        f"{len(orders)} of these {rows} rows belong to an order that was made before.",
        why="A subscription is issued by one order only; issuing it again under another would double it.",
        next_step="Remove those rows, or run the file they came in.",
        code="ROWS_KNOWN",
        details=[f"{external_id} belongs to order {orders[external_id][:18]}…" for external_id in sorted(orders)[:50]],
    )


def changed_rows(ids: Sequence[str]) -> InputError:
    """The refusal of rows whose content differs from what was issued under the same external id."""
    rows = "1 row differs" if len(ids) == 1 else f"{len(ids)} rows differ"
    return InputError(
        f"{rows} from what was issued under the same external id.",
        why="An external id stands for one subscription, and a subscription is issued once.",
        next_step="Restore the row, or give a new subscription a new external id.",
        code="ROW_CHANGED",
        details=[f"{external_id!r}: content differs from what is on record" for external_id in ids],
    )
