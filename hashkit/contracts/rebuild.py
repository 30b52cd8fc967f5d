"""Do the committed artifacts equal what the sources make? Floor 1.

``compile_project`` makes all files of ``hashkit/contracts/build`` in memory, ``write`` puts them there,
``check`` compiles the *committed* standard-JSON input anew and compares byte for byte. The files are the
same on every machine: sorted keys, fixed indent, no time, no path.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from hashkit.contracts import sources
from hashkit.contracts.artifacts import INDEX, INTERFACES, STANDARD_INPUT
from hashkit.contracts.compiler import SOLC_BUILD, compile_standard
from hashkit.contracts.solc import Compiler
from hashkit.errors import InputError

SCHEMA = "hashkit/artifacts/1"
CODE_LIMIT = 24_576
"""Bytes of runtime code that a chain accepts (EIP-170)."""


@dataclass(frozen=True, slots=True)
class Build:
    """All artifact files, by path inside the build folder, and what there is to say about them."""

    files: Mapping[str, bytes]
    runtime_sizes: Mapping[str, int]
    """Contract name -> bytes of deployed code."""
    warnings: tuple[str, ...]

    @property
    def oversized(self) -> tuple[str, ...]:
        """Contracts that no chain accepts."""
        return tuple(name for name, size in self.runtime_sizes.items() if size > CODE_LIMIT)


def build_folder(root: Path) -> Path:
    """Where a checkout keeps its artifacts."""
    return root / "hashkit" / "contracts" / "build"


def compile_project(root: Path, *, compiler: Compiler | None = None, cache: Path | None = None) -> Build:
    """Compile the contracts of a checkout. Raises InputError with all findings of the compiler."""
    request = sources.standard_input(root)
    library = sources.library_version(root)
    return _build(request, library, compile_standard(request, root, compiler=compiler, cache=cache))


def write(root: Path, build: Build) -> list[str]:
    """Bring the build folder to ``build``; returns what changed, sorted. Each file is replaced whole."""
    folder = build_folder(root)
    have = _files(folder)
    every = have.keys() | build.files.keys()
    changed = sorted(name for name in every if have.get(name) != build.files.get(name))
    for name in changed:
        path = folder / name
        if name not in build.files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(build.files[name])
        draft.replace(path)
    return changed


def check(root: Path, *, compiler: Compiler | None = None) -> list[str]:
    """Every difference between sources, committed input and committed artifacts; empty when they agree.

    Nothing is taken from a cache. The committed input is fed to the compiler, because that is what an
    explorer or a stranger will do with it.
    """
    committed = _files(build_folder(root))
    if STANDARD_INPUT not in committed or INDEX not in committed:
        return ["hashkit/contracts/build: no artifacts are committed"]
    request = json.loads(committed[STANDARD_INPUT])
    differences = _compare_requests(request, sources.standard_input(root))
    library = sources.library_version(root)
    rebuilt = _build(request, library, compile_standard(request, root, compiler=compiler)).files
    for name in sorted(committed.keys() | rebuilt.keys()):
        if name not in committed:
            differences.append(f"hashkit/contracts/build/{name} is missing")
        elif name not in rebuilt:
            differences.append(f"hashkit/contracts/build/{name} is left over")
        elif committed[name] != rebuilt[name]:
            differences.append(f"hashkit/contracts/build/{name} is not what the compiler makes")
    return differences


def _compare_requests(committed: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    found = []
    before, now = committed["sources"], fresh["sources"]
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            found.append(f"{name} is no longer part of the contracts")
        elif name not in before:
            found.append(f"{name} is new since the artifacts were written")
        elif before[name] != now[name]:
            found.append(f"{name} changed since the artifacts were written")
    if committed["settings"] != fresh["settings"]:
        found.append("compiler settings or wanted outputs changed since the artifacts were written")
    return found


def _build(request: Mapping[str, Any], library: str, answer: Mapping[str, Any]) -> Build:
    hashes = {name: _sha256(source["content"].encode()) for name, source in request["sources"].items()}
    files: dict[str, bytes] = {STANDARD_INPUT: _render(request)}
    contracts: dict[str, dict[str, Any]] = {}
    interfaces: dict[str, str] = {}
    for source, made in sorted(answer["contracts"].items()):
        for name, output in sorted(made.items()):
            if sources.is_interface(source):
                if name in interfaces:
                    raise InputError(f"Two interfaces are named {name}: {interfaces[name]} and {source}.")
                interfaces[name] = source
                files[f"{INTERFACES}/{name}.json"] = _render({"source": source, "abi": output["abi"]})
            elif output["evm"]["bytecode"]["object"]:
                artifact = _artifact(name, source, output, hashes)
                files[f"{name}.json"] = _render(artifact)
                contracts[name] = {
                    "source": source,
                    "creationBytes": len(artifact["creation"]) // 2,
                    "runtimeBytes": len(artifact["runtime"]) // 2,
                }
    settings = {key: value for key, value in request["settings"].items() if key != "outputSelection"}
    files[INDEX] = _render(
        {
            "schema": SCHEMA,
            "compiler": SOLC_BUILD,
            "settings": settings,
            "openzeppelin": library,
            "contracts": contracts,
            "interfaces": interfaces,
            "sources": {name: digest for name, digest in hashes.items() if name.startswith("contracts/")},
            "files": {name: _sha256(content) for name, content in files.items()},
        }
    )
    warnings = [e["formattedMessage"].strip() for e in answer.get("errors", ()) if e["severity"] == "warning"]
    return Build(files, {name: entry["runtimeBytes"] for name, entry in contracts.items()}, tuple(warnings))


def _artifact(name: str, source: str, output: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, Any]:
    code = output["evm"]
    if code["bytecode"]["linkReferences"]:
        raise InputError(
            f"{name} calls a library that must be deployed apart.",
            why="hashkit deploys contracts that stand alone.",
            next_step="Make the library's functions internal.",
            code="SOLIDITY",
        )
    return {
        "contract": name,
        "source": source,
        "abi": output["abi"],
        "creation": code["bytecode"]["object"],
        "runtime": code["deployedBytecode"]["object"],
        "immutableReferences": code["deployedBytecode"]["immutableReferences"],
        "storageLayout": output["storageLayout"],
        "sources": {part: hashes[part] for part in json.loads(output["metadata"])["sources"]},
    }


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*.json") if path.is_file() and not path.name.startswith("."))
    return {PurePosixPath(path.relative_to(folder)).as_posix(): path.read_bytes() for path in paths}


def _render(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
