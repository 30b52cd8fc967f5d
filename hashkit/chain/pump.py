"""Signed bytes go to the node in their order, while whoever signed them does something else. Floor 2."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from hashkit.rpc.client import Endpoint


class Pump:
    """A context manager. What is posted is sent over a connection of its own, until one is not simply taken."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint.twin()
        self._thread = ThreadPoolExecutor(1)
        self._runs = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runs = False  # what waits in here stays here: it is on the disk, and goes out another time
        self._thread.shutdown(cancel_futures=True)
        self._endpoint.close()

    def post(self, raw: bytes) -> Future[bool]:
        """Send these bytes after those posted before. Gives True when the node has taken them, False when they were
        not sent, because of one before them; NodeError when nobody knows."""
        return self._thread.submit(self._send, raw)

    def _send(self, raw: bytes) -> bool:
        if not self._runs:
            return False
        try:
            self._endpoint.call("eth_sendRawTransaction", ("0x" + raw.hex(),))
        except BaseException:  # whatever it was, what comes after it must wait for whoever looks into it
            self._runs = False
            raise
        return True
