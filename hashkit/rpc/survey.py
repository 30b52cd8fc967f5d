"""How are the nodes, one by one? For people to look at: nothing is decided by it. Floor 2."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.values import quantity

_OP_GETH = re.compile(r"geth/v1\.10\d{4,}\.", re.IGNORECASE)
"""op-geth calls itself Geth; its minor version is geth's with 101 before it: 1.101503.1 stands on 1.15.3."""
_CLIENTS = ("geth", "erigon", "anvil", "besu", "nethermind", "reth", "hardhat", "ganache")


@dataclass(frozen=True, slots=True)
class NodeState:
    """What one node says of itself. ``problem`` says why it is of no use; then the rest may be missing."""

    label: str
    chain_id: int | None = None
    head: int | None = None
    lag: int | None = None
    """Blocks behind the most advanced of the nodes."""
    client: str = ""
    version: str = ""
    milliseconds: int = 0
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "node": self.label,
            "reachable": self.chain_id is not None,
            "chainId": self.chain_id,
            "block": self.head,
            "lag": self.lag,
            "client": self.client or None,
            "version": self.version or None,
            "milliseconds": self.milliseconds,
            "problem": self.problem or None,
        }

    def __str__(self) -> str:
        if self.problem or self.head is None:
            return self.problem
        behind = f", {self.lag:,} behind the others" if self.lag else ""
        said = f" ({self.version})" if self.version else ""
        return f"{self.label} answers{said}, chain {self.chain_id}, block {self.head:,}{behind}, {self.milliseconds} ms"


def survey(endpoint: Endpoint) -> tuple[NodeState, ...]:
    """The state of every node, in order of preference. A node that fails is told, not raised."""
    looked = [_look(alone) for alone in endpoint.each()]
    highest = max((head for _, head, *_ in looked if head is not None), default=0)
    return tuple(
        NodeState(
            label=alone.label,
            chain_id=chain,
            head=head,
            lag=None if head is None else highest - head,
            client=dialect(said),
            version=said,
            milliseconds=took,
            problem=problem,
        )
        for alone, (chain, head, said, took, problem) in zip(endpoint.each(), looked, strict=True)
    )


def dialect(version: str) -> str:
    """The client by its ``web3_clientVersion``, or an empty text for one that is not known."""
    if _OP_GETH.match(version):
        return "op-geth"
    name = version.partition("/")[0].lower()
    return next((client for client in _CLIENTS if name == client or name.endswith(f"-{client}")), "")


def _look(alone: Endpoint) -> tuple[int | None, int | None, str, int, str]:
    chain, head, began = None, None, time.monotonic()
    try:
        chain = alone.chain_id()
        took = round((time.monotonic() - began) * 1000)
        alone.check_chain()
        head = quantity(alone, alone.call("eth_blockNumber"))
    except NodeError as error:
        return chain, head, "", 0, f"{error.sentence} {error.why}".strip()
    try:
        said = alone.clean(str(alone.call("web3_clientVersion")))[:60]
    except NodeError:  # some providers do not offer it
        said = ""
    return chain, head, said, took, ""
