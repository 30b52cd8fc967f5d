"""What is measured, each in a process of its own: ``python -m benchmarks.issue.passes NAME URL FOLDER``.

Prints one line of JSON with seconds of the clock, peak memory (MB) and what the chain holds afterwards. ``calls``
writes what the bare loops send: the calls of hashkit's own plan.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.issue import CHUNK_GAS
from benchmarks.issue.world import FILE, asset_at
from hashkit.contracts.call import Call
from hashkit.issuer.steps import Event
from hashkit.store.sheets import read_issues

CALLS = "calls.json"


def calls(url: str, folder: Path) -> dict[str, Any]:
    """Write the calls of hashkit's plan for the bare loops."""
    asset = asset_at(url, folder)
    steps = asset.issue(read_issues(folder / FILE, asset.decimals).rows).steps
    actions = [step.action for step in steps if isinstance(step.action, Call)]
    (folder / CALLS).write_text(json.dumps([[call.to, "0x" + call.data.hex()] for call in actions]), "utf-8")
    return {"calls": len(actions)}


def hashkit(url: str, folder: Path) -> dict[str, Any]:
    """From the file to the settled journal: what ``hashkit issue --yes`` does after its start."""
    asset, marks = asset_at(url, folder), [time.perf_counter()]
    rows = read_issues(folder / FILE, asset.decimals).rows
    marks.append(time.perf_counter())
    plan = asset.issue(rows)
    marks.append(time.perf_counter())
    plan.send()
    marks.append(time.perf_counter())
    read, planned, sent = (later - earlier for earlier, later in pairwise(marks))
    return {"read": read, "plan": planned, "send": sent, "whole": marks[-1] - marks[0]}


def bare(url: str, folder: Path) -> dict[str, Any]:
    """Sign and send all, one after the other, and wait only for the last."""
    return _loop(url, folder, wait_for_each=False)


def waiting(url: str, folder: Path) -> dict[str, Any]:
    """Sign, send and wait for each: what a script does that wants to know."""
    return _loop(url, folder, wait_for_each=True)


def memory(url: str, folder: Path) -> dict[str, Any]:
    """Peak memory after reading, planning and, of the issue, the plan that is kept and the first three chunks."""
    asset, began = asset_at(url, folder), time.perf_counter()
    rows = read_issues(folder / FILE, asset.decimals).rows
    found = {"read": _peak()}
    plan = asset.issue(rows)
    found |= {"plan": _peak(), "seconds": time.perf_counter() - began}
    done = 0

    def stop(event: Event) -> None:
        nonlocal done
        done += event.kind == "done"
        if done > 3 and len(plan.steps) > 1_000:  # the chunks after it take what these took, one after the other
            raise KeyboardInterrupt

    try:
        plan.send(stop)
    except KeyboardInterrupt:
        pass
    return {**found, "send": _peak()}


def _loop(url: str, folder: Path, *, wait_for_each: bool) -> dict[str, Any]:
    from eth_account import Account

    from hashkit.chain import devnet

    ask, key = _asker(url), devnet.DEV_ACCOUNTS[0]
    todo = json.loads((folder / CALLS).read_text("utf-8"))
    first = int(ask("eth_getTransactionCount", key.address, "latest"), 16)
    price = 10 * int(ask("eth_gasPrice"), 16)
    began = time.perf_counter()
    sent = ""
    for nonce, (to, data) in enumerate(todo, first):
        made = {"type": 2, "chainId": 31337, "nonce": nonce, "to": to, "value": 0, "data": data, "gas": CHUNK_GAS}
        signed = Account.sign_transaction({**made, "maxFeePerGas": price, "maxPriorityFeePerGas": 10**9}, key.key)
        sent = ask("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex().removeprefix("0x"))
        if wait_for_each:
            _mined(ask, sent)
    _mined(ask, sent)
    return {"whole": time.perf_counter() - began}


def _mined(ask: Callable[..., Any], tx_hash: str) -> None:
    while (receipt := ask("eth_getTransactionReceipt", tx_hash)) is None:
        time.sleep(0.005)
    assert receipt["status"] == "0x1", receipt


def _asker(url: str) -> Callable[..., Any]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)

    def ask(method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        connection.request("POST", "/", body, {"content-type": "application/json"})
        return json.loads(connection.getresponse().read())["result"]

    return ask


def _peak() -> float:
    """Peak of this process, MB. Not getrusage, which a process inherits from the one that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


PASSES = {one.__name__: one for one in (calls, hashkit, bare, waiting, memory)}


if __name__ == "__main__":
    name, url, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    found = PASSES[name](url, folder)
    sys.stdout.write(json.dumps({**found, "supply": str(asset_at(url, folder).info().supply.raw)}) + "\n")
