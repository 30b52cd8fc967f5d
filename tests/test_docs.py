"""Every `hashkit ...` command line in the documents exists: command, options and values that are a choice."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from hashkit.cli.app import root
from hashkit.cli.lazy import House

ROOT = Path(__file__).resolve().parents[1]
SKIPPED = {".venvs", "node_modules", ".git", ".forge", "dist", ".pytest_cache", "hashkit-demo"}
DOCUMENTS = sorted(p for p in ROOT.glob("**/*.md") if not SKIPPED & set(p.relative_to(ROOT).parts))
SOURCES = sorted((ROOT / "hashkit").glob("**/*.py"))


def quoted(text: str) -> list[str]:
    """Command lines in fences and in backquotes that start with ``hashkit``."""
    fenced = re.findall(r"```(?:sh|text|console|bash)?\n(.*?)```", text, re.DOTALL)
    lines = [line for block in fenced for line in block.splitlines()]
    commands = [part for line in lines for part in re.split(r"\s&&\s", line.strip().removeprefix("$ "))]
    commands += re.findall(r"`(hashkit [^`\n]+)`", text)
    return [line for line in commands if re.match(r"hashkit [a-z]", line)]


def check(line: str) -> None:
    """Raise when the click tree does not know the line."""
    words = shlex.split(re.split(r"\s(?:#|>|<|\|)(?:\s|$)", line)[0], comments=True)
    command: click.Command = root
    context = click.Context(root, info_name="hashkit")
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        options = rest[0].split("|")
        found = [command.get_command(context, name.rstrip("…,.:")) for name in options]
        assert all(found), f"there is no command {rest[0]!r} in: {line}"
        command, rest = found[0], rest[1:]
    if isinstance(command, House) and rest and rest[0] in command.rooms:
        command, rest = command.room(rest[0]), rest[1:]
    known = {name for p in command.params for name in p.opts} | {"--help", "-h"}
    for word in rest:
        if re.match(r"--?[a-z]", word):
            assert word.split("=")[0] in known, f"there is no option {word} in: {line}"
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice):
            given = [rest[i + 1] for i, word in enumerate(rest[:-1]) if word in parameter.opts]
            assert set(given) <= set(parameter.type.choices), f"{given[0]} is no choice in: {line}"
    if not any("…" in word or word.isupper() or "..." in word for word in rest):
        command.make_context("hashkit", rest, resilient_parsing=True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_in_the_documents_exists(path):
    for line in quoted(path.read_text("utf-8")):
        check(line)


def test_every_next_step_in_the_source_exists():
    lines = {line for p in SOURCES for line in re.findall(r"`(hashkit [a-z][^`\n{}]*)`", p.read_text("utf-8"))}
    assert len(lines) > 20
    for line in sorted(lines):
        check(line)


def test_every_cure_of_a_refusal_exists():
    from hashkit.domain.verdict import _SENTENCES

    cures = [fix for _, fix in _SENTENCES.values() if "hashkit " in fix]
    assert cures
    for cure in cures:
        check(cure[cure.index("hashkit ") :])


def test_the_readme_quotes_commands_at_all():
    assert len(quoted((ROOT / "README.md").read_text("utf-8"))) >= 10


@pytest.mark.parametrize(
    "line",
    ["hashkit isue x.csv", "hashkit issue x.csv --bogus", "hashkit control stop", "hashkit devnet up --engine geth"],
)
def test_the_check_can_fail(line):
    with pytest.raises((AssertionError, click.UsageError)):
        check(line)
