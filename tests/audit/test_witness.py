"""A node that lies alone is said to be alone; with a second source its lie is an exception."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hashkit.audit import AuditResult, audit, save, verify
from hashkit.audit import witness as witnesses
from hashkit.audit.witness import Witnesses
from hashkit.errors import InputError, NodeError
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import Liar, ref, url_of
from tests.audit.world import KEYS, NETWORK, WALLETS, World
from tests.conftest import free_port


def run(world: World, endpoint: Endpoint | None = None, network=NETWORK, **asked) -> AuditResult:
    return audit(endpoint or world.endpoint, network, world.token.address, witnesses=Witnesses(**asked))


def finding(result: AuditResult, id: str):
    return next(f for f in result.findings if f.id == id)


def hiding(world: World, block: int) -> Liar:
    """A node without the logs of one block."""

    def twist(method, params, answer):
        if method != "eth_getLogs":
            return answer
        return [log for log in answer if int(log["blockNumber"], 16) != block]

    return Liar(url_of(world), twist)


@pytest.fixture
def served():
    """``served(answer)`` is the URL of a server that gives ``answer(path, body)``: status and JSON."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, told = answer(self.path, body)
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET

            def log_message(self, *args):
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_second_node_attests_block_and_events(world):
    alone = run(world)
    assert alone.attested_by == "one node" and finding(alone, "C06").result == "note"
    assert "attested by one node alone" in finding(alone, "C06").text
    assert "attested by one node alone" in finding(alone, "C07").text
    both = run(world, nodes=[url_of(world)])
    assert both.attested_by == f"one node and a second node at {url_of(world)}"
    assert finding(both, "C06").result == "pass" and not both.exceptions
    assert f"the same {both.population.logs} events in" in finding(both, "C06").text


def test_further_nodes_of_the_network_are_asked_without_being_named(world):
    url = url_of(world)
    two = Endpoint([url, url.replace("127.0.0.1", "localhost")], chain_id=31337)
    assert run(world, two).attested_by == f"one node and a second node at {url.replace('127.0.0.1', 'localhost')}"


def test_an_event_hidden_by_one_node_that_left_no_trace_in_the_state_is_found_by_the_second(world):
    """The log of a document's removal: nothing that is proved says that it ever was."""
    world.do(world.token.pause(True, ref("a")))
    hidden = run(world).block.number
    world.do(world.token.pause(False, ref("b")))
    lying = hiding(world, hidden)
    alone = run(world, lying)
    assert "attested by one node alone" in finding(alone, "C06").text and finding(alone, "C06").result == "note"
    assert any("nobody else attested them" in limit for limit in alone.limits)
    caught = finding(run(world, lying, nodes=[url_of(world)]), "C06")
    assert caught.result == "exception" and "they are not the same" in caught.evidence[0]


def test_a_node_without_proofs_that_lies_consistently_needs_a_second_one(fresh_chain):
    """It hides a movement and answers every question as if it had not been."""
    world = World(Endpoint(fresh_chain("py-evm"), chain_id=31337)).deploy()
    world.issue([(WALLETS[0], 10_000)])
    before = {w: world.token.balance_of(w).data.hex() for w in WALLETS[:2]}
    world.do(world.token.transfer(WALLETS[1], 4_000), KEYS[WALLETS[0]])
    hidden = run(world).block.number
    lies = {"0x" + before[WALLETS[0]]: 10_000, "0x" + before[WALLETS[1]]: 0}

    def twist(method, params, answer):
        if method == "eth_getLogs":
            return [log for log in answer if int(log["blockNumber"], 16) != hidden]
        if method == "eth_call" and params[0]["data"] in lies:
            return "0x" + lies[params[0]["data"]].to_bytes(32, "big").hex()
        return answer

    lying = Liar(url_of(world), twist)
    alone = run(world, lying)
    assert not alone.exceptions and "attested by one node alone" in finding(alone, "C06").text
    assert "proofs not performed" in finding(alone, "C02").text
    assert run(world, lying, nodes=[url_of(world)]).exceptions


def test_a_node_on_a_fork_of_its_own_is_found_by_the_second(world, fresh_chain):
    """The same transactions on two chains: same addresses, same heights, other hashes."""
    elsewhere = Endpoint(fresh_chain("anvil"), chain_id=31337)
    elsewhere.call("evm_increaseTime", (3_600,))  # two chains begun within one second would have the same hashes
    other = World(elsewhere).deploy()
    other.issue([(WALLETS[0], 10_000), (WALLETS[1], 5_000)])
    assert other.token.address == world.token.address and not run(other).exceptions
    result = run(world, nodes=[url_of(other)])
    found = finding(result, "C07")
    assert found.result == "exception" and run(other).block.hash in found.evidence[0]
    assert finding(result, "C06").result == "exception" and result.attested_by == "one node"


def test_the_hash_that_the_auditor_knows_counts(world):
    known = run(world).block.hash
    assert run(world, block_hash=known.upper().replace("0X", "0x")).attested_by == "one node and the auditor"
    other = finding(run(world, block_hash="0x" + "12" * 32), "C07")
    assert other.result == "exception" and other.evidence == (f"the auditor: names 0x{'12' * 32}",)
    with pytest.raises(InputError):
        run(world, block_hash="0x12")


def test_who_does_not_answer_is_named_as_not_heard(world):
    gone = f"http://127.0.0.1:{free_port()}"
    result = run(world, nodes=[gone])
    assert not result.exceptions and result.attested_by == "one node"
    assert f"not heard: a second node at {gone}" in finding(result, "C07").text
    assert "attested by one node alone" in finding(result, "C06").text


def test_a_second_node_of_another_chain_is_a_mistake(world, served):
    def answer(path: str, body: bytes) -> tuple[int, object]:
        return 200, {"jsonrpc": "2.0", "id": json.loads(body)["id"], "result": "0x1"}

    with pytest.raises(NodeError) as refused:
        run(world, nodes=[served(answer)])
    assert refused.value.code == "WRONG_CHAIN"


def test_a_long_history_is_compared_in_ranges_that_nobody_can_foresee(world, monkeypatch):
    for n in range(60):  # every range of 20 blocks that is drawn holds one, or the lie could go unseen by bad luck
        world.do(world.token.set_address_frozen(WALLETS[0], n % 2 == 0, ref(f"f{n}")))
        world.endpoint.call("anvil_mine", [hex(9)])
    monkeypatch.setattr(witnesses, "WHOLE", 5)
    monkeypatch.setattr(witnesses, "WIDTH", 20)
    monkeypatch.setattr(witnesses, "SAMPLES", 8)
    good = finding(run(world, nodes=[url_of(world)]), "C06")
    assert good.result == "pass"
    told = good.text.split("the same ")[1].split(" blocks")[0]
    assert int(told.split(" in ")[1].split(" of ")[0].replace(",", "")) <= 160

    def twist(method, params, answer):
        if method != "eth_getLogs":
            return answer
        return [log for log in answer if int(log["blockNumber"], 16) < 100]

    lying = Liar(url_of(world), twist)
    assert finding(run(world, lying, nodes=[url_of(world)]), "C06").result == "exception"


@pytest.fixture
def explorer(served):
    """A stand-in for Blockscout: ``shown`` is the hash it has for each block."""
    shown: dict[int, object] = {}

    def answer(path: str, body: bytes) -> tuple[int, object]:
        number = int(path.rpartition("/")[2])
        if not path.startswith("/api/v2/blocks/") or number not in shown:
            return 404, {"message": "Not found"}
        return 200, {"hash": shown[number], "height": number}

    return f"{served(answer)}/api", shown


def test_the_explorer_attests_the_block_or_denies_it(world, explorer):
    api, shown = explorer
    network = replace(NETWORK, explorer_api=api)
    host = api.removesuffix("/api")
    unheard = run(world, network=network, explorer=True)
    assert f"not heard: the explorer at {host}: it does not show the block" in finding(unheard, "C07").text
    shown[unheard.block.number] = unheard.block.hash
    assert run(world, network=network, explorer=True).attested_by == f"one node and the explorer at {host}"
    shown[unheard.block.number] = "0x" + "cd" * 32
    assert finding(run(world, network=network, explorer=True), "C07").result == "exception"
    shown[unheard.block.number] = {"not": "a hash"}
    assert "a block that is none" in finding(run(world, network=network, explorer=True), "C07").text
    with pytest.raises(InputError):
        run(world, explorer=True)


def test_witnesses_are_part_of_the_evidence(world, tmp_path):
    result = run(world, nodes=[url_of(world)])
    save(result, tmp_path)
    found = verify(tmp_path)
    assert found.differences == () and found.result.witnesses == result.witnesses
    assert f"a second node at {url_of(world)}" in found.rests_on
