"""An output root on L1 attests the block, when it is that of the block or of one after it. L1 is another anvil."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.gas.solidity import creation
from hashkit.audit import audit
from hashkit.audit import output_root as module
from hashkit.audit.output_root import output_root
from hashkit.audit.witness import Witnesses
from hashkit.contracts.abi import encode
from hashkit.contracts.hashing import keccak
from hashkit.contracts.header import header_of
from hashkit.errors import InputError, NodeError, RpcError
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import Liar, url_of
from tests.audit.world import NETWORK, WALLETS, World
from tests.chain.talk import mined

ROOT = Path(__file__).resolve().parents[2]
DEFENDER_WINS, CHALLENGER_WINS = 2, 1


class L1:
    """A chain with a factory of games."""

    def __init__(self, url: str) -> None:
        self.node = Endpoint(url, chain_id=31337)
        self.sender = self.node.call("eth_accounts", ())[0]
        code = creation("Games", ROOT / "node_modules", Path(__file__).parent / "contracts")
        self.factory = mined(self.node, {"from": self.sender, "data": "0x" + code.hex()})["contractAddress"]

    def propose(self, number: int, root: bytes, status: int = DEFENDER_WINS) -> None:
        words = encode(["uint256", "bytes32", "uint8"], [number, root, status])
        data = keccak(b"propose(uint256,bytes32,uint8)")[:4] + words
        mined(self.node, {"from": self.sender, "to": self.factory, "data": "0x" + data.hex()})


@pytest.fixture
def l1(fresh_chain) -> L1:
    return L1(fresh_chain("anvil"))


def root_of(world: World, number: int) -> bytes:
    told = world.endpoint.call("eth_getBlockByNumber", (hex(number), False))
    header = header_of(told, told["hash"])
    assert header is not None
    return output_root(header)


def asked(world: World, l1: L1, at: int, endpoint: Endpoint | None = None):
    network = replace(NETWORK, dispute_game_factory=l1.factory, l1_chain_id=31337)
    who = Witnesses(l1_node=l1.node.label)
    result = audit(endpoint or world.endpoint, network, world.token.address, at=at, witnesses=who)
    return result, next(f for f in result.findings if f.id == "C07")


def test_the_root_of_the_block_or_of_a_later_one_attests_it(world, l1):
    at = world.issue([(WALLETS[0], 10_000)]) and int(world.endpoint.call("eth_blockNumber", ()), 16)
    result, found = asked(world, l1, at)
    assert "none reaches the block yet" in found.text and result.attested_by == "one node"
    world.endpoint.call("anvil_mine", (hex(450),))
    for before in range(max(0, at - 3), at):
        l1.propose(before, root_of(world, before))
    l1.propose(at + 400, b"\x01" * 32, CHALLENGER_WINS)
    l1.propose(at + 420, root_of(world, at + 420))
    result, found = asked(world, l1, at)
    assert result.attested_by.startswith("one node and an output root on L1") and found.result != "exception"
    witness = next(w for w in result.witnesses if w.topic == "block")
    assert f"block {at + 420} claimed by game 0x" in witness.text and "420 blocks later" in witness.text
    result, _ = asked(world, l1, at + 420)
    assert result.witnesses[0].text.endswith(" commits to it")


def test_another_root_is_an_exception(world, l1):
    at = int(world.endpoint.call("eth_blockNumber", ()), 16)
    l1.propose(at, b"\x01" * 32)
    result, found = asked(world, l1, at)
    assert found.result == "exception" and "not that of the node's block" in found.evidence[0]
    assert result.attested_by == "one node"


def test_a_node_that_leads_from_the_committed_block_to_another_history_is_caught(world, l1, fresh_chain):
    """It serves L1's true block, and its own invention below it: the parents do not fit."""
    elsewhere = Endpoint(fresh_chain("anvil"), chain_id=31337)
    elsewhere.call("evm_increaseTime", (3_600,))
    other = World(elsewhere).deploy()
    at = int(other.endpoint.call("eth_blockNumber", ()), 16)
    while int(world.endpoint.call("eth_blockNumber", ()), 16) < at + 3:
        world.endpoint.call("anvil_mine", ("0x1",))
    true = world.endpoint.call("eth_getBlockByNumber", (hex(at + 3), False))
    other.endpoint.call("anvil_mine", ("0x5",))

    def twist(method, params, answer):
        return true if method == "eth_getBlockByNumber" and params[0] == hex(at + 3) else answer

    l1.propose(at + 3, root_of(world, at + 3))
    _, found = asked(other, l1, at, Liar(url_of(other), twist))
    assert found.result == "exception" and "do not lead from there" in found.evidence[0]


def test_a_network_without_games_and_an_l1_of_another_chain_are_mistakes(world, l1):
    with pytest.raises(InputError) as none:
        audit(world.endpoint, NETWORK, world.token.address, witnesses=Witnesses(l1_node=l1.node.label))
    assert none.value.code == "NO_L1"
    network = replace(NETWORK, dispute_game_factory=l1.factory, l1_chain_id=1)
    with pytest.raises(NodeError) as wrong:
        audit(world.endpoint, network, world.token.address, witnesses=Witnesses(l1_node=l1.node.label))
    assert wrong.value.code == "WRONG_CHAIN"


def unheard(world: World, l1: L1, at: int, endpoint: Endpoint | None = None) -> str:
    """What is told of L1 when nothing comes of asking it: no attestation, and no exception either."""
    result, found = asked(world, l1, at, endpoint)
    (witness,) = (w for w in result.witnesses if w.topic == "unheard")
    assert result.attested_by == "one node" and found.result != "exception"
    return witness.text


def test_a_root_too_far_away_and_headers_of_an_older_kind_are_named(world, l1, monkeypatch):
    at = int(world.endpoint.call("eth_blockNumber", ()), 16)
    world.endpoint.call("anvil_mine", (hex(10),))
    l1.propose(at + 9, root_of(world, at + 9))
    with monkeypatch.context() as near:
        near.setattr(module, "FURTHEST", 5)
        assert "9 blocks after the report's. At most 5 headers" in unheard(world, l1, at)
    linked = module._linked
    monkeypatch.setattr(module, "_linked", lambda *given: replace(linked(*given), withdrawals_root=None))
    assert "before Isthmus" in unheard(world, l1, at)


def test_a_header_on_the_way_that_is_forged_or_refused_is_named(world, l1):
    at = int(world.endpoint.call("eth_blockNumber", ()), 16)
    world.endpoint.call("anvil_mine", (hex(10),))
    l1.propose(at + 9, root_of(world, at + 9))

    def forged(method, params, answer):
        if method == "eth_getBlockByNumber" and params[0] == hex(at + 5):
            return {**answer, "gasUsed": "0x1"}
        return answer

    def refused(method, params, answer):
        if method == "eth_getBlockByNumber" and params[0] == hex(at + 5):
            raise RpcError(method, -32000, "too busy")
        return answer

    assert "do not hash to its hash" in unheard(world, l1, at, Liar(url_of(world), forged))
    assert "too busy" in unheard(world, l1, at, Liar(url_of(world), refused))
