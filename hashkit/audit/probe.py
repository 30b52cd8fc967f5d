"""What is at this address, and which block do we pin? Floor 3.

What a stranger's contract refuses to say is noted in plain words.
"""

from __future__ import annotations

import re

from hashkit.audit.evidence import Pin, Subject
from hashkit.audit.view import View
from hashkit.audit.words import clean
from hashkit.contracts.asset_token import AssetToken
from hashkit.domain.network import Network
from hashkit.domain.terms import instant
from hashkit.errors import InputError, RpcError
from hashkit.rpc.blocks import TAGS, Block, block, block_at, block_at_time
from hashkit.rpc.client import Endpoint
from hashkit.rpc.proofs import header_at
from hashkit.rpc.reads import code_at

_GONE = ("missing trie node", "state", "pruned", "historical", "archive", "not available", "history")


def pin(endpoint: Endpoint, network: Network, at: int | str | None) -> Pin:
    """The block of the report, by hash: the network's last final one unless ``at`` names another."""
    chosen = block_at(endpoint, at, network.finality)
    final = network.finality == "latest" or chosen.number <= block(endpoint, network.finality).number
    header, why = header_at(endpoint, chosen)
    return Pin(chosen, final, _has_state(endpoint, chosen), header, why)


def opening_block(endpoint: Endpoint, since: int | str | None, last: Block) -> Block | None:
    """Where a period begins: the end of the block that ``since`` names, or the last block before a day or time."""
    if since is None:
        return None
    is_block = isinstance(since, int) or since in TAGS or re.fullmatch(r"[0-9]{1,19}|0x[0-9a-fA-F]{64}", since)
    found = block_at(endpoint, since, "latest") if is_block else block_at_time(endpoint, instant(str(since)) - 1)
    if found.number > last.number:
        raise InputError(
            f"The period begins in block {found.number}, after block {last.number}.",
            next_step="Let --from lie before --at.",
            code="PERIOD",
        )
    return found


def _has_state(endpoint: Endpoint, chosen: Block) -> bool:
    try:
        code_at(endpoint, "0x" + "00" * 20, chosen)
    except RpcError as error:
        if any(word in error.message.lower() for word in _GONE):
            return False
        raise
    return True


def probe(view: View, token: str, first: int | None) -> Subject:
    """What the contract says of itself. InputError when there is no contract."""
    pinned = view.pin
    if not view.code(token):
        raise InputError(
            f"There is no contract at {token} in block {pinned.block.number}.",
            why="It is an ordinary account, lies on another network, or was deployed later.",
            next_step="Check the address, the network and --at.",
            code="NO_CONTRACT",
        )
    face = AssetToken(token)
    born = view.ask(face.deployed_block())
    registry = view.ask(face.identity_registry())
    control = view.ask(face.control())
    ours = born is not None and registry is not None and control is not None
    decimals = view.ask(face.decimals())
    return Subject(
        token=token,
        name=clean(view.ask(face.name()) or ""),
        symbol=clean(view.ask(face.symbol()) or "", 20),
        decimals=decimals if decimals is not None and decimals < 256 else 0,
        ours=ours,
        first=_first(born if ours else None, first, pinned.block),
        unread=tuple(_unread(ours, born, registry, decimals, pinned)),
    )


def _first(born: int | None, wanted: int | None, last: Block) -> int:
    """Where to start reading: where the token says it was born, or where the caller says; else block 0."""
    if wanted is not None:
        return wanted
    return born if born is not None and born <= last.number else 0


def _unread(ours: bool, born: int | None, registry: str | None, decimals: int | None, pinned: Pin) -> list[str]:
    found = []
    if not ours:
        missing = "deployedBlock()" if born is None else "identityRegistry()" if registry is None else "control()"
        found.append(
            f"This is not a token made by hashkit: it does not answer {missing}. Movements and balances are "
            "audited; orders, refs, investors, powers and code cannot be."
        )
    if decimals is None:
        found.append("It does not say how many decimals it has; amounts are shown in its smallest unit.")
    if not pinned.state:
        found.append(
            f"The node no longer has the state of block {pinned.block.number}; the contracts could not be asked "
            "what they held then. An archive node can."
        )
    return found
