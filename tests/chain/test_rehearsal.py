"""What a node says before and after: a revert, an account without money, and neither of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hashkit.chain.rehearsal import estimate, failure, named, rehearse
from hashkit.errors import Refused, RpcError
from tests.chain.sending import COUNTER, BadNode, Key, pay

ME = Key().address


@pytest.fixture
def node(anvil_url: str) -> Callable[..., BadNode]:
    def answering(text: str, number: int = -32000, data: bytes = b"") -> BadNode:
        def refuse(params: Any, ask: Any) -> Any:
            raise RpcError("eth_call", number, text, data)

        return BadNode(anvil_url, eth_call=refuse, eth_estimateGas=refuse)

    return answering


@pytest.mark.parametrize("ask", [rehearse, estimate])
def test_what_is_no_revert_is_not_called_one(node: Callable[..., BadNode], ask: Callable[..., Any]) -> None:
    with pytest.raises(RpcError, match="too busy"):
        ask(node("too busy"), ME, pay())
    with pytest.raises(Refused, match="cannot pay for Wallet") as poor:
        ask(node("insufficient funds for gas * price + value"), ME, pay())
    assert poor.value.code == "GAS"
    with pytest.raises(Refused, match="would be refused"):
        ask(node("execution reverted", 3), ME, pay())


def test_a_mined_failure_says_what_the_node_can_tell(node: Callable[..., BadNode], anvil_url: str) -> None:
    assert "others moved first" in failure(BadNode(anvil_url), ME, pay(), "0xaa", 0, False).why
    assert "used up all the gas" in failure(BadNode(anvil_url), ME, pay(), "0xaa", 0, True).why
    assert "others moved first" in failure(node("no such state"), ME, pay(), "0xaa", 0, False).why
    told = failure(node("execution reverted", 3, b"\x01\x02\x03\x04"), ME, COUNTER, "0xaa", 0, False)
    assert told.sentence.startswith("Deploying Counter was mined in block 0") and "0x01020304" in told.details[-1]
    assert named(COUNTER) == "Deploying Counter"
