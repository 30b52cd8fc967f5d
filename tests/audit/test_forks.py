"""A chain that is replaced under an audit never comes to a report made of two histories."""

from __future__ import annotations

from typing import Any

import pytest

from hashkit.audit import audit
from hashkit.audit.witness import Witnesses
from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import Liar, ref, url_of
from tests.audit.world import KEYS, NETWORK, WALLETS, World


class Forking(Liar):
    """A real node whose last blocks are replaced, without the transfer that they held, after ``calls`` answers."""

    def __init__(self, url: str, calls: int) -> None:
        super().__init__(url, self._count)
        self.left = calls

    def _count(self, method: str, params: Any, answer: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            super(Liar, self).call("anvil_reorg", (1, []))
        return answer


def test_a_fork_between_calls_ends_the_audit(world):
    """Whenever it comes after the block was pinned; and never as an exception of the issuer's, or a pass."""
    counting = Forking(url_of(world), 0)
    audit(counting, NETWORK, world.token.address)
    calls, codes = -counting.left, []
    for left in [*range(2, calls, 6), calls - 1]:
        world.do(world.token.transfer(WALLETS[1], 100), KEYS[WALLETS[0]])
        with pytest.raises(NodeError) as ended:
            audit(Forking(url_of(world), left), NETWORK, world.token.address)
        codes.append(ended.value.code)
    assert len(codes) > 10 and "REORG" in codes


def test_a_node_that_hides_its_fork_is_found_by_the_second(world, fresh_chain):
    """From one call on a node answers from another chain, and names the old hash for the block all the same."""
    elsewhere = Endpoint(fresh_chain("anvil"), chain_id=31337)
    other = World(elsewhere).deploy()
    other.issue([(WALLETS[0], 10_000), (WALLETS[1], 5_000)])
    other.do(other.token.forced_transfer(WALLETS[0], WALLETS[1], 1, ref("theirs")))
    world.do(world.token.transfer(WALLETS[1], 1), KEYS[WALLETS[0]])
    assert other.token.address == world.token.address

    def twist(method: str, params: Any, answer: Any) -> Any:
        if method != "eth_getLogs":
            return answer
        number = world.endpoint.call("eth_blockNumber")
        mine = world.endpoint.call("eth_getBlockByNumber", (number, False))["hash"]
        kept = [log for log in answer if log["blockNumber"] != number]
        theirs = elsewhere.call(method, params)
        return kept + [{**log, "blockHash": mine} for log in theirs if log["blockNumber"] == number]

    lying = Liar(url_of(world), twist)
    alone = audit(lying, NETWORK, world.token.address)
    assert alone.attested_by == "one node"
    both = audit(lying, NETWORK, world.token.address, witnesses=Witnesses(nodes=[url_of(world)]))
    found = next(one for one in both.findings if one.id == "C06")
    assert found.result == "exception" and "they are not the same" in found.evidence[0]
