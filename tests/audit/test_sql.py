"""The register by SQL over the store's Parquet is the register by plain addition, to the last of 256 bits."""

from __future__ import annotations

import pytest

from hashkit.audit.sql import cap_table, digest, supply_steps, text
from hashkit.audit.sql.engines import Duck, paths
from hashkit.domain.facts import ZERO
from hashkit.errors import InputError
from hashkit.store.balances import balances as by_vector
from hashkit.store.parquet import ParquetStore
from tests.audit.transfers import HUGE, TOKEN, balances, moves, store_of

ROWS = moves(1_500, seed=5)
LAST = ROWS[-1][0]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ParquetStore:
    return store_of(tmp_path_factory.mktemp("sql"), ROWS)


@pytest.mark.parametrize("block", [9, 10, 60, LAST - 1, LAST])
def test_the_cap_table_at_any_block(store, block):
    found = cap_table(Duck(paths(store, max(block, 10))), block)
    assert found == balances(ROWS, block)
    assert digest(found) == digest(balances(ROWS, block))
    if block >= 10:
        held = by_vector(store, block)
        assert digest({"0x" + account.hex(): raw for account, raw in held.items()}) == digest(found)
    assert block == 9 or max(found.values()) > HUGE


def test_the_supply_after_each_block_that_changed_it(store):
    supply, expected = 0, {}
    for block, sender, receiver, raw in ROWS:
        if ZERO in (sender, receiver):
            supply += raw * ((sender == ZERO) - (receiver == ZERO))
            expected[block] = supply
    assert supply_steps(Duck(paths(store, LAST)), LAST) == sorted(expected.items())


def test_the_digest_sees_one_unit_and_one_address():
    one = {TOKEN: HUGE}
    assert len({digest(one), digest({TOKEN: HUGE + 1}), digest({}), digest({"0x" + "71" * 20: HUGE})}) == 4


def test_a_changed_file_and_an_empty_store_are_refused(tmp_path):
    with pytest.raises(InputError, match="no movement"):
        paths(ParquetStore(tmp_path / "empty", 31337, [TOKEN]), 10)
    kept = store_of(tmp_path / "kept", moves(20, seed=1))
    file = next((kept.folder / "transfer").iterdir())
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="damaged"):
        paths(kept, 12)


@pytest.mark.parametrize("block", ["1; DROP TABLE transfer", -1, True, 1.0])
def test_nothing_but_a_block_gets_into_a_text(block):
    with pytest.raises(ValueError):
        text("cap-table", block)
    with pytest.raises(ValueError):
        text("holders", 1)
