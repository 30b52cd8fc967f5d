"""Batches: what was sent, how final it is, and going on without the command that began it."""

from __future__ import annotations

import pytest

from hashkit.errors import InputError, StalePlan
from tests.issuer.conftest import TERMS

ROWS = [("INV-1", "100"), ("INV-2", "50.5")]


def stop_after(plan, done):
    """Send a plan and be interrupted once ``done`` of its steps are through."""
    seen = []

    def hear(event):
        seen.append(event.kind)
        if seen.count("done") == done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan.send(hear)


def test_a_broken_issue_goes_on_by_its_batch(hk, asset):
    stop_after(asset.issue(ROWS, "S-1"), 1)
    last = hk.batches()[-1]
    assert (last.record.steps, last.record.done) == (2, 1)
    outcome = hk.resume(last.record.id).send()
    assert outcome.sent == 1 and outcome.batch == last.record.id
    assert asset.supply().show() == "150.50"
    again = hk.resume(last.record.id)
    assert again.note == "Everything in it is done." and again.send().sent == 0


def test_a_broken_batch_of_acts_goes_on_and_none_happens_twice(hk, asset):
    wallets = hk.wallets(6)[2:]
    rows = [asset.investors.add(f"INV-{n}", w, country="HK") for n, w in enumerate(wallets[:1], 3)]
    rows[0].send()
    from dataclasses import replace

    plans = [asset.control.pause(True, "x"), asset.control.pause(False, "y"), asset.control.pause(True, "z")]
    steps = tuple(step for plan in plans for step in plan.steps)
    # the second act could not be estimated while nothing is paused yet
    stop_after(replace(plans[0], steps=steps), 2)
    batch = hk.batches()[-1].record
    assert (batch.done, batch.steps) == (2, 3)
    before = hk.endpoint.call("eth_getTransactionCount", (hk.address, "latest"))
    assert hk.resume(batch.id).send().sent == 1 and asset.info().paused
    assert int(hk.endpoint.call("eth_getTransactionCount", (hk.address, "latest")), 16) == int(before, 16) + 1


def test_steps_rise_from_mined_to_safe_to_finalized(hk, asset):
    asset.issue(ROWS, "S-1").send()
    batch = hk.batches()[-1]
    (opened, issued) = batch.record.begun
    assert {"safe", "finalized"} <= set(batch.marks)
    from dataclasses import replace

    for marks, state in (
        ({}, "mined"),
        ({"safe": issued.block}, "safe"),
        ({"safe": issued.block, "finalized": issued.block}, "finalized"),
    ):
        assert replace(batch, marks=marks).state_of(issued) == state
    assert replace(batch, marks={"safe": opened.block}).state_of(issued) == "mined"


def test_without_its_plan_a_batch_is_shown_but_goes_on_by_its_command(hk):
    stop_after(hk.deploy(TERMS), 2)
    batch = hk.batches()[-1].record
    assert batch.done == 2
    hk.project.plan_file(batch.plan).unlink()
    with pytest.raises(InputError, match="not on this machine"):
        hk.resume(batch.id)
    assert hk.deploy(TERMS).send().symbol == "HKGREEN"


def test_resume_minds_the_code_it_was_planned_against(hk, asset):
    stop_after(asset.issue(ROWS, "S-1"), 1)
    hk.endpoint.call("anvil_setCode", (asset.address, "0x00"))
    with pytest.raises(StalePlan, match="no longer fits"):
        hk.resume(hk.batches()[-1].record.id)


def test_an_unknown_batch_is_refused(hk):
    assert hk.batches() == ()
    with pytest.raises(InputError, match="has no batch"):
        hk.batch("b-20990101-01")
