"""How is a JSON-RPC body answered? Floor 2. Whatever comes in, something well-formed goes out."""

from __future__ import annotations

import json
import traceback
from typing import Any

from hashkit.chain.devnet.chain import Chain
from hashkit.chain.devnet.methods import answer
from hashkit.chain.devnet.wire import hex_bytes
from hashkit.errors import HashkitError, RpcError

MOST_CALLS = 1_000
"""Calls that one batch may carry, so that nobody waits for the lock for ever."""

_PARSE_ERROR = -32700
_INVALID_REQUEST = -32600
_INTERNAL_ERROR = -32603


def respond(chain: Chain, body: bytes) -> bytes:
    """The answer to a single call or to a batch. Never raises."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return _dump(_failure(None, _PARSE_ERROR, "the body is not JSON"))
    if not isinstance(request, list):
        return _dump(_one(chain, request))
    if not 0 < len(request) <= MOST_CALLS:
        return _dump(_failure(None, _INVALID_REQUEST, f"a batch has 1 to {MOST_CALLS} calls"))
    return _dump([_one(chain, item) for item in request])


def _dump(answered: Any) -> bytes:
    return json.dumps(answered, separators=(",", ":")).encode()


def _one(chain: Chain, request: Any) -> dict[str, Any]:
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        return _failure(None, _INVALID_REQUEST, "a call is an object with a method")
    number, params = request.get("id"), request.get("params", [])
    if not isinstance(params, list):
        return _failure(number, _INVALID_REQUEST, "params are a list")
    try:
        return {"jsonrpc": "2.0", "id": number, "result": answer(chain, request["method"], params)}
    except RpcError as refusal:
        return _failure(number, refusal.number, refusal.message, refusal.data)
    except HashkitError as problem:
        return _failure(number, _INTERNAL_ERROR, str(problem))
    except Exception:  # noqa: BLE001 - whatever py-evm raises, the chain stays up and tells only its log
        traceback.print_exc()
        return _failure(number, _INTERNAL_ERROR, "internal error of the local chain; its log says more")


def _failure(number: Any, code: int, message: str, data: bytes = b"") -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data or code == 3:
        error["data"] = hex_bytes(data)
    return {"jsonrpc": "2.0", "id": number, "error": error}
