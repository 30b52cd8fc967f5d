"""The node: serves what ``history.write`` wrote, over HTTP on loopback. ``python -m benchmarks.audit.server FOLDER``.

A process of its own, so that its seconds are nobody's. Its first line on standard output is its URL. Answers to
eth_getLogs are bytes that lie ready; more than 10,000 blocks or 25,000 logs at once are refused, as by most nodes.
"""

from __future__ import annotations

import json
import mmap
import sys
from array import array
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.audit import CHAIN_ID, FIRST, MOST_BLOCKS, MOST_LOGS, PER_BLOCK
from benchmarks.audit.history import block_hash

_ZERO = "0x" + "00" * 32


class Node:
    """The chain."""

    def __init__(self, folder: Path) -> None:
        self._begins = array("Q", (folder / "blocks").read_bytes())
        self.last = FIRST + len(self._begins) - 2
        with (folder / "logs.json").open("rb") as file:
            self._logs = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def answer(self, asked: dict[str, Any]) -> bytes:
        """The answer to one question."""
        method, params, number = asked["method"], asked.get("params") or [], json.dumps(asked["id"])
        if method == "eth_getLogs":
            first, last = (self._number(params[0][key]) for key in ("fromBlock", "toBlock"))
            blocks = last - first + 1
            if blocks > MOST_BLOCKS or blocks * PER_BLOCK > MOST_LOGS:
                error = {"code": -32005, "message": "query returned more than 25000 results"}
                return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()
            part = memoryview(self._logs)[self._begins[first - FIRST] : self._begins[last - FIRST + 1] - 1]
            if params[0].get("topics"):
                part = memoryview(_only(bytes(part), params[0]["topics"][0]))
            return b"".join((b'{"jsonrpc":"2.0","id":', number.encode(), b',"result":[', part, b"]}"))
        plain = {"eth_chainId": hex(CHAIN_ID), "net_version": str(CHAIN_ID), "eth_blockNumber": hex(self.last)}
        result: Any = plain.get(method)
        if method == "eth_getBlockByNumber":
            result = self._block(self._number(params[0]))
        if result is None:
            error = {"code": -32601, "message": f"no method {method}"}
            return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()
        return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode()

    def _number(self, text: str) -> int:
        return self.last if text in ("latest", "safe", "finalized") else int(text, 16)

    def _block(self, number: int) -> dict[str, Any]:
        hashes = {"hash": "0x" + block_hash(number).hex(), "parentHash": "0x" + block_hash(number - 1).hex()}
        words = ("stateRoot", "transactionsRoot", "receiptsRoot", "sha3Uncles", "mixHash")
        return {
            **hashes, **dict.fromkeys(words, _ZERO), "number": hex(number),
            "timestamp": hex(1_700_000_000 + 2 * (number - FIRST)),
            "miner": "0x" + "00" * 20, "logsBloom": "0x" + "00" * 256, "difficulty": "0x0", "gasLimit": "0x1c9c380",
            "gasUsed": "0x0", "extraData": "0x", "nonce": "0x0000000000000000", "uncles": [], "transactions": [],
        }  # fmt: skip


def _only(logs: bytes, topic: str) -> bytes:
    """Those logs whose first topic it is."""
    wanted = f'"topics":["{topic}"'.encode()
    return b",".join(b"{" + log + b"}" for log in logs[1:-1].split(b"},{") if wanted in log)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    node: Node

    def do_POST(self) -> None:
        """A question, or a batch of them."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if isinstance(asked, list):
            body = b"[" + b",".join(self.node.answer(one) for one in asked) + b"]"
        else:
            body = self.node.answer(asked)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def main(folder: Path) -> None:
    """Serve until the process is ended."""
    Handler.node = Node(folder)
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
