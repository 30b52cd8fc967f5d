"""Is a bundle what it says? Everything derived again from its evidence, offline, and compared byte for byte. Floor 3.

Three steps, and what fails in one ends it: the files are those of the manifest; the header, and with it every proof,
hangs on the hash of the block; the audit, run again over the evidence, writes the same evidence and the same report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hashkit.audit.bundle import BUNDLE, FOLDER, LOGS, MANIFEST, NAMES, as_json, manifest
from hashkit.audit.collect import Collected, sources
from hashkit.audit.evidence import Subject
from hashkit.audit.replay import canonical
from hashkit.audit.report import FORMATS, render
from hashkit.audit.result import AuditResult
from hashkit.audit.run import gather
from hashkit.audit.saved import Damaged, Files, SavedView, read_logs, read_pin, read_request
from hashkit.audit.witness import known_hash
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError
from hashkit.rpc.parse import parse
from hashkit.store.files import inside

_SIGNATURE = MANIFEST + "."
"""Files that begin so may lie beside the manifest: signatures of it."""
_MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying came to. ``differences`` is empty when everything is the same."""

    differences: tuple[str, ...]
    digest: str
    """SHA-256 of the manifest: the bundle's name, and what one signs. Empty when there is none."""
    rests_on: str
    """Whose word is left: the hash of the block, and what only a node said."""
    result: AuditResult | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        r = self.result
        return {
            "verified": not self.differences,
            "differences": list(self.differences),
            "digest": self.digest,
            "restsOn": self.rests_on,
            "block": None if r is None else {"number": r.block.number, "hash": r.block.hash},
            "token": None if r is None else r.subject.token,
            "proof": None if r is None else r.proof.to_dict(),
            "result": None if r is None else {**r.tally, "exceptions": r.exceptions},
        }


def verify(folder: Path, block_hash: str | None = None) -> Verified:
    """Verifies the bundle in ``folder``. ``block_hash``: the hash of the block, if the reader knows it himself.

    InputError when there is no such folder; whatever is wrong inside is a difference.
    """
    block_hash = None if block_hash is None else known_hash(block_hash)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.", next_step="Name the folder that --out wrote.", code="NO_FILE")
    try:
        files, strange = _read(folder)
    except (InputError, OSError) as error:
        return Verified((str(error),), "", "nothing", None)
    found = verify_files(files, block_hash)
    if not strange:
        return found
    told = tuple(f"{name} is not in the manifest" for name in strange)
    return Verified((*told, *found.differences), found.digest, found.rests_on, found.result)


def verify_files(files: Files, block_hash: str | None = None) -> Verified:
    """The same for files that were read already: name -> content, the manifest among them."""
    text = files.get(MANIFEST, b"")
    digest = sha256(text).hexdigest() if text else ""
    try:
        digests, formats = read_manifest(text)
        wrong = tuple(_unlike_manifest(files, digests))
        if wrong:
            return Verified(wrong, digest, "nothing", None)
        result = derive(files)
        names = _names(files) if NAMES in files else None
        made = {**render(result, formats, names=names), **_evidence(result)}
        if names is not None:
            made[NAMES] = as_json(names)
    except InputError as error:
        return Verified((str(error),), digest, "nothing", None)
    except Exception as error:  # noqa: BLE001 - hostile evidence may make anything raise, and a difference is the answer
        return Verified((f"The evidence cannot be judged ({type(error).__name__}).",), digest, "nothing", None)
    made[MANIFEST] = manifest({name: sha256(content).hexdigest() for name, content in made.items()}, formats)
    differences = list(_unlike(files, made))
    if block_hash is not None and result.block.hash != block_hash:
        differences.append(f"The block is {result.block.hash}, and not the one you named.")
    return Verified(tuple(differences), digest, _rests_on(result, block_hash), result)


def derive(files: Files) -> AuditResult:
    """The audit again, from the evidence alone. Damaged, or another InputError, when it does not carry one."""
    request = read_request(files)
    pin, opening, witnesses, unproved = read_pin(files)
    view = SavedView(files, request.network, pin, unproved)
    logs = list(read_logs(files))

    def collected(subject: Subject) -> Collected:
        contracts, first = sources((log for log in logs if log.address == subject.token), view, subject)
        if any(log.address not in contracts or not first <= log.block <= pin.block.number for log in logs):
            raise Damaged(f"{FOLDER}/{LOGS} is damaged: a log is of another contract or of another block.")
        return Collected(logs, contracts, first)

    return gather(view, request.token, request.first, collected, opening, request.given, lambda *_: witnesses)


def read_manifest(text: bytes) -> tuple[Mapping[str, str], Sequence[str]]:
    """Name -> SHA-256, and the formats of the report. Damaged when the text is not what an audit writes."""
    try:
        body = parse(text)
    except ValueError:
        raise Damaged(f"{MANIFEST} is no JSON, or there is none.") from None
    if not isinstance(body, Mapping) or body.get("schema") != BUNDLE:
        raise Damaged(f"{MANIFEST} is not of the schema {BUNDLE}.")
    files: Any = body.get("files")
    formats: Any = body.get("formats")
    good = isinstance(files, Mapping) and len(files) <= _MOST_FILES and isinstance(formats, list)
    if not good or any(name not in FORMATS for name in formats) or manifest(files, formats) != text:
        raise Damaged(f"{MANIFEST} is not what an audit writes.")
    if not all(isinstance(digest, str) for digest in files.values()):
        raise Damaged(f"{MANIFEST} is not what an audit writes.")
    return files, formats


def _read(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The files of the manifest that are there, and the names of others. Links and paths that lead out are refused."""
    files = {MANIFEST: inside(folder, MANIFEST).read_bytes()}
    names, _ = read_manifest(files[MANIFEST])
    for name in names:
        path = inside(folder, *name.split("/"))
        if path.is_file():
            files[name] = path.read_bytes()
    there = {p.relative_to(folder).as_posix() for p in _walk(folder)}
    return files, sorted(n for n in there - set(files) if not n.startswith(_SIGNATURE))


def _walk(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _unlike_manifest(files: Files, digests: Mapping[str, str]) -> Iterator[str]:
    for name, digest in digests.items():
        if name not in files:
            yield f"{name} is missing"
        elif sha256(files[name]).hexdigest() != digest:
            yield f"{name} is not the file of the manifest"


def _unlike(files: Files, made: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(files.keys() | made.keys()):
        if name not in made:
            yield f"{name} does not belong to this audit"
        elif name not in files:
            yield f"{name} is missing"
        elif files[name] != made[name]:
            yield f"{name} is not what follows from the evidence"


def _evidence(result: AuditResult) -> dict[str, bytes]:
    logs: Sequence[RawLog] = tuple(result.record.logs)
    files = {f"{FOLDER}/{name}": content for name, content in result.record.files.items()}
    return {**files, f"{FOLDER}/{LOGS}": b"".join(canonical(log) for log in logs)}


def _names(files: Files) -> dict[str, str]:
    body = json.loads(files[NAMES])
    if not isinstance(body, dict) or not all(isinstance(name, str) for name in body.values()):
        raise Damaged(f"{NAMES} is not what an audit writes.")
    return body


def _rests_on(result: AuditResult, block_hash: str | None) -> str:
    """Whose word is left after everything that can be derived was."""
    if result.proof.why_not:
        return f"the node's word: nothing is proved ({result.proof.why_not})"
    given = "the block hash that you gave"
    alone = f"the block hash {result.block.hash}, which {result.attested_by} attested when the audit was made"
    return f"{given if block_hash else alone}; for what is not in the state, on the node's word"


__all__ = ["Verified", "derive", "read_manifest", "verify", "verify_files"]
