"""Questions to contracts: alone, through Multicall3, in batches, one by one; at a block that may go away."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import decode, encode

from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum
from hashkit.errors import NodeError, RpcError
from hashkit.rpc import reads
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import code_at, read, read_many, storage_at
from tests.chain import talk
from tests.rpc.rude import forward, node, refusal

NOWHERE = "0x000000000000000000000000000000000000dEaD"


def number(data: bytes) -> int:
    return int(decode(["uint256"], data)[0])


def stored(contract: str, slot: int | None) -> Query[int]:
    """What the contract stores under ``slot``; None: it refuses."""
    return Query(contract, b"" if slot is None else slot.to_bytes(32, "big"), "Store", "stored", number)


@pytest.fixture(scope="module", params=["anvil", "py-evm"])
def scene(request, tmp_path_factory):
    """A contract that stores 100 + n under n, and the block after the last store."""
    from eth_account import Account

    from tests.conftest import fresh

    with fresh(request.param, tmp_path_factory.mktemp("reads")) as running:
        endpoint = Endpoint(running.url)
        key = talk.ISSUER.key

        def send(to: str | None, data: str) -> Any:
            count = int(endpoint.call("eth_getTransactionCount", (talk.ISSUER.address, "latest")), 16)
            fields = {"type": 2, "chainId": 31337, "nonce": count, "gas": 500_000, "value": 0, "data": data}
            fields |= {"maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1} | ({"to": to} if to else {})
            raw = "0x" + bytes(Account.sign_transaction(fields, key).raw_transaction).hex()
            tx = endpoint.call("eth_sendRawTransaction", (raw,))
            while (receipt := endpoint.call("eth_getTransactionReceipt", (tx,))) is None:
                pass
            assert receipt["status"] == "0x1"
            return receipt

        contract = checksum(send(None, talk.STORE)["contractAddress"])
        for slot in range(5):
            send(contract, "0x" + encode(["uint256", "uint256"], [slot, 100 + slot]).hex())
        yield endpoint, contract, block(endpoint, "latest"), running.url


def test_a_question_by_hash_number_and_tag(scene):
    endpoint, contract, at, _ = scene
    assert {read(endpoint, stored(contract, 2), where) for where in (at, at.number, "latest")} == {102}
    assert read(endpoint, stored(contract, 4), at.number - 1) == 0
    assert endpoint.takes_block_hashes
    assert code_at(endpoint, contract, at).hex() == talk.STORE_CODE and code_at(endpoint, NOWHERE, at) == b""
    assert storage_at(endpoint, contract, 3, at) == (103).to_bytes(32, "big")


def test_a_refusal_carries_its_data(scene):
    endpoint, contract, at, _ = scene
    with pytest.raises(RpcError) as caught:
        read(endpoint, stored(contract, None), at)
    assert caught.value.data[:4] == talk.REFUSED and number(caught.value.data[36:]) == 7


def test_an_answer_that_does_not_fit_is_no_contract(scene):
    endpoint, _, at, _ = scene
    with pytest.raises(NodeError) as caught:
        read(endpoint, stored(NOWHERE, 1), at)
    assert caught.value.code == "NO_CONTRACT" and NOWHERE in caught.value.sentence


def test_many_questions_in_one_batch(scene):
    endpoint, contract, at, _ = scene
    one, two, three = read_many(endpoint, [stored(contract, 1), stored(contract, None), stored(contract, 3)], at)
    assert (one, three) == (101, 103) and isinstance(two, RpcError) and two.data[:4] == talk.REFUSED
    assert read_many(endpoint, [], at) == []


def test_more_questions_than_one_batch_takes(scene):
    endpoint, contract, at, _ = scene
    found = read_many(endpoint, [stored(contract, i % 6) for i in range(450)], at)
    assert found == [100 + i % 6 if i % 6 < 5 else 0 for i in range(450)]


def test_a_multicall_that_is_not_there_is_done_without(scene):
    endpoint, contract, at, _ = scene
    for missing in (NOWHERE, contract):  # no code, and code that is no Multicall3
        assert read_many(endpoint, [stored(contract, 1), stored(contract, 2)], at, multicall3=missing) == [101, 102]


@pytest.mark.parametrize("words", [(-32602, "invalid argument 1: cannot unmarshal object"), (-32000, "unsupported")])
def test_a_node_that_wants_numbers_gets_them_and_is_checked(scene, words):
    _, contract, at, url = scene

    def answer(ask: Any, n: int) -> Any:
        asks = ask if isinstance(ask, list) else [ask]
        if any(isinstance(param, dict) and "blockHash" in param for one in asks for param in one["params"]):
            said = [refusal(one, *words) for one in asks]
            return said if isinstance(ask, list) else said[0]
        return forward(url, ask)

    with node(answer) as rude:
        endpoint = Endpoint(rude.url)
        queries = [stored(contract, 1), stored(contract, None), stored(contract, 3)]
        one, two, three = read_many(endpoint, queries, at)
        assert (one, three) == (101, 103) and isinstance(two, RpcError) and not endpoint.takes_block_hashes
        assert rude.methods.count("eth_getBlockByNumber") >= 1
        assert code_at(endpoint, contract, at)


def test_a_batch_refused_is_asked_one_by_one(scene):
    _, contract, at, url = scene

    def answer(ask: Any, n: int) -> Any:
        if isinstance(ask, list):
            return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no batches"}}
        return forward(url, ask)

    with node(answer) as rude:
        assert read_many(Endpoint(rude.url), [stored(contract, i) for i in range(4)], at) == [100, 101, 102, 103]


def test_a_block_that_was_replaced_gives_no_answer(fresh_chain):
    endpoint = Endpoint(fresh_chain("anvil"))
    endpoint.call("anvil_mine", (hex(3),))
    gone = block(endpoint, "latest")
    endpoint.call("anvil_reorg", (2, []))
    query = Query(NOWHERE, b"", "X", "x", bytes)
    for ask in (lambda: read(endpoint, query, gone), lambda: code_at(endpoint, NOWHERE, gone)):
        with pytest.raises(NodeError) as caught:
            ask()
        assert caught.value.code == "REORG"


class Multicall:
    """A node with a Multicall3: it answers aggregate3 by asking the real node, call by call."""

    address = "0xcA11bde05977b3631167028862bE2a173976CA11"

    def __init__(self, url: str) -> None:
        self.url = url
        self.aggregated = 0
        self.short_of_gas = False

    def __call__(self, ask: Any, n: int) -> Any:
        if isinstance(ask, dict) and ask["method"] == "eth_getCode" and ask["params"][0] == self.address:
            return {"id": ask["id"], "result": "0x60"}
        if isinstance(ask, dict) and ask["method"] == "eth_call" and ask["params"][0]["to"] == self.address:
            self.aggregated += 1
            if self.short_of_gas:
                return refusal(ask, -32000, "out of gas")
            (calls,) = decode(["(address,bool,bytes)[]"], bytes.fromhex(ask["params"][0]["data"][10:]))
            assert all(allow for _, allow, _ in calls)
            answers = [self._one(to, data, ask["params"][1]) for to, _, data in calls]
            return {"id": ask["id"], "result": "0x" + encode(["(bool,bytes)[]"], [answers]).hex()}
        return forward(self.url, ask)

    def _one(self, to: str, data: bytes, where: Any) -> tuple[bool, bytes]:
        ask = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "eth_call",
            "params": [{"to": to, "data": "0x" + data.hex()}, where],
        }
        said = forward(self.url, ask)
        return ("result" in said, bytes.fromhex(said["result"][2:]) if "result" in said else b"")


def test_through_multicall3_and_what_failed_in_it_again_alone(scene, monkeypatch):
    monkeypatch.setattr(reads, "_MULTICALL", 3)
    _, contract, at, url = scene
    multicall = Multicall(url)
    with node(multicall) as rude:
        queries = [stored(contract, i) for i in (0, None, 2, 3)]
        a, b, c, d = read_many(Endpoint(rude.url), queries, at, multicall3=multicall.address)
    assert (a, c, d) == (100, 102, 103) and multicall.aggregated == 2
    assert isinstance(b, RpcError) and b.data[:4] == talk.REFUSED, "only a call of its own tells why"


def test_a_multicall_that_runs_out_of_gas_is_done_without(scene):
    _, contract, at, url = scene
    multicall = Multicall(url)
    multicall.short_of_gas = True
    with node(multicall) as rude:
        found = read_many(Endpoint(rude.url), [stored(contract, 1)] * 2, at, multicall3=multicall.address)
    assert found == [101, 101]
