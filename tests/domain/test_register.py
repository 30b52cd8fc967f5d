"""The register is the fold of its facts, and what cannot be is said instead of raised."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact, Where
from hashkit.domain.register import Register, fold

TOKEN, REGISTRY, BOOK = "0xT", "0xR", "0xB"
A, B, C = "0xA", "0xB0", "0xC"
ACCOUNTS = st.sampled_from([ZERO, A, B, C])


class Story:
    """Facts in chain order, one block a transaction."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.block = 1

    def tell(self, kind: type[Fact], contract: str = TOKEN, same: bool = False, **values) -> Story:
        self.block += not same
        where = Where(self.block, len(self.facts), f"0x{self.block:064x}", contract)
        self.facts.append(kind(where=where, **values))
        return self

    def move(self, sender: str, receiver: str, amount: int, **more) -> Story:
        return self.tell(f.Moved, sender=sender, receiver=receiver, amount=amount, **more)

    def register(self, token: str | None = TOKEN) -> Register:
        return fold(self.facts, token)


def kinds(register: Register) -> list[str]:
    return [i.kind for i in register.irregularities]


@given(st.lists(st.tuples(ACCOUNTS, ACCOUNTS, st.integers(0, 2**256 - 1)), max_size=60))
def test_any_movements_fold_to_the_plain_sums(movements):
    story, plain = Story(), defaultdict(int)
    for sender, receiver, amount in movements:
        story.move(sender, receiver, amount)
        if sender != receiver:
            plain[sender] -= amount
            plain[receiver] += amount
    register = story.register()
    assert register.balances == {a: raw for a, raw in plain.items() if raw and a != ZERO}
    assert register.supply == sum(register.balances.values())
    assert register.accounts == {a for s, r, _ in movements for a in (s, r)} - {ZERO}
    assert set(register.since) == {a for a, raw in register.balances.items() if raw > 0}
    assert not set(register.former) & set(register.since)


@given(st.lists(st.tuples(ACCOUNTS, ACCOUNTS, st.integers(0, 50)), max_size=60))
def test_a_balance_below_zero_is_found_and_nothing_else_is(movements):
    story, plain, below = Story(), defaultdict(int), False
    for sender, receiver, amount in movements:
        story.move(sender, receiver, amount)
        below |= sender != ZERO and plain[sender] < amount
        if sender != receiver:
            plain[sender] -= amount
            plain[receiver] += amount
    assert ("balance" in kinds(story.register())) == below


def test_supply_is_split_by_orders_refs_and_raw_doors():
    story = Story().tell(f.OrderOpened, order_id="o", approver=A, rows_root="", file_hash="", row_count=3, amount=90,
                         deadline=9)  # fmt: skip
    story.move(ZERO, A, 60).move(ZERO, B, 20, same=True)
    story.tell(f.RowSkipped, same=True, order_id="o", row=2, wallet=C, amount=10, verdict=4)
    story.tell(f.OrderExecuted, same=True, order_id="o", first_row=0, next_row=3, amount=80)
    story.move(ZERO, C, 5).tell(f.Acted, same=True, ref="0x0", agent=A, act="0x40c10f19")
    story.move(A, ZERO, 30).tell(f.Redeemed, same=True, ref="r", holder=A, amount=30)
    story.move(B, ZERO, 7).tell(f.Acted, same=True, ref="0x0", agent=A, act="0x9dc29fac")
    r = story.register()
    assert (r.minted, r.issued, r.raw_minted, r.burnt, r.redeemed, r.raw_burnt) == (85, 80, 5, 37, 30, 7)
    assert r.supply == 48 and not r.irregularities
    order = r.orders["o"]
    assert (order.issued, order.next_row, order.skipped, order.closed) == (80, 3, 1, False)
    assert [supply for _, supply in r.supply_steps] == [80, 85, 55, 48]
    assert [flow[1:] for flow in r.flows] == [(80, 0), (5, 0), (0, 30), (0, 7)]
    assert [many for _, many in r.holder_steps] == [2, 3]
    assert [type(act.detail).__name__ for act in r.acts if isinstance(act.fact, f.Acted)] == ["Moved", "Moved"]


@pytest.mark.parametrize(
    ("first", "nexts", "amount"),
    [(1, 2, 5), (0, 4, 5), (0, 0, 5), (0, 2, 99)],
    ids=["out of turn", "beyond the last row", "no row", "over the total"],
)
def test_an_order_that_breaks_its_terms_is_found(first, nexts, amount):
    story = Story().tell(f.OrderOpened, order_id="o", approver=A, rows_root="", file_hash="", row_count=3, amount=90,
                         deadline=9)  # fmt: skip
    story.tell(f.OrderExecuted, order_id="o", first_row=first, next_row=nexts, amount=amount)
    assert kinds(story.register()) == ["order"]


def test_an_order_never_opened_or_closed_cannot_be_executed():
    story = Story().tell(f.OrderClosed, order_id="o", agent=A)
    assert story.register().orders["o"].closed and not kinds(story.register())
    story.tell(f.OrderExecuted, order_id="o", first_row=0, next_row=1, amount=1)
    assert set(kinds(story.register())) == {"order"}


def test_a_ref_is_consumed_once():
    story = Story().move(ZERO, A, 9)
    for _ in range(2):
        story.move(A, ZERO, 1).tell(f.Redeemed, same=True, ref="r", holder=A, amount=1)
    assert kinds(story.register()) == ["ref"]


def frozen_story() -> Story:
    story = Story().move(ZERO, A, 100).move(ZERO, B, 10)
    return story.tell(f.AccountFrozen, account=A, frozen=True, agent=C)


def test_a_frozen_holder_moves_only_by_force_and_leaves_only_by_authority():
    assert kinds(frozen_story().move(A, B, 1).register()) == ["freeze"]
    forced = frozen_story().move(A, B, 1).tell(f.Forced, same=True, sender=A, receiver=B, amount=1)
    assert not kinds(forced.register()) and forced.register().forced[0].amount == 1
    burnt = frozen_story().move(A, ZERO, 1).tell(f.Acted, same=True, ref="0x0", agent=C, act="0x9dc29fac")
    assert not kinds(burnt.register())
    redeemed = frozen_story().move(A, ZERO, 1).tell(f.Redeemed, same=True, ref="r", holder=A, amount=1)
    assert kinds(redeemed.register()) == ["freeze"]
    assert kinds(frozen_story().move(B, A, 1).register()) == ["freeze"]


def test_force_in_another_transaction_excuses_nothing():
    story = frozen_story().move(A, B, 1).tell(f.Forced, sender=A, receiver=B, amount=1)
    assert kinds(story.register()) == ["freeze"]


def test_frozen_units_stay_pauses_hold_moves_halts_hold_everything():
    part = Story().move(ZERO, A, 100).tell(f.AmountFrozen, account=A, amount=80)
    assert not kinds(part.move(A, B, 20).register())
    assert kinds(part.move(A, B, 1).register()) == ["freeze"]
    paused = Story().move(ZERO, A, 9).tell(f.Stopped, what="paused", on=True, agent=C)
    paused.move(A, ZERO, 1).tell(f.Redeemed, same=True, ref="r", holder=A, amount=1).move(ZERO, A, 1)
    assert not kinds(paused.register()) and paused.register().stops == {"paused"}
    assert kinds(paused.move(A, B, 1).register()) == ["stop"]
    halted = Story().move(ZERO, A, 9).tell(f.Stopped, what="halted", on=True, agent=C).move(ZERO, A, 1)
    assert kinds(halted.register()) == ["stop"]


def test_a_supply_over_the_cap_is_found_by_the_cap_of_its_time():
    story = Story().tell(f.RuleSet, rule="cap", value=10).move(ZERO, A, 10).tell(f.RuleSet, rule="cap", value=5)
    assert not kinds(story.register())
    assert kinds(story.move(ZERO, A, 1).register()) == ["cap"]


def test_other_contracts_have_no_say_about_the_token():
    story = Story().move(ZERO, A, 5)
    story.move(ZERO, B, 1_000, contract=BOOK)
    story.tell(f.AccountFrozen, contract=BOOK, account=A, frozen=True, agent=B)
    story.tell(f.RuleSet, contract=BOOK, rule="cap", value=1)
    register = story.register()
    assert register.balances == {A: 5} and not register.frozen and "cap" not in register.rules
    assert fold(story.facts).balances == {A: 5}


def test_a_log_read_twice_counts_once_and_is_found():
    story = Story().move(ZERO, A, 5)
    register = fold([*story.facts, *story.facts], TOKEN)
    assert register.balances == {A: 5} and kinds(register) == ["sequence"]


def people() -> Story:
    story = Story().tell(f.SlotSet, slot="identity-registry", address=REGISTRY)
    story.tell(f.Admitted, contract=REGISTRY, wallet=A, investor="0xI")
    story.tell(f.StandingSet, REGISTRY, True, wallet=A, country=344, investor_class=2, valid_until=100, proof="p")
    story.tell(f.Admitted, contract=REGISTRY, wallet=B, investor="0x1")
    return story.tell(f.Linked, REGISTRY, True, first=A, wallet=B, linked=True)


def test_a_link_has_the_standing_of_the_first_wallet():
    story = people()
    standing = story.register().standing(B)
    assert (standing.country, standing.investor_class, standing.valid_until) == (344, 2, 100)
    story.tell(f.DeniedSet, contract=REGISTRY, wallet=A, denied=True, ref="r")
    assert story.register().standing(B).denied
    story.tell(f.Linked, contract=REGISTRY, first=A, wallet=B, linked=False)
    story.tell(f.Removed, REGISTRY, True, wallet=B, investor="0x1")
    assert not story.register().standing("0xB0").registered and not story.register().links


def test_a_wallet_admitted_anew_brings_its_denial_along():
    story = people().tell(f.DeniedSet, contract=REGISTRY, wallet=A, denied=True, ref="r")
    story.tell(f.Removed, contract=REGISTRY, wallet=A, investor="0xI")
    story.tell(f.Admitted, contract=REGISTRY, wallet=A, investor="0x2")
    assert story.register().standing(A).denied


def test_only_the_registry_in_the_slot_speaks():
    story = people().tell(f.SlotSet, slot="identity-registry", address="0xR2")
    assert not story.register().standing(A).registered
    assert [s.address for s in story.register().slot_history] == [REGISTRY, "0xR2"]
    assert story.register().registries[REGISTRY].standing(A).investor == "0xI"


def test_powers_owners_and_the_rule_books_rule_are_kept_by_contract():
    story = Story().tell(f.PowersSet, agent=A, powers=3).tell(f.PowersSet, contract=REGISTRY, agent=A, powers=64)
    story.tell(f.OwnerSet, owner=A, previous=ZERO).tell(f.OwnerSet, contract=REGISTRY, owner=B, previous=ZERO)
    story.tell(f.RuleSet, contract=BOOK, rule="max-units-per-investor", value=9)
    story.tell(f.SlotSet, slot="compliance", address=BOOK).tell(f.PowersSet, agent=A, powers=0)
    register = story.register()
    assert register.powers == {TOKEN: {}, REGISTRY: {A: 64}}
    assert register.owner == A and register.owners[REGISTRY] == B
    assert register.rules == {"max-units-per-investor": 9}


def test_unknown_logs_are_counted_by_their_topic():
    story = Story()
    for topics, name in ((("0x12",), ""), ((), ""), (("0x34",), "Approval"), (("0x12",), "")):
        story.tell(f.Unknown, name=name, topics=topics, data="0x")
    register = story.register()
    assert register.unknown == {"0x12": 2, "without topics": 1}
    assert register.counts == {"event Approval": 1}


def test_nothing_at_all_is_an_empty_register():
    register = fold([])
    assert register.supply == 0 and not register.balances and register.token == ZERO
    assert not register.standing(A).registered
    assert {field.name for field in fields(register)} >= {"balances", "issued", "redeemed", "stops", "refs"}
