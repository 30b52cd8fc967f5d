"""The two proofs that run nothing: slither's detectors, and sizes and storage layouts against the committed ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from environments import ROOT, Missing, analysers, native_tool, node_tools
from prove_forge import settings

ARTIFACTS = ROOT / "hashkit" / "contracts" / "build"
LAYOUT = ROOT / "proofs" / "layout.json"
REASONS = ROOT / "proofs" / "slither.toml"
CODE_LIMIT, ROOM = 24_576, 1_024  # bytes: EIP-170, and what must be left of it
BAD = ("High", "Medium")


def slither() -> dict[str, Any]:
    """No finding of high or medium impact but those that proofs/slither.toml names with a reason."""
    made = analysers()
    with tempfile.TemporaryDirectory(prefix="slither-") as folder:  # slither cleans the project it works on
        copy = Path(folder)
        shutil.copytree(ROOT / "contracts", copy / "contracts", ignore=shutil.ignore_patterns(".cache"))
        shutil.copy(ROOT / "foundry.toml", copy)
        shutil.copytree(node_tools() / "@openzeppelin", copy / "node_modules" / "@openzeppelin")
        path = os.pathsep.join([str(native_tool("forge").parent), os.environ["PATH"]])
        command = [made.scripts / "slither", ".", "--foundry-out-directory", ".forge/out"]
        command += ["--filter-paths", "node_modules", "--json", "told.json"]
        done = subprocess.run(command, cwd=copy, env=settings(PATH=path), capture_output=True, text=True, check=False)
        if not (copy / "told.json").exists():
            raise Missing(f"slither told nothing:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        told = json.loads((copy / "told.json").read_text(encoding="utf-8"))
    if not told["success"]:
        raise Missing(f"slither failed: {told['error']}")
    entries = tomllib.loads(REASONS.read_text(encoding="utf-8"))["accepted"]
    return {**weighed(told["results"].get("detectors", []), entries), "tools": [made.version("slither-analyzer")]}


def weighed(findings: list[dict[str, Any]], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of slither's report. An accepted place that has no finding any more is a failure too."""
    reasons = {(entry["check"], place): entry["why"] for entry in entries for place in entry["places"]}
    open_, used, rows = [], set(), []
    for finding in findings:
        place = finding["check"], where(finding)
        if finding["impact"] not in BAD:
            continue
        if place in reasons:
            used.add(place)
        else:
            open_.append([finding["impact"], *place])
    stale = sorted(reasons.keys() - used)
    for entry in entries:
        rows.append([entry["check"], ", ".join(f"`{place}`" for place in entry["places"]), entry["why"]])
    low = Counter((one["impact"], one["check"]) for one in findings if one["impact"] not in BAD)
    summary = (
        f"{len(open_)} open of high or medium impact, {len(used)} places accepted with a reason, "
        f"{sum(low.values())} of lower impact"
    )
    tables = []
    if open_ or stale:
        lines = open_ + [["gone", *place] for place in stale]
        tables.append({"title": "Open findings of slither", "head": ["impact", "check", "place"], "rows": lines})
    tables.append({"title": "Accepted findings of slither", "head": ["check", "places", "why"], "rows": rows})
    counted = [[impact, check, str(number)] for (impact, check), number in sorted(low.items())]
    tables.append({"title": "Lower findings of slither", "head": ["impact", "check", "places"], "rows": counted})
    return {"passed": not open_ and not stale, "summary": summary, "tables": tables}


def where(finding: dict[str, Any]) -> str:
    """``Contract.function`` or ``Contract.variable``: outlives a change of lines."""
    first = finding["elements"][0]
    parent = first["type_specific_fields"]["parent"]
    name: str = first["name"]
    while parent and parent["type"] in ("contract", "function"):
        name = f"{parent['name']}.{name}"
        parent = parent.get("type_specific_fields", {}).get("parent")
    return name


def storage() -> dict[str, Any]:
    """Sizes with room to spare, and storage layouts that only ever grow at the end; writes proofs/layout.json."""
    before = json.loads(LAYOUT.read_text(encoding="utf-8")) if LAYOUT.exists() else {}
    now = layouts()
    moved = moves(before, now)
    if not moved:
        LAYOUT.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    large = [name for name, one in now.items() if one["runtime_bytes"] > CODE_LIMIT - ROOM]
    left = min(CODE_LIMIT - one["runtime_bytes"] for one in now.values())
    summary = f"{len(now)} contracts, at least {left:,} bytes of {CODE_LIMIT:,} left; {len(moved)} variables moved"
    rows = [
        [name, f"{one['runtime_bytes']:,}", f"{CODE_LIMIT - one['runtime_bytes']:,}", str(len(one["storage"]))]
        for name, one in now.items()
    ]
    tables = [{"title": "Sizes", "head": ["contract", "runtime bytes", "left", "storage variables"], "rows": rows}]
    if moved:
        tables.append({"title": "Moved in storage", "head": ["variable"], "rows": [[name] for name in moved]})
    return {"passed": not large and not moved, "summary": summary, "tables": tables, "tools": ["solc 0.8.30"]}


def layouts() -> dict[str, dict[str, Any]]:
    """Contract -> its runtime size and its variables with their slots, structs laid open; from the artifacts."""
    found = {}
    for path in sorted(ARTIFACTS.glob("*.json")):
        artifact = json.loads(path.read_text(encoding="utf-8"))
        if "storageLayout" not in artifact:
            continue
        layout = artifact["storageLayout"]
        variables = [_place(one, layout["types"] or {}) for one in layout["storage"]]
        found[artifact["contract"]] = {"runtime_bytes": len(artifact["runtime"]) // 2, "storage": variables}
    return found


def _place(variable: dict[str, Any], types: dict[str, Any]) -> str:
    return f"{variable['slot']}+{variable['offset']} {variable['label']} {_spell(variable['type'], types)}"


def _spell(name: str, types: dict[str, Any]) -> str:
    """A type without the compiler's own numbers, with the members of structs."""
    kind = types[name]
    if "members" in kind:
        return f"{kind['label']} {{{'; '.join(_place(member, types) for member in kind['members'])}}}"
    if "key" in kind:
        return f"mapping({types[kind['key']]['label']} => {_spell(kind['value'], types)})"
    if "base" in kind:
        return f"{kind['label']} of {_spell(kind['base'], types)}"
    return str(kind["label"])


def moves(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Variables that are not where they were. New ones at the end are none."""
    found = []
    for name, old in before.items():
        new = now[name]["storage"] if name in now else []
        found += [f"{name}: {was}" for i, was in enumerate(old["storage"]) if i >= len(new) or new[i] != was]
    return found
