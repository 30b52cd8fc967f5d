"""The faults that tools/mutation.py tries: drawn the same twice, each a real change of code, of every kind."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = """
// a < b in a comment and "a < b" in a string stay
contract Sample {
    error Refused(uint256 from);
    function act(address from, address to, uint256 amount) external onlyPower(Power.FORCE) {
        if (amount > 7 && on == true) revert Refused(0);
        total += amount * 2;
        flags = flags & ~Power.ISSUE;
        emit Done(msg.sender, to);
    }
}
"""


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import mutants

    yield mutants
    sys.modules.pop("mutants")


def test_every_kind_of_fault_is_found(mutants, tmp_path: Path) -> None:
    place = tmp_path / "contracts" / "token"
    place.mkdir(parents=True)
    (place / "Power.sol").write_text("library Power { uint256 constant ISSUE = 1; uint256 constant FORCE = 2; }")
    (tmp_path / "contracts" / "AssetToken.sol").write_text(SOURCE)
    found = {(m.operator, m.after) for m in mutants.every(tmp_path, "contracts/AssetToken.sol")}
    head = "function act(address from, address to, uint256 amount) external"
    check = "if (amount > 7 && on == true) revert Refused(0);"
    assert {
        ("modifier", head + " {"),
        ("constant", head + " onlyPower(Power.ISSUE) {"),
        ("comparison", check.replace(">", ">=")),
        ("comparison", check.replace("==", "!=")),
        ("logic", check.replace("&&", "||")),
        ("truth", check.replace("true", "false")),
        ("number", check.replace("7", "8")),
        ("number", check.replace("7", "6")),
        ("condition", "if (!(amount > 7 && on == true)) revert Refused(0);"),
        ("statement", ""),
        ("arithmetic", "total -= amount * 2;"),
        ("arithmetic", "total += amount / 2;"),
        ("bits", "flags = flags & Power.ISSUE;"),
        ("party", "emit Done(msg.sender, from);"),
        ("party", "emit Done(address(this), to);"),
    } <= found
    assert not any("comment" in after or "error" in after for _, after in found)


def test_the_same_seed_draws_the_same_from_every_file(mutants) -> None:
    drawn = mutants.sample(ROOT, 300, 1)
    assert drawn == mutants.sample(ROOT, 300, 1) != mutants.sample(ROOT, 300, 2)
    assert len(drawn) == len({mutant.key for mutant in drawn}) == 300
    with_faults = {name for name in mutants.files(ROOT) if any(mutants.every(ROOT, name))}
    assert {mutant.file for mutant in drawn} == with_faults
    assert set(Counter(mutant.group for mutant in drawn)) == set(mutants.GROUPS)
    for mutant in drawn:
        text = (ROOT / mutant.file).read_text(encoding="utf-8")
        assert mutant.applied(text) != text


def test_an_excused_mutant_is_one_of_today_and_has_its_reason(mutants) -> None:
    entries = tomllib.loads((ROOT / "tools" / "mutation-equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    named = [(entry["file"], entry["before"], entry["after"]) for entry in entries]
    assert len(named) == len(set(named))
    today = Counter((m.file, m.before, m.after) for name in {n[0] for n in named} for m in mutants.every(ROOT, name))
    assert set(named) <= set(today), "the line has changed: look at the mutant again"
    assert [one for one in named if today[one] > 1] == [], "the same line stands elsewhere, where the fault may matter"
    assert all(entry["why"].endswith(".") for entry in entries)
