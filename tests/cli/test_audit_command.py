"""`hashkit audit`: an address and a node are enough; the exit code tells a clean register from one that is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hashkit.chain import devnet
from tests.cli.running import Shell
from tests.conftest import ENGINES, free_port

NAMES = {"report.html", "report.xlsx", "tables", "audit.json", "report.txt", "evidence", "manifest.json"}


@pytest.fixture(scope="module", params=ENGINES)
def issued(request, tmp_path_factory):
    """A project with an issued asset."""
    home = tmp_path_factory.mktemp(f"audit-{request.param}")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    here.ok("devnet", "up", "--engine", request.param, "--port", str(free_port()))
    here.ok("deploy", "HKGREEN")
    here.ok("investor", "import", "register/investors.csv")
    here.ok("issue", "batches/issuance.csv")
    here.ok("transfer", "1000", "--from", "INV-001", "--to", "INV-002")
    yield here
    devnet.down(here.folder)


def test_an_address_and_a_node_are_enough(issued, tmp_path):
    record = json.loads((issued.folder / "deployments/31337/HKGREEN.json").read_text())
    token = record["contracts"]["AssetToken"]["address"]
    url = issued.ok("devnet", "status", "--json").data["data"]["running"]["url"]
    empty = tmp_path / "empty"
    empty.mkdir()
    stranger = Shell(empty, tmp_path)
    first = stranger.ok("audit", token, "--rpc-url", url, "--out", "report", "--store", "events")
    assert {path.name for path in (empty / "report").iterdir()} == NAMES
    assert (empty / "events").exists() and "C01  pass" in first.out

    again = stranger.ok("audit", token, "--rpc-url", url, "--out", "again", "--json").data
    assert again["schema"] == "hashkit.audit/1" and again["ok"] is True
    for name in sorted(NAMES - {"tables", "evidence"} | {"tables/register.csv", "tables/register.parquet"}):
        assert (empty / "report" / name).read_bytes() == (empty / "again" / name).read_bytes()

    told = {row["wallet"]: row["balance"] for row in again["data"]["holders"]}
    table = issued.ok("cap-table", "--json").data["data"]["holders"]
    assert told == {row["wallet"]: row["amount"] for row in table}


def test_a_saved_report_is_verified_without_a_node(issued, tmp_path):
    """Offline, in an empty folder; what was changed is named, a line each, and the exit code says it."""
    report = issued.ok("audit", "--at", "13", "--out", str(tmp_path / "q3"), "--json").data["data"]
    stranger = Shell(tmp_path, tmp_path)
    known = stranger.ok("audit", "verify", "q3", "--block-hash", report["block"]["hash"])
    assert known.out.splitlines()[-1] == "VERIFIED: every file follows."
    told = stranger.ok("audit", "verify", "q3", "--json").data
    assert told["schema"] == "hashkit.audit-verify/1" and told["data"]["verified"] is True
    rests = told["data"]["restsOn"]
    assert "attested when the audit was made" in rests or "nothing is proved" in rests
    page = tmp_path / "q3" / "report.txt"
    page.write_text(page.read_text().replace("1", "2", 1))
    changed = stranger.run("audit", "verify", "q3")
    assert changed.code == 7 and changed.out.splitlines()[0] == "report.txt is not the file of the manifest"
    assert "is no folder" in stranger.fails(2, "audit", "verify", "nothing").err


def test_in_a_project_no_argument_is_needed(issued):
    ran = issued.ok("audit")
    assert "reports/HKGREEN-" in ran.out.splitlines()[-1]
    past = issued.ok("audit", "HKGREEN", "--at", "13", "--json").data["data"]
    assert past["block"]["number"] == 13


def test_chosen_checks_are_silent_until_something_is_wrong(issued):
    assert issued.ok("audit", "--only", "C01,C02,C04").out == ""
    assert "C26" in issued.ok("audit", "--only", "C26").out  # not performed is never silent
    assert issued.fails(2, "audit", "--only", "C99")
    assert "writes no files" in issued.fails(2, "audit", "--only", "C01", "--as-order", "x.csv").err
    wrong = issued.folder / "wrong.csv"
    wrong.write_text((issued.folder / "batches/issuance.csv").read_text().replace("500000.00", "500001.00"))
    ledger = ("audit", "--only", "C14", "--issues")
    assert issued.ok(*ledger, "batches/issuance.csv", "--register", "register/investors.csv").out == ""
    ran = issued.run(*ledger, "wrong.csv")
    assert ran.code == 7 and "SUB-0001: 500,001.000000 in the file, 500,000.000000 on chain" in ran.out


def test_a_proved_register_is_issued_as_a_successor(issued):
    terms = (issued.folder / "assets/HKGREEN.toml").read_text()
    (issued.folder / "assets/HKNEXT.toml").write_text(terms.replace("HKGREEN", "HKNEXT"))
    issued.ok("audit", "HKGREEN", "--as-order", "batches/opening.csv")
    issued.ok("deploy", "HKNEXT", "--yes")
    issued.ok("issue", "--opening-position", "batches/opening.csv", "--asset", "HKNEXT", "--yes")
    old, new = (issued.ok("cap-table", "--asset", s, "--json").data["data"]["holders"] for s in ("HKGREEN", "HKNEXT"))
    assert [(row["wallet"], row["amount"]) for row in old] == [(row["wallet"], row["amount"]) for row in new]


def test_an_audit_with_files_is_verified_offline(issued):
    journals = [("--journal", str(path)) for path in (issued.folder / ".hashkit/journal").glob("31337-*.db")]
    (issued.folder / "paid.csv").write_text("external_id,date,amount,currency\nSUB-0001,2026-01-01,1,HKD\n")
    (issued.folder / "nav.csv").write_text("date,nav,currency\n2020-01-01,100,HKD\n")
    given = ["--register", "register/investors.csv", "--issues", "batches/issuance.csv", *sum(journals, ())]
    ran = issued.run("audit", "HKGREEN", "--out", "full", "--from", "12", "--payments", "paid.csv", "--nav", "nav.csv",
                     *given, "--json")  # fmt: skip
    assert ran.code == 7, (ran.out, ran.err)
    told = {found["id"]: found["result"] for found in ran.data["data"]["findings"]}
    assert (told["C14"], told["C16"], told["C25"], told["C26"]) == ("exception", "pass", "pass", "pass"), ran.out
    assert ran.data["data"]["rollForward"]["fromBlock"] == 12
    assert "VERIFIED: every file follows." in issued.ok("audit", "verify", "full").out
    names = (issued.folder / "register/investors.csv").read_text()
    assert "Kwan Mei Ling" in names
    assert not [p for p in (issued.folder / "full").rglob("*") if p.is_file() and b"Kwan Mei Ling" in p.read_bytes()]


def test_the_auditors_other_questions(issued):
    page = issued.ok("audit", "statement", "INV-001", "--asset", "HKGREEN", "--json").data["data"]
    assert page["schema"] == "hashkit.statement/1"
    assert [line["what"] for line in page["movements"]] == ["issued", "transfer"]
    assert page["closing"] == page["movements"][-1]["balance"] == "499000.000000"
    assert "INV-404" in issued.fails(2, "audit", "statement", "INV-404", "--asset", "HKGREEN").err
    powers = issued.ok("audit", "powers", "HKGREEN")
    assert "     1 / 1       issue by a new order" in powers.out and "nobody / 1       mint" in powers.out
    drawn = issued.ok("audit", "sample", "HKGREEN", "--seed", "q3", "--size", "2", "--out", "sample.csv", "--json")
    assert sum(row["hits"] for row in drawn.data["data"]["rows"]) == 2
    assert (issued.folder / "sample.csv").read_text().startswith('"hits","external_id"')


def test_names_go_into_a_folder_of_their_own(issued, tmp_path):
    ran = issued.ok("audit", "--out", "shown", "--identities", "register/investors.csv", "--json").data["data"]["files"]
    plain = [Path(issued.folder / name) for name in ran if name.startswith("shown/")]
    secret = [Path(issued.folder / name) for name in ran if name.startswith("shown-CONFIDENTIAL/")]
    naming = [path for path in secret if b"INV-001" in path.read_bytes()]
    assert len(plain) + len(secret) == len(ran) and all(path.name.startswith("CONFIDENTIAL-") for path in naming)
    assert "INV-001" in next(path for path in secret if path.suffix == ".txt").read_text()
    assert not any(b"INV-001" in path.read_bytes() for path in plain)


def test_redaction_hides_wallets_on_the_screen_too(issued):
    ran = issued.ok("audit", "--out", "hidden", "--redact", "--json")
    holders = ran.data["data"]["holders"]
    assert holders and all(re.fullmatch(r"#[0-9a-f]{10}", h["wallet"]) for h in holders)
    assert not re.search(r"0x70997970", ran.out + (issued.folder / "hidden/report.html").read_text(), re.IGNORECASE)
    issued.fails(2, "audit", "--redact", "--identities", "register/investors.csv")


def test_an_exception_is_exit_code_7_and_the_report_is_written(issued):
    url = issued.ok("devnet", "status", "--json").data["data"]["running"]["url"]
    # Nine years on, no verification is valid any more; the embedded chain can wait that long.
    from tests.chain.talk import ask

    ask(url, "evm_increaseTime", 9 * 365 * 86400)
    ask(url, "evm_mine")
    ran = issued.run("audit", "--out", "late")
    assert ran.code == 7 and "C09  EXCEPTION" in ran.out
    assert {path.name for path in (issued.folder / "late").iterdir()} == NAMES
    assert issued.run("audit", "--json").data["ok"] is False


def test_what_is_no_token_is_told(issued):
    nobody = "0x" + "11" * 20
    assert "There is no contract" in issued.fails(2, "audit", nobody).err
    assert issued.fails(2, "audit", "0x12", "--json").error["exit"] == 2
    issued.fails(2, "audit", "NOPE")
    issued.fails(5, "audit", nobody, "--rpc-url", "http://127.0.0.1:9")
