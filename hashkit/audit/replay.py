"""Logs to register, with the digest that lets two auditors compare what they read. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from hashkit.audit.collect import Collected
from hashkit.audit.evidence import Pin, Population
from hashkit.contracts.logs import facts
from hashkit.domain.facts import RawLog
from hashkit.domain.register import Register, fold


def replay(collected: Collected, token: str, pinned: Pin) -> tuple[Register, Population]:
    """The register at the pinned block, and what it was made from."""
    digest, many = sha256(), 0

    def read(logs: Iterable[RawLog]) -> Iterator[RawLog]:
        nonlocal many
        for log in logs:
            many += 1
            digest.update(canonical(log))
            yield log

    register = fold(facts(read(collected.logs)), token, cutoff=pinned.block.timestamp)
    population = Population(
        first=collected.first,
        last=pinned.block.number,
        contracts=collected.contracts,
        logs=many,
        digest=digest.hexdigest(),
    )
    return register, population


def canonical(log: RawLog) -> bytes:
    """A log as one line, the same on every node."""
    topics = ",".join(t.hex() for t in log.topics)
    place = f"{log.block}:{log.block_hash}:{log.tx_hash}:{log.tx_index}:{log.log_index}"
    return f"{place}:{log.address.lower()}:{topics}:{log.data.hex()}\n".encode()
