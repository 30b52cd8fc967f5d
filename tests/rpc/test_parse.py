"""The depth of JSON is measured before it is parsed."""

from __future__ import annotations

import json
import sys

import pytest

from hashkit.rpc.parse import DEEPEST, parse


def nested(depth: int, inside: str = "1") -> bytes:
    return ("[" * depth + inside + "]" * depth).encode()


def test_what_is_wide_is_read_and_what_is_deep_is_not():
    wide = [{"topics": ["[[[{", '"]\\"['], "data": "\\"}] * 3000
    assert parse(json.dumps(wide).encode()) == wide
    assert parse(nested(400)) == json.loads(nested(400))
    for depth in (DEEPEST + 1, 200_000):
        with pytest.raises(ValueError):
            parse(nested(depth))


@pytest.mark.parametrize("inside", ['"]"', '"\\"]"', '{"a":"}}"}'])
def test_brackets_in_strings_do_not_hide_the_depth(inside):
    trick = ("[" + inside + ",") * 200_000 + "1" + "]" * 200_000
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # as eth_account does: without the measure the process would die here
    try:
        with pytest.raises(ValueError):
            parse(trick.encode())
    finally:
        sys.setrecursionlimit(old)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'"' * 5001, b"1" * 5000])
def test_what_is_no_json(body):
    with pytest.raises(ValueError):
        parse(body)
