"""The watch: each rule stands against the movements that the contract's table says, and against no other."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact, Where
from hashkit.domain.parties import InvestorClass, matrix_bits
from hashkit.domain.register import fold, fold_from
from hashkit.domain.terms import MODES
from hashkit.domain.watch import Doubt

TOKEN, REGISTRY, BOOK = "0xT", "0xR", "0xB"
A, B, C, D = "0xa1", "0xb2", "0xc3", "0xd4"
FAR, CUTOFF = 10_000, 5_000  # block n has the time 10 * n


class Chain:
    """Facts in order; ``tx`` begins a transaction, and a block of its own."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.block = self.index = 0
        self.tx()
        self.add(f.SlotSet, slot="identity-registry", address=REGISTRY)
        self.add(f.SlotSet, slot="compliance", address=BOOK)
        for wallet, country in ((A, 344), (B, 344), (C, 702)):
            self.admit(wallet, country)

    def tx(self) -> Chain:
        self.block, self.index = self.block + 1, 0
        return self

    def add(self, kind: type[Fact], at: str = TOKEN, **values: object) -> Chain:
        where = Where(self.block, self.index, f"0x{self.block}", at)
        self.facts.append(kind(where=where, **values))
        self.index += 1
        return self

    def admit(self, wallet: str, country: int = 344, until: int = FAR, kind: int = 2, investor: str = "") -> Chain:
        self.add(f.Admitted, REGISTRY, wallet=wallet, investor=investor or "0x1" + wallet[2:])
        return self.stand(wallet, country, until, kind)

    def stand(self, wallet: str, country: int = 344, until: int = FAR, kind: int = 2) -> Chain:
        return self.add(
            f.StandingSet, REGISTRY, wallet=wallet, country=country, investor_class=kind, valid_until=until, proof=""
        )

    def rule(self, rule: str, value: int, at: str = TOKEN) -> Chain:
        return self.add(f.RuleSet, at, rule=rule, value=value)

    def move(self, sender: str, receiver: str, amount: int = 10) -> Chain:
        return self.add(f.Moved, sender=sender, receiver=receiver, amount=amount)

    def mint(self, to: str, amount: int = 100) -> Chain:
        return self.tx().move(ZERO, to, amount)

    def broken(self) -> list[Doubt]:
        found = fold(self.facts, TOKEN, cutoff=CUTOFF).watched
        return [doubt for doubt in found.doubts if doubt.broken(lambda block: 10 * block)]

    def rules(self) -> list[tuple[str, str]]:
        return [(doubt.rule, doubt.account) for doubt in self.broken()]


@pytest.fixture
def chain() -> Chain:
    return Chain().mint(A).mint(B).mint(C)


def test_an_honest_history_leaves_no_doubt(chain: Chain) -> None:
    chain.tx().move(A, B).move(B, C).move(C, ZERO)
    assert chain.broken() == []
    seen = fold(chain.facts, TOKEN, cutoff=CUTOFF).watched
    assert (seen.moves, seen.issues) == (2, 3)


def test_who_is_not_verified_moves_and_receives_against_the_rule(chain: Chain) -> None:
    chain.tx().move(A, D).stand(B, until=0).move(B, A).add(f.DeniedSet, REGISTRY, wallet=C, denied=True, ref="")
    assert chain.move(C, A).rules() == [("not-registered", D), ("revoked", B), ("denied", C)]


def test_validity_counts_at_the_time_of_the_block(chain: Chain) -> None:
    until = 10 * (chain.block + 1)
    chain.stand(A, until=until).tx().move(A, B)
    assert chain.rules() == []  # its last second
    chain.tx().move(A, B).tx().move(A, B)
    (late,) = chain.broken()
    assert (late.rule, late.account, late.movements, late.where.block) == ("expired", A, 3, chain.block)
    chain.stand(A).tx().move(A, B)
    assert len(chain.broken()) == 1


def test_a_renewal_in_the_same_transaction_counts_from_its_place_on(chain: Chain) -> None:
    chain.tx().stand(A, until=0).stand(A).move(A, B)
    assert chain.rules() == []
    chain.tx().move(A, B).stand(A, until=0)
    assert chain.rules() == []


def test_an_unknown_time_settles_nothing() -> None:
    doubt = Doubt("expired", Where(1, 0, "", TOKEN), A, 0, 50)
    assert doubt.broken(lambda block: None) and not doubt.broken(lambda block: 50) and doubt.broken(lambda block: 51)


@pytest.mark.parametrize("claim", ["forced", "recovered", "redeemed", "burnt"])
def test_other_doors_ask_less(chain: Chain, claim: str) -> None:
    """A forced transfer asks of the receiver alone; recoveries, redemptions and burns ask of nobody."""
    chain.tx().stand(A, until=0).stand(B, until=0)
    if claim == "forced":
        chain.move(A, B).add(f.Forced, sender=A, receiver=B, amount=10)
        assert chain.rules() == [("revoked", B)]
        return
    if claim == "recovered":
        chain.move(A, B).move(A, B, 5).add(f.Recovered, lost=A, to=B, investor="")
    else:
        chain.move(A, ZERO)
        if claim == "redeemed":
            chain.add(f.Redeemed, ref="0x1", holder=A, amount=10)
    assert chain.rules() == []


def test_a_claim_takes_the_youngest_movement_that_fits_and_only_in_its_transaction(chain: Chain) -> None:
    chain.tx().stand(A, until=0).move(A, B).tx().move(A, B).add(f.Forced, sender=A, receiver=B, amount=10)
    assert chain.rules() == [("revoked", A)]
    assert chain.broken()[0].where.block == chain.block - 1


def test_countries_and_classes_are_those_of_the_moment(chain: Chain) -> None:
    chain.tx().rule("country-list", 1).rule("country:344", 1).move(A, B).move(A, C)
    chain.rule("country:702", 1).move(A, C).rule("classes", 1 << 3).move(A, C)
    assert chain.rules() == [("country", C), ("class", A), ("class", C)]


def test_units_per_investor_count_over_all_wallets(chain: Chain) -> None:
    chain.tx().rule("max-units-per-investor", 120, BOOK).move(A, B, 20)
    assert chain.rules() == []
    chain.tx().admit(D, investor="0x1" + B[2:]).add(f.Linked, REGISTRY, first=B, wallet=D, linked=True)
    chain.move(A, D, 1).move(B, D, 50)
    (over,) = chain.broken()
    assert (over.rule, over.account, over.have, over.need) == ("max-units-per-investor", D, 121, 120)


def test_a_tightened_limit_is_no_breach_of_the_past(chain: Chain) -> None:
    chain.tx().rule("max-units-per-investor", 50, BOOK).tx().move(A, B, 0)
    assert chain.rules() == []


def test_minimum_holding_and_denomination_bind_a_partial_redemption_too(chain: Chain) -> None:
    chain.tx().rule("minimum-holding", 30, BOOK).rule("denomination", 10, BOOK)
    chain.tx().move(A, ZERO, 75).add(f.Redeemed, ref="0x1", holder=A, amount=75)
    assert chain.rules() == [("denomination", A), ("minimum-holding", A)]
    chain.tx().move(A, ZERO, 25).add(f.Redeemed, ref="0x2", holder=A, amount=25)  # everything may always go
    chain.tx().move(B, ZERO, 95)  # a court asks no rule
    assert len(chain.rules()) == 2
    chain.tx().move(C, A, 20)
    assert chain.rules()[2:] == [("minimum-holding", A)]


def test_holders_are_counted_in_all_and_by_country(chain: Chain) -> None:
    chain.tx().rule("max-holders", 3, BOOK).rule("max-holders:344", 2, BOOK).admit(D)
    chain.tx().move(A, D, 100)  # the one who gives everything makes room
    assert chain.rules() == []
    chain.tx().move(C, A, 100)  # from 702 to 344: room in all, none in the country
    (over,) = chain.broken()
    assert (over.rule, over.account, over.have, over.need) == ("max-holders:344", A, 3, 2)
    chain.tx().move(D, C, 10)
    assert chain.rules()[1:] == [("max-holders", C)]


def test_a_holder_who_changes_country_counts_there(chain: Chain) -> None:
    chain.tx().rule("max-holders:702", 2, BOOK).stand(A, country=702).admit(D, 702).tx().move(B, D, 5)
    assert chain.rules() == [("max-holders:702", D)]


def test_lock_ups_are_settled_by_their_first_movement(chain: Chain) -> None:
    end = 10 * (chain.block + 2)
    chain.rule("lock-up", end).tx().move(A, B).tx().move(A, B)
    (early,) = chain.broken()
    assert (early.rule, early.need, early.movements, early.where.block) == ("lock-up", end, 2, chain.block - 1)
    late = Chain().mint(A).rule("lock-up", 40).tx().tx().move(A, B)
    assert late.rules() == []


def test_a_holding_period_runs_from_the_last_issue_or_from_its_own_beginning(chain: Chain) -> None:
    chain.tx().rule("holding-period", 25, BOOK)  # A's units were out: their time starts in this block
    chain.tx().tx().move(A, B)
    assert chain.rules() == [("holding-period", A)]
    chain.tx().move(B, A)  # 30 seconds on
    chain.mint(B, 5).tx().move(B, A)
    assert chain.rules() == [("holding-period", A), ("holding-period", B)]
    fresh = Chain().rule("holding-period", 25, BOOK).mint(A).tx().tx().move(A, B).tx().move(B, A)
    assert fresh.rules() == [("holding-period", A)]  # B got units by a transfer, which no period holds


def test_modes_say_who_may_trade(chain: Chain) -> None:
    venue, retail = int(InvestorClass.VENUE), int(InvestorClass.RETAIL)
    chain.tx().rule("mode", MODES.index("primary-only")).move(A, B)
    chain.rule("mode", MODES.index("venue-only")).move(A, B).stand(B, kind=venue).move(A, B)
    chain.rule("mode", MODES.index("role-matrix")).rule("role-matrix", matrix_bits([(InvestorClass.RETAIL,) * 2]))
    chain.stand(A, kind=retail).move(A, B).stand(B, kind=retail).move(A, B)
    assert [doubt.rule for doubt in chain.broken()] == ["mode"] * 3
    assert [doubt.where.log_index for doubt in chain.broken()] == [1, 3, 9]


def test_rows_of_an_order_keep_their_places(chain: Chain) -> None:
    chain.tx().add(
        f.OrderOpened, order_id="0x1", approver=A, rows_root="", file_hash="", row_count=3, amount=9, deadline=1
    )
    chain.tx().move(ZERO, A, 4).add(f.RowSkipped, order_id="0x1", row=1, wallet=D, amount=2, verdict=1)
    chain.move(ZERO, B, 3).add(f.OrderExecuted, order_id="0x1", first_row=0, next_row=3, amount=7)
    rows = fold(chain.facts, TOKEN, cutoff=CUTOFF).watched.rows
    assert [(r.row, r.wallet, r.amount, r.skipped) for r in rows] == [
        (0, A, 4, False),
        (1, D, 2, True),
        (2, B, 3, False),
    ]


def test_a_fold_with_an_opening_is_two_folds(chain: Chain) -> None:
    opened = chain.block
    chain.tx().move(A, B).tx().move(B, ZERO)
    first, last = fold_from(chain.facts, opened, TOKEN, cutoff=CUTOFF)
    earlier: Iterable[Fact] = [fact for fact in chain.facts if fact.where.block <= opened]
    assert first == fold(earlier, TOKEN, cutoff=CUTOFF) and last == fold(chain.facts, TOKEN, cutoff=CUTOFF)
    assert fold_from(chain.facts, 10**6, TOKEN)[0] == fold(chain.facts, TOKEN)
    assert fold(chain.facts, TOKEN).watched.moves == 0
