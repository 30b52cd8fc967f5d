"""How does the py-evm chain reach other processes? ``python -m hashkit.chain.devnet.server``. Floor 2.

HTTP on the loopback address only. One lock: the chain does one thing at a time. Ends on SIGTERM and SIGINT;
being killed does no harm, because each block is on the disk before its transaction is answered.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hashkit.chain.devnet.chain import Chain
from hashkit.chain.devnet.protocol import respond
from hashkit.errors import HashkitError

HOST = "127.0.0.1"
MOST_BYTES = 10 * 2**20
"""Largest request body."""
IDLE_SECONDS = 300
"""A connection that says nothing for so long is closed."""
STACK_BYTES = 64 * 2**20
"""The EVM calls itself 1,024 deep; a thread's usual stack might not hold that."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, chain: Chain) -> None:
        super().__init__((HOST, port), _Handler)
        self.chain = chain
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(
            sys.exception(), ConnectionError | TimeoutError
        ):  # a client that went away is no news
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Without this, Nagle's algorithm holds the body back until the headers are acknowledged.
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        pass  # the log is for problems

    def do_POST(self) -> None:
        """One JSON-RPC body in, one out."""
        if not self._is_local():
            return self._say(403, b"this chain answers only to its own machine")
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            return self._say(411, b"a content-length is needed")
        if len(length) > 9 or int(length) > MOST_BYTES:
            return self._say(413, b"the body is too large")
        body = self.rfile.read(int(length))
        with self.server.lock:
            answered = respond(self.server.chain, body)
        self._say(200, answered, "application/json")

    def _is_local(self) -> bool:
        # A web page that makes its own name point to this machine (DNS rebinding) still sends that name.
        name = self.headers.get("host", "").rsplit(":", 1)[0].lower()
        return name in ("127.0.0.1", "localhost")

    def _say(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if status != 200:
            self.close_connection = True  # the body was not read
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)


def serve(state: Path, port: int) -> None:
    """Serve the chain kept in ``state`` until a signal comes."""
    threading.stack_size(STACK_BYTES)
    chain = Chain(state)
    server = _Server(port, chain)
    for ending in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop, which runs in this very thread: so another one has to call it.
        signal.signal(ending, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"Listening on {HOST}:{server.server_address[1]}\n")  # life.py waits for this line
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    with server.lock:  # a block that is being mined is written first
        chain.close()


def main() -> int:
    """Parse the command line that ``engines.command`` built."""
    parser = argparse.ArgumentParser(prog="hashkit.chain.devnet.server")
    parser.add_argument("--state", type=Path, required=True)  # its folder is how life.py knows us
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    try:
        serve(given.state, given.port)
    except (HashkitError, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
