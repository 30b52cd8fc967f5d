"""The register's questions as SQL over the Parquet of the event store: one text, whatever engine runs it. Floor 3.

Plain ANSI over whole numbers of 64 bits: DuckDB here, and through ibis (extra ``ibis``) any engine that reads the same
files, so that a history too long for one machine needs no other code. Exact: amounts come as eight sums of 32-bit
limbs, and only Python's integers put them together. ``engines.py`` runs the texts.

    transfer   block, s, r (numbers of accounts; 0 is the zero address), u0 to u7 (32-bit limbs, u0 the lowest)
    account    id, address
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any, Protocol

from hashkit.contracts.hashing import checksum

FAMILIES = ("transfer", "account")
REPORTS = ("cap-table", "supply")
"""Names of the texts; each lies beside this file."""


class Engine(Protocol):
    """Whatever runs SQL over the tables ``FAMILIES``."""

    def rows(self, sql: str) -> Iterable[Sequence[Any]]:
        """The rows of a query."""


def text(report: str, block: int) -> str:
    """The SQL of a report at a block. ValueError for a report that does not exist or a block that is no number."""
    if report not in REPORTS or type(block) is not int or block < 0:
        raise ValueError(f"no report {report!r} at block {block!r}")
    return files(__name__).joinpath(f"{report}.sql").read_text(encoding="utf-8").replace(":block", str(block))


def cap_table(engine: Engine, block: int) -> dict[str, int]:
    """Holder -> balance after ``block``, in smallest units, without zeros. Addresses are checksummed."""
    found = {bytes(address): whole(limbs) for address, *limbs in engine.rows(text("cap-table", block))}
    return {checksum(address): raw for address, raw in sorted(found.items()) if raw}


def supply_steps(engine: Engine, block: int) -> list[tuple[int, int]]:
    """(block, supply at its end) of every block up to ``block`` that minted or burnt, in smallest units."""
    supply, steps = 0, []
    for number, *limbs in sorted(tuple(row) for row in engine.rows(text("supply", block))):
        supply += whole(limbs)
        steps.append((int(number), supply))
    return steps


def whole(limbs: Iterable[int]) -> int:
    """The amount of eight sums of 32-bit limbs, the lowest first."""
    return sum(int(limb) << 32 * place for place, limb in enumerate(limbs))


def digest(table: Mapping[str, int]) -> str:
    """SHA-256 of a cap table, a line ``address,raw`` a holder in the order of the addresses."""
    lines = (f"{address.lower()},{raw}\n" for address, raw in sorted(table.items(), key=lambda row: row[0].lower()))
    return sha256("".join(lines).encode()).hexdigest()
