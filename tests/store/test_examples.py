"""The committed examples: generated, clean where clean, and every planted dirt found with its row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hashkit.domain.terms import AssetTerms
from hashkit.errors import InputError
from hashkit.store.sheets import InvestorRow, Sheet, read_investors, read_issues
from hashkit.store.terms import read_terms

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
STARTER = ROOT / "hashkit" / "store" / "templates"
EXPECTED: dict[str, Any] = json.loads((EXAMPLES / "dirty/expected.json").read_text())
DECIMALS = {"HKDMMA.csv": 4, "CORPN31.csv": 2, "SILVR.csv": 6}
SYMBOLS = ["HKDMMA", "CORPN31", "SILVR"]


def _read(path: Path, skip_invalid: bool = False) -> Sheet[Any]:
    if path.name == "investors.csv":
        return read_investors(path, skip_invalid=skip_invalid)
    return read_issues(path, DECIMALS[path.name], skip_invalid=skip_invalid)


def test_generator_gives_the_committed_files() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(EXAMPLES / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_investors_cover_forty_jurisdictions() -> None:
    sheet = read_investors(EXAMPLES / "investors.csv")
    assert (len(sheet.rows), len({row.country for row in sheet.rows}), sheet.warnings) == (1000, 40, ())
    assert len({row.wallet for row in sheet.rows}) == len({row.investor_id for row in sheet.rows}) == 1000


def _eligible(row: InvestorRow, terms: AssetTerms) -> bool:
    here = not terms.countries or row.country.numeric in terms.countries
    return here and (not terms.classes or row.investor_class in terms.classes)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_issue_row_is_eligible_under_the_terms(symbol: str) -> None:
    terms = read_terms(EXAMPLES / f"assets/{symbol}.toml")
    people = read_investors(EXAMPLES / "investors.csv").rows
    by = {row.investor_id: row for row in people} | {row.wallet: row for row in people}
    sheet = read_issues(EXAMPLES / f"issues/{symbol}.csv", terms.decimals)
    assert sheet.warnings == ()
    assert all(_eligible(by[row.wallet or row.investor_id or ""], terms) for row in sheet.rows)
    assert terms.cap is not None and sum(row.amount.raw for row in sheet.rows) <= terms.cap.raw
    most = terms.max_units_per_investor
    assert most is None or all(row.amount <= most for row in sheet.rows)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "problems" in EXPECTED[name]])
def test_every_planted_dirt_is_found_with_its_row(name: str) -> None:
    with pytest.raises(InputError) as refused:
        _read(EXAMPLES / "dirty" / name)
    assert refused.value.exit_code == 2
    sheet = _read(EXAMPLES / "dirty" / name, skip_invalid=True)
    planted = EXPECTED[name]["problems"]
    assert [(p.line, p.column) for p in sheet.problems] == [(p["row"], p["column"]) for p in planted]
    for found, line, plan in zip(sheet.problems, refused.value.details, planted, strict=True):
        assert line == str(found) and line.startswith(f"row {plan['row']}  ")
        assert plan["says"] in found.says, (plan, found)
    assert len(sheet.warnings) == len(EXPECTED[name]["warnings"])
    assert all(
        plan in seen for seen, plan in zip(sheet.warnings, EXPECTED[name]["warnings"], strict=True)
    )
    bad = {p["row"] for p in planted}
    assert not bad & {row.line for row in sheet.rows}
    assert len(sheet.rows) >= EXPECTED[name]["rows"] - 2 * len(bad)


def test_the_dirty_header_is_refused_whole() -> None:
    with pytest.raises(InputError) as refused:
        _read(EXAMPLES / "dirty/CORPN31.csv", skip_invalid=True)
    assert list(refused.value.details) == EXPECTED["CORPN31.csv"]["header"]


def test_rows_left_after_skipping_equal_the_clean_ones() -> None:
    clean = {row.external_id: row for row in _read(EXAMPLES / "issues/HKDMMA.csv").rows}
    kept = _read(EXAMPLES / "dirty/HKDMMA.csv", skip_invalid=True).rows
    assert len(kept) == 982 and all(clean[row.external_id] == row for row in kept)


def test_starter_project_fits_together() -> None:
    terms = read_terms(STARTER / "assets/HKGREEN.toml")
    people = read_investors(STARTER / "register/investors.csv")
    rows = read_issues(STARTER / "batches/issuance.csv", terms.decimals)
    assert (len(people.rows), people.warnings, len(rows.rows), rows.warnings) == (8, (), 6, ())
    by = {row.investor_id: row for row in people.rows}
    assert all(_eligible(by[row.investor_id or ""], terms) for row in rows.rows)
    assert [_eligible(row, terms) for row in people.rows] == [True] * 6 + [False] * 2
    assert str(sum((row.amount for row in rows.rows[1:]), rows.rows[0].amount)) == "1250000.000000"
