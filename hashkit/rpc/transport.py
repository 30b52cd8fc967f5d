"""How do bytes get to a node and back, at most so many and in at most so many seconds? Floor 2.

HTTP only, over the standard library. Nothing here knows JSON. Proxies of the environment are not honoured,
redirects are not followed: bytes go to the host that the user named and to no other.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from hashkit.errors import InputError

MOST_BYTES = 256 * 1024 * 1024
"""Size of the largest answer that is read, in bytes."""


class TooBig(Exception):
    """The answer is larger than ``MOST_BYTES``."""


class NotConnected(Exception):
    """No connection came about: no byte has left this machine."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: HTTP status, the header ``Retry-After`` or None, and the body."""

    status: int
    retry_after: str | None
    body: bytes


def split_url(url: str) -> SplitResult:
    """The parts of a node's URL. InputError, which never repeats the URL (it may hold a key), for any other text."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bad port or a bad IPv6 host
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise InputError(
            "That is not the URL of a node.",
            why="It must be http:// or https://, a host, perhaps a port and a path, in plain ASCII.",
            next_step="Check --rpc-url, HASHKIT_RPC_URL or rpc_urls in hashkit.toml.",
            code="RPC_URL",
        )
    return parts


class Wire:
    """One persistent connection to the host of ``parts``. ``seconds`` bounds each exchange as a whole."""

    def __init__(self, parts: SplitResult, seconds: float) -> None:
        self._parts = parts
        self._seconds = seconds
        self._open: http.client.HTTPConnection | None = None
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "hashkit"}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()

    @property
    def is_open(self) -> bool:
        """Whether the next exchange would reuse a connection, which the node may have dropped meanwhile."""
        return self._open is not None and self._open.sock is not None

    def close(self) -> None:
        """Close the connection; the next exchange opens another."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def post(self, body: bytes) -> Reply:
        """Send ``body`` and read the answer.

        Raises NotConnected, TooBig, TimeoutError, OSError or http.client.HTTPException; the connection is then
        closed, so that a late answer can never be taken for the answer to the next question.
        """
        try:
            return self._post(body)
        except BaseException:  # also an interrupt leaves half an answer on the connection
            self.close()
            raise

    def _post(self, body: bytes) -> Reply:
        deadline = time.monotonic() + self._seconds
        if self._open is None or self._open.sock is None:  # http.client drops the socket after "Connection: close"
            self._open = self._connect(deadline)
        connection = self._open
        _Timed.of(connection).deadline = deadline
        connection.request("POST", self.target, body, self._headers)
        with connection.getresponse() as response:
            if (response.length or 0) > MOST_BYTES:
                raise TooBig
            parts, size = [], 0
            while part := response.read(response.length or 1 << 20):  # in one piece when it is told how long it is
                parts.append(part)
                size += len(part)
                if size > MOST_BYTES:
                    raise TooBig
            if response.length:  # read(n) does not complain when the node hangs up too early
                raise http.client.IncompleteRead(b"", response.length)
            return Reply(response.status, response.getheader("Retry-After"), b"".join(parts))

    def _connect(self, deadline: float) -> http.client.HTTPConnection:
        host, port = str(self._parts.hostname), self._parts.port
        connection: http.client.HTTPConnection
        if self._parts.scheme == "http":
            connection = http.client.HTTPConnection(host, port, timeout=self._seconds)
        else:
            secure = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=self._seconds, context=secure)
        try:
            connection.connect()
        except OSError as error:
            raise NotConnected(_plain(error)) from None
        # Of a socket, http.client uses only what _Timed offers.
        connection.sock = _Timed(connection.sock, deadline)
        return connection


class _Timed:
    """A socket whose every read ends at ``deadline``: a node that drips single bytes cannot hold us for ever."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self.deadline = deadline

    @staticmethod
    def of(connection: http.client.HTTPConnection) -> _Timed:
        """The timed socket of an open connection."""
        assert isinstance(connection.sock, _Timed)
        return connection.sock

    def arm(self) -> None:
        """Set the time that is left; TimeoutError when there is none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)

    def sendall(self, data: Any) -> None:
        """As of sockets, within the deadline."""
        self.arm()
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As of sockets, for reading bytes only."""
        return io.BufferedReader(_TimedReader(self, self._sock.makefile("rb", buffering=0)))

    def close(self) -> None:
        """As of sockets."""
        self._sock.close()


class _TimedReader(io.RawIOBase):
    """The raw reader under the buffer: arms the socket before every read."""

    def __init__(self, timed: _Timed, raw: io.RawIOBase) -> None:
        self._timed = timed
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.arm()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _plain(error: OSError) -> str:
    """The operating system's words, or the kind of error: never an address, which http.client may put in."""
    return str(error.strerror or type(error).__name__)
