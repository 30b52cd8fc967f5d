"""Many questions in one call: the program is as listed, parts keep the limits, and no answer is believed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.contracts.call import Query
from hashkit.rpc import together
from hashkit.rpc.together import PROGRAM, pack, parts, unpack

ADDRESS = "0x" + "ab" * 20
OPS = {
    "ADD": 0x01, "SUB": 0x03, "LT": 0x10, "ISZERO": 0x15, "SHL": 0x1B, "SHR": 0x1C, "CODESIZE": 0x38, "CODECOPY": 0x39,
    "RETURNDATASIZE": 0x3D, "RETURNDATACOPY": 0x3E, "POP": 0x50, "MLOAD": 0x51, "MSTORE": 0x52, "MSTORE8": 0x53,
    "JUMP": 0x56, "JUMPI": 0x57, "GAS": 0x5A, "JUMPDEST": 0x5B, "PUSH1": 0x60, "RETURN": 0xF3, "STATICCALL": 0xFA,
    **{f"DUP{n}": 0x7F + n for n in range(1, 17)}, **{f"SWAP{n}": 0x8F + n for n in range(1, 17)},
}  # fmt: skip


def query(data: bytes = b"", words: int = 1) -> Query[bytes]:
    return Query(ADDRESS, data, "", "", bytes, words)


def test_the_program_is_what_its_listing_says():
    lines = re.findall(r'^    "([0-9a-f ]+)"  # (.*)$', Path(together.__file__).read_text(), re.MULTILINE)
    made, targets, places = b"", set(), set()
    for digits, listing in lines:
        words = [word.split(" ") for word in listing.partition(": ")[0].split(", ")]
        line = b"".join(bytes([OPS[op], *(int(value, 16) for value in values)]) for op, *values in words)
        assert line == bytes.fromhex(digits), listing
        if words[0] == ["JUMPDEST"]:
            places.add(len(made))
        targets |= {int(words[i - 1][1], 16) for i, (op, *_) in enumerate(words) if op in ("JUMP", "JUMPI")}
        made += line
    assert made == PROGRAM and targets == places and len(places) == 2
    assert PROGRAM[:2] == bytes([0x60, len(PROGRAM)]) and PROGRAM.count(bytes([0x60, len(PROGRAM)])) == 2


def sizes(queries: list[Query[bytes]]) -> list[int]:
    found = [list(part) for part in parts(queries)]
    assert [q for part in found for q in part] == queries and all(found)
    return [len(part) for part in found]


def test_parts_are_cut_at_each_limit():
    assert sizes([]) == [] and sizes([query()]) == [1]
    assert sizes([query()] * 401) == [200, 200, 1]
    assert sizes([query(bytes(978))] * 100) == [49, 49, 2], "49,152 bytes of init code"
    assert sizes([query(words=100)] * 10) == [7, 3] and sizes([query(words=0)] * 60) == [47, 13], "24,576 bytes of code"


def test_what_fits_no_part_is_alone():
    for odd in (query(bytes(70_000)), query(words=800)):
        assert sizes([query(), query(), odd, query(), query()]) == [2, 1, 2]


def test_the_longest_question_and_answer_fit_exactly():
    room = 49_152 - len(PROGRAM) - 22
    assert sizes([query(bytes(room - 22)), query()]) == [2] and sizes([query(bytes(room - 21)), query()]) == [1, 1]
    assert len(pack([query(bytes(room - 22)), query()])) == 49_152
    assert sizes([query(words=766), query()]) == [2] and sizes([query(words=767), query()]) == [1, 1]


@given(st.lists(st.none() | st.binary(max_size=100)))
def test_answers_are_read_as_they_were_given(answers):
    said = [b"why" if answer is None else answer for answer in answers]
    packed = b"".join(bytes([a is not None]) + len(s).to_bytes(2) + s for a, s in zip(answers, said, strict=True))
    assert unpack(packed, len(answers)) == answers
    assert unpack(packed, len(answers) + 1) is None and unpack(packed + b"\0", len(answers)) is None
    if answers:
        assert unpack(packed[:-1], len(answers)) is None and unpack(packed, len(answers) - 1) is None
        assert unpack(b"\2" + packed[1:], len(answers)) is None


@given(st.binary(max_size=200), st.integers(0, 5))
def test_any_bytes_are_answers_or_none(returned, count):
    found = unpack(returned, count)
    assert found is None or len(found) == count


@pytest.mark.parametrize("over", [0, 1])
def test_more_than_a_contract_may_have_is_no_answer(over):
    """Behind 65,536 bytes a contract could write the answers of the others itself."""
    data = bytes(24_573 + over)
    assert (unpack(b"\1" + len(data).to_bytes(2) + data, 1) is None) == bool(over)
    assert unpack(b"\1\0\0" + (b"\1" + bytes([0xFF, 0xFD]) + bytes(0xFFFD)), 2) is None
