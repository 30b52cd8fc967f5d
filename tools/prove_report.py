"""What do the slow proofs say? proofs/README.md, written from proofs/results.json and from nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS, README = ROOT / "proofs" / "results.json", ROOT / "proofs" / "README.md"
ORDER = (
    *("fuzz", "halmos", "slither", "coverage", "storage", "teeth", "mutation", "python", "python-mutation", "evidence"),
    *("kills", "report"),
)


def contracts_hash() -> str:
    """Of every contract as it stands: figures belong to one state of them."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "contracts").rglob("*.sol")):
        if ".cache" in path.parts:  # ape keeps what contracts import there
            continue
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def load() -> dict[str, Any]:
    """The committed figures; empty before the first run."""
    loaded: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return loaded


def render(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The README."""
    names = sorted(results, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    rows = [_line(name, results[name]) for name in names]
    parts = [_TOP, _table(["part", "passed", "found", "with", "contracts", "seconds"], rows)]
    for name in names:
        for table in results[name].get("tables", ()):
            parts += [f"## {table['title']}\n", _table(table["head"], table["rows"])]
    return "\n".join(parts)


def _line(name: str, part: Mapping[str, Any]) -> list[str]:
    passed = "yes" if part["passed"] else "**no**"
    return [name, passed, part["summary"], ", ".join(part["tools"]), part["contracts"], f"{part['seconds']:,}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


_TOP = """\
# Proofs

What the proofs found that are too slow for every run. Written by `make prove`; do not edit. A test holds this page to
`results.json`. `make prove PART=halmos` runs one part. "Contracts" is the hash of the sources that a part was run on.

A symbolic property holds for every input within its bound, on the real bytecode, with keccak256 taken to have no
collisions. None of this replaces an audit: these contracts are unaudited.

Small faults are drawn by a seed from the sources of token, registry and rule book: each file gives its share, and
within a file the kinds of fault that `tools/mutants.py` describes take turns. A fault is noticed when a forge test
fails on it. What is no program, compiles to the same code, or makes no difference, with its reason in
`tools/mutation-equivalent.toml`, does not count.

In Python the heart of the write path is held to more than the rest: journal, sender, amounts and CSV, the files that
`tools/python_mutants.py` names. Of these every line and branch is reached or stands with its reason in
`uncovered-python.toml`; forks and children of the tests are measured too, but not what SIGKILL ends. Small faults are
drawn in the same way, and the tests that stand beside the heart and run the changed line are asked, where no end counts
as noticed; those that make no difference stand in `tools/python-mutation-equivalent.toml`.
"""
