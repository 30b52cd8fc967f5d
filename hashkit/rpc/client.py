"""One node, asked in JSON-RPC. Floor 2.

Answers are not believed: the id must match, sizes and times are bounded, redirects are refused. Only reads are
ever asked again. After an error of a write nobody knows whether the node has it, unless the code is
``UNREACHABLE``: then no byte was sent.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hashkit.domain.network import masked
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.parse import parse
from hashkit.rpc.revert import read_error
from hashkit.rpc.transport import MOST_BYTES, NotConnected, Reply, TooBig, Wire, split_url

T = TypeVar("T")

_TRIES = 4  # of a read
_FIRST_PAUSE = 0.25  # seconds; doubles with every try
_LONGEST_PAUSE = 10.0  # seconds that a node may ask us to wait
_OVERLOADED = frozenset({429, 502, 503, 504})
_READS = ("eth_", "net_", "web3_", "debug_trace", "trace_", "optimism_", "rpc_modules")
_WRITES = ("eth_send", "eth_sign", "eth_submit")
_LONGEST_MESSAGE = 300


class Endpoint:
    """A node at ``url``; ``timeout`` bounds each exchange, in seconds. One thread at a time.

    With ``chain_id`` the node is asked for its chain before it is asked anything else.
    """

    def __init__(self, url: str, *, timeout: float = 30.0, chain_id: int | None = None) -> None:
        parts = split_url(url)
        self._wire = Wire(parts, timeout)
        self._timeout = timeout
        self._expected = chain_id
        self._unchecked = chain_id is not None
        self._next_id = 0
        self._takes_batches = True
        self.takes_block_hashes = True
        """False once the node has refused EIP-1898 block references; ``reads`` keeps it."""
        self.label = masked(url)
        """The URL as far as it may be shown: user, path and query can hold keys."""
        secrets = (parts.username, parts.password, *parts.path.split("/"), *parts.query.split("&"))
        self._secrets = tuple(s for s in secrets if s and len(s) >= 6)

    def __repr__(self) -> str:
        return f"<Endpoint {self.label}>"

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        """The result of one call. RpcError when the node refuses, NodeError when there is no sensible answer."""
        self._check_once(method)
        number = self._number(1)
        ask = {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}

        def result(answer: Any) -> Any:
            found = self._result(method, answer, number)
            if isinstance(found, RpcError) and _is_rate_limit(found):
                raise _Again(self._limited(), None)
            return found

        found = self._exchange(ask, _is_read(method), result)
        if isinstance(found, RpcError):
            raise found
        return found

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of many calls in their order; an RpcError stands where the node refused one.

        A node that refuses batches of reads is asked one by one, now and from then on.
        """
        if not calls:
            return []
        self._check_once("")
        reads = all(_is_read(method) for method, _ in calls)
        if self._takes_batches:
            try:
                return self._batch(calls, reads)
            except NodeError as error:
                if not reads or error.code not in ("BATCH_REFUSED", "NODE_ANSWER", "TOO_BIG"):
                    raise
                self._takes_batches = error.code == "TOO_BIG"
        return [self._single(method, params) for method, params in calls]

    def chain_id(self) -> int:
        """The chain the node serves, asked anew at every call."""
        answer = self.call("eth_chainId")
        try:
            return int(answer, 16)
        except (TypeError, ValueError):
            raise self.trouble("names no chain id") from None

    def check_chain(self) -> None:
        """NodeError ``WRONG_CHAIN`` when the node serves another chain than the expected one."""
        found = self.chain_id()
        if self._expected is not None and found != self._expected:
            raise NodeError(
                f"The node at {self.label} serves chain {found}, expected was chain {self._expected}.",
                why="Nothing read from it or sent to it would be about the right network.",
                next_step="Check the RPC URL and the network.",
                code="WRONG_CHAIN",
            )
        self._unchecked = False

    def trouble(
        self, what: str, next_step: str = "Try again, or use another node.", *, why: str = "", code: str = "NODE_ANSWER"
    ) -> NodeError:
        """A NodeError about this node."""
        return NodeError(f"The node at {self.label} {what}.", why=why, next_step=next_step, code=code)

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._wire.close()

    def clean(self, text: str) -> str:
        """A node's own words, fit to be shown: one printable line, bounded, without what is secret in the URL."""
        line = " ".join("".join(ch if ch.isprintable() else " " for ch in text[:4000]).split())
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line[:_LONGEST_MESSAGE]

    def _check_once(self, method: str) -> None:
        if self._unchecked and method != "eth_chainId":
            self.check_chain()

    def _number(self, count: int) -> int:
        self._next_id += count
        return self._next_id - count + 1

    def _single(self, method: str, params: Sequence[Any]) -> Any:
        try:
            return self.call(method, params)
        except RpcError as error:
            return error

    def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]], reads: bool) -> list[Any]:
        first = self._number(len(calls))
        asks = [
            {"jsonrpc": "2.0", "id": first + i, "method": method, "params": list(params)}
            for i, (method, params) in enumerate(calls)
        ]

        def results(answers: Any) -> list[Any]:
            if isinstance(answers, Mapping) and answers.get("error") is not None:
                said = read_error("a batch", answers["error"], self.clean)
                if _is_rate_limit(said):
                    raise _Again(self._limited(), None)
                raise self.trouble("refuses batches", why=f"It says: {said.message}.", code="BATCH_REFUSED")
            if not isinstance(answers, list) or len(answers) != len(calls):
                raise _Again(self.trouble("does not answer every call of a batch"), None)
            by_id = {_id(answer): answer for answer in answers}
            return [self._result(method, by_id.get(first + i), first + i) for i, (method, _) in enumerate(calls)]

        return self._exchange(asks, reads, results)

    def _result(self, method: str, answer: Any, number: int) -> Any:
        """The result in one answer, or its RpcError; asked again when it is no answer to our question."""
        if not isinstance(answer, Mapping):
            raise _Again(self.trouble(f"gives no answer to {method}"), None)
        error = answer.get("error")
        # An error without an id is legal where the node could not read the question.
        if _id(answer) != number and (error is None or answer.get("id") is not None):
            raise _Again(self.trouble(f"answers {method} with the answer to something else"), None)
        if error is not None:
            return read_error(method, error, self.clean)
        if "result" not in answer:
            raise _Again(self.trouble(f"gives no result to {method}"), None)
        return answer["result"]

    def _exchange(self, ask: Any, reads: bool, accept: Callable[[Any], T]) -> T:
        """Send, read, and ``accept`` the answer; a read is asked again when that may help."""
        body = json.dumps(ask, separators=(",", ":")).encode()
        if not reads:
            # A kept connection may be dead, and then nobody knows what the node got of a write.
            self._wire.close()
        tries = _TRIES if reads else 1
        for attempt in range(tries):
            try:
                return accept(self._answer(body))
            except _Again as trouble:
                self._wire.close()
                if attempt == tries - 1:
                    raise trouble.error from None
                time.sleep(_pause(attempt, trouble.retry_after))
        raise AssertionError("the last try returns or raises")

    def _answer(self, body: bytes) -> Any:
        """The JSON that answers ``body``. Raises _Again where another try may help, NodeError where not."""
        kept = self._wire.is_open
        try:
            reply = self._wire.post(body)
        except NotConnected as error:
            raise self._unreachable(str(error)) from None
        except TimeoutError:
            next_step = "Ask for less, or use another node."
            raise self.trouble(f"gave no answer in {self._timeout:g} s", next_step, code="TIMEOUT") from None
        except TooBig:
            next_step = "Ask for less, or use another node."
            raise self.trouble(f"answers with more than {MOST_BYTES >> 20} MiB", next_step, code="TOO_BIG") from None
        except (OSError, http.client.HTTPException) as error:
            lost = self.trouble("broke off", why=f"{type(error).__name__} while it answered.", code="NO_ANSWER")
            raise _Again(lost, "0" if kept else None) from None
        return self._read(reply)

    def _read(self, reply: Reply) -> Any:
        status = reply.status
        if 300 <= status < 400:
            next_step = "Configure the address it sends you to, if you trust it."
            raise self.trouble("sends us elsewhere (a redirect)", next_step, code="REDIRECT")
        if status in _OVERLOADED:
            busy = self._limited() if status == 429 else self.trouble(f"is overloaded (HTTP status {status})")
            raise _Again(busy, reply.retry_after)
        try:
            answer = parse(reply.body)
        except ValueError:
            answer = None
        if isinstance(answer, (list, Mapping)) and (status == 200 or _says_why(answer)):
            return answer
        if status in (401, 403):
            raise self.trouble(f"refuses us (HTTP status {status})", "Check the key in its URL.", code="NODE_REFUSES")
        nonsense = self.trouble(
            "answers with something that is not JSON-RPC",
            "Check the URL, or try again later.",
            why=_looks_like(status, reply.body),
        )
        if status == 200 or status >= 500:
            raise _Again(nonsense, None)
        raise nonsense

    def _limited(self) -> NodeError:
        why = "Too many questions in a short time."
        return self.trouble("limits us", "Wait a minute, or use a node of your own.", why=why, code="RATE_LIMITED")

    def _unreachable(self, why: str) -> NodeError:
        next_step = "Check the URL and the connection; for the embedded chain: hashkit devnet up."
        return self.trouble("cannot be reached", next_step, why=f"{self.clean(why)}.", code="UNREACHABLE")


class _Again(Exception):
    """Another try may help a read; otherwise ``error`` is what happened."""

    def __init__(self, error: NodeError, retry_after: str | None) -> None:
        super().__init__(error.sentence)
        self.error = error
        self.retry_after = retry_after


def _is_read(method: str) -> bool:
    """Only what is known to change nothing is ever asked twice."""
    return method.startswith(_READS) and not method.startswith(_WRITES)


def _id(answer: Any) -> int | None:
    number = answer.get("id") if isinstance(answer, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _says_why(answer: Any) -> bool:
    return isinstance(answer, Mapping) and isinstance(answer.get("error"), Mapping)


def _is_rate_limit(error: RpcError) -> bool:
    words = error.message.lower()
    return error.number == 429 or "rate limit" in words or "too many requests" in words


def _looks_like(status: int, body: bytes) -> str:
    start = body[:200].lstrip().lower()
    kind = "nothing" if not body else "a web page" if start.startswith(b"<") else "broken or foreign JSON"
    return f"It sent {kind} with HTTP status {status}."


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds until the next try: what the node asks for, within bounds, or a doubling pause.

    ``Retry-After`` may be a date too; clocks being wrong, that form is not computed with.
    """
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after[:9]), _LONGEST_PAUSE)
    return float(_FIRST_PAUSE * 2**attempt)
