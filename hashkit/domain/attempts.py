"""What a signed transaction is and what came of it, in words that the disk and the wire share. Floor 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

AttemptState = Literal["SIGNED", "SENT", "MINED"]
StepState = Literal["PLANNED", "SIGNED", "SENT", "MINED", "DONE", "FAILED"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A transaction as signed. Its bytes never change; a dearer one with its nonce is another attempt."""

    step: int
    """Number of the step in the journal that it carries out."""
    nonce: int
    raw: bytes
    """The signed bytes, as they go to the node."""
    tx_hash: str
    """0x-hex, lower case."""
    gas: int
    """Gas limit."""
    max_fee: int
    """Wei per gas, at most."""
    priority_fee: int
    """Wei per gas, for the block's maker."""
    state: AttemptState = "SIGNED"
    block: int | None = None
    """Where it was last seen."""
    block_hash: str | None = None
    """Another one later at that place means that the chain was reorganised."""
    succeeded: bool | None = None
    """What was last said of it; None while no block holds it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a mined transaction cost and where it lies. ``contract`` is the address it created, if any."""

    tx_hash: str
    block: int
    block_hash: str
    succeeded: bool
    gas_used: int
    fee: int
    """Wei paid: gas used at the price of the block, plus the chain's L1 data fee where it names one."""
    contract: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form; wei as a string, because JSON numbers are floats to many readers."""
        return {
            "transaction": self.tx_hash,
            "block": self.block,
            "blockHash": self.block_hash,
            "succeeded": self.succeeded,
            "gasUsed": self.gas_used,
            "feeWei": str(self.fee),
            "contract": self.contract,
        }
