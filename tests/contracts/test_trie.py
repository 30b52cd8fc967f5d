"""The trie answers as another implementation does; whatever is changed or missing is refused, never believed."""

from __future__ import annotations

import random

import pytest
import rlp as other_rlp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from hashkit.contracts import rlp
from hashkit.contracts.hashing import keccak
from hashkit.contracts.rlp import RlpError
from hashkit.contracts.trie import EMPTY_ROOT, NO_CODE, Account, Pool, ProofError

items = st.recursive(st.binary(max_size=80), lambda part: st.lists(part, max_size=20), max_leaves=40)


@given(items)
def test_rlp_is_what_another_implementation_writes(item):
    raw = rlp.encode(item)
    assert raw == other_rlp.encode(item) and rlp.decode(raw) == item


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=40), items.map(rlp.encode)), st.integers(0, 2**31))
def test_only_what_an_encoder_writes_is_decoded(raw, seed):
    """Whatever decodes encodes to the same bytes; all else is an RlpError."""
    changed = bytearray(raw)
    if changed:
        changed[seed % len(changed)] = seed >> 8 & 255
    for data in (raw, bytes(changed), raw + b"\0", raw[:-1]):
        try:
            found = rlp.decode(data)
        except RlpError:
            continue
        assert rlp.encode(found) == data


def test_a_deep_list_is_refused():
    raw = b""
    for _ in range(2000):
        raw = rlp.encode([b""])[:0] + other_rlp.codec.length_prefix(len(raw), 0xC0) + raw
    with pytest.raises(RlpError):
        rlp.decode(raw)


def grown(pairs: dict[bytes, bytes]) -> tuple[bytes, list[bytes]]:
    """A trie made by another implementation: its root and every node it ever had."""
    trie = HexaryTrie({})
    for key, value in pairs.items():
        trie[key] = value
    return trie.root_hash, list(trie.db.values())


keys = st.one_of(st.binary(min_size=1, max_size=1), st.binary(min_size=2, max_size=2))
"""Short, so that keys share prefixes and nodes lie inside others."""
tries = st.dictionaries(keys, st.binary(min_size=1, max_size=40), max_size=40)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(tries, st.lists(keys, max_size=20))
def test_every_key_is_proved_present_or_absent(pairs, absent):
    root, nodes = grown(pairs)
    pool = Pool(nodes)
    for key in [*pairs, *absent]:
        assert pool.get(root, key) == pairs.get(key)
    assert Pool(pool.used).get(root, b"\x01") == pairs.get(b"\x01") or b"\x01" not in [*pairs, *absent]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(tries.filter(bool), st.integers(0, 2**31))
def test_a_changed_or_missing_node_never_changes_an_answer(pairs, seed):
    root, nodes = grown(pairs)
    r = random.Random(seed)
    node = bytearray(r.choice(nodes))
    nodes.remove(bytes(node))
    node[r.randrange(len(node))] ^= r.randrange(1, 256)
    for given_nodes in (nodes, [*nodes, bytes(node)]):
        pool = Pool(given_nodes)
        for key in pairs:
            try:
                assert pool.get(root, key) == pairs[key]
            except ProofError:
                pass


@pytest.mark.parametrize(
    "node",
    [
        rlp.encode(b"bytes"),
        rlp.encode([b"\x20", b"a", b"b"]),
        rlp.encode([b"\x40", b"a"]),
        rlp.encode([b"\x05" + b"x", b"h" * 32]),
        rlp.encode([b"\x00", b"h" * 32]),
        rlp.encode([b"", b"h" * 32]),
        rlp.encode([b"\x11", b""]),
        rlp.encode([b"\x11", b"h" * 31]),
        rlp.encode([b"\x11", [b"\x31", b"v" * 40]]),
        rlp.encode([[b"\x31"], b"v"]),
        rlp.encode([b"short"] + [b""] * 16),
        rlp.encode([b""] * 16 + [[b"list"]]),
        b"\x81\x01",
        b"",
    ],
)
def test_what_is_no_node_is_refused(node):
    with pytest.raises(ProofError):
        Pool([node]).get(keccak(node), b"\x12\x34")


def test_accounts_and_slots_are_read_strictly():
    address, code = "0x" + "11" * 20, keccak(b"code")
    path = keccak(bytes.fromhex(address[2:]))
    good = [b"\x01", b"", EMPTY_ROOT, code]
    root, nodes = grown({path: rlp.encode(good)})
    assert Pool(nodes).account(root, address) == Account(1, 0, EMPTY_ROOT, code)
    assert Pool(nodes).account(root, "0x" + "22" * 20) == Account(0, 0, EMPTY_ROOT, NO_CODE)
    for bad in (good[:3], [*good, b""], [b"\0", *good[1:]], [b"x" * 33, *good[1:]], [*good[:2], b"short", code]):
        root, nodes = grown({path: rlp.encode(bad)})
        with pytest.raises(ProofError):
            Pool(nodes).account(root, address)
    word = keccak((5).to_bytes(32, "big"))
    for value, told in ((b"\x07", 7), (b"\x80" * 32, int("80" * 32, 16))):
        root, nodes = grown({word: rlp.encode(value)})
        assert (Pool(nodes).slot(root, 5), Pool(nodes).slot(root, 6)) == (told, 0)
    for bad in (rlp.encode(b"x" * 33), rlp.encode(b"\0x"), rlp.encode([b"x"]), b"\x81\x01"):
        root, nodes = grown({word: bad})
        with pytest.raises(ProofError):
            Pool(nodes).slot(root, 5)
    assert Pool().slot(EMPTY_ROOT, 5) == 0
