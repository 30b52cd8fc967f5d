"""What the sender offers for a block, and when it offers more: not beyond the ceiling, not out of impatience alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain import sender as sender_module
from hashkit.chain.fees import prices
from hashkit.chain.signing import read_signed
from hashkit.errors import AccountError, OutcomeUnknown, Refused, RpcError
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal
from tests.chain.sending import NETWORK, BadNode, Key, balance, new_step, nonce, open_journal, pay, sender

SEND = "eth_sendRawTransaction"


@pytest.fixture
def url(fresh_chain: Callable[[str], str]) -> str:
    return fresh_chain("anvil")


@pytest.fixture
def journal(tmp_path: Path, url: str) -> Iterator[Journal]:
    with open_journal(tmp_path, Endpoint(url)) as opened:
        yield opened


def test_a_ceiling_that_covers_the_present_price_is_what_is_offered(journal: Journal, url: str) -> None:
    node, step = Endpoint(url), new_step(journal)
    now = prices(node)
    least = now.base_fee + now.priority_fee
    dear = replace(sender(node, journal), network=replace(NETWORK, max_fee=least - 1))
    with pytest.raises(Refused, match="too dear at present") as caught:
        dear.perform(step, pay(7))
    asked, ceiling = (f"{Decimal(wei).scaleb(-9).normalize():f}" for wei in (least, least - 1))
    assert caught.value.why == f"It asks for {asked} gwei per gas, and max_fee is {ceiling} gwei.", "to the wei"
    assert caught.value.code == "FEE_CEILING" and journal.attempts(step) == () and balance(node) == 0
    assert replace(dear, network=replace(NETWORK, max_fee=least)).perform(step, pay(7)).succeeded
    (attempt,) = journal.attempts(step)
    assert attempt.max_fee == read_signed(attempt.raw)["maxFeePerGas"] == least < now.max_fee


def test_a_node_that_calls_every_offer_too_low_is_not_outbid_for_ever(journal: Journal, url: str) -> None:
    def refuse(params: Any, ask: Any) -> Any:
        raise RpcError(SEND, -32000, "transaction underpriced")

    node, step = Endpoint(url), new_step(journal)
    with pytest.raises(OutcomeUnknown, match="Nobody says yet"):
        sender(BadNode(url, **{SEND: refuse}), journal, wait_seconds=0.2).perform(step, pay(7))
    offers = journal.attempts(step)
    assert len(offers) == 13, "the first and twelve more"
    assert {each.nonce for each in offers} == {0} and nonce(node) == 0
    for old, new in pairwise(offers):
        assert new.max_fee == old.max_fee * 9 // 8 + 1 and new.priority_fee == old.priority_fee * 9 // 8 + 1
    sent, told = [], []

    def note(params: Any, ask: Any) -> Any:
        sent.append(params[0])
        return ask()

    again = sender(BadNode(url, **{SEND: note}), journal, on_event=lambda kind, tx, text: told.append((kind, tx)))
    assert again.perform(step, pay(7)).succeeded and balance(node) == 7
    assert sent == ["0x" + offers[-1].raw.hex()], "the next run sends the last of what was signed, once"
    assert told == [(kind, offers[-1].tx_hash) for kind in ("resumed", "sent", "mined")]
    assert len(journal.attempts(step)) == 13


def test_while_no_block_comes_nothing_more_is_offered(
    journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "_IMPATIENT", 0.1)
    node, step = Endpoint(url), new_step(journal)
    node.call("evm_setAutomine", (False,))
    heads: list[str] = []

    def head(params: Any, ask: Any) -> Any:
        if journal.attempts(step):
            heads.append(params[0])
        if len(heads) == 6:
            node.call("evm_mine")
        return ask()

    receipt = sender(BadNode(url, eth_getBlockByNumber=head), journal).perform(step, pay(7))
    assert receipt.succeeded and len(heads) >= 6 and len(journal.attempts(step)) == 1


def test_blocks_that_go_by_without_it_make_it_dearer(
    journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node takes the first offer and keeps it from every block."""
    monkeypatch.setattr(sender_module, "_IMPATIENT", 0.1)
    node, step = Endpoint(url), new_step(journal)
    first: list[str] = []

    def lose_the_first(params: Any, ask: Any) -> Any:
        if not first:
            first.append(params[0])
            return journal.attempts(step)[0].tx_hash
        return ask() if params[0] != first[0] else journal.attempts(step)[0].tx_hash

    def head(params: Any, ask: Any) -> Any:
        if len(journal.attempts(step)) == 1:
            node.call("anvil_mine", ("0x2",))  # one alone may have been under way when the bytes came
        return ask()

    told: list[str] = []
    bad = BadNode(url, **{SEND: lose_the_first, "eth_getBlockByNumber": head})
    assert sender(bad, journal, on_event=lambda kind, tx, text: told.append(kind)).perform(step, pay(7)).succeeded
    cheap, dear = journal.attempts(step)
    assert told == ["signed", "sent", "replaced", "signed", "sent", "mined"]
    assert cheap.nonce == dear.nonce and dear.max_fee > cheap.max_fee and balance(node) == 7


def test_a_nonce_that_somebody_else_used_is_given_up_only_when_that_is_asked_for(
    journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(params: Any, ask: Any) -> Any:
        raise RpcError(SEND, -32000, "try later")

    monkeypatch.setattr(sender_module, "_GRACE", 0)
    node, step = Endpoint(url), new_step(journal)
    with pytest.raises(OutcomeUnknown):
        sender(BadNode(url, **{SEND: refuse}), journal).perform(step, pay(7))
    node.call("anvil_setNonce", (Key().address, "0x1"))  # somebody else's transaction is in a block
    for ask in (lambda s: s.perform(step, pay(7)), lambda s: s.resume(step)):
        with pytest.raises(AccountError) as caught:
            ask(sender(node, journal))
        assert caught.value.code == "NONCE_FOREIGN" and len(journal.attempts(step)) == 1
    assert sender(node, journal).resume(step, renew=True) is None
    assert sender(node, journal).perform(step, pay(7), renew=True).succeeded and balance(node) == 7
    assert [each.nonce for each in journal.attempts(step)] == [0, 1]
