"""What did this account bring into blocks? Found by its nonces, believed by its signature. Floor 2.

An account's nonce only rises, so the block that used one is found by halving. That wants old states, which many
nodes keep for a short while; what lies before it is looked for among the logs of the contracts that are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hashkit.chain.answers import number, read_receipt
from hashkit.chain.signing import read_signed, signed_by
from hashkit.contracts.hashing import keccak
from hashkit.domain.attempts import Attempt, Receipt
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs

_NUMBERS = ("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "value", "r", "s")
_MANY = 100  # transactions in one question


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction of the account that a block holds. ``to`` is None for a creation; ``step`` of the attempt is 0."""

    attempt: Attempt
    receipt: Receipt
    to: str | None
    value: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Lookback:
    """What came of a search. ``strange``: of the account, but not as hashkit signs; ``lost``: not found."""

    sent: tuple[Sent, ...]
    strange: tuple[int, ...]
    lost: tuple[int, ...]


def look_back(
    endpoint: Endpoint, account: str, wanted: Iterable[int], first: int, contracts: Sequence[str]
) -> Lookback:
    """The transactions of ``account`` with the nonces ``wanted``, in blocks after ``first``.

    ``contracts`` are those whose logs name transactions that old states do not. Nonces that were used in block
    ``first`` or before are left out. NodeError when no node answers.
    """
    search = _Search(endpoint, account, set(wanted))
    if search.missing:
        oldest = search.by_states(first)
        if search.missing and oldest > first and contracts:
            search.by_logs(contracts, first, oldest)
    return Lookback(
        tuple(sorted(search.sent, key=lambda sent: sent.attempt.nonce)),
        tuple(sorted(search.strange)),
        tuple(sorted(search.missing)),
    )


class _Search:
    def __init__(self, endpoint: Endpoint, account: str, wanted: set[int]) -> None:
        self.endpoint, self.account, self.missing = endpoint, account, wanted
        self.sent: list[Sent] = []
        self.strange: list[int] = []

    def by_states(self, first: int) -> int:
        """Look as far back as the node has states, at most to ``first``; the block where that ended."""
        head = number(self.endpoint, "eth_blockNumber")
        used = {head: self._used(head)}
        oldest, step, refused = head, 1, first - 1
        while oldest > first and (used[oldest] or 0) > min(self.missing):
            earlier = max(refused + 1, oldest - step)
            if earlier >= oldest:
                break
            found = self._used(earlier)
            if found is None:  # too far: half-way back to what it has
                refused, step = earlier, max(1, (oldest - earlier) // 2)
            else:
                used[earlier], oldest, step = found, earlier, step * 4
        if oldest == first:
            self.missing = {nonce for nonce in self.missing if nonce >= (used[first] or 0)}
        marks = sorted((block, count) for block, count in used.items() if count is not None)
        for (low, before), (high, after) in pairwise(marks):
            self._between(low, before, high, after)
        return oldest

    def by_logs(self, contracts: Sequence[str], first: int, last: int) -> None:
        """Look at every transaction that left a log with one of the contracts, in blocks ``first`` to ``last``."""
        try:
            hashes = list(dict.fromkeys(log.tx_hash for log in read_logs(self.endpoint, contracts, first, last)))
        except NodeError as error:
            if not isinstance(error, RpcError) and error.code != "LOGS":
                raise
            return
        for start in range(0, len(hashes), _MANY):
            asked = [("eth_getTransactionByHash", (h,)) for h in hashes[start : start + _MANY]]
            for found in self.endpoint.batch(asked):
                self._take(found)

    def _between(self, low: int, before: int, high: int, after: int) -> None:
        """The nonces from ``before`` to ``after`` were used in blocks after ``low``, up to ``high``."""
        if not any(before <= nonce < after for nonce in self.missing):
            return
        if high - low > 1:
            middle = (low + high) // 2
            count = self._used(middle)
            if count is not None:
                self._between(low, before, middle, count)
                self._between(middle, count, high, after)
            return
        block = self.endpoint.call("eth_getBlockByNumber", (hex(high), True))
        found = block.get("transactions") if isinstance(block, dict) else None
        for each in found if isinstance(found, list) else ():
            self._take(each)

    def _used(self, block: int) -> int | None:
        """How many nonces were used up to a block; None when the node has no such old state."""
        try:
            return number(self.endpoint, "eth_getTransactionCount", self.account, hex(block))
        except RpcError:
            return None

    def _take(self, found: Any) -> None:
        """Keep a transaction when it is one that is looked for."""
        if not isinstance(found, dict) or str(found.get("from")).lower() != self.account.lower():
            return
        try:
            nonce = int(found["nonce"], 16)
        except (KeyError, TypeError, ValueError):
            return
        if nonce not in self.missing or found.get("blockNumber") is None:
            return
        raw = _signed_bytes(found)
        if raw is None or signed_by(raw) != self.account:
            self.strange.append(nonce)
        else:
            sent = self._sent(raw, nonce)
            if sent is None:
                return
            self.sent.append(sent)
        self.missing.discard(nonce)

    def _sent(self, raw: bytes, nonce: int) -> Sent | None:
        told = read_signed(raw)
        fees = told["gas"], told["maxFeePerGas"], told["maxPriorityFeePerGas"]
        attempt = Attempt(0, nonce, raw, "0x" + keccak(raw).hex(), *fees)
        answer = self.endpoint.call("eth_getTransactionReceipt", (attempt.tx_hash,))
        receipt = read_receipt(answer, attempt, self.account)
        if receipt is None:
            return None
        return Sent(attempt, receipt, told.get("to"), told["value"], bytes.fromhex(told["data"][2:]))


def _signed_bytes(found: dict[str, Any]) -> bytes | None:
    """The bytes that were signed, put together again; None when they are not of the kind that hashkit signs.

    Their hash is the transaction's, so a node cannot pass off other content.
    """
    from eth_account.typed_transactions import TypedTransaction
    from hexbytes import HexBytes

    try:
        fields = {name: int(found[name], 16) for name in _NUMBERS}
        parity = int(found.get("yParity") or found["v"], 16)
        bytes_of = {"to": HexBytes(found.get("to") or "0x"), "data": HexBytes(found["input"])}
        raw = TypedTransaction.from_dict({"type": 2, **fields, **bytes_of, "accessList": [], "v": parity}).encode()
    except Exception:  # noqa: BLE001 - a node answers anything, encoders raise anything
        return None
    return bytes(raw) if "0x" + keccak(bytes(raw)).hex() == str(found.get("hash")).lower() else None
