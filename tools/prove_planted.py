"""Would the tests notice? The bugs that were planted for each invariant, and a sample of small faults of every kind."""

from __future__ import annotations

import os
from typing import Any

import mutation as faults
import python_mutation as python_faults
import teeth as bugs
from prove_forge import version
from prove_python import covering

SAMPLE = int(os.environ.get("HASHKIT_MUTANTS", "300"))
SEED = 1
NOTICED_AT_LEAST = 95.0  # per cent of the faults that are programs and change one
PYTHON_SAMPLE = int(os.environ.get("HASHKIT_PYTHON_MUTANTS", "300"))
PYTHON_NOTICED_AT_LEAST = 90.0


def teeth() -> dict[str, Any]:
    """One planted bug after another, at least one for each invariant: does its named test fail?"""
    found = bugs.run()
    missed = [bug for bug, killer in found if not killer]
    rows = [[f"I-{bug.number}", bug.why, bug.file, f"`{killer}`" if killer else "**no test**"] for bug, killer in found]
    return {
        "passed": not missed,
        "summary": f"{len(found)} bugs planted, {len(found) - len(missed)} caught by the test that is named for them",
        "tables": [{"title": "Planted bugs", "head": ["invariant", "bug", "file", "caught by"], "rows": rows}],
        "tools": [version()],
    }


def mutation() -> dict[str, Any]:
    """Small faults in token, registry and rule book: how many does the forge suite notice?"""
    return {**weighed(faults.run(SAMPLE, SEED)), "tools": [version(), f"seed {SEED}"]}


def python_mutation() -> dict[str, Any]:
    """Small faults in journal, sender, amounts and CSV: how many do the tests beside them notice?"""
    told = weighed(python_faults.run(PYTHON_SAMPLE, SEED), PYTHON_NOTICED_AT_LEAST, " in Python")
    return {**told, "tools": [covering().version("pytest"), f"seed {SEED}"]}


def weighed(told: dict[str, Any], at_least: float = NOTICED_AT_LEAST, where: str = "") -> dict[str, Any]:
    """The figures of a sample, with ``where`` in the titles of its tables."""
    total = told["total"]
    valid = total["killed"] + total["survived"]
    summary = f"{total['killed']} of {valid} faults noticed ({total['score']} %, at least {at_least:.0f} %)"
    tables = [
        _scores(f"Small faults{where}", "group", {**told["groups"], "all": total}),
        _scores(f"Small faults{where} by kind", "kind", told["kinds"]),
    ]
    if told["survivors"]:
        lines = [[s["file"], str(s["line"]), f"`{s['before']}`", f"`{s['after']}`"] for s in told["survivors"]]
        head = ["file", "line", "before", "after"]
        tables.append({"title": f"Faults{where} that survive", "head": head, "rows": lines})
    passed = bool(valid) and total["score"] >= at_least
    return {"passed": passed, "summary": summary, "tables": tables}


def _scores(title: str, first: str, scores: dict[str, dict[str, Any]]) -> dict[str, Any]:
    columns = ("mutants", "invalid", "same_code", "equivalent", "killed", "survived")
    rows = [
        [name, *(str(one[column]) for column in columns), "–" if one["score"] is None else f"{one['score']} %"]
        for name, one in scores.items()
    ]
    head = [first, "drawn", "no program", "same code", "equivalent", "noticed", "survived", "score"]
    return {"title": title, "head": head, "rows": rows}
