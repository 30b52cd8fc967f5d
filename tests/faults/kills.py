"""F13: issues of 10,000 rows are killed at random instants and run again, until enough kills are counted.

``python -m tests.faults.kills LOG KILLS [BUG]`` goes on where LOG ends, and anew when what sends has changed. Each run
has a seed of its own. A kill counts when SIGKILL ended the command. After every kill the journal must hold whatever
the account has brought onto the chain or into the pool: it was written before it was sent. After every run each row
must be credited exactly once, the journal must say what the chain says, and the same command must send nothing.
``BUG`` names a fault of ``child.BUGS``: then something of this must fail.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any

from tests.faults.reader import journal_faults
from tests.faults.world import ISSUER, ROOT, WALLETS, Case, World, amount, case, made_world, rows_file

ROWS = 10_000
SENT = 1 + ROWS // 200
"""Transactions of a run: the order and its chunks."""
LATE_KILLS = 3
"""Kills of one run after its last transaction; many runs end before, because a command was quicker than its kill."""
LANES = 2
"""Runs at a time, each on a chain of its own."""
MOST_OF = 0.7
"""Of the time that the command takes by itself: what is left for the next ones gets shorter with each."""
WRITE_PATH = (
    "issuer/write.py", "issuer/settle.py", "chain/sender.py", "chain/stock.py", "chain/rehearsal.py",
    "store/journal.py", "store/journal_tables.py", "store/database.py",
)  # fmt: skip
WANTED = Counter((WALLETS[n % 60].lower(), amount(n)) for n in range(ROWS))


def fingerprint() -> str:
    """Of what signs, writes down, sends and settles: kills of other code prove nothing about this one."""
    digest = hashlib.sha256()
    for name in WRITE_PATH:
        digest.update(name.encode() + b"\0" + (ROOT / "hashkit" / name).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def begin(log: Path) -> dict[str, Any]:
    """What was counted before, if it was of this code."""
    if log.exists():
        found: dict[str, Any] = json.loads(log.read_text(encoding="utf-8"))
        if found["code"] == fingerprint():
            return found
    return {"code": fingerprint(), "rows": ROWS, "runs": []}


def keep(log: Path, found: dict[str, Any]) -> None:
    """Write the log whole, or leave the old one."""
    text = json.dumps({**found, "runs": []}, indent=1).replace('"runs": []', '"runs": [\n%s\n ]')
    lines = ",\n".join("  " + json.dumps(run) for run in found["runs"])
    part = log.with_suffix(".part")
    part.write_text(text % lines + "\n", encoding="utf-8")
    part.replace(log)


def killed(found: dict[str, Any]) -> int:
    """Kills so far."""
    return sum(len(run["kills"]) for run in found["runs"])


def unwritten(one: Case) -> list[str]:
    """What the account has on the chain or in the pool and the journal does not hold."""
    pool = one.chain.ask("txpool_content")["pending"]
    known = {each["hash"] for who, nonces in pool.items() if who.lower() == ISSUER.lower() for each in nonces.values()}
    known |= set(one.chain.sent_by(ISSUER, one.since).values())
    if not one.journal.exists():
        return sorted(known)
    with sqlite3.connect(f"file:{one.journal}?mode=ro", uri=True) as raw:
        return sorted(known - {row[0] for row in raw.execute("SELECT tx_hash FROM attempts")})


def one_run(one: Case, seed: int, seconds: float, left: int, bug: str = "") -> dict[str, Any]:
    """One order, killed at random instants of ``seconds`` until a command ends by itself; what came of it."""
    rng, begun = Random(seed), time.monotonic()
    (one.folder / "rows.csv").write_text(rows_file(ROWS), "utf-8")
    direct = {"HASHKIT_RPC_URL": one.world.url}
    kills: list[list[Any]] = []
    faults: list[str] = []
    while len(kills) < left and [sent for _, sent in kills].count(SENT) < LATE_KILLS:
        one.start(bug=bug, env=direct)
        instant = rng.uniform(0, MOST_OF * seconds)
        time.sleep(instant)
        one.world.commands.kill(signal.SIGKILL)
        ran = one.world.commands.wait()
        if ran.code != -signal.SIGKILL:
            break
        time.sleep(0.05)  # what is under way to the node arrives
        kills.append([round(instant, 3), len(one.chain.sent_by(ISSUER, one.since))])
        faults += [f"sent and not written: {each}" for each in unwritten(one)]
    else:
        ran = one.run(env=direct)
    found = one.chain.credits(one.world.token, one.since)
    faults += [f"exit {ran.code}: {ran.err[-300:]}"] if ran.code else []
    faults += journal_faults(one.journal, one.chain, ISSUER, one.since)
    again = one.run(env=direct) if ran.code or ran.data["outcome"]["sent"] else ran
    if again.code or again.data["outcome"]["sent"]:
        faults.append(f"the same command again: exit {again.code}, {again.out[-300:]}")
    counts = {"lost": sum((WANTED - found).values()), "double": sum((found - WANTED).values())}
    took = round(time.monotonic() - begun, 1)
    return {"seed": seed, "kills": kills, **counts, "faults": faults, "seconds": took}


def measured(world: World, folder: Path) -> float:
    """Seconds that the command takes when nobody kills it."""
    with case(world, folder) as one:
        (one.folder / "rows.csv").write_text(rows_file(ROWS), "utf-8")
        begun = time.monotonic()
        assert one.run(env={"HASHKIT_RPC_URL": world.url}).code == 0
        return time.monotonic() - begun


class Count:
    """The runs so far, shared by the lanes."""

    def __init__(self, log: Path, wanted: int) -> None:
        self.log, self.wanted = log, wanted
        self.found = begin(log)
        self.seed = max((run["seed"] for run in self.found["runs"]), default=0)
        self.lock = Lock()

    def next(self) -> tuple[int, int]:
        """A new seed, and how many kills are still wanted."""
        with self.lock:
            self.seed += 1
            return self.seed, self.wanted - killed(self.found)

    def add(self, run: dict[str, Any]) -> None:
        """A run that ended."""
        with self.lock:
            self.found["runs"] = sorted([*self.found["runs"], run], key=lambda each: int(each["seed"]))
            keep(self.log, self.found)
            counts = f"lost {run['lost']}, double {run['double']}, {len(run['faults'])} faults"
            so_far = f"{killed(self.found)} kills in all"
            sys.stderr.write(f"run {run['seed']}: {len(run['kills'])} kills, {counts}, {run['seconds']} s; {so_far}\n")


def lane(count: Count, bug: str) -> None:
    """Runs on one chain until there are enough; with a bug, until it is noticed."""
    with tempfile.TemporaryDirectory() as scratch, made_world(Path(scratch)) as world:
        seconds = measured(world, Path(scratch) / "measured")
        while True:
            seed, left = count.next()
            if left <= 0 or (bug and not right(count.found["runs"])):
                return
            folder = Path(scratch) / f"run-{seed}"
            with case(world, folder) as one:
                count.add(one_run(one, seed, seconds, left, bug))
            shutil.rmtree(folder)


def right(runs: list[dict[str, Any]]) -> bool:
    """Whether every run ended right."""
    return not any(run["lost"] or run["double"] or run["faults"] for run in runs)


def main(log: Path, wanted: int, bug: str = "") -> int:
    """0 when every run ended right."""
    count = Count(log, wanted)
    with ThreadPoolExecutor(LANES) as lanes:
        for ended in [lanes.submit(lane, count, bug) for _ in range(LANES)]:
            ended.result()
    return 0 if right(count.found["runs"]) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), *sys.argv[3:4]))
