"""The issuer's ten minutes, as processes, on both engines; and what goes wrong on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hashkit.chain import devnet
from tests.cli.running import ROOT, Shell
from tests.conftest import ENGINES, free_port

EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=ENGINES)
def shell(request, tmp_path_factory):
    """A project with a running chain, an asset, eight investors and six issued rows."""
    home = tmp_path_factory.mktemp(f"cli-{request.param}")
    here = Shell(home, home)
    made = here.ok("init", "green-bond")
    assert "Next: cd green-bond && hashkit devnet up" in made.out
    here.folder = home / "green-bond"
    here.ok("devnet", "up", "--engine", request.param, "--port", str(free_port()))
    yield here
    devnet.down(here.folder)


def test_the_issuers_transcript(shell):
    here = shell
    assert here.ok("doctor").out.splitlines()[-1] == "Ready for action."

    plan = here.ok("deploy", "HKGREEN", "--dry-run")
    assert "transactions, about" in plan.out and not (here.folder / "deployments/31337/HKGREEN.json").exists()
    done = here.ok("deploy", "HKGREEN")
    assert "Deployed HKGREEN at 0x" in done.out and "[1/" in done.err
    record = json.loads((here.folder / "deployments/31337/HKGREEN.json").read_text())
    assert record["asset"]["symbol"] == "HKGREEN"
    assert "nothing to send" in here.ok("deploy", "HKGREEN").out

    loaded = here.ok("investor", "import", "register/investors.csv", "--json").data
    assert loaded["data"]["admitted"] == 8 and loaded["asset"]["symbol"] == "HKGREEN"
    assert "0 admitted" in here.ok("investor", "import", "register/investors.csv").out
    assert here.ok("investor", "list").out.count("\n") == 9

    here.fails(2, "issue", "batches/issuance.csv", "--expect-total", "1250000.01")
    issued = here.ok("issue", "batches/issuance.csv", "--expect-total", "1250000", "--json").data
    assert issued["schema"] == "hashkit.issue/1" and issued["ok"] is True
    assert issued["data"]["issued"] == {"amount": "1250000.000000", "raw": "1250000000000"}
    again = here.ok("issue", "batches/issuance.csv", "--json").data
    assert again["data"]["outcome"]["sent"] == 0
    assert "nothing to send" in here.ok("issue", "batches/issuance.csv").out

    changed = here.folder / "batches/changed.csv"
    changed.write_text((here.folder / "batches/issuance.csv").read_text().replace("500000.00", "500001.00"))
    assert here.fails(2, "issue", "batches/changed.csv", "--json").error["code"] == "ROW_CHANGED"

    refused = here.run("transfer", "600000", "--from", "INV-001", "--to", "INV-008", "--check")
    assert refused.code == 3 and refused.out.startswith("REFUSED")
    for rule in ("R-COUNTRY-TO", "R-BALANCE"):
        assert f"FAIL  {rule}" in refused.out
    assert refused.out.count("to allow:") == 2
    document = here.run("transfer", "600000", "--from", "INV-001", "--to", "INV-008", "--check", "--json")
    assert document.code == 3 and document.data["ok"] is False
    reason = document.data["data"]["failed"][0]
    assert set(reason) == {"rule", "account", "text", "fix", "have", "need"}
    sent = here.fails(3, "transfer", "600000", "--from", "INV-001", "--to", "INV-008")
    assert "FAIL  R-COUNTRY-TO" in sent.err and "FAIL  R-BALANCE" in sent.err
    error = here.fails(3, "transfer", "600000", "--from", "INV-001", "--to", "INV-008", "--json").error
    assert error["code"] == "TRANSFER_REFUSED" and error["verdict"]["failed"] == document.data["data"]["failed"]
    assert here.ok("transfer", "1000", "--from", "INV-001", "--to", "INV-002", "--check").out.startswith("ALLOWED")
    here.ok("transfer", "1000", "--from", "INV-001", "--to", "INV-002")
    here.ok("transfer", "1000000", "--raw", "--from", "INV-001", "--to", "INV-002")

    redeemed = here.ok("redeem", "25000", "--from", "INV-002", "--external-id", "RED-0001", "--json").data
    assert redeemed["data"]["supply"]["amount"] == "1225000.000000"
    assert "nothing to send" in here.ok("redeem", "25000", "--from", "INV-002", "--external-id", "RED-0001").out
    here.fails(2, "redeem", "25001", "--from", "INV-002", "--external-id", "RED-0001")

    table = here.ok("cap-table")
    rows = [line.split("\t") for line in table.out.splitlines()[1:]]
    assert [row[1] for row in rows] == [f"INV-00{n}" for n in (1, 2, 3, 4, 5, 6)]
    assert rows[0][4] == "498,999.00" and "difference 0" in table.err
    early = here.ok("cap-table", "--at", str(issued["data"]["outcome"]["steps"][-1]["receipt"]["block"]), "--json")
    assert early.data["data"]["supply"]["amount"] == "1250000.000000"
    kinds = [line.split("\t")[2] for line in here.ok("history").out.splitlines()[1:]]
    assert kinds.count("issue") == 6 and kinds.count("transfer") == 2 and kinds.count("redeem") == 1
    assert len(here.ok("history", "--kind", "transfer", "--limit", "1", "--json").data["data"]) == 1
    assert "supply     1,225,000.00" in here.ok("asset", "show").out

    batches = here.ok("batch", "list").out.count("\n")
    shutil.rmtree(here.folder / ".hashkit/journal")
    put_back = here.ok("batch", "recover").out
    assert put_back.count("mined") >= batches and "Rows 1 to 6" in put_back
    assert "The journal lacked nothing." in here.ok("batch", "recover").out
    assert "nothing to send" in here.ok("issue", "batches/issuance.csv").out


def test_control_needs_a_reason_and_works_both_ways(shell):
    assert "--reason" in shell.fails(2, "control", "pause").err
    shell.ok("control", "pause", "--reason", "INC-7")
    assert "R-PAUSED" in shell.fails(3, "transfer", "1", "--from", "INV-001", "--to", "INV-002").err
    shell.ok("control", "pause", "--off", "--reason", "INC-7 closed")
    shell.ok("control", "freeze", "INV-003", "--amount", "150000", "--reason", "Order 12")
    assert "R-FROZEN-AMOUNT" in shell.fails(3, "transfer", "60000", "--from", "INV-003", "--to", "INV-001").err
    shell.ok("control", "freeze", "INV-003", "--off", "--amount", "150000", "--reason", "Order 12 lifted")
    shell.ok("control", "force", "10", "--from", "INV-003", "--to", "INV-001", "--reason", "Order 13")
    shell.ok("control", "halt", "--reason", "INC-8")
    assert "R-HALTED" in shell.fails(3, "redeem", "1", "--from", "INV-001", "--external-id", "RED-9").err
    shell.ok("control", "halt", "--off", "--reason", "INC-8 closed")


def test_orders_with_four_eyes(shell):
    rows = "external_id,investor_id,amount\nSUB-0100,INV-001,10\nSUB-0101,INV-002,20\n"
    (shell.folder / "batches/q4.csv").write_text(rows)
    file = "batches/q4.csv"
    assert "not opened" in shell.ok("order", "show", file).out
    approval = shell.ok("order", "approve", file, "--out", "batches/approval.json", "--json").data["data"]
    assert json.loads((shell.folder / "batches/approval.json").read_text())["orderId"] == approval["orderId"]
    shell.fails(8, "issue", "batches/issuance.csv", "--approval", "batches/approval.json")
    shell.ok("order", "open", file, "--approval", "batches/approval.json")
    assert "open, 0 of 2 rows done" in shell.ok("order", "show", file).out
    shell.ok("issue", file)
    assert "done, 2 of 2 rows done" in shell.ok("order", "show", file).out
    (shell.folder / "batches/q5.csv").write_text(rows.replace("SUB-01", "SUB-02"))
    shown = shell.ok("order", "show", "batches/q5.csv", "--json").data["data"]
    shell.ok("order", "close", shown["orderId"])
    assert "closed" in shell.fails(3, "issue", "batches/q5.csv").err
    (shell.folder / "broken.json").write_text('{"schema":')
    assert "is not JSON" in shell.fails(2, "issue", file, "--approval", "broken.json").err


def test_ineligible_rows_are_listed_and_can_be_skipped(shell):
    (shell.folder / "batches/mixed.csv").write_text(
        "external_id,investor_id,amount\nMIX-1,INV-001,5\nMIX-2,INV-007,5\nMIX-3,INV-008,5\n"
    )
    refused = shell.fails(3, "issue", "batches/mixed.csv")
    assert "MIX-2" in refused.err and "R-CLASS-TO" in refused.err
    assert "MIX-3" in refused.err and "R-COUNTRY-TO" in refused.err
    done = shell.ok("issue", "batches/mixed.csv", "--skip-ineligible", "--json").data
    assert done["data"]["issued"]["amount"] == "5.000000" and len(done["warnings"]) == 2


@pytest.mark.parametrize("file", sorted(p.name for p in (EXAMPLES / "dirty").glob("*.csv")))
def test_dirty_files_list_every_bad_row_and_send_nothing(shell, file):
    found = json.loads((EXAMPLES / "dirty/expected.json").read_text())[file]
    expected = found.get("problems", ())
    shutil.copy(EXAMPLES / "dirty" / file, shell.folder / file)
    words = ["investor", "import", file]
    if file != "investors.csv":
        symbol = Path(file).stem
        shell.ok("deploy", str(EXAMPLES / f"assets/{symbol}.toml"))
        words = ["issue", file, "--asset", symbol]
    details = shell.fails(2, *words, "--json").error["details"]
    if "header" in found:  # a header that cannot be trusted: no row is even looked at
        assert len(details) == len(found["header"])
        return
    assert [int(line.split()[1]) for line in details] == [problem["row"] for problem in expected]
    assert all(problem["says"] in line for problem, line in zip(expected, details, strict=True))
    told = shell.fails(2, *words).err
    assert all(f"  row {problem['row']}  " in told for problem in expected)


def test_wrong_words_are_refused_with_a_next_step(shell):
    for code, words in (
        (2, ["transfer", "1,000", "--from", "INV-001", "--to", "INV-002"]),
        (2, ["transfer", "1.0000001", "--from", "INV-001", "--to", "INV-002"]),
        (2, ["transfer", "1.5", "--raw", "--from", "INV-001", "--to", "INV-002"]),
        (2, ["transfer", "1e3", "--from", "INV-001", "--to", "INV-002"]),
        (2, ["transfer", "1", "--from", "NOBODY", "--to", "INV-002"]),
        (2, ["transfer", "1", "--from", "0x70997970c51812dc3A010C7d01b50e0d17dc79C8", "--to", "INV-002"]),
        (2, ["investor", "add", "INV-9", "--wallet", "dev9", "--country", "UK", "--kyc-expires", "2031-01-01"]),
        (2, ["investor", "add", "INV-9", "--wallet", "dev9", "--country", "HK", "--kyc-expires", "soon"]),
        (2, ["cap-table", "--at", "yesterday"]),
        (2, ["cap-table", "--at", "999999"]),
        (2, ["asset", "show", "--asset", "NOPE"]),
        (2, ["asset", "use", "../../x"]),
        (2, ["issue", "no-such-file.csv"]),
        (2, ["issue"]),
        (2, ["deploy", "no-such.toml"]),
        (4, ["redeem", "1", "--from", "INV-001", "--external-id", "R", "--account", "nobody"]),
        (5, ["cap-table", "--rpc-url", "http://127.0.0.1:9"]),
        (2, ["init"]),
    ):
        error = shell.fails(code, *words, "--json").error
        assert error["exit"] == code and error["code"] != "UNEXPECTED" and error["message"], error
        assert error["hint"] or error["why"] or error["code"] == "AMOUNT", error


def test_an_account_without_the_power_is_told_who_has_it(shell):
    ran = shell.fails(3, "control", "pause", "--reason", "x", "--account", "dev1")
    assert "lacks the power pause" in ran.err


def test_reading_needs_no_account(shell):
    text = (shell.folder / "hashkit.toml").read_text()
    (shell.folder / "hashkit.toml").write_text(text.replace('account = "issuer"', ""))
    shell.ok("cap-table")
    assert "No account was named" in shell.fails(4, "control", "pause", "--reason", "x").err
    shell.ok("control", "pause", "--reason", "x", "--dry-run", "--account", "issuer")
    shell.ok("investor", "show", "INV-001", HASHKIT_ACCOUNT="nobody-at-all")
    (shell.folder / "hashkit.toml").write_text(text)


def test_flag_beats_variable_beats_file(shell):
    assert shell.fails(5, "cap-table", HASHKIT_RPC_URL="http://127.0.0.1:9")
    url = shell.ok("devnet", "status", "--json").data["data"]["running"]["url"]
    shell.ok("cap-table", "--rpc-url", url, HASHKIT_RPC_URL="http://127.0.0.1:9")
    shell.fails(2, "asset", "show", HASHKIT_ASSET="NOPE")
    shell.ok("asset", "show", "--asset", "HKGREEN", HASHKIT_ASSET="NOPE")


def test_reset_forgets_the_chain_and_its_records(shell):
    assert "--yes" in shell.fails(2, "devnet", "reset").err
    shell.ok("devnet", "reset", "--yes")
    assert list((shell.folder / "deployments/31337").glob("*.json")) == []
    assert "Deployed HKGREEN" in shell.ok("deploy", "HKGREEN").out
    assert shell.ok("devnet", "down").out and "No local chain" in shell.ok("devnet", "status").out
    assert "hashkit devnet up" in shell.fails(5, "cap-table").err
    assert Path(shell.folder, ".hashkit").stat().st_mode & 0o077 == 0
