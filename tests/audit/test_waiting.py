"""What waits, and what stood against a movement, told from facts alone: every kind has its words."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from hashkit.audit.checks.finding import doubt_line
from hashkit.audit.checks.papers import journal_whole
from hashkit.audit.evidence import Mined
from hashkit.audit.inputs import Given, read, take
from hashkit.audit.pending import pending
from hashkit.domain import facts as f
from hashkit.domain.facts import Fact, Where
from hashkit.domain.parties import Power
from hashkit.domain.register import fold
from hashkit.domain.watch import Doubt
from hashkit.errors import InputError

TOKEN, REGISTRY, LOST, NEW, AGENT = ("0x" + f"{n:02x}" * 20 for n in range(1, 6))
REF = "0x" + "07" * 32
NOW = 1_800_000_000


class Told:
    """Facts one after the other, an act in each block."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def act(self, *details: tuple[type[Fact], dict[str, object]], contract: str = TOKEN) -> Told:
        block = len(self.facts) + 1
        acted = (f.Acted, {"ref": REF, "agent": AGENT, "act": "0x00000001"})
        for n, (kind, values) in enumerate([*details, acted] if contract == TOKEN else details):
            self.facts.append(kind(where=Where(block, n, "0x" + f"{block:064x}", contract), **values))
        return self

    def waits(self) -> list[tuple[str, str, str]]:
        reading = SimpleNamespace(
            register=fold(self.facts, TOKEN),
            subject=SimpleNamespace(decimals=2, token=TOKEN),
            pin=SimpleNamespace(block=SimpleNamespace(timestamp=NOW)),
            collected=SimpleNamespace(contracts={}),
        )
        return [(one.kind, one.text, one.by) for one in pending(reading)]


def window(amount: int, period: int) -> tuple[type[Fact], dict[str, object]]:
    return f.MintWindowSet, {"amount": amount, "period": period}


def wider(amount: int, period: int, ready_at: int = NOW) -> tuple[type[Fact], dict[str, object]]:
    return f.MintWindowProposed, {"amount": amount, "period": period, "ready_at": ready_at}


def recovery(ready_at: int) -> tuple[type[Fact], dict[str, object]]:
    return f.RecoveryProposed, {"lost": LOST, "to": NEW, "ready_at": ready_at}


def test_a_wider_mint_window_waits_until_it_is_set_or_cancelled():
    told = Told().act(window(10_000, 3_600)).act(wider(20_000, 3_600))
    ((kind, text, by),) = told.waits()
    assert (kind, by) == ("mint window", "raise or the owner of the token")
    assert text == "a mint window of 200.00 in 3600 seconds, not before 2027-01-15T08:00:00Z"
    assert told.act(wider(20_000, 3_600, 0)).waits() == []
    assert Told().act(wider(20_000, 3_600)).act(window(20_000, 3_600)).waits() == []


def test_raw_supply_is_told_with_its_room_and_its_pace():
    grant = (f.PowersSet, {"agent": AGENT, "powers": int(Power.RAW_SUPPLY)})
    assert Told().act(grant).waits() == [("raw supply", "minting without an order, without end", AGENT)]
    cap = (f.RuleSet, {"rule": "cap", "value": 50_000})
    ((_, text, _),) = Told().act(grant).act(cap).act(window(10_000, 60)).waits()
    assert text == "minting without an order, up to 500.00, 100.00 in 60 seconds"


def test_a_recovery_waits_until_it_happens_or_is_cancelled():
    told = Told().act(recovery(NOW))
    ((kind, text, by),) = told.waits()
    assert (kind, by) == ("recovery", "recover on the token") and text.startswith(f"all of {LOST} to {NEW}, not before")
    assert Told().act(recovery(NOW)).act(recovery(0)).waits() == []
    done = (f.Recovered, {"lost": LOST, "to": NEW, "investor": AGENT})
    assert Told().act(recovery(NOW)).act(done).waits() == []


def doubt(rule: str, have: int = 344, need: int = 7) -> str:
    evidence = SimpleNamespace(subject=SimpleNamespace(decimals=2), times={5: NOW})
    return doubt_line(evidence, Doubt(rule, Where(5, 0, "0xaa", TOKEN), LOST, have, need, 2))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("not-registered", "was not registered"),
        ("denied", "was denied"),
        ("revoked", "was revoked"),
        ("expired", "had expired at 1970-01-01T00:00:07Z"),
        ("country", "was of a country that is not allowed: HK"),
        ("class", "was of a class that is not allowed: "),
        ("mode", "moved against the mode "),
        ("lock-up", "moved during the lock-up until 1970-01-01T00:00:07Z"),
        ("holding-period", "moved within the holding period of 7 seconds that began in block 344"),
        ("max-holders", "became holder 344; the limit is 7"),
        ("max-holders:702", "became holder 344 in SG; the limit is 7"),
        ("max-units-per-investor", "had 3.44; max units per investor is 0.07"),
    ],
)
def test_every_rule_that_stood_against_a_movement_has_its_words(rule, words):
    line = doubt(rule)
    assert words in line and line.endswith("; the decisive one of 2 movements; transaction 0xaa")
    assert line.startswith(f"block 5, 2027-01-15T08:00:00Z: {LOST} ")


def journal(**changes: object) -> bytes:
    sent = {"tx_hash": "0xaa", "nonce": 1, "state": "MINED", "block": 5, "succeeded": True, "title": "Issue"}
    body = {
        "schema": "hashkit.journal-view/1", "chain": "1", "sender": LOST, "entries": 3, "last": REF, "broken": "",
        "transactions": [sent],
    }  # fmt: skip
    return json.dumps({**body, **changes}).encode()


def judged(mined: dict[str, Mined | None], **changes: object):
    evidence = SimpleNamespace(
        inputs=read([Given("journal", "j.json", journal(**changes))], decimals=2),
        network=SimpleNamespace(chain_id=1),
        pin=SimpleNamespace(block=SimpleNamespace(number=10)),
        register=SimpleNamespace(acts=()),
        subject=SimpleNamespace(decimals=2, token=TOKEN),
        population=SimpleNamespace(contracts={}),
        mined=mined,
        times={},
    )
    return journal_whole.judge(evidence)


def test_a_journal_that_the_chain_contradicts_is_told_line_by_line():
    assert judged({"0xaa": Mined(5, LOST, True)}).result == "pass"
    assert judged({"0xaa": None}).evidence == ("Issue, transaction 0xaa: journalled in block 5, not on chain",)
    (moved,) = judged({"0xaa": Mined(6, LOST, True)}).evidence
    assert moved.endswith("journalled in block 5, on chain in block 6")
    (other,) = judged({"0xaa": Mined(5, LOST, False)}).evidence
    assert other.endswith("on chain in block 5, with another outcome")
    assert "belongs to chain 8" in judged({"0xaa": Mined(5, LOST, True)}, chain="8").evidence[0]
    assert "an entry" in judged({"0xaa": Mined(5, LOST, True)}, broken="an entry is gone").evidence[0]
    for state, block in (("SENT", None), ("MINED", 11)):
        sent = {"tx_hash": "0xaa", "nonce": 1, "state": state, "block": block, "succeeded": True, "title": "Issue"}
        assert judged({"0xaa": None}, transactions=[sent]).result == "pass"


@pytest.mark.parametrize("data", [b"[]", b"{}", journal(schema="other"), journal(chain=1), journal(entries="3")])
def test_a_journal_view_that_somebody_changed_is_refused(data):
    with pytest.raises(InputError, match="is not what was read of a journal"):
        read([Given("journal", "j.json", data)], decimals=2)


def test_files_that_cannot_be_taken_are_named(tmp_path, monkeypatch):
    twice = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for kind, paths, words in (
        ("nav", twice, "Only one file"),
        ("nav", [tmp_path / "none.csv"], "Cannot read"),
        ("journal", [tmp_path], "no such file"),
    ):
        with pytest.raises(InputError, match=words):
            take({kind: paths})
    monkeypatch.setattr("hashkit.audit.inputs._MOST", 3)
    twice[0].write_bytes(b"four")
    with pytest.raises(InputError, match="larger than"):
        take({"nav": twice[:1]})
