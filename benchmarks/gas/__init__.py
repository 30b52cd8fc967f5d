"""What does each operation cost in gas, here and in the peers? One scenario, one local anvil, one adapter a design.

`make bench-gas` runs it. Receipts only, no estimates; chain id, clock, fork, keys and addresses are fixed, so that two
runs print the same numbers.
"""
