"""Measure, write results.json and README.md: `make bench-issue`, or python -m benchmarks.issue.

Exit status 1 when a bound is missed or a register differs. The passes take turns, each in a process and on a chain
of its own; of each kind the quickest counts, because other work on the machine only adds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.issue import ROWS
from benchmarks.issue.passes import CALLS
from benchmarks.issue.report import README, RESULTS, render, summary
from benchmarks.issue.world import FILE, copied, make, write_rows

TIMES = 5
KINDS = ("bare", "hashkit", "waiting")
SIZES = (ROWS, 10 * ROWS, 100 * ROWS)
_PACKAGES = ("eth-account", "web3", "eth-abi")


def main() -> int:
    """See above."""
    with tempfile.TemporaryDirectory(prefix="hashkit-bench-") as scratch:
        template, work = Path(scratch) / "template", Path(scratch) / "pass"
        template.mkdir()
        _say(f"deploying and admitting {ROWS:,} investors")
        make(template)
        with copied(template, work) as url:
            _pass("calls", url, work)
            (template / CALLS).write_bytes((work / CALLS).read_bytes())
        passes: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for _ in range(TIMES):
            for kind in KINDS:
                with copied(template, work) as url:
                    passes[kind].append(_pass(kind, url, work))
                _say(f"{kind:8} {passes[kind][-1]['whole']:6.2f} s")
        memory = {}
        for rows in SIZES:
            with copied(template, work) as url:
                write_rows(work / FILE, rows)
                memory[str(rows)] = _pass("memory", url, work)
            _say(f"memory of {rows:9,} rows: {memory[str(rows)]['send']:,.0f} MB")
    versions = {name: version(name) for name in _PACKAGES}
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "versions": versions}
    results = {"machine": machine, "passes": passes, "memory": memory}
    if len({run["supply"] for runs in passes.values() for run in runs}) != 1:
        _say("the passes did not issue the same")
        return 1
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    README.write_text(render(results), encoding="utf-8")
    met, line = summary(results)
    _say(line)
    return 0 if met else 1


def _pass(name: str, url: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.issue.passes", name, url, str(folder)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
