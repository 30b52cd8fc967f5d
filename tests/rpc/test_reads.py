"""Questions to contracts: alone, many in one call, in batches, one by one; at a block that may go away."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import decode, encode

from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import code_at, read, read_many, storage_at
from tests.chain import talk
from tests.rpc.rude import forward, node, refusal, result

NOWHERE = "0x000000000000000000000000000000000000dEaD"


def number(data: bytes) -> int:
    return int(decode(["uint256"], data)[0])


def stored(contract: str, slot: int | None) -> Query[int]:
    """What the contract stores under ``slot``; None: it refuses."""
    return Query(contract, b"" if slot is None else slot.to_bytes(32, "big"), "Store", "stored", number, 1)


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


def test_many_questions_and_none(scene):
    endpoint, contract, at, _ = scene
    one, two, three = read_many(endpoint, [stored(contract, 1), stored(contract, None), stored(contract, 3)], at)
    assert (one, three) == (101, 103) and isinstance(two, RpcError) and two.data[:4] == talk.REFUSED
    assert read_many(endpoint, [], at) == []


def test_more_questions_than_one_call_takes(scene):
    endpoint, contract, at, _ = scene
    found = read_many(endpoint, [stored(contract, i % 6) for i in range(450)], at)
    assert found == [100 + i % 6 if i % 6 < 5 else 0 for i in range(450)]


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


class Watched:
    """A real node that says ``said`` to calls without a recipient; None: what it has to say."""

    def __init__(self, url: str, said: Any = None) -> None:
        self.url, self.said = url, said
        self.together = 0
        self.alone: list[str] = []

    def __call__(self, ask: Any, n: int) -> Any:
        for one in ask if isinstance(ask, list) else [ask]:
            if one["method"] == "eth_call":
                if "to" in one["params"][0]:
                    self.alone.append(one["params"][0]["to"])
                    continue
                self.together += 1
                if self.said is not None:
                    return self.said(one)
        return forward(self.url, ask)


def placed(url: str, code: str) -> str:
    """The address of a new contract with this runtime code."""
    return talk.deploy(url, f"0x60{len(code) // 2:02x}8060095f395ff3{code}")


def test_many_go_in_one_call_and_what_was_refused_in_it_again_alone(scene):
    _, contract, at, url = scene
    watched = Watched(url)
    with node(watched) as rude:
        queries = [stored(contract, i % 5 if i != 7 else None) for i in range(401)]
        found = read_many(Endpoint(rude.url), queries, at)
    assert watched.together == 2 and len(watched.alone) == 2, "200, 200, and one that is alone"
    refused = found[7]
    assert isinstance(refused, RpcError) and refused.data[:4] == talk.REFUSED, "only a call of its own tells why"
    assert found[:7] + found[8:] == [100 + i % 5 for i in range(401) if i != 7]


def test_one_question_goes_alone(scene):
    _, contract, at, url = scene
    watched = Watched(url)
    with node(watched) as rude:
        assert read_many(Endpoint(rude.url), [stored(contract, 1)], at) == [101]
    assert (watched.together, watched.alone) == (0, [contract])


GARBAGE = ["0x", "0x00", "0x02", "0x" + "00" * 30_000, "0x" + "00" * 5, "0xzz", None, 7, {"data": "0x"}]


@pytest.mark.parametrize("answer", ["refused", *GARBAGE], ids=lambda answer: str(answer)[:12])
def test_a_node_that_does_not_answer_many_in_one_call_is_asked_so_once(scene, answer):
    _, contract, at, url = scene

    def said(ask: Any) -> Any:
        return refusal(ask, -32602, "missing recipient") if answer == "refused" else result(ask, answer)

    watched = Watched(url, said)
    with node(watched) as rude:
        found = read_many(Endpoint(rude.url), [stored(contract, i % 5) for i in range(450)], at)
    assert found == [100 + i % 5 for i in range(450)] and len(watched.alone) == 450
    assert watched.together <= 2, "by hash and by number"


def test_a_contract_that_burns_all_gas_takes_nothing_from_the_others(scene):
    _, contract, _, url = scene
    greedy = placed(url, "fe")
    burning = Query(greedy, b"", "Greedy", "burn", bytes)
    for many in (1, 3):
        found = read_many(Endpoint(url), [stored(contract, 1), *[burning] * many, stored(contract, 2)], "latest")
        assert (found[0], found[-1]) == (101, 102)
        assert all(isinstance(answer, RpcError) for answer in found[1:-1])


def test_answers_that_are_too_long_for_one_call(scene):
    _, contract, _, url = scene
    long = placed(url, "6175305ff3")  # RETURN(0, 30000)
    for words in (0, 938):  # not known, known: then it is not asked together
        watched = Watched(url)
        query = Query(long, b"", "Long", "long", bytes, words)
        with node(watched) as rude:
            found = read_many(Endpoint(rude.url), [stored(contract, 1), stored(contract, 2), query], "latest")
        assert found == [101, 102, bytes(30_000)] and watched.together == 1
        assert len(watched.alone) == (3 if words == 0 else 1)


def test_an_account_without_code_answers_nothing(scene):
    endpoint, contract, at, _ = scene
    query = Query(NOWHERE, b"", "X", "x", bytes)
    assert read_many(endpoint, [query, stored(contract, 1)], at) == [b"", 101]


def test_a_node_out_of_reach_is_an_error():
    with pytest.raises(NodeError, match="cannot be reached"):
        read_many(Endpoint("http://127.0.0.1:1"), [stored(NOWHERE, 1)] * 2, "latest")
