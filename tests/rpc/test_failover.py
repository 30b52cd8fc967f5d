"""Several nodes for one chain: real servers on the loopback address, most of them in front of one real anvil."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hashkit.errors import NodeError, RpcError
from hashkit.rpc import client, pace
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint, split_urls
from hashkit.rpc.pace import Pace
from hashkit.rpc.survey import dialect, survey
from tests.rpc.rude import Answer, Drip, Node, Raw, forward, node, refusal, result

CHAIN = 31337
DEAD = "http://127.0.0.1:9"
SEND = ("eth_sendRawTransaction", ("0x02",))
Front = Callable[[Callable[[str, Any], Any]], Node]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Node]]:
    """``serve(answer)`` gives a server that lives until the test ends."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(node(answer))


@pytest.fixture
def front(serve: Callable[[Answer], Node], anvil_url: str) -> Front:
    """``front(spoil)``: anvil, but ``spoil(method, ask)`` answers first; ``...`` lets the question through."""

    def make(spoil: Callable[[str, Any], Any]) -> Node:
        def answer(ask: Any, n: int) -> Any:
            said = ... if isinstance(ask, list) else spoil(ask["method"], ask)
            return forward(anvil_url, ask) if said is ... else said

        return serve(answer)

    return make


def honest(method: str, ask: Any) -> Any:
    return ...


def only(name: str, what: Any) -> Callable[[str, Any], Any]:
    """Spoils one method; ``what`` is an answer or makes one of the question."""
    return lambda method, ask: ... if method != name else what(ask) if callable(what) else what


def head(height: int) -> Callable[[str, Any], Any]:
    """Says that the newest block is this one."""
    return only("eth_blockNumber", lambda ask: result(ask, hex(height)))


BROKEN = {
    "502": Raw(b"<html>Bad Gateway</html>", 502),
    "500": Raw(b"oops", 500),
    "a page": Raw(b"<html>maintenance</html>"),
    "cut": Raw(b'{"jsonrpc":"2.0","id":1,"resu'),
    "short": Raw(b'{"jsonrpc":"2.0","id":1,"result":"0x1"}', claimed=900),
    "empty": Raw(b""),
    "hangs up": Raw(None),
    "drips": Drip(b""),
    "another id": {"jsonrpc": "2.0", "id": 77, "result": "0x999999"},
    "redirect": Raw(b"", 307, {"Location": "http://127.0.0.1:9"}),
    "forbidden": Raw(b"no", 403),
    "limited": Raw(b"", 429, {"Retry-After": "30"}),
}


@pytest.mark.parametrize("how", BROKEN)
def test_f16_f18_a_read_that_one_node_spoils_is_answered_by_the_next(front: Front, how: str) -> None:
    bad, good = front(only("eth_gasPrice", BROKEN[how])), front(honest)
    endpoint = Endpoint((bad.url, good.url), timeout=0.5, chain_id=CHAIN)
    began = time.monotonic()
    assert int(endpoint.call("eth_gasPrice"), 16) > 0
    assert time.monotonic() - began < 3, "the other node is asked at once"
    kept = how in ("short", "hangs up")  # a kept connection that dies says nothing of the node: once more, then
    assert bad.methods.count("eth_gasPrice") == 1 + kept and endpoint.label == good.url
    asked = len(bad.asked)
    assert int(endpoint.call("eth_gasPrice"), 16) > 0 and len(bad.asked) == asked, "it sits on the bench"


def test_f16_a_batch_that_one_node_spoils_is_answered_whole_by_the_next(
    serve: Callable[[Answer], Node], front: Front
) -> None:
    def half(ask: Any, n: int) -> Any:
        return [result(ask[0], "0x1")] if isinstance(ask, list) else result(ask, hex(CHAIN))

    endpoint = Endpoint((serve(half).url, front(honest).url), chain_id=CHAIN)
    assert endpoint.batch([("eth_chainId", ()), ("net_version", ())]) == [hex(CHAIN), str(CHAIN)]


def test_a_node_that_is_not_there_is_passed_over_and_comes_back(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_BENCH", 0.2)
    broken = [True]
    first = front(lambda method, ask: Raw(b"", 503) if broken[0] else ...)
    endpoint = Endpoint((DEAD, first.url, front(honest).url), chain_id=CHAIN)
    endpoint.call("eth_gasPrice")
    broken[0] = False
    assert endpoint.label != first.url
    time.sleep(0.3)
    endpoint.call("eth_gasPrice")
    assert endpoint.label == first.url, "the preferred one again, as soon as its bench is over"
    assert first.methods[-2:] == ["eth_chainId", "eth_gasPrice"], "and asked for its chain again"


def test_f15_retry_after_is_honoured_and_the_answer_comes_without_an_error(front: Front) -> None:
    told: list[float] = []

    def limit(method: str, ask: Any) -> Any:
        told.append(time.monotonic())
        return Raw(b"", 429, {"Retry-After": "1"}) if len(told) == 1 else ...

    assert int(Endpoint(front(limit).url).call("eth_gasPrice"), 16) > 0
    assert told[1] - told[0] >= 1


def test_f15_many_limits_are_waited_out_within_the_budget(front: Front) -> None:
    asked: list[int] = []

    def limit(method: str, ask: Any) -> Any:
        asked.append(1)
        return Raw(b"", 429) if len(asked) <= 6 else ...

    assert int(Endpoint(front(limit).url).call("eth_gasPrice"), 16) > 0
    assert len(asked) == 7, "more often than a broken node is asked"


def test_f15_longer_than_the_budget_is_said_at_once_and_remembered(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiting = front(only("eth_gasPrice", Raw(b"", 429, {"Retry-After": "600"})))
    endpoint = Endpoint(limiting.url)
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(NodeError) as caught:
            endpoint.call("eth_gasPrice")
        assert caught.value.code == "RATE_LIMITED" and time.monotonic() - began < 1
    assert len(limiting.asked) == 1, "it said when to come again"


def test_a_limit_slows_us_down_and_answers_make_us_faster(serve: Callable[[Answer], Node]) -> None:
    times: list[float] = []

    def strict(ask: Any, n: int) -> Any:
        """At most one question in 30 ms."""
        times.append(time.monotonic())
        return Raw(b"", 429) if len(times) > 1 and times[-1] - times[-2] < 0.03 else result(ask, "0x1")

    endpoint = Endpoint(serve(strict).url)
    for _ in range(30):
        endpoint.call("eth_gasPrice")
    assert len(times) < 40, "after two or three limits it keeps to the pace"
    kept = Pace()
    kept.limited(0)
    kept.limited(0)
    slow = kept.gap
    for _ in range(10):
        kept.answered()
    assert 0 < kept.gap < slow
    for _ in range(1000):
        kept.answered()
    assert kept.gap == 0


def test_f27_a_second_node_of_another_chain_is_refused_before_it_is_believed(
    serve: Callable[[Answer], Node], front: Front
) -> None:
    asked: list[str] = []

    def other(ask: Any, n: int) -> Any:
        asked.append(ask["method"])
        return result(ask, "0xb1")

    other_chain = serve(other).url
    for given in (CHAIN, None):  # also when nobody said which chain it is: it was the first one's
        endpoint = Endpoint((front(only("eth_gasPrice", Raw(b"", 502))).url, other_chain), chain_id=given)
        endpoint.call("eth_blockNumber")
        for question in (("eth_gasPrice", ()), SEND):
            with pytest.raises(NodeError) as caught:
                endpoint.call(*question)
            assert caught.value.code == "WRONG_CHAIN" and "177" in caught.value.sentence
    assert set(asked) == {"eth_chainId"}, "no question and no transaction went there"


def test_f27_a_node_that_comes_back_on_another_chain_is_asked_for_it_again(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_BENCH", 0.05)
    chain = [hex(CHAIN)]

    def moving(method: str, ask: Any) -> Any:
        if method == "eth_gasPrice":
            chain[0] = "0xb1"
            return Raw(b"", 502)
        return result(ask, chain[0]) if method == "eth_chainId" else ...

    endpoint = Endpoint((front(moving).url, front(honest).url), chain_id=CHAIN)
    endpoint.call("eth_blockNumber")
    endpoint.call("eth_gasPrice")
    time.sleep(0.1)
    with pytest.raises(NodeError, match="serves chain 177"):
        endpoint.call("eth_gasPrice")


def test_f25_a_node_behind_the_one_before_it_is_noticed_and_waited_for(serve: Callable[[Answer], Node]) -> None:
    def first(ask: Any, n: int) -> Any:
        if ask["method"] == "eth_gasPrice":
            return Raw(b"", 502)
        return result(ask, hex(CHAIN) if ask["method"] == "eth_chainId" else {"number": "0x64"})

    heads = [97, 98, 99, 100]

    def second(ask: Any, n: int) -> Any:
        if ask["method"] == "eth_blockNumber":
            return result(ask, hex(heads.pop(0)))
        return result(ask, hex(CHAIN) if ask["method"] == "eth_chainId" else "0x5")

    behind = serve(second)
    endpoint = Endpoint((serve(first).url, behind.url), chain_id=CHAIN)
    endpoint.call("eth_getBlockByNumber", ("latest", False))
    assert endpoint.call("eth_gasPrice") == "0x5" and not heads
    assert behind.methods.count("eth_gasPrice") == 1, "not asked before it had caught up"


def test_f25_a_node_that_stays_behind_is_never_believed(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_BUDGET", 0.2)
    bad, behind = front(lambda m, ask: Raw(b"", 502) if m == "eth_gasPrice" else head(90)(m, ask)), front(head(85))
    endpoint = Endpoint((bad.url, behind.url), chain_id=CHAIN)
    assert endpoint.call("eth_blockNumber") == hex(90)
    with pytest.raises(NodeError) as caught:
        endpoint.call("eth_gasPrice")
    assert any("is behind" in line and "85" in line and "90" in line for line in caught.value.details)
    assert "eth_gasPrice" not in behind.methods


def test_a_reorganisation_that_the_same_node_tells_is_no_lag(front: Front) -> None:
    heights = [90, 80]
    falling = front(
        lambda m, ask: (
            Raw(b"", 502)
            if m == "eth_gasPrice"
            else result(ask, hex(heights.pop(0)))
            if m == "eth_blockNumber"
            else ...
        )
    )
    endpoint = Endpoint((falling.url, front(head(81)).url), chain_id=CHAIN)
    assert [endpoint.call("eth_blockNumber") for _ in range(2)] == [hex(90), hex(80)]
    assert int(endpoint.call("eth_gasPrice"), 16) > 0


@pytest.mark.parametrize("method", sorted(client._MAY_LACK))
def test_f25_one_nodes_null_is_asked_of_the_others(front: Front, anvil_url: str, method: str) -> None:
    node_ = Endpoint(anvil_url)
    me = node_.call("eth_accounts")[0]
    paid = node_.call("eth_sendTransaction", ({"from": me, "to": me, "value": "0x1"},))
    while (mined := node_.call("eth_getTransactionReceipt", (paid,))) is None:
        time.sleep(0.05)
    params: tuple[Any, ...] = {
        "eth_getBlockByNumber": (mined["blockNumber"], False),
        "eth_getBlockByHash": (mined["blockHash"], False),
    }.get(method, (paid,))
    blind = front(only(method, lambda ask: result(ask, None)))
    endpoint = Endpoint((blind.url, DEAD, front(honest).url), chain_id=CHAIN)
    assert endpoint.call(method, params)["hash" if "receipt" not in method.lower() else "transactionHash"]
    assert endpoint.batch([(method, params)])[0] is not None
    assert endpoint.label == blind.url, "it answers the rest as before"
    assert (
        Endpoint((blind.url, blind.url.replace("127.0.0.1", "localhost")), chain_id=CHAIN).call(method, params) is None
    )


def test_what_one_node_has_pruned_another_may_have(front: Front) -> None:
    pruned = front(only("eth_getBalance", lambda ask: refusal(ask, -32000, "missing trie node abc (path )")))
    full = front(honest)
    asking = ("eth_getBalance", ("0x" + "00" * 20, "latest"))
    assert Endpoint((pruned.url, full.url), chain_id=CHAIN).call(*asking).startswith("0x")
    with pytest.raises(RpcError, match="missing trie node"):
        Endpoint((pruned.url, pruned.url + "/again"), chain_id=CHAIN).call(*asking)
    for number, words in ((-32601, "the method is not served"), (-32005, "daily request count exceeded")):
        poor = front(only("eth_getBalance", lambda ask, n=number, w=words: refusal(ask, n, w)))
        assert Endpoint((poor.url, full.url), chain_id=CHAIN).call(*asking).startswith("0x")
    closed = front(lambda method, ask: refusal(ask, -32000, "invalid project id"))
    endpoint = Endpoint((closed.url, full.url), chain_id=CHAIN)
    endpoint.check_chain()
    assert endpoint.call(*asking).startswith("0x") and endpoint.label == full.url
    reverts = front(only("eth_call", lambda ask: refusal(ask, 3, "execution reverted", data="0xaa")))
    with pytest.raises(RpcError):
        Endpoint((reverts.url, full.url), chain_id=CHAIN).call("eth_call", ({}, "latest"))
    assert "eth_call" not in full.methods, "a contract's refusal is an answer"


@pytest.mark.parametrize("how", [*BROKEN, "refused"])
def test_a_write_goes_to_one_node_once_and_the_next_question_to_another(front: Front, how: str) -> None:
    said = BROKEN.get(how, lambda ask: refusal(ask, -32000, "not now"))
    first, second = front(only(SEND[0], said)), front(honest)
    endpoint = Endpoint((first.url, second.url), timeout=0.5, chain_id=CHAIN)
    with pytest.raises(NodeError) as caught:
        endpoint.call(*SEND)
    assert caught.value.code != "UNREACHABLE", "that code promises that nothing was sent"
    assert first.methods.count(SEND[0]) == 1 and SEND[0] not in second.methods
    endpoint.call("eth_gasPrice")
    assert endpoint.label == (first.url if how == "refused" else second.url)


def test_a_write_is_not_tried_on_a_node_that_is_known_to_be_down(front: Front) -> None:
    second = front(only(SEND[0], lambda ask: result(ask, "0xabc")))
    endpoint = Endpoint((DEAD, second.url), chain_id=CHAIN)
    endpoint.call("eth_gasPrice")
    assert endpoint.call(*SEND) == "0xabc"


def test_f36_all_nodes_down_is_one_sentence_with_the_reason_of_each(serve: Callable[[Answer], Node]) -> None:
    secure = serve(lambda ask, n: result(ask, "0x1")).url.replace("http:", "https:")  # speaks no TLS
    endpoint = Endpoint((DEAD, "http://no-such-host.invalid", secure), chain_id=CHAIN)
    for question in (("eth_gasPrice", ()), SEND):
        with pytest.raises(NodeError) as caught:
            endpoint.call(*question)
        assert caught.value.exit_code == 5 and caught.value.code == "UNREACHABLE"
        assert "None of the 3 nodes answers" in caught.value.why and len(caught.value.details) == 3
    with pytest.raises(NodeError):
        block(endpoint, "latest")


def test_f36_when_a_node_comes_back_the_next_question_finds_it(front: Front) -> None:
    down = [True]
    first, second = (front(lambda method, ask: Raw(None) if down[0] else ...) for _ in range(2))
    endpoint = Endpoint((first.url, second.url), chain_id=CHAIN)
    with pytest.raises(NodeError):
        endpoint.call("eth_gasPrice")
    down[0] = False
    assert int(endpoint.call("eth_gasPrice"), 16) > 0, "a bench is no reason to refuse when nobody else is there"


def test_secrets_of_all_urls_stay_secret_whichever_node_speaks(serve: Callable[[Answer], Node]) -> None:
    secrets = ("token-of-first", "sesame-open", "token-of-second", "apikey=98765432")
    echo = f"unknown project {secrets[0]} {secrets[1]} {secrets[2]} {secrets[3]}"
    servers = [
        serve(lambda ask, n: refusal(ask, -32000, echo)),
        serve(lambda ask, n: Raw(echo.encode(), 403)),
        serve(lambda ask, n: Raw(None)),
    ]
    urls = [
        servers[0].url + f"/v3/{secrets[0]}",
        servers[1].url.replace("//", f"//user:{secrets[1]}@") + f"/{secrets[2]}",
        servers[2].url + f"/?{secrets[3]}",
    ]
    for order in (urls, urls[::-1], urls[1:]):
        endpoint = Endpoint(order)
        with pytest.raises(NodeError) as caught:
            endpoint.call("eth_gasPrice")
        shown = " ".join((str(caught.value), repr(caught.value), json.dumps(caught.value.to_dict()), repr(endpoint)))
        assert not [secret for secret in secrets if secret in shown], shown


def test_urls_may_stand_in_one_text_and_count_once() -> None:
    assert split_urls("http://a/x,y, https://b,http://a/x,y") == ("http://a/x,y", "https://b")
    assert split_urls(["http://a", " http://b "]) == ("http://a", "http://b")
    assert repr(Endpoint("http://u:secret-word@a/k,https://b/k")) == "<Endpoint http://a, https://b>"


def test_the_survey_tells_of_every_node(front: Front, serve: Callable[[Answer], Node], anvil_url: str) -> None:
    behind = front(head(0))
    other = serve(lambda ask, n: result(ask, "0xb1"))
    mute = front(only("web3_clientVersion", lambda ask: refusal(ask, -32601, "not offered")))
    first = front(honest)
    Endpoint(anvil_url).call("evm_mine")
    states = survey(Endpoint((first.url, behind.url, DEAD, other.url, mute.url), chain_id=CHAIN))
    well, lagging, dead, foreign, silent = states
    assert (well.label, well.chain_id, well.client, well.lag, well.problem) == (first.url, CHAIN, "anvil", 0, "")
    assert well.head and lagging.head == 0 and lagging.lag == well.head and "behind the others" in str(lagging)
    assert dead.chain_id is None and "cannot be reached" in str(dead) and not dead.to_dict()["reachable"]
    assert foreign.chain_id == 177 and "serves chain 177" in str(foreign) and other.methods[-1] == "eth_chainId"
    assert silent.head and silent.client == ""


@pytest.mark.parametrize(
    ("version", "client"),
    [
        ("Geth/v1.15.3-stable-5ad6b2b9/linux-amd64/go1.24.0", "geth"),
        ("Geth/v1.101503.1-stable-8a7f4b2c/linux-amd64/go1.23.6", "op-geth"),
        ("erigon/3.0.2/linux-amd64/go1.23.8", "erigon"),
        ("anvil/v1.7.1", "anvil"),
        ("besu/v25.4.1/linux-x86_64/openjdk-java-21", "besu"),
        ("Nethermind/v1.31.9+bdd3fd6b/linux-x64/dotnet9.0.4", "nethermind"),
        ("reth/v1.3.12-6f8e725/x86_64-unknown-linux-gnu", "reth"),
        ("op-reth/v1.3.12/x86_64-unknown-linux-gnu", "reth"),
        ("something/else", ""),
        ("", ""),
    ],
)
def test_clients_are_told_apart_by_their_version(version: str, client: str) -> None:
    assert dialect(version) == client
