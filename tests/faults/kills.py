"""SIGKILL at random instants of an issue of 10,000 rows, until so many have been counted. Too slow for every run.

``python -m tests.faults.kills KILLS LOG`` is what ``make prove PART=kills`` calls. One line of LOG is one run:
an issue that is killed several times, then runs to its end, and is compared with the chain. The log belongs to one
state of the code: it is gone on with when nothing in hashkit/ has changed since, and begun anew otherwise.

At each kill the journal must hold whatever the account has brought to the node: it is written before it is sent. A
third word names a bug of ``child.BUGS`` that is planted in the commands, to see that the runs notice it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.reader import journal_faults
from tests.faults.world import ISSUER, ROOT, WALLETS, Ran, World, amount, made_world, rows_file

ROWS = 10_000
MOST = 12
"""Kills of one run; a run that has had them is let go to its end."""
WORDS = ["issue", "rows.csv", "--json"]


def main(kills: int, log: Path, bug: str = "") -> None:
    """Go on until the log counts so many kills; a wrong end is a line too, and no reason to stop."""
    known = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    code = code_hash()
    runs = known if known and known[0]["code"] == code else []
    if runs != known:
        log.write_text("", "utf-8")
    with tempfile.TemporaryDirectory(prefix="hashkit-kills-") as scratch, made_world(Path(scratch)) as world:
        (world.template / "rows.csv").write_text(rows_file(ROWS), "utf-8")
        whole = _undisturbed(world, Path(scratch) / "whole")
        while (left := kills - sum(len(run["kills"]) for run in runs)) > 0:
            number = len(runs) + 1
            folder = Path(scratch) / f"run-{number}"
            run = {"run": number, "code": code, **_run(world, folder, Random(number), min(left, MOST), whole, bug)}
            runs.append(run)
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(run) + "\n")
            shutil.rmtree(folder)
            sys.stderr.write(f"{kills - left + len(run['kills'])} of {kills} kills\n")


def code_hash() -> str:
    """Of every module of the package."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "hashkit").rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _undisturbed(world: World, folder: Path) -> float:
    """Seconds that the command takes when nobody kills it."""
    _begin(world, folder)
    began = time.monotonic()
    _command(world, folder, 0)
    ran = world.commands.wait()
    assert ran.code == 0, ran.err
    return time.monotonic() - began


def _run(world: World, folder: Path, rng: Random, most: int, whole: float, bug: str) -> dict[str, Any]:
    """One issue, killed up to ``most`` times, then let go to its end, and what came of it.

    Each kill comes within three quarters of the time that the whole issue takes: most runs are killed several times,
    and every command may come further than the one before.
    """
    since = _begin(world, folder)
    kills: list[dict[str, Any]] = []
    ran = None
    while len(kills) < most and ran is None:
        delay = rng.uniform(0.0, whole * 3 / 4)
        ran = _killed(world, folder, len(kills) + 1, delay, bug)
        if ran is None:
            kills.append({"after": round(delay, 3), **_instant(world, folder, since)})
    if ran is None:
        _command(world, folder, len(kills) + 1)
        ran = world.commands.wait()
    return {"kills": kills, "exit": ran.code, **_truth(world, folder, since), "again": _again(world, folder)}


def _begin(world: World, folder: Path) -> int:
    """The chain and the project as they were before; the block after which all that comes is ours."""
    world.rewind()
    shutil.copytree(world.template, folder)
    return int(world.chain.ask("eth_blockNumber"), 16)


def _command(world: World, folder: Path, number: int, bug: str = "") -> None:
    env = {"HASHKIT_ACCOUNT": "issuer", "HASHKIT_RPC_URL": world.url}
    world.commands.start(WORDS, folder, folder / f"out-{number}", env=env, bug=bug)


def _killed(world: World, folder: Path, number: int, delay: float, bug: str) -> Ran | None:
    """None when SIGKILL ended the command; what it said when it had ended by itself before."""
    _command(world, folder, number, bug)
    time.sleep(delay)
    world.commands.kill(signal.SIGKILL)
    ran = world.commands.wait()
    return None if ran.code == -signal.SIGKILL else ran


def _journal(folder: Path) -> Path:
    return folder / f".hashkit/journal/31337-{ISSUER.lower()}.db"


def _instant(world: World, folder: Path, since: int) -> dict[str, Any]:
    """Where the command was: the last entry in its journal, how many there were, and what it sent without one."""
    time.sleep(0.05)  # what was on its way arrives
    sent = _at_the_node(world, since)
    if not _journal(folder).exists():
        return {"last": "no journal", "entries": 0, "unwritten": len(sent)}
    copy = folder / "copy.db"  # a copy, since to read it in place would clean up what the kill left behind
    for tail in ("", "-wal"):
        if (source := _journal(folder).with_name(_journal(folder).name + tail)).exists():
            shutil.copy(source, f"{copy}{tail}")
    raw = sqlite3.connect(copy)
    try:
        sent -= {row[0] for row in raw.execute("SELECT tx_hash FROM attempts")}
        found = raw.execute("SELECT n, kind FROM entries ORDER BY n DESC LIMIT 1").fetchone()
    except sqlite3.OperationalError:  # not even its tables
        found = None
    finally:
        raw.close()
        for left in folder.glob("copy.db*"):
            left.unlink()
    entry = (found[1], found[0]) if found else ("no entry", 0)
    return {"last": entry[0], "entries": entry[1], "unwritten": len(sent)}


def _at_the_node(world: World, since: int) -> set[str]:
    """Hashes of what the account has in blocks and in the pool."""
    pool = {who.lower(): sent for who, sent in world.chain.ask("txpool_content")["pending"].items()}
    waiting = {each["hash"] for each in pool.get(ISSUER.lower(), {}).values()}
    return waiting | set(world.chain.sent_by(ISSUER, since).values())


def _truth(world: World, folder: Path, since: int) -> dict[str, Any]:
    """Rows lost and rows credited twice or to nobody of the file, and where journal and chain differ."""
    wanted = Counter((WALLETS[n % 60].lower(), amount(n)) for n in range(ROWS))
    found = world.chain.credits(world.token, since)
    supply = sum(amount(n) for n in range(ROWS))
    faults = journal_faults(_journal(folder), world.chain, ISSUER, since)
    return {
        "credited": found.total(),
        "lost": (wanted - found).total(),
        "double": (found - wanted).total(),
        "supply": world.chain.supply(world.token) == supply,
        "journal": faults,
    }


def _again(world: World, folder: Path) -> int:
    """Transactions that the finished command sends when it runs once more; -1 when it fails."""
    _command(world, folder, MOST + 2)
    ran = world.commands.wait()
    return int(ran.data["outcome"]["sent"]) if ran.code == 0 else -1


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]).resolve(), *sys.argv[3:4])
