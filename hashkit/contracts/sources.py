"""Which sources make the contracts, and what is the compiler asked? Floor 1.

The request holds every source under a name that means the same on any machine: ``contracts/...`` for
ours, ``@openzeppelin/contracts/...`` for the one library. No remappings, because they would enter the
metadata hash at the end of the bytecode.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hashkit.errors import InputError

OPTIMIZER_RUNS = 200
SETTINGS: dict[str, Any] = {
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": OPTIMIZER_RUNS},
    "viaIR": False,
    "metadata": {"bytecodeHash": "ipfs"},
}
"""What decides the bytes, besides the sources and the compiler."""

OUTPUTS = [
    "abi",
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "metadata",
    "storageLayout",
]

LIBRARY = "@openzeppelin/contracts"

# A string is matched before a comment, so that "https://..." does not start one.
_TOKEN = re.compile(r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|//[^\n]*|/\*.*?\*/', re.S)
_IMPORT = re.compile(r"""(?m)(?:^|[;}])\s*import\s+(?:[^;"']*?\bfrom\s*)?["']([^"']+)["']""")


def standard_input(root: Path) -> dict[str, Any]:
    """The whole request for the contracts of a checkout."""
    own = own_sources(root)
    if not own:
        raise InputError(
            f"There are no contracts in {root / 'contracts'}.",
            next_step="Run this in a checkout of hashkit.",
            code="NO_SOURCES",
        )
    return {
        "language": "Solidity",
        "sources": collect_sources(root, own),
        "settings": {**SETTINGS, "outputSelection": _selection(own)},
    }


def own_sources(root: Path) -> list[str]:
    """Names of the project's own Solidity files, sorted. Hidden folders hold other tools' caches."""
    paths = (path.relative_to(root) for path in (root / "contracts").rglob("*.sol") if path.is_file())
    return sorted(path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))


def is_deployable(name: str) -> bool:
    """Whether a source may hold a contract that is deployed: those directly in ``contracts/`` and its sources."""
    return posixpath.dirname(name) in ("contracts", "contracts/sources")


def is_interface(name: str) -> bool:
    """Whether a source is shipped as ABI only."""
    return name.startswith("contracts/interfaces/")


def collect_sources(root: Path, entries: Iterable[str]) -> dict[str, dict[str, str]]:
    """``entries`` and all they import, as ``{name: {"content": text}}`` sorted by name."""
    found: dict[str, dict[str, str]] = {}
    waiting = [(name, "the project") for name in entries]
    while waiting:
        name, importer = waiting.pop()
        if name in found:
            continue
        text = _read(root, name, importer)
        found[name] = {"content": text}
        waiting += [(imported, name) for imported in imports(name, text)]
    return dict(sorted(found.items()))


def imports(name: str, text: str) -> list[str]:
    """The source names that the source ``name`` imports."""
    bare = _TOKEN.sub(lambda token: token[1] or " ", text)
    folder = posixpath.dirname(name)
    return [
        posixpath.normpath(posixpath.join(folder, target)) if target.startswith(".") else target
        for target in _IMPORT.findall(bare)
    ]


def library_version(root: Path) -> str:
    """The OpenZeppelin version in ``node_modules``; an InputError unless it is the one that is pinned."""
    pinned = json.loads((root / "package.json").read_text(encoding="utf-8"))["devDependencies"][LIBRARY]
    manifest = root / "node_modules" / LIBRARY / "package.json"
    have = "not installed"
    if manifest.exists():
        have = str(json.loads(manifest.read_text(encoding="utf-8"))["version"])
    if have != pinned:
        raise InputError(
            f"{LIBRARY} is {have}; {pinned} is pinned.",
            next_step="Run `npm ci --ignore-scripts`.",
            code="WRONG_LIBRARY",
        )
    return have


def _read(root: Path, name: str, importer: str) -> str:
    base = root / "node_modules" if name.startswith(f"{LIBRARY}/") else root
    path = base / name
    allowed = name.startswith((f"{LIBRARY}/", "contracts/"))
    if not allowed or not path.is_file():
        raise InputError(
            f"{importer} imports {name}, which is not there.",
            why="" if allowed else f"Sources lie in contracts/ or come from {LIBRARY}.",
            next_step="Mend the import, or run `npm ci --ignore-scripts`.",
            code="MISSING_SOURCE",
        )
    return path.read_bytes().decode("utf-8")


def _selection(own: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Output only for what is shipped: the compiler generates no code for the rest."""
    chosen: dict[str, dict[str, list[str]]] = {}
    for name in own:
        if is_interface(name):
            chosen[name] = {"*": ["abi"]}
        elif is_deployable(name):
            chosen[name] = {posixpath.splitext(posixpath.basename(name))[0]: list(OUTPUTS)}
    return chosen
