"""What do the figures say? The README, written from results.json and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bounds import Bound, table, told

FOLDER = Path(__file__).parent
RESULTS, README = FOLDER / "results.json", FOLDER / "README.md"
SHARE = 0.8
"""The least share of the bare loop's rate."""
PEAK = 256.0
"""The most memory at a million rows, MB."""

Results = Mapping[str, Any]


def bounds(results: Results) -> list[Bound]:
    """Every demand with its figure."""
    loop, ours = _least(results, "bare", "whole"), _least(results, "hashkit", "whole")
    sent = _least(results, "hashkit", "send")
    peak = max(results["memory"].values(), key=lambda run: float(run["send"]))["send"]
    return [
        Bound("from the file to the settled journal, of the bare loop's rate", loop / ours, "", SHARE, at_most=False),
        Bound("from the confirmed plan on, of the bare loop's rate", loop / sent, "", SHARE, at_most=False),
        Bound("peak memory at 1,000,000 rows", peak, " MB", PEAK),
    ]


def summary(results: Results) -> tuple[bool, str]:
    """Whether all is kept, and one line that says it."""
    found = bounds(results)
    return all(b.met for b in found), told(found)


def render(results: Results) -> str:
    """The README."""
    machine, passes, memory = results["machine"], results["passes"], results["memory"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    loop = _least(results, "bare", "whole")
    times = [
        [title, ", ".join(f"{run[key]:.2f}" for run in passes[kind]), f"{loop / _least(results, kind, key):.2f}"]
        for kind, key, title in _LINES
    ]
    peaks = [
        [f"{int(rows):,}", *(f"{run[name]:,.0f}" for name in ("read", "plan", "send")), f"{run['seconds']:.0f}"]
        for rows, run in memory.items()
    ]
    return "\n".join(
        [
            _TOP.format(python=machine["python"], cores=machine["cores"], versions=versions),
            table(["demand", "measured", "bound", ""], [bound.row() for bound in bounds(results)]),
            "## 10,000 rows\n",
            table(["", "seconds of each pass", "rate, of the bare loop's"], times),
            "## Memory\n",
            table(["rows", "read, MB", "planned, MB", "sending, MB", "seconds to read and plan"], peaks),
            _END,
        ]
    )


def _least(results: Results, kind: str, key: str) -> float:
    return min(float(run[key]) for run in results["passes"][kind])


_LINES = (
    ("bare", "whole", "bare loop: sign and send, wait only for the last"),
    ("waiting", "whole", "bare loop that waits for each"),
    ("hashkit", "whole", "**hashkit: from the file to the settled journal**"),
    ("hashkit", "read", "of it: read and check the file"),
    ("hashkit", "plan", "of it: ask registry and token about every row, plan"),
    ("hashkit", "send", "of it: journal, send, ask the contract, settle"),
)

_TOP = """\
# What an issue costs beside a bare loop

10,000 rows to 10,000 investors, an order and a hundred chunks. Written by `make bench-issue` from `results.json`; do
not edit. A test holds this page to it.

Seconds are of the clock; the kinds took turns, each pass in a process and on an anvil of its own that began with the
same state, and the least counts. Python {python}, {cores} cores for client and chain together; {versions}.
"""

_END = """\
- The bare loops send the calls of hashkit's own plan with the same library's signatures over one kept connection. They
  write nothing down, ask nothing and check only the last receipt (or each). What they send is given to them: that they
  neither read a file nor make a Merkle tree or calldata is in their favour.
- anvil mines every transaction by itself and is the slower half of all these runs: it and the client share the cores.
- hashkit asks registry and token about each of the 10,000 investors before anything is signed; the plan's seconds are
  those questions. A loop that leaves them out sends rows that revert with all others of their chunk.
- The rows lie on the disk from the sheet to the chunk (SQLite's temporary files), and a step is made when it is due.
  What still grows with the order is some bytes a chunk: hashes of its tree, and what came of the transactions. Peaks
  are of the client process alone (VmHWM); of more than 10,000 rows the first three chunks are sent, those after them
  take what these took. The rows of all sizes go to the same 10,000 wallets: the labels of all investors that the
  project knows are held in memory.
"""
