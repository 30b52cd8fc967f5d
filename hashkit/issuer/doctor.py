"""Is everything ready for action? Node, clock, account and contracts, and how to mend what is not. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hashkit.chain.fees import coins
from hashkit.errors import HashkitError
from hashkit.issuer.context import Context, now
from hashkit.rpc.blocks import block
from hashkit.rpc.explorer import Explorer
from hashkit.rpc.reads import code_at
from hashkit.rpc.survey import survey
from hashkit.rpc.values import quantity
from hashkit.store.deployments import deployments

State = Literal["ok", "warn", "FAIL"]
_OLD = 60  # seconds after which the newest block of a busy chain is suspicious
_LAG = 15  # blocks that a node may be behind the others: they are not asked in the same second
_AHEAD = 15  # seconds a block may be ahead of this machine's clock


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``fix`` says what to do when it is not ok."""

    what: str
    state: State
    text: str
    fix: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"what": self.what, "state": self.state, "text": self.text, "fix": self.fix}


def examine(context: Context) -> tuple[Finding, ...]:
    """Everything worth knowing before acting. Never raises for what it finds: it becomes a finding."""
    probes: dict[str, Callable[[Context], Iterator[Finding]]] = {
        "node": _node,
        "block": _blocks,
        "account": _account,
        "contracts": _contracts,
        "explorer": _explorer,
    }
    return tuple(finding for what, probe in probes.items() for finding in _survive(what, probe, context))


def _survive(what: str, probe: Callable[[Context], Iterator[Finding]], context: Context) -> tuple[Finding, ...]:
    try:
        return tuple(probe(context))
    except HashkitError as error:
        return (Finding(what, "FAIL", f"{error.sentence} {error.why}".strip(), error.next_step),)


def _node(context: Context) -> Iterator[Finding]:
    for node in survey(context.endpoint):
        if node.chain_id not in (None, context.network.chain_id):
            yield Finding("node", "FAIL", str(node), "Take it out of the list: nothing is sent while it is there.")
        elif node.problem:
            yield Finding("node", "warn", str(node), "The others stand in for it; mend it or take it out of the list.")
        elif (node.lag or 0) > _LAG:
            yield Finding("node", "warn", str(node), "It is not used while it is behind.")
        else:
            yield Finding("node", "ok", str(node))


def _blocks(context: Context) -> Iterator[Finding]:
    newest, final = block(context.endpoint, "latest"), block(context.endpoint, context.network.finality)
    age = int(now().timestamp()) - newest.timestamp
    behind = newest.number - final.number
    text = f"block {newest.number:,}, {max(age, 0):,} s old; {context.network.finality} is {behind:,} behind"
    if age < -_AHEAD:
        fix = "Set this machine's clock, or use another node."
        yield Finding("clock", "warn", f"the newest block is {-age} s in the future of this machine", fix)
    elif age > _OLD and not context.network.dev:  # the embedded chain makes blocks only when asked to
        yield Finding("block", "warn", text, "The node may be behind: compare with the explorer.")
    else:
        yield Finding("block", "ok", text)


def _account(context: Context) -> Iterator[Finding]:
    if context.account is None and context.signer is None:
        fix = "Name one with --account, or make one: hashkit account new NAME."
        yield Finding("account", "warn", "no account is chosen: reading works, sending does not", fix)
        return
    who, endpoint = context.sender, context.endpoint
    wei = quantity(endpoint, endpoint.call("eth_getBalance", (who, "latest")))
    mined = quantity(endpoint, endpoint.call("eth_getTransactionCount", (who, "latest")))
    sent = quantity(endpoint, endpoint.call("eth_getTransactionCount", (who, "pending")))
    text = f"{who} has {coins(wei)} {context.network.currency}, nonce {mined}, {sent - mined} pending"
    fix = f"Send it some {context.network.currency} for fees." if wei == 0 else ""
    yield Finding("account", "ok" if wei else "FAIL", text, fix)


def _contracts(context: Context) -> Iterator[Finding]:
    if (oracle := context.network.gas_price_oracle) is not None:
        there = bool(code_at(context.endpoint, oracle, "latest"))
        text = f"L1 fee oracle at {oracle}" + ("" if there else " is not there; hashkit goes on without it")
        yield Finding("contract", "ok" if there else "warn", text)
    for deployment in deployments(context.project, context.network.chain_id):
        token = deployment.contracts["AssetToken"].address
        there = bool(code_at(context.endpoint, token, "latest"))
        text = f"{deployment.asset.symbol} at {token}" + ("" if there else ": no contract is there")
        fix = "" if there else "The chain was reset or is another one: hashkit devnet reset forgets old records."
        yield Finding("asset", "ok" if there else "FAIL", text, fix)


def _explorer(context: Context) -> Iterator[Finding]:
    if context.network.explorer_api is None:
        return
    explorer = Explorer(context.network.explorer_api, timeout=10.0)
    try:
        explorer.is_verified("0x" + "00" * 20)
    except HashkitError as error:  # without its explorer a chain still works
        yield Finding("explorer", "warn", f"{error.sentence} {error.why}", error.next_step)
        return
    yield Finding("explorer", "ok", f"{explorer.label} answers")
