"""The measured designs, in the order of the tables."""

from __future__ import annotations

from benchmarks.gas.peer import Peer
from benchmarks.gas.peers.hashkit import Hashkit
from benchmarks.gas.peers.plain import PlainOZ, PlainSolady
from benchmarks.gas.peers.trex import Trex0, Trex2

PEERS: tuple[type[Peer], ...] = (Hashkit, PlainSolady, PlainOZ, Trex0, Trex2)
