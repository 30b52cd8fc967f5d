# Everything a fresh machine needs: `make demo` (Python 3.11 or later with venv) and `make test` (Node with npm too).
# The steps are in tools/steps.py; PYTHON=/path/to/python chooses the interpreter.

.DEFAULT_GOAL := help
.PHONY: help demo test lint types compile check forge ape older pytest faults engines bench-gas bench-audit bench-issue page prove clean

help:
	@echo "make demo     the whole story on an embedded chain: no compiler, no Node, no key"
	@echo "make test     everything that CI runs"
	@echo "make lint | types | check | forge | ape | older | pytest     one part of it"
	@echo "make compile  write the artifacts after a change in contracts/"
	@echo "make faults   every fault of lines, nodes, disks and people: nothing lost, nothing twice"
	@echo "make engines  the audit's SQL on DuckDB and on Spark: the same digests"
	@echo "make bench-gas  measure gas beside T-REX and plain tokens, and write the table"
	@echo "make bench-audit  the audit of a million logs beside its floor, cryo, web3.py and trie, and write the table"
	@echo "make bench-issue  measure an issue of 10,000 rows beside a bare loop, and its memory, and write the table"
	@echo "make page     the report in a real Chromium: no request, no console message, no cut table; its picture"
	@echo "make prove    the slow proofs, figures written to proofs/; PART=halmos runs one of them"
	@echo "make clean    remove what the others made"

demo test lint types compile check forge ape older pytest faults engines bench-gas bench-audit bench-issue page clean:
	@tools/run $@

prove:
	@tools/run prove $(PART)
