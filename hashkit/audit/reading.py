"""The books of a token at a block, without the checks: for reports that answer one question. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hashkit.audit.collect import Collected, collect
from hashkit.audit.evidence import Opening, Pin, Subject
from hashkit.audit.probe import opening_block, pin, probe
from hashkit.audit.replay import replay
from hashkit.audit.stranger import recognise
from hashkit.audit.view import LiveView, Progress, View
from hashkit.contracts.hashing import checksum
from hashkit.domain.network import Network
from hashkit.domain.register import Register
from hashkit.rpc.client import Endpoint


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``opening`` None: no period was named. Nothing was compared with the contracts."""

    view: View
    subject: Subject
    collected: Collected
    register: Register
    opening: Opening | None

    @property
    def pin(self) -> Pin:
        """The block."""
        return self.view.pin


def open_books(
    endpoint: Endpoint,
    network: Network,
    address: str,
    *,
    at: int | str | None = None,
    since: int | str | None = None,
    store: Path | None = None,
    first: int | None = None,
    on_progress: Progress | None = None,
) -> Reading:
    """Reads as ``audit`` does, with the same options, and stops before the checks."""
    progress = on_progress or (lambda what, done, total: None)
    endpoint.check_chain()
    pinned = pin(endpoint, network, at)
    begins = opening_block(endpoint, since, pinned.block)
    view = LiveView(endpoint, network, pinned)
    subject = recognise(view, probe(view, checksum(address), first))
    collected = collect(endpoint, view, subject, store, progress)
    register, _, before = replay(collected, subject, pinned, begins.number if begins else None)
    opening = Opening(begins, before) if begins is not None and before is not None else None
    return Reading(view, subject, collected, register, opening)
