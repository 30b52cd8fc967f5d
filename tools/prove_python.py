"""Which lines and branches of hashkit/ do the Python tests reach? What is missed of its heart, and why."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from environments import ROOT, Environment, Missing, environment, native_tool, node_tools, say
from python_mutants import HEART, heart

PINS = "tools/constraints-cover.txt"
SETTINGS = ROOT / "tools" / "coverage.ini"
UNCOVERED = ROOT / "proofs" / "uncovered-python.toml"
FOLDER = ROOT / ".build" / "coverage"
BRANCHES_AT_LEAST = 95.0  # per cent of the branches of the whole package

KINDS = {"lines": ("covered_lines", "num_statements"), "branches": ("covered_branches", "num_branches")}
"""What is counted, and by which names in coverage's report."""

Miss = tuple[str, str]
"""File and text of a line that is not reached, or from which not every branch is taken; it outlives a change above."""


def covering() -> Environment:
    """What the tests install, and coverage."""
    return environment("cover", "test", PINS, tools=("coverage",))


def python() -> dict[str, Any]:
    """Lines and branches of hashkit/ that the whole Python suite reaches, forks and children counted."""
    made = covering()
    node_tools(ROOT / "benchmarks" / "gas")  # contracts of the peers, for tests/interop
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    variables = {**os.environ, "HASHKIT_COVERAGE": str(FOLDER), "HASHKIT_ANVIL": str(native_tool("anvil"))}

    def coverage(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [made.python, "-m", "coverage", words[0], "--rcfile", SETTINGS, *words[1:]]
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    say("the whole suite, each process measured: at least twice as long as make pytest")
    ran = coverage("run", "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "tests")
    if ran.returncode:
        raise Missing(f"the tests do not pass while they are measured:\n{ran.stdout[-4000:]}{ran.stderr[-1000:]}")
    report = FOLDER / "report.json"
    for words in (("combine", "-q"), ("json", "-q", "-o", report)):
        if (done := coverage(*words)).returncode:
            raise Missing(f"coverage {words[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return {**weighed(json.loads(report.read_text(encoding="utf-8")), reasons()), "tools": [made.version("coverage")]}


def reasons() -> dict[Miss, str]:
    """What no test can reach, with the reason."""
    entries = tomllib.loads(UNCOVERED.read_text(encoding="utf-8"))["uncovered"]
    return {(entry["file"], entry["line"]): entry["why"] for entry in entries}


def weighed(report: dict[str, Any], reasons: dict[Miss, str]) -> dict[str, Any]:
    """The figures of coverage's report, which names files below the root."""
    files: dict[str, dict[str, Any]] = report["files"]
    core = {name: group for group in HEART for name in heart(group)}
    missed = {place for name in core if name in files for place in _missed(name, files[name])}
    rows = [(*place, reasons[place]) for place in sorted(missed & set(reasons))]
    trouble = [(*place, "**none**") for place in sorted(missed - set(reasons))]
    trouble += [(*place, "**it is reached: take it off the list**") for place in sorted(set(reasons) - missed)]
    trouble += [(name, "", "**not measured**") for name in sorted(set(core) - set(files))]
    done, of = _count(files.values(), "branches")
    summary = (
        f"branches {_share(done, of)} of hashkit/ (at least {BRANCHES_AT_LEAST:.0f} %), "
        f"lines {_share(*_count(files.values(), 'lines'))}; of journal, sender, amounts and CSV {len(missed)} lines "
        f"not reached whole, {len(missed - set(reasons))} without a reason"
    )
    places = {name: [name] for name in core if name in files}
    for name in sorted(files):
        places.setdefault("/".join(name.split("/")[:2]), []).append(name)
    reached = [
        [place, core.get(place, ""), *(_share(*_count([files[name] for name in names], kind)) for kind in KINDS)]
        for place, names in places.items()
    ]
    tables = [{"title": "Reached by Python tests", "head": ["file or folder", "heart", *KINDS], "rows": reached}]
    if rows or trouble:
        why = [[file, f"`{text}`" if text else "", reason] for file, text, reason in trouble + rows]
        head = ["file", "line", "reason"]
        tables.insert(0, {"title": "What no Python test reaches of the heart", "head": head, "rows": why})
    passed = 100 * done >= BRANCHES_AT_LEAST * of and not trouble
    return {"passed": passed, "summary": summary, "tables": tables}


def _missed(name: str, told: dict[str, Any]) -> set[Miss]:
    text = (ROOT / name).read_text(encoding="utf-8").splitlines()
    lines = {*told["missing_lines"], *(abs(start) for start, _ in told["missing_branches"])}
    return {(name, text[line - 1].strip()) for line in lines}


def _count(files: Iterable[dict[str, Any]], kind: str) -> tuple[int, int]:
    covered, every = KINDS[kind]
    told = [one["summary"] for one in files]
    return sum(one[covered] for one in told), sum(one[every] for one in told)


def _share(done: int, of: int) -> str:
    return f"{100 * done / of:.2f} % ({done:,}/{of:,})" if of else "–"
