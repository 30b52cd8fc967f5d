"""What is measured, each in a process of its own: ``python -m benchmarks.audit.clients NAME URL FOLDER``.

Prints one line of JSON: ``cpu`` (user and system seconds of the whole process, its start and imports included),
``wall`` (seconds of the work), ``rss`` (peak, MB), and what the work came to. URL is the node of ``server.py``.
"""

from __future__ import annotations

import http.client
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.audit import CHAIN_ID, FIRST, MOST_BLOCKS, PER_BLOCK, TOKEN

# What a client imports is part of what it costs: nothing more up here than all of them need.

PART = 50_000
"""Logs that web3.py is given; it would take minutes for all."""
_TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def hashkit(url: str, folder: Path) -> dict[str, Any]:
    """From the node into the event store, and the cap table out of it: what `hashkit cap-table` does for balances."""
    from hashkit.rpc.blocks import block
    from hashkit.rpc.client import Endpoint
    from hashkit.rpc.history import History
    from hashkit.store.balances import balances
    from hashkit.store.stores import keep, open_store

    read = 0

    def told(_first: int, _last: int, logs: int) -> None:
        nonlocal read
        read += logs

    endpoint = Endpoint(url, chain_id=CHAIN_ID)
    last = block(endpoint, "latest").number
    keep(folder, CHAIN_ID, [TOKEN], FIRST, History(endpoint, [TOKEN], last, told))
    with open_store(folder, CHAIN_ID, [TOKEN]) as kept:
        held = balances(kept, last)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"digest": digest(held), "holders": len(held), "logs": read, "bytes": size}


def floor(url: str, _folder: Path) -> dict[str, Any]:
    """Receive the same bytes and parse them, and nothing else."""
    import orjson

    bodies = ranges(url)
    return {"logs": sum(len(orjson.loads(body)["result"]) for body in bodies)}


def received(url: str, _folder: Path) -> dict[str, Any]:
    """Receive the same bytes."""
    return {"bytes": sum(map(len, ranges(url)))}


def plain(url: str, _folder: Path) -> dict[str, Any]:
    """The script an expert would write: parse, and add up Python integers; no store."""
    import orjson

    held: dict[str, int] = {}
    for body in ranges(url):
        for log in orjson.loads(body)["result"]:
            topics = log["topics"]
            if topics[0] == _TRANSFER:
                amount, sender, receiver = int(log["data"], 16), topics[1], topics[2]
                held[sender] = held.get(sender, 0) - amount
                held[receiver] = held.get(receiver, 0) + amount
    found = {bytes.fromhex(topic[26:]): raw for topic, raw in held.items() if raw}
    found.pop(bytes(20), None)
    return {"digest": digest(found), "holders": len(found)}


def cryo(url: str, folder: Path) -> dict[str, Any]:
    """Rust, out of its Python package: raw logs into Parquet, nothing decoded, no cap table."""
    import cryo as package

    package.freeze(
        "logs", rpc=url, blocks=[f"{FIRST}:{_head(url) + 1}"], contract=[TOKEN], output_dir=str(folder),
        chunk_size=100_000, inner_request_size=MOST_BLOCKS // 2, max_concurrent_requests=8, hex=False, no_report=True,
        verbose=False,
    )  # fmt: skip
    import pyarrow.parquet as pq

    return {"logs": sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))}


def web3(url: str, _folder: Path) -> dict[str, Any]:
    """web3.py's ``get_logs`` of a contract's event, and Python integers; a part of the history."""
    from web3 import HTTPProvider, Web3

    inputs = [{"name": name, "type": "address", "indexed": True} for name in ("from", "to")]
    inputs.append({"name": "value", "type": "uint256", "indexed": False})
    event = {"type": "event", "name": "Transfer", "inputs": inputs, "anonymous": False}
    node = Web3(HTTPProvider(url))
    token = node.eth.contract(address=Web3.to_checksum_address(TOKEN), abi=[event])
    held: dict[str, int] = {}
    begun = time.process_time()
    width = 1_000
    for first in range(FIRST, FIRST + PART // PER_BLOCK, width):
        for log in token.events.Transfer.get_logs(from_block=first, to_block=first + width - 1):
            moved = log["args"]
            held[moved["from"]] = held.get(moved["from"], 0) - moved["value"]
            held[moved["to"]] = held.get(moved["to"], 0) + moved["value"]
    return {"logs": PART, "own": time.process_time() - begun}


def fold(_url: str, folder: Path) -> dict[str, Any]:
    """The cap table out of a store that lies there already, at its last block and at one in the middle."""
    from hashkit.store.balances import balances
    from hashkit.store.stores import open_store

    with open_store(folder, CHAIN_ID, [TOKEN]) as kept:
        covered = kept.covered()
        assert covered is not None
        walls, cpus, tables = [], [], []
        for block in (covered.last, (covered.first + covered.last) // 2):
            walls.append(time.perf_counter())
            cpus.append(time.process_time())
            tables.append(digest(balances(kept, block)))
    walls.append(time.perf_counter())
    cpus.append(time.process_time())
    return {
        "digest": tables[0], "middle": tables[1],
        "wall-last": walls[1] - walls[0], "wall-half": walls[2] - walls[1],
        "cpu-last": cpus[1] - cpus[0], "cpu-half": cpus[2] - cpus[1],
    }  # fmt: skip


def digest(held: dict[bytes, int]) -> str:
    """SHA-256 of a cap table, as ``hashkit.audit.sql.digest`` makes it."""
    from hashlib import sha256

    found = sha256()
    for who in sorted(held):
        found.update(f"0x{who.hex()},{held[who]}\n".encode())
    return found.hexdigest()


def ranges(url: str) -> Iterator[bytes]:
    """The node's answers for the whole history, one after the other over one connection."""
    last = _head(url)
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc))
    for first in range(FIRST, last + 1, MOST_BLOCKS // 2):
        until = min(first + MOST_BLOCKS // 2 - 1, last)
        wanted = {"address": TOKEN, "fromBlock": hex(first), "toBlock": hex(until)}
        yield _ask(connection, "eth_getLogs", [wanted])


def _head(url: str) -> int:
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc))
    return int(json.loads(_ask(connection, "eth_blockNumber", []))["result"], 16)


def _ask(connection: http.client.HTTPConnection, method: str, params: list[Any]) -> bytes:
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    connection.request("POST", "/", json.dumps(asked).encode(), {"Content-Type": "application/json"})
    return connection.getresponse().read()


CLIENTS: dict[str, Callable[[str, Path], dict[str, Any]]] = {
    client.__name__: client for client in (hashkit, floor, received, plain, cryo, web3, fold)
}


def _peak() -> float:
    """Peak memory in MB, since this program began: what getrusage says begins with the memory of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(words: Iterable[str]) -> None:
    """Run one client."""
    name, url, folder = words
    begun = time.perf_counter()
    found = CLIENTS[name](url, Path(folder))
    wall = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "rss": _peak(), **found}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
