"""T-REX's DVDTransferManager settles a swap of two of our tranches, or nothing moves."""

from __future__ import annotations

import pytest

from benchmarks.gas.chain import Reverted
from tests.interop.conftest import ALICE, BOB, ISSUER, tranche

START = "initiateDVDTransfer(address,uint256,address,address,uint256)"
ID = "calculateTransferID(uint256,address,address,uint256,address,address,uint256)"


@pytest.fixture
def manager(chain, suite):
    return chain.deploy(ISSUER, suite.suite("DVD/DVDTransferManager"), note="DVDTransferManager")


@pytest.fixture
def swap(chain, manager):
    """Alice's units of one tranche against Bob's of another: approved, initiated; gives the transfer's id."""

    def start(first, second, mine: int, his: int) -> bytes:
        for who, asset, amount in ((ALICE, first, mine), (BOB, second, his)):
            chain.ask(who, asset.address, "approve(address,uint256)", manager, amount)
        nonce = chain.word(manager, "txNonce()")
        chain.ask(ALICE, manager, START, first.address, mine, BOB.address, second.address, his)
        legs = (ALICE.address, first.address, mine, BOB.address, second.address, his)
        return chain.word(manager, ID, nonce, *legs).to_bytes(32, "big")

    return start


@pytest.fixture
def two(hk, tmp_path):
    """Alice (HK) holds 100 of the first tranche, Bob (SG) 70 of the second."""
    first, second = tranche(hk, tmp_path), tranche(hk, tmp_path, "NOTEB", '"HK", "SG"')
    first.investors.add("A", ALICE.address, country="HK").send()
    first.investors.add("B", BOB.address, country="SG").send()
    first.issue([("A", "100")], "S-1").send()
    second.issue([("B", "70")], "S-2").send()
    return first, second


def held(two) -> tuple[int, ...]:
    return tuple(asset.balance_of(who).raw for asset in two for who in ("A", "B"))


def test_a_swap_of_two_tranches_settles_in_one_transaction(chain, two, manager, swap):
    transfer = swap(*two, 40, 30)
    chain.ask(BOB, manager, "takeDVDTransfer(bytes32)", transfer)
    assert held(two) == (60, 40, 30, 40)
    with pytest.raises(Reverted):
        chain.ask(BOB, manager, "takeDVDTransfer(bytes32)", transfer)


def test_a_leg_whose_receiver_is_not_admitted_takes_the_other_leg_along(chain, two, manager, swap):
    first, second = two
    transfer = swap(*two, 40, 30)
    call = second._token.allow_countries([344], False)
    chain.send(ISSUER, call.to, call.data)
    assert first.check_transfer("A", "B", "40").allowed  # it is the second leg that is refused
    assert second.check_transfer("B", "A", "30").rules == ("R-COUNTRY-TO",)
    with pytest.raises(Reverted):
        chain.ask(BOB, manager, "takeDVDTransfer(bytes32)", transfer)
    assert held(two) == (100, 0, 0, 70)
    call = second._token.allow_countries([344], True)
    chain.send(ISSUER, call.to, call.data)
    chain.ask(BOB, manager, "takeDVDTransfer(bytes32)", transfer)
    assert held(two) == (60, 40, 30, 40)
