"""What will it cost? Gas at the price of the latest block, and the L1 data fee as its own line. Floor 2.

Nothing is hard-coded: the base fee comes from the block, the tip from the node, the L1 fee from the
chain's GasPriceOracle (OP Stack predeploy), whose silence is told and not counted as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hashkit.chain.answers import number
from hashkit.domain.network import Network
from hashkit.domain.units import Units
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint

_GET_L1_FEE = bytes.fromhex("49948e0e")  # getL1Fee(bytes)
_ENVELOPE = b"\xff" * 120
"""Stands for what a signed transaction holds besides its calldata; nonzero bytes, so rather too dear."""
_ASKED = 100
"""Transactions whose L1 fee is asked for at once."""
_HEADROOM = 2
"""The base fee may double before a transaction sticks; what is not used is not paid."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Wei per gas, and the most gas a transaction can have."""

    base_fee: int
    priority_fee: int
    gas_limit: int

    @property
    def max_fee(self) -> int:
        """The most that a transaction offers, wei per gas."""
        return self.base_fee * _HEADROOM + self.priority_fee


@dataclass(frozen=True, slots=True)
class Fee:
    """The cost of a plan in wei. ``l1_cost`` is None when the chain has an oracle that does not answer."""

    gas: int
    max_fee_per_gas: int
    priority_fee_per_gas: int
    l2_cost: int
    l1_cost: int | None
    currency: str = "HSK"

    @property
    def total(self) -> int:
        """What is expected to be paid, wei."""
        return self.l2_cost + (self.l1_cost or 0)

    @property
    def ceiling(self) -> int:
        """What the account must hold, wei: all gas at the highest price offered."""
        return self.gas * self.max_fee_per_gas + (self.l1_cost or 0)

    def show(self) -> str:
        """One line for people: the sum, then what it is made of."""
        parts = [f"gas {self.gas:,}"]
        if self.l1_cost is None:
            parts.append("L1 data fee: not available, because the oracle does not answer")
        elif self.l1_cost:
            parts.append(f"L1 data fee {coins(self.l1_cost)} {self.currency}")
        return f"about {coins(self.total)} {self.currency} ({'; '.join(parts)})"

    def __str__(self) -> str:
        return self.show()

    def to_dict(self) -> dict[str, Any]:
        """JSON form; wei as strings, because JSON numbers are floats to many readers."""
        return {
            "gas": self.gas,
            "maxFeePerGasWei": str(self.max_fee_per_gas),
            "priorityFeePerGasWei": str(self.priority_fee_per_gas),
            "l2Wei": str(self.l2_cost),
            "l1Wei": None if self.l1_cost is None else str(self.l1_cost),
            "totalWei": str(self.total),
            "currency": self.currency,
        }


def prices(endpoint: Endpoint) -> Prices:
    """The present prices. NodeError when the chain has no base fee (EIP-1559)."""
    block = endpoint.call("eth_getBlockByNumber", ("latest", False))
    if not isinstance(block, dict) or not {"baseFeePerGas", "gasLimit"} <= block.keys():
        raise NodeError(
            "The node names no base fee.",
            why="hashkit sends EIP-1559 transactions only.",
            next_step="Check the RPC URL with `hashkit doctor`.",
            code="NO_BASE_FEE",
        )
    base = int(block["baseFeePerGas"], 16)
    return Prices(base, _tip(endpoint, base), int(block["gasLimit"], 16))


def quote(endpoint: Endpoint, network: Network, calls_gas: Iterable[tuple[int, bytes]]) -> Fee:
    """The cost of some transactions, each given as its gas and its calldata (or init code)."""
    now = prices(endpoint)
    gas, l1_cost, costs = 0, 0, iter(calls_gas)
    known = True
    while part := list(islice(costs, _ASKED)):
        gas += sum(each for each, _ in part)
        for_data = _l1_cost(endpoint, network, [data for _, data in part]) if known else None
        known = for_data is not None
        l1_cost += for_data or 0
    return Fee(
        gas=gas,
        max_fee_per_gas=now.max_fee,
        priority_fee_per_gas=now.priority_fee,
        l2_cost=gas * (now.base_fee + now.priority_fee),
        l1_cost=l1_cost if known else None,
        currency=network.currency,
    )


def _tip(endpoint: Endpoint, base: int) -> int:
    try:
        return number(endpoint, "eth_maxPriorityFeePerGas")
    except RpcError:  # not every node knows it; its price for legacy transactions holds a tip as well
        return max(0, number(endpoint, "eth_gasPrice") - base)


def _l1_cost(endpoint: Endpoint, network: Network, datas: Sequence[bytes]) -> int | None:
    if network.gas_price_oracle is None or not datas:
        return 0
    oracle = network.gas_price_oracle
    questions = [{"to": oracle, "data": _l1_question(data)} for data in datas]
    answers = endpoint.batch([("eth_call", (question, "latest")) for question in questions])
    if any(not isinstance(each, str) or len(each) != 66 for each in answers):
        return None
    return sum(int(each, 16) for each in answers)


def _l1_question(data: bytes) -> str:
    body = _ENVELOPE + data
    words = (32).to_bytes(32, "big") + len(body).to_bytes(32, "big") + body + b"\0" * (-len(body) % 32)
    return "0x" + (_GET_L1_FEE + words).hex()


def coins(wei: int) -> str:
    """Whole coins with six decimals, rounded up: a preview must not promise too little."""
    return Units(-(-wei // 10**12), 6).show()
