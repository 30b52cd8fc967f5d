"""JSON from a node that may want to hurt us. Floor 2."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

DEEPEST = 1000
"""Levels of nesting. Honest answers have five; traces of calls have a few hundred."""

_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPE = re.compile(rb"\\.", re.DOTALL)


def parse(body: bytes) -> Any:
    """The JSON in ``body``. ValueError when it is none, or nested deeper than ``DEEPEST``.

    Depth is measured first: eth_account and py-evm raise Python's recursion limit so far that the parser would
    overrun the stack, and the process would end without a word instead of with a RecursionError.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(body) > DEEPEST:
        raise ValueError("nested too deep")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _depth(body: bytes) -> int:
    """Levels of nesting; for what is not JSON, some number."""
    plain = _ESCAPE.sub(b"", body) if b"\\" in body else body
    brackets = b"".join(plain.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    return max(accumulate(1 if byte in b"[{" else -1 for byte in brackets), default=0)
