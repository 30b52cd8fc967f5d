"""What may an audit ask of the chain, at its block? One door, so that a saved audit answers the same. Floor 3.

A contract may answer anything or nothing: None stands for a refusal and for an answer that does not fit the
question. What the node refuses is an error, because a node that is out of breath must not pass for a contract
without a function. Whatever was answered is kept: it is what the report was made from.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from hashkit.audit.evidence import Mined, Pin
from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum
from hashkit.contracts.trie import Pool
from hashkit.domain.network import Network
from hashkit.errors import HashkitError, RpcError
from hashkit.rpc.blocks import Block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.proofs import read_accounts, read_proofs, unserved
from hashkit.rpc.reads import code_at, codes_at, given, read_many, storage_at
from hashkit.rpc.values import quantity

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told (what is being done, how much is done, how much there is)."""
Asked = tuple[str, bytes]
"""A question: the contract, checksummed, and the calldata."""

_REFUSALS = ("revert", "invalid opcode", "out of gas", "invalid jump", "stack under", "invalidfeopcode")
_HEADERS = 100  # in one batch


class View(ABC):
    """The chain at the block of the report. Subclasses know where answers come from."""

    def __init__(self, network: Network, pin: Pin) -> None:
        self.network = network
        self.pin = pin
        self.answers: dict[Asked, bytes | None] = {}
        """What contracts answered; None: refused."""
        self.codes: dict[str, bytes] = {}
        """Address -> runtime code."""
        self.slots: dict[tuple[str, int], bytes] = {}
        """(Address, slot) -> storage word."""
        self.block_times: dict[int, int] = {}
        self.mined: dict[str, Mined | None] = {}
        """Transaction hash -> where it was mined; None: the chain has no such transaction."""
        self.pool = Pool()
        """Nodes of the state trie."""
        self.unproved = "" if pin.state else "the node no longer keeps the state of that block"
        """Why nothing can be proved; empty while it can."""
        if pin.header is None:
            self.unproved = f"the hash of the block could not be made again from its header ({pin.no_header})"

    def ask(self, query: Query[T]) -> T | None:
        """The answer, or None when the contract refuses or does not understand the question."""
        answer: T | None = self.ask_many([query])[0]
        return answer

    def ask_many(self, queries: Sequence[Query[Any]]) -> list[Any]:
        """The answers in their order, each as ``ask`` gives it."""
        wanted = {(checksum(q.to), q.data): q.words for q in queries}
        missing = {asked: words for asked, words in wanted.items() if asked not in self.answers}
        if missing:
            self.answers.update(zip(missing, self._answers(missing), strict=True))
        return [_decoded(q, self.answers[checksum(q.to), q.data]) for q in queries]

    def code(self, address: str) -> bytes:
        """Runtime code; empty when there is none."""
        key = checksum(address)
        if key not in self.codes:
            self.codes[key] = self._code(key)
        return self.codes[key]

    def code_of(self, addresses: Sequence[str]) -> Mapping[str, bytes]:
        """Runtime code of many accounts."""
        missing = [key for key in dict.fromkeys(map(checksum, addresses)) if key not in self.codes]
        self.codes.update(zip(missing, self._code_of(missing), strict=True))
        return {address: self.codes[checksum(address)] for address in addresses}

    def slot(self, address: str, slot: int) -> bytes:
        """One storage word, 32 bytes."""
        key = (checksum(address), slot)
        if key not in self.slots:
            self.slots[key] = self._slot(*key)
        return self.slots[key]

    def fetch_proofs(self, address: str, slots: Sequence[int], told: Callable[[int, int], None] | None = None) -> None:
        """The nodes that prove an account and its slots into the pool; whether they do, the walk finds out."""
        if not self.unproved:
            self._fetch_proofs(address, slots, told)

    def fetch_accounts(self, addresses: Sequence[str]) -> None:
        """The same for accounts without their slots."""
        if not self.unproved and addresses:
            self._fetch_accounts(addresses)

    def times(self, numbers: Sequence[int], progress: Progress) -> Mapping[int, int]:
        """Block -> its time."""
        missing = [n for n in numbers if n not in self.block_times]
        for start in range(0, len(missing), _HEADERS):
            part = missing[start : start + _HEADERS]
            self.block_times.update(zip(part, self._times(part), strict=True))
            progress("reading block times", start + len(part), len(missing))
        self._check_times()
        return {n: self.block_times[n] for n in numbers}

    def _check_times(self) -> None:
        """Times rise with the blocks, up to the block of the report."""
        known = sorted({**self.block_times, self.pin.block.number: self.pin.block.timestamp}.items())
        if any(time > later for (_, time), (_, later) in pairwise(known)):
            raise self._refusal("block times do not rise")

    def receipts(self, hashes: Sequence[str]) -> Mapping[str, Mined | None]:
        """Transaction hash -> where it was mined, at or before the block."""
        missing = [one for one in dict.fromkeys(hashes) if one not in self.mined]
        for start in range(0, len(missing), _HEADERS):
            part = missing[start : start + _HEADERS]
            self.mined.update(zip(part, self._receipts(part), strict=True))
        return {one: self.mined[one] for one in hashes}

    @abstractmethod
    def _answers(self, asked: Mapping[Asked, int]) -> list[bytes | None]:
        """The answers to ``asked``: question -> how many words its answer should have."""

    @abstractmethod
    def _code(self, address: str) -> bytes: ...

    def _code_of(self, addresses: Sequence[str]) -> list[bytes]:
        return [self._code(address) for address in addresses]

    @abstractmethod
    def _slot(self, address: str, slot: int) -> bytes: ...

    @abstractmethod
    def _fetch_proofs(self, address: str, slots: Sequence[int], told: Callable[[int, int], None] | None) -> None: ...

    @abstractmethod
    def _fetch_accounts(self, addresses: Sequence[str]) -> None: ...

    @abstractmethod
    def _times(self, numbers: Sequence[int]) -> list[int]: ...

    @abstractmethod
    def _refusal(self, why: str) -> HashkitError: ...

    @abstractmethod
    def _receipts(self, hashes: Sequence[str]) -> list[Mined | None]: ...


class LiveView(View):
    """Asks a node. Where it keeps no state of the block, the newest state has to do."""

    def __init__(self, endpoint: Endpoint, network: Network, pin: Pin) -> None:
        super().__init__(network, pin)
        self._endpoint = endpoint
        self._at: Block | str = pin.block if pin.state else "latest"

    def _answers(self, asked: Mapping[Asked, int]) -> list[bytes | None]:
        queries = [Query(to, data, "", "", bytes, words) for (to, data), words in asked.items()]
        found = read_many(self._endpoint, queries, self._at)
        for answer in found:
            if isinstance(answer, RpcError) and not refused(answer):
                raise answer
        return [None if isinstance(answer, RpcError) else answer for answer in found]

    def _code(self, address: str) -> bytes:
        return code_at(self._endpoint, address, self._at)

    def _code_of(self, addresses: Sequence[str]) -> list[bytes]:
        return codes_at(self._endpoint, addresses, self._at)

    def _slot(self, address: str, slot: int) -> bytes:
        return storage_at(self._endpoint, address, slot, self._at)

    def _fetch_proofs(self, address: str, slots: Sequence[int], told: Callable[[int, int], None] | None) -> None:
        self._add(read_proofs(self._endpoint, address, slots, self.pin.block, told))

    def _fetch_accounts(self, addresses: Sequence[str]) -> None:
        self._add(read_accounts(self._endpoint, addresses, self.pin.block))

    def _add(self, nodes: Iterable[bytes]) -> None:
        try:
            self.pool.add(nodes)
        except RpcError as error:
            if not unserved(error):
                raise
            self.unproved = "the node does not serve eth_getProof"

    def _times(self, numbers: Sequence[int]) -> list[int]:
        found = []
        answers = self._endpoint.batch([("eth_getBlockByNumber", (hex(n), False)) for n in numbers])
        for number, answer in zip(numbers, map(given, answers), strict=True):
            if not isinstance(answer, Mapping):
                raise self._endpoint.trouble(f"has no block {number}")
            found.append(quantity(self._endpoint, answer.get("timestamp")))
        return found

    def _refusal(self, why: str) -> HashkitError:
        return self._endpoint.trouble(f"tells what cannot be: {why}")

    def _receipts(self, hashes: Sequence[str]) -> list[Mined | None]:
        found: list[Mined | None] = []
        for answer in map(given, self._endpoint.batch([("eth_getTransactionReceipt", (one,)) for one in hashes])):
            if not isinstance(answer, Mapping):
                found.append(None)
                continue
            number, status = (quantity(self._endpoint, answer.get(key)) for key in ("blockNumber", "status"))
            sender = checksum(str(answer.get("from")))
            found.append(Mined(number, sender, status == 1) if number <= self.pin.block.number else None)
        return found


def refused(error: RpcError) -> bool:
    """True when the contract said no; false when the node did."""
    text = error.message.lower()
    return error.number == 3 or bool(error.data) or any(word in text for word in _REFUSALS)


def _decoded(query: Query[T], answer: bytes | None) -> T | None:
    if answer is None:
        return None
    try:
        return query.decode(answer)
    except Exception:  # noqa: BLE001 - a hostile contract answers anything, and decoders then raise anything
        return None
