"""A local chain that outlives the command that started it. Floor 2.

Two engines, one behaviour: anvil when it is found, otherwise py-evm behind a small server of ours. Chain
id 31337, ten funded accounts whose keys everybody knows, loopback only, state kept in ``.hashkit/devnet``
of the project. Both run the Prague EVM. ``safe`` and ``finalized`` mean ``latest`` here: nobody else
builds this chain.

::

    life.py        up, down, reset, status        engines.py     which engine, and its command line
    places.py      files, lock, record            processes.py   start, recognise and end a process
    server.py      HTTP in front of py-evm        protocol.py    JSON-RPC envelopes and batches
    methods.py     the methods it answers         admission.py   may this raw transaction be mined?
    calls.py       eth_call, gas estimates        logfilter.py   eth_getLogs
    chain.py       blocks, clock, snapshots       evm.py         py-evm: mine, read, run
    shapes.py      JSON of blocks, receipts       wire.py        hex in, hex out
    shelf.py       the chain's data on disk

What py-evm does not do: eth_getProof, traces, a queue for transactions that come too early. It says so.
"""

from __future__ import annotations

from hashkit.chain.devaccounts import DEV_ACCOUNTS, DevAccount
from hashkit.chain.devnet.engines import find_anvil
from hashkit.chain.devnet.life import down, reset, status, up
from hashkit.chain.devnet.places import Running

__all__ = ["DEV_ACCOUNTS", "DevAccount", "Running", "down", "find_anvil", "reset", "status", "up"]
