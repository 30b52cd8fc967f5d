"""Do the proofs' pages say what was found, and would a failure be told as one? Nothing slow is run here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))  # the steps run before anything is installed, so they are no package

import prove  # noqa: E402
import prove_evidence  # noqa: E402
import prove_forge  # noqa: E402
import prove_kills  # noqa: E402
import prove_planted  # noqa: E402
import prove_python  # noqa: E402
import prove_report  # noqa: E402
import prove_static  # noqa: E402
import prove_symbolic  # noqa: E402
from environments import Missing  # noqa: E402

RESULTS = prove_report.load()


def finding(impact="High", check="arbitrary-send", name="pay"):
    parent = {"type": "contract", "name": "Till", "type_specific_fields": {}}
    return {
        "impact": impact,
        "check": check,
        "elements": [{"name": name, "type_specific_fields": {"parent": parent}}],
    }


def property_(exitcode=0, bounded=0, name="check_a(uint256)"):
    return {"name": name, "exitcode": exitcode, "num_paths": [3], "time": [1.0], "num_bounded_loops": bounded}


def test_the_readme_is_what_the_results_say():
    assert prove_report.render(RESULTS) == prove_report.README.read_text(encoding="utf-8"), "run make prove"


def test_a_figure_that_was_changed_by_hand_is_found():
    changed = json.loads(json.dumps(RESULTS))
    changed["storage"]["summary"] += "!"
    assert prove_report.render(changed) != prove_report.README.read_text(encoding="utf-8")


def test_every_figure_is_of_a_part_and_passed():
    assert set(RESULTS) <= set(prove.PARTS)
    assert [name for name, part in RESULTS.items() if not part["passed"]] == []


def test_the_figures_are_of_these_contracts():
    older = sorted(name for name, part in RESULTS.items() if part["contracts"] != prove_report.contracts_hash())
    if older:
        pytest.skip(f"older contracts: run make prove PART='{' '.join(older)}'")


def test_a_part_that_cannot_run_fails_and_the_others_run(monkeypatch, tmp_path):
    def broken():
        raise Missing("There is no tool.")

    whole = {"passed": True, "summary": "all", "tables": [], "tools": ["a tool"]}
    monkeypatch.setattr(prove, "PARTS", {"broken": broken, "storage": lambda: whole})
    monkeypatch.setattr(prove, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(prove, "README", tmp_path / "README.md")
    assert not prove.prove([])
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written["storage"]["summary"] == "all" and "broken" not in written
    assert prove.prove(["storage"])


# --------------------------------------------------------------------------------------------------- symbolic


def test_at_least_twenty_properties_say_what_they_show_and_their_bound():
    sources = [path.read_text(encoding="utf-8") for path in prove_symbolic.PROPERTIES.glob("*.sol")]
    named = sum(text.count("function check_") for text in sources)
    assert named == len(prove_symbolic.written()) >= 20


@pytest.mark.parametrize(
    ("exitcode", "bounded", "state"),
    [(0, 0, "proven"), (1, 0, "refuted"), (2, 0, "timed out"), (3, 0, "not decided"), (0, 1, "cut short")],
)
def test_a_property_counts_only_when_it_was_proven_whole(exitcode, bounded, state):
    told = prove_symbolic.judged([property_(exitcode, bounded)], {"check_a": ("something", "none")})
    assert told["passed"] == (state == "proven")
    assert state in told["tables"][0]["rows"][0]


def test_a_property_that_did_not_run_is_no_proof():
    told = prove_symbolic.judged([property_()], {"check_a": ("", ""), "check_b": ("", "")})
    assert not told["passed"] and told["summary"] == "1 of 2 properties proven, 1 not run"


# --------------------------------------------------------------------------------------------------- slither


def test_a_finding_needs_a_reason_at_its_place():
    reason = {"check": "arbitrary-send", "places": ["Till.pay"], "why": "because"}
    assert prove_static.weighed([finding()], [reason])["passed"]
    assert not prove_static.weighed([finding()], [])["passed"]
    assert not prove_static.weighed([finding(), finding(name="refund")], [reason])["passed"]
    assert prove_static.weighed([finding(impact="Low")], [])["passed"]


def test_a_reason_without_a_finding_is_told():
    reason = {"check": "arbitrary-send", "places": ["Till.pay"], "why": "because"}
    told = prove_static.weighed([], [reason])
    assert not told["passed"]
    assert told["tables"][0]["rows"] == [["gone", "arbitrary-send", "Till.pay"]]


# --------------------------------------------------------------------------------------------------- forge


def test_a_branch_that_is_missed_counts_and_wants_its_reason():
    file = "contracts/token/Power.sol"
    line = (ROOT / file).read_text(encoding="utf-8").splitlines()[5].strip()
    lcov = f"SF:{file}\nDA:6,1\nBRDA:6,0,0,1\nBRDA:6,0,1,-\nend_of_record\nSF:tests/x.sol\nDA:1,0\n"
    told = prove_forge.reached(lcov, {})
    assert not told["passed"] and "branches 50.00 % (1/2)" in told["summary"]
    assert told["tables"][0]["rows"] == [[file, f"`{line}`", "**none**"]]
    assert "0 missed without a reason" in prove_forge.reached(lcov, {(file, line): "cannot be"})["summary"]


def test_a_failing_test_is_named():
    kinds = {"Unit": {"gas": 1}}, {"Fuzz": {"runs": 7}}, {"Invariant": {"runs": 2, "calls": 50, "reverts": 0}}
    results = {f"test_{i}()": {"status": "Success", "kind": kind} for i, kind in enumerate(kinds)}
    suites = {"T.sol:T": {"test_results": results}}
    told = prove_forge.count(suites)
    assert told["passed"]
    assert told["summary"] == "3 tests, 0 failed: 1 fuzzed with 7 inputs, 1 invariants over 50 calls"
    results["test_1()"].update(status="Failure", reason="wrong")
    told = prove_forge.count(suites)
    assert not told["passed"] and told["tables"][0]["rows"] == [["T.sol:T.test_1()", "wrong"]]


# --------------------------------------------------------------------------------------------------- planted


def counted(killed, survived):
    score = round(100 * killed / (killed + survived), 1) if killed + survived else None
    same = {"mutants": killed + survived, "invalid": 0, "same_code": 0, "equivalent": 0}
    return {**same, "killed": killed, "survived": survived, "score": score}


@pytest.mark.parametrize(("killed", "survived", "passed"), [(19, 1, True), (18, 1, False), (0, 0, False)])
def test_a_sample_passes_by_its_score_and_names_what_survived(killed, survived, passed):
    place = {"file": "A.sol", "line": 7, "operator": "logic", "before": "a && b", "after": "a || b"}
    total = counted(killed, survived)
    same = {"seed": 1, "total": total, "groups": {"token": total}, "kinds": {"logic": total}}
    figures = {**same, "survivors": [place] * survived}
    told = prove_planted.weighed(figures)
    assert told["passed"] == passed
    assert f"{killed} of {killed + survived} faults noticed" in told["summary"]
    named = [row for table in told["tables"][2:] for row in table["rows"]]
    assert named == [["A.sol", "7", "`a && b`", "`a || b`"]] * survived


@pytest.mark.parametrize("killer", ["", "T.test_I01"])
def test_a_bug_that_nobody_caught_fails_the_part(monkeypatch, killer):
    bug = prove_planted.bugs.Bug(1, "Nobody is asked.", "A.sol", "a", "b", "test_I01")
    monkeypatch.setattr(prove_planted.bugs, "run", lambda: [(bug, killer)])
    told = prove_planted.teeth()
    assert told["passed"] == bool(killer)
    assert told["tables"][0]["rows"][0][-1] == (f"`{killer}`" if killer else "**no test**")


# --------------------------------------------------------------------------------------------------- kills


def kill(unwritten=0):
    return {"after": 0.1, "last": "sent", "entries": 9, "unwritten": unwritten}


def killed(many, **wrong):
    right = {"exit": 0, "credited": 10_000, "lost": 0, "double": 0, "supply": True, "journal": [], "again": 0}
    return json.dumps({"run": 1, "kills": [kill()] * many, **right, **wrong})


def test_the_kills_pass_only_when_there_were_enough_and_every_run_ended_right():
    assert prove_kills.weighed(killed(500))["passed"]
    assert not prove_kills.weighed(killed(499))["passed"]
    ways = ({"lost": 1}, {"double": 1}, {"credited": 10_001}, {"supply": False}, {"journal": ["nonce 7: differs"]},
            {"exit": 1}, {"again": 1}, {"kills": [kill(1)] * 500})  # fmt: skip
    for wrong in ways:
        told = prove_kills.weighed(killed(500, **wrong))
        assert not told["passed"] and "not 1" in told["summary"], wrong


# --------------------------------------------------------------------------------------------------- storage


def test_the_committed_layout_and_sizes_are_those_of_the_artifacts():
    committed = json.loads(prove_static.LAYOUT.read_text(encoding="utf-8"))
    now = prove_static.layouts()
    assert prove_static.moves(committed, now) == []
    assert committed == now, "run make prove PART=storage"


def test_every_contract_leaves_room():
    sizes = {name: one["runtime_bytes"] for name, one in prove_static.layouts().items()}
    limit = prove_static.CODE_LIMIT - prove_static.ROOM
    assert {name: size for name, size in sizes.items() if size > limit} == {}


def test_both_halves_have_the_committed_layout_to_the_member_of_a_struct():
    committed = json.loads(prove_static.LAYOUT.read_text(encoding="utf-8"))
    hot, rare = committed["AssetToken"]["storage"], committed["AssetTokenControl"]["storage"]
    assert hot == rare and any("nextRow uint32" in line for line in hot)


def test_a_layout_only_grows_at_its_end():
    old = {"A": {"storage": ["0+0 a uint256", "1+0 b uint256"]}}
    moves = prove_static.moves
    assert moves(old, {"A": {"storage": [*old["A"]["storage"], "2+0 c uint256"]}}) == []
    assert moves(old, {"A": {"storage": ["0+0 a uint256", "1+0 c uint256", "2+0 b uint256"]}}) == ["A: 1+0 b uint256"]
    assert moves(old, {"A": {"storage": ["0+0 a uint128", "1+0 b uint256"]}}) == ["A: 0+0 a uint256"]
    assert moves(old, {}) == ["A: 0+0 a uint256", "A: 1+0 b uint256"]


def test_one_accepted_change_of_the_evidence_fails_the_part():
    told = {"plain": [{"logs": 5, "manifest": 2}, {}], "careful": [{"logs": 3}, {"logs": 0}]}
    good = prove_evidence.weighed(told)
    assert good["passed"] and good["summary"].startswith("10 single-byte changes of a saved audit, 0 accepted")
    told["careful"][1]["logs"] = 1
    assert not prove_evidence.weighed(told)["passed"]
    assert not prove_evidence.weighed({"plain": [{}, {}], "careful": [{}, {}]})["passed"]


# --------------------------------------------------------------------------------------------------- python


def measured(branches: int = 96, missing: tuple[int, ...] = (), **more: object) -> dict[str, object]:
    """A report of coverage in which every file of the heart has 10 lines and 10 branches, and another one 100."""
    core = {name for group in prove_python.HEART for name in prove_python.heart(group)}
    units = "hashkit/domain/units.py"

    def told(of: int, branches: int, lines: tuple[int, ...] = ()) -> dict[str, object]:
        counts = {"num_statements": of, "covered_lines": of - len(lines), "num_branches": of}
        return {
            "summary": {**counts, "covered_branches": branches},
            "missing_lines": list(lines),
            "missing_branches": [],
        }

    files = {name: told(10, 10) for name in core}
    files["hashkit/audit/run.py"] = told(10_000, branches * 100)
    files[units] = {**told(10, 10, missing), **more}
    return {"files": files}


def test_the_python_part_wants_its_share_of_branches():
    assert prove_python.weighed(measured(), {})["passed"]
    assert not prove_python.weighed(measured(branches=94), {})["passed"]


def test_a_line_of_the_heart_that_is_missed_wants_its_reason_and_a_reason_its_line():
    place = ("hashkit/domain/units.py", "from __future__ import annotations")
    line = (ROOT / place[0]).read_text(encoding="utf-8").splitlines().index(place[1]) + 1
    for told in (measured(missing=(line,)), measured(missing_branches=[[line, -1]])):
        unexplained = prove_python.weighed(told, {})
        assert not unexplained["passed"] and "1 without a reason" in unexplained["summary"]
        assert unexplained["tables"][0]["rows"] == [[place[0], f"`{place[1]}`", "**none**"]]
        assert prove_python.weighed(told, {place: "it cannot be"})["passed"]
    idle = prove_python.weighed(measured(), {place: "it cannot be"})
    assert not idle["passed"] and "it is reached" in idle["tables"][0]["rows"][0][2]


def test_a_file_of_the_heart_that_nobody_measured_fails_the_part():
    told = measured()
    del told["files"]["hashkit/chain/sender.py"]
    assert not prove_python.weighed(told, {})["passed"]
    assert all((ROOT / name).exists() for group in prove_python.HEART for name in prove_python.heart(group))


def test_what_is_excused_in_the_heart_stands_there_today():
    for (file, line), why in prove_python.reasons().items():
        lines = [one.strip() for one in (ROOT / file).read_text(encoding="utf-8").splitlines()]
        assert lines.count(line) == 1 and why.endswith("."), (file, line)
