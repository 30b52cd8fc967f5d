"""A verifier that a stranger wrote from docs/bundle.md alone: other libraries, nothing of hashkit, the same answer."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pytest
import rlp
from eth_utils import keccak
from trie import HexaryTrie
from trie.exceptions import MissingTrieNode

from hashkit.audit import audit, save
from tests.audit.forging import lived
from tests.audit.world import NETWORK, World

TRANSFER = keccak(b"Transfer(address,address,uint256)").hex()
RECORDS, CONFIG = 6, 4


def stranger_verifies(folder: Path, block_hash: str, token: str) -> dict[str, int]:
    """Steps 1 to 5 of the page; the proved register, or an AssertionError or a missing node."""
    listed = json.loads((folder / "manifest.json").read_bytes())["files"]
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name

    block = json.loads((folder / "evidence" / "block.json").read_bytes())
    raw = bytes.fromhex(block["header"][2:])
    assert "0x" + keccak(raw).hex() == block["hash"] == block_hash
    header = rlp.decode(raw)
    assert (int.from_bytes(header[8]), int.from_bytes(header[11])) == (block["number"], block["timestamp"])

    nodes = [bytes.fromhex(line[2:]) for line in lines(folder, "nodes.txt")]
    table = {keccak(node): node for node in nodes}
    state = HexaryTrie(table, header[3])
    account = rlp.decode(state[keccak(bytes.fromhex(token[2:]))])
    storage = HexaryTrie(table, account[2])

    def word(slot: bytes) -> int:
        return int.from_bytes(rlp.decode(storage[keccak(slot)]) if storage[keccak(slot)] else b"")

    codes = dict(line.split(" ") for line in lines(folder, "code.txt"))
    assert keccak(bytes.fromhex(codes[token][2:])) == account[3]

    folded: dict[str, int] = defaultdict(int)
    for line in lines(folder, "logs.txt"):
        *_, address, topics, data = line.split(":")
        if address == token.lower() and topics.startswith(TRANSFER):
            _, sender, receiver = topics.split(",")
            folded[sender[24:]] -= int(data, 16)
            folded[receiver[24:]] += int(data, 16)
    minted = -folded.pop("00" * 20)

    balances = {
        who: word(keccak(bytes.fromhex(who).rjust(32, b"\0") + RECORDS.to_bytes(32))) & (2**128 - 1) for who in folded
    }
    supply = word(CONFIG.to_bytes(32)) >> 128
    assert balances == folded and sum(balances.values()) == supply == minted
    return balances


def lines(folder: Path, name: str) -> list[str]:
    return (folder / "evidence" / name).read_text("ascii").splitlines()


@pytest.fixture
def saved(fresh_chain, tmp_path) -> tuple[World, Path, str]:
    world = lived(fresh_chain("anvil"))
    result = audit(world.endpoint, NETWORK, world.token.address)
    save(result, tmp_path)
    return world, tmp_path, result.block.hash


def test_the_page_is_enough_to_verify_a_bundle(saved):
    world, folder, block_hash = saved
    proved = stranger_verifies(folder, block_hash, world.token.address)
    assert sorted(raw for raw in proved.values() if raw) == [1, 2_500, 5_000, 7_500]
    with pytest.raises(AssertionError):
        stranger_verifies(folder, "0x" + "11" * 32, world.token.address)

    short = lines(folder, "nodes.txt")[:-1]
    (folder / "evidence" / "nodes.txt").write_text("".join(f"{line}\n" for line in short))
    digest = hashlib.sha256((folder / "evidence" / "nodes.txt").read_bytes()).hexdigest()
    listed = json.loads((folder / "manifest.json").read_bytes())
    listed["files"]["evidence/nodes.txt"] = digest
    (folder / "manifest.json").write_text(json.dumps(listed))
    with pytest.raises(MissingTrieNode):
        stranger_verifies(folder, block_hash, world.token.address)
