"""Who signs, as a user sees it: keystores of other programs, a program of one's own, a key in the environment."""

from __future__ import annotations

import json
import sqlite3
import sys

import pytest
from eth_account import Account

from examples.signer import THROW_AWAY
from hashkit.chain import devnet
from tests.chain.talk import ask
from tests.cli.running import ROOT, Shell
from tests.conftest import free_port

KEY = "0x" + "4d" * 32
ADDRESS = Account.from_key(KEY).address
SIGNER = Account.from_key(THROW_AWAY).address
PHRASE = "correct horse"
COMMAND = [sys.executable, str(ROOT / "examples/signer.py")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A project on the embedded chain, whose accounts lie with others."""
    home = tmp_path_factory.mktemp("signers")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    port = free_port()
    here.ok("devnet", "up", "--engine", "anvil", "--port", str(port))
    for address in (ADDRESS, SIGNER):
        ask(f"http://127.0.0.1:{port}", "anvil_setBalance", address, hex(10**20))
    (home / "phrase").write_text(PHRASE)
    settings = (here.folder / "hashkit.toml").read_text()
    (here.folder / "hashkit.toml").write_text(settings + account("hsm", COMMAND))
    yield here
    devnet.down(here.folder)


def account(name: str, command: list[str], address: str = SIGNER, **more: object) -> str:
    lines = [f"\n[accounts.{name}]", f"command = {json.dumps(command)}", f'address = "{address}"']
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in more.items()), ""])


def journalled(shell: Shell, address: str) -> int:
    """How many transactions the journal of ``address`` holds as signed."""
    found = 0
    for path in (shell.folder / ".hashkit/journal").glob(f"*{address.lower()}.db"):
        with sqlite3.connect(path) as journal:
            found += journal.execute("SELECT count(*) FROM attempts").fetchone()[0]
    return found


def test_the_examples_signer_deploys_issues_and_approves(shell):
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in shell.ok("account", "list").out.splitlines()[1:]}
    assert rows["hsm"] == [SIGNER, "command", str(shell.folder / "hashkit.toml")]
    done = shell.ok("deploy", "HKGREEN", "--account", "hsm")
    assert "Deployed HKGREEN" in done.out and "Signer: " in done.err and "examples/signer.py" in done.err
    shell.ok("investor", "import", "register/investors.csv", "--account", "hsm")
    signed = shell.ok("order", "approve", "batches/issuance.csv", "--account", "hsm", "--json").data["data"]
    assert signed["approver"] == SIGNER and len(signed["signature"]) == 132
    issued = shell.ok("issue", "batches/issuance.csv", "--account", "hsm", "--json").data["data"]
    assert issued["issued"]["amount"] == "1250000.000000"
    assert journalled(shell, SIGNER) > 10


def test_a_program_that_misbehaves_is_one_sentence_and_the_same_command_goes_on_with_a_good_one(shell):
    program, own = shell.folder / "bad.py", shell.home / "hashkit/config.toml"
    own.parent.mkdir(exist_ok=True)
    deploy = ("deploy", "HKGREEN", "--account", "mine")
    record = shell.folder / "deployments/31337/HKGREEN.json"
    aside = record.rename(shell.home / "aside.json")  # as if nothing were deployed
    try:
        for code, patience in (("import time; time.sleep(600)", 1), ("raise SystemExit(7)", 60), ("print('ok')", 60)):
            program.write_text(code)
            own.write_text(account("mine", [sys.executable, str(program)], ADDRESS, timeout_seconds=patience))
            error = shell.fails(4, *deploy, "--json").error
            assert error["code"] == "SIGNER" and "Nothing was signed." in error["why"], (code, error)
        assert journalled(shell, ADDRESS) == 0
        # The right program with another key: it says so itself, and its words reach the screen.
        program.write_text((ROOT / "examples/signer.py").read_text())
        assert f"this key is {SIGNER}" in shell.fails(4, *deploy).err
        assert journalled(shell, ADDRESS) == 0
        program.write_text(program.read_text().replace('"5a" * 32', '"4d" * 32'))
        shell.ok(*deploy)
        assert journalled(shell, ADDRESS) > 5
    finally:
        record.unlink(missing_ok=True)
        aside.rename(record)


def test_keystores_of_others_sign_and_are_left_as_they_are(shell):
    folder = shell.home / ".foundry/keystores"
    folder.mkdir(parents=True)
    cold = folder / "cold"
    cold.write_text(json.dumps(Account.encrypt(KEY, PHRASE, iterations=1024)))
    before = cold.read_bytes()
    phrase = {"HASHKIT_PASSWORD_FILE": str(shell.home / "phrase")}
    found = {a["name"]: a for a in shell.ok("account", "list", "--json").data["data"]}
    assert found["cold"] == {"name": "cold", "address": ADDRESS, "origin": "foundry", "source": str(folder)}
    refused = shell.fails(3, "control", "pause", "--reason", "x", "--account", "cold", **phrase)
    assert f"{ADDRESS} lacks the power" in refused.err  # it was opened, and signs for nobody else
    assert cold.read_bytes() == before and [path.name for path in folder.iterdir()] == ["cold"]

    other = shell.home / ".ape/accounts/cold.json"
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps(Account.encrypt("0x" + "11" * 32, PHRASE, iterations=1024)))
    ran = shell.fails(4, "control", "pause", "--reason", "x", "--account", "cold", **phrase)
    assert "There are 2 accounts called" in ran.err and str(cold) in ran.err and str(other) in ran.err
    assert "cold is the name of several accounts" in shell.ok("account", "list").err
    other.unlink()


def test_a_key_from_the_environment_brings_a_warning(shell):
    key = {"HASHKIT_PRIVATE_KEY": KEY}
    ran = shell.fails(3, "control", "pause", "--reason", "x", "--account", "env", **key)
    assert "Warning: HASHKIT_PRIVATE_KEY signs." in ran.err and KEY[2:] not in ran.err
    told = shell.ok("order", "approve", "batches/issuance.csv", "--account", "env", "--json", **key).data
    assert any("HASHKIT_PRIVATE_KEY" in warning for warning in told["warnings"])


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('[accounts.x]\ncommand = "sign"\naddress = "{}"', "accounts.x.command"),
        ('[accounts.x]\ncommand = []\naddress = "{}"', "accounts.x.command"),
        ('[accounts.x]\ncommand = ["sign"]', "accounts.x.address"),
        ('[accounts.x]\ncommand = ["sign"]\naddress = "0x12"', "accounts.x.address"),
        ('[accounts.x]\ncommand = ["sign"]\naddress = "{}"\nkey = "4d4d4d"', "accounts.x.key"),
        ('[accounts."X y"]\ncommand = ["sign"]\naddress = "{}"', "accounts"),
        ('[accounts.x]\ncommand = ["sign"]\naddress = "{}"\ntimeout_seconds = 0', "accounts.x.timeout_seconds"),
    ],
)
def test_a_command_that_is_not_described_right_is_named(tmp_path, lines, what):
    here = Shell(tmp_path, tmp_path)
    (tmp_path / "hashkit.toml").write_text(lines.replace("{}", SIGNER))
    ran = here.fails(2, "account", "list")
    assert what in ran.err and "4d4d4d" not in ran.err
