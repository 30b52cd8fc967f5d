"""What a node refuses or leaves out while a report is made ends in a sentence, and nothing is asked twice."""

from __future__ import annotations

from typing import Any

import pytest

from hashkit.audit.probe import opening_block, pin
from hashkit.audit.view import LiveView
from hashkit.errors import InputError, NodeError, RpcError
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import codes_at, given, storage_at
from tests.audit.conftest import Liar, url_of
from tests.audit.world import NETWORK, World


def honest(method: str, params: Any, answer: Any) -> Any:
    return answer


def refusing(wanted: str, words: str = "too busy") -> Any:
    def twist(method: str, params: Any, answer: Any) -> Any:
        if method == wanted:
            raise RpcError(method, -32000, words)
        return answer

    return twist


def forgetting(wanted: str) -> Any:
    return lambda method, params, answer: None if method == wanted else answer


def live(world: World, twist: Any) -> LiveView:
    endpoint = Liar(url_of(world), honest)
    view = LiveView(endpoint, NETWORK, pin(endpoint, NETWORK, None))
    endpoint.twist = twist
    return view


def quiet(what: str, done: int, total: int) -> None:
    pass


def test_times_of_blocks_that_are_refused_or_missing(world):
    with pytest.raises(RpcError, match="too busy"):
        live(world, refusing("eth_getBlockByNumber")).times([1, 2], quiet)
    with pytest.raises(NodeError, match="has no block 1"):
        live(world, forgetting("eth_getBlockByNumber")).times([1, 2], quiet)
    times = live(world, honest).times([1, 2], quiet)
    assert times[1] <= times[2]


def test_receipts_that_are_refused_or_missing(world):
    unknown = "0x" + "ab" * 32
    with pytest.raises(RpcError, match="too busy"):
        live(world, refusing("eth_getTransactionReceipt")).receipts([unknown])
    assert live(world, honest).receipts([unknown]) == {unknown: None}


def test_proofs_that_fail_for_another_reason_than_not_being_served(world):
    view = live(world, refusing("eth_getProof", "the method eth_getProof does not exist"))
    view.fetch_accounts([world.token.address])
    assert "does not serve eth_getProof" in view.unproved
    view.fetch_accounts([world.token.address])
    with pytest.raises(RpcError, match="too busy"):
        live(world, refusing("eth_getProof")).fetch_accounts([world.token.address])


def test_a_word_is_asked_for_once(world):
    asked: list[str] = []

    def counting(method: str, params: Any, answer: Any) -> Any:
        asked.append(method)
        return answer

    view = live(world, counting)
    assert view.slot(world.token.address, 1) == view.slot(world.token.address, 1)
    assert asked.count("eth_getStorageAt") == 1


def test_words_and_codes_that_are_none(world):
    long = Liar(url_of(world), lambda m, p, a: "0x" + "00" * 33 if m == "eth_getStorageAt" else a)
    with pytest.raises(NodeError, match="storage word"):
        storage_at(long, world.token.address, 0, "latest")
    seen: list[str] = []

    def second(method: str, params: Any, answer: Any) -> Any:
        seen.append(method)
        if len(seen) > 1:
            raise RpcError(method, -32000, "too busy")
        return answer

    with pytest.raises(RpcError, match="too busy"):
        codes_at(Liar(url_of(world), second), [world.token.address] * 3, "latest")
    with pytest.raises(RpcError):
        given(RpcError("eth_call", 3, "execution reverted"))


def test_a_state_that_is_gone_is_told_and_another_refusal_is_raised(world):
    gone = pin(Liar(url_of(world), refusing("eth_getCode", "missing trie node abc")), NETWORK, None)
    assert not gone.state
    with pytest.raises(RpcError, match="too busy"):
        pin(Liar(url_of(world), refusing("eth_getCode")), NETWORK, None)


def test_a_period_does_not_begin_after_its_end(world):
    last = block(world.endpoint, 1)
    with pytest.raises(InputError, match="begins in block 2") as caught:
        opening_block(world.endpoint, 2, last)
    assert caught.value.code == "PERIOD"
    assert opening_block(world.endpoint, None, last) is None
