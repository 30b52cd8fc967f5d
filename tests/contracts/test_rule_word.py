"""The masks of RuleWord.sol skip rules that are off. A flag in neither of them would be a rule that nobody asks."""

from __future__ import annotations

import re

from tests.contracts.sample import ROOT

SOURCE = (ROOT / "contracts/rules/RuleWord.sol").read_text()
STATES = {"COUNTING", "ARMED", "INITIALISED"}  # of the book itself: no rules


def _flags(source: str) -> set[str]:
    return set(re.findall(r"constant (\w+) = 1 << \d+;", source)) - STATES


def _mask(source: str, name: str) -> set[str]:
    (found,) = re.findall(rf"constant {name} = ([^;]*);", source)
    return set(re.findall(r"[A-Z_]{2,}", found))


def _forgotten(source: str) -> set[str]:
    return _flags(source) - _mask(source, "PLAIN") - _mask(source, "FURTHER")


def test_every_rule_flag_is_in_exactly_one_mask():
    assert _flags(SOURCE) >= {"MINIMUM", "HOLDERS", "HOLDERS_COUNTRY", "VELOCITY", "SANCTIONS"}
    assert _forgotten(SOURCE) == set()
    assert not _mask(SOURCE, "PLAIN") & _mask(SOURCE, "FURTHER")


def test_the_limits_that_lie_in_the_word_are_in_the_mask_of_their_rules():
    assert {"_HOLDING", "_FACTOR"} <= _mask(SOURCE, "PLAIN")
    assert not STATES & (_mask(SOURCE, "PLAIN") | _mask(SOURCE, "FURTHER"))


def test_a_flag_that_was_left_out_is_seen():
    planted = SOURCE.replace("library RuleWord {", "library RuleWord {\n uint256 internal constant LOTS = 1 << 248;")
    assert _forgotten(planted) == {"LOTS"}
    assert _forgotten(SOURCE.replace(" | VELOCITY", "")) == {"VELOCITY"}
