"""Logs over several connections at once, into columns. Floor 2.

The rules are those of ``logs.py``: one filter without topics, ranges that halve on any error and double after
successes, a single block that fails ends it, and the chain must stand still. Ranges are asked for ahead of the
one that is due and handed over in order. Where the endpoint has several nodes, samples are asked of a second one
too: a difference ends the scan. Needs the extra ``audit``.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from hashkit.contracts.columns import LogColumns, columns_of, joined
from hashkit.domain.facts import RawLog
from hashkit.errors import NodeError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import Pace, checked, moved, question, read_log, wanted_addresses
from hashkit.rpc.skeleton import Decoder

THREADS = 6
_AHEAD = 6  # ranges that are asked for before their turn
_SAMPLE = 16
"""The first range is asked of a second node too, then every one so much later, and the last."""


def scan(
    endpoint: Endpoint,
    addresses: Sequence[str],
    first: int,
    last: int,
    *,
    step: int = 2000,
    on_range: Callable[[int, int, int], None] | None = None,
) -> Iterator[tuple[int, int, LogColumns]]:
    """As ``logs.read_ranges``, with columns. The transfers of a single address stand apart.

    NodeError ``NODES_DIFFER`` when two nodes tell the same range differently.
    """
    wanted = wanted_addresses(addresses, first, step)
    if last >= first:
        yield from _Scan(endpoint, wanted, first, last, step).run(on_range)


class _Scan:
    """One scan. Only ``run`` is used from the caller's thread, the rest from the workers'."""

    def __init__(self, endpoint: Endpoint, wanted: set[str], first: int, last: int, step: int) -> None:
        self._endpoint, self._wanted, self._first, self._last = endpoint, wanted, first, last
        self._token = next(iter(wanted)) if len(wanted) == 1 else ""
        spelling = {address.lower(): address for address in wanted}
        self._decoder = Decoder(self._token, lambda entry: read_log(endpoint, entry, spelling))
        self._pace, self._lock = Pace(step), threading.Lock()
        # Answers are taken apart in one thread: the memory that a thread let go of stays with it.
        self._decoding = ThreadPoolExecutor(1)
        self._own = threading.local()
        self._stopped = False
        # A node that does not have the range may answer "no logs": both ends must be there.
        self._ends = {number: block(endpoint, number).hash for number in (first, last)}

    def run(self, on_range: Callable[[int, int, int], None] | None) -> Iterator[tuple[int, int, LogColumns]]:
        """The ranges, in order."""
        pool = ThreadPoolExecutor(THREADS)
        ahead: deque[tuple[int, int, Future[list[LogColumns]]]] = deque()
        cursor, asked = self._first, 0
        try:
            while cursor <= self._last or ahead:
                while cursor <= self._last and len(ahead) < _AHEAD:
                    upper = min(self._last, cursor + self._pace.width - 1)
                    sample = asked % _SAMPLE == 0 or upper == self._last
                    ahead.append((cursor, upper, pool.submit(self._range, cursor, upper, sample)))
                    cursor, asked = upper + 1, asked + 1
                lower, upper, due = ahead.popleft()
                pieces = due.result()
                logs = columns_of(joined(pieces), self._token)
                yield lower, upper, logs
                if on_range is not None:
                    on_range(lower, upper, len(logs))
                with self._lock:
                    self._pace.done(max(len(piece) for piece in pieces))
        finally:
            self._stopped = True
            pool.shutdown(wait=False, cancel_futures=True)
        if block(self._endpoint, self._last).hash != self._ends[self._last]:
            raise moved(self._endpoint, f"block {self._last} was replaced")

    def _range(self, lower: int, upper: int, sample: bool) -> list[LogColumns]:
        """The logs of a range, in pieces when it was too much at once."""
        if not hasattr(self._own, "endpoint"):
            self._own.endpoint = self._endpoint.twin()
        endpoint: Endpoint = self._own.endpoint
        try:
            found = self._ask(endpoint, lower, upper)
        except NodeError as error:
            with self._lock:
                self._pace.shrink(endpoint, lower, upper, error)
            if self._stopped:
                raise
            middle = (lower + upper) // 2
            return [*self._range(lower, middle, sample), *self._range(middle + 1, upper, False)]
        logs = self._checked(endpoint, found, lower, upper)
        if sample:
            self._compare(endpoint, logs, lower, upper)
        return [logs]

    def _ask(self, endpoint: Endpoint, lower: int, upper: int) -> object:
        return endpoint.call("eth_getLogs", (question(self._wanted, lower, upper),), quick=self._quick)

    def _quick(self, body: bytes, number: int) -> LogColumns | None:
        return self._decoding.submit(self._decoder.read, body, number).result()

    def _checked(self, endpoint: Endpoint, found: object, lower: int, upper: int) -> LogColumns:
        """An answer as columns, each log of which can be an answer to the question."""
        if not isinstance(found, LogColumns):
            logs: list[RawLog] = checked(endpoint, found, self._wanted, lower, upper, self._ends)
            return columns_of(logs, self._token)
        _check_columns(endpoint, found, lower, upper, self._ends)
        return found

    def _compare(self, endpoint: Endpoint, logs: LogColumns, lower: int, upper: int) -> None:
        """Ask the same of another node, the first that answers."""
        for other in endpoint.others():
            try:
                theirs = self._checked(other, self._ask(other, lower, upper), lower, upper)
            except NodeError as error:
                if error.code in ("REORG", "WRONG_CHAIN"):
                    raise
                continue
            if list(theirs) != list(logs):
                raise _differ(endpoint, other, lower, upper)
            return


def _check_columns(endpoint: Endpoint, logs: LogColumns, lower: int, upper: int, ends: Mapping[int, str]) -> None:
    blocks, indices = logs.places
    if not len(blocks):
        return
    for number in (blocks[0], blocks[-1]):
        if not lower <= number <= upper:
            raise endpoint.trouble(f"answers with a log of block {number}, which nobody asked for")
    places = [p for table in (logs.transfers, logs.events) for p in (table.log_index, table.tx_index)]
    if max(int(place.max(initial=0)) for place in places) >= 2**32:
        raise endpoint.trouble("answers with a log whose place is none")
    twice = (blocks[1:] == blocks[:-1]) & (indices[1:] == indices[:-1])
    if twice.any():
        row = int(twice.argmax())
        raise endpoint.trouble(f"answers with log {indices[row]} of block {blocks[row]} twice")
    try:
        numbered, hashes = logs.blocks()
    except ValueError as error:
        raise moved(endpoint, str(error)) from None
    for row in (0, -1):
        number, hashed = int(numbered[row]), "0x" + hashes[row].tobytes().hex()
        if ends.get(number, hashed) != hashed:
            raise moved(endpoint, f"block {number} has two hashes")


def _differ(one: Endpoint, other: Endpoint, lower: int, upper: int) -> NodeError:
    return NodeError(
        f"The nodes at {one.label} and {other.label} tell different events of blocks {lower} to {upper}.",
        why="One of them hides, adds or changes events, or they follow different chains.",
        next_step="Find out which of them is right, with a third node, before you believe either.",
        code="NODES_DIFFER",
    )
