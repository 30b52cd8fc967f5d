"""Geth's rules for a transaction that arrives, which anvil does not keep.

A replacement offers a tenth more on both fees; a nonce above the next one waits for the gap to close; the same
bytes are known; a fee below the base fee waits (geth) or is refused (the others). What waits lies here, not in anvil.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from eth_utils import keccak
from hexbytes import HexBytes

from tests.faults.dialects import DIALECTS, refusal

Ask = Callable[..., Any]


@dataclass(frozen=True)
class Pending:
    """A transaction in the pool."""

    raw: str
    tx_hash: str
    sender: str
    nonce: int
    max_fee: int
    tip: int
    cost: int
    chain: int

    @classmethod
    def read(cls, raw: str) -> Pending:
        told = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        return cls(
            raw,
            "0x" + keccak(HexBytes(raw)).hex(),
            str(Account.recover_transaction(raw)),
            told["nonce"],
            told["maxFeePerGas"],
            told["maxPriorityFeePerGas"],
            told["value"] + told["gas"] * told["maxFeePerGas"],
            told["chainId"],
        )


class Pool:
    """The pool in front of a node. ``ask(method, *params)`` asks the node; errors come back as dicts."""

    def __init__(self, ask: Ask, dialect: str) -> None:
        self.ask = ask
        self.dialect = dialect
        self.held: dict[tuple[str, int], Pending] = {}
        """What waits here: for a lower nonce, or for a lower base fee."""
        self.passed: dict[tuple[str, int], Pending] = {}
        """What anvil has, mined or not."""
        self.closed = False
        """True: nothing goes on to the node, as while a sequencer stands still."""
        self.lazy_below = 0
        """Tips below this are left lying although blocks go on."""
        self.arrived: list[str] = []
        """Hash of everything that ever arrived, in order; doubles too."""

    def take(self, raw: str) -> dict[str, Any]:
        """The answer to ``eth_sendRawTransaction``, without its id."""
        new = Pending.read(raw)
        self.arrived.append(new.tx_hash)
        problem = self._problem(new)
        if problem is not None:
            return {"error": problem}
        self.held[(new.sender, new.nonce)] = new
        self.advance()
        return {"result": new.tx_hash}

    def advance(self) -> None:
        """Let through whatever need not wait any longer, lowest nonce first."""
        if self.closed:
            return
        if self.lazy_below and self.held:
            self.ask("anvil_mine", "0x1")
        base = self._base_fee()
        for key in sorted(self.held):
            found = self.held[key]
            if found.max_fee < base or found.tip < self.lazy_below or self._next(found.sender) < found.nonce:
                continue
            del self.held[key]
            self.passed[key] = found
            self.ask("eth_sendRawTransaction", found.raw)

    def drop(self) -> None:
        """Forget everything that is not mined, as a restarted node does."""
        self.held.clear()
        for found in self.passed.values():
            self.ask("anvil_dropTransaction", found.tx_hash)

    def knows(self, tx_hash: str) -> bool:
        """Whether the transaction waits here."""
        return any(each.tx_hash == tx_hash for each in self.held.values())

    def show(self, tx_hash: str) -> dict[str, Any]:
        """A waiting transaction as ``eth_getTransactionByHash`` shows it."""
        found = next(each for each in self.held.values() if each.tx_hash == tx_hash)
        return {"hash": tx_hash, "from": found.sender.lower(), "nonce": hex(found.nonce), "blockNumber": None}

    def waiting(self, sender: str) -> int:
        """How many transactions of an account wait here right above what the node counts."""
        start = number = self._next(sender)
        while (sender, number) in self.held:
            number += 1
        return number - start

    def _problem(self, new: Pending) -> dict[str, Any] | None:
        say = self.dialect
        chain = int(self.ask("eth_chainId"), 16)
        if new.chain != chain:
            return refusal(say, "chain", found=new.chain, chain=chain)
        mined = self._next(new.sender, "latest")
        if new.nonce < mined:
            return refusal(say, "nonce", next=mined, nonce=new.nonce)
        key = (new.sender, new.nonce)
        old = self.held.get(key) or self._in_node(key)
        if old is not None and old.tx_hash == new.tx_hash:
            return refusal(say, "known")
        if old is not None and (new.max_fee * 10 < old.max_fee * 11 or new.tip * 10 < old.tip * 11):
            return refusal(say, "replace")
        have = int(self.ask("eth_getBalance", new.sender, "latest"), 16)
        if have < new.cost:
            return refusal(say, "funds", have=have, need=new.cost, over=new.cost - have)
        if "base" in DIALECTS[say] and new.max_fee < self._base_fee():
            return refusal(say, "base")
        return None

    def _in_node(self, key: tuple[str, int]) -> Pending | None:
        found = self.passed.get(key)
        known = found and self.ask("eth_getTransactionByHash", found.tx_hash)
        return found if isinstance(known, dict) and known.get("blockNumber") is None else None

    def _next(self, sender: str, tag: str = "pending") -> int:
        return int(self.ask("eth_getTransactionCount", sender, tag), 16)

    def _base_fee(self) -> int:
        return int(self.ask("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
