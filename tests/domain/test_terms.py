"""Asset terms, classes and powers: what cannot hold is refused, all of it at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.domain.parties import InvestorClass, Power, matrix_bits, matrix_roles, matrix_words
from hashkit.domain.terms import AssetTerms, Document, instant, iso_time, period, period_text, shown
from hashkit.domain.units import Units
from hashkit.errors import InputError

GOOD: dict[str, Any] = {
    "symbol": "HKGREEN",
    "name": "Green",
    "decimals": 6,
    "kind": "bond",
    "issuer": "Issuer Ltd",
}
HASH = "0x" + "ab" * 32
RETAIL_TO_VENUE = (InvestorClass.RETAIL, InvestorClass.VENUE)


def test_terms_full_form() -> None:
    terms = AssetTerms(
        **GOOD,
        cap=Units.of("50000000", 6),
        isin="HK0EXAMPLE17",
        lei="999900EXAMPLE0000131",
        currency="HKD",
        countries=(344, 36),
        classes=(InvestorClass.PROFESSIONAL,),
        mode="venue-only",
        lockup_until=instant("2027-01-01"),
        documents=(Document("prospectus", "https://example.com/p.pdf", HASH),),
    )
    told = terms.to_dict()
    assert (told["cap"], told["countries"], told["classes"]) == (
        "50000000.000000",
        ["HK", "AU"],
        ["professional"],
    )
    assert told["lockup_until"] == "2027-01-01T00:00:00Z" and terms.slot_delay_seconds == 86400
    assert told["documents"] == [{"name": "prospectus", "uri": "https://example.com/p.pdf", "digest": HASH}]
    assert terms.units("1.5").raw == 1_500_000


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"symbol": "../x"}, "symbol"), ({"symbol": "CON"}, "Windows"), ({"symbol": "A" * 17}, "symbol"),
        ({"symbol": "HK\u0421"}, "symbol"), ({"symbol": ""}, "symbol"), ({"name": "a\u202eb"}, "name"),
        ({"name": " a"}, "name"), ({"name": "x" * 65}, "name"), ({"name": "e\u0301"}, "name"),
        ({"issuer": ""}, "issuer"),
        ({"decimals": 19}, "decimals"), ({"decimals": True}, "decimals"), ({"decimals": -1}, "decimals"),
        ({"kind": "loan"}, "kind"), ({"mode": "closed"}, "mode"), ({"cap": Units.of("1", 2)}, "cap"),
        ({"cap": Units.of("0", 6)}, "cap"),
        ({"mode": "role-matrix"}, "needs one"), ({"role_matrix": (RETAIL_TO_VENUE,)}, "belongs to mode"),
        ({"mode": "role-matrix", "role_matrix": (RETAIL_TO_VENUE,) * 2}, "twice"),
        ({"isin": "HK0EXAMPLE18"}, "ends in 7"), ({"lei": "x"}, "LEI"),
        ({"currency": "CNH"}, "CNY"), ({"countries": (344, 344)}, "twice"),
        ({"countries": (1,)}, "countries"),
        ({"classes": (2,)}, "classes"), ({"lockup_until": 0}, "lockup_until"),
        ({"lockup_until": 2**40}, "lockup_until"),
        ({"slot_delay_seconds": -1}, "slot_delay"), ({"slot_delay_seconds": 10**9}, "slot_delay"),
        ({"cap": Units.of("1", 6), "max_units_per_investor": Units.of("2", 6)}, "more than the cap"),
        ({"minimum_holding": Units.of("0", 6)}, "minimum_holding: zero"),
        ({"minimum_holding": Units.of("1", 2)}, "minimum_holding: counted in 2 decimals"),
        ({"cap": Units.of("1", 6), "minimum_holding": Units.of("2", 6)}, "minimum_holding: more than the cap"),
        ({"max_units_per_investor": Units.of("1", 6), "denomination": Units.of("2", 6)}, "more than max_units"),
        ({"denomination": Units.of("1234567.890123", 6)}, "twelve digits"),
        ({"max_holders": 0}, "max_holders"), ({"max_holders": True}, "max_holders"), ({"max_holders": 2**32}, "max_"),
        ({"max_holders_in": ((344, 0),)}, "max_holders_in"), ({"max_holders_in": ((1, 1),)}, "max_holders_in"),
        ({"max_holders_in": ((344, 1), (344, 2))}, "twice"), ({"velocity": Units.of("1", 6)}, "belong together"),
        ({"velocity_period": 5}, "belong together"), ({"holding_period": 0}, "holding_period"),
        ({"sanctions_oracle": "0x" + "00" * 20}, "sanctions_oracle"), ({"sanctions_oracle": "me"}, "sanctions_oracle"),
        ({"documents": (Document("a", "javascript:1", HASH),)}, "uri"),
        ({"documents": (Document("a", "https://x", "0x1"),)}, "hash"),
        ({"documents": (Document("a", "https://x", HASH),) * 2}, "same name"),
    ],
)  # fmt: skip
def test_terms_that_cannot_hold_are_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as refused:
        AssetTerms(**{**GOOD, **change})
    assert any(says in line for line in refused.value.details), refused.value.details


@given(st.integers(0, 2**16 - 1))
def test_a_role_matrix_is_its_roles(bits: int) -> None:
    roles = matrix_roles(bits)
    assert matrix_bits(roles) == bits and len(roles) == bits.bit_count()


def test_a_role_matrix_in_words() -> None:
    assert matrix_bits([RETAIL_TO_VENUE]) == 1 << 3 and matrix_words(0) == "nobody moves"
    assert matrix_words(1 << 3 | 1 << 12 | 1 << 15) == "retail > venue; venue > retail, venue"
    terms = AssetTerms(**GOOD, mode="role-matrix", role_matrix=(RETAIL_TO_VENUE,))
    assert terms.to_dict()["role_matrix"] == ["retail > venue"]


def test_terms_with_every_rule_of_a_rule_book() -> None:
    every: dict[str, Any] = {
        "minimum_holding": Units.of("10", 6), "denomination": Units.of("0.5", 6), "max_holders": 200,
        "max_holders_in": ((344, 50),), "velocity": Units.of("100", 6), "velocity_period": 86_400,
        "holding_period": 7_776_000, "sanctions_oracle": "0x" + "ab" * 20,
    }  # fmt: skip
    told = AssetTerms(**GOOD, **every).to_dict()
    assert (told["minimum_holding"], told["denomination"], told["velocity"]) == ("10.000000", "0.500000", "100.000000")
    assert told["max_holders_in"] == {"HK": 50} and told["sanctions_oracle"] == "0x" + "ab" * 20
    assert not AssetTerms(**GOOD).counts
    for name in set(every) - {"velocity", "velocity_period"}:
        assert AssetTerms(**GOOD, **{name: every[name]}).counts, name


def test_a_period_is_its_text() -> None:
    assert [period(text) for text in ("90d", "36h", "61s")] == [7_776_000, 129_600, 61]
    assert [period_text(n) for n in (7_776_000, 129_600, 61)] == ["90d", "36h", "61s"]
    for wrong in ("90", "d", "1w", "-1d", "١d", "49711d", ""):
        with pytest.raises(InputError):
            period(wrong)


def test_terms_list_every_problem_at_once() -> None:
    with pytest.raises(InputError) as refused:
        AssetTerms(**{**GOOD, "symbol": "?", "decimals": 99, "isin": "X", "currency": "??"})
    assert len(refused.value.details) == 4


@pytest.mark.parametrize(
    "when",
    [
        "2027-01-01", "2027-01-01T00:00:00Z", "2027-01-01T08:00:00+08:00", "2027-01-01 00:00Z",
        date(2027, 1, 1),
        datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))),
    ],
)  # fmt: skip
def test_instant_reads_utc(when: Any) -> None:
    assert instant(when) == 1798761600 and iso_time(1798761600) == "2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "when",
    [
        "2027-01-01T00:00:00", "2027-13-01", "2027-02-29", "01/02/2027", "20270101", "tomorrow", "",
        "２０２７-01-01",
        "2027-W01-1", "2027-01-01T25:00:00Z", "2027-01-01T00:00:00.5Z",
        datetime(2027, 1, 1),  # noqa: DTZ001 - the case
    ],
)  # fmt: skip
def test_instant_guesses_nothing(when: Any) -> None:
    with pytest.raises(InputError):
        instant(when)


@given(st.text(max_size=30))
def test_instant_of_junk_is_an_input_error(text: str) -> None:
    try:
        instant(text)
    except InputError:
        pass


@given(st.text(max_size=200))
def test_shown_is_safe_on_a_screen(text: str) -> None:
    assert shown(text).isprintable()


def test_classes_parse_by_label() -> None:
    assert [InvestorClass.parse(c.label) for c in InvestorClass] == list(InvestorClass) == [1, 2, 3, 4]
    assert InvestorClass.parse("Retail") is InvestorClass.RETAIL
    for text, hint in (("profesional", "professional"), ("PI", "one of"), ("ﬁ", "one of"), ("1", "one of")):
        with pytest.raises(InputError, match=hint):
            InvestorClass.parse(text)


def test_powers_parse_by_label() -> None:
    every = Power.parse(",".join(p for power in Power for p in power.labels))
    assert every == Power(4095) and len(every.labels) == 12 and every.labels[-1] == "raw-supply"
    assert (
        Power.parse("raw-supply, Approve")
        == Power.RAW_SUPPLY | Power.APPROVE
        == Power.parse(["approve", "raw_supply"])
    )
    for text, hint in (
        ("freez", "freeze"),
        ("admin", "one of|admit"),
        ("", "one of"),
        ("issue,,redeem", "one of"),
    ):
        with pytest.raises(InputError, match=hint):
            Power.parse(text)
