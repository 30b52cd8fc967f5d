"""From an address and a node to a result: the one way through an audit. Floor 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hashkit.audit.code import compare_code
from hashkit.audit.collect import collect
from hashkit.audit.evidence import Evidence, Opening
from hashkit.audit.inputs import Given, read
from hashkit.audit.probe import opening_block, pin, probe
from hashkit.audit.prove import prove
from hashkit.audit.reconcile import reconcile
from hashkit.audit.replay import replay
from hashkit.audit.result import AuditResult, judge, named_blocks, named_transactions
from hashkit.audit.stranger import look, recognise
from hashkit.audit.view import LiveView, Progress
from hashkit.contracts.hashing import checksum
from hashkit.domain.network import Network
from hashkit.errors import NodeError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint


def audit(
    endpoint: Endpoint,
    network: Network,
    address: str,
    *,
    at: int | str | None = None,
    store: Path | None = None,
    first: int | None = None,
    since: int | str | None = None,
    files: Sequence[Given] = (),
    on_progress: Progress | None = None,
) -> AuditResult:
    """Audits the token at ``address`` at a block, from the chain alone.

    ``at``: a block number, a date, an ISO time or ``latest``; default: the network's newest final block.
    ``store``: a folder that keeps the events for the next time. ``first``: the block to read from, for a
    token that does not say when it was deployed (default for such a token: 0). ``since``: where the period
    begins, a block (its end) or a date (its first second); default: the token's own beginning. ``files``: what
    the auditor compares with, see ``audit.inputs``. ``on_progress`` is told (what, done, of how much). Nothing
    is written to the chain, and nothing is believed that can be compared.

    NodeError when the node is on another chain, cannot be read or changes history under the audit;
    InputError when there is no contract.
    """
    progress = on_progress or _silent
    endpoint.check_chain()
    if endpoint.chain_id() != network.chain_id:
        raise _wrong_chain(endpoint, network)
    pinned = pin(endpoint, network, at)
    view = LiveView(endpoint, network, pinned)
    subject = recognise(view, probe(view, checksum(address), first))
    inputs = read(files, subject.decimals)
    collected = collect(endpoint, view, subject, store, progress)
    begins = opening_block(endpoint, since, pinned.block)
    register, population, before = replay(collected, subject, pinned, begins.number if begins else None)
    state = reconcile(view, subject, register, progress)
    code = compare_code(view, subject, register)
    stranger = look(view, subject, register)
    proof = prove(view, subject, register, progress)
    times = view.times(sorted(named_blocks(register)), progress)
    mined = view.receipts(named_transactions(register, inputs)) if inputs.journals else {}
    if block(endpoint, pinned.block.number).hash != pinned.block.hash:
        raise NodeError(
            f"Block {pinned.block.number} was replaced during the audit.",
            next_step="Run it again at a final block.",
            code="REORG",
        )
    state = state.with_proved(proof)
    opening = Opening(begins, before) if begins is not None and before is not None else None
    read_of = (network, pinned, subject, population, register, state, code, times, proof)
    return judge(Evidence(*read_of, stranger=stranger, inputs=inputs, opening=opening, mined=mined))


def _silent(what: str, done: int, total: int) -> None:
    pass


def _wrong_chain(endpoint: Endpoint, network: Network) -> NodeError:
    return NodeError(
        f"The node at {endpoint.label} does not serve {network.name} (chain {network.chain_id}).",
        next_step="Check the RPC URL and the network.",
        code="WRONG_CHAIN",
    )
