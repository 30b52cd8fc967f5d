"""Fees: from the chain and nothing else; a silent oracle is told, not counted as zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hashkit.chain.fees import Fee, prices, quote
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
