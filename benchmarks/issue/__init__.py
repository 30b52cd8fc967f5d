"""What do journal and checks cost an issue? Beside a bare loop that signs and sends the same calls, and what memory.

`make bench-issue` measures, writes results.json and README.md here and fails when a bound is missed.
"""

ROWS = 10_000
CHUNK_GAS = 16_000_000
"""Gas limit of every call of the bare loops: more than any chunk takes."""
