"""The slow proofs: which parts are there, and what did each find? Run by `make prove`, or `tools/run prove halmos`.

A part is a function without arguments that returns its figures: ``passed``, a ``summary`` of one line, the ``tools`` it
used, and tables of text, each with title, head and rows. They go into proofs/results.json, beside the hash of the
contracts they belong to; proofs/README.md says the same to a reader.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from environments import Missing, say
from prove_evidence import evidence
from prove_forge import coverage, fuzz
from prove_kills import kills
from prove_pages import report
from prove_planted import mutation, python_mutation, teeth
from prove_python import python
from prove_report import README, RESULTS, contracts_hash, load, render
from prove_static import slither, storage
from prove_symbolic import halmos

Part = Callable[[], dict[str, Any]]

PARTS: dict[str, Part] = {
    part.__name__.replace("_", "-"): part
    for part in (
        storage, report, slither, coverage, halmos, teeth, fuzz, mutation, evidence, kills, python, python_mutation
    )
}  # fmt: skip


def prove(names: Sequence[str]) -> bool:
    """Run the parts that are named, or all; write what each found as soon as it has ended."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise Missing(f"There is no part {', '.join(unknown)}: name some of {', '.join(PARTS)}, or none for all.")
    passed = True
    for name in names or PARTS:
        say(f"{name}: {(PARTS[name].__doc__ or '').rstrip('.')}")
        start = time.monotonic()
        try:
            found = PARTS[name]()
        except Missing as missing:  # its old figures stay, beside the contracts they belong to
            say(f"{name} FAILED: {missing}")
            passed = False
            continue
        figures = {**found, "seconds": round(time.monotonic() - start), "contracts": contracts_hash()}
        results = load()
        results[name] = figures
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        README.write_text(render(results), encoding="utf-8")
        say(f"{name} {'passed' if figures['passed'] else 'FAILED'} after {figures['seconds']} s: {figures['summary']}")
        passed = passed and figures["passed"]
    return passed
