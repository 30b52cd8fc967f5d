# ruff: noqa: E501
"""What do the figures say? The README, written from results.json and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bounds import Bound, table, told

FOLDER = Path(__file__).parent
RESULTS, README = FOLDER / "results.json", FOLDER / "README.md"

Results = Mapping[str, Any]


def bounds(results: Results) -> list[Bound]:
    """Every demand with its figure."""
    runs = results["runs"]
    ours, logs = runs["hashkit"]["cpu"], runs["hashkit"]["logs"]
    web3 = runs["web3"]["own"] / runs["web3"]["logs"] * logs
    fold, proofs = runs["fold"], (runs["proofs-trie"]["own"], runs["proofs-hashkit"]["own"])
    parsed = ours / runs["floor"]["cpu"]
    found = [Bound("1M logs to cap table with store, against receive + orjson.loads", parsed, "x", 2)]
    if runs["cryo"]["logs"] == logs:
        found.append(Bound("the same, against cryo (raw logs to Parquet)", ours / runs["cryo"]["cpu"], "x", 1))
    return [
        *found,
        Bound("the same, web3.py's get_logs against ours, per log", web3 / ours, "x", 50, at_most=False),
        Bound("peak memory", runs["hashkit"]["rss"], " MB", 256),
        Bound("10M transfers, cap table at the last block", fold["cpu-last"], " s", 2),
        Bound("10M transfers, cap table at a block in the middle", fold["cpu-half"], " s", 2),
        Bound("again, with no new logs", runs["rerun"]["cpu"], " s", 1),
        Bound("proofs, the package trie against ours", proofs[0] / proofs[1], "x", 10, at_most=False),
    ]


def summary(results: Results) -> tuple[bool, str]:
    """Whether all is kept, and one line that says it."""
    found = bounds(results)
    missing = "" if len(found) == 8 else "; cryo did not read all logs: NOT COMPARED"
    return len(found) == 8 and all(b.met for b in found), told(found) + missing


def render(results: Results) -> str:
    """The README."""
    runs, machine = results["runs"], results["machine"]
    ours = runs["hashkit"]["cpu"]
    rows = []
    for name, title in _TITLES.items():
        run = runs[name]
        whole = run["own"] / run["logs"] * runs["hashkit"]["logs"] if name == "web3" else run["cpu"]
        peak = f"{run['rss']:,.0f}"
        rows.append([title, f"{whole:,.2f}", f"{whole / ours:,.2f}", peak])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    cryo = runs["cryo"]["logs"]
    note = "" if cryo == runs["hashkit"]["logs"] else f"\ncryo wrote {cryo:,} of the logs only: it is not compared.\n"
    return "\n".join(
        [
            _TOP.format(python=machine["python"], cores=machine["cores"], versions=versions),
            table(["demand", "measured", "bound", ""], [bound.row() for bound in bounds(results)]),
            _BESIDE,
            table(["1,000,000 logs", "CPU s", "of ours", "peak MB"], rows) + note,
            _END.format(
                holders=runs["hashkit"]["holders"],
                stored=runs["hashkit"]["bytes"] / runs["hashkit"]["logs"],
                wire=runs["received"]["bytes"] / runs["hashkit"]["logs"],
                words=runs["proofs-hashkit"]["words"],
                part=runs["web3"]["logs"],
            ),
        ]
    )


_TITLES = {
    "received": "receive the bytes",
    "floor": "receive, `orjson.loads`",
    "hashkit": "**hashkit: event store and cap table**",
    "plain": "a script: orjson and Python integers, no store",
    "cryo": "cryo: raw logs into Parquet, nothing decoded",
    "web3": "web3.py: `get_logs` of the event, scaled",
    "rerun": "hashkit again: no new logs, cap table",
}

_TOP = """\
# The audit at size

From a node's logs to the exact cap table. Written by `make bench-audit` from `results.json`; do not edit. A test holds
this page to it.

Seconds are CPU of the client process, user and system, its start and imports included; the least of some runs, one
after the other. Python {python}, {cores} cores, shared with other work; {versions}.
"""

_BESIDE = """\
## Beside the others
"""

_END = """\
- The history is made up (`history.py`): 95 of 100 logs are transfers, two logs a block, {holders:,} holders at the end,
  and one of them holds 2^200, which no 128-bit number and no float carries. Every cap table here is compared, by
  digest, with plain addition of Python integers.
- The node is a process of its own on loopback (`server.py`) and sends bytes that lie ready, {wire:.0f} a log: neither
  its work nor a network is in these figures.
- hashkit's run is what `hashkit cap-table` does for balances, store included ({stored:.0f} bytes a log on disk).
- web3.py reads {part:,} logs, and its seconds are scaled by the log; its start is left out.
- Proofs: {words:,} storage words of one contract, proved by a local anvil with eth_getProof, the same nodes for both.
- Cap tables of 10M transfers come out of a store in the form and the chunks in which a scan leaves it; seconds of CPU, the
  start of the process left out. On a busy machine the clock shows more: the walls stand in `results.json`.
"""
