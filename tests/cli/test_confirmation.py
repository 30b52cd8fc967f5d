"""On a network that is not the embedded chain every write asks first: y or n, or the symbol typed out."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

import pytest

from hashkit.chain import devnet
from hashkit.cli.deploy import MEANT
from tests.chain.talk import ask
from tests.cli.running import Shell
from tests.conftest import free_port

PHRASE = "correct horse"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A project on a network called bank, chain 4242, with an account of its own."""
    home = tmp_path_factory.mktemp("bank")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [devnet.find_anvil(), "--port", str(port), "--chain-id", "4242", "--hardfork", "prague", "--silent"]
    node = subprocess.Popen(command)
    wait_for(url)
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    (home / "phrase").write_text(PHRASE)
    ask(url, "anvil_setBalance", here.keep("ops", "0x" + "3c" * 32, PHRASE), hex(10**20))
    (here.folder / "hashkit.toml").write_text(
        'network = "bank"\naccount = "ops"\nasset = "HKGREEN"\n'
        f'[networks.bank]\nchain_id = 4242\nrpc_urls = ["{url}"]\nfinality = "latest"\n'
        'explorer = "https://explorer.example"\n'
    )
    yield here
    node.terminate()
    node.wait()


def wait_for(url):
    """Until the node answers."""
    for _ in range(100):
        try:
            ask(url, "eth_chainId")
            return
        except OSError:
            time.sleep(0.1)


def answered(shell, words, *answers, **environment):
    """Run a command on a terminal and type an answer at each prompt. Its exit code and what stood on the screen."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hashkit", *words],
        cwd=shell.folder,
        env=shell.environment(TERM="dumb", **environment),
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    seen, waiting, until = "", list(answers), time.monotonic() + 120
    while time.monotonic() < until:
        ready, _, _ = select.select([main], [], [], 0.2)
        if ready:
            try:
                chunk = os.read(main, 65536)
            except OSError:  # the command has ended
                break
            if not chunk:
                break
            seen += chunk.decode()
        if waiting and seen.rstrip(" ").endswith(":"):
            os.write(main, (waiting.pop(0) + "\n").encode())
            seen += "\n"
    os.close(main)
    return process.wait(timeout=60), seen


def test_a_write_asks_and_takes_no_for_an_answer(bank):
    phrase = {"HASHKIT_PASSWORD_FILE": str(bank.home / "phrase")}
    for extra in ([], ["--no-input"]):
        ran = bank.fails(2, "deploy", "HKGREEN", "--single-key", *extra, **phrase)
        assert "--yes" in ran.err and " transactions, about" in ran.err
    assert bank.fails(2, "deploy", "HKGREEN", "--single-key", "--json", CI="1", **phrase).error["code"] == "CONFIRM"
    assert bank.fails(4, "deploy", "HKGREEN", "--yes").err

    # One key that holds every power: --yes is not enough, and nearly the words is not the words.
    error = bank.fails(3, "deploy", "HKGREEN", "--yes", "--json", **phrase).error
    assert "every power" in error["why"] and "--single-key" in error["hint"]
    assert bank.ok("deploy", "HKGREEN", "--dry-run").out.count("one key holds every power") == 1
    for words in ("", "yes", "One key holds every power"):
        code, seen = answered(bank, ["deploy", "HKGREEN", "--yes"], words, **phrase)
        assert code == 2 and "Not confirmed" in seen and "HKGREEN on bank" not in seen

    code, seen = answered(bank, ["deploy", "HKGREEN"], PHRASE, MEANT, "hkgreen")
    assert code == 2 and "Type HKGREEN" in seen and "Not confirmed" in seen and PHRASE not in seen
    assert not (bank.folder / "deployments/4242/HKGREEN.json").exists()
    code, seen = answered(bank, ["deploy", "HKGREEN"], "wrong phrase")
    assert code == 4 and "wrong phrase" not in seen

    code, seen = answered(bank, ["deploy", "HKGREEN"], PHRASE, MEANT, "HKGREEN")
    assert code == 0, seen
    assert "https://explorer.example/tx/0x" in seen and "Deployed HKGREEN" in seen
    code, seen = answered(bank, ["deploy", "HKGREEN"], **phrase)  # nothing to send, so nothing to ask
    assert code == 0 and "nothing to send" in seen and MEANT not in seen
    code, seen = answered(bank, ["investor", "import", "register/investors.csv"], "n", **phrase)
    assert code == 2 and "[y/N]" in seen
    code, seen = answered(bank, ["investor", "import", "register/investors.csv"], "y", **phrase)
    assert code == 0, seen
    issued = bank.ok("issue", "batches/issuance.csv", "--yes", "--json", **phrase).data
    assert issued["links"]["transaction"].startswith("https://explorer.example/tx/0x")
    large = bank.folder / "batches/large.csv"
    large.write_text("external_id,investor_id,amount\n" + "".join(f"L-{n},INV-00{n},{n}\n" for n in (1, 2, 4)))
    large.write_text(large.read_text() + "L-9,INV-003,1500000.5\n")
    words = ["issue", "batches/large.csv"]
    ran = bank.fails(2, *words, "--yes", **phrase)
    assert "--accept-large" in ran.err and "is 120 % of the outstanding 1,250,000.00" in ran.err
    assert bank.fails(2, *words, "--yes", "--accept-large", "1500007", "--json", **phrase).error["code"] == "LARGE"
    for wrong in ("y", "1500007"):
        code, seen = answered(bank, words, wrong, **phrase)
        assert code == 2 and "row 5 (L-9) gets 1,500,000.50, 99 % of the order" in seen and "Not confirmed" in seen
    code, seen = answered(bank, words, "1500007.5", "no", **phrase)
    assert code == 2 and "Type HKGREEN" in seen  # the usual question still comes
    bank.fails(2, "order", "approve", "batches/large.csv", **phrase)
    assert not (bank.folder / "batches/approval.json").exists()
    code, seen = answered(bank, ["order", "approve", "batches/large.csv"], "1500007.5", **phrase)
    assert code == 0 and (bank.folder / "batches/approval.json").exists(), seen
    issued = bank.ok(*words, "--yes", "--accept-large", "1500007.50", "--json", **phrase).data
    assert issued["data"]["supply"]["amount"] == "2750007.500000"
    assert any("99 % of the order" in warning for warning in issued["warnings"])
    bank.ok(*words, "--yes", **phrase)  # all done: nothing to send, nothing to ask
    code, seen = answered(bank, ["redeem", "1", "--from", "INV-001", "--external-id", "R-1"], "", **phrase)
    assert code == 2 and "This cannot be undone" in seen


def test_a_dry_run_needs_no_key(bank):
    ran = bank.ok("deploy", "HKGREEN", "--dry-run")
    assert "nothing to send" in ran.out
    plan = bank.ok("redeem", "1", "--from", "INV-001", "--external-id", "R-2", "--dry-run", "--json").data
    assert plan["data"]["schema"] == "hashkit.plan/1" and plan["data"]["confirm"] == "HKGREEN"
    assert plan["data"]["fee"]["gas"] > 0


def test_public_keys_are_refused_where_units_are_worth_something(bank):
    bank.fails(4, "control", "pause", "--reason", "x", "--yes", "--account", "issuer")


def test_a_holder_signs_his_own_transfer(bank):
    phrase = {"HASHKIT_PASSWORD_FILE": str(bank.home / "phrase")}
    ran = bank.fails(4, "transfer", "1", "--from", "INV-001", "--to", "INV-002", "--yes", **phrase)
    assert "signed by its sender" in ran.err


def test_a_key_from_the_environment_signs_on_a_main_network_only_if_one_insists(bank):
    key = {"HASHKIT_PRIVATE_KEY": "0x" + "4d" * 32}
    pause = ("control", "pause", "--reason", "x", "--yes", "--account", "env")
    error = bank.fails(4, *pause, "--json", **key).error
    assert error["code"] == "ENV_KEY" and "--allow-env-key" in error["hint"]
    ran = bank.fails(3, *pause, "--allow-env-key", **key)
    assert "Warning: HASHKIT_PRIVATE_KEY signs." in ran.err and "4d4d4d" not in ran.err
