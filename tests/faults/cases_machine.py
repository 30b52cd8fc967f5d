"""F13, F14 and F29 to F40: what machines, disks, clocks, people and other hosts can do."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from random import Random
from typing import Any

from hashkit.contracts.asset_token import AssetToken
from tests.conftest import free_port
from tests.faults import faults as f
from tests.faults.cases_node import CALL, RECEIPT, SEND, fails, named, passes
from tests.faults.child import POINTS
from tests.faults.world import ISSUER, OTHER, ROWS, Case, Commands, rows_file

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


# F29 signers

for _cheat in ("refuse", "other-nonce", "other-chain", "other-data", "high-s", "rubbish"):

    def _signer(case: Case, rng: Random, cheat: str = _cheat) -> None:
        before = case.chain.nonce(ISSUER)
        nth = rng.randrange(4)
        ran = case.run(fault=f"signer@{nth + 1}:{cheat}")
        assert ran.code == (6 if nth else 4), (ran.code, ran.err)
        assert case.chain.nonce(ISSUER) == before + nth, "something was sent after a bad signature"
        case.cured()

    named(f"F29-{_cheat}")(_signer)

# F30 clocks

for _days in (-1, 1):

    def _clock(case: Case, rng: Random, days: int = _days) -> None:
        ran = case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill", shift=days * 86_400)
        assert ran.code == -9
        case.cured()

    named(f"F30-clock-{_days:+d}-day")(_clock)

# F31 disks

for _act in ("full", "broken"):

    def _disk(case: Case, rng: Random, act: str = _act) -> None:
        """The third to sixteenth write fails: nothing goes out that is not on the disk."""
        ran = case.run(fault=f"commit@{3 + rng.randrange(14)}:{act}")
        assert ran.code in (2, 6), (ran.code, ran.err)
        case.cured()

    named(f"F31-{_act}")(_disk)


@named("F31-quota")
def _(case: Case, rng: Random) -> None:
    """No file may grow beyond a few blocks, as with a quota: SQLite itself meets the limit."""
    ran = case.run(quota=(70 + rng.randrange(60)) * 1024)
    assert ran.code in (0, 2, 6), (ran.code, ran.err)
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


# F32 two at once


@named("F32-two-processes")
def _(case: Case, rng: Random) -> None:
    other = Commands()
    try:
        out = case.folder / "other"
        case.start()
        other.start(["issue", "rows.csv", "--json"], case.folder, out, **case.request())
        mine, theirs = case.world.commands.wait(), other.wait()
    finally:
        other.close()
    assert (mine.code, theirs.code) == (0, 0), (mine.err, theirs.err)
    case.cured()


def _two_hosts(account: str) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        """The other host has the same order, and its own journal."""
        there = case.folder.parent / "host"
        shutil.copytree(case.world.template, there)
        other = Commands()
        try:
            case.start()
            time.sleep(rng.uniform(0, 0.5))
            request = case.request(env={"HASHKIT_ACCOUNT": account})
            other.start(["issue", "rows.csv", "--json"], there, there / "run", **request)
            mine, theirs = case.world.commands.wait(), other.wait()
            for ran in (mine, theirs):
                assert ran.code in (0, 3, 4, 6, 10), (ran.code, ran.err)
            other.start(["issue", "rows.csv", "--json"], there, there / "again", **request)
            assert other.wait().code == 0
        finally:
            other.close()
        case.cured(foreign=None)

    return play


named("F32-two-hosts-one-key")(_two_hosts("issuer"))
named("F32-two-hosts-two-keys")(_two_hosts("dev9"))

# F33 the same file, and others


@named("F33-same-and-reordered")
def _(case: Case, rng: Random) -> None:
    passes(case)
    lines = rows_file().splitlines()
    body = lines[1:]
    rng.shuffle(body)
    (case.folder / "rows.csv").write_text("\n".join([lines[0], *body]) + "\n", "utf-8")
    case.cured()


@named("F33-edited")
def _(case: Case, rng: Random) -> None:
    assert case.run(fault=f"between-chunks@{2 + rng.randrange(2)}:kill").code == -9
    whole, number = rows_file(), rng.randrange(1, ROWS)
    lines = whole.splitlines()
    cells = lines[number].split(",")
    lines[number] = f"{cells[0]},{cells[1]},7"
    (case.folder / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    error = fails(case, 2, "ROW_CHANGED")
    assert cells[0] in str(error)
    (case.folder / "rows.csv").write_text(whole, "utf-8")
    case.cured()


# F34 the contract says no in the middle


def _stopped(on: Callable[[Case, bool], None], point: str) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(
            point, f.first(lambda e: on(case, True)), skip=(1 if point == SEND else 3) + rng.randrange(2)
        )
        ran = case.run()
        assert ran.code in (3, 6, 10), (ran.code, ran.err)
        assert ran.error["message"] and ran.error["hint"], ran.error
        on(case, False)
        case.cured(foreign=int(on is _halt))

    return play


def _halt(case: Case, on: bool) -> None:
    # Going on after a halt is the owner's word.
    case.act(AssetToken(case.world.token).halt(on, b"\x01" * 32), by=OTHER if on else ISSUER)


for _where, _point in (("rehearsal", "eth_estimateGas"), ("block", SEND)):
    named(f"F34-halted-{_where}")(_stopped(_halt, _point))
    named(f"F34-kyc-{_where}")(_stopped(lambda case, on: case.standing(not on), _point))


@named("F34-role-revoked")
def _(case: Case, rng: Random) -> None:
    """The issuing key loses its power in the middle, by the owner's hand; it gets it back and goes on."""
    case.account = "dev9"
    case.proxy.script(
        "eth_estimateGas", f.first(lambda e: case.powers(OTHER, False)), skip=3 + rng.randrange(3)
    )
    ran = case.run()
    assert ran.code in (3, 4, 6, 10), (ran.code, ran.err)
    case.powers(OTHER, True)
    case.cured()


# F35 lies


@named("F35-forged-success")
def _(case: Case, rng: Random) -> None:
    """The node swallows a transaction and shows a receipt for it: the contract does not, so nothing is done."""

    def forged(exchange: Any) -> Any:
        made = {"transactionHash": exchange.params[0], "blockNumber": "0x1", "blockHash": "0x" + "ab" * 32}
        return exchange.answer({**made, "status": "0x1", "gasUsed": "0x5208", "logs": []})

    case.proxy.script(SEND, lambda e: e.answer("0x" + "00" * 32))
    case.proxy.always(RECEIPT, forged)
    fails(case, 10, "NOT_SHOWN")
    case.cured()


@named("F35-wrong-block-hash")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(RECEIPT, *[f.changed(blockHash="0x" + "ab" * 32)] * 3, skip=rng.randrange(3))
    passes(case)


@named("F35-forged-failure")
def _(case: Case, rng: Random) -> None:
    """Mined and good, and the node says that it reverted: the contract knows better."""
    case.proxy.script(RECEIPT, f.reverted, skip=rng.randrange(3))
    assert case.run().code in (0, 10)
    case.cured()


@named("F35-forged-logs")
def _(case: Case, rng: Random) -> None:
    """Logs in receipts are believed by nobody."""
    log = {"address": case.world.token, "topics": ["0x" + "11" * 32], "data": "0x", "logIndex": "0x0"}
    case.proxy.always(RECEIPT, f.changed(logs=[log]))
    assert case.run().code == 0
    case.cured()


@named("F35-forged-truth")
def _(case: Case, rng: Random) -> None:
    """The node answers rubbish to a question about the contract."""
    case.proxy.script(CALL, f.says("0x"), skip=8 + rng.randrange(12))
    ran = case.run()
    assert ran.code in (0, 3, 5, 6, 10), ran.err
    case.cured()


# F36 no node


@named("F36-all-down")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_estimateGas", *[None] * (3 + rng.randrange(3)))
    case.proxy.script("eth_estimateGas", f.then(lambda e: e.proxy.always("*", f.lost_before)))
    case.wait = 2.0
    ran = case.run()
    assert ran.code in (5, 6, 10), (ran.code, ran.err)
    case.cured()


@named("F36-nobody-listens")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": f"http://127.0.0.1:{free_port()}"})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


@named("F36-no-such-host")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": "http://node.invalid:8545"})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


@named("F36-tls")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": case.proxy.url.replace("http:", "https:")})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


# F37 people stop it


@named("F37-ctrl-c")
def _(case: Case, rng: Random) -> None:
    point = rng.choice([name for name in POINTS if name not in ("replacing", "report", "start", "signer")])
    ran = case.run(fault=f"{point}@{1 + rng.randrange(3)}:interrupt")
    assert ran.code == 130 and "same command again" in ran.err, (point, ran.code, ran.err)
    case.cured()


for _signal in (signal.SIGTERM, signal.SIGHUP):

    def _ended(case: Case, rng: Random, number: signal.Signals = _signal) -> None:
        """Whoever ends it kindly is told how to go on."""
        case.proxy.script(
            RECEIPT, f.first(lambda e: case.world.commands.kill(number)), skip=3 + rng.randrange(3)
        )
        ran = case.run()
        assert ran.code == 130 and "same command again" in ran.err, (ran.code, ran.err)
        case.cured()

    named(f"F37-{_signal.name}")(_ended)


@named("F37-sleep")
def _(case: Case, rng: Random) -> None:
    """The laptop sleeps in mid-send, longer than the node waits."""
    case.proxy.script(SEND, f.then(lambda e: case.world.commands.kill(signal.SIGSTOP)), skip=rng.randrange(4))
    case.start()
    while case.proxy.left:
        time.sleep(0.02)
    time.sleep(0.5)
    case.world.commands.kill(signal.SIGCONT)
    assert case.world.commands.wait().code == 0
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


# F39 other code


def _swap(contract: str) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        address = case.world.contracts[contract]
        code = case.chain.ask("eth_getCode", address, "latest")
        # A byte behind the end never runs: the contract behaves as before, but it is another one.
        other = code + "00"
        swap = f.first(lambda e: case.chain.ask("anvil_setCode", address, other))
        case.proxy.script("eth_estimateGas", swap, skip=3 + rng.randrange(3))
        ran = case.run()
        assert ran.code in (6, 8) and "code" in ran.err, (ran.code, ran.err)
        case.chain.ask("anvil_setCode", address, code)
        case.cured()

    return play


for _contract in ("AssetToken", "IdentityRegistry"):
    named(f"F39-{_contract}")(_swap(_contract))

# F40 the sequencer stands still


@named("F40-late-inclusion")
def _(case: Case, rng: Random) -> None:
    """It halts with a chunk in its queue; another key issues the order; the late chunk comes, and reverts."""
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill").code == -9
    case.proxy.pool.closed, case.wait = True, 1.0
    assert case.run().code == 10
    there = case.folder.parent / "host"
    shutil.copytree(case.world.template, there)
    env = {"HASHKIT_ACCOUNT": "dev9", "HASHKIT_RPC_URL": case.world.url}
    case.world.commands.start(
        ["issue", "rows.csv", "--json"], there, there / "run", **{**case.request(), "env": env}
    )
    assert case.world.commands.wait().code == 0
    late = len(case.proxy.pool.held)
    assert late == 1
    case.proxy.pool.closed, case.wait = False, 60.0
    case.proxy.pool.advance()
    case.cured()
