"""Does every Python write the same report? Each that is found on this machine makes it in an environment of its own."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from environments import ROOT, Missing, environment

PINS = "tools/constraints-test.txt"
NEWEST = 20  # minor versions looked for


def pythons() -> dict[str, str]:
    """Version -> interpreter: one for each minor version from 3.11 on, on PATH or made by pyenv."""
    found: dict[str, str] = {}
    for minor in range(11, NEWEST):
        name = f"python3.{minor}"
        kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/{name}"))
        for candidate in (*map(str, kept), name):
            version = _version(candidate)
            if version.startswith(f"3.{minor}."):
                found[version] = candidate
                break
    return found


def report() -> dict[str, Any]:
    """The files of the report of the made-up bond, byte for byte on every Python that is here."""
    here = pythons()
    if len(here) < 2:
        found = ", ".join(here) or "none"
        raise Missing(f"Python found: {found}. The same bytes on two need two, like 3.11 and 3.12.")
    committed = json.loads((ROOT / "tests" / "audit" / "report.json").read_text(encoding="utf-8"))
    rows, passed = [], True
    for version, python in here.items():
        made = environment(f"report-{version}", "", PINS, python=python)
        done = subprocess.run(
            [made.python, ROOT / "tools" / "report_digests.py", "--print"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(f"Python {version} made no report:\n{done.stderr[-2000:]}")
        found = json.loads(done.stdout)
        differ = sorted(name for name in {*committed, *found} if committed.get(name) != found.get(name))
        passed = passed and not differ
        rows.append([version, str(len(found)), str(len(found) - len(differ)), ", ".join(differ) or "none"])
    head = ["python", "files", "the committed bytes", "others"]
    tables = [{"title": "Reports by Python", "head": head, "rows": rows}]
    same = "the same" if passed else "not the same"
    summary = f"{len(committed)} files of a report, {same} bytes on {len(rows)} Pythons"
    return {"passed": passed, "summary": summary, "tables": tables, "tools": [f"Python {v}" for v in here]}


def _version(python: str) -> str:
    try:
        done = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    found = re.fullmatch(r"Python (\S+)\s*", done.stdout)
    return found[1] if found and done.returncode == 0 else ""
