"""Do the tables of the benchmarks say what was measured, and what of the budgets is met? Nothing is measured here."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from benchmarks.audit import report as audit
from benchmarks.audit import scale
from benchmarks.gas import report
from benchmarks.gas.operations import OPERATIONS
from benchmarks.issue import report as issue

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


AUDIT: dict[str, Any] = json.loads(audit.RESULTS.read_text(encoding="utf-8"))


def test_the_audits_page_and_the_plan_for_more_are_what_its_results_say():
    assert audit.render(AUDIT) == audit.README.read_text(encoding="utf-8"), "run make bench-audit"
    assert scale.render(AUDIT) == scale.PAGE.read_text(encoding="utf-8"), "run make bench-audit"


def test_the_audits_page_says_honestly_which_bound_is_missed():
    text = audit.README.read_text(encoding="utf-8")
    for bound in audit.bounds(AUDIT):
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {bound.name} |"))
        assert line.endswith("| met |" if bound.met else "| **missed** |")
    assert audit.summary(AUDIT)[0] == ("**missed**" not in text and AUDIT["runs"]["cryo"]["logs"] == 1_000_000)


def test_all_clients_of_the_audits_benchmark_found_the_same_table():
    runs, expected = AUDIT["runs"], AUDIT["digests"]
    assert {runs[name]["digest"] for name in ("hashkit", "rerun", "plain")} == {expected["table"]}
    assert (runs["fold"]["digest"], runs["fold"]["middle"]) == (expected["last"], expected["middle"])
    assert runs["hashkit"]["logs"] == runs["floor"]["logs"] == 1_000_000 and runs["rerun"]["logs"] == 0


@pytest.mark.parametrize("figure", [("hashkit", "cpu"), ("cryo", "cpu"), ("fold", "cpu-last"), ("web3", "own")])
def test_an_audits_figure_that_was_changed_by_hand_is_found(figure):
    changed = json.loads(json.dumps(AUDIT))
    changed["runs"][figure[0]][figure[1]] *= 3
    assert audit.render(changed) != audit.README.read_text(encoding="utf-8")


ISSUE: dict[str, Any] = json.loads(issue.RESULTS.read_text(encoding="utf-8"))


def test_the_issues_page_is_what_its_results_say_and_says_which_bound_is_missed():
    text = issue.README.read_text(encoding="utf-8")
    assert issue.render(ISSUE) == text, "run make bench-issue"
    for bound in issue.bounds(ISSUE):
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {bound.name} |"))
        assert line.endswith("| met |" if bound.met else "| **missed** |")
    assert issue.summary(ISSUE)[0] == ("| **missed** |" not in text)


def test_every_pass_of_the_issues_benchmark_issued_the_same():
    assert len({run["supply"] for runs in ISSUE["passes"].values() for run in runs}) == 1
    assert {len(runs) for runs in ISSUE["passes"].values()} == {5}


@pytest.mark.parametrize("figure", [("bare", "whole"), ("hashkit", "whole"), ("hashkit", "send")])
def test_an_issues_figure_that_was_changed_by_hand_is_found(figure):
    changed = json.loads(json.dumps(ISSUE))
    changed["passes"][figure[0]][0][figure[1]] /= 3
    assert issue.render(changed) != issue.README.read_text(encoding="utf-8")
