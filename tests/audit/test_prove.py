"""What the state root says is proved and compared; what cannot be proved is said, and never passes for proved."""

from __future__ import annotations

from hashkit.audit import AuditResult, audit
from hashkit.contracts.places import ours
from hashkit.errors import RpcError
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import Liar, live, ref, url_of
from tests.audit.world import NETWORK, WALLETS, World


def run(world: World, endpoint: Endpoint | None = None, **more) -> AuditResult:
    return audit(endpoint or world.endpoint, NETWORK, world.token.address, **more)


def finding(result: AuditResult, id: str):
    return next(f for f in result.findings if f.id == id)


def test_a_history_of_everything_is_proved_word_by_word(world):
    """Balances, freezes, orders, rules, powers and standings: the layout of each is as the replay believes."""
    live(world, seed=5, steps=40)
    world.do(world.token.set_frozen_tokens(WALLETS[0], 77, ref("part")))
    world.do(world.registry.link(WALLETS[0], "0x" + "77" * 20))
    result = run(world)
    proof = result.proof
    assert proof.proved and proof.why_not == "" and proof.compared == () and proof.broken == ()
    assert proof.balances >= len(result.holders) + len(result.former)
    assert proof.supply == proof.total == result.figures.accounted
    assert proof.codes >= 5 and proof.words > proof.balances + 10
    assert "balances proved against the state root" in finding(result, "C02").text
    assert finding(result, "C08").text.endswith("code hashes proved")
    assert finding(result, "C07").text.endswith("knows no finality beyond its newest block")
    assert "its header hashes to it" in finding(result, "C07").text


def test_a_node_without_proofs_is_said_to_be_one(fresh_chain):
    world = World(Endpoint(fresh_chain("py-evm"), chain_id=31337)).deploy()
    world.issue([(WALLETS[0], 10_000)])
    result = run(world)
    assert not result.proof.proved and not result.exceptions
    assert "node-attested; proofs not performed: " in finding(result, "C02").text
    assert any("Nothing was proved against a state root" in limit for limit in result.limits)


def test_a_changed_proof_is_an_exception_whatever_is_changed(world):
    """One digit of one node, in any of the places: never believed, never a crash."""
    for place in range(0, 60, 7):

        def twist(method, params, answer, place=place):
            if method != "eth_getProof" or not params[1]:
                return answer
            nodes = answer["storageProof"][0]["proof"]
            at = min(2 + place, len(nodes[-1]) - 1)
            changed = "0" if nodes[-1][at] != "0" else "1"
            nodes[-1] = nodes[-1][:at] + changed + nodes[-1][at + 1 :]
            return answer

        result = run(world, Liar(url_of(world), twist))
        assert result.exceptions and not result.proof.proved and result.proof.broken


def test_the_proofs_of_another_state_are_an_exception(world):
    """A consistent lie: the node keeps the old header and proves from a state it never had."""
    key = ours().slot(WALLETS[1])
    word = int(world.endpoint.call("eth_getStorageAt", (world.token.address, hex(key), "latest")), 16)
    value = "0x" + (word + 1).to_bytes(32, "big").hex()
    world.endpoint.call("anvil_setStorageAt", (world.token.address, f"0x{key:064x}", value))
    result = run(world)
    assert finding(result, "C02").result == "exception" and not result.proof.proved
    world.endpoint.call("evm_mine", [])
    mined = finding(run(world), "C02")
    assert mined.result == "exception"
    assert mined.evidence == tuple(f"{WALLETS[1]}: replayed 50.00, {who} 50.01" for who in ("contract", "proved"))


def test_a_node_that_lies_in_its_answers_but_not_in_its_proofs_is_caught(world):
    """Freeze, owner and code: the answer is what the events say, the state root says otherwise."""
    world.do(world.token.set_address_frozen(WALLETS[0], True, ref("freeze")))

    def twist(method, params, answer):
        if method == "eth_getLogs":
            return [log for log in answer if int(log["blockNumber"], 16) != frozen]
        if method == "eth_call" and params[0]["data"].startswith(asked):
            return "0x" + "00" * 32
        return answer

    frozen = run(world).block.number
    asked = "0x" + world.token.is_frozen(WALLETS[0]).data.hex()
    assert finding(run(world), "C21").result == "pass"
    found = finding(run(world, Liar(url_of(world), twist)), "C21")
    assert found.result == "exception"
    assert found.evidence == (f"{WALLETS[0]} frozen (proved): events say no, contract says yes",)


def test_code_that_the_state_root_does_not_have_is_an_exception(world):
    """The node shows our code and runs another: its hash lies under the state root."""
    honest = world.endpoint.call("eth_getCode", (world.registry.address, "latest"))
    world.endpoint.call("anvil_setCode", (world.registry.address, "0x" + "5f5ffd" * 10))
    world.endpoint.call("evm_mine", [])

    def twist(method, params, answer):
        return honest if method == "eth_getCode" and params[0] == world.registry.address else answer

    found = finding(run(world, Liar(url_of(world), twist), at=None), "C08")
    assert found.result == "exception" and world.registry.address in found.evidence[0]


def test_a_node_that_refuses_many_slots_at_once_is_asked_for_fewer(world):
    live(world, seed=2, steps=10)
    asked = []

    def twist(method, params, answer):
        if method == "eth_getProof":
            asked.append(len(params[1]))
            if len(params[1]) > 2:
                raise RpcError(method, -32000, "too many keys")
        return answer

    result = run(world, Liar(url_of(world), twist))
    assert result.proof.proved and max(asked) > 2
    assert result.proof == run(world).proof
