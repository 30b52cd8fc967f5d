"""Powers, documents, slots, rules, explain and the acts on investors, as processes on one anvil."""

from __future__ import annotations

import json

import pytest

from hashkit.chain import devnet
from tests.cli.running import Shell
from tests.conftest import free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A project with HKGREEN, INV-1 (dev1 with 100 units and dev7, HK) and INV-2 (dev2, SG)."""
    home = tmp_path_factory.mktemp("acts")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    here.ok("devnet", "up", "--port", str(free_port()))
    here.ok("deploy", "HKGREEN")
    rows = "investor_id,wallet,country,class,kyc_expires,name\n"
    for account, number, country in ((1, 1, "HK"), (7, 1, "HK"), (2, 2, "SG")):
        address = devnet.DEV_ACCOUNTS[account].address
        rows += f"INV-{number},{address},{country},professional,2035-12-31,Somebody\n"
    (here.folder / "register/two.csv").write_text(rows)
    here.ok("investor", "import", "register/two.csv")
    (here.folder / "batches/one.csv").write_text("external_id,investor_id,amount\nSUB-1,INV-1,100\n")
    here.ok("issue", "batches/one.csv")
    yield here
    devnet.down(here.folder)


def test_explain_prints_every_rule_and_leaves_with_3(shell):
    from hashkit.domain.verdict import RULES

    allowed = shell.ok("explain", "move", "10", "--from", "INV-1", "--to", "INV-2")
    assert allowed.out.startswith("ALLOWED") and allowed.out.count("  pass  R-") == len(RULES)
    shell.ok("explain", "burn", "10", "--from", "INV-1")
    refused = shell.run("explain", "force", "101", "--from", "INV-1", "--to", "dev8")
    assert refused.code == 3
    for rule in ("R-IDENTITY-TO", "R-BALANCE"):
        assert f"  FAIL  {rule}" in refused.out
    assert "100.00 HKGREEN" in refused.out and "to allow:" in refused.out
    document = shell.run("explain", "redeem", "101", "--from", "INV-1", "--json")
    assert document.code == 3 and document.data["data"]["rules"] == ["R-BALANCE"]
    assert "takes --to" in shell.fails(2, "explain", "issue", "1", "--from", "INV-1").err


def test_powers_are_granted_shown_and_revoked(shell):
    assert "Grant" in shell.ok("powers", "grant", "dev5", "pause", "--of", "registry", "--dry-run").out
    shell.ok("powers", "grant", "dev5", "pause,freeze", "--yes")
    agents = shell.ok("powers", "show", "--json").data["data"]["agents"]
    assert [a["powers"] for a in agents if a["agent"] == devnet.DEV_ACCOUNTS[5].address] == [["freeze", "pause"]]
    shell.ok("powers", "revoke", "dev5", "pause,freeze")
    assert "hashkit powers show" in shell.fails(3, "powers", "revoke", "dev5", "pause").err
    assert "Did you mean pause?" in shell.fails(2, "powers", "grant", "dev5", "pauze").err


def test_documents_are_set_shown_and_removed(shell):
    (shell.folder / "prospectus.pdf").write_bytes(b"the prospectus")
    shell.ok("document", "set", "prospectus", "--uri", "ipfs://paper", "--file", "prospectus.pdf")
    (found,) = shell.ok("document", "show", "--json").data["data"]
    assert (found["name"], found["uri"]) == ("prospectus", "ipfs://paper") and int(found["hash"], 16)
    shell.ok("document", "remove", "prospectus", "--reason", "Superseded")
    assert shell.ok("document", "show", "--json").data["data"] == []
    assert "hashkit document show" in shell.fails(3, "document", "remove", "prospectus").err


def test_slots_are_proposed_cancelled_and_applied_after_the_delay(shell):
    assert "can be applied" in shell.ok("slot", "propose", "compliance", "none").out
    assert "it is ready at" in shell.fails(3, "slot", "apply", "compliance").err
    shell.ok("slot", "cancel", "compliance")
    assert "hashkit slot propose" in shell.fails(3, "slot", "apply", "compliance").err
    shell.ok("slot", "propose", "mint-window", "500", "--period", "3600")
    slots = {s["slot"]: s for s in shell.ok("slot", "show", "--json").data["data"]}
    assert slots["mint-window"]["present"].startswith("500.00 in 3600 s")


def test_rules_are_shown_set_and_preset(shell):
    shell.ok("rules", "set", "velocity", "40", "--per", "1d")
    shown = {r["rule"]: r["limit"] for r in shell.ok("rules", "show", "--json").data["data"]["rules"]}
    assert shown["velocity"] == "40.00 HKGREEN per 1d"
    refused = shell.run("explain", "move", "41", "--from", "INV-1", "--to", "INV-2")
    assert refused.code == 3 and "FAIL  R-VELOCITY" in refused.out
    assert "nothing to send" in shell.ok("rules", "preset").out
    assert "Unknown rule" in shell.fails(2, "rules", "set", "velocty", "1").err


def test_a_role_matrix_is_set_and_explained(shell):
    shell.ok("rules", "set", "mode", "role-matrix")
    shell.ok("rules", "set", "role-matrix:professional", "institution,venue")
    shown = {r["rule"]: r["limit"] for r in shell.ok("rules", "show", "--json").data["data"]["rules"]}
    assert (shown["mode"], shown["role-matrix:professional"]) == ("role-matrix", "institution, venue")
    refused = shell.run("explain", "move", "1", "--from", "INV-1", "--to", "INV-2")
    assert refused.code == 3 and "may move to institution, venue, the receiver's class is professional" in refused.out
    assert "mode       role-matrix" in shell.ok("asset", "show").out
    shell.ok("rules", "set", "mode", "open")
    shell.ok("rules", "set", "role-matrix:professional", "off")


def test_a_source_is_deployed_followed_and_shown(shell):
    here = json.loads((shell.folder / "deployments/31337/HKGREEN.json").read_text())["contracts"]
    silent = here["Lens"]["address"]  # answers no isHuman, so it vouches for nobody
    source = shell.ok("source", "kyc", "--level", "premium", "--age", "30d", "--sbt", silent, "--json").data["data"]
    other = ("--schema", "0x" + "ab" * 32, "--attester", "dev5", "--age", "12h", "--eas", silent)
    service = shell.ok("source", "eas", *other, "--json").data["data"]["source"]
    listed = shell.ok("source", "list", "--json").data["data"]
    assert {s["source"]: s["maximumAgeSeconds"] for s in listed} == {source["source"]: 2_592_000, service: 43_200}
    shell.ok("source", "trust", service, "off")
    assert len(shell.ok("source", "list", "--json").data["data"]) == 1
    shell.ok("source", "follow", "INV-2", source["source"])
    assert shell.ok("source", "show", "INV-2", "--json").data["data"]["says"] == "not verified"
    shell.ok("source", "refresh", "INV-2")
    shell.ok("source", "follow", "INV-2", "none")
    assert "follows no source" in shell.fails(3, "source", "refresh", "INV-2").err
    assert "AttestationUnfit" in shell.fails(3, "source", "present", service, "0x" + "cd" * 32).err
    assert "no address is known" in shell.fails(2, "source", "kyc", "--age", "1d").err.lower()
    shell.ok("investor", "renew", "INV-2", "--kyc-expires", "2035-12-31")


def test_investors_are_revoked_renewed_denied_and_linked(shell):
    shell.ok("investor", "revoke", "INV-2", "--reason", "KYC review 7")
    refused = shell.run("explain", "move", "1", "--from", "INV-1", "--to", "INV-2")
    assert refused.code == 3 and "to allow: renew it: hashkit investor renew" in refused.out
    shell.ok("investor", "renew", "INV-2", "--kyc-expires", "2036-12-31")
    assert "nothing to send" in shell.ok("investor", "renew", "INV-2", "--kyc-expires", "2036-12-31").out
    shell.ok("investor", "deny", "INV-2", "--reason", "List 7")
    assert "hashkit investor deny --off" in shell.run("explain", "issue", "1", "--to", "INV-2").out
    shell.ok("investor", "deny", "INV-2", "--off", "--reason", "List 8")
    shell.ok("investor", "link", "INV-1", "--wallet", "dev6")
    assert devnet.DEV_ACCOUNTS[6].address in shell.ok("investor", "show", "INV-1").out


def test_a_lost_wallet_is_recovered_and_a_court_burns(shell):
    recover = ("investor", "recover", "INV-1", "--reason", "Lost phone")
    assert "powers grant" in shell.fails(3, *recover, "--to", "dev8").err
    shell.ok("powers", "grant", "dev9", "recover")
    later = shell.ok(*recover, "--to", "dev8", "--account", "dev9")
    assert "24 hours later" in later.out
    shell.ok("investor", "recover", "INV-1", "--cancel", "--reason", "Found")
    shell.fails(2, *recover)
    assert "at once" in shell.ok(*recover, "--to", "dev7", "--account", "dev9").out
    shell.ok("control", "burn", "40", "--from", "dev7", "--reason", "Order 14")
    assert "FAIL  R-BALANCE" in shell.fails(3, "control", "burn", "61", "--from", "dev7", "--reason", "Order 15").err


def test_a_saved_plan_is_read_applied_and_applied_once(shell):
    maker = shell.ok("control", "freeze", "INV-2", "--reason", "COURT-8", "--out", "freeze.json")
    assert "hashkit apply freeze.json" in maker.out and "Digest to compare: 0x" in maker.out
    assert not shell.ok("history", "--json").out.count("COURT-8")
    shown = shell.ok("apply", "freeze.json", "--dry-run")
    assert "HKGREEN.setAddressFrozen" in shown.out and "INV-2" in shown.out
    assert "done in block" in shell.ok("apply", "freeze.json").out
    assert "nothing sent" in shell.ok("apply", "freeze.json").out
    shell.ok("control", "freeze", "INV-2", "--off", "--reason", "COURT-8")
    assert "nothing sent" in shell.ok("apply", "freeze.json").out


def test_a_plan_that_is_stale_wrong_or_nobodys_is_refused(shell):
    shell.ok("control", "pause", "--reason", "x", "--out", "pause.json")
    assert "The plan is for" in shell.fails(4, "apply", "pause.json", "--account", "dev5").err
    assert "cannot be read" in shell.fails(2, "apply", "missing.json").err
    shell.ok("control", "freeze", "INV-2", "--reason", "y")
    shell.ok("control", "freeze", "INV-2", "--off", "--reason", "y")
    assert "no longer fits" in shell.fails(8, "apply", "pause.json").err


def test_a_plan_for_a_safe(shell):
    token = shell.ok("asset", "show", "--json").data["data"]["address"]
    shell.ok("powers", "grant", token, "pause")
    ran = shell.ok("control", "pause", "--reason", "x", "--account", token, "--to-safe", "safe.json")
    assert "Checksum it will compare: 0x" in ran.out
    assert "is no Safe" in shell.fails(2, "control", "pause", "--reason", "x", "--to-safe", "no.json").err


def test_batches_are_listed_and_shown(shell):
    listed = shell.ok("batch", "list", "--json").data["data"]
    assert all(b["done"] <= b["steps"] for b in listed)
    issue = next(b for b in listed if b["title"].startswith("Issue "))
    shown = shell.ok("batch", "show", issue["batch"])
    assert "Rows 1 to 1" in shown.out and ("mined" in shown.out or "finalized" in shown.out)
    assert "Everything in it is done." in shell.ok("batch", "resume", issue["batch"]).out
    assert "has no batch" in shell.fails(2, "batch", "show", "b-1").err
