"""Rows before anything is asked of the chain: whose wallet, how much, under which id."""

from __future__ import annotations

import pytest

from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.orders import rows_of
from hashkit.store.sheets import IssueRow


def row(number: int, **values: object) -> IssueRow:
    given = {"investor_id": None, "wallet": None, "amount": Units(1, 6), **values}
    return IssueRow(line=number, external_id=f"S-{number}", **given)


def test_all_bad_rows_come_at_once(asset, hk):
    first, second, stranger = hk.wallets(3)
    rows = [
        row(1, investor_id="INV-1", wallet=second),
        row(2, wallet=first, amount=Units(0, 6)),
        row(3, wallet=asset.address),
        row(4, investor_id="INV-9"),
        row(5, wallet=stranger),
    ]
    with pytest.raises(InputError, match="4 of 5 rows cannot be issued") as caught:
        rows_of(asset.context, 6, rows, None)
    told = [problem.split(":")[0] for problem in caught.value.details]
    assert told == ["row 1", "row 2", "row 3", "row 4"]
    assert "not known as one of INV-1" in caught.value.details[0]


def test_an_investor_and_one_of_his_wallets_go_together(asset, hk):
    first, _, third = hk.wallets(3)
    asset.investors.add("INV-1", third, country="HK", kyc_expires="2035-12-31").send()
    rows = [row(1, investor_id="INV-1", wallet=third), row(2, investor_id="INV-1", wallet=first), row(3, wallet=first)]
    found = rows_of(asset.context, 6, [*rows, row(4, investor_id="INV-1")], None)
    assert [one.wallet for one in found] == [third, first, first, first]


def test_pairs_need_an_id_and_rows_need_to_be_there(asset):
    with pytest.raises(InputError, match="1 of 1 rows") as caught:
        rows_of(asset.context, 6, [("INV-1", "1")], None)
    assert "external_id" in caught.value.details[0]
    with pytest.raises(InputError, match="no rows to issue"):
        rows_of(asset.context, 6, [], "S")
    with pytest.raises(InputError) as twice:
        rows_of(asset.context, 6, [row(1, wallet=asset.context.sender)] * 2, None)
    assert "external id S-1 appears twice" in twice.value.details
