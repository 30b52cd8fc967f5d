"""A bad line and a strict node, between hashkit and anvil: an HTTP server on the loopback address.

``proxy.script(method, fault, ...)`` lines up what happens to the next calls of a method; ``always`` is for good.
A fault gets the exchange, may let it through (``exchange.forward()``), and returns the answer or a ``Reply``,
or raises ``Hangup``. Whatever is not scripted goes to anvil by the rules of ``pool.Pool``.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faults.pool import Pool


class Hangup(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Reply:
    """An answer on the level of HTTP."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Exchange:
    """One call that came in."""

    proxy: Proxy
    method: str
    params: list[Any]
    number: Any

    def forward(self) -> dict[str, Any]:
        """What the strict node answers, as a JSON-RPC answer."""
        return {"jsonrpc": "2.0", "id": self.number, **self.proxy.strict(self.method, self.params)}

    def answer(self, result: Any) -> dict[str, Any]:
        """An answer of our own making."""
        return {"jsonrpc": "2.0", "id": self.number, "result": result}

    def refuse(self, message: str, number: int = -32000) -> dict[str, Any]:
        """An error of our own making."""
        return {"jsonrpc": "2.0", "id": self.number, "error": {"code": number, "message": message}}


Fault = Callable[[Exchange], "dict[str, Any] | Reply"]


class Proxy:
    """A context manager; ``url`` is where hashkit is sent to."""

    def __init__(self, upstream: str, dialect: str = "geth") -> None:
        parts = urlsplit(upstream)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._lock = threading.RLock()
        self._calls = 0
        self.pool = Pool(self.ask, dialect)
        self._scripts: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self.seen: list[str] = []
        """Methods that came in, in order."""
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    # Scripting

    def script(self, method: str, *faults: Fault | None, skip: int = 0) -> None:
        """What happens to the next calls of ``method``, after ``skip`` that pass; None lets one pass."""
        self._scripts[method].extend([None] * skip + list(faults))

    def always(self, method: str, fault: Fault) -> None:
        """What happens to every call of ``method`` (``*``: of every method) from now on."""
        self._always[method] = fault

    def heal(self) -> None:
        """Forget every script: the line is good again."""
        self._scripts.clear()
        self._always.clear()

    @property
    def left(self) -> int:
        """How many scripted faults nobody has met yet: a case must not pass without its fault."""
        return sum(fault is not None for line in self._scripts.values() for fault in line)

    # Answering

    def serve(self, body: bytes) -> Reply:
        """The reply to one HTTP request. Calls are served one at a time, as if the node had one core."""
        asked = json.loads(body)
        with self._lock:
            answers = []
            for each in asked if isinstance(asked, list) else [asked]:
                found = self._one(Exchange(self, each["method"], each.get("params", []), each["id"]))
                if isinstance(found, Reply):
                    return found
                answers.append(found)
            told = answers if isinstance(asked, list) else answers[0]
        return Reply(200, json.dumps(told).encode())

    def _one(self, exchange: Exchange) -> dict[str, Any] | Reply:
        self.seen.append(exchange.method)
        line = self._scripts[exchange.method]
        fault = line.popleft() if line else self._always.get(exchange.method, self._always.get("*"))
        return exchange.forward() if fault is None else fault(exchange)

    def strict(self, method: str, params: list[Any]) -> dict[str, Any]:
        """The answer of the strict node, without its id."""
        self.pool.advance()
        if method == "eth_sendRawTransaction":
            return self.pool.take(params[0])
        if method == "eth_getTransactionByHash" and self.pool.knows(params[0]):
            return {"result": self.pool.show(params[0])}
        answer = self._post(method, params)
        if method == "eth_getTransactionCount" and params[1:] == ["pending"] and "result" in answer:
            return {"result": hex(int(answer["result"], 16) + self.pool.waiting(params[0]))}
        return answer

    def ask(self, method: str, *params: Any) -> Any:
        """Ask anvil itself; AssertionError when it refuses."""
        answer = self._post(method, list(params))
        assert "result" in answer, (method, answer)
        return answer["result"]

    def _post(self, method: str, params: list[Any]) -> dict[str, Any]:
        self._calls += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self._calls, "method": method, "params": params})
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return {name: answer[name] for name in ("result", "error") if name in answer}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that died is what this server is for: no traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            reply = self.server.proxy.serve(body)
        except Hangup:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
