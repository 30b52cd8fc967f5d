"""Artifacts that are missing, left over, or made of other sources, and contracts that cannot stand alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from hashkit.contracts import rebuild
from hashkit.errors import InputError

CODE: dict[str, Any] = {"object": "6001", "linkReferences": {}}
MADE: dict[str, Any] = {"abi": [], "evm": {"bytecode": CODE}}
SOURCE = {"content": "contract A {}"}
REQUEST: dict[str, Any] = {"sources": {"contracts/A.sol": SOURCE}, "settings": {"optimizer": 1}}


def test_without_artifacts_nothing_is_compared(tmp_path):
    assert rebuild.check(tmp_path) == ["hashkit/contracts/build: no artifacts are committed"]


def test_every_difference_of_the_input_is_named():
    fresh = copy.deepcopy(REQUEST)
    fresh["sources"] = {"contracts/B.sol": SOURCE}
    gone, new = rebuild._compare_requests(REQUEST, fresh)
    assert gone == "contracts/A.sol is no longer part of the contracts" and new.startswith("contracts/B.sol is new")
    fresh["sources"] = {"contracts/A.sol": {"content": "contract A { uint256 a; }"}}
    fresh["settings"] = {"optimizer": 2}
    changed, settings = rebuild._compare_requests(REQUEST, fresh)
    assert "A.sol changed" in changed and "settings" in settings
    assert rebuild._compare_requests(REQUEST, copy.deepcopy(REQUEST)) == []


def test_two_interfaces_of_one_name_and_a_linked_library_are_refused():
    twice = {"contracts/interfaces/A.sol": {"I": MADE}, "contracts/interfaces/B.sol": {"I": MADE}}
    with pytest.raises(InputError, match="Two interfaces are named I"):
        rebuild._build(REQUEST, "5.0", {"contracts": twice})
    linked = {"contracts/A.sol": {"A": {"abi": [], "evm": {"bytecode": {**CODE, "linkReferences": {"L": {}}}}}}}
    with pytest.raises(InputError, match="must be deployed apart"):
        rebuild._build(REQUEST, "5.0", {"contracts": linked})
    abstract = {"contracts/A.sol": {"A": {"abi": [], "evm": {"bytecode": {"object": ""}}}}}
    assert rebuild._build(REQUEST, "5.0", {"contracts": abstract}).runtime_sizes == {}
