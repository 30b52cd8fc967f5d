"""Does an issue that is killed again and again end right? Real processes, a real chain, SIGKILL at random instants."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from environments import ROOT, Missing, environment, native_tool
from prove_forge import version

PINS = "tools/constraints-test.txt"
LOG = ROOT / "proofs" / "kills.jsonl"
"""A line for each run; an interrupted proof goes on from it."""
KILLS = 500


def kills() -> dict[str, Any]:
    """500 times SIGKILL at a random instant of an issue of 10,000 rows: is every row issued exactly once?"""
    python = environment("test", "test", PINS).python
    settings = {**os.environ, "HASHKIT_ANVIL": str(native_tool("anvil")), "PYTHONPATH": str(ROOT)}
    command = [python, "-m", "tests.faults.kills", str(KILLS), str(LOG)]
    if subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode:
        raise Missing("the issues could not be run.")
    return {**weighed(LOG.read_text("utf-8")), "tools": [version()]}


def weighed(log: str) -> dict[str, Any]:
    """The figures of a log: passed when every run ended right and there were enough kills."""
    runs = [json.loads(line) for line in log.splitlines()]
    many = sum(len(run["kills"]) for run in runs)
    lost, double = (sum(run[word] for run in runs) for word in ("lost", "double"))
    wrong = [str(run["run"]) for run in runs if not _right(run)]
    last: dict[str, int] = {}
    for run in runs:
        for kill in run["kills"]:
            last[kill["last"]] = last.get(kill["last"], 0) + 1
    rows = [[name, str(count)] for name, count in sorted(last.items(), key=lambda one: (-one[1], one[0]))]
    ended = f"{len(runs) - len(wrong)} ended right" + (f", not {', '.join(wrong)}" if wrong else "")
    return {
        "passed": many >= KILLS and not wrong,
        "summary": f"{many} kills in {len(runs)} issues of 10,000 rows, {ended}; rows lost {lost}, double {double}",
        "tables": [{"title": "Kills", "head": ["last entry in the journal at the kill", "kills"], "rows": rows}],
    }


def _right(run: dict[str, Any]) -> bool:
    exact = (run["credited"], run["lost"], run["double"], run["supply"]) == (10_000, 0, 0, True)
    written = not any(kill["unwritten"] for kill in run["kills"])
    return exact and written and run["journal"] == [] and (run["exit"], run["again"]) == (0, 0)
