"""The cap table over the project's event store: what a replay says, reading only new logs, with and without columns."""

from __future__ import annotations

import pytest

from hashkit.domain.register import fold
from hashkit.issuer import books
from hashkit.issuer.asset import Asset
from hashkit.rpc import history
from hashkit.rpc.blocks import block
from hashkit.store import stores


@pytest.fixture(params=[True, False], ids=["columns", "plain"])
def columns(request, monkeypatch) -> bool:
    for module in (history, stores):
        monkeypatch.setattr(module, "available", lambda: request.param)
    return request.param


def replayed(asset: Asset, last: int) -> dict[str, int]:
    """Without any store: every log from the node, every movement in turn."""
    facts = books.collect(asset.context, asset.deployment, last)
    return dict(fold(facts, asset.address).balances)


def held(asset: Asset, at: int | str = "latest") -> dict[str, int]:
    return {row.wallet: row.balance.raw for row in asset.cap_table(at).rows}


def head(asset: Asset) -> int:
    return block(asset.context.endpoint, "latest").number


@pytest.fixture
def read(monkeypatch) -> list[tuple[int, int]]:
    """First and last block of every range that was asked for."""
    asked: list[tuple[int, int]] = []
    ranges = history.History.ranges

    def noted(self, first):
        for lower, upper, logs in ranges(self, first):
            asked.append((lower, upper))
            yield lower, upper, logs

    monkeypatch.setattr(history.History, "ranges", noted)
    return asked


def test_at_any_block_it_is_what_a_replay_says(columns, asset):
    first, second = (asset.investors.show(name).wallets[0] for name in ("INV-1", "INV-2"))
    asset.issue([("INV-1", "500000"), ("INV-2", "300000.25")], external_id="S-1").send()
    before = head(asset)
    asset.transfer(first, second, "10").send()
    asset.control.freeze(second, True, "order 9").send()
    for at in (before, head(asset), before - 1):
        assert held(asset, at) == replayed(asset, at)
    table = asset.cap_table("latest")
    told = [(row.label, row.country, row.frozen) for row in table.rows]
    assert told == [("INV-1", "HK", False), ("INV-2", "SG", True)]
    assert table.supply == table.accounted
    kept = asset.context.project.events
    assert (kept / "events.db").exists() != columns and any(kept.rglob("*.parquet")) == columns


def test_only_new_blocks_are_asked_for(columns, asset, read):
    asset.issue([("INV-1", "5")], external_id="S-1").send()
    held(asset)
    seen = head(asset)
    assert read and max(last for _, last in read) == seen
    read.clear()
    assert sum(held(asset).values()) == 5_000_000 and not read
    asset.issue([("INV-1", "7")], external_id="S-2").send()
    assert sum(held(asset).values()) == 12_000_000
    assert read and min(first for first, _ in read) == seen + 1


def test_what_a_reorganisation_took_back_is_read_again(columns, asset):
    rpc = asset.context.endpoint.call
    snapshot = rpc("evm_snapshot")
    asset.issue([("INV-1", "5")], external_id="S-1").send()
    assert sum(held(asset).values()) == 5_000_000
    rpc("evm_revert", (snapshot,))
    rpc("anvil_mine", (hex(9), hex(3)))
    assert held(asset) == {}
