"""The two proofs that forge gives: deep fuzzing, and which lines and branches the tests reach."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

from environments import ROOT, Missing, native_tool, node_tools, say

WASM_SOLC = ROOT / "hashkit" / "contracts" / "wasm" / "solc"
UNCOVERED = ROOT / "proofs" / "uncovered.toml"
BRANCHES_AT_LEAST = 98.0  # per cent


def settings(**more: str) -> dict[str, str]:
    """What forge needs to compile without a network: the wasm compiler."""
    offline = {"FOUNDRY_SOLC": str(WASM_SOLC), "FOUNDRY_OFFLINE": "true", "FOUNDRY_AUTO_DETECT_SOLC": "false"}
    return {**os.environ, "SOLJSON": str(node_tools() / "solc" / "soljson.js"), **offline, **more}


def version() -> str:
    """Of forge."""
    told = subprocess.run([native_tool("forge"), "--version"], capture_output=True, text=True, check=True).stdout
    return "forge " + told.split("Version:")[-1].split()[0].partition("-")[0].removeprefix("v")


def fuzz() -> dict[str, Any]:
    """Every forge test, fuzzed deeper than in `make test`, from a fresh seed."""
    seed = hex(secrets.randbits(64))
    say(f"seed {seed}; FOUNDRY_FUZZ_RUNS and FOUNDRY_INVARIANT_RUNS change the depth")
    command = [native_tool("forge"), "test", "--json"]
    environment = settings(FOUNDRY_PROFILE="prove", FOUNDRY_FUZZ_SEED=seed)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{") and "test_results" in line]
    if not lines:
        raise Missing(f"forge told nothing:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return {**count(json.loads(lines[-1])), "tools": [version(), f"seed {seed}"]}


def count(suites: dict[str, Any]) -> dict[str, Any]:
    """The figures of forge's report."""
    tests = {f"{suite}.{name}": one for suite, told in suites.items() for name, one in told["test_results"].items()}
    fuzzed = [one["kind"]["Fuzz"] for one in tests.values() if "Fuzz" in one["kind"]]
    held = [one["kind"]["Invariant"] for one in tests.values() if "Invariant" in one["kind"]]
    failed = sorted(name for name, one in tests.items() if one["status"] != "Success")
    runs, calls = sum(one["runs"] for one in fuzzed), sum(one["calls"] for one in held)
    summary = (
        f"{len(tests)} tests, {len(failed)} failed: {len(fuzzed)} fuzzed with {runs:,} inputs, "
        f"{len(held)} invariants over {calls:,} calls"
    )
    rows = [[name, str(tests[name].get("reason") or "")] for name in failed]
    tables = [{"title": "Tests that fail", "head": ["test", "reason"], "rows": rows}] if rows else []
    return {"passed": not failed, "summary": summary, "tables": tables}


def coverage() -> dict[str, Any]:
    """Lines and branches of contracts/ that the forge tests reach; each that they do not, with its reason."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "lcov.info"
        command = [native_tool("forge"), "coverage", "--report", "lcov", "--report-file", report]
        done = subprocess.run(command, cwd=ROOT, env=settings(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"forge coverage failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        reasons = {(entry["file"], entry["line"]): entry["why"] for entry in _reasons()}
        return {**reached(report.read_text(encoding="utf-8"), reasons), "tools": [version()]}


def _reasons() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(UNCOVERED.read_text(encoding="utf-8")).get("uncovered", [])
    return entries


def reached(lcov: str, reasons: dict[tuple[str, str], str]) -> dict[str, Any]:
    """The figures of an lcov report. A line is named by its text, which outlives a change above it."""
    lines: dict[str, list[bool]] = defaultdict(list)
    branches: dict[str, list[bool]] = defaultdict(list)
    missed: dict[tuple[str, str], int] = defaultdict(int)
    file, source = "", [""]
    for line in lcov.splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            file, source = rest, []
            if file.startswith("contracts/"):
                source = (ROOT / file).read_text(encoding="utf-8").splitlines()
        if not source or kind not in ("DA", "BRDA"):
            continue
        number, *_, hits = rest.split(",")
        hit = hits not in ("-", "0")
        (lines if kind == "DA" else branches)[file].append(hit)
        if not hit:
            missed[file, source[int(number) - 1].strip()] += 1
    rows = [[name, _share(lines[name]), _share(branches.get(name, []))] for name in sorted(lines)]
    every = [hit for hits in branches.values() for hit in hits]
    unexplained = [place for place in missed if place not in reasons]
    share = 100 * sum(every) / len(every)
    summary = (
        f"branches {_share(every)} (at least {BRANCHES_AT_LEAST:.0f} %), "
        f"lines {_share([hit for hits in lines.values() for hit in hits])}; {len(unexplained)} missed without a reason"
    )
    why = [[file, f"`{text}`", reasons.get((file, text), "**none**")] for file, text in sorted(missed)]
    tables = [{"title": "What no forge test reaches", "head": ["file", "line", "reason"], "rows": why}] if why else []
    tables.append({"title": "Reached by forge tests", "head": ["file", "lines", "branches"], "rows": rows})
    return {"passed": share >= BRANCHES_AT_LEAST and not unexplained, "summary": summary, "tables": tables}


def _share(hits: list[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.2f} % ({sum(hits)}/{len(hits)})" if hits else "–"
