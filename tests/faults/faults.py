"""The faults that a script is made of. Each is a function of one exchange."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.faults.proxy import Exchange, Fault, Hangup, Reply


def lost_before(exchange: Exchange) -> Reply:
    """The connection breaks before the node has got anything."""
    raise Hangup


def lost_after(exchange: Exchange) -> Reply:
    """The node has done what it was asked, and its answer is lost."""
    exchange.forward()
    raise Hangup


def limited(seconds: int) -> Fault:
    """HTTP 429 with Retry-After."""
    return lambda exchange: Reply(429, b"slow down", {"Retry-After": str(seconds)})


def http_error(status: int, body: bytes = b"<html><h1>Bad Gateway</h1></html>", after: bool = False) -> Fault:
    """An error page of whatever stands before the node; ``after``: the node has got the call all the same."""

    def fault(exchange: Exchange) -> Reply:
        if after:
            exchange.forward()
        return Reply(status, body, {"Content-Type": "text/html"})

    return fault


def truncated(exchange: Exchange) -> Reply:
    """The first half of the answer."""
    body = json.dumps(exchange.forward()).encode()
    return Reply(200, body[: len(body) // 2])


def cut(exchange: Exchange) -> Reply:
    """The first half of the answer, with the length of the whole; then the connection ends."""
    body = json.dumps(exchange.forward()).encode()
    return Reply(200, body[: len(body) // 2], {"Content-Length": str(len(body)), "Connection": "close"})


def wrong_id(exchange: Exchange) -> dict[str, Any]:
    """The answer to another question."""
    return {**exchange.forward(), "id": 999_999_999}


def null(exchange: Exchange) -> dict[str, Any]:
    """``null``, as a node says that has not seen the block yet."""
    return exchange.answer(None)


def says(result: Any) -> Fault:
    """The same answer whatever the truth."""
    return lambda exchange: exchange.answer(result)


def refuses(message: str, number: int = -32000) -> Fault:
    """A JSON-RPC error; nothing goes to the node."""
    return lambda exchange: exchange.refuse(message, number)


def took_but_says(message: str, number: int = -32000) -> Fault:
    """The node takes the transaction and answers an error all the same."""

    def fault(exchange: Exchange) -> dict[str, Any]:
        exchange.forward()
        return exchange.refuse(message, number)

    return fault


def changed(**fields: Any) -> Fault:
    """The true answer with some fields forged."""

    def fault(exchange: Exchange) -> dict[str, Any]:
        answer = exchange.forward()
        if isinstance(answer.get("result"), dict):
            answer["result"] = {**answer["result"], **fields}
        return answer

    return fault


def reverted(exchange: Exchange) -> dict[str, Any]:
    """A mined transaction shown as reverted; nothing about one that is not mined."""
    return changed(status="0x0")(exchange)


def first(act: Any) -> Fault:
    """``act(exchange)``, then the true answer: the world moves on just before the node looks."""

    def fault(exchange: Exchange) -> dict[str, Any]:
        act(exchange)
        return exchange.forward()

    return fault


def then(act: Any) -> Fault:
    """The true answer, and ``act(exchange)`` before it goes out."""

    def fault(exchange: Exchange) -> dict[str, Any]:
        answer = exchange.forward()
        act(exchange)
        return answer

    return fault


def slow_act(seconds: float) -> Any:
    """An act that takes its time."""
    return lambda exchange: time.sleep(seconds)


def behind(blocks: int) -> Fault:
    """A node behind a balancer that lags: ``latest`` and ``pending`` are some blocks ago."""

    def fault(exchange: Exchange) -> dict[str, Any]:
        old = max(0, int(exchange.proxy.ask("eth_blockNumber"), 16) - blocks)
        if exchange.method == "eth_getTransactionReceipt":
            answer = exchange.forward()
            found = answer.get("result")
            late = isinstance(found, dict) and int(found["blockNumber"], 16) > old
            return exchange.answer(None) if late else answer
        params = [hex(old) if each in ("latest", "pending") else each for each in exchange.params]
        return {"jsonrpc": "2.0", "id": exchange.number, **exchange.proxy.strict(exchange.method, params)}

    return fault
