"""The faults that tools/python_mutation.py tries: programs, of every kind, asked of the tests that run their line."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import python_mutants  # noqa: E402
import python_mutation  # noqa: E402

SOURCE = '''
"""A module. 1 < 2 here is prose."""

LIMIT: int = 7
"""Words."""


@dataclass(frozen=True)
class Sample:
    """Words."""

    def act(self, way: str = "é 5 < 6", many: int = 3) -> int | None:
        """Words."""
        if way and not many <= LIMIT:
            self.failed = True
            raise InputError("5 < 6", code="X")
        rows = self._all("SELECT * FROM t WHERE a = ? AND b <= ? ORDER BY n DESC LIMIT 1")
        found = [row for row in rows if row is not None]
        for row in found:
            if row == "é" or row in way:
                continue
            self.tell(row)
        return many + len(found)
'''


def test_every_kind_of_fault_is_found_and_prose_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SOURCE, encoding="utf-8")
    mutants = list(python_mutants.every("sample.py", "amounts", tmp_path))
    found = {(mutant.operator, mutant.after) for mutant in mutants}
    query = 'rows = self._all("SELECT * FROM t WHERE a = ? AND b <= ? ORDER BY n DESC LIMIT 1")'
    assert {
        ("number", "LIMIT: int = 8"),
        ("number", "LIMIT: int = 6"),
        ("number", 'def act(self, way: str = "é 5 < 6", many: int = 4) -> int | None:'),
        ("number", 'def act(self, way: str = "é 5 < 6", many: int = 2) -> int | None:'),
        ("condition", "if (not (way and not many <= LIMIT)):"),
        ("logic", "if way or not many <= LIMIT:"),
        ("logic", "if way and (many <= LIMIT):"),
        ("comparison", "if way and not many < LIMIT:"),
        ("truth", "self.failed = False"),
        ("statement", "pass"),
        ("query", query.replace(" AND ", " OR ")),
        ("query", query.replace("<=", "<")),
        ("query", query.replace(" DESC", "")),
        ("query", query.replace("LIMIT 1", "LIMIT 1 OFFSET 1")),
        ("condition", 'if (not (row == "é" or row in way)):'),
        ("comparison", "found = [row for row in rows if row is None]"),
        ("condition", "found = [row for row in rows if (not (row is not None))]"),
        ("comparison", 'if row != "é" or row in way:'),
        ("comparison", 'if row == "é" or row not in way:'),
        ("logic", 'if row == "é" and row in way:'),
        ("statement", "break"),
        ("result", "return None"),
        ("arithmetic", "return many - len(found)"),
    } == found
    assert Counter(mutant.before for mutant in mutants if mutant.after == "pass") == {
        "self.failed = True": 1, 'raise InputError("5 < 6", code="X")': 1, "self.tell(row)": 1,
    }  # fmt: skip


def test_the_same_seed_draws_the_same_from_every_file() -> None:
    drawn = python_mutants.sample(100, 1)
    assert drawn == python_mutants.sample(100, 1) != python_mutants.sample(100, 2)
    assert len(drawn) == len({mutant.key for mutant in drawn}) == 100
    for mutant in drawn:
        text = (ROOT / mutant.file).read_text(encoding="utf-8")
        assert ast.dump(ast.parse(mutant.applied(text))) != ast.dump(ast.parse(text))
    files = {name for group in python_mutants.HEART for name in python_mutants.heart(group)}
    assert {mutant.file for mutant in drawn} <= files and set(python_mutants.HEART) == {one.group for one in drawn}


def test_an_excused_mutant_is_one_of_today_and_has_its_reason() -> None:
    entries = tomllib.loads(python_mutation.EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    named = [(entry["file"], entry["before"], entry["after"]) for entry in entries]
    every = [one for group in python_mutants.HEART for name in python_mutants.heart(group)
             for one in python_mutants.every(name, group)]  # fmt: skip
    today = Counter((one.file, one.before, one.after) for one in every)
    assert len(named) == len(set(named)) and set(named) <= set(today), "the line has changed: look at the mutant again"
    assert [one for one in named if today[one] > 1] == [], "the same line stands elsewhere, where the fault may matter"
    assert all(entry["why"].endswith(".") for entry in entries)


def test_a_fault_is_asked_of_the_quickest_tests_that_run_its_line() -> None:
    tests = {
        "slow": {"seconds": python_mutation.AT_MOST, "lines": {"a.py": [5, 6]}},
        "quick": {"seconds": 1.0, "lines": {"a.py": [6]}},
        "other": {"seconds": 0.1, "lines": {"a.py": [9]}},
        "elsewhere": {"seconds": 0.0, "lines": {"b.py": [5]}},
    }
    ask = python_mutation.covering_tests
    assert ask(tests, "a.py", range(5, 6)) == ["slow"], "one at the least"
    assert ask(tests, "a.py", range(5, 7)) == ["quick"], "and the next one only within the time"
    assert ask(tests, "a.py", range(1, 2)) == ["other", "quick"], "it runs while the file is imported"
    assert ask(tests, "c.py", range(5, 6)) == []


def test_the_lines_of_a_fault_are_those_of_its_statement() -> None:
    text = "if (\n    a\n):\n    b(\n        1,\n    )\nelse:\n    c()\nd = 1\n"
    spans = {line: python_mutation.span(text, line) for line in (1, 2, 5, 8, 9)}
    assert spans == {1: range(1, 4), 2: range(1, 4), 5: range(4, 7), 8: range(8, 9), 9: range(9, 10)}
