"""Ask contracts at a block: one question, or many at once. Floor 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, repeat
from typing import Any, TypeVar

from hashkit.contracts.call import Query
from hashkit.errors import HashkitError, NodeError, RpcError
from hashkit.rpc import together
from hashkit.rpc.blocks import Block, block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.revert import is_revert
from hashkit.rpc.values import byte_string

T = TypeVar("T")
At = Block | int | str
"""A block, its number or a tag. A ``Block`` is asked for by its hash, so that a reorganisation cannot slip in."""

_BATCH = 200  # calls in one JSON-RPC batch


def read(endpoint: Endpoint, query: Query[T], at: At) -> T:
    """The answer of one query.

    RpcError when the contract refuses, NodeError ``NO_CONTRACT`` when its answer does not fit the question.
    """
    return _decoded(query, at_block(endpoint, at, lambda where: _eth_call(endpoint, query.to, query.data, where)))


def read_many(endpoint: Endpoint, queries: Sequence[Query[T]], at: At) -> list[T | RpcError]:
    """The answers in their order; an RpcError stands where a contract refused.

    Many in one call, in JSON-RPC batches where the node does not answer such a call, else one by one. NodeError
    ``NO_CONTRACT`` when an answer does not fit its question.
    """
    answers: list[bytes | RpcError | None] = list(_together(endpoint, queries, at))
    # What failed in there is asked again by itself: a greedy contract may have taken the gas of the others,
    # and only a call of its own tells why it was refused.
    missing = [i for i, answer in enumerate(answers) if answer is None]
    for i, answer in zip(missing, _one_by_one(endpoint, [queries[i] for i in missing], at), strict=True):
        answers[i] = answer
    return [a if isinstance(a, RpcError) else _decoded(q, a or b"") for q, a in zip(queries, answers, strict=True)]


def given(answer: T | RpcError) -> T:
    """An answer of ``read_many`` that is needed; RpcError is raised when the contract refused it."""
    if isinstance(answer, RpcError):
        raise answer
    return answer


def code_at(endpoint: Endpoint, address: str, at: At) -> bytes:
    """Runtime code of an account; empty when it has none."""
    return at_block(endpoint, at, lambda where: _bytes(endpoint, "eth_getCode", address, where))


def codes_at(endpoint: Endpoint, addresses: Sequence[str], at: At) -> list[bytes]:
    """Runtime codes of many accounts, many in one HTTP request where the node takes batches."""
    found: list[bytes] = []
    for start in range(0, len(addresses), _BATCH):
        part = addresses[start : start + _BATCH]
        alone = 1 if isinstance(at, Block) else 0  # it finds out how this node wants blocks named
        found += [code_at(endpoint, address, at) for address in part[:alone]]
        found += at_block(endpoint, at, lambda where, rest=part[alone:]: _codes(endpoint, rest, where))  # type: ignore[misc]
    return found


def _codes(endpoint: Endpoint, addresses: Sequence[str], where: Any) -> list[bytes]:
    answers = endpoint.batch([("eth_getCode", (address, where)) for address in addresses])
    return [byte_string(endpoint, given(answer)) for answer in answers]


def storage_at(endpoint: Endpoint, address: str, slot: int, at: At) -> bytes:
    """One storage word, 32 bytes."""
    found = at_block(endpoint, at, lambda where: _bytes(endpoint, "eth_getStorageAt", address, hex(slot), where))
    if len(found) > 32:
        raise endpoint.trouble("answers with a storage word that is none")
    return found.rjust(32, b"\0")


def at_block(endpoint: Endpoint, at: At, ask: Callable[[Any], T]) -> T:
    """What ``ask`` gets at the block: by hash (EIP-1898) or, with a node that refuses that, by number.

    By number the block's hash is read again afterwards: an answer about another block is no answer.
    """
    if not isinstance(at, Block):
        return ask(hex(at) if isinstance(at, int) else at)
    if endpoint.takes_block_hashes:
        try:
            return ask({"blockHash": at.hash, "requireCanonical": True})
        except RpcError as error:
            if is_revert(error):
                raise
    answer = ask(hex(at.number))
    if block(endpoint, at.number).hash != at.hash:
        raise NodeError(
            f"Block {at.number} was replaced while it was read.",
            why=f"The node at {endpoint.label} followed a reorganisation.",
            next_step="Run it again; use a final block to be sure.",
            code="REORG",
        )
    endpoint.takes_block_hashes = False
    return answer


def _one_by_one(endpoint: Endpoint, queries: Sequence[Query[T]], at: At) -> Iterator[bytes | RpcError]:
    """Answers of single calls, many of them in one HTTP request where the node takes batches."""
    for start in range(0, len(queries), _BATCH):
        part = queries[start : start + _BATCH]
        # The first goes alone: it finds out how this node wants blocks named.
        yield _caught(endpoint, part[0], at)
        yield from at_block(endpoint, at, lambda where, rest=part[1:]: _batch(endpoint, rest, where))  # type: ignore[misc]


def _batch(endpoint: Endpoint, queries: Sequence[Query[T]], where: Any) -> list[bytes | RpcError]:
    answers = endpoint.batch([("eth_call", ({"to": q.to, "data": _hex(q.data)}, where)) for q in queries])
    return [a if isinstance(a, RpcError) else byte_string(endpoint, a) for a in answers]


def _caught(endpoint: Endpoint, query: Query[T], at: At) -> bytes | RpcError:
    try:
        return at_block(endpoint, at, lambda where: _eth_call(endpoint, query.to, query.data, where))
    except RpcError as error:
        return error


def _together(endpoint: Endpoint, queries: Sequence[Query[T]], at: At) -> Iterator[bytes | None]:
    """Answers out of calls that hold many, two calls at a time; None where a call of its own must tell."""
    cut = list(together.parts(queries))
    ways = (endpoint,) if len(cut) < 3 else (endpoint, endpoint.twin())
    serves, place = True, 0
    with ThreadPoolExecutor(len(ways)) as threads:
        while place < len(cut):
            some = cut[place : place + len(ways)] if endpoint.answers_many else cut[place : place + 1]
            asked = threads.map(lambda way, part: _part(way, part, at), ways, some) if serves else repeat(None)
            for part, found in zip(some, list(islice(asked, len(some))), strict=True):
                endpoint.answers_many |= found is not None
                if found is None and len(part) > 1:
                    serves = False  # a node that will not do it is not asked in vain again and again
                yield from found or [None] * len(part)
            place += len(some)
    for way in ways[1:]:
        way.close()


def _part(endpoint: Endpoint, part: Sequence[Query[T]], at: At) -> list[bytes | None] | None:
    """Answers of one call that holds them all; None when there is no such answer, and for one question alone."""
    if len(part) < 2:
        return None
    data = _hex(together.pack(part))
    try:
        returned = at_block(endpoint, at, lambda where: _bytes(endpoint, "eth_call", {"data": data}, where))
    except RpcError:  # it wants a recipient, or this is too much gas or code for one call
        return None
    except NodeError as error:
        if error.code != "NODE_ANSWER":
            raise
        return None
    return together.unpack(returned, len(part))


def _eth_call(endpoint: Endpoint, to: str, data: bytes, where: Any) -> bytes:
    return _bytes(endpoint, "eth_call", {"to": to, "data": _hex(data)}, where)


def _bytes(endpoint: Endpoint, method: str, *params: Any) -> bytes:
    return byte_string(endpoint, endpoint.call(method, params))


def _decoded(query: Query[T], returned: bytes) -> T:
    try:
        return query.decode(returned)
    except HashkitError:
        raise
    except Exception:  # noqa: BLE001 - a hostile contract answers anything, and decoders then raise anything
        raise NodeError(
            f"{query.to} does not answer {query.contract}.{query.function}.",
            why="There is no such contract at that address and block, or it is another one.",
            next_step="Check the address, the network and the block.",
            code="NO_CONTRACT",
        ) from None


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
