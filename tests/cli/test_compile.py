"""`hashkit compile`: what it writes, says and refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hashkit.cli.compile import command
from hashkit.errors import ChangesPending, InputError
from tests.contracts.sample import make_checkout


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    folder = make_checkout(tmp_path)
    monkeypatch.chdir(folder / "contracts")
    return folder


def run(*arguments):
    return CliRunner().invoke(command, list(arguments))


def test_compile_writes_once_and_then_says_that_nothing_changed(checkout):
    first = run("--json")
    assert json.loads(first.stdout)["data"]["changed"] == [
        "Silver.json",
        "index.json",
        "interfaces/ISilver.json",
        "standard-input.json",
    ]
    again = run()
    assert "Silver" in again.stdout
    assert "Nothing changed." in again.output
    assert "byte for byte" in run("--check").stdout


def test_compile_check_names_every_difference_and_writes_nothing(checkout):
    run()
    contract = checkout / "contracts" / "Silver.sol"
    contract.write_text(contract.read_text() + "// one more line\n")
    before = {path: path.read_bytes() for path in checkout.glob("hashkit/contracts/build/**/*.json")}
    refusal = run("--check", "--json")
    assert isinstance(refusal.exception, ChangesPending)
    assert refusal.exception.exit_code == 9
    found = ["contracts/Silver.sol changed since the artifacts were written"]
    assert list(refusal.exception.details) == found
    assert before == {path: path.read_bytes() for path in before}


def test_compile_outside_a_checkout_says_where_to_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusal = run()
    assert isinstance(refusal.exception, InputError)
    assert refusal.exception.code == "NO_CHECKOUT"
