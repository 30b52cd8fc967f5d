"""One JSON object of somebody else's, small and flat: a keystore, the answer of a signer. Floor 2."""

from __future__ import annotations

import json
from typing import Any

_MOST_BRACKETS = 100
"""Neither has ten. eth_account raises the recursion limit so far that deep nesting ends the interpreter itself."""


def small_object(data: bytes) -> dict[str, Any] | None:
    """The object in ``data``, or None when that is anything else."""
    if data.count(b"[") + data.count(b"{") > _MOST_BRACKETS:
        return None
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
