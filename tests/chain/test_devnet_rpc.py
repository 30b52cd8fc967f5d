"""What the embedded chain answers: both engines, asked over HTTP as any client would."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractCustomError

from hashkit.contracts.hashing import keccak
from tests.chain.talk import (
    BURST,
    ISSUER,
    OTHER,
    REFUSED,
    STORED,
    ask,
    deploy,
    post,
    problem,
    raw,
    rpc,
    send,
    word,
)


@pytest.fixture(params=["anvil", "py-evm"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_transfer_by_raw_transaction_moves_money(dev_url: str) -> None:
    before = int(ask(dev_url, "eth_getBalance", OTHER.address, "latest"), 16)
    name = keccak(bytes.fromhex(raw(dev_url, to=OTHER.address, value=5, gas=21_000)[2:]))
    receipt = send(dev_url, to=OTHER.address, value=5, gas=21_000)
    assert receipt["transactionHash"] == "0x" + name.hex()
    assert (receipt["status"], receipt["gasUsed"], receipt["contractAddress"]) == ("0x1", "0x5208", None)
    assert int(ask(dev_url, "eth_getBalance", OTHER.address, "latest"), 16) == before + 5
    found = ask(dev_url, "eth_getTransactionByHash", receipt["transactionHash"])
    assert found["blockHash"] == receipt["blockHash"]
    assert (found["from"], found["value"], found["type"]) == (ISSUER.address.lower(), "0x5", "0x2")


def test_legacy_and_access_list_transactions_are_mined(dev_url: str) -> None:
    key, nonce = OTHER.key, int(ask(dev_url, "eth_getTransactionCount", OTHER.address, "latest"), 16)
    plain = {"to": ISSUER.address, "value": 1, "gas": 50_000, "gasPrice": 3 * 10**9, "chainId": 31337}
    listed = {"type": 1, "accessList": [{"address": ISSUER.address, "storageKeys": ["0x" + word(1)]}]}
    for number, fields in enumerate((plain, plain | listed)):
        signed = Account.sign_transaction(fields | {"nonce": nonce + number}, key)
        name = ask(dev_url, "eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())
        receipt = Web3(HTTPProvider(dev_url)).eth.wait_for_transaction_receipt(name)
        assert (receipt["status"], receipt["type"]) == (1, number)
        assert Web3(HTTPProvider(dev_url)).eth.get_transaction(name)["gasPrice"] == 3 * 10**9


def test_events_can_be_asked_by_address_topic_and_block(dev_url: str) -> None:
    first, second = deploy(dev_url), deploy(dev_url)
    receipt = send(dev_url, to=first, data="0x" + word(5) + word(77))
    other = send(dev_url, to=second, data="0x" + word(6) + word(78))
    start = {"fromBlock": receipt["blockNumber"], "toBlock": "latest"}

    def found(**chosen: Any) -> list[dict[str, Any]]:
        return list(ask(dev_url, "eth_getLogs", chosen))

    (log,) = receipt["logs"]
    assert log["topics"] == ["0x" + STORED.hex(), "0x" + word(5)]
    assert (log["data"], log["address"], log["logIndex"]) == ("0x" + word(77), first.lower(), "0x0")
    assert log["transactionHash"] == receipt["transactionHash"]
    assert (log["blockHash"], log["removed"]) == (receipt["blockHash"], False)
    assert found(**start) == [log, *other["logs"]]
    assert found(**start, address=first) == [log]
    assert found(**start, address=[first, second], topics=[None, "0x" + word(6)]) == other["logs"]
    assert found(**start, topics=["0x" + STORED.hex(), ["0x" + word(5), "0x" + word(9)]]) == [log]
    assert found(**start, topics=["0x" + word(1)]) == []
    assert found(blockHash=receipt["blockHash"]) == [log]
    assert found(fromBlock="0x0", toBlock="0x0") == []


def test_a_custom_error_keeps_its_data_in_calls_and_estimates(dev_url: str) -> None:
    contract = deploy(dev_url)
    expected = "0x" + REFUSED.hex() + word(int(OTHER.address, 16)) + word(7)
    call = {"to": contract, "from": OTHER.address}
    for refusal in (problem(dev_url, "eth_call", call, "latest"), problem(dev_url, "eth_estimateGas", call)):
        assert refusal["code"] == 3
        assert refusal["message"].startswith("execution reverted")
        assert refusal["data"] == expected


def test_a_reverting_transaction_is_mined_with_status_0(dev_url: str) -> None:
    contract = deploy(dev_url)
    nonce = int(ask(dev_url, "eth_getTransactionCount", ISSUER.address, "latest"), 16)
    receipt = send(dev_url, to=contract, gas=100_000)
    assert (receipt["status"], receipt["logs"]) == ("0x0", [])
    assert 21_000 < int(receipt["gasUsed"], 16) < 30_000
    assert int(ask(dev_url, "eth_getTransactionCount", ISSUER.address, "latest"), 16) == nonce + 1
    assert ask(dev_url, "eth_getBlockByNumber", receipt["blockNumber"], False)["transactions"] == [
        receipt["transactionHash"]
    ]


def test_refused_transactions_are_refused_in_geths_words(dev_url: str) -> None:
    nonce = int(ask(dev_url, "eth_getTransactionCount", ISSUER.address, "latest"), 16)
    done = raw(dev_url, to=OTHER.address, gas=21_000)
    send(dev_url, to=OTHER.address, gas=21_000)

    def words(sent: str) -> str:
        return str(problem(dev_url, "eth_sendRawTransaction", sent)["message"]).lower()

    assert "nonce too low" in words(done)
    assert "nonce too low" in words(raw(dev_url, to=OTHER.address, nonce=nonce))
    assert "insufficient funds" in words(raw(dev_url, to=OTHER.address, value=10**30))
    assert "intrinsic gas too low" in words(raw(dev_url, to=OTHER.address, gas=20_000))
    assert "base fee" in words(raw(dev_url, to=OTHER.address, maxFeePerGas=1, maxPriorityFeePerGas=1))
    assert "chain id" in words(raw(dev_url, to=OTHER.address, chainId=177))
    assert "gas" in words(raw(dev_url, to=OTHER.address, gas=31_000_000))
    assert "decode" in words("0x02c0")
    assert int(ask(dev_url, "eth_getTransactionCount", ISSUER.address, "latest"), 16) == nonce + 1


def test_py_evm_names_the_block_of_a_known_transaction_and_keeps_no_queue(pyevm_url: str) -> None:
    done = raw(pyevm_url, to=OTHER.address, gas=21_000)
    block = int(send(pyevm_url, to=OTHER.address, gas=21_000)["blockNumber"], 16)
    refusal = problem(pyevm_url, "eth_sendRawTransaction", done)
    assert f"already known: mined in block {block}" in refusal["message"]
    early = problem(pyevm_url, "eth_sendRawTransaction", raw(pyevm_url, to=OTHER.address, nonce=10**6))
    assert "nonce too high" in early["message"]


def test_old_blocks_can_be_asked_by_number_and_by_hash(dev_url: str) -> None:
    contract = deploy(dev_url)
    first = send(dev_url, to=contract, data="0x" + word(5) + word(77))
    send(dev_url, to=contract, data="0x" + word(5) + word(78))
    by_hash = {"blockHash": first["blockHash"]}
    for tag in (first["blockNumber"], by_hash):
        assert ask(dev_url, "eth_call", {"to": contract, "data": "0x" + word(5)}, tag) == "0x" + word(77)
        assert ask(dev_url, "eth_getStorageAt", contract, "0x5", tag) == "0x" + word(77)
    assert ask(dev_url, "eth_getCode", contract, "0x0") == "0x"
    newest = ask(dev_url, "eth_getBlockByNumber", "latest", False)
    for tag in ("safe", "finalized"):
        assert ask(dev_url, "eth_getBlockByNumber", tag, False) == newest
    assert ask(dev_url, "eth_getBlockByNumber", "0xffffff", False) is None
    assert ask(dev_url, "eth_getBlockByHash", "0x" + "11" * 32, False) is None
    assert problem(dev_url, "eth_call", {"to": contract}, "0xffffff")


def test_snapshot_and_revert_bring_a_state_back(fresh_chain: Callable[[str], str], engine: str) -> None:
    url = fresh_chain(engine)
    contract = deploy(url)
    mark = ask(url, "evm_snapshot")
    lost = send(url, to=contract, data="0x" + word(5) + word(77))
    assert ask(url, "evm_revert", mark) is True
    assert ask(url, "eth_blockNumber") == "0x1"
    assert ask(url, "eth_getTransactionReceipt", lost["transactionHash"]) is None
    assert ask(url, "eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"}) == []
    assert ask(url, "evm_revert", mark) is False
    again = send(url, to=contract, data="0x" + word(5) + word(79))
    assert again["blockNumber"] == "0x2"
    assert ask(url, "eth_call", {"to": contract, "data": "0x" + word(5)}, "latest") == "0x" + word(79)


def test_the_clock_can_be_moved_and_set(fresh_chain: Callable[[str], str], engine: str) -> None:
    url = fresh_chain(engine)
    aim = int(time.time()) + 10**6
    ask(url, "evm_setNextBlockTimestamp", aim)
    ask(url, "evm_mine")
    assert int(ask(url, "eth_getBlockByNumber", "latest", False)["timestamp"], 16) == aim
    ask(url, "evm_increaseTime", 3600)
    ask(url, "evm_mine")
    assert aim + 3600 <= int(ask(url, "eth_getBlockByNumber", "latest", False)["timestamp"], 16) < aim + 3660
    assert problem(url, "evm_setNextBlockTimestamp", 1)


def test_a_batch_answers_each_call_and_keeps_the_rest_when_one_fails(dev_url: str) -> None:
    good, bad, last = rpc(dev_url, ("eth_chainId",), ("eth_nonsense",), ("net_version",))
    assert good["result"] == "0x7a69"
    assert bad["error"]["code"] == -32601
    assert last["result"] == "31337"


def test_both_engines_give_the_same_results(fresh_chain: Callable[[str], str]) -> None:
    def story(url: str) -> dict[str, Any]:
        contract = deploy(url)
        call = {"to": contract, "from": OTHER.address, "data": "0x" + word(5) + word(77)}
        estimated = ask(url, "eth_estimateGas", call)
        receipts = [
            send(url, to=contract, data=call["data"]),
            send(url, to=contract, gas=90_000),
            send(url, data="0x6160005ff3", gas=6_000_000),
            send(url, data="0x6160015ff3", gas=6_000_000),
        ]
        told = (
            "type",
            "status",
            "from",
            "to",
            "contractAddress",
            "gasUsed",
            "transactionHash",
            "blockNumber",
        )
        logs = ask(url, "eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"})
        return {
            "contract": contract,
            "estimated": estimated,
            "receipts": [{name: receipt[name] for name in told} for receipt in receipts],
            "fees": [receipt["effectiveGasPrice"] for receipt in receipts],
            "logs": [{name: log[name] for name in ("address", "topics", "data", "logIndex")} for log in logs],
            "balance": ask(url, "eth_getBalance", ISSUER.address, "latest"),
            "refusal": problem(url, "eth_call", {"to": contract}, "latest")["data"],
            "deployer": ask(url, "eth_getCode", "0x4e59b44847b379578588920cA78FbF26c0B4956C", "latest"),
            "gas limit": ask(url, "eth_getBlockByNumber", "latest", False)["gasLimit"],
            "block fields": set(ask(url, "eth_getBlockByNumber", "latest", False)),
            "log fields": set(logs[0]),
        }

    anvil, py_evm = story(fresh_chain("anvil")), story(fresh_chain("py-evm"))
    assert py_evm == anvil
    largest, too_large = py_evm["receipts"][2:]
    assert (largest["status"], too_large["status"]) == ("0x1", "0x0")  # 24,576 bytes of code, and one more


def test_web3_works_with_the_chain(dev_url: str) -> None:
    w3 = Web3(HTTPProvider(dev_url))
    assert (w3.eth.chain_id, w3.is_connected()) == (31337, True)
    contract = deploy(dev_url)
    assert w3.eth.get_block("latest")["timestamp"] >= w3.eth.get_block(0)["timestamp"]
    assert w3.eth.fee_history(4, "latest", [10, 50])["reward"][-1][0] > 0
    assert w3.eth.max_priority_fee == 10**9
    assert w3.eth.gas_price >= w3.eth.max_priority_fee
    with pytest.raises(ContractCustomError):
        w3.eth.call({"to": contract, "from": OTHER.address})
    receipt = send(dev_url, to=contract, data="0x" + word(5) + word(77))
    known = w3.eth.get_transaction_receipt(receipt["transactionHash"])
    assert (known["status"], known["logs"][0]["topics"][0]) == (1, STORED)
    assert w3.eth.get_logs({"fromBlock": known["blockNumber"], "address": contract}) == known["logs"]
    assert w3.eth.get_transaction(known["transactionHash"])["blockNumber"] == known["blockNumber"]


def test_py_evm_says_what_it_does_not_offer(pyevm_url: str) -> None:
    calls = [
        ("eth_getProof", ISSUER.address, [], "latest"),
        ("debug_traceTransaction", "0x"),
        ("trace_block", "0x1"),
    ]
    for call in calls:
        refusal = problem(pyevm_url, *call)
        assert refusal["code"] == -32601
        assert call[0] in refusal["message"]
        assert "anvil" in refusal["message"]
    assert ask(pyevm_url, "web3_clientVersion") == "hashkit-devnet/py-evm"


def test_py_evm_gives_thousands_of_logs_at_once(pyevm_url: str) -> None:
    contract = deploy(pyevm_url, BURST)
    first = send(pyevm_url, to=contract, data="0x" + word(4_000), gas=5_000_000)
    send(pyevm_url, to=contract, data="0x" + word(1_000), gas=5_000_000)
    begun = time.monotonic()
    logs = ask(pyevm_url, "eth_getLogs", {"fromBlock": first["blockNumber"], "address": contract})
    assert (
        len(ask(pyevm_url, "eth_getLogs", {"fromBlock": first["blockNumber"], "toBlock": "latest"})) == 5_000
    )
    # toBlock is the newest block when it is left out
    assert [int(log["logIndex"], 16) for log in logs] == [*range(4_000), *range(1_000)]
    assert time.monotonic() - begun < 5


def test_nothing_that_comes_in_ends_the_py_evm_server(pyevm_url: str) -> None:
    bodies = [b"", b"{", b"[]", b"null", b"7", b'"x"', b"[" * 100_000, b"\xff\xfe", b"{}", b'[{"method":1}]']
    for body in bodies:
        answered = post(pyevm_url, body)
        assert all("error" in one for one in (answered if isinstance(answered, list) else [answered]))
    recursion = "5f5f5f5f5f305af1"  # a contract that calls itself with all its gas
    deep = deploy(pyevm_url, "0x67" + recursion + "5f5260086018f3")
    assert ask(pyevm_url, "eth_call", {"to": deep}, "latest") == "0x"
    strange: list[tuple[Any, ...]] = [
        ("eth_getBalance",),
        ("eth_getBalance", 7, "latest"),
        ("eth_getBalance", "0x12", "latest"),
        ("eth_getBalance", ISSUER.address, {"blockHash": "0x12"}),
        ("eth_getBalance", ISSUER.address, ["latest"]),
        ("eth_getBlockByNumber", "-0x1", False),
        ("eth_getBlockByNumber", {"a": 1}, False),
        ("eth_call", "nonsense", "latest"),
        ("eth_call", {"to": ISSUER.address, "value": hex(10**40)}, "latest"),
        ("eth_call", {"to": ISSUER.address, "gas": "0x1"}, "latest"),
        ("eth_call", {"data": "0xfe"}, "latest"),
        ("eth_call", {"to": ISSUER.address, "data": "0x" + "01" * 9_000, "gas": "0x5300"}, "latest"),
        ("eth_getLogs", {"fromBlock": "later"}),
        ("eth_getLogs", {"topics": ["0x12"]}),
        ("eth_getLogs", {"topics": "0x12"}),
        ("eth_sendRawTransaction", "0x02" + "f8" * 50),
        ("eth_sendRawTransaction", "0xzz"),
        ("eth_sendRawTransaction", "0x03" + "00" * 40),
        ("eth_feeHistory", "0x1", "0xffffff", []),
        ("evm_increaseTime", -5),
        ("evm_revert", "0xffff"),
    ]
    for call in strange:
        (answer,) = rpc(pyevm_url, call)
        assert answer.get("result") is False or answer["error"]["code"] in (-32602, -32000), (call, answer)
        assert "Traceback" not in str(answer) and ".py" not in str(answer)
    assert ask(pyevm_url, "eth_chainId") == "0x7a69"


def test_the_py_evm_server_answers_only_to_local_names(pyevm_url: str) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    request = urllib.request.Request(pyevm_url, body, {"host": "attacker.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert caught.value.code == 403
