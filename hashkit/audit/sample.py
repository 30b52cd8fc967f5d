"""Which issues shall the auditor vouch to papers? A monetary-unit sample that anybody can draw again. Floor 3.

The issued rows stand in a line, in the order of the chain, each as long as its amount. With T the length of the line
and n the size, the interval is I = T // n. The first point is 1 + (S mod I), where S is the SHA-256 of the text
``hashkit.sample/1:`` and the seed, read as a big-endian integer; the others follow at distances of I. A row is chosen
when a point lies on it, so its chance is proportional to its amount, and every row of at least I + n units is chosen.
Integers only: no rounding, and the same rows on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from hashkit.audit import words
from hashkit.audit.result import AuditResult
from hashkit.audit.sections import IssueSeen
from hashkit.errors import InputError


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row that a point lies on. ``hits``: how many do; ``point``: the first of them, counted in smallest units."""

    issue: IssueSeen
    hits: int
    point: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample and all it takes to draw it again. Amounts in smallest units."""

    token: str
    block: int
    block_hash: str
    decimals: int
    seed: str
    size: int
    population: int
    """Rows to choose from."""
    total: int
    interval: int
    start: int
    rows: tuple[Chosen, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form with its schema id; amounts in units."""
        return {
            "schema": "hashkit.sample/1",
            "token": self.token,
            "block": {"number": self.block, "hash": self.block_hash},
            "seed": self.seed,
            "size": self.size,
            "population": self.population,
            "total": words.amount(self.total, self.decimals),
            "interval": words.amount(self.interval, self.decimals),
            "start": words.amount(self.start, self.decimals),
            "rows": [
                {**one.issue.to_dict(), "hits": one.hits, "point": words.amount(one.point, self.decimals)}
                for one in self.rows
            ],
        }


def draw(result: AuditResult, seed: str, size: int) -> Sample:
    """Draws ``size`` points over the issued rows. InputError when there are none, or fewer units than points."""
    population = tuple(one for one in result.sections.issues if not one.skipped)
    total = sum(one.raw for one in population)
    if size < 1 or total < size:
        raise InputError(
            f"A sample of {size} cannot be drawn from {len(population)} issued rows.",
            why="Each point needs a unit of its own." if size > 0 else "A sample has at least one point.",
            next_step="Choose a smaller size." if total else "Only tokens of hashkit log the rows they issue.",
            code="SAMPLE",
        )
    interval = total // size
    start = 1 + int.from_bytes(sha256(f"hashkit.sample/1:{seed}".encode()).digest(), "big") % interval
    return Sample(
        token=result.subject.token, block=result.block.number, block_hash=result.block.hash,
        decimals=result.subject.decimals, seed=seed, size=size, population=len(population), total=total,
        interval=interval, start=start, rows=tuple(_chosen(population, start, interval, size)),
    )  # fmt: skip


def _chosen(population: tuple[IssueSeen, ...], start: int, interval: int, size: int) -> list[Chosen]:
    found, point, left, before = [], start, size, 0
    for issue in population:
        end = before + issue.raw
        hits = min(left, max(0, (end - point) // interval + 1))
        if hits:
            found.append(Chosen(issue, hits, point))
            point, left = point + hits * interval, left - hits
        before = end
    return found
