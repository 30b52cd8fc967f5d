"""One node, asked once: a question, an answer that fits it, or what went wrong. Floor 2.

Answers are not believed: the id must match, sizes and times are bounded, redirects are refused. Nothing here
asks twice; ``client`` decides about that.
"""

from __future__ import annotations

import copy
import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hashkit.domain.network import masked
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.pace import Pace
from hashkit.rpc.parse import parse
from hashkit.rpc.revert import read_error
from hashkit.rpc.transport import MOST_BYTES, NotConnected, Reply, TooBig, Wire, split_url

_OVERLOADED = frozenset({429, 502, 503, 504})
_LONGEST_MESSAGE = 300
_LONGEST_REST = 3600.0  # seconds that we note down when a node asks for more

Calls = Sequence[tuple[str, Sequence[Any]]]
Quick = Callable[[bytes, int], Any]
"""Reads the bytes of the answer to a question of this number; None when they should be read as JSON."""


class Again(Exception):
    """Another try may help a read; otherwise ``error`` is what happened.

    ``rest``: seconds that the node asked us to wait. ``limits``: we were too fast. ``lost``: a kept
    connection was dead, which says nothing about the node.
    """

    def __init__(
        self, error: NodeError, *, rest: float | None = None, limits: bool = False, lost: bool = False
    ) -> None:
        super().__init__(error.sentence)
        self.error, self.rest, self.limits, self.lost = error, rest, limits, lost


class Node:
    """A node at ``url``; ``timeout`` bounds each exchange, in seconds."""

    def __init__(self, url: str, timeout: float) -> None:
        self._parts = split_url(url)
        parts = self._parts
        self._wire = Wire(parts, timeout)
        self._timeout = timeout
        self._next_id = 0
        self.pace = Pace()
        self.takes_batches = True
        self.takes_block_hashes = True
        self.answers_many = False
        self.is_checked = False
        """Whether it named the right chain since it last failed."""
        self.label = masked(url)
        secrets = (parts.username, parts.password, *parts.path.split("/"), *parts.query.split("&"))
        self.secrets = {s for s in secrets if s and len(s) >= 6}
        """What must not be shown in a node's own words; ``client`` adds what is secret in the URLs of the others."""

    def twin(self) -> Node:
        """The same node over a connection of its own, at the same pace: for another thread."""
        other = copy.copy(self)
        other._wire = Wire(self._parts, self._timeout)
        return other

    def call(self, method: str, params: Sequence[Any], *, fresh: bool = False, quick: Quick | None = None) -> Any:
        """The result of one call, or the RpcError that the node answers with; or what ``quick`` made of the bytes.

        ``fresh`` opens a connection of its own: a kept one may be dead, and then nobody knows what the node got.
        """
        number = self._number(1)
        ask = {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
        reply = self._exchange(ask, fresh)
        read = quick(reply.body, number) if quick is not None and reply.status == 200 else None
        if read is not None:
            self.pace.answered()
            return read
        found = self._result(method, self._read(reply), number)
        if isinstance(found, RpcError) and _is_rate_limit(found):
            raise self._limited(None)
        self.pace.answered()
        return found

    def batch(self, calls: Calls, *, fresh: bool = False) -> list[Any]:
        """The results of many calls in their order. NodeError ``BATCH_REFUSED`` from a node without batches."""
        first = self._number(len(calls))
        asks = [
            {"jsonrpc": "2.0", "id": first + i, "method": method, "params": list(params)}
            for i, (method, params) in enumerate(calls)
        ]
        answers = self._read(self._exchange(asks, fresh))
        if isinstance(answers, Mapping) and answers.get("error") is not None:
            said = read_error("a batch", answers["error"], self.clean)
            if _is_rate_limit(said):
                raise self._limited(None)
            raise self.trouble("refuses batches", why=f"It says: {said.message}.", code="BATCH_REFUSED")
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise self._again("does not answer every call of a batch")
        by_id = {_id(answer): answer for answer in answers}
        found = [self._result(method, by_id.get(first + i), first + i) for i, (method, _) in enumerate(calls)]
        self.pace.answered()
        return found

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._wire.close()

    def trouble(
        self, what: str, next_step: str = "Try again, or use another node.", *, why: str = "", code: str = "NODE_ANSWER"
    ) -> NodeError:
        """A NodeError about this node."""
        return NodeError(f"The node at {self.label} {what}.", why=why, next_step=next_step, code=code)

    def limits(self) -> NodeError:
        """What is said of a node that finds us too fast."""
        why = "Too many questions in a short time."
        return self.trouble("limits us", "Wait a minute, or use a node of your own.", why=why, code="RATE_LIMITED")

    def clean(self, text: str) -> str:
        """A node's own words, fit to be shown: one printable line, bounded, without what is secret in a URL."""
        line = " ".join("".join(ch if ch.isprintable() else " " for ch in text[:4000]).split())
        for secret in sorted(self.secrets, key=len, reverse=True):
            line = line.replace(secret, "***")
        return line[:_LONGEST_MESSAGE]

    def _number(self, count: int) -> int:
        self._next_id += count
        return self._next_id - count + 1

    def _result(self, method: str, answer: Any, number: int) -> Any:
        """The result in one answer, or its RpcError; Again when it is no answer to our question."""
        if not isinstance(answer, Mapping):
            raise self._again(f"gives no answer to {method}")
        error = answer.get("error")
        # An error without an id is legal where the node could not read the question.
        if _id(answer) != number and (error is None or answer.get("id") is not None):
            raise self._again(f"answers {method} with the answer to something else")
        if error is not None:
            return read_error(method, error, self.clean)
        if "result" not in answer:
            raise self._again(f"gives no result to {method}")
        return answer["result"]

    def _exchange(self, ask: Any, fresh: bool) -> Reply:
        """What comes back for ``ask``. Raises Again where another try may help, NodeError where not."""
        if fresh:
            self._wire.close()
        self.pace.keep()
        kept = self._wire.is_open
        try:
            return self._wire.post(json.dumps(ask, separators=(",", ":")).encode())
        except NotConnected as error:
            raise self._unreachable(str(error)) from None
        except TimeoutError:
            next_step = "Ask for less, or use another node."
            raise self.trouble(f"gave no answer in {self._timeout:g} s", next_step, code="TIMEOUT") from None
        except TooBig:
            next_step = "Ask for less, or use another node."
            raise self.trouble(f"answers with more than {MOST_BYTES >> 20} MiB", next_step, code="TOO_BIG") from None
        except (OSError, http.client.HTTPException) as error:
            broke = self.trouble("broke off", why=f"{type(error).__name__} while it answered.", code="NO_ANSWER")
            raise Again(broke, rest=0.0 if kept else None, lost=kept) from None

    def _read(self, reply: Reply) -> Any:
        """The JSON of a reply. Raises Again where another try may help, NodeError where not."""
        status = reply.status
        if 300 <= status < 400:
            next_step = "Configure the address it sends you to, if you trust it."
            raise self.trouble("sends us elsewhere (a redirect)", next_step, code="REDIRECT")
        if status == 429:
            raise self._limited(_seconds(reply.retry_after))
        if status in _OVERLOADED:
            raise Again(self.trouble(f"is overloaded (HTTP status {status})"), rest=_seconds(reply.retry_after))
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
            raise Again(nonsense)
        raise nonsense

    def _again(self, what: str) -> Again:
        return Again(self.trouble(what))

    def _limited(self, rest: float | None) -> Again:
        return Again(self.limits(), rest=rest, limits=True)

    def _unreachable(self, why: str) -> NodeError:
        next_step = "Check the URL and the connection; for the embedded chain: hashkit devnet up."
        return self.trouble("cannot be reached", next_step, why=f"{self.clean(why)}.", code="UNREACHABLE")


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


def _seconds(retry_after: str | None) -> float | None:
    """What ``Retry-After`` asks for. It may be a date too; clocks being wrong, that form is not computed with."""
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after[:9]), _LONGEST_REST)
    return None
