"""The sample: drawn again by another program, proportional, and every large row in it."""

from __future__ import annotations

import random
from fractions import Fraction
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from hashkit.audit.sample import Sample, draw
from hashkit.audit.sections import IssueSeen
from hashkit.audit.successor import left_behind, opening_position
from hashkit.errors import InputError, Refused
from hashkit.store.sheets import read_register
from tests.audit.conftest import ref
from tests.audit.planted import A, B, Ground


def rows(amounts: list[int]) -> Any:
    """As much of a result as a sample looks at."""
    issues = tuple(
        IssueSeen("0x", n, A, raw, str(raw), False, 1, "", "0x", f"S-{n}", "", True) for n, raw in enumerate(amounts)
    )
    subject, block = SimpleNamespace(token="0x", decimals=0), SimpleNamespace(number=1, hash="0x")
    return SimpleNamespace(sections=SimpleNamespace(issues=issues), subject=subject, block=block)


def by_hand(amounts: list[int], seed: str, size: int) -> dict[int, int]:
    """Unit by unit, as the documentation says it."""
    interval = sum(amounts) // size
    first = int(sha256(b"hashkit.sample/1:" + seed.encode()).hexdigest(), 16) % interval + 1
    owner = [n for n, raw in enumerate(amounts) for _ in range(raw)]
    found: dict[int, int] = {}
    for k in range(size):
        row = owner[first + k * interval - 1]
        found[row] = found.get(row, 0) + 1
    return found


@pytest.mark.parametrize("seed", ["1", "q3-2026", "zwei Wörter"])
def test_a_second_program_draws_the_same_rows(seed: str) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        amounts = [chance.choice([1, 2, chance.randint(1, 60), chance.randint(1, 900)]) for _ in range(12)]
        size = chance.randint(1, min(15, sum(amounts)))
        found = draw(rows(amounts), seed, size)
        assert {one.issue.row: one.hits for one in found.rows} == by_hand(amounts, seed, size)
        assert sum(one.hits for one in found.rows) == size
        large = {n for n, raw in enumerate(amounts) if raw >= found.interval + sum(amounts) % size}
        assert large <= {one.issue.row for one in found.rows}


def test_amounts_of_any_size_are_exact() -> None:
    found: Sample = draw(rows([2**200, 1, 2**199]), "x", 3)
    assert found.total == 2**200 + 2**199 + 1 and found.interval * 3 <= found.total
    assert sum(one.hits for one in found.rows) == 3 and 1 <= found.start <= found.interval


def test_the_chance_of_a_row_is_its_share() -> None:
    amounts, tries = [10, 20, 70], 3_000
    hits = sum(one.hits for n in range(tries) for one in draw(rows(amounts), str(n), 1).rows if one.issue.row == 2)
    assert abs(Fraction(hits, tries) - Fraction(7, 10)) < Fraction(3, 100)


def test_more_points_than_units_are_refused() -> None:
    for amounts, size in (([], 1), ([3], 4)):
        with pytest.raises(InputError) as refused:
            draw(rows(amounts), "x", size)
        assert refused.value.code == "SAMPLE"


def test_on_a_chain_the_rows_carry_their_papers(ground: Ground) -> None:
    found = draw(ground.audit(), "q1", 2)
    assert {one.issue.external_id for one in found.rows} <= {"S-1", "S-2", "S-3"}
    assert found.total == 18_000 and all(one.issue.exact for one in found.rows)
    assert found.to_dict()["rows"][0]["transaction"].startswith("0x")


def test_a_proved_register_is_an_opening_position(ground: Ground, tmp_path) -> None:
    result = ground.audit()
    file = tmp_path / "opening.csv"
    file.write_bytes(opening_position(result))
    sheet = read_register(file, result.subject.decimals)
    assert {row.wallet: row.amount.raw for row in sheet.rows} == {h.wallet: h.raw for h in result.holders}
    assert opening_position(ground.audit()) == file.read_bytes() and not list(left_behind(result))
    ground.world.do(ground.world.token.set_address_frozen(B, True, ref("x")))
    ground.world.do(ground.world.registry.revoke(A, ref("x")))
    told = " ".join(left_behind(ground.audit()))
    assert B in told and "not verified" in told


def test_a_register_that_does_not_add_up_is_none(ground: Ground) -> None:
    ground.lie("totalSupply()", 17_001)
    with pytest.raises(Refused) as refused:
        opening_position(ground.audit())
    assert any(line.startswith("C01 exception") for line in refused.value.details)
