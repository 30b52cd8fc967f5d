"""What an account sent is found by its nonces, with few questions, and nothing forged is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain.lookback import look_back
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint
from tests.chain.sending import COUNTER, SOMEBODY, BadNode, Key, new_step, nonce, open_journal, pay, sender
from tests.conftest import ENGINES, fresh


class Counted(BadNode):
    """A node that counts how often it is asked."""

    asked = 0

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        self.asked += 1
        return super().call(method, params)


@pytest.fixture(scope="module", params=ENGINES)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Six transactions of one account; on anvil with four hundred empty blocks between the third and the fourth."""
    with fresh(request.param, tmp_path_factory.mktemp(request.param)) as running:
        node = Endpoint(running.url)
        with open_journal(tmp_path_factory.mktemp("journal"), node) as journal:
            send = sender(node, journal)
            send.perform(new_step(journal, "deploy"), COUNTER)
            for wei in range(1, 6):
                send.perform(new_step(journal, f"pay {wei}"), pay(wei))
                if wei == 2 and request.param == "anvil":
                    node.call("anvil_mine", ("0x190",))
        yield running.url


def test_look_back_then_finds_every_one_with_its_content_and_its_block(history: str) -> None:
    found = look_back(Endpoint(history), Key().address, range(6), 0, ())
    assert [sent.attempt.nonce for sent in found.sent] == list(range(6))
    assert [(sent.to, sent.value) for sent in found.sent[1:]] == [(SOMEBODY, wei) for wei in range(1, 6)]
    created = found.sent[0]
    assert (created.to, created.data) == (None, COUNTER.init_code) and created.receipt.contract
    node = Endpoint(history)
    for sent in found.sent:
        block = node.call("eth_getBlockByNumber", (hex(sent.receipt.block), False))
        assert sent.attempt.tx_hash in block["transactions"] and sent.receipt.block_hash == block["hash"]
    assert (found.strange, found.lost) == ((), ())


def test_look_back_when_only_the_newest_are_wanted_then_asks_little(history: str) -> None:
    node = Counted(history)
    assert len(look_back(node, Key().address, [5], 0, ()).sent) == 1
    few = node.asked
    node.asked = 0
    assert len(look_back(node, Key().address, [0, 5], 0, ()).sent) == 2
    assert few <= 8 and node.asked <= 60


def test_look_back_when_it_begins_later_then_leaves_out_what_was_before(history: str) -> None:
    node = Endpoint(history)
    third = look_back(node, Key().address, [2], 0, ()).sent[0].receipt.block
    found = look_back(node, Key().address, range(6), third, ())
    assert [sent.attempt.nonce for sent in found.sent] == [3, 4, 5] and found.lost == ()


@pytest.mark.parametrize("field", ["value", "input", "to", "nonce"])
def test_look_back_when_the_node_changes_a_transaction_then_it_is_not_believed(history: str, field: str) -> None:
    def forged(params: Sequence[Any], ask: Any) -> Any:
        block = ask()
        for each in block["transactions"] if params[1] else ():
            other = {"value": "0x63", "input": "0x01", "to": Key(3).address, "nonce": "0x5"}[field]
            each[field] = other
        return block

    found = look_back(BadNode(history, eth_getBlockByNumber=forged), Key().address, [4, 5], 0, ())
    honest = look_back(Endpoint(history), Key().address, [4, 5], 0, ())
    assert set(found.sent) <= set(honest.sent)
    assert len(found.sent) + len(found.strange) + len(found.lost) == 2 and len(found.sent) < 2


def test_look_back_when_the_account_signs_in_another_way_then_it_is_counted_as_strange(tmp_path: Path) -> None:
    with fresh("anvil", tmp_path) as running:
        node = Endpoint(running.url)
        node.call("eth_sendTransaction", ({"from": Key().address, "to": SOMEBODY, "gasPrice": hex(10**10)},))
        assert nonce(node) == 1
        found = look_back(node, Key().address, [0], 0, ())
        assert (found.sent, found.strange, found.lost) == ((), (0,), ())


def test_look_back_when_nothing_is_wanted_then_asks_nothing(history: str) -> None:
    node = Counted(history)
    assert look_back(node, Key().address, [], 0, ()).lost == () and node.asked == 0


@pytest.mark.parametrize(
    "refusal",
    [RpcError("eth_getLogs", -32000, "too many"), NodeError("No range is small enough.", code="LOGS")],
    ids=["refused", "never small enough"],
)
def test_look_back_when_neither_states_nor_logs_are_served_then_it_says_what_is_lost(
    history: str, refusal: NodeError, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = BadNode(history, eth_getTransactionCount=only_newest)

    def fail(error: NodeError) -> None:
        def raising(*asked: Any) -> Any:
            raise error

        monkeypatch.setattr("hashkit.chain.lookback.read_logs", raising)

    fail(refusal)
    assert look_back(node, Key().address, [0, 1], 0, [SOMEBODY]).lost == (0, 1)
    fail(NodeError("The node is gone.", code="DOWN"))
    with pytest.raises(NodeError, match="is gone"):
        look_back(node, Key().address, [0, 1], 0, [SOMEBODY])


def only_newest(params: Sequence[Any], ask: Any) -> Any:
    if int(params[1], 16) < 5:
        raise RpcError("eth_getTransactionCount", -32000, "missing trie node")
    return ask()


@pytest.mark.parametrize("odd", [None, "text", {"from": None}, {"hash": "0x"}])
def test_look_back_when_a_block_holds_what_is_no_transaction_then_it_is_left_out(history: str, odd: Any) -> None:
    def mixed(params: Sequence[Any], ask: Any) -> Any:
        block = ask()
        return {**block, "transactions": [odd, *block["transactions"]]} if params[1] else block

    found = look_back(BadNode(history, eth_getBlockByNumber=mixed), Key().address, range(6), 0, ())
    assert (len(found.sent), found.lost, found.strange) == (6, (), ())


def test_look_back_when_a_transaction_has_no_block_or_no_receipt_then_it_is_lost(history: str) -> None:
    def unmined(params: Sequence[Any], ask: Any) -> Any:
        block = ask()
        for each in block["transactions"] if params[1] else ():
            each["blockNumber"] = None
        return block

    for faults in ({"eth_getBlockByNumber": unmined}, {"eth_getTransactionReceipt": lambda params, ask: None}):
        found = look_back(BadNode(history, **faults), Key().address, [4, 5], 0, ())
        assert (found.sent, found.lost) == ((), (4, 5))
