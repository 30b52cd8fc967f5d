"""From an address and a node to a result: the one way through an audit. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from hashkit.audit.bundle import record
from hashkit.audit.code import compare_code
from hashkit.audit.collect import Collected, collect
from hashkit.audit.evidence import Evidence, Opening, Subject, Witness
from hashkit.audit.inputs import Given, read
from hashkit.audit.probe import opening_block, pin, probe
from hashkit.audit.prove import prove
from hashkit.audit.reconcile import reconcile
from hashkit.audit.replay import replay
from hashkit.audit.result import AuditResult, judge, named_blocks, named_transactions
from hashkit.audit.stranger import look, recognise
from hashkit.audit.view import LiveView, Progress, View
from hashkit.audit.witness import NOBODY, Witnesses, hear
from hashkit.contracts.hashing import checksum
from hashkit.domain.network import Network
from hashkit.errors import NodeError
from hashkit.rpc.blocks import Block, block
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
    witnesses: Witnesses = NOBODY,
    on_progress: Progress | None = None,
) -> AuditResult:
    """Audits the token at ``address`` at a block, from the chain alone.

    ``at``: a block number, a date, an ISO time or ``latest``; default: the network's newest final block.
    ``store``: a folder that keeps the events for the next time. ``first``: the block to read from, for a
    token that does not say when it was deployed (default for such a token: 0). ``since``: where the period
    begins, a block (its end) or a date (its first second); default: the token's own beginning. ``files``: what
    the auditor compares with, see ``audit.inputs``. ``witnesses``: who is asked beside the node. ``on_progress``
    is told (what, done, of how much). Nothing is written to the chain, and nothing is believed that can be
    compared.

    NodeError when the node is on another chain, cannot be read or changes history under the audit;
    InputError when there is no contract.
    """
    progress = on_progress or (lambda what, done, total: None)
    endpoint.check_chain()
    if endpoint.chain_id() != network.chain_id:
        raise _wrong_chain(endpoint, network)
    pinned = pin(endpoint, network, at)
    begins = opening_block(endpoint, since, pinned.block)
    view = LiveView(endpoint, network, pinned)

    def collected(subject: Subject) -> Collected:
        return collect(endpoint, view, subject, store, progress)

    def heard(subject: Subject, logs: Collected) -> tuple[Witness, ...]:
        return hear(witnesses, endpoint, view, subject, logs, progress)

    result = gather(view, checksum(address), first, collected, begins, files, heard, progress)
    if block(endpoint, pinned.block.number).hash != pinned.block.hash:
        raise NodeError(
            f"Block {pinned.block.number} was replaced during the audit.",
            next_step="Run it again at a final block.",
            code="REORG",
        )
    return result


def gather(
    view: View,
    token: str,
    first: int | None,
    collected_of: Callable[[Subject], Collected],
    begins: Block | None,
    files: Sequence[Given],
    witnesses: Callable[[Subject, Collected], tuple[Witness, ...]],
    progress: Progress = lambda what, done, total: None,
) -> AuditResult:
    """The audit itself, over whatever view: of a node, or of the evidence of an earlier audit.

    ``collected_of`` has the logs of a subject; ``begins``: the block after which the period begins;
    ``witnesses`` are heard once the logs are known.
    """
    subject = recognise(view, probe(view, token, first))
    inputs = read(files, subject.decimals)
    collected = collected_of(subject)
    register, population, before = replay(collected, subject, view.pin, begins.number if begins else None)
    state = reconcile(view, subject, register, progress)
    code = compare_code(view, subject, register)
    stranger = look(view, subject, register)
    proof = prove(view, subject, register, progress)
    times = view.times(sorted(named_blocks(register)), progress)
    mined = view.receipts(named_transactions(register, inputs)) if inputs.journals else {}
    opening = Opening(begins, before) if begins is not None and before is not None else None
    read_of = (view.network, view.pin, subject, population, register, state.with_proved(proof), code, times, proof)
    said = witnesses(subject, collected)
    evidence = Evidence(*read_of, said, stranger=stranger, inputs=inputs, opening=opening, mined=mined)
    return judge(replace(evidence, record=record(view, token, first, evidence, collected.logs, files)))


def _wrong_chain(endpoint: Endpoint, network: Network) -> NodeError:
    return NodeError(
        f"The node at {endpoint.label} does not serve {network.name} (chain {network.chain_id}).",
        next_step="Check the RPC URL and the network.",
        code="WRONG_CHAIN",
    )
