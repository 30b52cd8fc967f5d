"""Does an issue survive SIGKILL at any instant? Real commands on anvil, killed until 500 kills are counted."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from environments import ROOT, Missing, environment, native_tool
from prove_forge import version

PINS = "tools/constraints-test.txt"
LOG = ROOT / "proofs" / "kills.json"
KILLS = 500


def kills() -> dict[str, Any]:
    """500 kills of issues of 10,000 rows: is a row ever lost or credited twice? Goes on with proofs/kills.json."""
    python = environment("test", "test", PINS).python
    settings = {**os.environ, "HASHKIT_ANVIL": str(native_tool("anvil")), "PYTHONPATH": str(ROOT)}
    command = [python, "-m", "tests.faults.kills", LOG, str(KILLS)]
    subprocess.run(command, cwd=ROOT, env=settings, check=False)
    if not LOG.exists():
        raise Missing("nothing could be killed")
    return {**weighed(json.loads(LOG.read_text(encoding="utf-8")), KILLS), "tools": [version()]}


def weighed(log: Mapping[str, Any], wanted: int) -> dict[str, Any]:
    """The figures of a log. Every run must have ended right, and there must be enough kills."""
    runs, last = log["runs"], 1 + -(-log["rows"] // 200)
    sent = [sent for run in runs for _, sent in run["kills"]]
    lost, double = (sum(run[what] for run in runs) for what in ("lost", "double"))
    wrong = [run for run in runs if run["lost"] or run["double"] or run["faults"]]
    phases = [
        ("before its first transaction", sum(each == 0 for each in sent)),
        ("between its first and its last transaction", sum(0 < each < last for each in sent)),
        ("after its last transaction", sum(each >= last for each in sent)),
    ]
    tables = [
        {"title": "Kills by instant", "head": ["the order had", "kills"], "rows": [[p, str(n)] for p, n in phases]},
        {"title": "Runs that ended wrong", "head": ["seed", "what"], "rows": [_row(run) for run in wrong]},
    ]
    return {
        "passed": not wrong and len(sent) >= wanted,
        "summary": f"{len(sent):,} kills in {len(runs):,} issues of {log['rows']:,} rows: lost {lost}, "
        f"double {double}, journal equal to chain in {len(runs) - len(wrong):,}",
        "tables": tables if wrong else tables[:1],
    }


def _row(run: Mapping[str, Any]) -> list[str]:
    return [str(run["seed"]), "; ".join([f"lost {run['lost']}", f"double {run['double']}", *run["faults"]])[:300]]
