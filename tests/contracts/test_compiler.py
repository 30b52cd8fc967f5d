"""Which compiler is chosen, what it is asked, and that all ways of running it agree."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from hashkit.contracts import compiler, rebuild, sources
from hashkit.contracts.solc import WRAPPER, NativeSolc, NodeSoljson, PythonSoljson
from hashkit.errors import HashkitError, InputError
from tests.contracts.sample import SOLJSON, make_checkout

NODE = Path(shutil.which("node") or "node")


@pytest.fixture
def checkout(tmp_path):
    return make_checkout(tmp_path / "checkout")


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """No solc anywhere, and a network that refuses at once."""
    only = tmp_path / "bin"
    only.mkdir()
    (only / "node").symlink_to(NODE)
    monkeypatch.setenv("PATH", str(only))
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("HASHKIT_SOLC", raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return only


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_all_ways_of_running_the_compiler_make_the_same_bytes(checkout, monkeypatch):
    monkeypatch.setenv("SOLJSON", str(SOLJSON))
    ways = [NodeSoljson(SOLJSON, NODE), PythonSoljson(SOLJSON), NativeSolc(WRAPPER)]
    assert {way.build() for way in ways} == {compiler.SOLC_BUILD}
    builds = [rebuild.compile_project(checkout, compiler=way) for way in ways]
    assert builds[0].runtime_sizes["Silver"] > 1000
    assert builds[0] == builds[1] == builds[2]


def test_choose_without_solc_or_network_takes_soljson_through_node(checkout, bare_machine):
    start = time.monotonic()
    assert compiler.choose(checkout).label.endswith("through node")
    assert time.monotonic() - start < 10


def test_choose_without_node_takes_mini_racer(checkout, bare_machine):
    (bare_machine / "node").unlink()
    assert compiler.choose(checkout).label.endswith("through mini-racer")


def test_choose_on_a_silent_network_does_not_wait(checkout, bare_machine, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(compiler, "IMPATIENT_SECONDS", 1)
        start = time.monotonic()
        assert compiler.choose(checkout).label.endswith("through node")
        assert time.monotonic() - start < 10


def test_choose_prefers_a_version_that_py_solc_x_has_installed(checkout, bare_machine, monkeypatch):
    monkeypatch.setenv("SOLJSON", str(SOLJSON))
    installed = bare_machine / f"solc-v{compiler.SOLC_VERSION}"
    script(installed, f'exec "{NODE}" "{WRAPPER}" "$@"')
    assert compiler.choose(checkout) == NativeSolc(installed)


def test_choose_passes_over_a_solc_of_another_version(checkout, bare_machine):
    script(bare_machine / "solc", "echo 'Version: 0.8.29+commit.ab55807c.Linux.g++'")
    assert compiler.choose(checkout).label.endswith("through node")


def test_choose_with_nothing_at_hand_says_what_was_tried(checkout, bare_machine, monkeypatch):
    monkeypatch.setattr(compiler, "DOWNLOAD_SECONDS", 5)
    (checkout / "node_modules").unlink()
    with pytest.raises(HashkitError) as refusal:
        compiler.choose(checkout)
    assert refusal.value.code == "NO_COMPILER"
    assert any("soljson.js: not there" in line for line in refusal.value.details)


def test_an_explicit_compiler_is_used_or_refused_but_never_passed_over(checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("HASHKIT_SOLC", str(SOLJSON))
    assert str(SOLJSON) in compiler.choose(checkout).label
    other = script(tmp_path / "solc", "echo 'Version: 0.8.29+commit.ab55807c.Linux.g++'")
    for wrong, why in ((other, "0.8.29+commit.ab55807c"), (tmp_path / "none", "does not run")):
        with pytest.raises(InputError, match="cannot be used") as refusal:
            compiler.choose(checkout, wrong)
        assert why in refusal.value.why


def test_the_same_request_is_answered_from_the_cache(checkout, tmp_path):
    cache = tmp_path / "cache"
    first = rebuild.compile_project(checkout, cache=cache)
    start = time.monotonic()
    assert rebuild.compile_project(checkout, cache=cache) == first
    assert time.monotonic() - start < 0.5
    (kept,) = cache.iterdir()
    kept.write_text('{"torn')
    assert rebuild.compile_project(checkout, cache=cache) == first


def test_errors_of_the_compiler_are_listed_all_at_once(checkout):
    bad = "contract Bad { function f() public { nothing(); } function g() public { nowhere(); } }"
    (checkout / "contracts" / "Bad.sol").write_text(f"pragma solidity 0.8.30;\n{bad}\n")
    with pytest.raises(InputError) as refusal:
        rebuild.compile_project(checkout)
    assert refusal.value.code == "SOLIDITY"
    assert len(refusal.value.details) == 2


def test_imports_are_read_past_comments_and_strings():
    text = """
    import "./A.sol"; import {B} from "../b/B.sol";
    // import "no1.sol";
    /* import "no2.sol"; */
    string constant U = "https://x"; string constant S = "/*";
    import * as C from '@openzeppelin/contracts/C.sol'; string constant T = "*/";
    import {
        D, // a comment; with "quotes"
        E
    } from "./D.sol";
    """
    assert sources.imports("contracts/token/X.sol", text) == [
        "contracts/token/A.sol",
        "contracts/b/B.sol",
        "@openzeppelin/contracts/C.sol",
        "contracts/token/D.sol",
    ]


@pytest.mark.parametrize("target", ["../../secret.sol", "/etc/hosts", "@other/lib/A.sol", "./None.sol"])
def test_an_import_from_elsewhere_is_refused_by_name(checkout, target):
    (checkout.parent / "secret.sol").write_text("contract Secret {}")
    (checkout / "contracts" / "Bad.sol").write_text(f'import "{target}";')
    with pytest.raises(InputError, match=r"contracts/Bad\.sol imports") as refusal:
        sources.standard_input(checkout)
    assert refusal.value.code == "MISSING_SOURCE"


def test_another_library_version_than_the_pinned_one_is_refused(checkout):
    pinned = (checkout / "package.json").read_text()
    (checkout / "package.json").write_text(pinned.replace('"5.7.0"', '"5.6.0"'))
    with pytest.raises(InputError, match=r"5\.7\.0; 5\.6\.0 is pinned"):
        rebuild.compile_project(checkout)


def test_caches_of_other_tools_are_not_sources(checkout):
    (checkout / "contracts" / ".cache").mkdir()
    (checkout / "contracts" / ".cache" / "Old.sol").write_text("contract Old {}")
    assert "contracts/.cache/Old.sol" not in sources.standard_input(checkout)["sources"]


def test_the_wrapper_is_executable_for_forge_and_ape():
    assert os.access(WRAPPER, os.X_OK)
