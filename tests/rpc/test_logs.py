"""Scans over an honest chain, and over one that its node tells wrongly."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from eth_abi import encode

from hashkit.errors import InputError, NodeError
from hashkit.rpc import client
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from tests.chain import talk
from tests.rpc.rude import Raw, forward, node, refusal

BLOCKS = 12


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A chain with one log in each of twelve blocks, and the contract that wrote them."""
    from tests.conftest import fresh

    with fresh("anvil", tmp_path_factory.mktemp("logs")) as running:
        endpoint = Endpoint(running.url)
        sender = talk.ISSUER.address
        contract = talk.mined(endpoint, {"from": sender, "data": talk.STORE})["contractAddress"]
        for i in range(BLOCKS):
            data = "0x" + encode(["uint256", "uint256"], [i, 100 + i]).hex()
            talk.mined(endpoint, {"from": sender, "to": contract, "data": data})
        head = int(endpoint.call("eth_blockNumber"), 16)
        assert head >= BLOCKS
        yield running.url, contract, head


def scan(url: str, scene: Any, **more: Any) -> list[Any]:
    _, contract, head = scene
    return list(read_logs(Endpoint(url, timeout=1), [contract], 0, head, **more))


def lying(scene: Any, change: Callable[[dict[str, Any]], None]):
    """The real node, but each log is changed before it comes through."""

    def answer(ask: Any, n: int) -> Any:
        said = forward(scene[0], ask)
        if ask["method"] == "eth_getLogs":
            for log in said["result"]:
                change(log)
        return said

    return node(answer)


def test_all_logs_come_once_and_in_order(scene):
    logs = scan(scene[0], scene, step=5)
    assert [int.from_bytes(log.data, "big") for log in logs] == list(range(100, 100 + BLOCKS))
    assert [(log.block, log.log_index) for log in logs] == sorted((log.block, log.log_index) for log in logs)
    assert logs[0].topics == (talk.STORED, bytes(32)) and len(logs[0].tx_hash) == len(logs[0].block_hash) == 66
    assert logs == scan(scene[0], scene, step=1) == scan(scene[0], scene)


def test_both_engines_give_the_same_shapes(dev_url):
    endpoint = Endpoint(dev_url)
    head = int(endpoint.call("eth_blockNumber"), 16)
    assert list(read_logs(endpoint, [talk.OTHER.address], 0, head)) == []


def test_the_question_names_every_address_and_no_topic(scene):
    with node(lambda ask, n: forward(scene[0], ask)) as seen:
        found = list(read_logs(Endpoint(seen.url), [talk.OTHER.address.lower(), scene[1]], 0, scene[2]))
        assert len(found) == BLOCKS
        (asked,) = [a["params"][0] for a in seen.asked if a["method"] == "eth_getLogs"]
        assert set(asked) == {"address", "fromBlock", "toBlock"} and len(asked["address"]) == 2


@pytest.mark.parametrize("how", ["words", "http", "silence"])
def test_ranges_halve_until_the_node_can_and_tile_exactly(scene, how):
    cap, told = 4, []

    def answer(ask: Any, n: int) -> Any:
        if ask["method"] == "eth_getLogs":
            wanted = ask["params"][0]
            if int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) + 1 > cap:
                if how == "silence":
                    import time

                    time.sleep(1.2)
                return refusal(ask, -32005, "range too wide") if how == "words" else Raw(b"<html>", 413)
        return forward(scene[0], ask)

    with node(answer) as rude:
        logs = scan(rude.url, scene, step=8, on_range=lambda a, b, n: told.append((a, b, n)))
        assert logs == scan(scene[0], scene)
    assert told[0][0] == 0 and told[-1][1] == scene[2] and max(b - a + 1 for a, b, _ in told) <= cap
    assert all(before[1] + 1 == after[0] for before, after in pairwise(told))
    assert sum(n for *_, n in told) == BLOCKS


def test_ranges_grow_after_three_successes(scene):
    told = []
    scan(scene[0], scene, step=1, on_range=lambda a, b, n: told.append(b - a + 1))
    assert told[:7] == [1, 1, 1, 2, 2, 2, 4]


def test_a_block_that_cannot_be_read_ends_the_scan(scene):
    def answer(ask: Any, n: int) -> Any:
        wanted = ask["params"][0] if ask["method"] == "eth_getLogs" else None
        if wanted and int(wanted["fromBlock"], 16) <= 6 <= int(wanted["toBlock"], 16):
            return refusal(ask, -32000, "missing trie node")
        return forward(scene[0], ask)

    with node(answer) as rude, pytest.raises(NodeError) as caught:
        scan(rude.url, scene)
    assert caught.value.code == "LOGS" and "block 6" in caught.value.sentence
    assert "missing trie node" in caught.value.why


def change(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda log: log.update(values)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (change(removed=True), "REORG"),
        (change(removed="false"), "REORG"),
        (change(address=talk.OTHER.address), "NODE_ANSWER"),
        (change(address=None), "NODE_ANSWER"),
        (change(blockNumber="0xffff"), "NODE_ANSWER"),
        (change(blockNumber=None), "NODE_ANSWER"),
        (change(blockNumber=3), "NODE_ANSWER"),
        (change(blockHash=None), "NODE_ANSWER"),
        (change(blockHash="0x" + "ab" * 32), "REORG"),
        (change(topics=None), "NODE_ANSWER"),
        (change(topics=["0x00"]), "NODE_ANSWER"),
        (change(topics=["0x" + "00" * 32] * 5), "NODE_ANSWER"),
        (change(data="0x1"), "NODE_ANSWER"),
        (change(data="zz"), "NODE_ANSWER"),
        (change(transactionHash="0x12"), "NODE_ANSWER"),
        (change(logIndex="1"), "NODE_ANSWER"),
    ],
)
def test_a_log_that_cannot_be_true_ends_the_scan(scene, spoil, code):
    with lying(scene, spoil) as rude, pytest.raises(NodeError) as caught:
        scan(rude.url, scene)
    assert caught.value.code == code and caught.value.exit_code == 5


@pytest.mark.parametrize("entry", [None, 1, "log", []])
def test_an_answer_that_is_no_list_of_logs_ends_the_scan(scene, entry):
    def answer(ask: Any, n: int) -> Any:
        said = forward(scene[0], ask)
        if ask["method"] == "eth_getLogs":
            said["result"] = entry if entry != [] else [entry]
        return said

    with node(answer) as rude, pytest.raises(NodeError):
        scan(rude.url, scene)


def test_a_log_told_twice_ends_the_scan(scene):
    def answer(ask: Any, n: int) -> Any:
        said = forward(scene[0], ask)
        if ask["method"] == "eth_getLogs":
            said["result"] += copy.deepcopy(said["result"][:1])
        return said

    with node(answer) as rude, pytest.raises(NodeError):
        scan(rude.url, scene)


def test_two_hashes_for_one_block_end_the_scan(scene):
    def answer(ask: Any, n: int) -> Any:
        said = forward(scene[0], ask)
        if ask["method"] == "eth_getLogs":
            second = copy.deepcopy(said["result"][3])
            said["result"].append({**second, "logIndex": "0x9", "blockHash": "0x" + "cd" * 32})
        return said

    with node(answer) as rude, pytest.raises(NodeError) as caught:
        scan(rude.url, scene)
    assert caught.value.code == "REORG" and "two hashes" in caught.value.sentence


def test_unordered_answers_are_put_in_order(scene):
    def answer(ask: Any, n: int) -> Any:
        said = forward(scene[0], ask)
        if ask["method"] == "eth_getLogs":
            said["result"].reverse()
        return said

    with node(answer) as rude:
        assert scan(rude.url, scene) == scan(scene[0], scene)


def test_a_range_whose_end_is_not_there_is_refused(scene):
    with pytest.raises(InputError) as caught:
        list(read_logs(Endpoint(scene[0]), [scene[1]], 0, 10**6))
    assert caught.value.code == "NO_BLOCK"


def test_a_chain_that_is_replaced_during_the_scan_is_noticed(fresh_chain):
    endpoint = Endpoint(fresh_chain("anvil"))
    endpoint.call("anvil_mine", (hex(6),))
    scan = read_logs(
        endpoint,
        [talk.OTHER.address],
        0,
        6,
        step=3,
        on_range=lambda a, b, n: endpoint.call("anvil_reorg", (2, [])) if a == 0 else None,
    )
    with pytest.raises(NodeError) as caught:
        list(scan)
    assert caught.value.code == "REORG"


def test_an_empty_range_asks_nothing_and_a_senseless_scan_is_refused():
    nobody = Endpoint("http://127.0.0.1:9")
    assert list(read_logs(nobody, [talk.OTHER.address], 5, 4)) == []
    for addresses, first, step in (([], 0, 1), ([talk.OTHER.address], -1, 1), ([talk.OTHER.address], 0, 0)):
        with pytest.raises(InputError):
            list(read_logs(nobody, addresses, first, 9, step=step))


def test_a_node_that_is_gone_is_not_asked_for_smaller_ranges(scene):
    def answer(ask: Any, n: int) -> Any:
        return Raw(b"", 308) if ask["method"] == "eth_getLogs" else forward(scene[0], ask)

    with node(answer) as rude:
        with pytest.raises(NodeError) as caught:
            scan(rude.url, scene)
        assert caught.value.code == "REDIRECT" and rude.methods.count("eth_getLogs") == 1
