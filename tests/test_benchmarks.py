"""Do the gas tables say what was measured, and what of the budgets is met? Nothing is measured here."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from benchmarks.gas import report
from benchmarks.gas.operations import OPERATIONS

RESULTS: dict[str, Any] = json.loads(report.RESULTS.read_text(encoding="utf-8"))
BUDGETS_TEXT = report.BUDGETS.read_text(encoding="utf-8")
BUDGETS = tomllib.loads(BUDGETS_TEXT)
README = report.README.read_text(encoding="utf-8")
OURS = next(peer for peer in RESULTS["peers"] if peer["id"] == report.OURS)


def budget_line(operation: str) -> list[str]:
    table = README.partition("## Budgets")[2].partition("\n## ")[0]
    found = [line for line in table.splitlines() if line.startswith(f"| {OPERATIONS[operation]} |")]
    assert len(found) == 1, f"{operation} has {len(found)} lines in the budget table"
    return [cell.strip() for cell in found[0].strip("|").split("|")]


def test_the_readme_is_what_the_results_say():
    assert report.render(RESULTS, BUDGETS_TEXT) == README, "run make bench-gas"


@pytest.mark.parametrize("operation", BUDGETS)
def test_the_table_says_honestly_whether_a_budget_is_met(operation: str):
    _, at_most, measured, said = budget_line(operation)
    assert int(at_most.replace(",", "")) == BUDGETS[operation]["at_most"]
    record = OURS["operations"][operation]
    if "gas" not in record:
        assert said.startswith("not yet") and not measured
        return
    assert abs(float(measured.replace(",", "")) - record["gas"]) < 1
    assert said.startswith("met" if record["gas"] <= BUDGETS[operation]["at_most"] else "missed by ")


def test_a_figure_that_was_changed_by_hand_is_found():
    changed = json.loads(json.dumps(RESULTS))
    ours = next(peer for peer in changed["peers"] if peer["id"] == report.OURS)
    ours["operations"]["transfer.existing"]["gas"] += 1
    assert report.render(changed, BUDGETS_TEXT) != README


def test_every_design_went_through_every_operation():
    for peer in RESULTS["peers"]:
        assert set(peer["operations"]) == set(OPERATIONS), peer["id"]


def test_every_contract_leaves_room_below_the_code_limit():
    assert set(OURS["sizes"]) == set(RESULTS["contracts"])
    assert max(OURS["sizes"].values()) <= report.CODE_LIMIT - 1_024


def test_the_figures_are_of_the_committed_artifacts():
    if RESULTS["contracts"] != report.fingerprint():
        pytest.skip("measured on older artifacts: run make bench-gas")
