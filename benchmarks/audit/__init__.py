"""How long does an audit of a long history take? Beside its own floor and beside what others use.

`make bench-audit` measures, writes results.json and README.md here and fails when a bound is missed.
"""

TOKEN = "0x" + "70" * 20
CHAIN_ID = 31337
FIRST = 20_000_000
"""The block the made-up history begins in."""
PER_BLOCK = 2
"""Logs in each block."""
MOST_BLOCKS, MOST_LOGS = 10_000, 25_000
"""What the node answers at most."""
