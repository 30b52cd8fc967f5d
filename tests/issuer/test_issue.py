"""Issue: exactly once, whatever is run again; a changed row under an old id is refused."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from hashkit.contracts.hashing import checksum, keccak, leaf, merkle_levels, merkle_proof, order_id, rows_tree
from hashkit.domain.orders import CHUNK_ROWS, Row
from hashkit.domain.units import Units
from hashkit.errors import InputError, Refused, StalePlan
from hashkit.store.order_rows import OrderRows
from hashkit.store.sheets import read_investors, read_issues
from tests.issuer.conftest import ROOT, connect, term_sheet

PAIRS = [("INV-1", "100"), ("INV-2", "50.5")]
EXAMPLES = ROOT / "examples"


def test_the_same_rows_again_send_nothing(asset):
    first = asset.issue(PAIRS, "S-1").send()
    again = asset.issue(PAIRS, "S-1")
    assert again.steps == () and "nothing to send" in again.note
    assert again.send().order_id == first.order_id
    assert asset.supply() == Decimal("150.5")


def test_a_changed_row_under_the_same_external_id_is_refused(asset):
    asset.issue(PAIRS, "S-1").send()
    with pytest.raises(InputError) as refused:
        asset.issue([("INV-1", "100"), ("INV-2", "50.6")], "S-1")
    assert refused.value.code == "ROW_CHANGED" and refused.value.exit_code == 2
    assert asset.supply() == Decimal("150.5")


def test_a_changed_row_is_refused_by_the_chain_when_every_local_record_is_lost(asset):
    asset.issue(PAIRS, "S-1").send()
    asset.context.project.rows_file.unlink()
    shutil.rmtree(asset.context.project.journal)
    with pytest.raises(InputError) as refused:
        asset.issue([("INV-1", "100"), ("INV-2", "50.6")], "S-1")
    assert refused.value.code == "ROW_CHANGED"
    again = asset.issue(PAIRS, "S-1")
    assert again.steps == ()


def test_an_old_row_in_a_new_order_is_refused(asset):
    asset.issue(PAIRS, "S-1").send()
    rows = [("INV-1", "100"), ("INV-2", "50.5"), ("INV-1", "1")]
    with pytest.raises(InputError) as refused:
        asset.issue(rows, "S-1")
    assert refused.value.code == "ROWS_KNOWN"


def test_a_part_of_an_issued_file_is_refused_although_every_row_is_known(asset):
    asset.issue(PAIRS, "S-1").send()
    with pytest.raises(InputError) as refused:
        asset.issue(PAIRS[:1], "S-1")
    assert refused.value.code == "ROWS_KNOWN"
    assert asset.supply() == Decimal("150.5")


def test_of_two_plans_with_a_row_in_common_only_one_is_carried_out(asset):
    whole, part = asset.issue(PAIRS, "S-1"), asset.issue(PAIRS[:1], "S-1")  # neither knows of the other yet
    whole.send()
    with pytest.raises(InputError) as refused:
        part.send()
    assert refused.value.code == "ROWS_KNOWN"
    assert asset.supply() == Decimal("150.5")


def test_an_ineligible_row_stops_everything_or_is_skipped_for_ever(asset, hk):
    outsider = hk.wallets(3)[2]
    rows = [("INV-1", "100"), (outsider, "7")]
    plan = asset.issue(rows, "S-1")
    with pytest.raises(Refused) as refused:
        plan.send()
    assert refused.value.exit_code == 3 and "R-IDENTITY-TO" in " ".join(refused.value.details)
    assert asset.supply() == Decimal(0)
    done = asset.issue(rows, "S-1", skip_ineligible=True).send()
    assert (done.issued, done.skipped) == (Decimal(100), 1)
    assert asset.issue(rows, "S-1").steps == ()


def test_rows_of_one_investor_count_together_against_his_limit(asset):
    half = "6000000"  # the term sheet allows 10,000,000 units per investor
    with pytest.raises(Refused) as refused:
        asset.issue([("INV-1", half), ("INV-1", half)], "S-1").send()
    assert "R-MAX-BALANCE" in refused.value.details[0]


def test_the_cap_counts_all_rows_together(asset):
    rows = [(f"INV-{1 + i % 2}", "9000000") for i in range(2)]
    asset.issue(rows, "S-1").send()
    many = [("INV-1", "1")] * 1 + [("INV-2", "1000000")]
    assert asset.issue(many, "S-2").refused is None
    with pytest.raises(Refused, match="R-CAP"):
        asset.issue([("INV-1", "34000000")], "S-3").send()


def test_a_wrong_control_total_is_refused(asset):
    with pytest.raises(InputError) as refused:
        asset.issue(PAIRS, "S-1", expect_total="150.6")
    assert refused.value.code == "CONTROL_TOTAL"


def test_an_opening_position_wants_an_empty_token(asset):
    asset.issue(PAIRS, "OPEN-1", opening_position=True).send()
    with pytest.raises(Refused, match="outstanding already"):
        asset.issue([("INV-1", "3")], "OPEN-2", opening_position=True).send()


def test_an_approval_by_another_key_opens_the_order(asset):
    prepared = asset.order(PAIRS, "S-1")
    approval = asset.approve_order(prepared)
    read_back = type(approval).from_dict(approval.to_dict())
    assert asset.issue(PAIRS, "S-1", approval=read_back).send().issued == Decimal("150.5")
    with pytest.raises(StalePlan):
        asset.issue([("INV-1", "1")], "S-2", approval=approval)


def test_a_closed_order_stays_closed(asset):
    prepared = asset.order(PAIRS, "S-1")
    asset.close_order(prepared.id).send()
    with pytest.raises(Refused, match="closed for ever"):
        asset.issue(PAIRS, "S-1").send()


def test_a_thousand_rows_from_the_example_files(fresh_chain, tmp_path):
    hk = connect(fresh_chain("anvil"), tmp_path)
    asset = hk.deploy(EXAMPLES / "assets/HKDMMA.toml").send()
    loaded = asset.investors.load(read_investors(EXAMPLES / "investors.csv").rows).send()
    assert loaded.admitted == 1000
    rows = read_issues(EXAMPLES / "issues/HKDMMA.csv", asset.decimals).rows
    issued = asset.issue(rows).send()
    assert (issued.rows, issued.skipped, issued.outcome.sent) == (1000, 0, 11)
    assert issued.issued == issued.supply == sum((r.amount for r in rows[1:]), rows[0].amount)
    again = asset.issue(rows)
    assert again.steps == () and "All 1000 rows were issued before" in again.note
    assert asset.cap_table().accounted == issued.supply
    changed = tmp_path / "changed.csv"
    text = (EXAMPLES / "issues/HKDMMA.csv").read_text("utf-8-sig")
    line = text.splitlines()[500]
    changed.write_text(text.replace(line, line.replace(".", "9.", 1), 1))
    with pytest.raises(InputError) as refused:
        asset.issue(read_issues(changed, asset.decimals).rows)
    assert refused.value.code == "ROW_CHANGED" and len(refused.value.details) == 1


def test_the_dearest_chunk_is_within_what_a_transaction_may_take(hk, tmp_path):
    """New investors only, and every rule that counts: EIP-7825 stops a transaction at 2^24 gas."""
    rules = """max_units_per_investor = "1000"
max_holders = 1000
max_holders_in = { HK = 1000 }
velocity = { units = "500", period = "1d" }
holding_period = "36h"
"""
    asset = hk.deploy(term_sheet(hk, rules)).send()
    wallets = [checksum(keccak(bytes([n]))[12:]) for n in range(CHUNK_ROWS)]
    register = tmp_path / "investors.csv"
    lines = (f"I-{n},{wallet},HK,professional,2099-12-31" for n, wallet in enumerate(wallets))
    register.write_text("investor_id,wallet,country,class,kyc_expires\n" + "\n".join(lines) + "\n")
    asset.investors.load(read_investors(register).rows).send()
    issued = asset.issue([(wallet, "10") for wallet in wallets], "S-1").send()
    dearest = max(step.receipt.gas_used for step in issued.outcome.steps)
    assert len(issued.outcome.steps) == 2 and 12_000_000 < dearest < 2**24 * 5 // 6  # with the margin of the limit


def _rows(count: int) -> list[Row]:
    wallets = [f"0x{i + 1:040x}" for i in range(count)]
    return [Row(f"S-{i:05d}", w, Units(i + 1, 6)) for i, w in enumerate(wallets)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_every_chunk_proves_itself_and_no_other(count):
    oid = order_id(1, f"0x{9:040x}", ["a"])
    levels = rows_tree(oid, _rows(count), 1)[0]

    def climb(node: bytes, proof: list[bytes]) -> bytes:
        for sibling in proof:
            node = keccak(b"".join(sorted((node, sibling))))
        return node

    for index, row in enumerate(_rows(count)):
        own = leaf(oid, index, [row])
        assert climb(own, merkle_proof(levels, index)) == levels[-1][0]
        assert climb(leaf(oid, index + 1, [row]), merkle_proof(levels, index)) != levels[-1][0]


def test_moving_lines_in_a_file_changes_nothing():
    rows = _rows(7)
    assert list(OrderRows(rows[::-1], 6)) == rows
    assert merkle_levels([b"a" * 32]) == [[b"a" * 32]]
