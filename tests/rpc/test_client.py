"""A node's misbehaviour, and what becomes of it."""

from __future__ import annotations

import time

import pytest

from hashkit.errors import InputError, NodeError, RpcError
from hashkit.rpc import client, transport
from hashkit.rpc.client import Endpoint
from tests.conftest import free_port
from tests.rpc.rude import Drip, Raw, node, refusal, result

SEND = ("eth_sendRawTransaction", ("0x02",))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


def refused(url: str, method: str = "eth_blockNumber", **options: float) -> NodeError:
    with pytest.raises(NodeError) as caught:
        Endpoint(url, **options).call(method)
    assert url.partition("//")[2] in caught.value.sentence or isinstance(caught.value, RpcError)
    return caught.value


def test_a_call_keeps_its_connection_and_numbers_its_questions():
    with node(lambda ask, n: result(ask, hex(n))) as rude:
        endpoint = Endpoint(rude.url)
        assert [endpoint.call("eth_blockNumber") for _ in range(3)] == ["0x0", "0x1", "0x2"]
        assert rude.connections == 1
        assert len({ask["id"] for ask in rude.asked}) == 3


@pytest.mark.parametrize(
    "bad",
    [
        Raw(b"slow down", 429, {"Retry-After": "0"}),
        Raw(b"<html>502 Bad Gateway</html>", 502),
        Raw(b"<html>maintenance</html>"),
        Raw(b'{"jsonrpc":"2.0","id":1,"resu'),
        Raw(b'{"jsonrpc":"2.0","id":1,"result":"0x1"}', claimed=900),
        Raw(b""),
        Raw(None),
        Raw(b"[" * 100_000 + b"]" * 100_000),
        Raw(b'{"a":["\\"]' * 50_000 + b"}" * 50_000),
        {"jsonrpc": "2.0", "id": 77, "result": "0x1"},
        {"jsonrpc": "2.0", "id": True, "result": "0x1"},
        {"jsonrpc": "2.0", "id": None, "result": "0x1"},
        {"jsonrpc": "2.0", "id": 1},
        "0x1",
        7,
    ],
    ids=lambda bad: repr(getattr(bad, "body", bad))[:30],
)
def test_a_read_is_asked_again_and_a_write_never(bad):
    def answer(ask, n):
        return bad if n == 0 else result(ask, "0x5")

    with node(answer) as rude:
        assert Endpoint(rude.url).call("eth_blockNumber") == "0x5"
        assert len(rude.asked) == 2
    with node(answer) as rude:
        with pytest.raises(NodeError) as caught:
            Endpoint(rude.url).call(*SEND)
        assert len(rude.asked) == 1
        assert caught.value.code != "UNREACHABLE", "that code promises that nothing was sent"


def test_methods_nobody_knows_are_treated_as_writes():
    with node(lambda ask, n: Raw(None)) as rude:
        refused(rude.url, "anvil_mine")
        refused(rude.url, "eth_sendTransaction")
        assert rude.methods == ["anvil_mine", "eth_sendTransaction"]


def test_a_node_that_stays_broken_is_given_up_after_four_tries(monkeypatch):
    with node(lambda ask, n: Raw(b"<html>", 503, {"Retry-After": "0"})) as rude:
        error = refused(rude.url)
        assert len(rude.asked) == 4 and "503" in error.sentence and error.next_step
    with node(lambda ask, n: Raw(b"", 429, {"Retry-After": "0"})) as rude:
        monkeypatch.setattr(client, "_BUDGET", 0.2)
        assert refused(rude.url).code == "RATE_LIMITED"


def test_rate_limits_in_json_are_waited_out():
    with node(lambda ask, n: refusal(ask, -32005, "Rate limit reached") if n == 0 else result(ask, "0x1")) as rude:
        assert Endpoint(rude.url).call("eth_blockNumber") == "0x1"


def test_retry_after_is_honoured_within_bounds():
    with node(lambda ask, n: Raw(b"", 429, {"Retry-After": "1"}) if n == 0 else result(ask, "0x1")) as rude:
        began = time.monotonic()
        Endpoint(rude.url).call("eth_blockNumber")
        assert time.monotonic() - began >= 1


def test_a_dropped_keep_alive_is_opened_again_for_reads():
    with node(lambda ask, n: Raw(None) if n == 1 else result(ask, hex(n))) as rude:
        endpoint = Endpoint(rude.url)
        endpoint.call("eth_blockNumber")
        began = time.monotonic()
        assert endpoint.call("eth_blockNumber") == "0x2"
        assert time.monotonic() - began < 0.2, "a dead connection is no reason to wait"


def test_connection_close_is_no_trouble():
    closing = {"Connection": "close"}
    with node(lambda ask, n: Raw(b'{"id":%d,"result":"0x1"}' % ask["id"], 200, closing)) as rude:
        endpoint = Endpoint(rude.url)
        assert [endpoint.call("eth_blockNumber") for _ in range(2)] == ["0x1", "0x1"] and rude.connections == 2


def test_a_write_never_goes_over_a_kept_connection():
    with node(lambda ask, n: result(ask, "0x1")) as rude:
        endpoint = Endpoint(rude.url)
        endpoint.call("eth_blockNumber")
        endpoint.call(*SEND)
        assert rude.connections == 2


def test_redirects_are_not_followed():
    with node(lambda ask, n: result(ask, "0x1")) as elsewhere:
        with node(lambda ask, n: Raw(b"", 307, {"Location": elsewhere.url})) as rude:
            assert refused(rude.url).code == "REDIRECT" and len(rude.asked) == 1
        assert not elsewhere.asked


@pytest.mark.parametrize("announced", [True, False])
def test_huge_answers_are_cut_off(monkeypatch, announced):
    monkeypatch.setattr(transport, "MOST_BYTES", 1000)
    body = b'"' + b"x" * 2000 + b'"'
    with node(lambda ask, n: Raw(body, claimed=None if announced else 999)) as rude:
        if announced:
            assert refused(rude.url).code == "TOO_BIG" and len(rude.asked) == 1
        else:
            assert refused(rude.url).code == "NODE_ANSWER"  # 999 bytes are read, not more


def test_silence_and_drips_end_at_the_timeout():
    with node(lambda ask, n: time.sleep(3)) as rude:
        assert refused(rude.url, timeout=0.3).code == "TIMEOUT" and len(rude.asked) == 1
    with node(lambda ask, n: Drip(b"")) as rude:
        began = time.monotonic()
        assert refused(rude.url, timeout=0.5).code == "TIMEOUT"
        assert time.monotonic() - began < 2


def test_after_a_timeout_the_late_answer_is_not_taken_for_the_next():
    def answer(ask, n):
        time.sleep(0.6 if n == 0 else 0)
        return result(ask, hex(n))

    with node(answer) as rude:
        endpoint = Endpoint(rude.url, timeout=0.3)
        with pytest.raises(NodeError):
            endpoint.call("eth_blockNumber")
        assert endpoint.call("eth_blockNumber") == "0x1"


def test_nobody_there_is_said_at_once_and_promises_that_nothing_was_sent():
    error = refused(f"http://127.0.0.1:{free_port()}", SEND[0])
    assert error.code == "UNREACHABLE" and error.exit_code == 5 and "devnet up" in error.next_step


def test_https_to_a_plain_server_is_one_sentence():
    with node(lambda ask, n: result(ask, "0x1")) as rude:
        assert refused(rude.url.replace("http:", "https:")).code == "UNREACHABLE"


def test_proxies_of_the_environment_are_not_honoured(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with node(lambda ask, n: result(ask, "0x1")) as rude:
        assert Endpoint(rude.url).call("eth_blockNumber") == "0x1"


REVERT = "0x08c379a0" + "00" * 4


@pytest.mark.parametrize(
    "data",
    [
        REVERT,
        f"Reverted {REVERT}",
        {"data": REVERT},
        {"message": "reverted", "data": {"data": REVERT}},
        {"originalError": {"code": 3, "data": REVERT}},
        {"0xabc": {"error": "revert", "return": REVERT}},
        {"txHash": "0xff", "result": REVERT},
    ],
)
def test_revert_data_is_found_in_every_dialect(data):
    with node(lambda ask, n: refusal(ask, 3, "execution reverted", data=data)) as rude:
        error = refused(rude.url, "eth_call")
        assert isinstance(error, RpcError) and error.data == bytes.fromhex(REVERT[2:])
        assert error.number == 3 and error.method == "eth_call" and len(rude.asked) == 1


@pytest.mark.parametrize(
    "data", [None, "0x123", "0xzz", "", 5, [], {"data": {"data": {"data": {"data": {"data": REVERT}}}}}]
)
def test_what_is_no_revert_data_is_none(data):
    with node(lambda ask, n: refusal(ask, -32000, "no", data=data)) as rude:
        assert refused(rude.url, "eth_call").data == b""


@pytest.mark.parametrize(
    "error", ["words", 5, ["x"], {"code": "x", "message": None}, {"code": True, "message": "\x1b[31m"}]
)
def test_errors_of_any_shape_become_rpc_errors(error):
    with node(lambda ask, n: {"id": ask["id"], "error": error}) as rude:
        found = refused(rude.url)
        assert isinstance(found, RpcError) and found.number == -32603 and found.sentence.isprintable()


def test_an_error_in_a_body_of_status_400_is_the_nodes_word():
    import json

    with node(lambda ask, n: Raw(json.dumps(refusal(ask, -32602, "bad params")).encode(), 400)) as rude:
        assert refused(rude.url).number == -32602


def test_forbidden_says_where_to_look():
    with node(lambda ask, n: Raw(b"<html>no", 403)) as rude:
        error = refused(rude.url)
        assert error.code == "NODE_REFUSES" and "key" in error.next_step and len(rude.asked) == 1


def test_secrets_of_the_url_are_sent_but_never_shown():
    secrets = ("frank-user", "sesame-open", "v3-0123456789abcdef", "apikey=98765432")

    def answer(ask, n):
        return refusal(ask, -32000, f"project {secrets[2]} has no plan\x1b]8;;http://evil")

    with node(answer) as rude:
        url = rude.url.replace("//", f"//{secrets[0]}:{secrets[1]}@") + f"/{secrets[2]}?{secrets[3]}"
        endpoint = Endpoint(url)
        with pytest.raises(RpcError) as caught:
            endpoint.call("eth_blockNumber")
        assert rude.headers[0]["path"] == f"/{secrets[2]}?{secrets[3]}"
        assert rude.headers[0]["Authorization"].startswith("Basic ")
        shown = " ".join(
            (str(caught.value), repr(caught.value), endpoint.label, repr(endpoint), str(caught.value.to_dict()))
        )
        assert endpoint.label == rude.url
        assert not [s for s in secrets if s in shown] and "\x1b" not in shown


@pytest.mark.parametrize(
    "url",
    ["", "mainnet.hsk.xyz", "ftp://host", "http://", "http://h:port/secret", "http://h:0", "http://h ost/secret",
     "http://host/sécret", "http://host/a\nb", "http://[::1/secret", "ws://host/secret"],
)  # fmt: skip
def test_what_is_no_url_is_refused_without_repeating_it(url):
    with pytest.raises(InputError) as caught:
        Endpoint(url)
    assert caught.value.code == "RPC_URL" and "secret" not in str(caught.value)


def test_the_chain_is_checked_before_anything_else_is_asked():
    def answer(ask, n):
        if isinstance(ask, list):
            return [result(one, "0x1") for one in ask]
        return result(ask, "0x85" if ask["method"] == "eth_chainId" else "0x1")

    with node(answer) as rude:
        with pytest.raises(NodeError) as caught:
            Endpoint(rude.url, chain_id=177).call(*SEND)
        assert caught.value.code == "WRONG_CHAIN" and caught.value.exit_code == 5
        assert "133" in caught.value.sentence and "177" in caught.value.sentence
        assert rude.methods == ["eth_chainId"]
        endpoint = Endpoint(rude.url, chain_id=133)
        endpoint.call("eth_blockNumber")
        endpoint.batch([("eth_blockNumber", ())])
        assert rude.methods[1:] == ["eth_chainId", "eth_blockNumber"] and len(rude.asked) == 4


def test_a_chain_id_that_is_none_is_refused():
    with node(lambda ask, n: result(ask, [1])) as rude, pytest.raises(NodeError):
        Endpoint(rude.url).chain_id()


CALLS = [("eth_blockNumber", ()), ("eth_chainId", ()), ("eth_call", ({},))]


def test_a_batch_is_sorted_by_id_and_holds_its_errors():
    def answer(asks, n):
        return [result(asks[2], "c"), refusal(asks[0], 3, "a", data="0xaa"), result(asks[1], "b")]

    with node(answer) as rude:
        a, b, c = Endpoint(rude.url).batch(CALLS)
        assert isinstance(a, RpcError) and a.data == b"\xaa" and (b, c) == ("b", "c") and len(rude.asked) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda asks: [result(a, "x") for a in asks[:2]],
        lambda asks: [result(asks[0], "x")] * 3,
        lambda asks: [{**result(a, "x"), "id": 1000} for a in asks],
        lambda asks: [1, 2, 3],
        lambda asks: "x",
    ],
)
def test_a_spoilt_batch_is_asked_again(spoil):
    with node(lambda asks, n: spoil(asks) if n == 0 else [result(a, i) for i, a in enumerate(asks)]) as rude:
        assert Endpoint(rude.url).batch(CALLS) == [0, 1, 2]
        assert len(rude.asked) == 2


def test_a_node_without_batches_is_asked_one_by_one_from_then_on():
    def answer(ask, n):
        if isinstance(ask, list):
            return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "batches are not served"}}
        return refusal(ask, 3, "no") if ask["method"] == "eth_call" else result(ask, ask["method"])

    with node(answer) as rude:
        endpoint = Endpoint(rude.url)
        for _ in range(2):
            first, _second, third = endpoint.batch(CALLS)
            assert first == "eth_blockNumber" and isinstance(third, RpcError)
        assert len(rude.asked) == 1 + 3 + 3


def test_a_batch_with_a_write_is_sent_once():
    with node(lambda ask, n: Raw(b"", 503)) as rude:
        with pytest.raises(NodeError):
            Endpoint(rude.url).batch([*CALLS, SEND])
        assert len(rude.asked) == 1


def test_a_real_node_answers(dev_url):
    endpoint = Endpoint(dev_url, chain_id=31337)
    assert endpoint.chain_id() == 31337
    number, chain = endpoint.batch([("eth_blockNumber", ()), ("eth_chainId", ())])
    assert int(number, 16) >= 0 and chain == "0x7a69"
