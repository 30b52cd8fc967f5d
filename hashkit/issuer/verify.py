"""Does the explorer show the source of an asset's contracts? Publish what is missing. Floor 3.

Explorers follow a clone to its implementation by themselves, so what is handed in are the implementations,
the token's both halves, and the contracts that are no clones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hashkit.contracts import artifacts
from hashkit.contracts.abi import encode
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.identity_registry import registry_arguments
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.rpc.explorer import Explorer
from hashkit.rpc.reads import code_at, read
from hashkit.store.deployments import Deployment

_ORDER = ("AssetTokenControl", "AssetToken", "IdentityRegistry", "RuleBook", "AssetFactory", "Lens")


@dataclass(frozen=True, slots=True)
class Target:
    """One contract to publish. ``clones`` are the addresses the explorer will show it for."""

    name: str
    address: str
    arguments: bytes
    clones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What came of one contract. ``state``: verified, already (before this run) or pending."""

    target: Target
    state: str
    link: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        where = {"contract": self.target.name, "address": self.target.address, "clones": list(self.target.clones)}
        return {**where, "state": self.state, "link": self.link}


def targets(context: Context, deployment: Deployment) -> tuple[Target, ...]:
    """The contracts behind an asset, each checked against the artifact it is to be published as.

    InputError when the code on chain is not what this version of hashkit ships.
    """
    found = []
    for name in _ORDER:
        contract = deployment.contracts.get(name)
        if contract is None:
            continue
        address = contract.implementation or contract.address
        clones = (contract.address,) if contract.implementation else ()
        _check_code(context, name, address)
        found.append(Target(name, address, _arguments(context, deployment, name), clones))
    return tuple(found)


def publish(
    context: Context,
    deployment: Deployment,
    *,
    on_event: Callable[[str], None] = lambda text: None,
    wait_seconds: float = 120.0,
    pause_seconds: float = 3.0,
) -> tuple[Published, ...]:
    """Hand in what the explorer does not show yet, and wait until it does.

    InputError when the network has no explorer, NodeError when it fails. A contract that the explorer has
    not finished in ``wait_seconds`` comes back as pending.
    """
    api = context.network.explorer_api
    if api is None:
        raise InputError(
            f"{context.network.name} has no explorer.",
            next_step="Set explorer_api of the network in hashkit.toml.",
            code="NO_EXPLORER",
        )
    explorer = Explorer(api)
    until = time.monotonic() + wait_seconds
    done = []
    for target in targets(context, deployment):
        state = _publish(explorer, target, until, pause_seconds)
        on_event(f"{target.name} at {target.address}: {state}")
        done.append(Published(target, state, context.network.address_link(target.address)))
    return tuple(done)


def _publish(explorer: Explorer, target: Target, until: float, pause: float) -> str:
    if explorer.is_verified(target.address):
        return "already"
    artifact = artifacts.load(target.name)
    source = json.dumps(artifact.standard_json(), sort_keys=True).encode()
    explorer.submit(target.address, target.name, f"v{artifact.compiler}", source, target.arguments)
    while not explorer.is_verified(target.address):
        if time.monotonic() > until:
            return "pending"
        time.sleep(pause)
    return "verified"


def _check_code(context: Context, name: str, address: str) -> None:
    if not artifacts.load(name).same_code(code_at(context.endpoint, address, "latest")):
        raise InputError(
            f"The code at {address} is not the {name} of this version of hashkit.",
            why="An explorer would compile this version's source and find other bytes.",
            next_step="Publish with the version of hashkit that deployed it.",
            code="CODE_DIFFERS",
        )


def _arguments(context: Context, deployment: Deployment, name: str) -> bytes:
    """Constructor arguments, ABI-encoded, as they were given when the contract was made."""
    if name == "AssetToken":
        return encode(["address"], [deployment.contracts["AssetTokenControl"].address])
    if name == "AssetFactory":
        factory = AssetFactory(deployment.contracts[name].address)
        patterns = (factory.token_implementation(), factory.rule_book_implementation())
        return encode(["address"] * 2, [read(context.endpoint, query, "latest") for query in patterns])
    if name == "IdentityRegistry":
        return registry_arguments(deployment.contracts[name].arguments)
    return b""
