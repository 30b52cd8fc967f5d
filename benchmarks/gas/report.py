"""What do the figures say? The README, written from results.json and budgets.toml and from nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gas.operations import OPERATIONS
from benchmarks.gas.profile import COLUMNS
from hashkit.contracts import artifacts
from hashkit.contracts.hashing import keccak

FOLDER = Path(__file__).parent
RESULTS, BUDGETS, README = FOLDER / "results.json", FOLDER / "budgets.toml", FOLDER / "README.md"
OURS = "hashkit"
CODE_LIMIT = 24_576  # bytes, EIP-170


def fingerprint() -> dict[str, str]:
    """Contract -> hash of its creation code: which artifacts were measured."""
    return {name: keccak(artifacts.load(name).creation).hex()[:16] for name in artifacts.names()}


def render(results: Mapping[str, Any], budgets: str) -> str:
    """The README."""
    peers = results["peers"]
    parts = [
        _TOP.format(client=str(results["client"]).partition("-")[0], fork=results["fork"], chain=results["chain_id"]),
        _budget_table(results, budgets),
        _BESIDE,
        _operations_table(peers),
        _missing(peers),
        "## Where the gas goes\n",
        *(_profile_table(peers, operation) for operation in _profiled(peers)),
        "## Code sizes of hashkit\n",
        _size_table(_ours(results)),
        _DESIGNS,
        _design_table(peers),
        _END,
    ]
    return "\n".join(parts)


def states(results: Mapping[str, Any], budgets: str) -> dict[str, str]:
    """Operation -> ``met``, ``missed`` or ``not yet``, for every budget."""
    operations = _ours(results)["operations"]
    return {name: _state(operations[name], int(row["at_most"])) for name, row in tomllib.loads(budgets).items()}


def summary(results: Mapping[str, Any], budgets: str) -> str:
    """One line for the screen, and one for every budget that is not met."""
    found = states(results, budgets)
    count = {state: list(found.values()).count(state) for state in ("met", "missed", "not yet")}
    lines = [", ".join(f"{number} {state}" for state, number in count.items())]
    rows = _budget_rows(results, budgets)
    return "\n".join(["budgets: " + lines[0], *("  " + "  ".join(row) for row in rows if not row[3].startswith("met"))])


def _ours(results: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(peer for peer in results["peers"] if peer["id"] == OURS)


def _state(record: Mapping[str, Any], at_most: int) -> str:
    if "gas" not in record:
        return "not yet"
    return "met" if record["gas"] <= at_most else "missed"


def _budget_rows(results: Mapping[str, Any], budgets: str) -> list[list[str]]:
    rows, operations, found = [], _ours(results)["operations"], states(results, budgets)
    for name, row in tomllib.loads(budgets).items():
        gas = operations[name].get("gas")
        state = found[name]
        if state == "missed":
            state = f"missed by {gas - row['at_most']:,.0f}"
        if reason := row.get("reason"):
            state += f": {reason}"
        rows.append([OPERATIONS[name], f"{row['at_most']:,}", "" if gas is None else _number(gas), state])
    return rows


def _budget_table(results: Mapping[str, Any], budgets: str) -> str:
    return _table(["operation", "at most", "measured", "budget"], _budget_rows(results, budgets), left=(0, 3))


def _operations_table(peers: Sequence[Mapping[str, Any]]) -> str:
    rows = [[title, *(_cell(peer["operations"][name]) for peer in peers)] for name, title in OPERATIONS.items()]
    return _table(["operation", *(peer["title"] for peer in peers)], rows)


def _cell(record: Mapping[str, Any]) -> str:
    if "gas" not in record:
        return "not yet" if record["later"] else "–"
    many = f" ({record['transactions']} tx)" if record["transactions"] > 1 else ""
    return _number(record["gas"]) + many


def _missing(peers: Sequence[Mapping[str, Any]]) -> str:
    """What hashkit does not have yet."""
    ours = next(peer for peer in peers if peer["id"] == OURS)["operations"]
    lines = [f"- {OPERATIONS[name]}: {record['missing']}" for name, record in ours.items() if record.get("later")]
    return "\n".join(["Not yet:\n", *lines, ""]) if lines else ""


def _profiled(peers: Sequence[Mapping[str, Any]]) -> list[str]:
    return [name for name in OPERATIONS if any("profile" in peer["operations"][name] for peer in peers)]


def _profile_table(peers: Sequence[Mapping[str, Any]], operation: str) -> str:
    rows = []
    for peer in peers:
        record = peer["operations"][operation]
        if "profile" in record:
            rows.append([peer["title"], _number(record["gas"]), *(f"{record['profile'][c]:,}" for c in COLUMNS)])
    return _table([OPERATIONS[operation], "gas", *(c.replace("_", " ") for c in COLUMNS)], rows)


def _size_table(ours: Mapping[str, Any]) -> str:
    rows = [[name, f"{size:,}", f"{CODE_LIMIT - size:,}"] for name, size in ours["sizes"].items()]
    return _table(["contract", "runtime bytes", f"left of {CODE_LIMIT:,}"], rows)


def _design_table(peers: Sequence[Mapping[str, Any]]) -> str:
    keys = ("title", "version", "settings", "checks")
    rows = [[str(peer[key]) for key in keys] for peer in peers]
    return _table(["design", "version", "compiled", "checked on a transfer"], rows, left=(0, 1, 2, 3))


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    rule = "".join("---|" if i in left else "--:|" for i in range(len(head)))
    lines = [f"| {' | '.join(head)} |", f"|{rule}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


_TOP = """\
# Gas

What each operation of hashkit costs, beside plain ERC-20s and T-REX. Written by `make bench-gas` from `results.json`
and `budgets.toml`; do not edit. A test holds this page to both files.

Receipts of one local {client} (fork {fork}, chain {chain}, fixed clock, keys and addresses), no estimates; two runs
give the same numbers. One scenario for all (`scenario.py`), 18 decimals, the same amounts. "Existing holder": his
balance slot is not zero. "New holder": onboarded, balance zero. Effects are checked too: an operation that does nothing
would win. hashkit runs as an issuer gets it: token clones out of the factory, two of them bound to one registry,
every check on that needs no counting rule.

## Budgets
"""

_BESIDE = """\
## Beside the others

Gas per transaction, or per item where the name says each. "(2 tx)": the operation takes so many transactions. "–": the
design has no such call. hashkit's mint is an order of as many rows, opened and executed: nobody holds the raw mint
power by default.
"""

_DESIGNS = """\
## The designs
"""

_END = """\
- "Onboard" is everything until the investor can receive. T-REX: identity contract, claim signed by the issuer and added
  by the investor's wallet, registration. Its batch is 200 single transactions and one batch call.
- Recovery of hashkit: `link` by the agent who admits, then `recoveryAddress` by one who does not. Of T-REX: `addKey` on
  the identity, then `recoveryAddress`. hashkit's burn is the one by a court, with a ref.
- The view is execution gas without the 21,000 and the calldata; T-REX needs two calls.
- ONCHAINID publishes artifacts without optimisation. Where T-REX's package holds an optimised copy, that is used; the
  factory of identities and its proxies are not there, so T-REX's onboarding reads about six percent too high and its
  transfers by 200.
- T-REX's second token shares the identity registry storage of the first, the cheap way.
- What a rule adds is the difference between two transfers to an existing holder, with and without it.

The peers are used as npm installs them, for measuring only. Their licences (T-REX and ONCHAINID: GPL-3.0) forbid more:
nothing of them is copied, compiled into hashkit or committed. `contracts/` here is our own.
"""
