"""The logs of some contracts up to a block, as the event stores want to be filled. Floor 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hashkit.contracts.columns import Logs, available
from hashkit.errors import InputError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import moved, read_ranges


class History:
    """What the chain says up to block ``last``, whose hash must stay what it is now.

    ``on_range`` is told (first, last, number of logs) of each range that was read. With the extra ``audit`` logs
    come as columns, over several connections.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        addresses: Sequence[str],
        last: int,
        on_range: Callable[[int, int, int], None] | None = None,
    ) -> None:
        self._endpoint, self._addresses, self._on_range = endpoint, addresses, on_range
        self.last = last
        self._end = block(endpoint, last).hash

    def ranges(self, first: int) -> Iterator[tuple[int, int, Logs]]:
        """First block, last block and logs of ranges that tile ``first`` to ``last``."""
        if not available():
            yield from read_ranges(self._endpoint, self._addresses, first, self.last, on_range=self._on_range)
            return
        from hashkit.rpc.scan import scan

        yield from scan(self._endpoint, self._addresses, first, self.last, on_range=self._on_range)

    def ends(self, first: int, last: int) -> tuple[str, str]:
        """The parent hash of block ``first`` and the hash of block ``last``, of the history that was begun with.

        NodeError ``REORG`` when it is another one by now: then nothing may be kept of what was read.
        """
        parent, end = block(self._endpoint, first).parent_hash, block(self._endpoint, last).hash
        now = end if last == self.last else block(self._endpoint, self.last).hash
        if now != self._end:
            raise moved(self._endpoint, f"block {self.last} was replaced")
        return parent, end

    def hash_at(self, number: int) -> str | None:
        """The chain's present hash of a block; None when the chain is shorter."""
        try:
            return block(self._endpoint, number).hash
        except InputError as error:
            if error.code != "NO_BLOCK":
                raise
            return None
