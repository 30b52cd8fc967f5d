# ruff: noqa: E501 - lines of the page are counted after its figures stand in it
"""docs/scale.md, written from results.json: what a chain with 10**10 logs would cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
LOGS = 10**10
_ANSWER, _SECONDS, _LINES = 5_000, 0.5, 6  # logs in one answer, time of one answer, connections of one reader
_READERS = 16
_ACCOUNTS, _PARTITIONS = 10**8, 64
_CHUNK, _ENTRY = 50_000, 1_000  # logs of a chunk, bytes of its entry in the manifest
_GB_MONTH, _CPU_HOUR = 0.023, 0.05  # US dollars


def render(results: Mapping[str, Any]) -> str:
    """The page."""
    runs = results["runs"]
    ours, logs, fold = runs["hashkit"], runs["hashkit"]["logs"], runs["fold"]["cpu-last"]
    times = LOGS / logs
    stored, cpu_hours = times * ours["bytes"] / 1e9, times * ours["cpu"] / 3600
    calls = LOGS / _ANSWER
    return _PAGE.format(
        cpu=ours["cpu"], rss=ours["rss"], fold=fold, on_disk=ours["bytes"] / logs, wire=runs["received"]["bytes"] / logs,
        wire_tb=times * runs["received"]["bytes"] / 1e12, stored_gb=stored, month=stored * _GB_MONTH,
        cpu_hours=cpu_hours, dollars=cpu_hours * _CPU_HOUR, readers=_READERS, reader_hours=cpu_hours / _READERS,
        calls=calls / 1e6, answer=_ANSWER, seconds=_SECONDS, lines=_LINES,
        call_hours=calls * _SECONDS / _LINES / 3600, read_hours=calls * _SECONDS / _LINES / _READERS / 3600,
        fold_minutes=LOGS / 1e7 * fold / 60, fold_spread=LOGS / 1e7 * fold / _READERS / 60,
        accounts=_ACCOUNTS / 1e6, sums_gb=_ACCOUNTS * 64 / 1e9, partitions=_PARTITIONS,
        part_mb=_ACCOUNTS * 64 / _PARTITIONS / 1e6, chunks=LOGS / _CHUNK / 1e3, chunk=_CHUNK,
        manifest_mb=LOGS / _CHUNK * _ENTRY / 1e6, entry=_ENTRY, gb_month=_GB_MONTH, cpu_hour=_CPU_HOUR,
        web3_days=LOGS * runs["web3"]["own"] / runs["web3"]["logs"] / 3600 / 24,
    )  # fmt: skip


_PAGE = """\
# A chain with 10^10 logs

A plan on paper, not a measurement: the path from the million logs of [the benchmark](../benchmarks/audit/README.md) to
ten thousand times as many. Written by `make bench-audit` out of its results; a test recomputes every figure. What is
assumed and not measured is marked *(assumed)*.

## What is measured

One reader, one process: {cpu:.1f} CPU seconds and at most {rss:.0f} MB for 1,000,000 logs from the node's bytes to an exact
cap table with its store; {wire:.0f} bytes a log on the wire, {on_disk:.0f} on disk. Out of a store of 10,000,000 transfers the
table at any block takes {fold:.1f} CPU seconds. Both grow with the logs and not faster: nothing is sorted or joined across
chunks.

## What 10^10 logs take

| step | one process | {readers} processes |
|---|--:|--:|
| wire | {wire_tb:.1f} TB | |
| decode and store, CPU | {cpu_hours:.1f} h | {reader_hours:.1f} h |
| waiting for the node: {calls:.0f} million answers of {answer:,} logs, {seconds} s each *(assumed)*, {lines} at a time | {call_hours:.0f} h | {read_hours:.1f} h |
| Parquet | {stored_gb:,.0f} GB | |
| cap table at one block, CPU | {fold_minutes:.0f} min | {fold_spread:.1f} min |

At {gb_month} dollars a GB and month and {cpu_hour} dollars a CPU hour *(both assumed)* the store costs {month:.0f} dollars a month
and reading everything once {dollars:.2f} dollars of CPU. web3.py's `get_logs` would take {web3_days:.0f} days of CPU.

## Partitions

- **By token, then by blocks.** A store is a folder a chain and token already; no token has 10^10 logs of its own *(assumed)*. Chunks
  are {chunk:,} logs, so 10^10 logs are {chunks:.0f} thousand chunks, and one manifest at about {entry:,} bytes a chunk
  *(assumed)* would have {manifest_mb:.0f} MB. So the manifest becomes one of manifests: a file for each ten million logs, its
  SHA-256 and end-block hash in the upper one. A reorganisation touches only the last.
- **Readers by block ranges.** Ranges are independent until they are linked: each reader fills a range of its own, and the
  links (parent hash = end hash of the one before) are checked when the manifests are put together. Accounts are numbered
  a range at a time, and joined by address, since a number across all readers would need a lock.
- **Balances by account.** {accounts:.0f} million accounts *(assumed)* at eight 64-bit sums are {sums_gb:.1f} GB; by a hash of the
  address in {partitions} parts each is {part_mb:.0f} MB, in the memory of today's process.
- **Snapshots.** The sums after each ten million transfers, kept as limbs beside the chunk they follow, make a table at any
  block one snapshot and one tail: what is measured above as the whole.

## Export at the node

`eth_getLogs` is the wrong door for a first reading: the node searches, writes hex, and most of the hours above are its own.
Beside a node one exports instead, and comes back to `eth_getLogs` for what is new:

1. reth's execution extensions or its static files, geth's freezer, or an archive of Parquet that others keep, give receipts
   in block order without JSON.
2. The exporter writes the columns of `store/parts.py`, verbatim topics and data for what has no name, and the same
   manifest: chunks, hashes, numbers of rows.
3. Nothing of it is believed. Headers link block to block by hash; a sample of ranges is asked of a second node as now; where
   completeness must be proved, receipts roots are made again from all receipts of a block; and the cap table is proved
   against the state root with `eth_getProof`, which needs only the holders.

## Engine

- One machine: `store/balances.py`. The same question as SQL (`audit/sql/cap-table.sql`) runs unchanged on DuckDB, and
  through ibis on Spark; `make engines` compares the digests. It is slower here and needs no more code there.
- Why limbs: no engine adds 256-bit numbers alike. Sums of 32-bit limbs in 64 bits are exact up to 2^31 rows an account and
  limb in SQL; beyond that (one account in more than two thousand million movements) the sum is taken a partition at a
  time and added in Python integers, as the vector sum carries after every part.
- Numbers of accounts are 32-bit in the files: 2^31 accounts a token.

## In this order

1. Manifest of manifests, then snapshots: both inside `store/`, no new engine.
2. Export beside a node, as a program of its own that writes the store's files; hashkit reads them and checks them as its own.
3. Readers by range, then balances by account: only when one machine's hours above are too many.

Not planned: a service, a queue, a database server. Files with hashes are what an auditor can keep and another one verify.
"""
