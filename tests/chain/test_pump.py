"""What is posted goes out in its order, and nothing behind one that was not simply taken."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hashkit.chain.pump import Pump
from hashkit.errors import NodeError, RpcError


class Node:
    """Takes what it is sent, until it is told otherwise."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refused = ""
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.closed = 0

    def twin(self) -> Node:
        return self

    def close(self) -> None:
        self.closed += 1

    def call(self, method: str, params: Any) -> str:
        assert method == "eth_sendRawTransaction" and self.may_go_on.wait(10)
        self.sent.append(params[0])
        if params[0] == self.refused:
            raise RpcError(method, -32000, "nonce too high")
        return "0x"


def test_all_that_is_posted_goes_out_in_its_order() -> None:
    node = Node()
    with Pump(node) as pump:  # type: ignore[arg-type]
        posted = [pump.post(bytes([n])) for n in range(5)]
        assert all(each.result() is True for each in posted)
    assert node.sent == ["0x00", "0x01", "0x02", "0x03", "0x04"] and node.closed == 1


def test_nothing_goes_out_behind_one_that_was_not_taken() -> None:
    node = Node()
    node.refused = "0x01"
    with Pump(node) as pump:  # type: ignore[arg-type]
        first, second, third = (pump.post(bytes([n])) for n in range(3))
        assert first.result() is True
        with pytest.raises(NodeError, match="nonce too high"):
            second.result()
        assert third.result() is False and pump.post(b"\x03").result() is False
    assert node.sent == ["0x00", "0x01"]


def test_whoever_leaves_takes_what_waits_with_him() -> None:
    node = Node()
    node.may_go_on.clear()
    with pytest.raises(KeyboardInterrupt), Pump(node) as pump:  # type: ignore[arg-type]
        posted = [pump.post(bytes([n])) for n in range(3)]
        threading.Timer(0.2, node.may_go_on.set).start()
        raise KeyboardInterrupt
    assert len(node.sent) <= 1 and all(each.done() for each in posted)
