"""Who imports whom: the table in hashkit/README.md, held against every module."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "hashkit"


def _table() -> dict[str, tuple[set[str], set[str]]]:
    rows = {}
    for line in (PACKAGE / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] not in ("package", "word"):
            rows[cells[0]] = tuple({w for w in cell.split(", ") if w} for cell in cells[1:])
    return rows


TABLE = _table()


def imports_of(source: str) -> set[str]:
    """Dotted names a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            found.add(str(node.module))
    return found


def breaches(floor: str, source: str) -> set[str]:
    """What a module on ``floor`` imports although the table does not allow it."""
    ours, theirs = TABLE[floor]
    bad = set()
    for name in imports_of(source):
        top, _, rest = name.partition(".")
        if top == "hashkit":
            target = rest.partition(".")[0]
            if target != floor and target not in ours:
                bad.add(name)
        elif top not in theirs and top not in sys.stdlib_module_names:
            bad.add(name)
    return bad


def modules() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p.parent != PACKAGE or p.name == "errors.py"]


def test_the_table_names_every_package():
    folders = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert folders | {"errors"} == set(TABLE)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_only_downwards(path):
    floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert not breaches(floor, path.read_text())


def test_the_test_can_fail():
    assert breaches("domain", "import requests") == {"requests"}
    assert breaches("audit", "from hashkit.chain.keys import open_signer") == {"hashkit.chain.keys"}
    assert breaches("store", "def f():\n    import hashkit") == {"hashkit"}
    assert not breaches("issuer", "from hashkit.chain.keys import open_signer\nimport json")


def test_the_auditors_half_cannot_sign():
    ours, theirs = TABLE["audit"]
    assert "chain" not in ours and not theirs & {"eth_account", "web3"}
    for floor in ("rpc", "store", "contracts", "domain"):
        assert "chain" not in TABLE[floor][0] and not TABLE[floor][1] & {"eth_account", "web3"}


def test_no_room_is_larger_than_450_lines():
    large = {str(p.relative_to(ROOT)): n for p in modules() if (n := len(p.read_text().splitlines())) > 450}
    assert not large
