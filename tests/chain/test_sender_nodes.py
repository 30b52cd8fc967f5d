"""The sender over several nodes: real servers on the loopback address in front of one real anvil."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain import sender as sender_module
from hashkit.errors import NodeError, OutcomeUnknown
from hashkit.rpc import client
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal
from tests.chain.sending import balance, new_step, nonce, open_journal, pay, sender
from tests.rpc.rude import Node, Raw, forward, node, refusal, result

SEND = "eth_sendRawTransaction"
CHAIN = 31337
Front = Callable[[Callable[[str, Any], Any]], Node]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def url(fresh_chain: Callable[[str], str]) -> str:
    return fresh_chain("anvil")


@pytest.fixture
def front(url: str) -> Iterator[Front]:
    """``front(spoil)``: anvil, but ``spoil(method, ask)`` answers first; ``...`` lets the question through."""
    with ExitStack() as stack:

        def make(spoil: Callable[[str, Any], Any]) -> Node:
            def answer(ask: Any, n: int) -> Any:
                said = ... if isinstance(ask, list) else spoil(ask["method"], ask)
                return forward(url, ask) if said is ... else said

            return stack.enter_context(node(answer))

        yield make


@pytest.fixture
def journal(tmp_path: Path, url: str) -> Iterator[Journal]:
    with open_journal(tmp_path, Endpoint(url)) as opened:
        yield opened


def honest(method: str, ask: Any) -> Any:
    return ...


def over(*nodes: Node, **more: Any) -> Endpoint:
    return Endpoint([each.url for each in nodes], chain_id=CHAIN, **more)


def sends(*nodes: Node) -> list[str]:
    """Everything that was sent, to whichever node."""
    return [ask["params"][0] for each in nodes for ask in each.asked if ask["method"] == SEND]


@pytest.mark.parametrize("how", ["hangs up", "times out", "502", "a page"])
def test_f16_f17_the_first_node_took_it_and_the_answer_is_lost_then_the_second_knows(
    journal: Journal, url: str, front: Front, how: str
) -> None:
    def lose(method: str, ask: Any) -> Any:
        if method != SEND:
            return ...
        forward(url, ask)
        if how == "times out":
            time.sleep(1)
        return {"502": Raw(b"", 502), "a page": Raw(b"<html>")}.get(how, Raw(None))

    first, second = front(lose), front(honest)
    told: list[str] = []
    send = sender(over(first, second, timeout=0.5), journal, on_event=lambda kind, tx, text: told.append(kind))
    assert send.perform(new_step(journal), pay(7)).succeeded
    assert balance(Endpoint(url)) == 7 and nonce(Endpoint(url)) == 1
    assert "unsure" in told and len(set(sends(first, second))) == 1


def test_the_first_node_lost_the_bytes_then_the_same_bytes_go_to_the_second(
    journal: Journal, url: str, front: Front
) -> None:
    first, second = front(lambda method, ask: Raw(None) if method == SEND else ...), front(honest)
    assert sender(over(first, second), journal).perform(new_step(journal), pay(7)).succeeded
    assert len(sends(first)) == 1 and sends(first) == sends(second) and balance(Endpoint(url)) == 7


def test_f19_the_second_node_has_it_from_the_first_then_already_known_is_success(
    journal: Journal, url: str, front: Front
) -> None:
    def blind(method: str, ask: Any) -> Any:
        """Takes the bytes, breaks off, and says that it never heard of them; so the bytes go out again."""
        if method == SEND:
            forward(url, ask)
            return Raw(None)
        return ...

    asked: list[int] = []

    def late(method: str, ask: Any) -> Any:
        if method == "eth_getTransactionByHash" and not asked:
            asked.append(1)
            return result(ask, None)
        return refusal(ask, -32000, "already known") if method == SEND else ...

    first, second = front(blind), front(late)
    assert sender(over(first, second), journal).perform(new_step(journal), pay(7)).succeeded
    assert sends(first) == sends(second) and balance(Endpoint(url)) == 7 and nonce(Endpoint(url)) == 1


def test_f25_a_node_that_has_no_receipts_is_not_believed_alone(journal: Journal, url: str, front: Front) -> None:
    def no_receipts(method: str, ask: Any) -> Any:
        return result(ask, None) if method in ("eth_getTransactionReceipt", "eth_getTransactionByHash") else ...

    first, second = front(no_receipts), front(honest)
    step = new_step(journal)
    assert sender(over(first, second), journal).perform(step, pay(7)).succeeded
    assert len(sends(first, second)) == 1 and len(journal.attempts(step)) == 1


def test_a_node_that_takes_it_and_tells_nobody_then_the_same_bytes_go_to_the_others(
    journal: Journal, url: str, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "_REBROADCAST", 0.3)

    def hoard(method: str, ask: Any) -> Any:
        if method == "eth_getTransactionByHash":
            return result(ask, {"hash": ask["params"][0]})
        return result(ask, "0x" + "00" * 32) if method == SEND else ...

    first, second, third = front(hoard), front(honest), front(honest)
    step = new_step(journal)
    assert sender(over(first, second, third), journal).perform(step, pay(7)).succeeded
    assert len(set(sends(first, second, third))) == 1 and sends(second) and balance(Endpoint(url)) == 7
    assert len(journal.attempts(step)) == 1 and nonce(Endpoint(url)) == 1


def test_f27_the_second_node_is_of_another_chain_then_nothing_is_signed(
    journal: Journal, url: str, front: Front
) -> None:
    def down(method: str, ask: Any) -> Any:
        return Raw(None) if method == "eth_estimateGas" else ...

    def elsewhere(method: str, ask: Any) -> Any:
        return result(ask, "0xb1") if method == "eth_chainId" else ...

    first, second = front(down), front(elsewhere)
    with pytest.raises(NodeError) as caught:
        sender(over(first, second), journal).perform(new_step(journal), pay(7))
    assert caught.value.code == "WRONG_CHAIN" and journal.next_nonce() == 0
    assert set(second.methods) == {"eth_chainId"} and not sends(first, second)


def test_f27_a_chain_that_changes_before_a_dearer_signature_then_no_second_one(
    journal: Journal, url: str, front: Front
) -> None:
    moved: list[int] = []

    def moving(method: str, ask: Any) -> Any:
        if method == SEND:
            moved.append(1)
            return refusal(ask, -32000, "max fee per gas less than block base fee")
        return result(ask, "0xb1") if moved and method == "eth_chainId" else ...

    step = new_step(journal)
    with pytest.raises(NodeError) as caught:
        sender(over(front(moving)), journal).perform(step, pay(7))
    assert caught.value.code == "WRONG_CHAIN" and len(journal.attempts(step)) == 1


def test_f36_all_nodes_down_before_and_after_the_send_then_the_same_command_again_is_the_cure(
    journal: Journal, url: str, front: Front
) -> None:
    down: set[str] = {"all"}

    def dying(method: str, ask: Any) -> Any:
        if method == SEND and "after" in down:
            forward(url, ask)
            down.add("all")
        return Raw(None) if "all" in down else ...

    nodes = front(dying), front(dying)
    step = new_step(journal)
    with pytest.raises(NodeError) as caught:
        sender(over(*nodes), journal).perform(step, pay(7))
    assert caught.value.exit_code == 5 and journal.next_nonce() == 0, "nothing was signed"
    down.clear()
    down.add("after")
    with pytest.raises(OutcomeUnknown, match="same command again"):
        sender(over(*nodes), journal, wait_seconds=0.5).perform(step, pay(7))
    down.clear()
    assert sender(over(*nodes), journal).perform(step, pay(7)).succeeded
    assert balance(Endpoint(url)) == 7 and nonce(Endpoint(url)) == 1 and len(journal.attempts(step)) == 1
