"""Is every changed byte of a saved audit found? Against the real verifier, over the audit of a token on anvil."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from environments import ROOT, Missing, environment, native_tool
from prove_forge import version

PINS = "tools/constraints-test.txt"
PLAIN, CAREFUL = 4_000, 1_000
"""Changes by the forger who changes a byte, and by the one who makes the manifest anew."""


def evidence() -> dict[str, Any]:
    """One byte of a saved audit is changed, 5,000 times: does `hashkit audit verify` accept any?"""
    python = environment("test", "test", PINS).python
    command = [python, "-m", "tests.audit.forging", str(PLAIN), str(CAREFUL)]
    settings = {**os.environ, "HASHKIT_ANVIL": str(native_tool("anvil")), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Missing(f"the audit could not be changed and verified:\n{ran.stderr[-2000:]}")
    return {**weighed(json.loads(ran.stdout)), "tools": [version()]}


def weighed(told: dict[str, Any]) -> dict[str, Any]:
    """The figures of a sample. None may be accepted."""
    rows, tried, accepted = [], 0, 0
    for forger, manifest in (("plain", "as it was"), ("careful", "made anew")):
        counts, through = told[forger]
        for kind, many in sorted(counts.items()):
            rows.append([kind, manifest, f"{many:,}", str(through.get(kind, 0))])
            tried, accepted = tried + many, accepted + through.get(kind, 0)
    head = ["changed in", "manifest", "changes", "accepted"]
    return {
        "passed": accepted == 0 and tried > 0,
        "summary": f"{tried:,} single-byte changes of a saved audit, {accepted} accepted by `hashkit audit verify`",
        "tables": [{"title": "Changed evidence", "head": head, "rows": rows}],
    }
