"""Is the code on chain the code of this build? Floor 3.

A clone is followed to its implementation, the token's implementation to its other half, which stands in its
bytes: no contract is asked about itself. Immutables are masked; everything else must be equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from hashkit.audit.evidence import CodePart, Subject
from hashkit.audit.view import View
from hashkit.contracts import artifacts
from hashkit.contracts.artifacts import Artifact
from hashkit.contracts.hashing import checksum, clone_runtime
from hashkit.domain.facts import ZERO
from hashkit.domain.register import COMPLIANCE_SLOT, REGISTRY_SLOT, Register


def compare_code(view: View, subject: Subject, register: Register) -> tuple[CodePart, ...]:
    """The token's parts, its registry and its rule book, each against its artifact."""
    if not view.pin.state:
        return ()
    if not subject.ours:
        return (CodePart("token", subject.token, "", None, "not a token of hashkit: there is no build to compare"),)
    return tuple(_parts(_Reader(view), subject, register))


def _parts(reader: _Reader, subject: Subject, register: Register) -> Iterator[CodePart]:
    token, implementation = reader.clone("token", subject.token, "AssetToken")
    yield token
    if implementation is not None and token.same:
        others = _immutable_addresses(artifacts.load("AssetToken"), reader.code(implementation))
        for other in sorted(others):
            yield reader.plain("token, rare half", other, "AssetTokenControl")
    registry = register.slots.get(REGISTRY_SLOT, ZERO)
    if registry != ZERO:
        yield reader.plain("identity registry", registry, "IdentityRegistry")
    book = register.slots.get(COMPLIANCE_SLOT, ZERO)
    if book != ZERO:
        yield reader.clone("compliance", book, "RuleBook", bound_to=subject.token)[0]


def _immutable_addresses(artifact: Artifact, code: bytes) -> set[str]:
    """The addresses the code carries where its one immutable goes. Two of them would be a trap: a view that names
    one half and a fallback that runs another; so each is compared."""
    places = [place for found in artifact.immutable_references.values() for place in found]
    words = [code[place["start"] : place["start"] + place["length"]] for place in places]
    return {checksum(word[-20:]) for word in words}


class _Reader:
    """Reads and compares code at the pinned block."""

    def __init__(self, view: View) -> None:
        self.code = view.code

    def plain(self, role: str, address: str, name: str) -> CodePart:
        """A contract that is no clone."""
        artifact, code = artifacts.load(name), self.code(address)
        same = artifact.same_code(code)
        words = f"equals {name}" if same else f"is not {name} of this build ({len(code):,} bytes)"
        return CodePart(role, address, name, same, f"the runtime code at {address} {words}")

    def clone(self, role: str, address: str, name: str, bound_to: str | None = None) -> tuple[CodePart, str | None]:
        """A minimal proxy (EIP-1167) and what it points to, which is also returned when it is one."""
        code = self.code(address)
        target = checksum(code[10:30]) if len(code) >= 30 else ZERO
        if target == ZERO or code != clone_runtime(target, bound_to):
            text = f"{address} is no minimal clone, as every {role} of hashkit is ({len(code):,} bytes of code)"
            return CodePart(role, address, name, False, text), None
        behind = self.plain(role, target, name)
        text = f"{address} is a minimal clone, which cannot be pointed elsewhere; {behind.text}"
        return CodePart(role, address, name, behind.same, text), target
