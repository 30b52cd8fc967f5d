"""A network as data: where its nodes and explorer are, and when a block counts as final. Floor 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

_TEST_CHAINS = frozenset({133})
"""Public chains whose coins and units are worth nothing."""
Finality = Literal["finalized", "safe", "latest"]


@dataclass(frozen=True, slots=True)
class Network:
    """One chain. Every URL and address is data that a user may override; None: there is none."""

    name: str
    chain_id: int
    title: str
    rpc_urls: tuple[str, ...] = field(repr=False)
    """Nodes, the preferred first. They can hold keys: show them through ``masked`` only."""
    explorer: str | None = None
    """Base of the explorer's pages (EIP-3091), without a slash at its end."""
    explorer_api: str | None = None
    """Base of the Blockscout API, without a slash at its end."""
    finality: Finality = "finalized"
    """The block tag that reports use by default."""
    currency: str = "HSK"
    gas_price_oracle: str | None = None
    """OP Stack predeploy that knows the L1 data fee."""
    kyc_sbt: str | None = None
    """HashKey's KYC token. Only its ``isHuman`` is a valid check; its balances are not."""
    eas: str | None = None
    """The Ethereum Attestation Service; on OP Stack chains a predeploy."""
    dispute_game_factory: str | None = None
    """On L1: where an OP Stack chain commits to its output roots."""
    l1_chain_id: int | None = None
    first_block_time: int | None = None
    """Time of the first block, unix seconds."""
    block_seconds: int = 2
    minimum_base_fee: int = 0
    """Base fee below which the chain is known not to go, in wei. For people to read: prices come from the node."""
    max_fee: int | None = None
    """The most that a transaction may offer, wei per gas; None: whatever the chain asks."""
    dev: bool = False
    """True for the embedded chain only: its keys are public."""

    @property
    def main(self) -> bool:
        """Whether something is at stake: any chain but the embedded one and the testnet."""
        return not self.dev and self.chain_id not in _TEST_CHAINS

    def transaction_link(self, tx_hash: str) -> str | None:
        """The explorer's page of a transaction."""
        return self._link("tx", tx_hash)

    def address_link(self, address: str) -> str | None:
        """The explorer's page of an address."""
        return self._link("address", address)

    def block_link(self, number: int) -> str | None:
        """The explorer's page of a block."""
        return self._link("block", str(number))

    def to_dict(self) -> dict[str, Any]:
        """JSON form. URLs of nodes are cut after the host."""
        return {
            "name": self.name,
            "chain_id": self.chain_id,
            "title": self.title,
            "rpc_urls": [masked(url) for url in self.rpc_urls],
            "explorer": self.explorer,
            "explorer_api": self.explorer_api,
            "finality": self.finality,
            "currency": self.currency,
            "gas_price_oracle": self.gas_price_oracle,
            "kyc_sbt": self.kyc_sbt,
            "eas": self.eas,
            "dispute_game_factory": self.dispute_game_factory,
            "l1_chain_id": self.l1_chain_id,
            "first_block_time": self.first_block_time,
            "block_seconds": self.block_seconds,
            "minimum_base_fee": str(self.minimum_base_fee),
            "max_fee": None if self.max_fee is None else str(self.max_fee),
            "dev": self.dev,
        }

    def _link(self, kind: str, what: str) -> str | None:
        return f"{self.explorer}/{kind}/{what}" if self.explorer else None


def masked(url: str) -> str:
    """A node's URL as far as it may be shown: scheme, host and port. The rest can hold keys."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "a node"
    if not host:
        return "a node"
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
