"""What a sample of small faults says: who noticed how many, and which nobody did. Of contracts and of Python alike."""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mutants import Mutant

Listed = set[tuple[str, str, str]]
"""Mutants by file and texts."""


def figures(
    chosen: Sequence[Mutant], answers: Mapping[str, Any], excused: set[str], groups: Sequence[str], seed: int
) -> dict[str, Any]:
    """The scores by group and kind, and the survivors."""
    by_group: dict[str, Counter[str]] = {name: Counter() for name in groups}
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    survivors = []
    for mutant in chosen:
        outcome = answers[mutant.key]["outcome"]
        if outcome == "survived" and mutant.key in excused:
            outcome = "equivalent"
        by_group[mutant.group][outcome] += 1
        kinds[mutant.operator][outcome] += 1
        if outcome == "survived":
            place = {"file": mutant.file, "line": mutant.line, "operator": mutant.operator}
            survivors.append({**place, "before": mutant.before, "after": mutant.after})
    every = sum(by_group.values(), Counter())
    seconds = sum(answers[mutant.key]["seconds"] for mutant in chosen)
    return {
        "seed": seed,
        "total": _score(every),
        "groups": {name: _score(counted) for name, counted in by_group.items()},
        "kinds": {name: _score(kinds[name]) for name in sorted(kinds)},
        "seconds_per_mutant": round(seconds / max(1, len(chosen)), 1),
        "survivors": sorted(survivors, key=lambda s: (s["file"], s["line"], s["after"])),
    }


def _score(counted: Counter[str]) -> dict[str, Any]:
    """``same_code`` gave the compiler's very bytes, ``equivalent`` is listed with its reason; neither counts."""
    valid = counted["killed"] + counted["survived"]
    return {
        "mutants": counted.total(),
        **{name: counted[name] for name in ("invalid", "same_code", "equivalent", "killed", "survived")},
        "score": round(100 * counted["killed"] / valid, 1) if valid else None,
    }


def listed(path: Path) -> Listed:
    """Survivors that no test can notice, by file and texts, so that they outlive a change of lines."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"]
    return {(entry["file"], entry["before"], entry["after"]) for entry in entries}


def read(log: Path) -> Iterator[dict[str, Any]]:
    """The answers in a log, whole lines only: the last one may be torn."""
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue
