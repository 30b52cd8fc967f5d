"""Logs read by template are the logs that the ordinary way reads; what is strange is left to it."""

from __future__ import annotations

import json
from itertools import islice, permutations
from typing import Any

import pytest

from hashkit.domain.facts import RawLog
from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_log
from hashkit.rpc.skeleton import Decoder
from tests.rpc.toychain import TOKEN, Log, entry, hashed

NOBODY = Endpoint("http://127.0.0.1:9")
TOPIC = hashed("a topic")


def one(log: Any) -> RawLog:
    return read_log(NOBODY, log, {TOKEN.lower(): TOKEN})


def answer(*logs: str | Log, **more: Any) -> bytes:
    texts = ",".join(log if isinstance(log, str) else json.dumps(log) for log in logs)
    return json.dumps({"jsonrpc": "2.0", "id": 7, "result": [], **more}).replace("[]", f"[{texts}]", 1).encode()


def decoded(*logs: Log) -> tuple[list[RawLog], int]:
    """What the decoder reads, and how many of the logs fitted no template."""
    decoder = Decoder(TOKEN, one)
    found = decoder.read(answer(*logs), 7)
    assert found is not None
    return list(found), decoder.odd


def ordinary(*logs: Log) -> list[RawLog]:
    return sorted(map(one, logs), key=lambda log: (log.block, log.log_index))


def test_transfers_and_events_are_read_by_template() -> None:
    logs = [entry(3), entry(1), entry(2, data="0x"), entry(2, 1, topics=[TOPIC]), entry(2, 2, topics=[])]
    assert decoded(*logs) == (ordinary(*logs), 0)


def test_no_logs_are_an_answer_too() -> None:
    assert decoded() == ([], 0)


@pytest.mark.parametrize(
    "odd",
    [
        {"extra": []},
        {"topics": TOPIC},
        {"extra": "0xzz"},
        {"0xextra": "1"},
        {"address": TOKEN.upper()},
        {"blockNumber": "0x" + "0" * 15 + "5"},
        {"extra": 'a "quoted" word'},
    ],
)
def test_an_unusual_form_is_read_one_by_one(odd: Log) -> None:
    logs = [entry(6), entry(5, **odd)]
    try:
        expected = ordinary(*logs)
    except NodeError:
        assert Decoder(TOKEN, one).read(answer(*logs), 7) is None
    else:
        assert decoded(*logs) == (expected, 1)


def test_a_name_said_twice_means_what_it_means_in_json() -> None:
    twice = json.dumps(entry(5)).replace('"data":', '"data": "0x", "data":')
    decoder = Decoder(TOKEN, one)
    found = decoder.read(answer(twice), 7)
    assert found is not None and list(found) == [one(json.loads(twice))] and decoder.odd == 1


def test_more_forms_of_one_length_than_are_tried() -> None:
    orders = islice(permutations(entry(0)), 9)
    logs = [{name: entry(n)[name] for name in order} for n, order in enumerate(orders)]
    found, odd = decoded(*logs)
    assert found == ordinary(*logs) and 0 < odd < 9


def test_more_forms_than_are_kept() -> None:
    logs = [entry(n, extra="x" * n) for n in range(300)]
    assert decoded(*logs) == (ordinary(*logs), 0)


def test_an_answer_of_odd_logs_only_is_left_to_the_ordinary_way() -> None:
    logs = [entry(n % 10, n, extra='"') for n in range(501)]
    assert Decoder(TOKEN, one).read(answer(*logs), 7) is None
    assert decoded(*logs[:500]) == (ordinary(*logs[:500]), 500)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no brackets",
        b"][",
        answer(entry(1), id=8),
        answer(entry(1), id=True),
        answer(entry(1), id="7"),
        answer(entry(1), error={"code": 1, "message": "no"}),
        answer(entry(1), result=None, logs=[]),
        answer(entry(1)).removesuffix(b"}"),
        answer("1", entry(1)),
        answer(json.dumps(entry(1)) + json.dumps(entry(2))),
        answer(json.dumps(entry(1)).replace("false", "fals")),
        answer(entry(1), entry(2, data="0x" + "g" * 64)),
        answer(entry(1), entry(2, data="0x" + "0" * 63)),
        answer(entry(1), entry(2, removed=True)),
    ],
)
def test_what_is_no_plain_answer_is_left_to_the_ordinary_way(body: bytes) -> None:
    assert Decoder(TOKEN, one).read(body, 7) is None
