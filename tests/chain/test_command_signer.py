"""A program signs: what it is asked, and that nothing it can answer is believed or kept. Fault F29."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account import Account

from hashkit.chain import signing
from hashkit.chain.command_signer import CommandAccount, CommandSigner
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.chain.keys import import_account, open_signer
from hashkit.chain.networks import network
from hashkit.chain.sender import Sender
from hashkit.contracts import artifacts
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import order_message
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.domain.orders import Order
from hashkit.domain.parties import Power
from hashkit.domain.units import Units
from hashkit.errors import AccountError
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal
from tests.chain.sending import NETWORK, clock, new_step, pay

KEY = "0x" + "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
ADDRESS = Account.from_key(KEY).address
TOKEN = DEV_ACCOUNTS[4].address
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

# What every program below begins with. `answer` is what a good one says; each test breaks it in one way.
START = f"""
import json, sys, time
request = json.loads(sys.stdin.readline())
open("asked.json", "w").write(json.dumps(request))
open("argv.json", "w").write(json.dumps(sys.argv))
def signed(**changes):
    from eth_account import Account
    made = Account.from_key("{KEY}").sign_transaction({{**request["transaction"], **changes}})
    return {{"schema": "hashkit.signed/1", "transaction": "0x" + bytes(made.raw_transaction).hex()}}
def noted(message):
    from eth_account import Account
    made = Account.from_key("{KEY}").sign_typed_data(full_message=message)
    return {{"schema": "hashkit.signed/1", "signature": "0x" + bytes(made.signature).hex()}}
"""


@pytest.fixture
def program(tmp_path):
    """``program(code)``: an account behind a Python program that says what ``code`` prints."""

    def make(code: str, address: str = ADDRESS, seconds: int = 30) -> CommandAccount:
        (tmp_path / "signer.py").write_text(START + code)
        command = (sys.executable, "signer.py", "--slot", "$HOME; touch broken")
        return CommandAccount("hsm", command, address, tmp_path / "hashkit.toml", seconds)

    return make


def fields(action: Call | Deploy, **more) -> dict:
    made = signing.fields(action, chain_id=31337, nonce=3, gas=90_000, max_fee=2**60, priority_fee=10**9)
    return {**made, **more}


def signer(account: CommandAccount, chain_id: int = 31337) -> CommandSigner:
    return CommandSigner(account, chain_id)


def count(endpoint: Endpoint) -> int:
    return int(endpoint.call("eth_getTransactionCount", (ADDRESS, "latest")), 16)


def refused(attempt, code: str) -> AccountError:
    with pytest.raises(AccountError) as caught:
        attempt()
    error = caught.value
    assert (error.code, error.exit_code) == (code, 4) and error.sentence.isprintable() and error.next_step
    assert error.sentence.endswith(".") and error.sentence.count(". ") == 0
    assert KEY[2:] not in str(error.to_dict())
    return error


def test_the_program_is_asked_in_json_and_its_signature_is_used(program, tmp_path):
    call = IdentityRegistry(TOKEN).trust_code(b"\x07" * 32, True)
    raw, tx_hash = signing.sign(signer(program("print(json.dumps(signed()))")), fields(call))
    assert Account.recover_transaction(raw) == ADDRESS and len(tx_hash) == 66
    assert json.loads((tmp_path / "asked.json").read_text()) == {
        "schema": "hashkit.sign/1",
        "kind": "transaction",
        "chainId": 31337,
        "address": ADDRESS,
        "transaction": {
            "type": "0x2",
            "chainId": "0x7a69",
            "nonce": "0x3",
            "to": TOKEN,
            "value": "0x0",
            "data": "0x" + call.data.hex(),
            "gas": "0x15f90",
            "maxFeePerGas": "0x1000000000000000",
            "maxPriorityFeePerGas": "0x3b9aca00",
        },
        "summary": {
            "call": "IdentityRegistry.trustCode",
            "arguments": {"codeHash": "0x" + "07" * 32, "trusted": True},
        },
    }
    # No shell has read the command, and nothing was added to it.
    assert json.loads((tmp_path / "argv.json").read_text())[1:] == ["--slot", "$HOME; touch broken"]
    assert not (tmp_path / "broken").exists()


def test_the_summary_is_read_from_the_bytes_that_are_signed(program, tmp_path):
    def told(action: Call | Deploy):
        signing.sign(signer(program("print(json.dumps(signed()))")), fields(action))
        return json.loads((tmp_path / "asked.json").read_text())["summary"]

    # Both contracts have the function; which of them lies there the bytes do not say.
    powers = AssetToken(TOKEN).grant_powers(ADDRESS, Power.PAUSE)
    assert told(powers) == {
        "call": "AssetToken or IdentityRegistry.grantPowers",
        "arguments": {"agent": ADDRESS.lower(), "powers": str(int(Power.PAUSE))},
    }
    # What the caller says of it counts for nothing.
    assert told(replace(powers, function="harmless", contract="Nothing"))["call"].endswith("grantPowers")
    assert told(AssetToken(TOKEN).pause(True, bytes(32)))["call"] == "AssetToken.pause"
    creation = artifacts.load("Lens").creation
    assert told(Deploy("Lens", creation)) == {"creates": "Lens"}
    assert told(Deploy("Lens", b"\x60\x00")) is None and told(pay()) is None
    assert told(replace(powers, data=powers.data + b"\x00")) is None  # would hide a byte from the reader


def test_an_approval_is_asked_as_typed_data(program, tmp_path):
    order = Order(b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, 7, Units(2**90, 4), 1_900_000_000)
    message = order_message(order, 31337, TOKEN)
    signature = signing.sign_message(signer(program("print(json.dumps(noted(request['typedData'])))")), message)
    assert signature == bytes(Account.from_key(KEY).sign_typed_data(full_message=message).signature)
    asked = json.loads((tmp_path / "asked.json").read_text())
    assert (asked["kind"], asked["chainId"], asked["address"]) == ("typed-data", 31337, ADDRESS)
    assert asked["typedData"]["message"]["total"] == str(2**90)
    assert asked["typedData"]["message"]["orderId"] == "0x" + "01" * 32
    assert asked["typedData"]["domain"]["verifyingContract"] == TOKEN


OTHERS = """
from eth_account import Account
key = Account.from_key("0x" + "11" * 32)
made = key.sign_transaction(request["transaction"])
print(json.dumps({"schema": "hashkit.signed/1", "transaction": "0x" + bytes(made.raw_transaction).hex()}))
"""
HIGH_S = f"""
import rlp
raw = bytes.fromhex(signed()["transaction"][2:])
parts = rlp.decode(raw[1:])
parts[-1] = ({ORDER} - int.from_bytes(parts[-1])).to_bytes(32)
parts[-3] = b"" if parts[-3] == b"\\x01" else b"\\x01"
print(json.dumps({{"schema": "hashkit.signed/1", "transaction": "0x02" + rlp.encode(parts).hex()}}))
"""
LEGACY = f"""
from eth_account import Account
old = {{k: v for k, v in request["transaction"].items() if k not in ("type", "maxFeePerGas", "maxPriorityFeePerGas")}}
made = Account.from_key("{KEY}").sign_transaction({{**old, "gasPrice": 10}})
print(json.dumps({{"schema": "hashkit.signed/1", "transaction": "0x" + bytes(made.raw_transaction).hex()}}))
"""
BAD = {
    "exits with 3": ("print(json.dumps(signed())); sys.exit(3)", "SIGNER", "exit code 3"),
    "is killed": ("import os; os.kill(os.getpid(), 9)", "SIGNER", "exit code -9"),
    "says why": ('print(json.dumps({"error": "no button pressed"})); sys.exit(1)', "SIGNER", "no button pressed"),
    "says why and ends well": ('print(json.dumps({"error": "not today"}))', "SIGNER", "not today"),
    "repeats a key": (f'print(json.dumps({{"error": "bad key {KEY}\\x1b[2J"}}))', "SIGNER", "bad key"),
    "nothing": ("", "SIGNER", ""),
    "garbage": ('print("ok")', "SIGNER", ""),
    "bytes": ("sys.stdout.buffer.write(bytes(range(256)))", "SIGNER", ""),
    "a list": ("print([1])", "SIGNER", ""),
    "deep": ('print("[" * 100_000)', "SIGNER", ""),
    "two answers": ("print(json.dumps(signed())); print(json.dumps(signed()))", "SIGNER", ""),
    "another schema": ('print(json.dumps({**signed(), "schema": "x/1"}))', "SIGNER", ""),
    "no transaction": ('print(json.dumps({"schema": "hashkit.signed/1"}))', "SIGNER", ""),
    "no hex": ('print(json.dumps({**signed(), "transaction": "0xzz"}))', "SIGNER", ""),
    "a number": ('print(json.dumps({**signed(), "transaction": 5}))', "SIGNER", ""),
    "too much": ('print(json.dumps({**signed(), "more": "x" * 300_000}))', "SIGNER", "256 KiB"),
    "without end": ('print("{", flush=True)\nwhile True: print("x" * 10_000)', "SIGNER", "256 KiB"),
    "no transaction at all": ('print(json.dumps({**signed(), "transaction": "0x02c0"}))', "BAD_SIGNATURE", "read"),
    "another kind": (LEGACY, "BAD_SIGNATURE", "read"),
    "another chain": ('print(json.dumps(signed(chainId="0xb1")))', "BAD_SIGNATURE", "chainId"),
    "another nonce": ('print(json.dumps(signed(nonce="0x63")))', "BAD_SIGNATURE", "nonce"),
    "another recipient": (f'print(json.dumps(signed(to="{ADDRESS}")))', "BAD_SIGNATURE", "to"),
    "another value": ('print(json.dumps(signed(value="0x2")))', "BAD_SIGNATURE", "value"),
    "another call": ('print(json.dumps(signed(data="0x00")))', "BAD_SIGNATURE", "data"),
    "more gas": ('print(json.dumps(signed(gas="0xffffff")))', "BAD_SIGNATURE", "gas"),
    "a higher fee": ("print(json.dumps(signed(maxFeePerGas=hex(2**61))))", "BAD_SIGNATURE", "maxFeePerGas"),
    "an access list": (
        f'print(json.dumps(signed(accessList=[{{"address": "{ADDRESS}", "storageKeys": []}}])))',
        "BAD_SIGNATURE",
        "accessList",
    ),
    "another key": (OTHERS, "BAD_SIGNATURE", "signed by"),
    "a high s": (HIGH_S, "BAD_SIGNATURE", "low form"),
}


@pytest.mark.parametrize("name", BAD)
def test_no_bad_answer_is_sent_or_kept_as_signed(program, tmp_path, anvil_url, name):
    """Through the sender itself: refused in one sentence, journal and chain as before, and a good run goes on."""
    code, error, words = BAD[name]
    endpoint = Endpoint(anvil_url)
    genesis = endpoint.call("eth_getBlockByNumber", ("0x0", False))["hash"]
    endpoint.call("anvil_setBalance", (ADDRESS, hex(10**18)))
    with Journal.open(tmp_path / "journal", 31337, ADDRESS, genesis=genesis, clock=clock) as journal:
        step = new_step(journal)

        def attempt(code: str) -> None:
            Sender(endpoint, NETWORK, signer(program(code)), journal, wait_seconds=20.0).perform(step, pay())

        before = count(endpoint)
        found = refused(lambda: attempt(code), error)
        assert words in found.why and "\x1b" not in str(found)
        assert journal.attempts(step) == () and count(endpoint) == before
        if name == "a high s":  # the step is as new: the same command goes on
            attempt("print(json.dumps(signed()))")
            assert len(journal.attempts(step)) == 1 and count(endpoint) == before + 1


def test_a_program_that_does_not_end_is_given_up_and_ended(program, tmp_path):
    slow = """
import os
open("pid", "w").write(str(os.getpid()))
print(json.dumps(signed()), flush=True)
time.sleep(60)
"""
    started = time.monotonic()
    error = refused(lambda: signing.sign(signer(program(slow, seconds=2)), fields(pay())), "SIGNER")
    assert "2 seconds" in error.why and time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_child_that_holds_the_pipe_does_not_hold_us(program):
    left = "import subprocess; subprocess.Popen(['sleep', '20']); print(json.dumps(signed()), flush=True)"
    started = time.monotonic()
    refused(lambda: signing.sign(signer(program(left, seconds=2)), fields(pay())), "SIGNER")
    assert time.monotonic() - started < 10


def test_a_program_that_does_not_read_is_no_crash(program, tmp_path):
    (tmp_path / "deaf.py").write_text("")
    deaf = replace(program(""), command=(sys.executable, "deaf.py"))
    big = Deploy("Lens", b"\x60" * 1_000_000)
    refused(lambda: signing.sign(signer(deaf), fields(big)), "SIGNER")


@pytest.mark.parametrize("command", [("/no/such/program",), ("./hashkit.toml",), ("a\0b",)])
def test_a_program_that_cannot_be_started_is_one_sentence(tmp_path, command):
    (tmp_path / "hashkit.toml").write_text("")
    account = CommandAccount("hsm", command, ADDRESS, tmp_path / "hashkit.toml")
    assert "started" in refused(lambda: signing.sign(signer(account), fields(pay())), "SIGNER").sentence


def test_it_is_asked_for_its_own_chain_only(program, tmp_path):
    refused_code = "WRONG_CHAIN"
    account = program("print(json.dumps(signed()))")
    for attempt in (
        lambda: signer(account, 177).sign_transaction(fields(pay())),
        lambda: signer(account, 177).sign_typed_data(order_message(ORDERED, 31337, TOKEN)),
        lambda: signer(account).sign_typed_data({"domain": {}, "message": {}}),
    ):
        with pytest.raises(AccountError) as caught:
            attempt()
        assert caught.value.code == refused_code
    assert not (tmp_path / "asked.json").exists()


ORDERED = Order(b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, 7, Units(5, 4), 1_900_000_000)
CROOKED = {
    "another message": 'm = request["typedData"]; m["message"]["total"] = "6"; print(json.dumps(noted(m)))',
    "another chain": 'm = request["typedData"]; m["domain"]["chainId"] = 177; print(json.dumps(noted(m)))',
    "short": 'print(json.dumps({"schema": "hashkit.signed/1", "signature": "0x" + "11" * 64}))',
    "v of 0": 's = noted(request["typedData"]); s["signature"] = s["signature"][:-2] + "00"; print(json.dumps(s))',
    "no point": 'print(json.dumps({"schema": "hashkit.signed/1", "signature": "0x" + "00" * 64 + "1b"}))',
    "high s": (
        's = noted(request["typedData"]); b = bytes.fromhex(s["signature"][2:]);'
        f"high = ({ORDER} - int.from_bytes(b[32:64])).to_bytes(32);"
        's["signature"] = "0x" + (b[:32] + high + bytes([55 - b[64]])).hex(); print(json.dumps(s))'
    ),
}


@pytest.mark.parametrize("name", CROOKED)
def test_no_bad_signature_of_a_message_gets_through(program, name):
    account = program(CROOKED[name])
    refused(lambda: signing.sign_message(signer(account), order_message(ORDERED, 31337, TOKEN)), "BAD_SIGNATURE")


def test_the_key_in_our_environment_is_not_handed_on(program, tmp_path, monkeypatch):
    monkeypatch.setenv("HASHKIT_PRIVATE_KEY", KEY)
    monkeypatch.setenv("KMS_REGION", "eu")
    look = "import os; open('env.json', 'w').write(json.dumps(dict(os.environ))); print(json.dumps(signed()))"
    signing.sign(signer(program(look)), fields(pay()))
    seen = json.loads((tmp_path / "env.json").read_text())
    assert "HASHKIT_PRIVATE_KEY" not in seen and KEY[2:] not in str(seen) and seen["KMS_REGION"] == "eu"


def test_a_command_is_opened_by_its_name_and_a_second_of_that_name_is_refused(program, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HASHKIT_HOME", str(tmp_path / "hk"))
    account = program("")
    found = open_signer("hsm", network(177), str, commands=[account])
    assert isinstance(found, CommandSigner) and found.address == ADDRESS and KEY[2:] not in repr(found)
    twice = [account, replace(account, origin=Path("/etc/config.toml"))]
    error = refused(lambda: open_signer("hsm", network(177), str, commands=twice), "AMBIGUOUS")
    assert str(account.origin) in error.why and "/etc/config.toml" in error.why
    import_account("hsm", KEY, "correct horse")
    error = refused(lambda: open_signer("hsm", network(177), str, commands=[account]), "AMBIGUOUS")
    assert str(account.origin) in error.why and "hk/accounts/hsm.json" in error.why
    public = replace(account, name="dev", address=TOKEN)
    refused(lambda: open_signer("dev", network(177), str, commands=[public]), "PUBLIC_KEY")
