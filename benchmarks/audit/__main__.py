"""Measure, write results.json and README.md: `make bench-audit`, or python -m benchmarks.audit ANVIL.

Exit status 1 when a bound is missed or a digest differs. Every client is a process of its own, run one after the
other, several times; what counts is the least of its CPU seconds, because other work on the machine only adds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.audit import CHAIN_ID, TOKEN, scale
from benchmarks.audit.clients import digest
from benchmarks.audit.history import Moves, block_hash, chunk, moves, write
from benchmarks.audit.report import README, RESULTS, render, summary
from hashkit.store.parquet import ParquetStore
from hashkit.store.stores import MANY_LOGS

LOGS, TRANSFERS, STORED = 1_000_000, 950_000, 10_000_000
_PACKAGES = ("numpy", "pyarrow", "orjson", "web3", "cryo", "trie")
_TIMES = {"hashkit": 2, "floor": 2, "received": 1, "plain": 1, "cryo": 2, "web3": 1, "fold": 2}


def main(anvil: Path) -> int:
    """See above."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _say("making a history of 1,000,000 logs")
        made = moves(TRANSFERS)
        write(made, LOGS, root)
        expected = {"table": digest(made.balances())}
        with _served(root) as url:
            for name in ("received", "floor", "plain", "cryo", "web3"):
                found[name] = _best(name, url, root, fresh=True)
            found["hashkit"] = _best("hashkit", url, root, fresh=True)
            found["rerun"] = _best("hashkit", url, root, fresh=False)
        _say("making a store of 10,000,000 transfers")
        expected |= _stored(root / "stored")
        found["fold"] = _best("fold", "-", root / "stored", fresh=False)
        _say("taking proofs from anvil")
        proofs = root / "proofs.json"
        _run("proofs", str(anvil), str(proofs))
        for name in ("hashkit", "trie"):
            runs = [json.loads(_run("proofs", name, str(proofs))) for _ in range(3)]
            found[f"proofs-{name}"] = min(runs, key=lambda run: run["own"])
    wrong = [
        name
        for name, key, value in (
            ("plain", "digest", "table"), ("hashkit", "digest", "table"), ("rerun", "digest", "table"),
            ("fold", "digest", "last"), ("fold", "middle", "middle"),
        )
        if found[name][key] != expected[value]
    ]  # fmt: skip
    if wrong:
        _say(f"another cap table than by plain addition: {', '.join(wrong)}")
        return 1
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "versions": _versions()}
    results = {"machine": machine, "digests": expected, "runs": found}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    README.write_text(render(results), encoding="utf-8")
    scale.PAGE.write_text(scale.render(results), encoding="utf-8")
    met, line = summary(results)
    _say(line)
    return 0 if met else 1


@contextmanager
def _served(root: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.audit.server", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _best(name: str, url: str, root: Path, *, fresh: bool) -> dict[str, Any]:
    """The cheapest of several runs. ``fresh``: each into an empty folder; else all over what the last one left."""
    runs = []
    folder = root / f"{name}-0" if url != "-" else root
    for n in range(_TIMES[name]):
        if fresh:
            folder = root / f"{name}-{n}"
            folder.mkdir()
        told = _run("clients", name, url, str(folder))
        runs.append(json.loads(told.splitlines()[-1]))
        _say(f"{name:10} {runs[-1]['cpu']:6.2f} s of CPU, {runs[-1]['wall']:6.2f} s, {runs[-1]['rss']:4.0f} MB")
    best: dict[str, Any] = min(runs, key=lambda run: float(run["cpu"]))
    return {**best, "rss": max(run["rss"] for run in runs)}


def _run(module: str, *words: str) -> str:
    command = [sys.executable, "-m", f"benchmarks.audit.{module}", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def _stored(folder: Path) -> dict[str, str]:
    """A store as a scan leaves it, and the digests of its tables by plain addition."""
    of = moves(STORED, seed=3)
    store = ParquetStore(folder, CHAIN_ID, [TOKEN])
    for start in range(0, STORED, MANY_LOGS):
        first, last, logs = chunk(of, start, start + MANY_LOGS)
        parent, end = ("0x" + block_hash(number).hex() for number in (first - 1, last))
        store.add(first, last, logs, parent_hash=parent, end_hash=end)
    covered = store.covered()
    assert covered is not None
    until = ((covered.first + covered.last) // 2 - covered.first + 1) * (STORED // (covered.last - covered.first + 1))
    half = Moves(of.accounts, of.sender[:until], of.receiver[:until], of.value[:until])
    return {"last": digest(of.balances()), "middle": digest(half.balances())}


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the anvil binary, or run make bench-audit.")
    sys.exit(main(Path(sys.argv[1])))
