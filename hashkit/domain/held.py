"""How much does each investor hold over all wallets, and how many investors hold anything? Floor 0.

As the rule book counts: the wallets of one investor are one party; a wallet that nobody owns is a party of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact
from hashkit.domain.identities import IdentityFold


class Held:
    """Running totals. They are made when first asked for, and made anew when the registry is replaced."""

    def __init__(self) -> None:
        self._registry: IdentityFold | None = None
        self._known = False
        self._units: dict[str, int] = {}
        self._country: dict[str, int] = {}
        self._in: Counter[int] = Counter()
        self.holders = 0

    def forget(self) -> None:
        """Another registry may count from here on."""
        self._known = False

    def follow(self, registry: IdentityFold | None, balances: Mapping[str, int]) -> None:
        """Counts by this registry; anew when it is another one than before."""
        if self._known and registry is self._registry:
            return
        self._registry, self._known, self.holders = registry, True, 0
        self._units, self._country, self._in = {}, {}, Counter()
        for wallet, raw in balances.items():
            self._add(wallet, raw)

    def party(self, wallet: str) -> str:
        """The investor of a wallet, or the wallet itself."""
        return wallet if self._registry is None else self._registry.investor(wallet) or wallet

    def units(self, wallet: str) -> int:
        """What the party behind a wallet holds, in smallest units."""
        return 0 if wallet == ZERO else self._units.get(self.party(wallet), 0)

    def country(self, wallet: str) -> int:
        """The country of the record behind a wallet; 0: unknown."""
        return 0 if self._registry is None else self._registry.standing(wallet).country

    def holders_in(self, country: int) -> int:
        """Parties of a country that hold something."""
        return self._in[country]

    def move(self, sender: str, receiver: str, amount: int) -> None:
        """Units change hands."""
        if not amount or sender == receiver:
            return
        if sender != ZERO:
            self._add(sender, -amount)
        if receiver != ZERO:
            self._add(receiver, amount)

    @contextmanager
    def rekeying(self, fact: Fact, registry: IdentityFold, balances: Mapping[str, int]) -> Iterator[None]:
        """While the registry takes in a fact: what its wallets hold leaves the old party and comes to the new one."""
        touched = [w for w in _wallets(fact, registry) if balances.get(w, 0)] if self._known else []
        touched = touched if registry is self._registry else []
        for wallet in touched:
            self._add(wallet, -balances[wallet])
        yield
        for wallet in touched:
            self._add(wallet, balances[wallet])

    def _add(self, wallet: str, amount: int) -> None:
        party = self.party(wallet)
        before = self._units.get(party, 0)
        after = before + amount
        self._units[party] = after
        if before <= 0 < after:
            self.holders += 1
            self._country[party] = self.country(wallet)
            self._in[self._country[party]] += 1
        elif after <= 0 < before:
            self.holders -= 1
            self._in[self._country.pop(party)] -= 1
        if after == 0:
            del self._units[party]


def _wallets(fact: Fact, registry: IdentityFold) -> list[str]:
    """The wallets whose party or country a fact of a registry may change."""
    match fact:
        case f.StandingSet():
            return registry.linked(fact.wallet)
        case f.StandingsSet():
            return [w for row in fact.rows for w in registry.linked(row[0])]
        case f.Linked() | f.Admitted() | f.InvestorChanged() | f.Removed():
            return [fact.wallet]
    return []
