"""The auditors' report scripts: plain Python, one address, one node, an exit code to build on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from hashkit.rpc.client import Endpoint
from tests.audit.world import WALLETS, World

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("register", "supply", "roll_forward", "privileged_acts", "powers", "kyc_status", "statement", "sample")
MORE = {"statement": ("--who", WALLETS[1]), "sample": ("--seed", "q3", "--size", "5")}


@pytest.fixture(scope="module")
def issued(anvil_url: str) -> World:
    made = World(Endpoint(anvil_url, chain_id=31337)).deploy()
    made.issue([(WALLETS[0], 10_000), (WALLETS[1], 5_000)])
    return made


def run(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / f"{name}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_reports_from_an_empty_folder(issued, anvil_url, tmp_path, name):
    done = run(name, issued.token.address, "--rpc", anvil_url, *MORE.get(name, ()), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert issued.token.address in done.stdout and not done.stderr
    expected = {
        "register": f"{WALLETS[0]}  100.00  66.67  verified",
        "supply": "totalSupply of the contract       150.00",
        "roll_forward": "closing                150.00",
        "statement": "opening 0.00, closing 50.00",
        "sample": "2 of 2 rows, seed 'q3'",
        "powers": "Fewest keys, directly",
        "privileged_acts": "opened order 0x",
        "kyc_status": WALLETS[1],
    }
    assert expected[name] in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_exception_is_exit_7(issued, anvil_url, tmp_path):
    issued.do(issued.registry.renew(WALLETS[1], 1, bytes(32)))
    done = run("kyc_status", issued.token.address, "--rpc", anvil_url, cwd=tmp_path)
    assert done.returncode == 7 and "C09 EXCEPTION" in done.stdout
    issued.do(issued.registry.renew(WALLETS[1], 4_000_000_000, bytes(32)))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("0x" + "12" * 20, "--rpc", "URL"), 2, "There is no contract at"),
        (("0x12", "--rpc", "URL"), 2, "is not an address"),
        (("0x" + "12" * 20, "--rpc", "http://127.0.0.1:9"), 5, "127.0.0.1:9"),
        (("0x" + "12" * 20, "-n", "moon"), 2, "no network called"),
        (("0x" + "12" * 20, "-n", "hashkey", "--rpc", "URL"), 5, "chain"),
    ],
)
def test_bad_input_is_one_sentence_and_a_code(anvil_url, tmp_path, arguments, code, said):
    done = run("register", *(anvil_url if a == "URL" else a for a in arguments), cwd=tmp_path)
    assert done.returncode == code and said in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_ape_finds_a_click_command_named_cli(name):
    """ape runs the file as ``scripts.NAME`` with the project folder on the path and takes ``cli`` out of it."""
    import runpy

    found = runpy.run_module(f"scripts.{name}")["cli"]
    assert isinstance(found, click.Command) and next(p.name for p in found.params) == "address"
