"""The benchmark's own contracts, compiled with the compiler that the project uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hashkit.contracts.compiler import cache_folder, compile_standard
from hashkit.contracts.sources import imports

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "contracts"
SETTINGS = "solc 0.8.30, 200 runs, prague"


@cache
def creation(contract: str, packages: Path, folder: Path = FOLDER) -> bytes:
    """Creation code of a contract of ``folder``; libraries come from npm packages."""
    for contracts in _compiled(packages, folder)["contracts"].values():
        if contract in contracts:
            return bytes.fromhex(contracts[contract]["evm"]["bytecode"]["object"])
    raise KeyError(contract)


@cache
def _compiled(packages: Path, folder: Path) -> Mapping[str, Any]:
    settings = {
        "evmVersion": "prague",
        "optimizer": {"enabled": True, "runs": 200},
        "metadata": {"bytecodeHash": "none"},
        "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
    }
    request = {"language": "Solidity", "sources": _sources(packages, folder), "settings": settings}
    return compile_standard(request, ROOT, cache=cache_folder(ROOT))


def _sources(packages: Path, folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    waiting = [path.name for path in sorted(folder.glob("*.sol"))]
    while waiting:
        name = waiting.pop()
        if name not in found:
            text = _file(name, packages, folder).read_text(encoding="utf-8")
            found[name] = {"content": text}
            waiting += imports(name, text)
    return dict(sorted(found.items()))


def _file(name: str, packages: Path, folder: Path) -> Path:
    if name.startswith("@openzeppelin/"):
        return ROOT / "node_modules" / name
    if name.startswith("solady/"):
        return packages / name.replace("solady/", "solady/src/", 1)
    return folder / name
