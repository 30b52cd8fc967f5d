"""A deployment as a file: bound to account, nonce and code, done once, and known afterwards as if done at once."""

from __future__ import annotations

import json

import pytest

from hashkit.contracts.asset_factory import AssetFactory
from hashkit.errors import BatchIncomplete, InputError, StalePlan
from hashkit.rpc.reads import code_at, read
from hashkit.store.plans import SavedPlan
from tests.issuer.conftest import TERMS, connect
from tests.issuer.test_batches import stop_after


@pytest.fixture
def file(tmp_path):
    return tmp_path / "plan.json"


@pytest.fixture
def second(hk, tmp_path):
    """Another project of the same issuer on the same chain: the machine of whoever applies."""
    return connect(hk.network.rpc_urls[0], tmp_path / "second")


@pytest.fixture(autouse=True)
def folders(tmp_path):
    (tmp_path / "second").mkdir()


def nonce(hk) -> int:
    return int(hk.endpoint.call("eth_getTransactionCount", (hk.address, "latest")), 16)


def somebody_sends(hk) -> None:
    hk.endpoint.call("eth_sendTransaction", ({"from": hk.address, "to": hk.wallets(1)[0], "value": "0x1"},))


def mend(file, change) -> None:
    """Change a saved plan as somebody would who also mends the digest."""
    data = json.loads(file.read_text())
    change(data["steps"])
    data.pop("digest")
    SavedPlan.model_validate(data).write(file)


def test_a_saved_deployment_is_applied_elsewhere_and_recorded_by_the_command(hk, second, file):
    plan = hk.deploy(TERMS)
    digest = plan.save(file).digest
    applied = second.apply(file)
    assert applied.totals["digest"] == digest and "hashkit deploy HKGREEN" in applied.note
    shown = [line[1] for line in applied.lines]
    once = ("AssetTokenControl", "AssetToken", "RuleBook", "AssetFactory", "Lens")
    assert shown[:5] == [f"new {name}" for name in once]
    assert "AssetFactory.createToken" in shown and shown[-1] == "IdentityRegistry.bindToken"
    assert applied.send().sent == len(plan.steps) == nonce(hk)
    asset = second.deploy(TERMS).send()
    assert nonce(hk) == len(plan.steps) and asset.info().supply.raw == 0
    record = asset.deployment.contracts
    places = {step.contract: step.creates for step in SavedPlan.read(file).steps if step.creates}
    for name in ("AssetTokenControl", "AssetFactory", "Lens", "IdentityRegistry"):
        assert record[name].address == places[name]
    assert record["AssetToken"].implementation == places["AssetToken"]
    factory = AssetFactory(record["AssetFactory"].address)
    assert read(hk.endpoint, factory.rule_book_address(asset.address), "latest") == record["RuleBook"].address
    assert second.apply(file).send().sent == 0
    with pytest.raises(StalePlan, match="no longer fits"):
        hk.apply(file)


def test_a_second_asset_is_saved_with_the_contracts_that_are_there(hk, file, tmp_path):
    hk.deploy(TERMS).send()
    sheet = tmp_path / "OTHER.toml"
    sheet.write_text(TERMS.read_text().replace("HKGREEN", "OTHER").replace("[rules]", "[rules]\nmax_holders = 200"))
    hk.deploy(sheet).save(file)
    applied = hk.apply(file)
    assert applied.lines[0][1] == "AssetFactory.createToken"
    assert any(line[1].startswith("OTHER.") for line in applied.lines), applied.lines
    applied.send()
    assert hk.deploy(sheet).send().symbol == "OTHER"


def test_when_the_account_has_moved_on_then_nothing_is_created(hk, second, file):
    hk.deploy(TERMS).save(file)
    somebody_sends(hk)
    with pytest.raises(StalePlan, match="no longer fits") as caught:
        second.apply(file)
    assert "other transactions" in caught.value.why and nonce(hk) == 1


def test_when_it_is_interrupted_then_file_and_batch_go_on(hk, file):
    hk.deploy(TERMS).save(file)
    stop_after(hk.apply(file), 2)
    stop_after(hk.apply(file), 3)
    batch = hk.batches()[-1].record
    assert (batch.done, nonce(hk)) == (5, 5)
    hk.resume(batch.id).send()
    steps = len(SavedPlan.read(file).steps)
    assert nonce(hk) == steps and hk.deploy(TERMS).send().symbol == "HKGREEN" and nonce(hk) == steps


def test_when_somebody_uses_a_nonce_on_the_way_then_it_stops_and_the_command_goes_on(hk, file):
    hk.deploy(TERMS).save(file)
    stop_after(hk.apply(file), 2)
    somebody_sends(hk)
    with pytest.raises(BatchIncomplete, match="would not land where the plan wants it"):
        try:
            hk.apply(file).send()
        except BatchIncomplete as error:
            raise BatchIncomplete(error.why) from None
    assert nonce(hk) == 3
    asset = hk.deploy(TERMS).send()
    assert code_at(hk.endpoint, asset.address, "latest")
    with pytest.raises((StalePlan, BatchIncomplete)):
        hk.apply(file).send()


def test_an_interrupted_deployment_goes_on_by_its_batch(hk):
    stop_after(hk.deploy(TERMS), 4)
    outcome = hk.resume(hk.batches()[-1].record.id).send()
    assert outcome.sent == nonce(hk) - 4
    before = nonce(hk)
    assert hk.deploy(TERMS).send().symbol == "HKGREEN" and nonce(hk) == before


def test_other_code_or_another_place_cannot_be_slipped_in(hk, second, file):
    hk.deploy(TERMS).save(file)
    whole = file.read_text()

    def other_code(steps):
        steps[0]["data"] = "0x600a600c600039600a6000f3602a60505260206050f3"

    def other_place(steps):
        steps[1]["creates"] = hk.wallets(1)[0]

    def other_argument(steps):
        steps[1]["data"] += "00"

    for change in (other_code, other_place, other_argument):
        file.write_text(whole)
        mend(file, change)
        with pytest.raises(InputError, match="cannot be read"):
            second.apply(file)
    file.write_text(whole)
    with pytest.raises(ValueError, match="creates one without paying it"):
        mend(file, lambda steps: steps[0].update(value="1"))
    assert nonce(hk) == 0
