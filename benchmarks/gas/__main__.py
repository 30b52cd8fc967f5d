"""Measure every design, write results.json and README.md: `make bench-gas`, or python -m benchmarks.gas ANVIL.

ANVIL is the anvil binary. The packages of package.json are expected in node_modules beside this file.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.gas.chain import CHAIN_ID, FORK, Chain, actor
from benchmarks.gas.peers import PEERS
from benchmarks.gas.report import BUDGETS, README, RESULTS, fingerprint, render, summary
from benchmarks.gas.scenario import run

_ACTORS = ("admin", "treasury", "alice", "bob", "carol", "dave", "erin", "spender", "recoverer")


def main(anvil: Path) -> int:
    """Exit status 1 when an effect was missing; then nothing is written."""
    measured, failed = [], False
    with Chain(anvil) as chain:
        client = str(chain.rpc("web3_clientVersion"))
        for name in _ACTORS:
            chain.rpc("anvil_setBalance", actor(name).address, hex(10**24))
        for peer in PEERS:
            start = time.monotonic()
            result = run(peer, chain, Path(__file__).parent / "node_modules")
            problems = result.pop("failed")
            _say(f"{peer.id:14} {time.monotonic() - start:5.1f} s  {'; '.join(problems)}")
            failed |= bool(problems)
            measured.append(result)
    if failed:
        return 1
    results = {"client": client, "fork": FORK, "chain_id": CHAIN_ID, "contracts": fingerprint(), "peers": measured}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    budgets = BUDGETS.read_text(encoding="utf-8")
    README.write_text(render(results, budgets), encoding="utf-8")
    _say(summary(results, budgets))
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the anvil binary, or run make bench-gas.")
    sys.exit(main(Path(sys.argv[1])))
