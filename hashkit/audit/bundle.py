"""An audit as files that a stranger can verify without a node: evidence, report, manifest. Floor 3.

Everything is text, sorted, and the same bytes for the same audit. docs/bundle.md describes each file for whoever
wants to write a verifier of his own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from hashkit.audit.evidence import Evidence, Mined, Opening, Pin, Record
from hashkit.audit.inputs import Given
from hashkit.audit.replay import canonical
from hashkit.audit.report import FORMATS, Names, render
from hashkit.audit.result import AuditResult
from hashkit.audit.view import View
from hashkit.domain.facts import RawLog
from hashkit.domain.network import Network
from hashkit.errors import InputError
from hashkit.store.files import write_atomic

EVIDENCE = "hashkit.evidence/1"
BUNDLE = "hashkit.bundle/1"
MANIFEST = "manifest.json"
FOLDER = "evidence"
LOGS = "logs.txt"
NAMES = "CONFIDENTIAL-names.json"
"""Wallet -> name, beside a report that shows names."""


def record(
    view: View, token: str, first: int | None, evidence: Evidence, logs: Iterable[RawLog], given: Iterable[Given]
) -> Record:
    """What the evidence was made from, as files. ``first`` is what the user asked for."""
    files = list(given)
    request = {
        "schema": EVIDENCE,
        "network": network_dict(view.network),
        "token": token,
        "first": first,
        "given": [{"kind": file.kind, "name": file.name} for file in files],
    }
    made = {
        "request.json": as_json(request),
        "block.json": as_json(_block(view, evidence)),
        "answers.txt": _lines(f"{to} 0x{data.hex()} {_hex(a)}" for (to, data), a in view.answers.items()),
        "code.txt": _lines(f"{address} {_hex(code)}" for address, code in view.codes.items()),
        "slots.txt": _lines(f"{address} 0x{slot:064x} {_hex(word)}" for (address, slot), word in view.slots.items()),
        "times.txt": _lines(f"{number:020d} {time}" for number, time in view.block_times.items()),
        "receipts.txt": _lines(f"{tx} {_mined(mined)}" for tx, mined in view.mined.items()),
        "nodes.txt": _lines(_hex(node) for node in view.pool.used),
    }
    made |= {given_name(n): file.data for n, file in enumerate(files)}
    digests = {name: sha256(data).hexdigest() for name, data in made.items()} | {LOGS: evidence.population.digest}
    return Record(made, logs, {f"{FOLDER}/{name}": digests[name] for name in sorted(digests)})


def save(
    result: AuditResult, folder: Path, formats: Iterable[str] = FORMATS, *, names: Names | None = None
) -> list[Path]:
    """Writes report, evidence and manifest into ``folder`` and returns the paths, the report's first.

    InputError for an unknown format or a folder that cannot be written.
    """
    wanted = list(formats)
    report = dict(render(result, wanted, names=names))
    digests = {name: sha256(content).hexdigest() for name, content in report.items()}
    if names is not None:
        report[NAMES] = as_json(dict(names))
        digests[NAMES] = sha256(report[NAMES]).hexdigest()
    written = [_write(folder / name, content) for name, content in report.items()]
    written += [_write(folder / FOLDER / name, content) for name, content in result.record.files.items()]
    written.append(_write(folder / FOLDER / LOGS, (canonical(log) for log in result.record.logs)))
    text = manifest({**digests, **result.record.digests}, wanted)
    return [*written, _write(folder / MANIFEST, text)]


def manifest(digests: Mapping[str, str], formats: Iterable[str]) -> bytes:
    """The list of all files. Its own SHA-256 is the digest of the bundle: what one signs."""
    return as_json({"schema": BUNDLE, "formats": list(formats), "files": dict(digests)})


def given_name(number: int) -> str:
    """The file of the evidence that holds a file of the auditor's, byte by byte: it may name people."""
    return f"CONFIDENTIAL-given-{number}.txt"


def as_json(body: Any) -> bytes:
    """The one way JSON is written here: sorted, indented by one, ASCII."""
    return (json.dumps(body, sort_keys=True, indent=1, ensure_ascii=True, allow_nan=False) + "\n").encode()


def network_dict(network: Network) -> dict[str, Any]:
    """A network without its nodes: their URLs can hold keys, and a report does not depend on them."""
    told = asdict(network)
    del told["rpc_urls"]
    return told


def _block(view: View, evidence: Evidence) -> dict[str, Any]:
    pin: Pin = evidence.pin
    opening: Opening | None = evidence.opening
    return {
        **asdict(pin.block),
        "final": pin.final,
        "state": pin.state,
        "header": None if pin.header is None else _hex(pin.header.raw),
        "no_header": pin.no_header,
        "unproved": view.unproved,
        "opening": None if opening is None else asdict(opening.block),
        "witnesses": [asdict(witness) for witness in evidence.witnesses],
    }


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def _mined(mined: Mined | None) -> str:
    return "none" if mined is None else f"{mined.block} {mined.sender} {'ok' if mined.succeeded else 'failed'}"


def _hex(data: bytes | None) -> str:
    return "refused" if data is None else "0x" + data.hex()


def _write(path: Path, content: bytes | Iterable[bytes]) -> Path:
    try:
        write_atomic(path, content)
    except OSError as error:
        raise InputError(f"{path} cannot be written.", why=f"{error.strerror}.", code="REPORT") from None
    return path


__all__ = ["BUNDLE", "EVIDENCE", "FOLDER", "LOGS", "MANIFEST", "NAMES", "as_json", "manifest", "record", "save"]
