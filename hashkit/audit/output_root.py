"""Does L1 commit to the block of the report? The OP Stack's output roots, in its dispute games. Floor 3.

An output root is keccak256(version ‖ state root ‖ storage root of the L2-to-L1 message passer ‖ block hash) of one
block in many (OP Stack specification, "L2 output commitment"). A game claims one; the block of the report is attested
when it is that block or its ancestor: every header between them is hashed again, so the L2 node can invent none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hashkit.audit.view import View
from hashkit.contracts.foreign import DisputeGame, DisputeGameFactory
from hashkit.contracts.hashing import keccak
from hashkit.contracts.header import Header, header_of
from hashkit.errors import InputError, NodeError, RpcError
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import read

CHALLENGER_WINS = 1
"""The status of a game whose claim was shown to be wrong."""
FURTHEST = 50_000
"""Most headers that are walked from a claimed block back to the block of the report."""
_BATCH = 200
_VERSION = bytes(32)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a game says: that the output root of L2 block ``number`` is ``root``."""

    game: str
    number: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """Whether a claim on L1 holds for the chain that the node serves, in words."""

    agrees: bool
    text: str


def anchored(l1: Endpoint, node: Endpoint, view: View) -> Anchor | None:
    """What L1 says of the block of the report; None when no claim reaches it yet.

    InputError ``NO_L1`` when the network has no factory of games; NodeError when L1 is another chain or is not heard.
    """
    network = view.network
    if network.dispute_game_factory is None or network.l1_chain_id is None:
        raise InputError(
            f"{network.name} has no dispute game factory on L1.",
            next_step="Set dispute_game_factory and l1_chain_id of the network in hashkit.toml.",
            code="NO_L1",
        )
    l1.check_chain()
    claim = first_claim(l1, network.dispute_game_factory, view.pin.block.number)
    if claim is None:
        return None
    distance = claim.number - view.pin.block.number
    if distance > FURTHEST:
        raise NodeError(
            f"The next output root on L1 is of block {claim.number}, {distance:,} blocks after the report's.",
            why=f"At most {FURTHEST:,} headers are walked.",
            next_step="Ask for a block that is nearer to it (--at).",
            code="L1_FAR",
        )
    where = f"the output root of block {claim.number} claimed by game {claim.game}"
    last = _linked(node, view, claim.number)
    if last is None:
        return Anchor(False, f"{where}: the node's headers do not lead from there to the block of the report")
    if last.withdrawals_root is None:
        raise node.trouble("serves a header from before Isthmus, which does not hold what an output root is made of")
    if output_root(last) != claim.root:
        return Anchor(False, f"{where} is 0x{claim.root.hex()}, not that of the node's block {last.hash}")
    return Anchor(True, f"{where} commits to it" + (f", {distance:,} blocks later" if distance else ""))


def first_claim(l1: Endpoint, factory: str, number: int) -> Claim | None:
    """The claim of the lowest block from ``number`` on that no challenger has beaten; None when there is none yet.

    The games are in the order of their blocks, as proposers make them; one that is out of order is at worst not found.
    """
    games = DisputeGameFactory(factory)
    low, high = 0, read(l1, games.count(), "latest")
    while low < high:
        middle = (low + high) // 2
        if read(l1, DisputeGame(_game(l1, games, middle)).l2_block(), "latest") < number:
            low = middle + 1
        else:
            high = middle
    for index in range(low, read(l1, games.count(), "latest")):
        game = DisputeGame(_game(l1, games, index))
        reached = read(l1, game.l2_block(), "latest")
        if reached >= number and read(l1, game.status(), "latest") != CHALLENGER_WINS:
            return Claim(game.address, reached, read(l1, game.root_claim(), "latest"))
    return None


def output_root(header: Header) -> bytes:
    """The output root of a block since Isthmus: its header holds the message passer's storage root."""
    return keccak(_VERSION + header.state_root + (header.withdrawals_root or b"") + bytes.fromhex(header.hash[2:]))


def _game(l1: Endpoint, games: DisputeGameFactory, index: int) -> str:
    return read(l1, games.game(index), "latest")


def _linked(node: Endpoint, view: View, number: int) -> Header | None:
    """The header of block ``number``, when every header down to the block of the report is the parent of the next."""
    pinned, wanted, last = view.pin.block, block(node, number).hash, None
    for header in _headers(node, range(number, pinned.number - 1, -1)):
        if header.hash != wanted:
            return None
        last, wanted = last or header, header.parent_hash
        if header.number == pinned.number:
            return last if header.hash == pinned.hash else None
    return None


def _headers(node: Endpoint, numbers: range) -> Iterator[Header]:
    """Headers by number, each hashed again. NodeError when the known fields of one do not hash to what it names."""
    for start in range(0, len(numbers), _BATCH):
        part = numbers[start : start + _BATCH]
        for answer in node.batch([("eth_getBlockByNumber", (hex(number), False)) for number in part]):
            if isinstance(answer, RpcError):
                raise answer
            named = answer.get("hash") if isinstance(answer, dict) else None
            header = header_of(answer, named) if isinstance(named, str) else None
            if header is None:
                raise node.trouble("serves a header whose known fields do not hash to its hash")
            yield header
