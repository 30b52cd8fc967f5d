"""One chain, asked in JSON-RPC through one node or several. Floor 2.

Reads go to the preferred node that is well, and to the next when it fails. Only reads are ever asked again:
after an error of a write nobody knows whether the node has it, unless the code is ``UNREACHABLE``: then no byte
was sent. A node is believed once it has named the right chain, and after another one only if it is as far.
"""

from __future__ import annotations

import copy
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hashkit.errors import NodeError, RpcError
from hashkit.rpc.node import Again, Calls, Node, Quick

T = TypeVar("T")

_TRIES = 4  # of a read, at each node
_FIRST_PAUSE = 0.25  # seconds; doubles with every try
_LONGEST_PAUSE = 10.0  # seconds
_BUDGET = 60.0
"""Seconds that one question may wait for nodes that limit us, or that are behind."""
_SHORT = 2.0
_READS = ("eth_", "net_", "web3_", "debug_trace", "trace_", "optimism_", "rpc_modules")
_WRITES = ("eth_send", "eth_sign", "eth_submit")
_MAY_LACK = frozenset(
    {"eth_getTransactionReceipt", "eth_getTransactionByHash", "eth_getBlockByNumber", "eth_getBlockByHash"}
)
"""One node's null says little: it may be behind. The others are asked before it counts."""
_NO_METHOD = -32601
_LACKS = re.compile(
    r"header not found|unknown block|block not found|missing trie node|state .*not available|pruned"
    r"|api key|project id|quota|daily request",
    re.IGNORECASE,
)
"""Words of a node that lacks what another may have: a block or an old state (geth, erigon, reth), or our money."""
_ABOUT_THE_QUESTION = ("WRONG_CHAIN", "BATCH_REFUSED", "TOO_BIG")
"""Another node is no cure: a wrong chain is a mistake in the settings, and the others want less at once."""
_HOPELESS = ("UNREACHABLE", "REDIRECT", "NODE_REFUSES")


class Endpoint:
    """The nodes at ``urls``, the preferred first; ``timeout`` bounds each exchange, in seconds. One thread at a time.

    A text may name several, with commas between. With ``chain_id``, or with several nodes, each is asked for its
    chain before it is asked anything else.
    """

    def __init__(self, urls: str | Sequence[str], *, timeout: float = 30.0, chain_id: int | None = None) -> None:
        self._nodes = tuple(Node(url, timeout) for url in split_urls(urls))
        secrets = {secret for node in self._nodes for secret in node.secrets}
        for node in self._nodes:
            node.secrets = secrets
        self._current = self._nodes[0]
        self._chain = chain_id
        self._patience = _BUDGET
        """Seconds that the next question may wait: few after one that waited in vain, until a node answers."""
        self._head = 0
        """Highest block that was heard of: a node that is not so far has missed something."""

    def __repr__(self) -> str:
        return f"<Endpoint {', '.join(node.label for node in self._nodes)}>"

    @property
    def label(self) -> str:
        """The URL in use as far as it may be shown: user, path and query can hold keys."""
        return self._current.label

    @property
    def takes_block_hashes(self) -> bool:
        """False once the node in use has refused EIP-1898 block references; ``reads`` keeps it."""
        return self._current.takes_block_hashes

    @takes_block_hashes.setter
    def takes_block_hashes(self, takes: bool) -> None:
        self._current.takes_block_hashes = takes

    @property
    def answers_many(self) -> bool:
        """True once the node in use has answered many questions in one call; ``reads`` keeps it."""
        return self._current.answers_many

    @answers_many.setter
    def answers_many(self, answers: bool) -> None:
        self._current.answers_many = answers

    def call(self, method: str, params: Sequence[Any] = (), quick: Quick | None = None) -> Any:
        """The result of one call. RpcError when the node refuses, NodeError when there is no sensible answer.

        ``quick`` may read the bytes of a read's answer itself; what it makes of them is then the result.
        """
        if _is_read(method):
            heard = self._read(method, lambda node: node.call(method, params, quick=quick))
            found = self._whole(method, params, heard)
        else:
            found = self._write(lambda node: node.call(method, params, fresh=True))
        if isinstance(found, RpcError):
            raise found
        return found

    def batch(self, calls: Calls) -> list[Any]:
        """The results of many calls in their order; an RpcError stands where the node refused one.

        A node that refuses batches of reads is asked one by one, now and from then on.
        """
        if not calls:
            return []
        if not all(_is_read(method) for method, _ in calls):
            if self._current.takes_batches:
                return self._write(lambda node: node.batch(calls, fresh=True))
        elif self._current.takes_batches:
            try:
                found = self._read("", lambda node: node.batch(calls))
            except NodeError as error:
                if error.code not in ("BATCH_REFUSED", "NODE_ANSWER", "TOO_BIG"):
                    raise
                self._current.takes_batches = error.code == "TOO_BIG"
            else:
                return [self._whole(*asked, answer) for asked, answer in zip(calls, found, strict=True)]
        return [self._single(method, params) for method, params in calls]

    def chain_id(self) -> int:
        """The chain the node serves, asked anew at every call."""
        return self._read("eth_chainId", _chain_of)

    def check_chain(self) -> None:
        """NodeError ``WRONG_CHAIN`` when the node serves another chain than the expected one."""
        found = self.chain_id()
        self._check(self._current, found)

    def trouble(
        self, what: str, next_step: str = "Try again, or use another node.", *, why: str = "", code: str = "NODE_ANSWER"
    ) -> NodeError:
        """A NodeError about the node in use."""
        return self._current.trouble(what, next_step, why=why, code=code)

    def each(self) -> tuple[Endpoint, ...]:
        """Every node as an endpoint of its own, which no other stands in for."""
        found = []
        for node in self._nodes:
            alone = copy.copy(self)
            alone._nodes, alone._current, alone._head = (node,), node, 0
            found.append(alone)
        return tuple(found)

    def others(self) -> tuple[Endpoint, ...]:
        """Every node but the one in use, each as an endpoint of its own."""
        return tuple(each for each in self.each() if each._current is not self._current)

    def twin(self) -> Endpoint:
        """The same nodes over connections of their own, at the same pace: for another thread."""
        other = copy.copy(self)
        other._nodes = tuple(node.twin() for node in self._nodes)
        other._current = other._nodes[self._nodes.index(self._current)]
        return other

    def close(self) -> None:
        """Close the connections; the next call opens another."""
        for node in self._nodes:
            node.close()

    def clean(self, text: str) -> str:
        """A node's own words, fit to be shown: one printable line, bounded, without what is secret in a URL."""
        return self._current.clean(text)

    # Reads: from node to node until one answers

    def _read(self, method: str, ask: Callable[[Node], T]) -> T:
        """What ``ask`` gets from the first node that has a sensible answer."""
        began = time.monotonic()
        tries: Counter[Node] = Counter()
        not_before: dict[Node, float] = {}
        failed: dict[Node, NodeError] = {}
        while len(failed) < len(self._nodes):
            node = self._choose(failed, not_before)
            start = max(node.pace.rests_until, not_before.get(node, 0.0))
            if start - began > min(self._patience, _BUDGET):  # an earlier question was told so
                failed[node] = node.limits()
                continue
            time.sleep(max(0.0, start - time.monotonic()))
            try:
                self._admit(node, method)
                found = ask(node)
            except Again as trouble:
                pause = _pause(tries[node], trouble)
                tries[node] += 1
                not_before[node] = time.monotonic() + pause
                self._failed(node, trouble, pause)
                waits = trouble.limits or trouble.error.code == "STALE"
                patience = min(self._patience, _BUDGET)
                if (not_before[node] - began > patience) if waits else (tries[node] >= _TRIES):
                    failed[node] = trouble.error
            except NodeError as error:
                if len(self._nodes) == 1 or error.code in _ABOUT_THE_QUESTION:
                    raise
                self._benched(node)
                failed[node] = error
            else:
                self._current, self._patience = node, _BUDGET
                return found
        self._patience = _SHORT
        raise _summary(list(failed.values()))

    def _choose(self, failed: Mapping[Node, Any], not_before: Mapping[Node, float]) -> Node:
        """The first node in order of preference that is well; if none is, the one that is so first."""
        now = time.monotonic()

        def well(node: Node) -> float:
            return max(now, node.pace.rests_until, node.pace.benched_until, not_before.get(node, 0.0))

        return min((node for node in self._nodes if node not in failed), key=well)

    def _admit(self, node: Node, method: str) -> None:
        """Before a node is believed: does it serve our chain, and is it as far as the one before it?"""
        moved = node is not self._current
        if moved or not (node.is_checked or method == "eth_chainId"):
            self._meet(node)
        if moved and self._head:
            head = _height(node.call("eth_blockNumber", ()))
            if head is None or head < self._head:
                why = f"Its newest block is {head}, another node was at {self._head}."
                raise Again(node.trouble("is behind", "Wait a little, or use another node.", why=why, code="STALE"))

    def _meet(self, node: Node) -> None:
        if self._chain is not None or len(self._nodes) > 1:
            self._check(node, _chain_of(node))

    def _check(self, node: Node, found: int) -> None:
        if self._chain is None and len(self._nodes) > 1:
            self._chain = found  # nobody said which chain it is, but it must be the same one everywhere
        if self._chain is not None and found != self._chain:
            raise NodeError(
                f"The node at {node.label} serves chain {found}, expected was chain {self._chain}.",
                why="Nothing read from it or sent to it would be about the right network.",
                next_step="Check the RPC URL and the network.",
                code="WRONG_CHAIN",
            )
        node.is_checked = True

    def _failed(self, node: Node, trouble: Again, pause: float) -> None:
        node.close()
        if trouble.limits:
            node.pace.limited(pause)
        elif not trouble.lost:
            self._benched(node)

    def _benched(self, node: Node) -> None:
        node.pace.failed()
        node.is_checked = node.is_checked and len(self._nodes) == 1

    def _whole(self, method: str, params: Sequence[Any], found: Any) -> Any:
        """``found``; or what another node has, where the one in use lacks it. Remembers how far the chain is."""
        self._note(method, params, found)
        if _lacks(method, found):
            for node in self._nodes:
                if node is self._current or node.pace.is_benched:
                    continue
                try:
                    if not node.is_checked:
                        self._meet(node)
                    heard = node.call(method, params)
                except Again as trouble:
                    self._failed(node, trouble, _pause(0, trouble))
                except NodeError as error:
                    if error.code == "WRONG_CHAIN":
                        raise
                    self._benched(node)
                else:
                    if heard is not None and not isinstance(heard, RpcError):
                        self._note(method, params, heard)
                        return heard
        return found

    def _note(self, method: str, params: Sequence[Any], found: Any) -> None:
        """Keep the height of the chain: it falls only when the node in use says so itself, as in a reorganisation."""
        if method == "eth_blockNumber":
            self._head = _height(found) or self._head
        elif method == "eth_getBlockByNumber" and "latest" in params and isinstance(found, Mapping):
            self._head = _height(found.get("number")) or self._head
        elif method == "eth_getTransactionReceipt" and isinstance(found, Mapping):
            self._head = max(self._head, _height(found.get("blockNumber")) or 0)

    def _single(self, method: str, params: Sequence[Any]) -> Any:
        try:
            return self.call(method, params)
        except RpcError as error:
            return error

    # Writes: one node, once

    def _write(self, ask: Callable[[Node], T]) -> T:
        """Choose a node that is well, then ask it once. What fails is raised: never the same again elsewhere."""
        node = self._read("", lambda node: node)
        try:
            return ask(node)
        except Again as trouble:
            self._failed(node, trouble, _pause(0, trouble))
            raise trouble.error from None
        except NodeError:
            self._benched(node)
            raise

    def tell_others(self, method: str, params: Sequence[Any]) -> None:
        """Send to all nodes but the one in use, once each: for what means the same however often it is said.

        What they answer is not told. For signed bytes that are written down already, and for nothing else.
        """
        for node in self._nodes:
            if node is self._current or node.pace.is_benched:
                continue
            try:
                self._meet(node)
                node.call(method, params, fresh=True)
            except Again as trouble:
                self._failed(node, trouble, _pause(0, trouble))
            except NodeError:
                self._benched(node)


def split_urls(urls: str | Sequence[str]) -> tuple[str, ...]:
    """One URL or several, each once. A comma separates them only where another URL follows."""
    texts = [urls] if isinstance(urls, str) else urls
    found = [url.strip() for text in texts for url in re.split(r",\s*(?=https?://)", text)]
    return tuple(dict.fromkeys(found)) or ("",)


def _chain_of(node: Node) -> int:
    answer = node.call("eth_chainId", ())
    if isinstance(answer, RpcError):
        raise answer
    try:
        return int(answer, 16)
    except (TypeError, ValueError):
        raise node.trouble("names no chain id") from None


def _lacks(method: str, found: Any) -> bool:
    """Whether this node has not got what another may have."""
    if isinstance(found, RpcError):
        return found.number == _NO_METHOD or bool(_LACKS.search(found.message))
    return found is None and method in _MAY_LACK


def _summary(errors: Sequence[NodeError]) -> NodeError:
    """One error for all nodes: the one with most hope in it, with what the others did as details."""
    if len(errors) == 1:
        return errors[0]
    chosen = next((error for error in errors if error.code not in _HOPELESS), errors[0])
    return NodeError(
        chosen.sentence,
        why=f"{chosen.why} None of the {len(errors)} nodes answers.".strip(),
        next_step=chosen.next_step,
        code=chosen.code,
        details=[f"{error.sentence} {error.why}".strip() for error in errors],
    )


def _is_read(method: str) -> bool:
    """Only what is known to change nothing is ever asked twice."""
    return method.startswith(_READS) and not method.startswith(_WRITES)


def _height(value: Any) -> int | None:
    """A block number from a node that may be hostile, or None."""
    return int(value, 16) if isinstance(value, str) and re.fullmatch(r"0x[0-9a-fA-F]{1,16}", value) else None


def _pause(attempt: int, trouble: Again) -> float:
    """Seconds until the next try: what the node asks for, or a doubling pause.

    A node that limits us is believed for as long as it says; one that is merely broken, within bounds.
    """
    doubling = min(float(_FIRST_PAUSE * 2 ** min(attempt, 20)), _LONGEST_PAUSE)
    if trouble.limits:
        return max(trouble.rest or 0.0, doubling)
    return doubling if trouble.rest is None else min(trouble.rest, _LONGEST_PAUSE)
