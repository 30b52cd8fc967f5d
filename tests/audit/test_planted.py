"""A register seeded with 26 planted faults: each check finds its own; a clean history gives none."""

from __future__ import annotations

import pytest

from hashkit.audit.checks import CHECKS, Finding
from tests.audit.planted import FAULTS, MORE, Ground


def words(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {found.id: found.result for found in findings}


def test_a_clean_history_gives_no_fault(ground: Ground) -> None:
    findings = ground.audit().findings
    told = words(findings)
    assert list(told) == [check.id for check in CHECKS] == [f"C{n:02}" for n in range(1, 27)] == list(FAULTS)
    assert {check: word for check, word in told.items() if word != "pass"} == {"C06": "note"}, findings


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_own_fault(ground: Ground, check: str) -> None:
    result, plant, says = FAULTS[check]
    plant(ground)
    found = next(one for one in ground.audit().findings if one.id == check)
    assert found.result == result, found
    assert says in "\n".join([found.text, *found.evidence]), found


@pytest.mark.parametrize(("check", "result", "plant", "says"), MORE, ids=[f"{c}-{n}" for n, (c, *_) in enumerate(MORE)])
def test_a_check_finds_other_faults_of_its_kind(ground: Ground, check, result, plant, says) -> None:
    plant(ground)
    found = next(one for one in ground.audit().findings if one.id == check)
    assert found.result == result, found
    assert says in "\n".join([found.text, *found.evidence]), found
