"""Logs in bounded ranges that shrink on errors. A range is read whole, or the scan fails: never a gap. Floor 2.

``scan.py`` does the same over several connections, into columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError, NodeError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.values import byte_string, quantity, word

_GROW_AFTER = 3  # ranges that succeed in a row
_WIDEST = 50_000  # blocks
_MANY = 2_500
"""Logs in one answer below which ranges grow. Twice as many is half of the smallest cap that nodes are known to set,
and so little memory that several answers at a time do not matter."""
_HOPELESS = ("WRONG_CHAIN", "UNREACHABLE", "REDIRECT", "NODE_REFUSES", "RATE_LIMITED", "STALE")


def read_logs(
    endpoint: Endpoint,
    addresses: Sequence[str],
    first: int,
    last: int,
    *,
    step: int = 2000,
    on_range: Callable[[int, int, int], None] | None = None,
) -> Iterator[RawLog]:
    """All logs of ``addresses`` in blocks ``first`` to ``last``, in (block, log index) order.

    As ``read_ranges``, which says the rest.
    """
    for _, _, logs in read_ranges(endpoint, addresses, first, last, step=step, on_range=on_range):
        yield from logs


def read_ranges(
    endpoint: Endpoint,
    addresses: Sequence[str],
    first: int,
    last: int,
    *,
    step: int = 2000,
    on_range: Callable[[int, int, int], None] | None = None,
) -> Iterator[tuple[int, int, list[RawLog]]]:
    """First block, last block and logs of ranges that tile ``first`` to ``last``, in (block, log index) order.

    Ranges begin at ``step`` blocks; ``on_range`` is told (first, last, number of logs) of each. Believe what
    came out only when the iterator has ended: the last thing it does is to see that the chain stood still.

    InputError when a block of the range does not exist. NodeError ``REORG`` when the chain changes under the
    scan, ``LOGS`` when a single block cannot be read, ``NODE_ANSWER`` for logs nobody asked for.
    """
    wanted = wanted_addresses(addresses, first, step)
    if last < first:
        return
    # A node that does not have the range may answer "no logs": both ends must be there.
    begin, end = block(endpoint, first), block(endpoint, last)
    ends = {first: begin.hash, last: end.hash}
    pace = Pace(step)
    lower = first
    while lower <= last:
        upper = min(last, lower + pace.width - 1)
        try:
            found = endpoint.call("eth_getLogs", (question(wanted, lower, upper),))
        except NodeError as error:
            pace.shrink(endpoint, lower, upper, error)
            continue
        logs = checked(endpoint, found, wanted, lower, upper, ends)
        yield lower, upper, logs
        if on_range is not None:
            on_range(lower, upper, len(logs))
        lower = upper + 1
        pace.done(len(logs))
    if block(endpoint, last).hash != end.hash:
        raise moved(endpoint, f"block {last} was replaced")


def wanted_addresses(addresses: Sequence[str], first: int, step: int) -> set[str]:
    """The addresses, checksummed. InputError for a scan that makes no sense."""
    wanted = {checksum(address) for address in addresses}
    if not wanted or first < 0 or step < 1:
        raise InputError("A scan needs an address, a first block and a step of at least one block.", code="SCAN")
    return wanted


class Pace:
    """How many blocks to ask for next."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._patience = _GROW_AFTER
        self._good = 0
        self._grown = False

    def done(self, logs: int) -> None:
        """A range was read. After enough of them in a row the next is twice as wide."""
        self._good += 1
        self._grown = False
        if self._good >= self._patience and logs < _MANY and self.width < _WIDEST:
            self.width, self._good, self._grown = min(_WIDEST, self.width * 2), 0, True

    def shrink(self, endpoint: Endpoint, lower: int, upper: int, error: NodeError) -> None:
        """A range was not read: half of it next. A single block that cannot be read ends the scan."""
        if error.code in _HOPELESS:
            raise error
        if lower == upper:
            raise NodeError(
                f"The logs of block {lower} cannot be read.",
                why=f"{error.sentence} {error.why}".strip(),
                next_step="Use another node: a gap in the events would make every figure worthless.",
                code="LOGS",
            ) from None
        if self._grown:  # the wider range was too much, so it is tried again less often
            self._patience = min(self._patience * 2, 100 * _GROW_AFTER)
        self.width, self._good, self._grown = min(self.width, (upper - lower + 1) // 2), 0, False


def question(addresses: set[str], lower: int, upper: int) -> dict[str, Any]:
    """The filter. No topics: one pass for all events, and an unknown one is seen too."""
    return {"address": sorted(addresses), "fromBlock": hex(lower), "toBlock": hex(upper)}


def checked(
    endpoint: Endpoint, found: Any, wanted: set[str], lower: int, upper: int, ends: Mapping[int, str]
) -> list[RawLog]:
    """The logs of one answer in order, each of which can be an answer to the question."""
    if not isinstance(found, list):
        raise endpoint.trouble("answers eth_getLogs with something else")
    spelling = {address.lower(): address for address in wanted}
    logs = sorted((read_log(endpoint, entry, spelling) for entry in found), key=lambda log: (log.block, log.log_index))
    hashes, previous = dict(ends), (-1, -1)
    for log in logs:
        if not lower <= log.block <= upper:
            raise endpoint.trouble(f"answers with a log of block {log.block}, which nobody asked for")
        if (log.block, log.log_index) == previous:
            raise endpoint.trouble(f"answers with log {log.log_index} of block {log.block} twice")
        previous = (log.block, log.log_index)
        if hashes.setdefault(log.block, log.block_hash) != log.block_hash:
            raise moved(endpoint, f"block {log.block} has two hashes")
    return logs


def read_log(endpoint: Endpoint, entry: Any, spelling: Mapping[str, str]) -> RawLog:
    """One log out of its JSON; NodeError when it can be none of the ``spelling`` (small letters -> checksummed)."""
    if not isinstance(entry, Mapping):
        raise endpoint.trouble("answers with a log that is none")
    removed, address, topics = entry.get("removed", False), entry.get("address"), entry.get("topics")
    if removed is not False and removed is not None:
        raise moved(endpoint, "a log is marked as removed")
    if not isinstance(address, str) or address.lower() not in spelling:
        raise endpoint.trouble("answers with a log of an address nobody asked for")
    if not isinstance(topics, list) or len(topics) > 4:
        raise endpoint.trouble("answers with a log whose topics are none")
    return RawLog(
        address=spelling[address.lower()],
        topics=tuple(bytes.fromhex(word(endpoint, topic)[2:]) for topic in topics),
        data=byte_string(endpoint, entry.get("data")),
        block=quantity(endpoint, entry.get("blockNumber")),
        block_hash=word(endpoint, entry.get("blockHash")),
        tx_hash=word(endpoint, entry.get("transactionHash")),
        tx_index=_place(endpoint, entry.get("transactionIndex")),
        log_index=_place(endpoint, entry.get("logIndex")),
    )


def _place(endpoint: Endpoint, value: Any) -> int:
    """A place within a block: no block has 2**32 of anything."""
    found = quantity(endpoint, value)
    if found >= 2**32:
        raise endpoint.trouble("answers with a log whose place is none")
    return found


def moved(endpoint: Endpoint, how: str) -> NodeError:
    """A NodeError about a chain that did not stand still."""
    return NodeError(
        f"The chain changed during the scan: {how}.",
        why=f"The node at {endpoint.label} followed a reorganisation, or answers from two chains.",
        next_step="Run it again; use a final block to be sure.",
        code="REORG",
    )
