"""What does a state root say of a key? Ethereum's hexary trie, from whatever nodes somebody hands us. Floor 1.

A node is believed because of its hash, never because of who gave it: a walk from the root meets only nodes that the
root commits to. So the nodes of many proofs lie in one pool, each hashed once and decoded once. A pool may hold
anything; a walk ends in a value, in nothing (proved too) or in a ``ProofError``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hashkit.contracts import rlp
from hashkit.contracts.hashing import keccak
from hashkit.contracts.rlp import Item, RlpError

EMPTY_ROOT = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
"""Root of a trie without any key: keccak(rlp(b""))."""
NO_CODE = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
"""keccak(b""): the code hash of an account without code."""

_HASH = 32
_NIBBLE = {digit: value for value, digit in enumerate("0123456789abcdef")}


class ProofError(ValueError):
    """The nodes do not prove what they should: one is missing, or is no node of a trie."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the state root says of an address. An account that does not exist has no nonce, balance, storage or code."""

    nonce: int = 0
    balance: int = 0
    storage_root: bytes = EMPTY_ROOT
    code_hash: bytes = NO_CODE


@dataclass(slots=True)
class _Node:
    """A decoded node. ``children`` of a branch; else ``path`` in hex digits and ``value`` or ``child``."""

    children: list[Item] | None = None
    path: str = ""
    value: bytes | None = None
    child: Item = b""


class Pool:
    """Nodes by their hash. ``used`` are those that a walk went through."""

    def __init__(self, nodes: Iterable[bytes] = ()) -> None:
        self._raw: dict[bytes, bytes] = {}
        self._known: set[bytes] = set()
        self._decoded: dict[bytes, _Node] = {}
        self._used: set[bytes] = set()
        self.add(nodes)

    def add(self, nodes: Iterable[bytes]) -> None:
        """More nodes. The same again costs no hash."""
        for node in nodes:
            if node not in self._known:
                self._known.add(node)
                self._raw[keccak(node)] = node

    @property
    def used(self) -> list[bytes]:
        """The nodes that walks went through, in the order of their hashes."""
        return [self._raw[found] for found in sorted(self._used)]

    def get(self, root: bytes, path: bytes) -> bytes | None:
        """The value at ``path`` (in state and storage: the hash of the key); None: proved that there is none.

        ProofError when the pool does not say.
        """
        if root == EMPTY_ROOT:
            return None
        digits, at = path.hex(), 0
        node = self._node(root)
        while True:
            if node.children is not None:
                if at == len(digits):
                    return _bytes(node.children[16]) or None
                child = node.children[_NIBBLE[digits[at]]]
                at += 1
            else:
                if not digits.startswith(node.path, at):
                    return None
                at += len(node.path)
                if node.value is not None:
                    return node.value if at == len(digits) else None
                child = node.child
            if child == b"":
                return None
            node = self._node(child) if isinstance(child, bytes) else _read(child)

    def account(self, state_root: bytes, address: str) -> Account:
        """The account at ``address`` (0x-hex). ProofError when the pool does not say."""
        value = self.get(state_root, keccak(bytes.fromhex(address[2:])))
        if value is None:
            return Account()
        try:
            nonce, balance, storage, code = rlp.strings(value)
        except ValueError:
            raise ProofError("the state trie holds no account there") from None
        if len(storage) != _HASH or len(code) != _HASH:
            raise ProofError("the state trie holds no account there")
        return Account(_number(nonce), _number(balance), storage, code)

    def slot(self, storage_root: bytes, slot: int) -> int:
        """The storage word at ``slot``; 0 where nothing was written. ProofError when the pool does not say."""
        value = self.get(storage_root, keccak(slot.to_bytes(32, "big")))
        if value is None:
            return 0
        try:
            word = rlp.decode(value)
        except RlpError:
            raise ProofError("the storage trie holds no word there") from None
        return _number(_bytes(word))

    def _node(self, hashed: bytes) -> _Node:
        found = self._decoded.get(hashed)
        if found is None:
            raw = self._raw.get(hashed)
            if raw is None:
                raise ProofError(f"the node 0x{hashed.hex()} is missing")
            self._used.add(hashed)
            try:
                found = _read(rlp.decode(raw))
            except RlpError as error:
                raise ProofError(f"the node 0x{hashed.hex()} is no RLP: {error}") from None
            self._decoded[hashed] = found
        return found


def _read(item: Item) -> _Node:
    if isinstance(item, bytes) or len(item) not in (2, 17):
        raise ProofError("a node has neither 2 nor 17 parts")
    if len(item) == 17:
        for child in item[:16]:
            if type(child) is not bytes or len(child) not in (0, _HASH):
                _check_child(child)
        _bytes(item[16])
        return _Node(children=item)
    first, rest = _bytes(item[0]), item[1]
    if not first or first[0] >> 4 > 3 or (first[0] & 0x10 == 0 and first[0] & 0x0F):
        raise ProofError("the path of a node is none")
    path = first.hex()[1 if first[0] & 0x10 else 2 :]
    if first[0] & 0x20:
        return _Node(path=path, value=_bytes(rest))
    if not path or rest == b"":
        raise ProofError("a node leads nowhere")
    _check_child(rest)
    return _Node(path=path, child=rest)


def _check_child(child: Item) -> None:
    """A child is a hash, nothing, or a whole node of fewer than 32 bytes."""
    if isinstance(child, bytes):
        if len(child) not in (0, _HASH):
            raise ProofError("a node points to what is no hash")
    elif len(rlp.encode(child)) >= _HASH:
        raise ProofError("a node of 32 bytes or more lies inside another")


def _bytes(item: Item) -> bytes:
    if not isinstance(item, bytes):
        raise ProofError("a node holds a list where bytes belong")
    return item


def _number(data: bytes) -> int:
    """A number of at most 32 bytes, written without zeros before it."""
    if len(data) > 32 or data[:1] == b"\0":
        raise ProofError("a number is written too long")
    return int.from_bytes(data, "big")
