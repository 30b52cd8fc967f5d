"""Logs to register, with the digest that lets two auditors compare what they read. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from hashkit.audit.collect import Collected
from hashkit.audit.evidence import Pin, Population, Subject
from hashkit.contracts.logs import facts
from hashkit.domain.facts import RawLog
from hashkit.domain.register import Register, fold_from


def replay(
    collected: Collected, subject: Subject, pinned: Pin, opening: int | None = None
) -> tuple[Register, Population, Register | None]:
    """The register at the pinned block, what it was made from, and the register at the end of block ``opening``."""
    digest, many = sha256(), 0

    def read(logs: Iterable[RawLog]) -> Iterator[RawLog]:
        nonlocal many
        for log in logs:
            many += 1
            digest.update(canonical(log))
            yield log

    cutoff = pinned.block.timestamp if subject.ours else None  # a stranger's rules are not told by events
    first, register = fold_from(facts(read(collected.logs)), opening, subject.token, cutoff=cutoff)
    population = Population(
        first=collected.first,
        last=pinned.block.number,
        contracts=collected.contracts,
        logs=many,
        digest=digest.hexdigest(),
    )
    return register, population, first


def canonical(log: RawLog) -> bytes:
    """A log as one line, the same on every node."""
    topics = ",".join(t.hex() for t in log.topics)
    place = f"{log.block}:{log.block_hash}:{log.tx_hash}:{log.tx_index}:{log.log_index}"
    return f"{place}:{log.address.lower()}:{topics}:{log.data.hex()}\n".encode()
