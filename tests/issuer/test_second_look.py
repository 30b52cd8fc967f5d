"""What a person should look at twice: sums, wallets that look alike, copies; and wallets that are no wallets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.contracts.hashing import checksum
from hashkit.domain.orders import Row
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.asset import Asset
from hashkit.issuer.second_look import copies, large
from hashkit.store.order_rows import OrderRows
from hashkit.store.sheets import read_issues

A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def rows(*amounts: int) -> list[Row]:
    return [Row(f"S-{n}", checksum(n.to_bytes(20, "big")), Units(raw, 2), n) for n, raw in enumerate(amounts, 2)]


def sums(found: list[Row], supply: int = 0) -> list[str]:
    return large(OrderRows(found, 2), Units(sum(row.amount.raw for row in found), 2), Units(supply, 2))


def elsewhere(asset: Asset) -> Asset:
    """The same asset as on a chain where units are worth something."""
    context = asset.context
    return Asset(replace(context, network=replace(context.network, dev=False)), asset.deployment)


@pytest.mark.parametrize(
    ("amounts", "supply", "says"),
    [
        ((100, 100, 100), 0, []),
        ((200, 100, 100), 0, []),
        ((201, 100, 100), 0, ["row 2 (S-2) gets 2.01, 50 % of the order"]),
        ((100, 1), 0, []),
        ((100_000,), 0, []),
        ((1,) * 2000 + (1000,), 0, []),
        ((1,) * 2000 + (1001,), 0, ["row 2002 (S-2002) gets 10.01, 1,001 times the median row of 0.01"]),
        ((100,), 100, []),
        ((101,), 100, ["the order of 1.01 is 101 % of the outstanding 1.00"]),
    ],
)
def test_each_measure_has_its_edge(amounts, supply, says):
    assert sums(rows(*amounts), supply) == says


def test_many_findings_are_counted_and_not_spelled_out():
    found = sums(rows(*[1] * 50_000, *[1001] * 9))
    assert len(found) == 6 and found[-1] == "and 4 more like this"


@given(st.lists(st.integers(1, 2**96 - 1), min_size=1, max_size=30), st.integers(0, 2**128 - 1))
def test_an_order_of_usual_size_is_not_questioned(amounts, supply):
    total = sum(amounts)
    quiet = (len(amounts) < 3 or max(amounts) * 2 <= total) and (not supply or total <= supply)
    if not sums(rows(*amounts), supply):
        assert quiet
    elif quiet:
        assert max(amounts) > 1000 * sorted(amounts)[len(amounts) // 2]


def test_the_same_payment_under_two_ids_looks_like_a_copy():
    one, two, three = rows(5, 5, 6)
    again = replace(two, wallet=one.wallet)
    assert copies(OrderRows([one, two, three], 2)) == []
    assert copies(OrderRows([one, again], 2)) == [
        f"row 2 (S-2) and row 3 (S-3) look like a copy: both give 0.05 to {one.wallet}"
    ]


def test_a_local_chain_only_warns(asset):
    plan = asset.issue([("INV-1", "1"), ("INV-2", "1"), ("INV-1", "5000")], "S-1")
    assert plan.repeat is None
    assert "S-1/000003 gets 5,000.00, 99 % of the order" in plan.table()
    plan.send()
    second = asset.issue([("INV-1", "10000000")], "S-2")
    assert any("% of the outstanding 5,002.00" in warning for warning in second.warnings)


def test_elsewhere_the_total_must_be_repeated_whatever_else_is_confirmed(asset, tmp_path):
    there, much = elsewhere(asset), [("INV-1", "1"), ("INV-2", "1"), ("INV-1", "5000")]
    for act in (
        lambda: there.issue(much, "S-1").send(),
        lambda: there.issue(much, "S-1").save(tmp_path / "plan.json"),
        lambda: there.issue(much, "S-1").to_safe(),
        lambda: there.open_order(much, "S-1").send(),
        lambda: there.approve_order(there.order(much, "S-1")),
        lambda: there.issue(much, "S-1", accept_large="5002.01"),
        lambda: there.issue(much[:1], "S-1", accept_large="5002"),
    ):
        with pytest.raises(InputError) as refused:
            act()
        assert refused.value.code == "LARGE" and refused.value.exit_code == 2
    assert not asset.supply() and not (tmp_path / "plan.json").exists()
    assert there.issue(much, "S-1").to_dict()["repeat"] == {"amount": "5002.000000", "raw": "5002000000"}
    assert there.issue(much, "S-1", accept_large="5002").ready
    assert there.issue([("INV-1", "1"), ("INV-2", "2")], "S-1").ready


def test_a_resumed_order_is_judged_as_when_it_began(asset):
    many = [(f"INV-{1 + n % 2}", "1") for n in range(150)]
    whole = asset.issue(many, "S-1")
    replace(whole, steps=whole.steps[:2]).send()  # opened, and 100 of its rows
    rest = elsewhere(asset).issue(many, "S-1")
    assert len(rest.steps) == 1 and rest.repeat is None


def test_a_wallet_that_looks_like_a_known_one_is_named_in_full(asset, hk):
    known = hk.wallets(1)[0]
    twin = checksum(known[:6].lower() + "ab" * 16 + known[-4:].lower())
    says = f"{known} (INV-1) and {twin} ({{}}) look alike: compare every digit (address poisoning)"
    admitted = asset.investors.add("INV-9", twin, country="HK")
    assert admitted.warnings == (says.format("INV-9"),)
    admitted.send()
    label_of_twin = asset.issue([(twin, "5")], "S-1").warnings
    assert label_of_twin == (says.format("S-1/000001"),)
    assert asset.investors.add("INV-9", twin, country="HK").warnings == ()  # it is known now


def test_contracts_of_this_project_receive_nothing(asset, tmp_path):
    ours = [c.address for c in asset.deployment.contracts.values()]
    assert len(ours) >= 3
    path = tmp_path / "issue.csv"
    path.write_text("external_id,wallet,amount\n" + "".join(f"S-{n},{a},1\n" for n, a in enumerate(ours)))
    with pytest.raises(InputError) as refused:
        asset.issue(read_issues(path, asset.decimals).rows)
    assert len(refused.value.details) == len(ours)
    assert f"row 2: Address {ours[0]} is the " in refused.value.details[0]
    with pytest.raises(InputError, match="cannot hold units") as refused:
        asset.investors.add("INV-9", asset.address, country="HK")
    assert refused.value.code == "OWN_CONTRACT" and "AssetToken of HKGREEN" in refused.value.details[0]
