"""The README says what the program does: the story, the transcript, the length."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")
quote_story = runpy.run_path(str(ROOT / "tools/quote_story.py"))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["py-evm", "anvil"])
def test_the_story_is_what_the_demo_prints(engine):
    assert quote_story["quoted"]() == quote_story["story"](engine)


def test_the_developers_lines_run_as_they_stand(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "assets").mkdir()
    terms = ROOT / "hashkit/store/templates/assets/HKGREEN.toml"
    (tmp_path / "assets/HKGREEN.toml").write_bytes(terms.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "is not in the identity registry" in printed and "INV-1 500,000.00 62.50" in printed


def test_it_is_short_and_says_the_main_things_early():
    lines = TEXT.splitlines()
    assert len(lines) <= 150
    assert any("make demo" in line for line in lines[:30])
    assert "Unaudited" in "\n".join(lines[:12])
    assert (ROOT / "docs/report.png").stat().st_size > 20_000


def test_every_link_leads_somewhere():
    for readme in sorted(ROOT.glob("*/README.md")) + sorted(ROOT.glob("hashkit/*/README.md")) + [ROOT / "README.md"]:
        folder = readme.parent
        for target in re.findall(r"\]\(([^)#]+?)\)", readme.read_text("utf-8")):
            if "node_modules" not in str(readme) and not target.startswith("http"):
                assert (folder / target).exists(), f"{readme.relative_to(ROOT)} links to {target}"
