"""A plan as a batch for Safe's Transaction Builder: several owners sign it there. Floor 3.

Shape and checksum follow safe-global/safe-react-apps, apps/tx-builder (typings/models.ts, lib/checksum.ts).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hashkit.contracts.hashing import keccak
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.issuer.steps import Step, calls_of
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import code_at

_BUILDER = "1.18.2"  # the version of the Transaction Builder whose format this is


def safe_batch(context: Context, title: str, ready: Sequence[Step]) -> dict[str, Any]:
    """The steps for the Safe at ``context.sender``. InputError when that is no contract on this chain.

    ``createdAt`` is the time of the newest block, in milliseconds.
    """
    if not ready:
        raise InputError("There is nothing to do, so there is nothing to export.", code="NOTHING_TO_DO")
    if not code_at(context.endpoint, context.sender, "latest"):
        raise InputError(
            f"{context.sender} is no Safe on {context.network.name}: it has no code.",
            why="The checks and the powers of a plan are those of the account that will act.",
            next_step="Name the Safe: --account 0x…",
            code="NO_SAFE",
        )
    calls = calls_of(ready)
    batch: dict[str, Any] = {
        "version": "1.0",
        "chainId": str(context.network.chain_id),
        "createdAt": block(context.endpoint, "latest").timestamp * 1000,
        "meta": {
            "name": title,
            "description": "; ".join(step.title for step in ready)[:500],
            "txBuilderVersion": _BUILDER,
            "createdFromSafeAddress": context.sender,
            "createdFromOwnerAddress": "",
        },
        "transactions": [
            {
                "to": call.to,
                "value": str(call.value),
                "data": "0x" + call.data.hex(),
                "contractMethod": None,
                "contractInputsValues": None,
            }
            for call in calls
        ],
    }
    batch["meta"]["checksum"] = checksum_of(batch)
    return batch


def checksum_of(batch: dict[str, Any]) -> str:
    """The checksum that the Transaction Builder compares: keccak256 of its own text form, without the name."""
    meta = {key: value for key, value in batch["meta"].items() if key != "checksum"}
    return "0x" + keccak(_text({**batch, "meta": {**meta, "name": None}}).encode()).hex()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_text, value))}]"
    if isinstance(value, dict):
        keys = sorted(value)
        return "{" + _json(keys) + "".join(f"{_text(value[key])}," for key in keys) + "}"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
