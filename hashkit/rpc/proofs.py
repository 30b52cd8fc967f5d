"""Headers and proofs of state, as a node tells them. What they prove, ``contracts.trie`` says. Floor 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hashkit.contracts.header import Header, header_of, unknown_fields
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.blocks import Block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import at_block
from hashkit.rpc.values import byte_string

_FIRST, _MOST = 500, 1000  # slots in one call
_BATCH = 100  # accounts in one JSON-RPC batch
_HOPELESS = ("WRONG_CHAIN", "UNREACHABLE", "REDIRECT", "NODE_REFUSES", "RATE_LIMITED", "STALE", "REORG")
_ABSENT = (-32601, -32600, -32004)
"""What nodes answer when they have no such method, or do not let us use it."""


def header_at(endpoint: Endpoint, block: Block) -> tuple[Header | None, str]:
    """The header whose hash is the block's, or None and why it could not be made again."""
    answer = endpoint.call("eth_getBlockByHash", (block.hash, False))
    if not isinstance(answer, Mapping):
        raise endpoint.trouble("no longer has the block of the report", "Run it again at a final block.", code="REORG")
    header = header_of(answer, block.hash)
    if header is None:
        unknown = ", ".join(unknown_fields(answer)[:8])
        return None, f"fields we do not know: {unknown}" if unknown else "its known fields do not hash to it"
    if (header.number, header.timestamp, header.parent_hash) != (block.number, block.timestamp, block.parent_hash):
        raise endpoint.trouble("names another number, time or parent than the header of the block has")
    return header, ""


def read_proofs(
    endpoint: Endpoint,
    address: str,
    slots: Sequence[int],
    at: Block,
    on_part: Callable[[int, int], None] | None = None,
) -> Iterator[bytes]:
    """The nodes that prove the account at ``address`` and its ``slots``, in no order, some of them twice.

    Many slots in a call, fewer when a call fails. ``on_part`` is told (done, of how many). RpcError when the node does
    not serve eth_getProof at that block: see ``unserved``.
    """
    width, done = _FIRST, 0
    while True:
        part = slots[done : done + width]
        try:
            answer = _proof(endpoint, address, part, at)
        except NodeError as error:
            if len(part) <= 1 or error.code in _HOPELESS or unserved(error):
                raise
            width = len(part) // 2
            continue
        yield from _nodes(endpoint, answer, len(part))
        done += len(part)
        if on_part is not None:
            on_part(done, len(slots))
        if done >= len(slots):
            return
        width = min(_MOST, width * 2)


def read_accounts(endpoint: Endpoint, addresses: Sequence[str], at: Block) -> Iterator[bytes]:
    """The nodes that prove accounts, without any slots, many of them in one request."""
    for start in range(0, len(addresses), _BATCH):
        first, *rest = addresses[start : start + _BATCH]
        # The first goes alone: it finds out how this node wants blocks named.
        yield from _nodes(endpoint, _proof(endpoint, first, (), at), 0)
        answers: list[Any] = at_block(endpoint, at, lambda where, rest=rest: _proofs(endpoint, rest, where))  # type: ignore[misc]
        for answer in answers:
            yield from _nodes(endpoint, answer, 0)


def unserved(error: NodeError) -> bool:
    """The node has no such method."""
    if not isinstance(error, RpcError):
        return False
    text = error.message.lower()
    return error.number in _ABSENT or "not supported" in text or "does not exist" in text or "not found" in text


def _proof(endpoint: Endpoint, address: str, slots: Sequence[int], at: Block) -> Any:
    keys = [f"0x{slot:064x}" for slot in slots]
    return at_block(endpoint, at, lambda where: endpoint.call("eth_getProof", (address, keys, where)))


def _proofs(endpoint: Endpoint, addresses: Sequence[str], where: Any) -> list[Any]:
    answers = endpoint.batch([("eth_getProof", (address, [], where)) for address in addresses])
    for answer in answers:
        if isinstance(answer, RpcError):
            raise answer
    return answers


def _nodes(endpoint: Endpoint, answer: Any, many: int) -> Iterator[bytes]:
    """The nodes of one answer, each once. What is missing is found by the walk, which trusts nothing here."""
    stored = answer.get("storageProof") if isinstance(answer, Mapping) else None
    if not isinstance(stored, list) or len(stored) != many:
        raise endpoint.trouble("answers eth_getProof with something else")
    lists = [answer.get("accountProof"), *(part.get("proof") if isinstance(part, Mapping) else None for part in stored)]
    if not all(isinstance(nodes, list) for nodes in lists):
        raise endpoint.trouble("answers eth_getProof with something else")
    seen: set[str] = set()
    for node in (node for nodes in lists for node in nodes or ()):
        if not isinstance(node, str):
            raise endpoint.trouble("answers with a proof that is none")
        if node not in seen:
            seen.add(node)
            yield byte_string(endpoint, node)
