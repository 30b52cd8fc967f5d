"""Words without eth-abi: what eth-abi would give, or left to it."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import decode as abi_decode
from eth_abi import encode as abi_encode
from hypothesis import example, given
from hypothesis import strategies as st

from hashkit.contracts.abi import decode, encode
from hashkit.contracts.word import count_words, read_words, write_words

BITS = range(8, 257, 8)
KINDS = ["address", "bool", "bytes32", *(f"uint{bits}" for bits in BITS)]
OTHERS = ["bytes", "string", "int256", "uint", "bytes4", "uint256[]", "uint8[2]", "(address,uint256)", "uint7", ""]
ODD = [None, True, False, -1, 0, 1, 2**256, 1.0, "", "0x", "0x" + "a " * 20, "0x" + "é" * 40, "0X" + "ab" * 20,
       "ab" * 20, "0x" + "aB" * 20, bytes(20), bytes(33), bytearray(32), b"", [1], (), {}]  # fmt: skip


def fitting(kind: str) -> st.SearchStrategy[Any]:
    if kind == "address":
        return st.binary(min_size=20, max_size=20).flatmap(
            lambda raw: st.sampled_from(["0x" + raw.hex(), "0x" + raw.hex().upper(), raw])
        )
    if kind == "bool":
        return st.booleans()
    if kind == "bytes32":
        return st.binary(max_size=33)
    return st.integers(0, 2 ** int(kind.removeprefix("uint"))) | st.integers(0, 300)


def outcome(ask: Any, *values: Any) -> Any:
    """What comes back, with its class; or the class of what is raised."""
    try:
        found = ask(*values)
    except Exception as error:  # noqa: BLE001 - its class is compared
        return type(error)
    return found, [type(value) for value in found] if isinstance(found, tuple) else type(found)


KNOWN = st.lists(st.sampled_from(KINDS), max_size=6)


@given(KNOWN.flatmap(lambda kinds: st.tuples(st.just(kinds), st.tuples(*map(fitting, kinds)))))
def test_values_are_encoded_as_eth_abi_does(asked):
    kinds, values = asked
    assert outcome(encode, kinds, values) == outcome(abi_encode, kinds, values)
    assert outcome(encode, tuple(kinds), list(values)) == outcome(abi_encode, kinds, values)


@given(
    st.lists(st.sampled_from(KINDS), max_size=4).flatmap(
        lambda kinds: st.tuples(st.just(kinds), st.tuples(*(st.lists(fitting(kind), max_size=4) for kind in kinds)))
    ),
    st.integers(0, 3),
)
def test_arrays_are_encoded_as_eth_abi_does(asked, plain):
    kinds, values = [f"{kind}[]" for kind in asked[0]], list(asked[1])
    kinds, values = [*kinds, *["uint8"] * plain], [*values, *range(plain)]
    assert outcome(encode, kinds, values) == outcome(abi_encode, kinds, values)


@given(st.lists(st.sampled_from(KINDS + OTHERS), max_size=3), st.lists(st.sampled_from(ODD), max_size=3))
def test_odd_values_are_encoded_or_refused_as_eth_abi_does(kinds, values):
    assert outcome(encode, kinds, values) == outcome(abi_encode, kinds, values)


def test_every_odd_value_of_every_kind():
    for kind in KINDS:
        for odd in ODD:
            assert outcome(encode, [kind], [odd]) == outcome(abi_encode, [kind], [odd]), (kind, odd)


def cells(kind: str) -> st.SearchStrategy[bytes]:
    """Words that fit, that nearly fit, and any."""
    bits = {"address": 160, "bool": 1, "bytes32": 256}.get(kind) or int(kind.removeprefix("uint"))
    return st.integers(0, min(2**bits, 2**256 - 1)).map(lambda n: n.to_bytes(32)) | st.binary(min_size=32, max_size=32)


@given(
    KNOWN.flatmap(lambda kinds: st.tuples(st.just(kinds), st.tuples(*map(cells, kinds)))),
    st.integers(-33, 0),
    st.binary(max_size=40),
)
@example((["bool"], (bytes(31) + b"\2",)), 0, b"")
@example((["uint8"], (bytes(30) + b"\1\0",)), 0, b"")
def test_words_are_decoded_as_eth_abi_does(asked, short, behind):
    kinds, words = asked
    data = b"".join(words)
    for given_data in (data, data + behind, data[:short] if short else data, bytearray(data)):
        assert outcome(decode, kinds, given_data) == outcome(abi_decode, kinds, given_data)


@given(st.lists(st.sampled_from(KINDS + OTHERS), max_size=3), st.binary(max_size=130))
def test_any_bytes_are_decoded_or_refused_as_eth_abi_does(kinds, data):
    assert outcome(decode, kinds, data) == outcome(abi_decode, kinds, data)


def test_the_common_case_does_not_need_eth_abi():
    words = bytes(12) + b"\xab" * 20 + (7).to_bytes(32)
    assert write_words(["address", "uint8"], ["0x" + "aB" * 20, 7]) == words
    assert read_words(["address", "uint8"], words) == ("0x" + "ab" * 20, 7)
    assert write_words(["address", "bytes"], ["0x" + "ab" * 20, b""]) is None and read_words(["bytes"], words) is None


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ((), 0), (("uint256",), 1), (("bool", "address"), 2), (("bytes4", "int8"), 2), (("string",), 0),
        (("uint256", "bytes"), 0), (("uint256[]",), 0), (("uint8[3]",), 3), (("uint8[3][2]",), 6), (("uint8[3][]",), 0),
        (("(address,uint16)", "bool"), 3), (("(address,string)",), 0), (("(address,(bool,bool))[2]",), 6),
    ],
)  # fmt: skip
def test_words_are_counted_where_the_types_tell(types, words):
    assert count_words(types) == words
    values = [_zero(kind) for kind in types]
    assert not words or len(abi_encode(types, values)) == 32 * words


def _zero(kind: str) -> Any:
    if kind.endswith("]"):
        inner, _, count = kind[:-1].rpartition("[")
        return [_zero(inner)] * int(count or 0)
    if kind.startswith("("):
        return {
            "(address,uint16)": ("0x" + "00" * 20, 0),
            "(address,(bool,bool))": ("0x" + "00" * 20, (False, False)),
        }.get(kind)
    return {"address": "0x" + "00" * 20, "bool": False, "bytes4": b"", "bytes": b"", "string": ""}.get(kind, 0)
