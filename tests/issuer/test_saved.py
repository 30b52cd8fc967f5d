"""Plans as files: exactly what was planned, once, by the account it is for, or not at all."""

from __future__ import annotations

import hashlib
import json

import pytest

from hashkit.errors import AccountError, InputError, Refused, StalePlan
from hashkit.issuer.client import Hashkit
from hashkit.issuer.safe import checksum_of
from hashkit.store.plans import SavedPlan
from tests.issuer.conftest import TERMS, connect

ROWS = [("INV-1", "100"), ("INV-2", "50.5")]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "plan.json"


def rewrite(file, **changes):
    """Change a saved plan as somebody would who also mends the digest."""
    data = json.loads(file.read_text())
    data.update(changes)
    data.pop("digest")
    SavedPlan.model_validate(data).write(file)


def test_a_saved_issue_is_applied_whole_and_once(hk, asset, file):
    plan = asset.issue(ROWS, "S-1")
    digest = plan.save(file).digest
    applied = hk.apply(file)
    assert applied.totals["digest"] == digest
    calls = [line[1] for line in applied.lines]
    assert calls == ["HKGREEN.openOrder", "HKGREEN.issue"]
    assert "of 2 rows, 150.50 in all" in applied.lines[0][2] and "rows 2 in all 150.50" in applied.lines[1][2]
    assert applied.send().sent == 2
    assert asset.supply().show() == "150.50"
    assert hk.apply(file).send().sent == 0
    assert asset.supply().show() == "150.50"


def test_an_issue_half_done_by_hand_goes_on_from_the_plan(hk, asset, file):
    asset.issue(ROWS, "S-1").save(file)
    asset.open_order(ROWS, "S-1").send()
    assert hk.apply(file).send().sent == 1
    with pytest.raises(InputError, match="differ"):
        asset.issue([("INV-1", "100"), ("INV-2", "51")], "S-1")


def test_applied_rows_are_remembered_on_the_machine_that_applies(hk, asset, file, fresh_chain, tmp_path):
    asset.issue(ROWS, "S-1").save(file)
    asset.context.project.rows_file.unlink(missing_ok=True)
    hk.apply(file).send()
    with pytest.raises(InputError, match="belong to an order that was made before"):
        asset.issue(ROWS[:1], "S-1")


def test_an_act_without_a_truth_happens_once_though_applied_twice(hk, asset, file):
    asset.issue(ROWS, "S-1").send()
    asset.control.freeze("INV-1", True, "COURT-1", "10").save(file)
    assert hk.apply(file).send().sent == 1
    assert hk.apply(file).send().sent == 0


def test_on_a_second_machine_the_nonce_tells_that_it_was_applied(hk, asset, file, tmp_path):
    asset.issue(ROWS, "S-1").send()
    asset.control.freeze("INV-1", True, "COURT-1", "10").save(file)
    hk.apply(file).send()
    other = tmp_path / "other"
    other.mkdir()
    records = other / "deployments"
    (hk.project.root / "deployments").rename(records)
    with pytest.raises(StalePlan, match="no longer fits") as caught:
        connect(hk.network.rpc_urls[0], other).apply(file)
    assert "other transactions" in caught.value.why and caught.value.exit_code == 8


def test_what_is_shown_comes_from_the_bytes_not_from_the_words(hk, asset, file):
    asset.issue(ROWS, "S-1").send()
    asset.control.force("INV-1", "INV-2", "10", "COURT-1").save(file)
    data = json.loads(file.read_text())
    data["steps"][0].update(title="Pause transfers", function="pause")
    rewrite(file, title="Pause transfers", steps=data["steps"])
    (line,) = hk.apply(file).lines
    assert line[1] == "HKGREEN.forcedTransfer" and "amount 10.00" in line[2] and "INV-2" in line[2]


def test_a_changed_file_is_refused(hk, asset, file):
    asset.control.pause(True, "x").save(file)
    file.write_text(file.read_text().replace("Pause", "Leave"))
    with pytest.raises(InputError, match="changed after it was saved"):
        hk.apply(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":"hashkit.saved-plan/1"}', "nonsense"])
def test_what_is_no_plan_is_refused(hk, file, text):
    file.write_text(text)
    with pytest.raises(InputError):
        hk.apply(file)


def test_bytes_that_no_function_of_ours_has_are_refused(hk, asset, file):
    asset.control.pause(True, "x").save(file)
    steps = json.loads(file.read_text())["steps"]
    for data in ("0xdeadbeef", steps[0]["data"] + "00", "0x"):
        steps[0]["data"] = data
        rewrite(file, steps=steps)
        with pytest.raises(InputError, match="cannot be read"):
            hk.apply(file)


def test_a_contract_the_project_does_not_know_is_refused(hk, asset, file):
    asset.control.pause(True, "x").save(file)
    data = json.loads(file.read_text())
    other = hk.wallets(1)[0]
    data["steps"][0]["to"] = other
    data["code"][other] = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    rewrite(file, steps=data["steps"], code=data["code"])
    with pytest.raises(InputError, match="cannot be read"):
        hk.apply(file)


def test_another_account_cannot_apply_it(hk, asset, file):
    asset.control.pause(True, "x").save(file)
    other = Hashkit.connect("devnet", "dev5", project=hk.project.root, rpc_url=hk.network.rpc_urls[0])
    with pytest.raises(AccountError, match="The plan is for"):
        other.apply(file)


def test_other_code_behind_the_address_makes_it_stale(hk, asset, file):
    asset.control.pause(True, "x").save(file)
    hk.endpoint.call("anvil_setCode", (asset.address, "0x00"))
    with pytest.raises(StalePlan, match="no longer fits") as caught:
        hk.apply(file)
    assert "code at" in caught.value.why


def test_another_chain_makes_it_stale(hk, asset, file, fresh_chain, tmp_path):
    asset.control.pause(True, "x").save(file)
    twin = connect(fresh_chain("anvil"), tmp_path / "twin")
    twin.deploy(TERMS).send()
    with pytest.raises(StalePlan):
        twin.apply(file)


def test_nothing_to_do_and_refused_plans_are_not_saved(hk, asset, file):
    asset.issue(ROWS, "S-1").send()
    with pytest.raises(InputError, match="nothing to save"):
        asset.issue(ROWS, "S-1").save(file)
    with pytest.raises(Refused):
        asset.control.force("INV-1", "INV-2", "1000", "x").save(file)
    assert not file.exists()


def test_the_safe_batch_holds_the_same_bytes(hk, asset):
    safe = asset.address  # any contract stands for a Safe here
    asset.powers.grant(safe, "pause").send()
    watching = Hashkit.connect("devnet", None, project=hk.project.root, rpc_url=hk.network.rpc_urls[0])
    from dataclasses import replace

    plan = Hashkit(replace(watching.context, account=safe)).asset("HKGREEN").control.pause(True, "x")
    batch = plan.to_safe()
    assert batch["chainId"] == "31337" and batch["meta"]["createdFromSafeAddress"] == safe
    assert [t["data"] for t in batch["transactions"]] == ["0x" + plan.steps[0].action.data.hex()]
    assert batch["meta"]["checksum"] == checksum_of(batch)
    with pytest.raises(InputError, match="is no Safe"):
        asset.control.pause(True, "x").to_safe()


def test_the_checksum_is_the_transaction_builders_own():
    """An export of the Transaction Builder 1.18.2, with the checksum that it wrote."""
    parameters = [("address", "spender"), ("uint256", "value")]
    batch = {
        "version": "1.0",
        "chainId": "1",
        "createdAt": 1761326849944,
        "meta": {
            "name": "Transactions Batch",
            "description": "",
            "txBuilderVersion": "1.18.2",
            "createdFromSafeAddress": "0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6",
            "createdFromOwnerAddress": "",
        },
        "transactions": [
            {
                "to": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
                "value": "0",
                "data": None,
                "contractMethod": {
                    "inputs": [{"internalType": kind, "name": name, "type": kind} for kind, name in parameters],
                    "name": "approve",
                    "payable": False,
                },
                "contractInputsValues": {
                    "spender": "0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8",
                    "value": "100000000000",
                },
            }
        ],
    }
    assert checksum_of(batch) == "0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989"


def test_a_plan_is_written_a_step_a_line_and_its_digest_is_that_of_the_whole(asset, tmp_path):
    plan = asset.issue([("INV-1", "1")] * 250, external_id="S-1")
    kept = plan.save(tmp_path / "plan.json")
    text = (tmp_path / "plan.json").read_text("utf-8")
    body = json.loads(text)
    assert body.pop("digest") == kept.digest
    assert kept.digest == "0x" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    assert sum('"function": "issue"' in line for line in text.splitlines()) == 3 == len(body["steps"]) - 1
