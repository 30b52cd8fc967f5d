"""Investors: admitted once, linked, updated; what stands on chain is not sent again."""

from __future__ import annotations

import pytest

from hashkit.domain.facts import ZERO
from hashkit.errors import InputError, Refused
from hashkit.store.sheets import read_investors
from tests.issuer.conftest import ROOT


@pytest.fixture
def rows():
    return read_investors(ROOT / "hashkit/store/templates/register/investors.csv").rows


def test_the_same_file_again_sends_nothing(asset, rows):
    fresh = [row for row in rows if row.wallet not in {v.wallets[0] for v in asset.investors.list()}]
    assert asset.investors.load(fresh).send().admitted == len(fresh)
    again = asset.investors.load(fresh)
    assert again.steps == () and "nothing to send" in again.note


def test_a_second_wallet_is_linked_to_the_same_investor(asset, hk):
    third = hk.wallets(3)[2]
    done = asset.investors.add("INV-1", third, country="HK", kyc_expires="2035-12-31").send()
    assert (done.admitted, done.linked) == (0, 1)
    view = asset.investors.show("INV-1")
    assert view.wallets == (hk.wallets(1)[0], third)
    assert asset.investors.show(third).investor == view.investor != ZERO


def test_a_changed_standing_is_updated_at_once_everywhere(asset, hk):
    first = hk.wallets(1)[0]
    assert asset.investors.add("INV-1", first, country="SG", kyc_expires="2034-01-01").send().updated == 1
    view = asset.investors.show("INV-1").to_dict()
    assert (view["country"], view["validUntil"]) == ("SG", "2034-01-01T23:59:59Z")


def test_a_wallet_of_another_investor_is_refused(asset, hk):
    with pytest.raises((InputError, Refused)):
        asset.investors.add("INV-9", hk.wallets(1)[0], country="HK").send()


def test_an_investor_is_a_random_number_on_chain(asset):
    one, two = (asset.investors.show(f"INV-{n}").investor for n in (1, 2))
    assert one != two and ZERO not in (one, two)
    assert int(one, 16) > 2**140, "random, not counted"


def test_a_stranger_is_shown_as_one(asset, hk):
    view = asset.investors.show(hk.wallets(9)[8])
    assert not view.verified and view.to_dict()["registered"] is False


def test_renew_and_revoke_one_and_many(asset):
    asset.investors.renew("INV-1", "2036-01-31").send()
    assert asset.investors.show("INV-1").to_dict()["validUntil"] == "2036-01-31T23:59:59Z"
    again = asset.investors.renew("INV-1", "2036-01-31")
    assert again.steps == () and "nothing to send" in again.note
    asset.investors.revoke(["INV-1", "INV-2"], "board decision 7").send()
    assert not any(v.verified for v in asset.investors.list())
    many = asset.investors.renew(["INV-1", "INV-2"], "2031-12-31")
    assert len(many.steps) == 1, "one transaction for both"
    many.send()
    assert all(v.verified for v in asset.investors.list())


def test_one_investor_named_twice_is_renewed_once(asset, hk):
    third = hk.wallets(3)[2]
    asset.investors.link("INV-1", third).send()
    assert asset.investors.revoke(["INV-1", third], "paper").totals["investors"] == "1"


def test_a_denial_is_lifted_by_deny_alone(asset, hk):
    asset.investors.deny("INV-1", True, "court order 9").send()
    assert asset.investors.show("INV-1").denied
    asset.investors.renew("INV-1", "2036-01-31").send()
    assert not asset.investors.show("INV-1").verified
    asset.investors.deny("INV-1", False, "court order 10").send()
    assert asset.investors.show("INV-1").verified
    unknown = hk.wallets(9)[8]
    asset.investors.deny(unknown, True, "list of 1 May").send()
    asset.investors.add("INV-9", unknown, country="HK").send()
    assert not asset.investors.show("INV-9").verified, "denied before he came"


def test_link_names_the_wallet_and_refuses_that_of_another(asset, hk):
    second, third = hk.wallets(3)[1:]
    asset.investors.link("INV-1", third).send()
    assert asset.investors.show(third).label == "INV-1"
    assert asset.investors.link("INV-1", third).steps == ()
    with pytest.raises(Refused):
        asset.investors.link("INV-1", second).send()
    with pytest.raises(Refused):
        asset.investors.revoke(hk.wallets(9)[8], "paper").send()
