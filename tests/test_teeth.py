"""The planted bugs fit the contracts as they are, and every invariant and vulnerability class has its named test.

That each bug is caught is shown by ``tools/teeth.py``, which is too slow for every run.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUGS = tomllib.loads((ROOT / "tests/teeth/planted.toml").read_text(encoding="utf-8"))["bug"]
FORGE = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/forge").glob("*.sol"))}
NAMES = re.findall(r"function ((?:test|invariant)\w*)\(", "\n".join(FORGE.values()))
NOT_APPLICABLE = {9, 12, 20, 21}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"I-{bug['number']}")
def test_a_planted_bug_fits_the_contract_once_and_names_a_test_of_its_invariant(bug):
    text = (ROOT / bug["file"]).read_text(encoding="utf-8")
    assert text.count(bug["before"]) == 1, "the contract has changed: plant the bug anew"
    assert bug["before"] != bug["after"] and bug["why"].endswith(".")
    assert NAMES.count(bug["test"]) == 1
    assert f"_I{bug['number']:02d}_" in bug["test"]


def test_every_invariant_has_a_planted_bug_and_a_name():
    assert {bug["number"] for bug in BUGS} == set(range(1, 27))
    assert {int(n) for name in NAMES for n in re.findall(r"_I(\d\d)_", name)} == set(range(1, 27))


def test_every_known_bug_and_every_class_that_applies_has_a_named_test():
    assert {int(n) for name in NAMES for n in re.findall(r"test_B(\d)_", name)} == set(range(1, 10))
    classes = {int(n) for name in NAMES for n in re.findall(r"test_V(\d\d)_", name)}
    assert classes == set(range(1, 25)) - NOT_APPLICABLE
    head = FORGE["Vulnerabilities.t.sol"].split("contract Vuln")[0]
    assert {int(n) for n in re.findall(r"V-(\d+)  ", head)} == NOT_APPLICABLE, "say why they do not apply"
