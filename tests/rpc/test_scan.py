"""Scans over several connections, of a node that tells what cannot be, and of two that tell different things."""

from __future__ import annotations

from typing import Any

import pytest

from hashkit.errors import NodeError
from hashkit.rpc import client
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from hashkit.rpc.scan import scan
from tests.rpc.rude import node, refusal
from tests.rpc.toychain import TOKEN, Log, entry, hashed, telling

LAST = 9
LOGS = [entry(number, index) for number in range(1, LAST) for index in range(2)]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


def read(*urls: str, first: int = 0, step: int = 2000) -> list[Any]:
    return [log for *_, logs in scan(Endpoint(urls, timeout=2), [TOKEN], first, LAST, step=step) for log in logs]


def test_the_same_logs_as_over_one_connection() -> None:
    with node(telling(LOGS)) as honest:
        assert read(honest.url) == read(honest.url, step=2) == list(read_logs(Endpoint(honest.url), [TOKEN], 0, LAST))
        asked = len(honest.asked)
        assert read(honest.url, first=LAST + 1) == [] and len(honest.asked) == asked


def test_ranges_halve_until_the_node_can() -> None:
    def few(wanted: Any, logs: list[Log]) -> Any:
        too_many = {"code": -32005, "message": "more than 4 logs"}
        return {"jsonrpc": "2.0", "id": None, "error": too_many} if len(logs) > 4 else logs

    def answer(ask: Any, before: int) -> Any:
        said = telling(LOGS, few)(ask, before)
        return refusal(ask, **said["error"]) if "error" in said else said

    with node(telling(LOGS)) as honest, node(answer) as short:
        assert read(short.url) == read(honest.url)


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ([entry(LAST + 1)], "NODE_ANSWER", "which nobody asked for"),
        ([entry(4, 2**32)], "NODE_ANSWER", "whose place is none"),
        ([entry(4, 5, transactionIndex=hex(2**32))], "NODE_ANSWER", "whose place is none"),
        ([entry(4, 1)], "NODE_ANSWER", "log 1 of block 4 twice"),
        ([entry(4, 5, blockHash=hashed("fork"))], "REORG", "block 4 has two hashes"),
        ([entry(LAST, blockHash=hashed("fork"))], "REORG", f"block {LAST} has two hashes"),
    ],
)
def test_columns_that_cannot_be_true_end_the_scan(wrong: list[Log], code: str, words: str) -> None:
    with node(telling(LOGS, lambda wanted, logs: [*logs, *wrong])) as liar, pytest.raises(NodeError) as caught:
        read(liar.url)
    assert caught.value.code == code and words in caught.value.sentence


@pytest.mark.parametrize("change", [lambda logs: logs[1:], lambda logs: [*logs, entry(5, 7)], lambda logs: []])
def test_two_nodes_that_differ_end_the_scan(change: Any) -> None:
    with node(telling(LOGS)) as honest, node(telling(LOGS, lambda wanted, logs: change(logs))) as other:
        with pytest.raises(NodeError) as caught:
            read(honest.url, other.url)
        assert caught.value.code == "NODES_DIFFER" and f"blocks 0 to {LAST}" in caught.value.sentence


def test_a_second_node_that_follows_another_chain_ends_the_scan() -> None:
    fork = [entry(LAST, blockHash=hashed("fork"))]
    with node(telling(LOGS)) as honest, node(telling(fork)) as other, pytest.raises(NodeError) as caught:
        read(honest.url, other.url)
    assert caught.value.code == "REORG"


def test_a_second_node_that_agrees_or_cannot_answer_is_no_trouble() -> None:
    with node(telling(LOGS)) as honest, node(telling(LOGS)) as same, node(telling(LOGS, lambda *_: ["none"])) as poor:
        alone = read(honest.url)
        assert read(honest.url, poor.url) == read(honest.url, poor.url, same.url) == alone
        assert same.methods.count("eth_getLogs") == poor.methods.count("eth_getLogs") / 2 == 1
