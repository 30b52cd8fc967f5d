"""Which documents does the token name, where do they lie, and what is their hash? ERC-1643. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hashkit.contracts.hashing import keccak
from hashkit.domain.parties import Power
from hashkit.domain.terms import iso_time, shown
from hashkit.errors import InputError
from hashkit.issuer.acts import Acts, ref_of
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome
from hashkit.rpc.reads import read


@dataclass(frozen=True, slots=True)
class Document:
    """One document. ``document_hash`` is keccak256 of its bytes, zero when none was named; ``modified`` unix seconds.

    ``name`` and ``uri`` are whatever an agent wrote: show them safely.
    """

    name: str
    uri: str
    document_hash: str
    modified: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "uri": self.uri,
            "hash": self.document_hash,
            "modified": iso_time(self.modified),
        }


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one token."""

    acts: Acts

    def show(self) -> tuple[Document, ...]:
        """All documents, by name."""
        endpoint, token = self.acts.context.endpoint, self.acts.token
        found = []
        for name in read(endpoint, token.documents(), "latest"):
            uri, document_hash, modified = read(endpoint, token.document(name), "latest")
            found.append(Document(_text(name), uri, "0x" + document_hash.hex(), modified))
        return tuple(sorted(found, key=lambda document: document.name))

    def set(self, name: str, uri: str, content: bytes | None = None, reason: str | None = None) -> Plan[Outcome]:
        """Set or replace a document: where it lies and, of ``content``, the hash. ``name`` at most 32 bytes."""
        word = _word(name)
        document_hash = keccak(content) if content is not None else bytes(32)
        paper = reason or f"document {name}"
        call = self.acts.token.set_document(word, uri, document_hash, ref_of(paper))
        plan = self.acts.authority(f"Set the document {shown(name)}", call, Power.DOCUMENT, paper)
        known = "0x" + document_hash.hex() if content is not None else "none"
        return replace(plan, totals={**plan.totals, "place": uri, "hash": known})

    def remove(self, name: str, reason: str | None = None) -> Plan[Outcome]:
        """Take a document off; the events keep it."""
        word, paper = _word(name), reason or f"document {name}"
        _, _, modified = read(self.acts.context.endpoint, self.acts.token.document(word), "latest")
        fix = "See which are there: hashkit document show."
        there = Check("R-DOCUMENT", modified != 0, f"there is no document {shown(name)}", fix)
        call = self.acts.token.remove_document(word, ref_of(paper))
        plan = self.acts.authority(f"Remove the document {shown(name)}", call, Power.DOCUMENT, paper)
        return replace(plan, checks=(*plan.checks, there))


def _word(name: str) -> bytes:
    raw = name.encode()
    if not 0 < len(raw) <= 32 or "\0" in name or not name.isprintable():
        raise InputError(
            f"{shown(name)} is no name for a document.",
            why="A name has 1 to 32 bytes and only printable characters.",
            next_step="Give a short name: prospectus.",
            code="DOCUMENT_NAME",
        )
    return raw.ljust(32, b"\0")


def _text(name: bytes) -> str:
    """The name as somebody wrote it, or as hex when it is no text that `_word` makes."""
    try:
        text = name.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        return "0x" + name.hex()
    return text if text.isprintable() else "0x" + name.hex()
