"""What does a folder of event files hold? The list of its chunks, written last and at once. Floor 2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from hashkit.errors import InputError
from hashkit.store.files import write_atomic
from hashkit.store.ranges import Covered

FILE = "manifest.json"
SCHEMA = "hashkit.events/1"


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its SHA-256 and its rows."""

    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Blocks ``first`` to ``last``: hashes as 0x-hex, how many logs, and the files, by their path in the folder."""

    first: int
    last: int
    parent_hash: str
    end_hash: str
    logs: int
    files: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose logs, on which chain. Hashes are 0x-hex; empty where nobody told them."""

    chain_id: int
    addresses: tuple[str, ...]
    genesis_hash: str = ""
    code_hash: str = ""
    chunks: tuple[Chunk, ...] = field(default=())

    @property
    def covered(self) -> Covered | None:
        """Which blocks the chunks cover."""
        if not self.chunks:
            return None
        return Covered(self.chunks[0].first, self.chunks[-1].last, self.chunks[-1].end_hash)

    def up_to(self, block: int) -> Manifest:
        """Without the chunks that reach beyond ``block``."""
        return replace(self, chunks=tuple(chunk for chunk in self.chunks if chunk.last <= block))

    def write(self, folder: Path) -> None:
        """Put it into ``folder``. OSError when the disk refuses; the old one then stands."""
        body: dict[str, Any] = {"schema": SCHEMA, **asdict(self)}
        write_atomic(folder / FILE, _text({**body, "sha256": _digest(body)}), mode=0o600)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in ``folder``; None when there is none. InputError when it is not what was written."""
    try:
        body = json.loads((folder / FILE).read_bytes())
        if body.pop("sha256") != _digest(body) or body.pop("schema") != SCHEMA:
            raise ValueError("not what was written")
        chunks = tuple(
            Chunk(**{**chunk, "files": {name: Part(**part) for name, part in chunk["files"].items()}})
            for chunk in body.pop("chunks")
        )
        return Manifest(**{**body, "addresses": tuple(body["addresses"])}, chunks=chunks)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise InputError(
            f"{folder / FILE} is damaged.",
            why="It is not what was written.",
            next_step="Delete the folder it lies in; the events are read again from the chain.",
            code="EVENT_STORE",
        ) from None


def _text(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, indent=1).encode() + b"\n"


def _digest(body: Mapping[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
