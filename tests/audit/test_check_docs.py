"""docs/checks.md has a section for every check, in their words, and its example files can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.audit.checks import CHECKS, chosen
from hashkit.audit.expected import Hours
from hashkit.audit.inputs import Given, read
from hashkit.errors import InputError

TEXT = (Path(__file__).resolve().parents[2] / "docs/checks.md").read_text("utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in TEXT.split("\n## ")[1:]}
LABELS = ("**Objective.**", "**Procedure.**", "**Evidence.**", "**An exception means**")


def test_every_check_has_its_section_in_order():
    assert list(SECTIONS) == [f"{check.id} {check.title}" for check in CHECKS]


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_says_all_that_an_auditor_asks(title):
    places = [SECTIONS[title].find(f"- {label}") for label in LABELS]
    assert -1 not in places and places == sorted(places)


def test_the_examples_are_files_that_can_be_read():
    blocks = re.findall(r"```(?:csv|toml) (\w+)\n(.*?)```", TEXT, re.DOTALL)
    inputs = read([Given(kind, f"{kind}.txt", text.encode()) for kind, text in blocks], decimals=2)
    assert inputs.payments is not None and [row.amount < 0 for row in inputs.payments] == [False, True]
    assert inputs.navs is not None and len(inputs.navs) == 2
    expected = inputs.expected
    assert expected is not None and expected.hours is not None and expected.hours.offset == 480
    assert set(expected.powers) == {"token", "identity registry"} and expected.dust == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tokens]\n", "no table"),
        ("[hours]\nfrm = 1\n", "no key"),
        ('[hours]\noffset = "8"\n', "distance from UTC"),
        ('[hours]\noffset = "+08:00"\ndays = ["mon"]\nfrom = "18:00"\nto = "09:00"\n', "before to"),
        ("[limits]\ndust = 1\n", "in quotes"),
        ('[token]\nagents = { "0x12" = ["pause"] }\n', "0x12"),
        ('[token]\nowner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"\nagents = 3\n', "agents"),
        ("not toml", "not TOML"),
    ],
)
def test_wrong_expectations_are_refused_in_one_sentence(text, says):
    with pytest.raises(InputError) as refused:
        read([Given("expected", "e.toml", text.encode())], decimals=2)
    assert says in refused.value.sentence


def test_an_unknown_check_is_refused():
    assert chosen("c01, C26") == {"C01", "C26"} and len(chosen(None)) == 26
    with pytest.raises(InputError):
        chosen("C01,C27")


@given(st.integers(0, 2**33), st.integers(-720, 840))
def test_working_hours_are_those_of_the_calendar(unix: int, offset: int) -> None:
    hours = Hours(offset, frozenset({0, 1, 4}), 540, 1110)
    local = datetime.fromtimestamp(unix, UTC) + timedelta(minutes=offset)
    minute = local.hour * 60 + local.minute
    assert hours.inside(unix) == (local.weekday() in (0, 1, 4) and 540 <= minute < 1110)
    assert hours.inside(2**200) in (True, False)  # a hostile node names any time
