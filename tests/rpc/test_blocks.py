"""Which block is meant, on both engines and with a node that answers beside the point."""

from __future__ import annotations

import pytest

from hashkit.errors import InputError, NodeError
from hashkit.rpc.blocks import block, block_at, block_at_time
from hashkit.rpc.client import Endpoint
from tests.rpc.rude import node, result

TIMES = [1_700_000_000 + step for step in (0, 1, 2, 2, 10, 11, 60, 61, 62, 4000)]


def told(number: int, /, **more: object) -> dict[str, object]:
    parent = f"0x{number:064x}"
    return {
        "number": hex(number),
        "hash": f"0x{number + 1:064x}",
        "parentHash": parent,
        "timestamp": hex(TIMES[number]),
    } | more


def history(ask, n):
    tag = ask["params"][0]
    number = len(TIMES) - 1 if tag == "latest" else int(tag, 16)
    return result(ask, told(number) if number < len(TIMES) else None)


def test_by_number_tag_and_hash_the_same_block(dev_url):
    endpoint = Endpoint(dev_url)
    first = block(endpoint, 0)
    assert (
        first
        == block(endpoint, "earliest")
        == block(endpoint, first.hash)
        == block(endpoint, first.hash.upper().replace("0X", "0x"))
    )
    assert block(endpoint, "latest").number >= 0 and first.parent_hash == "0x" + "00" * 32
    assert block(endpoint, "finalized").number <= block(endpoint, "latest").number


@pytest.mark.parametrize("wanted", [10**9, "0x" + "12" * 32])
def test_a_block_that_is_not_there(dev_url, wanted):
    with pytest.raises(InputError) as caught:
        block(Endpoint(dev_url), wanted)
    assert caught.value.code == "NO_BLOCK" and str(wanted) in caught.value.sentence


@pytest.mark.parametrize("wanted", ["pending", "", "0x5", "tomorrow", -1])
def test_what_names_no_block(wanted):
    with pytest.raises(InputError):
        block(Endpoint("http://127.0.0.1:9"), wanted)


@pytest.mark.parametrize("late", range(-1, 63))
def test_the_last_block_not_after_an_instant(late):
    with node(history) as rude:
        endpoint, unix = Endpoint(rude.url), TIMES[0] + late
        if late < 0:
            with pytest.raises(InputError) as caught:
                block_at_time(endpoint, unix)
            assert "before" in caught.value.sentence
        else:
            assert block_at_time(endpoint, unix).number == max(i for i, t in enumerate(TIMES) if t <= unix)


def test_an_instant_after_the_head_is_refused():
    with node(history) as rude:
        assert block_at_time(Endpoint(rude.url), TIMES[-1]).number == 9
        with pytest.raises(InputError) as caught:
            block_at_time(Endpoint(rude.url), TIMES[-1] + 1)
    assert caught.value.code == "NO_BLOCK"


def test_a_date_means_its_last_second_and_a_number_is_a_number():
    with node(history) as rude:
        endpoint = Endpoint(rude.url)
        assert block_at(endpoint, "2023-11-14T22:13:30Z", "latest").number == 4
        assert block_at(endpoint, "7", "latest").number == block_at(endpoint, 7, "latest").number == 7
        assert block_at(endpoint, None, "latest").number == block_at(endpoint, "latest", "finalized").number == 9
        with pytest.raises(InputError):
            block_at(endpoint, "2023-11-14", "latest")  # that day is not over on this chain


def test_times_that_do_not_rise_are_a_lie():
    def answer(ask, n):
        said = history(ask, n)
        if ask["params"][0] == hex(4):
            said["result"]["timestamp"] = hex(5)
        return said

    with node(answer) as rude, pytest.raises(NodeError):
        block_at_time(Endpoint(rude.url), TIMES[5])


@pytest.mark.parametrize(
    "said",
    [told(3), told(2, hash=None), told(2, hash="0x12"), told(2, number=2), told(2, timestamp="1e9"),
     told(2, parentHash="0x"),     told(2, number="0x" + "f" * 65), 7, "block", []],
)  # fmt: skip
def test_another_block_or_none_at_all(said):
    with node(lambda ask, n: result(ask, said)) as rude, pytest.raises(NodeError) as caught:
        block(Endpoint(rude.url), 2)
    assert caught.value.code == "NODE_ANSWER"


def test_a_hash_answered_with_another_block():
    with node(lambda ask, n: result(ask, told(2))) as rude, pytest.raises(NodeError):
        block(Endpoint(rude.url), "0x" + "99" * 32)
