"""The journal is gone, old or broken: it is made again from the chain, and nothing happens twice."""

from __future__ import annotations

import shutil

import pytest

from hashkit.chain import lookback
from hashkit.errors import InputError, Refused, RpcError
from hashkit.store.batches import read_batches
from tests.chain.sending import BadNode
from tests.issuer.conftest import TERMS, connect
from tests.issuer.test_batches import stop_after

ROWS = [("INV-1", "100"), ("INV-2", "50.5")]


def nonce(hk) -> int:
    return int(hk.endpoint.call("eth_getTransactionCount", (hk.address, "latest")), 16)


def held(hk) -> list[tuple[str, str, int | None]]:
    """What the journal says of every transaction: its step's state, its hash, its block."""
    records = read_batches(hk.project.journal, 31337, hk.address)
    return sorted((s.state, s.tx_hash, s.block) for record in records for s in record.begun)


def lose(hk, *, plans: bool = True) -> None:
    """The journal, and with ``plans`` also what was kept of the batches."""
    shutil.rmtree(hk.project.journal)
    if plans:
        shutil.rmtree(hk.project.private / "plans", ignore_errors=True)


@pytest.mark.parametrize("plans", [True, False])
def test_recover_when_the_journal_is_gone_then_it_holds_the_same_transactions(hk, asset, plans):
    asset.issue(ROWS, "S-1").send()
    asset.control.pause(True, "x").send()
    before = held(hk)
    assert len(before) == nonce(hk)
    lose(hk, plans=plans)
    found = hk.recover()
    assert held(hk) == before and len(found.put_back) == len(before)
    assert (found.foreign, found.lost, found.renewed) == (0, 0, "")
    titles = [each.title for each in found.put_back]
    assert ("Rows 1 to 2" in titles) is not plans  # a kept plan knows the names, calldata only what was called
    assert any("issue" in title for title in titles) is plans
    assert hk.recover().put_back == ()
    assert all(batch.record.done == batch.record.steps for batch in hk.batches())


def test_issue_when_the_journal_is_gone_then_it_is_put_back_and_the_rest_issued(hk, asset):
    stop_after(asset.issue(ROWS, "S-1"), 1)
    lose(hk)
    told = []
    assert asset.issue(ROWS, "S-1").send(told.append).outcome.sent == 1
    assert asset.supply().show() == "150.50" and len(held(hk)) == nonce(hk)
    (event,) = [event for event in told if event.kind == "recovered"]
    assert "was behind the chain: " in event.text and "hashkit batch list" in event.text


def test_issue_when_all_is_done_and_the_journal_is_gone_then_it_is_put_back_and_nothing_sent(hk, asset):
    asset.issue(ROWS, "S-1").send()
    before = held(hk)
    lose(hk)
    assert asset.issue(ROWS, "S-1").send().outcome.sent == 0
    assert held(hk) == before


def test_issue_when_everything_here_was_lost_then_a_part_of_the_file_is_refused_again(hk, asset):
    asset.issue(ROWS, "S-1").send()
    hk.project.rows_file.unlink()
    lose(hk)
    asset.issue(ROWS, "S-1").send()
    with pytest.raises(InputError) as caught:
        asset.issue(ROWS[:1], "S-1")
    assert caught.value.code == "ROWS_KNOWN"


def test_deploy_when_the_journal_is_gone_half_way_then_it_goes_on_and_makes_nothing_twice(fresh_chain, tmp_path):
    hk = connect(fresh_chain("anvil"), tmp_path)
    stop_after(hk.deploy(TERMS), 7)
    lose(hk)
    assert len(hk.recover().put_back) == 7
    before = nonce(hk)
    stop_after(hk.deploy(TERMS), 1)
    assert nonce(hk) == before + 1
    assert hk.deploy(TERMS).send().symbol == "HKGREEN"
    assert len(held(hk)) == nonce(hk)


def test_an_act_when_the_journal_is_gone_then_it_is_asked_once_whether_it_is_wanted_twice(hk, asset):
    asset.control.pause(True, "x").send()
    asset.control.pause(False, "x").send()
    lose(hk)
    before = nonce(hk)
    with pytest.raises(Refused, match="may have happened before") as caught:
        asset.control.pause(True, "x").send()
    assert caught.value.code == "JOURNAL_BEHIND" and nonce(hk) == before
    assert asset.control.pause(True, "x").send().sent == 1


def test_an_act_when_an_old_copy_began_it_then_it_is_gone_on_with(hk, asset):
    """The copy is of the moment between signing and the block: the same command must not do it again."""
    copies = hk.project.root / "copy"

    def copy(event):
        if event.kind == "sent":
            shutil.copytree(hk.project.journal, copies, dirs_exist_ok=True)

    asset.control.pause(True, "x").send(copy)
    shutil.rmtree(hk.project.journal)
    copies.rename(hk.project.root / ".hashkit/journal")
    before = nonce(hk)
    assert asset.control.pause(True, "x").send().steps[0].receipt is not None
    assert nonce(hk) == before


def test_recover_when_somebody_else_uses_the_key_then_it_is_counted_and_left_alone(hk, asset):
    hk.endpoint.call("eth_sendTransaction", ({"from": hk.address, "to": hk.wallets(1)[0], "value": "0x1"},))
    before = held(hk)
    found = hk.recover()
    assert (found.put_back, found.foreign) == ((), 1) and held(hk) == before


@pytest.mark.parametrize("damage", ["rubbish", "half", "edited"])
def test_recover_when_the_journal_is_damaged_then_it_is_set_aside_and_made_again(hk, asset, damage):
    import sqlite3

    asset.issue(ROWS, "S-1").send()
    before = held(hk)
    (path,) = hk.project.journal.glob("*.db")
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if damage == "edited":
        with sqlite3.connect(path) as raw:
            raw.execute("UPDATE steps SET title = 'x'")
    else:
        whole = path.read_bytes()
        path.write_bytes(b"rubbish" * 9000 if damage == "rubbish" else whole[: len(whole) // 2])
    sent = nonce(hk)
    with pytest.raises(InputError, match="hashkit batch recover") as caught:
        asset.control.pause(True, "x").send()
    assert caught.value.code == "JOURNAL" and nonce(hk) == sent
    found = hk.recover()
    assert found.renewed.endswith(".1.old") and (hk.project.journal / found.renewed).exists()
    assert held(hk) == before


class Forgetful(BadNode):
    """A node that keeps only the newest states, as most do."""

    def __init__(self, url: str, keeps: int) -> None:
        def count(params, ask):
            newest = int(self.call("eth_blockNumber"), 16)
            if params[1].startswith("0x") and int(params[1], 16) <= newest - keeps:
                raise RpcError("eth_getTransactionCount", -32000, "missing trie node")
            return ask()

        super().__init__(url, eth_getTransactionCount=count)


@pytest.mark.parametrize("keeps", [1, 3, 100])
def test_look_back_when_old_states_are_pruned_then_the_logs_name_the_transactions(hk, asset, keeps):
    asset.issue(ROWS, "S-1").send()
    token = [asset.address, asset.registry]
    node = Forgetful(hk.context.network.rpc_urls[0], keeps)
    found = lookback.look_back(node, hk.address, range(nonce(hk)), 0, token)
    nonces = [sent.attempt.nonce for sent in found.sent]
    assert set(range(nonce(hk) - 2, nonce(hk))) <= set(nonces)
    assert sorted({*nonces, *found.lost}) == list(range(nonce(hk)))
    assert bool(found.lost) is (keeps < 100)  # creations leave no log with token and registry
