"""F13, F14, F31 and F38: what can happen to the process, its disk and its journal."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from random import Random
from typing import Any

from tests.faults import faults as f
from tests.faults.cases_node import SEND, ends, fails, named
from tests.faults.world import ISSUER, Case

# F13 (its five hundred are another run), F14


@named("F13-any-instant")
def _(case: Case, rng: Random) -> None:
    """SIGKILL by the clock, again and again, until a run comes through."""
    for _ in range(3):
        case.start()
        time.sleep(rng.uniform(0.05, 1.2))
        case.world.commands.kill(signal.SIGKILL)
        if case.world.commands.wait().code == 0:
            break
    case.cured()


@named("F14-old-copy")
def _(case: Case, rng: Random) -> None:
    """A copy of the journal from before some chunks comes back from a backup."""
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(2)}:kill").code == -9
    old = case.folder / "old"
    shutil.copytree(case.folder / ".hashkit/journal", old)
    assert case.run(fault="between-chunks@1:kill").code == -9
    shutil.rmtree(case.folder / ".hashkit/journal")
    shutil.copytree(old, case.folder / ".hashkit/journal")
    case.cured()


@named("F14-old-copy-of-a-replacement")
def _(case: Case, rng: Random) -> None:
    """The old copy knows the cheap transaction; the dear one with its nonce was signed and mined after it."""
    copy, nth = case.folder / "old", rng.randrange(3)

    def keep(exchange: Any) -> None:
        shutil.copytree(case.folder / ".hashkit/journal", copy)
        case.base_fee(50)

    case.proxy.script(SEND, f.first(keep), skip=nth)
    assert case.run().code == 0
    shutil.rmtree(case.folder / ".hashkit/journal")
    shutil.copytree(copy, case.folder / ".hashkit/journal")
    case.cured()
    cheap, dear = case.replaced()
    assert cheap["maxFeePerGas"] < dear["maxFeePerGas"] and cheap["data"] == dear["data"]


@named("F14-torn-log")
def _(case: Case, rng: Random) -> None:
    """The power goes while the last page is written: the end of the write-ahead log is missing."""
    assert case.run(fault=f"after-mined@{2 + rng.randrange(2)}:kill").code == -9
    log = next(case.folder.glob(".hashkit/journal/*.db-wal"))
    log.write_bytes(log.read_bytes()[: -rng.randrange(1, 4096)])
    case.cured()


@named("F14-damaged")
def _(case: Case, rng: Random) -> None:
    """Somebody edits the journal: nothing is sent until the true one is back."""
    assert case.run(fault="between-chunks@2:kill").code == -9
    assert case.run("batch", "list").code == 0
    good = case.folder / "good"
    shutil.copytree(case.folder / ".hashkit/journal", good)
    with closing(sqlite3.connect(case.journal)) as raw:
        raw.execute("UPDATE steps SET title = 'x'")
        raw.commit()
    before = case.chain.nonce(ISSUER)
    fails(case, 2, "JOURNAL")
    assert case.chain.nonce(ISSUER) == before
    shutil.rmtree(case.folder / ".hashkit/journal")
    shutil.copytree(good, case.folder / ".hashkit/journal")
    case.cured()


@named("F14-truncated")
def _(case: Case, rng: Random) -> None:
    """The disk lost the end of the journal itself: refused with the command that mends it, which does."""
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill").code == -9
    with closing(sqlite3.connect(case.journal)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = case.journal.read_bytes()
    case.journal.write_bytes(whole[: len(whole) // 2])
    before = case.chain.nonce(ISSUER)
    error = fails(case, 2, "JOURNAL")
    assert "hashkit batch recover" in error["hint"] and case.chain.nonce(ISSUER) == before
    mended = case.run("batch", "recover")
    assert mended.code == 0 and mended.data["setAside"].endswith(".old"), mended.err
    case.cured()


# F31 disks

for _act in ("full", "broken", "readonly"):

    def _disk(case: Case, rng: Random, act: str = _act) -> None:
        """The third to sixteenth write fails: nothing goes out that is not on the disk."""
        ran = case.run(fault=f"commit@{3 + rng.randrange(14)}:{act}")
        ends(ran, 2, 6)
        case.cured()

    named(f"F31-{_act}")(_disk)


@named("F31-quota")
def _(case: Case, rng: Random) -> None:
    """No file may grow beyond a few blocks, as with a quota: SQLite itself meets the limit."""
    ran = case.run(quota=(70 + rng.randrange(60)) * 1024)
    ends(ran, 0, 2, 6)
    case.cured()


@named("F31-plan-not-kept")
def _(case: Case, rng: Random) -> None:
    """A file lies where the folder of plans should be."""
    (case.folder / ".hashkit").mkdir(exist_ok=True)
    plans = case.folder / ".hashkit/plans"
    shutil.rmtree(plans, ignore_errors=True)
    plans.write_text("in the way")
    before = case.chain.nonce(ISSUER)
    ran = case.run()
    assert ran.code == 2 and case.chain.nonce(ISSUER) == before, ran.err
    plans.unlink()
    case.cured()


# F38 the journal is gone


@named("F38-journal-deleted")
def _(case: Case, rng: Random) -> None:
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill").code == -9
    shutil.rmtree(case.folder / ".hashkit/journal")
    case.cured()


@named("F38-recover")
def _(case: Case, rng: Random) -> None:
    """By hand: the rebuilt journal holds the same transactions, and the order goes on without a word."""
    done = 1 + rng.randrange(3)
    assert case.run(fault=f"between-chunks@{done}:kill").code == -9
    shutil.rmtree(case.folder / ".hashkit/journal")
    mended = case.run("batch", "recover")
    assert mended.code == 0, mended.err
    assert {each["transaction"] for each in mended.data["putBack"]} >= set(
        case.chain.sent_by(ISSUER, case.since).values()
    )
    listed = {batch["title"] for batch in case.run("batch", "list").items}
    assert any(title.startswith("Issue ") for title in listed), listed
    assert case.run("batch", "recover").data["putBack"] == []
    case.cured()


@named("F38-everything-deleted")
def _(case: Case, rng: Random) -> None:
    """Journal, kept plans and the memory of rows: another machine, with the same key and the same file."""
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill").code == -9
    shutil.rmtree(case.folder / ".hashkit")
    ran = case.run()
    assert ran.code == 0 and "put back from the chain" in ran.out, ran.err
    case.cured()


@named("F38-journal-deleted-with-one-outstanding")
def _(case: Case, rng: Random) -> None:
    """Signed, sent and waiting in the pool when the journal goes: the late one must not count twice."""
    case.proxy.pool.closed = True
    case.wait = 1.0
    assert case.run().code == 10
    shutil.rmtree(case.folder / ".hashkit/journal")
    case.wait = 60.0
    case.proxy.pool.closed = False
    first = case.run()
    assert first.code in (0, 3, 4, 6, 10), first.err
    case.cured()
