"""A node that misbehaves: a real HTTP server on the loopback address, which says what the test tells it to."""

from __future__ import annotations

import json
import socketserver
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

Answer = Callable[[Any, int], Any]
"""Gets the JSON that was asked and how many requests came before; gives JSON, a ``Raw`` or a ``Drip``."""


class Raw:
    """An answer as bytes, with status and headers; ``claimed`` bytes are announced, ``None`` hangs up at once."""

    def __init__(
        self, body: bytes | None, status: int = 200, headers: dict[str, str] | None = None, claimed: int | None = None
    ) -> None:
        self.body, self.status, self.headers, self.claimed = body, status, headers or {}, claimed


class Drip(Raw):
    """One byte of a header every 50 ms, for ever."""


class Node:
    """What the server saw."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Any] = []
        self.connections = 0
        self.headers: list[dict[str, str]] = []

    @property
    def methods(self) -> list[str]:
        return [ask["method"] for ask in self.asked if isinstance(ask, dict)]


@contextmanager
def node(answer: Answer) -> Iterator[Node]:
    """A server that answers by ``answer`` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            seen.connections += 1

        def do_POST(self) -> None:
            ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            before = len(seen.asked)
            seen.asked.append(ask)
            seen.headers.append({"path": self.path, **dict(self.headers)})
            said = answer(ask, before)
            self._say(said if isinstance(said, Raw) else Raw(json.dumps(said).encode()))

        def _say(self, raw: Raw) -> None:
            if raw.body is None:
                self.close_connection = True
                return
            if isinstance(raw, Drip):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not stop.is_set():
                    self.wfile.write(b"x")
                    time.sleep(0.05)
                return
            self.send_response(raw.status)
            for name, value in raw.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw.body) if raw.claimed is None else raw.claimed))
            self.end_headers()
            self.wfile.write(raw.body)
            if raw.claimed is not None:
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:  # the client hanging up on us is what some tests want
            pass

    stop = threading.Event()
    with Server(("127.0.0.1", 0), Handler) as server:
        seen = Node(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield seen
        finally:
            stop.set()
            server.shutdown()


def result(ask: Any, value: Any) -> dict[str, Any]:
    """The proper answer to a single call."""
    return {"jsonrpc": "2.0", "id": ask["id"], "result": value}


def refusal(ask: Any, code: int, message: str, **more: Any) -> dict[str, Any]:
    """A JSON-RPC error in answer to a single call."""
    return {"jsonrpc": "2.0", "id": ask["id"], "error": {"code": code, "message": message, **more}}


def forward(url: str, ask: Any) -> Any:
    """What the real node at ``url`` says."""
    request = urllib.request.Request(url, json.dumps(ask).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())
