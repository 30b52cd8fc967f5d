"""Who else says that this is the block, and that these are its events? Floor 3.

A second node, the explorer, an output root on L1, or the auditor himself, who knows the hash from elsewhere. A node
that invents a whole history is caught only here. Who does not answer is named as not heard; who answers otherwise is an
exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from hashkit.audit.collect import Collected
from hashkit.audit.evidence import Subject, Witness
from hashkit.audit.output_root import anchored
from hashkit.audit.replay import canonical
from hashkit.audit.view import Progress, View
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError, NodeError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.explorer import Explorer
from hashkit.rpc.logs import read_logs
from hashkit.rpc.values import HASH

WHOLE = 20_000
"""Up to so many events, and ``BLOCKS`` blocks, all are compared; of more, ``SAMPLES`` ranges of ``WIDTH`` blocks."""
BLOCKS, SAMPLES, WIDTH = 200_000, 32, 2_000

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who is asked beside the node; and the hash of the block, where the auditor knows it."""

    nodes: Sequence[str] = ()
    """URLs of second nodes; further nodes of the endpoint are asked in any case."""
    explorer: bool = False
    block_hash: str | None = None
    l1_node: str | None = None
    """URL of a node of L1, where the chain commits to its output roots."""


NOBODY = Witnesses()


def known_hash(text: str) -> str:
    """The hash of a block as somebody typed it, small. InputError when it is none."""
    if not HASH.fullmatch(text):
        raise InputError(
            "That is not the hash of a block.", why="It is 0x and 64 hex digits.", next_step="Check --block-hash.",
            code="HASH",
        )  # fmt: skip
    return text.lower()


def hear(
    asked: Witnesses, endpoint: Endpoint, view: View, subject: Subject, collected: Collected, progress: Progress
) -> tuple[Witness, ...]:
    """What each says. NodeError when a second node serves another chain; InputError when there is no explorer."""
    found: list[Witness] = []
    if asked.block_hash is not None:
        found.append(_named("the auditor", known_hash(asked.block_hash), view))
    others = [node for node in endpoint.each() if node.label != endpoint.label]
    others += [Endpoint(url, chain_id=view.network.chain_id) for url in asked.nodes]
    if others:
        ranges = sampled(view, collected)
        mine = _counted(collected.logs, ranges)
        for number, node in enumerate(others):
            found += _node(node, view, subject, collected, ranges, mine)
            progress("asking second nodes", number + 1, len(others))
    if asked.explorer:
        found.append(_explorer(view))
    if asked.l1_node:
        found.append(_l1(asked.l1_node, endpoint, view))
    return tuple(found)


def sampled(view: View, collected: Collected) -> list[Range]:
    """The ranges of blocks whose events are compared: chosen by the hash of the block, so by nobody beforehand.

    Half of them lie anywhere, half where there are events.
    """
    first, last = collected.first, view.pin.block.number
    many = sum(1 for _ in collected.logs)
    if many <= WHOLE and last - first < BLOCKS:
        return [(first, last)]
    seed = bytes.fromhex(view.pin.block.hash[2:])
    draws = [int.from_bytes(sha256(seed + n.to_bytes(4, "big")).digest()[:16], "big") for n in range(SAMPLES)]
    starts = {first + draw % (last - first + 1) for draw in draws[::2]}
    places = sorted(draw % many for draw in draws[1::2]) if many else []
    wanted = set(places)
    starts |= {max(first, log.block - WIDTH // 2) for n, log in enumerate(collected.logs) if n in wanted}
    return _apart([(start, min(last, start + WIDTH - 1)) for start in sorted(starts)])


def _apart(ranges: Iterable[Range]) -> list[Range]:
    """The same blocks without any twice."""
    found: list[Range] = []
    for lower, upper in ranges:
        if found and lower <= found[-1][1]:
            found[-1] = (found[-1][0], max(upper, found[-1][1]))
        else:
            found.append((lower, upper))
    return found


def _node(
    node: Endpoint,
    view: View,
    subject: Subject,
    collected: Collected,
    ranges: Sequence[Range],
    mine: Sequence[tuple[int, str]],
) -> Iterator[Witness]:
    who = f"a second node at {node.label}"
    try:
        node.check_chain()
        yield _named(who, block(node, view.pin.block.number).hash, view)
        theirs = [_digest(_theirs(node, subject, collected, *one)) for one in ranges]
    except (InputError, NodeError) as error:
        if error.code == "WRONG_CHAIN":
            raise
        yield Witness(who, "unheard", False, error.sentence)
        return
    many = sum(count for count, _ in theirs)
    for (lower, upper), one, other in zip(ranges, mine, theirs, strict=True):
        if one != other:
            text = f"{other[0]} events in blocks {lower} to {upper}, the first node {one[0]}; they are not the same"
            yield Witness(who, "events", False, text)
            return
    blocks = sum(upper - lower + 1 for lower, upper in ranges)
    span = view.pin.block.number - collected.first + 1
    yield Witness(who, "events", True, f"the same {many:,} events in {blocks:,} of {span:,} blocks")


def _theirs(node: Endpoint, subject: Subject, collected: Collected, lower: int, upper: int) -> Iterator[RawLog]:
    """What the audit reads of these blocks: the token from its own first block on, others perhaps from earlier."""
    for log in read_logs(node, list(collected.contracts), lower, upper):
        if log.address != subject.token or log.block >= subject.first:
            yield log


def _explorer(view: View) -> Witness:
    api = view.network.explorer_api
    if api is None:
        raise InputError(
            f"{view.network.name} has no explorer.",
            next_step="Set explorer_api of the network in hashkit.toml.",
            code="NO_EXPLORER",
        )
    explorer = Explorer(api)
    who = f"the explorer at {explorer.label}"
    try:
        found = explorer.block_hash(view.pin.block.number)
    except NodeError as error:
        return Witness(who, "unheard", False, error.why or error.sentence)
    if found is None:
        return Witness(who, "unheard", False, "it does not show the block")
    return _named(who, found, view)


def _l1(url: str, endpoint: Endpoint, view: View) -> Witness:
    l1 = Endpoint(url, chain_id=view.network.l1_chain_id)
    who = f"an output root on L1, read from {l1.label}"
    try:
        found = anchored(l1, endpoint, view)
    except NodeError as error:
        if error.code == "WRONG_CHAIN":
            raise
        return Witness(who, "unheard", False, f"{error.sentence} {error.why}".strip())
    if found is None:
        return Witness(who, "unheard", False, "none reaches the block yet")
    return Witness(who, "block", found.agrees, found.text)


def _named(who: str, hashed: str, view: View) -> Witness:
    return Witness(who, "block", hashed == view.pin.block.hash, f"names {hashed}")


def _counted(logs: Iterable[RawLog], ranges: Sequence[Range]) -> list[tuple[int, str]]:
    """Number and digest of the logs in each range, in one pass."""
    found, stream = [], iter(logs)
    log = next(stream, None)
    for lower, upper in ranges:
        part = []
        while log is not None and log.block <= upper:
            if log.block >= lower:
                part.append(log)
            log = next(stream, None)
        found.append(_digest(part))
    return found


def _digest(logs: Iterable[RawLog]) -> tuple[int, str]:
    many, digest = 0, sha256()
    for log in logs:
        many += 1
        digest.update(canonical(log))
    return many, digest.hexdigest()
