"""What is in the wheel, and that a wheel with stale artifacts cannot be built."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hashkit.contracts import artifacts

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("contracts", "hashkit")
FILES = (
    "pyproject.toml",
    "hatch_build.py",
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    ".gitignore",
)


def hatchling(folder: Path, target: str, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path):
    """A copy of what a package is built from."""
    folder = tmp_path / "tree"
    ignored = shutil.ignore_patterns("__pycache__", ".cache")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, folder / file)
    return folder


def test_the_wheel_carries_artifacts_wrapper_and_types(tree, tmp_path):
    done = hatchling(tree, "wheel", tmp_path)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        shipped = json.loads(archive.read("hashkit/contracts/build/index.json"))
    made = {f"hashkit/contracts/build/{name}" for name in ("index.json", *shipped["files"])}
    assert made <= inside
    assert set(shipped["contracts"]) == set(artifacts.names())
    assert {"hashkit/py.typed", "hashkit/contracts/wasm/solc"} <= inside
    assert all(name.startswith(("hashkit/", "hashkit-")) for name in inside)


def test_a_wheel_can_be_built_from_the_sdist(tree, tmp_path):
    assert hatchling(tree, "sdist", tmp_path).returncode == 0
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    done = hatchling(folder, "wheel", tmp_path)
    assert done.returncode == 0, done.stderr


def change_contract(tree: Path) -> str:
    with (tree / "contracts" / "AssetToken.sol").open("a") as file:
        file.write("// one more line\n")
    return "contracts/AssetToken.sol changed"


def add_contract(tree: Path) -> str:
    (tree / "contracts" / "New.sol").write_text("contract New {}")
    return "contracts/New.sol is new"


def remove_contract(tree: Path) -> str:
    (tree / "contracts" / "AssetToken.sol").unlink()
    return "contracts/AssetToken.sol is missing"


def change_artifact(tree: Path) -> str:
    path = tree / "hashkit" / "contracts" / "build" / "AssetToken.json"
    path.write_text(path.read_text().replace('"creation": "60', '"creation": "61', 1))
    return "AssetToken.json changed"


def change_library(tree: Path) -> str:
    path = tree / "package.json"
    path.write_text(
        path.read_text().replace('"@openzeppelin/contracts": "5.7.0"', '"@openzeppelin/contracts": "5.8.0"')
    )
    return "but 5.8.0 is pinned"


def remove_index(tree: Path) -> str:
    (tree / "hashkit" / "contracts" / "build" / "index.json").unlink()
    return "nothing has been compiled"


@pytest.mark.parametrize("target", ["wheel", "sdist"])
@pytest.mark.parametrize(
    "spoil", [change_contract, add_contract, remove_contract, change_artifact, change_library, remove_index]
)
def test_a_package_with_stale_artifacts_is_refused(tree, tmp_path, spoil, target):
    finding = spoil(tree)
    done = hatchling(tree, target, tmp_path)
    assert done.returncode != 0
    assert finding in done.stdout + done.stderr
    assert not list(tmp_path.glob("hashkit-*"))


def test_locks_name_no_host():
    hosts = ("registry.", "pypi.", "pythonhosted", "index-url", "find-links", "://")
    for name in (
        "tools/constraints-test.txt",
        "tools/constraints-web3-7.txt",
        "tools/constraints-ape.txt",
        ".npmrc",
    ):
        text = (ROOT / name).read_text()
        assert not [host for host in hosts if host in text], name
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = [entry for path, entry in lock["packages"].items() if path]
    assert packages
    assert not [entry for entry in packages if "resolved" in entry]
    unhashed = [path for path, entry in lock["packages"].items() if path and "integrity" not in entry]
    assert all("@foundry-rs/" in path and lock["packages"][path]["optional"] for path in unhashed)
    assert not [path for path in unhashed if "linux-amd64" in path]


def test_npm_tools_are_pinned_to_exact_versions():
    pins = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert pins == {
        "@foundry-rs/anvil": "1.7.1",
        "@foundry-rs/forge": "1.7.1",
        "@openzeppelin/contracts": "5.7.0",
        "solc": "0.8.30",
    }


def test_ape_compiles_with_the_pinned_library():
    text = (ROOT / "ape-config.yaml").read_text()
    version = json.loads((ROOT / "package.json").read_text())["devDependencies"]["@openzeppelin/contracts"]
    assert f"version: {version}\n" in text
    assert f'"@openzeppelin/contracts=openzeppelin/{version}"' in text
