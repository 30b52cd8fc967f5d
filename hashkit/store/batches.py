"""What became of each batch? The journal read by somebody who writes nothing, also while it is written. Floor 2."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hashkit.errors import InputError
from hashkit.store.journal import FOUND


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step that was begun. ``tx_hash`` is empty and ``block`` None until there is one."""

    title: str
    state: str
    why: str
    tx_hash: str
    block: int | None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch. ``plan`` is the digest of its saved plan, empty when it has none."""

    id: str
    title: str
    steps: int
    plan: str
    begun: tuple[StepLine, ...]

    @property
    def done(self) -> int:
        """How many of its steps were seen through. What was found on the chain is over, even where it reverted."""
        over = ("DONE", "FAILED") if self.title == FOUND else ("DONE",)
        return sum(step.state in over for step in self.begun)


_STEPS = """
SELECT steps.title, steps.state, steps.why, attempts.tx_hash, attempts.block FROM steps
LEFT JOIN attempts ON attempts.rowid = (SELECT max(rowid) FROM attempts WHERE step = steps.id)
WHERE batch = ? ORDER BY position, steps.id
"""


def read_batches(folder: Path, chain_id: int, sender: str) -> tuple[BatchRecord, ...]:
    """Every batch of an account on a chain, oldest first; none when it never sent anything."""
    path = folder / f"{chain_id}-{sender.lower()}.db"
    if not path.exists():
        return ()
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30.0)) as db:
            db.row_factory = sqlite3.Row
            return tuple(_batch(db, row) for row in db.execute("SELECT * FROM batches ORDER BY rowid"))
    except sqlite3.Error as error:
        raise InputError(f"{path.name} cannot be read.", why=f"{error}.", code="LOCAL_STORE") from None


def _batch(db: sqlite3.Connection, row: sqlite3.Row) -> BatchRecord:
    begun = tuple(
        StepLine(s["title"], s["state"], s["why"], s["tx_hash"] or "", s["block"])
        for s in db.execute(_STEPS, (row["id"],))
    )
    steps = len(begun) if row["title"] == FOUND else row["steps"]
    return BatchRecord(row["id"], row["title"], steps, row["plan"], begun)
