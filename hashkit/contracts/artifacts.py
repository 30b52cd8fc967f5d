"""What was compiled? The committed artifacts, as they ship in the wheel. Floor 1.

Reading them needs no compiler, no node and no network. ``hashkit compile`` writes them and
``hashkit compile --check`` proves that they equal a rebuild (``hashkit.contracts.rebuild``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from hashkit.errors import InputError

FOLDER = Path(__file__).with_name("build")
INDEX = "index.json"
STANDARD_INPUT = "standard-input.json"
INTERFACES = "interfaces"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One contract as compiled. An interface has empty code."""

    name: str
    source: str
    """Name of its file in the compiler's input, like ``contracts/AssetToken.sol``."""
    abi: tuple[Mapping[str, Any], ...]
    creation: bytes
    """Creation code without constructor arguments."""
    runtime: bytes
    """Deployed code, with zeros where immutables go."""
    immutable_references: Mapping[str, tuple[Mapping[str, int], ...]]
    """Compiler's id of an immutable -> places in ``runtime``, each ``{"start": byte, "length": bytes}``."""
    storage_layout: Mapping[str, Any]
    """solc's own form: ``storage``, a list of variables with slot and offset, and ``types``."""
    source_hashes: Mapping[str, str]
    """Source name -> sha256 hex, for every file this contract is made of."""
    compiler: str
    """Version and commit, like ``0.8.30+commit.73712a01``."""
    settings: Mapping[str, Any]
    """Compiler settings that decide the bytes."""
    openzeppelin: str

    def standard_json(self) -> dict[str, Any]:
        """The compiler's full standard-JSON input, as explorers ask for it. A fresh copy."""
        return standard_json()

    def same_code(self, code: bytes) -> bool:
        """Whether deployed ``code`` is this contract, whatever its immutables were set to."""
        return len(code) == len(self.runtime) and self._masked(code) == self._masked(self.runtime)

    def _masked(self, code: bytes) -> bytes:
        blank = bytearray(code)
        for places in self.immutable_references.values():
            for place in places:
                blank[place["start"] : place["start"] + place["length"]] = bytes(place["length"])
        return bytes(blank)


def names() -> tuple[str, ...]:
    """Names of the contracts that can be deployed, sorted."""
    return tuple(sorted(index()["contracts"]))


def interfaces() -> tuple[str, ...]:
    """Names of the interfaces that ship as ABI, sorted."""
    return tuple(sorted(index()["interfaces"]))


@cache
def load(name: str) -> Artifact:
    """The artifact of a contract or interface. InputError ``NO_ARTIFACT`` for an unknown name."""
    listing = index()
    if name not in listing["contracts"] and name not in listing["interfaces"]:
        raise InputError(
            f"There is no contract named {name[:60]}.",
            why=f"hashkit ships {', '.join(names())}.",
            code="NO_ARTIFACT",
        )
    is_contract = name in listing["contracts"]
    data = _read(f"{name}.json" if is_contract else f"{INTERFACES}/{name}.json")
    return Artifact(
        name=name,
        source=data["source"],
        abi=tuple(data["abi"]),
        creation=bytes.fromhex(data.get("creation", "")),
        runtime=bytes.fromhex(data.get("runtime", "")),
        immutable_references={key: tuple(at) for key, at in data.get("immutableReferences", {}).items()},
        storage_layout=data.get("storageLayout", {}),
        source_hashes=data.get("sources", {}),
        compiler=listing["compiler"],
        settings=listing["settings"],
        openzeppelin=listing["openzeppelin"],
    )


def standard_json() -> dict[str, Any]:
    """The standard-JSON input from which all artifacts were made. A fresh copy."""
    return _read(STANDARD_INPUT)


@cache
def index() -> Mapping[str, Any]:
    """The list of all that is shipped: compiler, settings, OpenZeppelin version, source hashes, sizes."""
    return _read(INDEX)


def _read(file: str) -> dict[str, Any]:
    try:
        return cast(dict[str, Any], json.loads((FOLDER / file).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InputError(
            f"The artifact {file} is missing or damaged.",
            why="It belongs to the package and is written by `hashkit compile`.",
            next_step="Install hashkit again; in a checkout, run `hashkit compile`.",
            code="NO_ARTIFACT",
        ) from error
