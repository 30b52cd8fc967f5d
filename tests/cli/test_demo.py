"""`hashkit demo`: the same story on both engines and every time, and a report to open."""

from __future__ import annotations

import pytest

from hashkit.chain import devnet
from tests.cli.running import Shell
from tests.conftest import ENGINES


@pytest.fixture
def shell(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return Shell(folder, tmp_path)


@pytest.mark.slow
def test_the_story_is_the_same_on_both_engines_and_again(shell):
    told = [shell.ok("demo", "--engine", engine) for engine in (*ENGINES, ENGINES[0])]
    assert len({ran.out for ran in told}) == 1
    story = told[0].out
    assert max(map(len, story.splitlines())) <= 80
    for words in ("1. Deploy", "R-COUNTRY-TO", "R-BALANCE", "0 transactions", "difference 0", "Open the report"):
        assert words in story
    assert [f"Engine: {engine}." in ran.err for engine, ran in zip(ENGINES, told, strict=False)] == [True, True]
    assert (shell.folder / "hashkit-demo/reports/HKGREEN/report.html").stat().st_size > 5000
    assert devnet.status(shell.folder / "hashkit-demo") is None
    assert str(shell.folder) not in story

    document = shell.ok("demo", "--engine", ENGINES[0], "--json").data
    assert document["data"]["story"] == story.splitlines()


def test_a_folder_of_somebody_else_is_left_alone(shell):
    own = shell.folder / "hashkit-demo"
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    assert "was not made by a demo" in shell.fails(2, "demo").err
    assert (own / "thesis.txt").read_text() == "years of work"
