"""Headers and proofs from a node that has none, refuses them, or tells something else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from eth.vm.forks.prague.blocks import PragueBlockHeader

from hashkit.contracts.hashing import keccak
from hashkit.errors import NodeError, RpcError
from hashkit.rpc import client
from hashkit.rpc.blocks import Block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.proofs import header_at, read_accounts, read_proofs
from tests.contracts.test_header import a_header
from tests.rpc.rude import node, refusal, result

WHO = "0x" + "a1" * 20
RAW, TOLD = a_header(PragueBlockHeader, 4)
BLOCK = Block(int(TOLD["number"], 16), "0x" + keccak(RAW).hex(), TOLD["parentHash"], int(TOLD["timestamp"], 16))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


def proof(ask: Any, **more: Any) -> Any:
    """A proof of the right form: a node for the account and one for each slot."""
    slots = [{"key": key, "value": "0x1", "proof": ["0xbb", f"0x{int(key, 16):02x}"]} for key in ask["params"][1]]
    return result(ask, {"accountProof": ["0xaa", "0xaa"], "storageProof": slots, **more})


def singly(answer: Callable[[Any], Any]) -> Callable[[Any, int], Any]:
    """``answer`` for a call as for each call of a batch."""
    return lambda ask, before: [answer(each) for each in ask] if isinstance(ask, list) else answer(ask)


def test_the_header_of_a_block_and_what_it_cannot_be_made_of() -> None:
    told: dict[str, Any] = {}
    with node(lambda ask, before: result(ask, told or None)) as one:
        endpoint = Endpoint(one.url)
        with pytest.raises(NodeError) as caught:
            header_at(endpoint, BLOCK)
        assert caught.value.code == "REORG" and "no longer has the block" in caught.value.sentence
        told.update(TOLD)
        found, why = header_at(endpoint, BLOCK)
        assert found is not None and found.raw == RAW and why == ""
        with pytest.raises(NodeError, match="another number, time or parent"):
            header_at(endpoint, Block(BLOCK.number + 1, BLOCK.hash, BLOCK.parent_hash, BLOCK.timestamp))
        told["stateRoot"] = "0x" + "11" * 32
        assert header_at(endpoint, BLOCK) == (None, "its known fields do not hash to it")
        told["ofTomorrow"] = "0x1"
        assert header_at(endpoint, BLOCK) == (None, "fields we do not know: ofTomorrow")


def test_slots_are_asked_for_in_smaller_parts_when_a_call_fails() -> None:
    told: list[tuple[int, int]] = []

    def answer(ask: Any, before: int) -> Any:
        return proof(ask) if len(ask["params"][1]) <= 2 else refusal(ask, -32000, "response too large")

    with node(answer) as one:
        nodes = list(read_proofs(Endpoint(one.url), WHO, range(5), BLOCK, lambda *at: told.append(at)))
    assert set(nodes) == {b"\xaa", b"\xbb", *(bytes([slot]) for slot in range(5))}
    assert told[-1] == (5, 5) and all(done < after for (done, _), (after, _) in pairwise(told))


def test_a_node_that_answers_nonsense_is_not_asked_for_ever() -> None:
    with node(lambda ask, before: [1, 2]) as one, pytest.raises(NodeError) as caught:
        list(read_proofs(Endpoint(one.url), WHO, range(3), BLOCK))
    assert caught.value.code == "NODE_ANSWER"


def test_a_node_without_the_method_is_asked_for_all_slots_only() -> None:
    no = singly(lambda ask: refusal(ask, -32601, "the method eth_getProof does not exist"))

    def answer(ask: Any, before: int) -> Any:
        if ask["method"] == "eth_getProof":
            return no(ask, before)
        return result(ask, {**TOLD, "number": ask["params"][0], "hash": BLOCK.hash})

    with node(answer) as one, pytest.raises(RpcError):
        list(read_proofs(Endpoint(one.url), WHO, range(3), BLOCK))
    assert all(len(ask["params"][1]) == 3 for ask in one.asked if ask["method"] == "eth_getProof")


def test_one_account_of_many_that_is_refused_is_told() -> None:
    others = ["0x" + f"{n:040x}" for n in range(3)]

    def answer(ask: Any) -> Any:
        if ask["method"] != "eth_getProof":
            return result(ask, {**TOLD, "number": ask["params"][0], "hash": BLOCK.hash})
        return refusal(ask, -32000, "not this one") if ask["params"][0] == spoilt else proof(ask)

    with node(singly(answer)) as one:
        spoilt = ""
        assert set(read_accounts(Endpoint(one.url), others, BLOCK)) == {b"\xaa"}
        spoilt = others[2]
        with pytest.raises(RpcError, match="not this one"):
            list(read_accounts(Endpoint(one.url), others, BLOCK))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"storageProof": None}, "something else"),
        ({"storageProof": []}, "something else"),
        ({"storageProof": ["0xbb"]}, "something else"),
        ({"storageProof": [{"proof": "0xbb"}]}, "something else"),
        ({"accountProof": None}, "something else"),
        ({"accountProof": [7]}, "a proof that is none"),
        ({"accountProof": ["0xa"]}, "bytes that are none"),
    ],
)
def test_a_proof_that_is_none_is_refused(change: dict[str, Any], words: str) -> None:
    with node(lambda ask, before: proof(ask, **change)) as one, pytest.raises(NodeError, match=words):
        list(read_proofs(Endpoint(one.url), WHO, [1], BLOCK))
