"""`hashkit account`, and who may sign where: keys are never shown, never options, never in a log."""

from __future__ import annotations

import json

import pytest
from eth_account import Account

from tests.cli.running import Shell

KEY = "0x" + "4c" * 32


@pytest.fixture
def shell(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    (tmp_path / "phrase").write_text("correct horse\n")
    return Shell(folder, tmp_path)


def test_a_new_key_is_kept_encrypted_and_never_shown(shell):
    phrase = str(shell.home / "phrase")
    made = shell.ok("account", "new", "ops", "--json", HASHKIT_PASSWORD_FILE=phrase)
    address = made.data["data"]["address"]
    (keystore,) = (shell.home / "hashkit/accounts").iterdir()
    assert keystore.stat().st_mode & 0o077 == 0
    key = Account.decrypt(json.loads(keystore.read_text()), "correct horse").hex()
    assert key.removeprefix("0x") not in made.out + made.err and "correct" not in made.out + made.err
    assert shell.ok("account", "list").out.splitlines()[1].split("\t")[:2] == ["ops", address]
    assert "already" in shell.fails(4, "account", "new", "ops", HASHKIT_PASSWORD_FILE=phrase).err


def test_a_key_comes_from_a_pipe_or_a_keystore(shell):
    phrase = str(shell.home / "phrase")
    ran = shell.run("account", "import", "one", "--json", stdin=KEY + "\n", HASHKIT_PASSWORD_FILE=phrase)
    assert ran.data["data"]["address"] == Account.from_key(KEY).address
    assert KEY[2:] not in ran.out + ran.err
    other = shell.home / "theirs.json"
    other.write_text(json.dumps(Account.encrypt("0x" + "5d" * 32, "correct horse")))
    shell.ok("account", "import", "two", "--keystore", str(other), HASHKIT_PASSWORD_FILE=phrase)
    ran = shell.fails(4, "account", "import", "three", stdin="not a key\n", HASHKIT_PASSWORD_FILE=phrase)
    assert "not a key" not in ran.err
    (shell.home / "wrong").write_text("wrong phrase")
    wrong = str(shell.home / "wrong")
    shell.fails(4, "account", "import", "four", "--keystore", str(other), HASHKIT_PASSWORD_FILE=wrong)


def test_without_anybody_to_ask_a_passphrase_must_come_from_a_file(shell):
    assert "HASHKIT_PASSWORD_FILE" in shell.fails(4, "account", "new", "ops").err
    assert "HASHKIT_PASSWORD_FILE" in shell.fails(4, "account", "new", "ops", "--no-input").err
    shell.fails(2, "account", "new", "ops", HASHKIT_PASSWORD_FILE="/no/such/file")
    shell.fails(2, "account", "new", "issuer", HASHKIT_PASSWORD_FILE=str(shell.home / "phrase"))
