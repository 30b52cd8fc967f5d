"""What did we mean to do, and what came of it? The write-ahead journal of one account on one chain. Floor 2.

Signed bytes are on the platter before anything goes to a node; one nonce belongs to one content for
ever; one intent key belongs to one act. The hash chain shows whether somebody edited the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hashkit.domain.attempts import Attempt, Receipt, StepState
from hashkit.errors import InputError, NodeError
from hashkit.store import journal_tables as tables
from hashkit.store.database import open_private, writing
from hashkit.store.files import private_folder
from hashkit.store.lock import Lock

FOUND = "Found on the chain"
"""Title of the batch of what was found on the chain and belongs to no other."""
STRAY = "chain:"
"""How the key of a step begins that was found on the chain; its transaction's hash follows."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step as the journal knows it. ``digest`` is the SHA-256 of what is to be sent."""

    id: int
    batch: str
    position: int
    target: str
    key: str
    title: str
    digest: str
    state: StepState
    why: str


class Journal:
    """A context manager, made by ``Journal.open``. While open, no other process writes for the account."""

    def __init__(self, path: Path, lock: Lock, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._lock = lock
        self._clock = clock
        self._grouped = False
        self.renewed = ""
        """Name under which a damaged file was set aside when this one was opened."""
        self._db = open_private(path, tables.SCHEMA)
        tables.prepare(self._db)

    @classmethod
    def open(
        cls,
        folder: Path,
        chain_id: int,
        sender: str,
        *,
        genesis: str,
        clock: Callable[[], datetime],
        disposable: bool = False,
        renew: bool = False,
        wait_seconds: float = 600.0,
        on_wait: Callable[[str], None] | None = None,
    ) -> Journal:
        """Wait for the account's lock, open its journal and verify it.

        ``genesis`` is the hash of block 0: a journal belongs to one history. When the chain behind the id
        is another one, that is a NodeError, unless the chain is ``disposable``: then the old journal is
        set aside. InputError when the file was tampered with or is damaged, unless ``renew``: then it is set
        aside, and an empty one begun. AccountError when the lock stays taken.
        """
        path = private_folder(folder) / f"{chain_id}-{sender.lower()}.db"
        lock = Lock(path.with_suffix(".lock"))
        lock.take(wait_seconds, on_wait)
        try:
            journal = cls._sound(path, lock, clock, renew)
            if journal._genesis() not in (None, genesis) and disposable:
                journal._db.close()
                set_aside(path)
                journal = cls(path, lock, clock)
            journal._begin(chain_id, sender, genesis)
        except BaseException:  # whatever it was, the next process must not find the lock taken
            lock.release()
            raise
        return journal

    @classmethod
    def _sound(cls, path: Path, lock: Lock, clock: Callable[[], datetime], renew: bool) -> Journal:
        try:
            journal = cls(path, lock, clock)
            journal.verify()
        except InputError as error:
            if error.code not in ("JOURNAL", "DAMAGED"):
                raise
            if not renew:
                raise _broken(path, error.why) from None
            aside = set_aside(path)
            journal = cls(path, lock, clock)
            journal.renewed = aside.name
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give the lock back."""
        self._db.close()
        self._lock.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all entries made inside; when it raises, none of them was made.

        Nothing is on the disk before the end: so nothing may be signed or sent inside.
        """
        with writing(self._db, self._path):
            self._grouped = True
            try:
                yield
            finally:
                self._grouped = False

    def verify(self) -> None:
        """InputError when an entry was changed or removed, or the tables do not follow from the entries."""
        try:
            found = tables.audit(self._db)
        except (sqlite3.Error, ValueError, KeyError) as error:
            found = f"{error}."
        if found:
            raise _broken(self._path, found)

    # Batches and steps

    def open_batch(self, title: str, steps: int, plan: str = "") -> str:
        """A new batch; its id is the day and a running number: ``b-20261124-01``.

        ``plan`` is the digest of its saved plan, empty when there is none.
        """
        day = f"b-{self._clock():%Y%m%d}-"
        last = self._one("SELECT count(*) AS many FROM batches WHERE id LIKE ?", day + "%")
        batch = f"{day}{last['many'] + 1:02}"
        self._append("opened", {"batch": batch, "title": title, "steps": steps, "plan": plan})
        return batch

    def plan(self, batch: str, position: int, target: str, key: str, title: str, digest: str) -> StepRecord:
        """Write down what is meant, before anything is signed. ``(target, key)`` must be new."""
        number = self._one("SELECT coalesce(max(id), 0) + 1 AS next FROM steps")["next"]
        body = {"step": number, "batch": batch, "position": position, "target": target}
        self._append("planned", {**body, "key": key, "title": title, "digest": digest})
        return self.step(number)

    def replan(self, step: int, digest: str) -> StepRecord:
        """Give a step other content. Only while nothing that it signed can still be mined."""
        record = self.step(step)
        last = self.receipt(step) if record.state == "MINED" else None
        if record.state not in ("PLANNED", "FAILED") and (last is None or last.succeeded):
            raise InputError(
                f"{record.title}: this was already sent with other content.",
                why=f"Batch {record.batch} holds it in state {record.state}.",
                next_step="Run the command with its earlier input, or use a new reference.",
                code="INTENT_CHANGED",
            )
        self._append("replanned", {"step": step, "digest": digest})
        return self.step(step)

    def find(self, target: str, key: str) -> StepRecord | None:
        """The step of an intent key, if there is one."""
        rows = self._all("SELECT * FROM steps WHERE target = ? AND key = ?", target, key)
        return _record(rows[0]) if rows else None

    def find_unfinished(self, target: str, digest: str) -> StepRecord | None:
        """The oldest step with this content that was not seen through."""
        wanted = "target = ? AND digest = ? AND state <> 'DONE'"
        rows = self._all(f"SELECT * FROM steps WHERE {wanted} ORDER BY id LIMIT 1", target, digest)
        return _record(rows[0]) if rows else None

    def undone(self) -> tuple[StepRecord, ...]:
        """The steps that are not done and wait for no block, oldest first."""
        wanted = "state IN ('PLANNED', 'MINED', 'FAILED')"
        return tuple(map(_record, self._all(f"SELECT * FROM steps WHERE {wanted} ORDER BY id")))

    def plan_of(self, batch: str) -> str:
        """The digest of a batch's saved plan; empty when it has none."""
        return str(self._one("SELECT plan FROM batches WHERE id = ?", batch)["plan"])

    def step(self, step: int) -> StepRecord:
        """One step by its number."""
        return _record(self._one("SELECT * FROM steps WHERE id = ?", step))

    def steps(self, batch: str) -> tuple[StepRecord, ...]:
        """The steps of a batch, in order."""
        rows = self._all("SELECT * FROM steps WHERE batch = ? ORDER BY position, id", batch)
        return tuple(map(_record, rows))

    def record_done(self, step: int) -> None:
        """The contract confirms what the step was for."""
        self._append("done", {"step": step})

    def record_failed(self, step: int, why: str) -> None:
        """Mined, but reverted: nothing came of it. The step may be planned again."""
        self._append("failed", {"step": step, "why": why})

    # Attempts: what chain.sender.Ledger asks for

    def next_nonce(self) -> int:
        """One above the highest nonce ever signed here; 0 when none was."""
        return int(self._one("SELECT coalesce(max(nonce), -1) + 1 AS next FROM nonces")["next"])

    def attempts(self, step: int) -> tuple[Attempt, ...]:
        """Everything signed for a step, oldest first."""
        return tuple(map(_attempt, self._all("SELECT * FROM attempts WHERE step = ? ORDER BY rowid", step)))

    def unsettled(self, final: int) -> tuple[Attempt, ...]:
        """Everything signed with a nonce of which no block up to ``final`` holds a transaction, lowest first."""
        settled = "SELECT nonce FROM attempts WHERE state = 'MINED' AND block <= ?"
        found = self._all(f"SELECT * FROM attempts WHERE nonce NOT IN ({settled}) ORDER BY nonce, rowid", final)
        return tuple(map(_attempt, found))

    def record_signed(self, attempt: Attempt) -> None:
        """Keep the signed bytes. InputError when the nonce belongs to another content."""
        owner = self._all("SELECT * FROM nonces WHERE nonce = ?", attempt.nonce)
        wanted = (attempt.step, self.step(attempt.step).digest)
        if owner and (owner[0]["step"], owner[0]["digest"]) != wanted:
            raise InputError(
                f"Nonce {attempt.nonce} already belongs to another transaction.",
                why="Reusing a nonce for other content is how things get issued twice.",
                code="NONCE_TAKEN",
            )
        body = asdict(attempt)
        del body["state"], body["block_hash"]
        fees = {"max_fee": str(attempt.max_fee), "priority_fee": str(attempt.priority_fee)}
        self._append("signed", {**body, **fees, "raw": attempt.raw.hex()})

    def record_sent(self, tx_hash: str) -> None:
        """A node has taken the bytes, or took them once and a reorganisation gave them back."""
        self._append("sent", {"tx_hash": tx_hash})

    def record_mined(self, receipt: Receipt) -> None:
        """A block holds the transaction."""
        body = {**asdict(receipt), "fee": str(receipt.fee), "succeeded": int(receipt.succeeded)}
        self._append("mined", body)

    def receipt(self, step: int) -> Receipt | None:
        """The last mined attempt of a step, if there is one."""
        mined = "step = ? AND state = 'MINED' ORDER BY nonce DESC, rowid DESC LIMIT 1"
        rows = self._all(f"SELECT * FROM attempts WHERE {mined}", step)
        if not rows:
            return None
        row = {name: rows[0][name] for name in Receipt.__dataclass_fields__}
        return Receipt(**{**row, "succeeded": bool(row["succeeded"]), "fee": int(row["fee"])})

    # What the chain knows and the journal does not: see issuer.rebuild

    def unknown_nonces(self, used: int, *, thorough: bool = False) -> tuple[int, ...]:
        """The nonces below ``used`` that nothing here was signed with; ``thorough``: also those looked up before."""
        rows = self._all("SELECT below FROM looked")
        first = int(rows[0]["below"]) if rows and not thorough else 0
        ours = {row["nonce"] for row in self._all("SELECT nonce FROM nonces WHERE nonce >= ?", first)}
        return tuple(nonce for nonce in range(first, used) if nonce not in ours)

    def stranded_nonces(self, used: int) -> tuple[int, ...]:
        """The nonces below ``used`` of open steps that signed with them, where none of that is in a block."""
        mined = "SELECT nonce FROM attempts WHERE state = 'MINED'"
        states = "'SIGNED', 'SENT', 'MINED'"
        ours = f"SELECT nonce FROM nonces JOIN steps ON steps.id = step WHERE state IN ({states})"
        rows = self._all(f"{ours} AND nonce < ? AND nonce NOT IN ({mined}) ORDER BY nonce", used)
        return tuple(row["nonce"] for row in rows)

    def is_taken(self, nonce: int) -> bool:
        """Whether something was signed with a nonce."""
        return bool(self._all("SELECT nonce FROM nonces WHERE nonce = ?", nonce))

    def owner(self, nonce: int, digest: str) -> int | None:
        """The step that signed this content with a nonce, and has it still; None when another content did."""
        same = "nonces.digest = steps.digest AND steps.digest = ?"
        rows = self._all(
            f"SELECT id FROM steps JOIN nonces ON step = steps.id WHERE nonce = ? AND {same}", nonce, digest
        )
        return int(rows[0]["id"]) if rows else None

    def block_before(self, nonce: int) -> int | None:
        """The block of the last transaction of a lower nonce that is known to be mined."""
        row = self._one("SELECT max(block) AS last FROM attempts WHERE state = 'MINED' AND nonce < ?", nonce)
        return None if row["last"] is None else int(row["last"])

    def batch_of_plan(self, digest: str) -> str | None:
        """The newest batch that was begun with this saved plan."""
        rows = self._all("SELECT id FROM batches WHERE plan = ? ORDER BY rowid DESC LIMIT 1", digest)
        return str(rows[0]["id"]) if rows else None

    def find_strays(self, target: str, digest: str) -> tuple[StepRecord, ...]:
        """The steps with this content that were found on the chain and have no key of their own yet."""
        sql = "SELECT * FROM steps WHERE target = ? AND digest = ? AND key LIKE ? ORDER BY id"
        return tuple(map(_record, self._all(sql, target, digest, f"{STRAY}%")))

    def adopt(self, step: int, batch: str, position: int, key: str, title: str) -> StepRecord:
        """Give a step that was found on the chain its place, and the key of the act that it is."""
        self._append("adopted", {"step": step, "batch": batch, "position": position, "key": key, "title": title})
        return self.step(step)

    def record_looked(self, below: int) -> None:
        """Every nonce below this one was looked up on the chain."""
        self._append("looked", {"below": below})

    # Inside

    def _genesis(self) -> str | None:
        rows = self._all("SELECT genesis FROM begun")
        return str(rows[0]["genesis"]) if rows else None

    def _begin(self, chain_id: int, sender: str, genesis: str) -> None:
        known = self._genesis()
        if known is None:
            self._append("begun", {"chain": str(chain_id), "sender": sender, "genesis": genesis})
        elif known != genesis:
            raise NodeError(
                f"This node serves another chain {chain_id} than the one this project has written to.",
                why=f"Its first block is {genesis}, the journal knows {known}.",
                next_step="Connect to the node you used before.",
                code="OTHER_CHAIN",
            )

    def _append(self, kind: str, body: dict[str, Any]) -> None:
        at = self._clock().astimezone(UTC).isoformat(timespec="seconds")
        with nullcontext() if self._grouped else writing(self._db, self._path):
            tables.append(self._db, at, kind, body)

    def _all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: Any) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute(sql, values).fetchone()
        return row


def set_aside(path: Path) -> Path:
    """Move a journal out of the way, under a free name beside it, which comes back. Nothing is ever deleted."""
    number = 1
    while (aside := path.with_suffix(f".{number}.old")).exists():
        number += 1
    for tail in ("-wal", "-shm"):
        if (extra := path.with_name(path.name + tail)).exists():
            extra.rename(aside.with_name(aside.name + tail))
    path.rename(aside)
    return aside


def _broken(path: Path, why: str) -> InputError:
    return InputError(
        f"The journal {path.name} was damaged, or changed from outside.",
        why=why,
        next_step="Nothing was sent. Restore the file, or have it made again from the chain: hashkit batch recover.",
        code="JOURNAL",
    )


def _record(row: sqlite3.Row) -> StepRecord:
    return StepRecord(**{name: row[name] for name in StepRecord.__dataclass_fields__})


def _attempt(row: sqlite3.Row) -> Attempt:
    values = {name: row[name] for name in Attempt.__dataclass_fields__}
    succeeded = None if row["succeeded"] is None else bool(row["succeeded"])
    money = {name: int(row[name]) for name in ("max_fee", "priority_fee")}
    return Attempt(**{**values, **money, "succeeded": succeeded})
