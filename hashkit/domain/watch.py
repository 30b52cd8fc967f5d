"""Were the rules kept at the moment of each movement? A watch that stands beside the open books. Floor 0.

The books say what is; the watch says what was, when units moved: who was verified, which limits stood, which
lock-up ran. It follows the movement table of contracts/README.md. What depends on a block's time becomes a
``Doubt`` that somebody with block times settles; of many doubts that one time settles alike, only the one that
decides is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact, Where
from hashkit.domain.held import Held
from hashkit.domain.identities import IdentityFold
from hashkit.domain.parties import InvestorClass, Standing, matrix_bits
from hashkit.domain.terms import MODES

if TYPE_CHECKING:
    from hashkit.domain.books import Books

REGISTRY_SLOT = "identity-registry"
COMPLIANCE_SLOT = "compliance"

ISSUE, MOVE, FORCE, REDEEM, OTHER = "issue", "move", "force", "redeem", "other"
TIMED = frozenset({"expired", "lock-up", "holding-period"})
"""Rules of which only a block's time tells whether they were broken."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A movement that a rule stood against, or may have stood against: see ``TIMED``.

    ``rule``: ``not-registered``, ``denied``, ``revoked``, ``expired`` (``need``: valid until), ``country``,
    ``class``, ``mode``, ``lock-up`` (``need``: its end), ``holding-period`` (``have``: the block in which it began,
    ``need``: its seconds), or a rule of the rule book (``have`` and ``need`` in its own unit). ``movements`` were
    settled by this one.
    """

    rule: str
    where: Where
    account: str
    have: int
    need: int
    movements: int = 1

    def broken(self, time_of: Callable[[int], int | None]) -> bool:
        """True when the rule was broken, given the times of blocks. An unknown time settles nothing: True."""
        at = time_of(self.where.block)
        if self.rule not in TIMED:
            return True
        if self.rule == "holding-period":
            began = time_of(self.have)
            return at is None or began is None or at < began + self.need
        if at is None:
            return True
        return at > self.need if self.rule == "expired" else at < self.need

    @property
    def blocks(self) -> tuple[int, ...]:
        """The blocks whose times settle it."""
        return (self.have, self.where.block) if self.rule == "holding-period" else (self.where.block,)


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """One row of an order as the chain executed it. ``amount`` in smallest units."""

    order_id: str
    row: int
    wallet: str
    amount: int
    skipped: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch saw."""

    doubts: tuple[Doubt, ...] = ()
    moves: int = 0
    """Transfers by holders."""
    issues: int = 0
    """Rows and raw mints."""
    rows: tuple[IssuedRow, ...] = ()


NOTHING_WATCHED = Watched()


_Found = list[tuple[Doubt, tuple[str, ...]]]
"""Doubts, each with the kinds of movement that it stands against."""


class Watch:
    """Told of every fact by the books, before they take it in. ``cutoff``: no block it sees is later (unix)."""

    def __init__(self, books: Books, cutoff: int) -> None:
        self._books, self._cutoff = books, cutoff
        self._pending: list[tuple[f.Moved, str, _Found]] = []
        self._tx = ""
        self._certain: list[Doubt] = []
        self._decisive: dict[tuple[str, str, int, int], Doubt] = {}
        self._issued_in: dict[tuple[str, str], int] = {}
        self._clock: dict[str, int | None] = {}
        self._held = Held()
        self._moves = self._issues = 0
        self._rows: list[IssuedRow] = []
        self._standings: dict[str, Standing] = {}

    # what the books tell

    def before(self, fact: Fact) -> None:
        """A fact that the books are about to take in."""
        if fact.where.tx_hash != self._tx:
            self._settle()
            self._tx = fact.where.tx_hash
        if type(fact) is f.RuleSet and fact.rule == "holding-period":
            before = self._books.rules.get(fact.where.contract, {}).get("holding-period")
            if not before:
                self._start_clock(fact.where.contract, fact.where.block)

    def moved(self, fact: f.Moved) -> None:
        """A movement of the token, before balances change."""
        books = self._books
        registry = books.registries.get(books.slots.get(REGISTRY_SLOT, ""))
        self._held.follow(registry, books.balances)
        found: _Found = []
        kind = OTHER
        if fact.sender == ZERO:
            kind = ISSUE
            self._issues += 1
        elif fact.receiver != ZERO:
            kind = MOVE
            self._moves += 1
        if registry is not None and kind is not OTHER:
            self._identities(fact, kind, registry, found)
        if kind is MOVE:
            self._terms(fact, registry, found)
        book = books.slots.get(COMPLIANCE_SLOT, "")
        if limits := books.rules.get(book):
            self._limits(fact, limits, found)
            self._period(fact, kind, book, limits, found)
        self._held.move(fact.sender, fact.receiver, fact.amount)
        if found or kind is not ISSUE:
            self._pending.append((fact, kind, found))

    def identity(self, fact: Fact, registry: IdentityFold, take: Callable[[Fact], None]) -> None:
        """A fact of a registry: the books take it in between."""
        books = self._books
        self._standings.clear()
        if books.registries.get(books.slots.get(REGISTRY_SLOT, "")) is registry:
            with self._held.rekeying(fact, registry, books.balances):
                take(fact)
        else:
            take(fact)

    def slot(self, fact: f.SlotSet) -> None:
        """A slot was filled: a rule book that comes in starts its clock."""
        if fact.slot == COMPLIANCE_SLOT and fact.address != ZERO:
            self._start_clock(fact.address, fact.where.block)
        self._held.forget()
        self._standings.clear()

    def executed(self, fact: f.OrderExecuted, latest: list[Fact]) -> None:
        """Rows of an order, with what the token logged for them before."""
        row = fact.first_row
        for one in latest:
            if type(one) is f.Moved and one.sender == ZERO:
                self._rows.append(IssuedRow(fact.order_id, row, one.receiver, one.amount, False, one.where))
            elif type(one) is f.RowSkipped and one.order_id == fact.order_id:
                self._rows.append(IssuedRow(fact.order_id, row, one.wallet, one.amount, True, one.where))
            else:
                continue
            row += 1

    def claimed(self, kind: str, sender: str, receiver: str, amount: int | None) -> None:
        """The youngest movement that fits was no transfer of a holder; without amount, every one that fits."""
        for place in range(len(self._pending) - 1, -1, -1):
            moved, before, doubts = self._pending[place]
            same = (moved.sender, moved.receiver) == (sender, receiver) and amount in (None, moved.amount)
            if same and before in (MOVE, OTHER):
                self._pending[place] = (moved, kind, doubts)
                if amount is not None:
                    return

    def result(self) -> Watched:
        """What was seen until now."""
        self._settle()
        found = [*self._certain, *self._decisive.values()]
        doubts = sorted(found, key=lambda d: (d.where.block, d.where.log_index, d.rule, d.account))
        return Watched(tuple(doubts), self._moves, self._issues, tuple(self._rows))

    # the columns of the movement table

    def _identities(
        self, fact: f.Moved, kind: str, registry: IdentityFold, found: _Found
    ) -> None:
        if kind is MOVE:
            self._person(fact, fact.sender, self._standing(registry, fact.sender), (MOVE,), found)
        receiving = (ISSUE, MOVE, FORCE)
        self._person(fact, fact.receiver, self._standing(registry, fact.receiver), receiving, found)

    def _standing(self, registry: IdentityFold, wallet: str) -> Standing:
        """What the registry in the slot says; remembered until a registry or the slot changes."""
        known = self._standings.get(wallet)
        if known is None:
            known = self._standings[wallet] = registry.standing(wallet)
        return known

    def _person(
        self,
        fact: f.Moved,
        who: str,
        known: Standing,
        against: tuple[str, ...],
        found: _Found,
    ) -> None:
        if known.denied:
            found.append((Doubt("denied", fact.where, who, 0, 0), against))
        if not known.registered:
            found.append((Doubt("not-registered", fact.where, who, 0, 0), against))
            return
        if known.valid_until < self._cutoff:
            rule = "expired" if known.valid_until else "revoked"
            found.append((Doubt(rule, fact.where, who, 0, known.valid_until), against))
        rules = self._books.rules.get(fact.where.contract, {})
        if rules.get("country-list") and not rules.get(f"country:{known.country:03d}"):
            found.append((Doubt("country", fact.where, who, known.country, 0), against))
        classes = rules.get("classes", 0)
        if classes and not classes >> known.investor_class & 1:
            found.append((Doubt("class", fact.where, who, known.investor_class, 0), against))

    def _terms(
        self, fact: f.Moved, registry: IdentityFold | None, found: _Found
    ) -> None:
        rules = self._books.rules.get(fact.where.contract, {})
        if (mode := rules.get("mode", 0)) and not self._mode_lets(mode, rules.get("role-matrix", 0), fact, registry):
            found.append((Doubt("mode", fact.where, fact.sender, mode, 0), (MOVE,)))
        if lock_up := rules.get("lock-up", 0):
            found.append((Doubt("lock-up", fact.where, fact.sender, 0, lock_up), (MOVE,)))

    @staticmethod
    def _mode_lets(mode: int, matrix: int, fact: f.Moved, registry: IdentityFold | None) -> bool:
        name = MODES[mode] if mode < len(MODES) else ""
        if name == "primary-only" or registry is None:
            return name != "primary-only"
        classes = [registry.standing(who).investor_class for who in (fact.sender, fact.receiver)]
        if name == "venue-only":
            return InvestorClass.VENUE in classes
        if name == "role-matrix":
            known = all(each in set(InvestorClass) for each in classes)
            pair = (InvestorClass(classes[0]), InvestorClass(classes[1])) if known else None
            return pair is not None and bool(matrix & matrix_bits([pair]))
        return True

    def _limits(
        self, fact: f.Moved, limits: dict[str, int], found: _Found
    ) -> None:
        """Rules of the rule book that count. Issue and Move obey all of them, a redemption of a part the first two."""
        sender, receiver, amount, held = fact.sender, fact.receiver, fact.amount, self._held
        everything = amount == self._books.balances.get(sender, 0)
        amounts = (ISSUE, MOVE) if everything else (ISSUE, MOVE, REDEEM)
        step = limits.get("denomination", 0)
        if step and amount % step:
            found.append((Doubt("denomination", fact.where, sender, amount, step), amounts))
        if amount == 0 or held.party(sender) == held.party(receiver):
            return
        least = limits.get("minimum-holding", 0)
        gives, gets = held.units(sender), held.units(receiver)
        if sender != ZERO and amount < gives and gives - amount < least:
            found.append((Doubt("minimum-holding", fact.where, sender, gives - amount, least), amounts))
        if receiver == ZERO:
            return
        if gets + amount < least:
            found.append((Doubt("minimum-holding", fact.where, receiver, gets + amount, least), (ISSUE, MOVE)))
        most = limits.get("max-units-per-investor", 0)
        if most and gets + amount > most:
            found.append((Doubt("max-units-per-investor", fact.where, receiver, gets + amount, most), (ISSUE, MOVE)))
        if gets == 0:
            self._holders(fact, limits, leaving=sender != ZERO and gives == amount, found=found)

    def _holders(
        self, fact: f.Moved, limits: dict[str, int], *, leaving: bool, found: _Found
    ) -> None:
        held, receiver = self._held, fact.receiver
        room = limits.get("max-holders", 0)
        many = held.holders + 1 - leaving
        if room and many > room:
            found.append((Doubt("max-holders", fact.where, receiver, many, room), (ISSUE, MOVE)))
        country = held.country(receiver)
        rule = f"max-holders:{country:03d}"
        room = limits.get(rule, 0)
        many = held.holders_in(country) + 1 - (leaving and held.country(fact.sender) == country)
        if room and many > room:
            found.append((Doubt(rule, fact.where, receiver, many, room), (ISSUE, MOVE)))

    def _period(
        self,
        fact: f.Moved,
        kind: str,
        book: str,
        limits: dict[str, int],
        found: _Found,
    ) -> None:
        period = limits.get("holding-period", 0)
        if not period:
            return
        if kind is ISSUE and fact.amount:
            self._issued_in[book, fact.receiver] = fact.where.block
        elif kind is MOVE:
            began = self._issued_in.get((book, fact.sender), self._clock.get(book))
            if began is not None:
                found.append((Doubt("holding-period", fact.where, fact.sender, began, period), (MOVE,)))

    def _start_clock(self, book: str, block: int) -> None:
        """Of units that were out before, nobody knows when they were issued: their time starts now."""
        self._clock[book] = block if self._books.minted != self._books.burnt else None

    # settling a transaction

    def _settle(self) -> None:
        for _, kind, doubts in self._pending:
            for doubt, against in doubts:
                if kind in against:
                    self._keep(doubt)
        self._pending.clear()

    def _keep(self, doubt: Doubt) -> None:
        """Certain ones all; of those that a time settles, the latest under a validity and the first under a lock."""
        if doubt.rule not in TIMED:
            self._certain.append(doubt)
            return
        key = (doubt.rule, "" if doubt.rule == "lock-up" else doubt.account, doubt.have, doubt.need)
        before = self._decisive.get(key)
        if before is None:
            self._decisive[key] = doubt
        else:
            decides = doubt if doubt.rule == "expired" else before
            self._decisive[key] = replace(decides, movements=before.movements + 1)
