"""Fees: from the chain and nothing else; a silent oracle is told, not counted as zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hashkit.chain.fees import Fee, coins, prices, quote
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint
from tests.chain.sending import NETWORK, BadNode

ORACLE = "0x420000000000000000000000000000000000000F"
# Answers getL1Fee(bytes) with a wei for each byte of calldata, and nothing to any other selector.
_ORACLE = "5f3560e01c6349948e0e14601557" + "5f5ffd" + "00" * 4 + "5b365f5260205ff3"


def set_oracle(node: Endpoint, code: str) -> None:
    node.call("anvil_setCode", (ORACLE, "0x" + code))


def test_quote_then_price_is_the_latest_blocks(anvil_url: str) -> None:
    node = Endpoint(anvil_url)
    base = int(node.call("eth_getBlockByNumber", ("latest", False))["baseFeePerGas"], 16)
    tip = int(node.call("eth_maxPriorityFeePerGas"), 16)
    fee = quote(node, NETWORK, [(21_000, b""), (100_000, b"\x01" * 100)])
    assert fee.gas == 121_000 and fee.l2_cost == 121_000 * (base + tip) == fee.total
    assert fee.max_fee_per_gas >= base + tip and fee.ceiling == 121_000 * fee.max_fee_per_gas
    assert fee.l1_cost == 0 and "L1" not in fee.show() and "HSK" in fee.show()


def test_quote_when_the_oracle_answers_then_its_fee_is_a_part_of_its_own(anvil_url: str) -> None:
    node = Endpoint(anvil_url)
    set_oracle(node, _ORACLE)
    network = replace(NETWORK, gas_price_oracle=ORACLE)
    small, large = (quote(node, network, [(21_000, b"\x01" * size)]).l1_cost for size in (100, 4196))
    assert small is not None and large is not None and large - small == 4096
    two = quote(node, network, [(21_000, b"\x01" * 100)] * 2)
    assert two.l1_cost == 2 * small and two.total == two.l2_cost + 2 * small


@pytest.mark.parametrize("code", ["", "5f5ffd", "00"])
def test_quote_when_the_oracle_is_silent_then_says_not_available(anvil_url: str, code: str) -> None:
    node = Endpoint(anvil_url)
    set_oracle(node, code)
    fee = quote(node, replace(NETWORK, gas_price_oracle=ORACLE), [(21_000, b"\x01")])
    assert fee.l1_cost is None and fee.total == fee.l2_cost and fee.to_dict()["l1Wei"] is None
    assert "L1 data fee: not available, because the oracle does not answer" in fee.show()


def test_prices_when_the_node_suggests_no_tip_then_its_gas_price_tells(anvil_url: str) -> None:
    def refuse(params: Any, ask: Any) -> Any:
        raise RpcError("eth_maxPriorityFeePerGas", -32601, "method not found")

    found = prices(BadNode(anvil_url, eth_maxPriorityFeePerGas=refuse))
    price = int(Endpoint(anvil_url).call("eth_gasPrice"), 16)
    assert found.priority_fee == max(0, price - found.base_fee)


@pytest.mark.parametrize("block", [None, {}, {"gasLimit": "0x1"}])
def test_prices_when_there_is_no_base_fee_then_node_error(anvil_url: str, block: Any) -> None:
    with pytest.raises(NodeError, match="no base fee"):
        prices(BadNode(anvil_url, eth_getBlockByNumber=lambda params, ask: block))


def test_show_then_rounds_up_and_never_promises_too_little() -> None:
    assert Fee(1_234_567, 2, 1, 10**12 + 1, 79_800_000_000_000).show() == (
        "about 0.000081 HSK (gas 1,234,567; L1 data fee 0.00008 HSK)"
    )


@pytest.mark.parametrize(("size", "padded"), [(7, 128), (8, 128), (9, 160)])
def test_the_oracle_is_asked_in_the_words_of_its_abi(anvil_url: str, size: int, padded: int) -> None:
    node = Endpoint(anvil_url)
    network = replace(NETWORK, gas_price_oracle=ORACLE)

    def told(code: str) -> int | None:
        set_oracle(node, code + "5f5260205ff3")  # what lies on the stack is the answer
        return quote(node, network, [(21_000, b"\x11" * size)]).l1_cost

    assert told("36") == 4 + 64 + padded, "selector, place, length, and whole words"
    assert told("600435") == 32 and told("602435") == 120 + size, "where the bytes begin, and how many there are"
    assert told("604435") == 2**256 - 1, "an envelope without noughts, which would be cheaper"
    body = 68 + 120
    assert told(f"61{body:04x}35") == int.from_bytes(b"\x11" * size + b"\0" * (32 - size)), "then the calldata"


def test_a_chain_with_an_oracle_is_not_asked_about_nothing(anvil_url: str) -> None:
    node = Endpoint(anvil_url)
    set_oracle(node, "")
    fee = quote(node, replace(NETWORK, gas_price_oracle=ORACLE), [])
    assert (fee.gas, fee.total, fee.ceiling, fee.l1_cost) == (0, 0, 0, 0)


def test_prices_when_the_gas_price_lies_below_the_base_fee_then_no_tip(anvil_url: str) -> None:
    def refuse(params: Any, ask: Any) -> Any:
        raise RpcError("eth_maxPriorityFeePerGas", -32601, "method not found")

    block = {"baseFeePerGas": "0x64", "gasLimit": "0x7"}
    for price, tip in ((99, 0), (100, 0), (103, 3)):
        node = BadNode(
            anvil_url,
            eth_maxPriorityFeePerGas=refuse,
            eth_getBlockByNumber=lambda params, ask: block,
            eth_gasPrice=lambda params, ask, price=price: hex(price),
        )
        found = prices(node)
        assert (found.base_fee, found.priority_fee, found.gas_limit) == (100, tip, 7)
        assert found.max_fee == 200 + tip, "the base fee may double"


def test_a_fee_as_json_keeps_wei_whole() -> None:
    fee = Fee(21_000, 2**60, 3, 2**70, 5)
    assert fee.to_dict() == {
        "gas": 21_000, "maxFeePerGasWei": str(2**60), "priorityFeePerGasWei": "3", "l2Wei": str(2**70), "l1Wei": "5",
        "totalWei": str(2**70 + 5), "currency": "HSK",
    }  # fmt: skip
    assert fee.ceiling == 21_000 * 2**60 + 5 and str(fee) == fee.show()


@pytest.mark.parametrize(
    ("wei", "shown"),
    [(0, "0.00"), (1, "0.000001"), (10**12, "0.000001"), (10**12 + 1, "0.000002"), (10**18, "1.00"),
     (1234 * 10**18 + 1, "1,234.000001")],
)  # fmt: skip
def test_coins_are_rounded_up_to_six_decimals(wei: int, shown: str) -> None:
    assert coins(wei) == shown
