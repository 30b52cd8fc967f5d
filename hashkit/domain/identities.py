"""Who is who, as one identity registry's facts tell it. Floor 0.

The first wallet carries what is known of an investor; his further wallets are links to it. The same rules as
``contracts/IdentityRegistry.sol``, so that replay equals storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hashkit.domain.facts import (
    ZERO,
    Admitted,
    DeniedSet,
    Fact,
    InvestorChanged,
    Linked,
    Removed,
    StandingSet,
    StandingsSet,
    TokenBound,
)
from hashkit.domain.parties import Standing

NOBODY = Standing(ZERO, 0, 0, 0, False)
"""The standing of a wallet that is not registered."""


@dataclass(frozen=True, slots=True)
class Identities:
    """One registry at a block. Keys are wallets; ``standings`` and ``denied`` are of first wallets,
    ``denied`` also of wallets that have no investor."""

    investors: Mapping[str, str]
    standings: Mapping[str, StandingSet]
    links: Mapping[str, str]
    """Further wallet -> first wallet of the same investor."""
    denied: frozenset[str]
    tokens: frozenset[str]
    """The tokens this registry pushes to."""

    def standing(self, wallet: str) -> Standing:
        """What the registry says of ``wallet``: ``NOBODY`` when it does not know it, but for a denial."""
        return _standing(self, wallet)

    def wallets(self) -> dict[str, tuple[str, ...]]:
        """Investor -> his wallets, in ascending order."""
        found: dict[str, list[str]] = {}
        for wallet, investor in self.investors.items():
            found.setdefault(investor, []).append(wallet)
        return {investor: tuple(sorted(wallets)) for investor, wallets in sorted(found.items())}


def _standing(known: Identities | IdentityFold, wallet: str) -> Standing:
    investor = known.investors.get(wallet)
    if investor is None:
        return Standing(ZERO, 0, 0, 0, True) if wallet in known.denied else NOBODY
    first = known.links.get(wallet, wallet)
    record, denied = known.standings.get(first), first in known.denied
    if record is None:
        return Standing(investor, 0, 0, 0, denied)
    return Standing(investor, record.country, record.investor_class, record.valid_until, denied)


NO_IDENTITIES = Identities({}, {}, {}, frozenset(), frozenset())


class IdentityFold:
    """The running state of one registry while its facts go by."""

    def __init__(self) -> None:
        self.investors: dict[str, str] = {}
        self.standings: dict[str, StandingSet] = {}
        self.links: dict[str, str] = {}
        self.denied: set[str] = set()
        self.tokens: set[str] = set()

    def standing(self, wallet: str) -> Standing:
        """What the registry says of ``wallet`` now."""
        return _standing(self, wallet)

    def investor(self, wallet: str) -> str | None:
        """Whose wallet it is now."""
        return self.investors.get(wallet)

    def linked(self, first: str) -> list[str]:
        """A first wallet and the wallets linked to it."""
        return [first, *(wallet for wallet, to in self.links.items() if to == first)]

    def take(self, fact: Fact) -> None:
        """One more fact; facts of other kinds change nothing."""
        match fact:
            case StandingSet():
                self.standings[fact.wallet] = fact
            case StandingsSet():
                self.standings.update((one.wallet, one) for one in fact.standings)
            case Admitted():
                self._clear(fact.wallet)
                self.investors[fact.wallet] = fact.investor
            case InvestorChanged():
                self.investors[fact.wallet] = fact.investor
            case Removed():
                self._clear(fact.wallet)
            case Linked():
                self._link(fact)
            case DeniedSet():
                (self.denied.add if fact.denied else self.denied.discard)(fact.wallet)
            case TokenBound():
                (self.tokens.add if fact.bound else self.tokens.discard)(fact.token)

    def _clear(self, wallet: str) -> None:
        """A wallet that comes or goes leaves nothing of its former life behind but a denial."""
        self.investors.pop(wallet, None)
        self.standings.pop(wallet, None)
        self.links.pop(wallet, None)

    def _link(self, fact: Linked) -> None:
        if fact.linked:
            self.links[fact.wallet] = fact.first
        else:
            self.links.pop(fact.wallet, None)

    def result(self) -> Identities:
        """The registry as it stands now."""
        return Identities(
            dict(self.investors),
            dict(self.standings),
            dict(self.links),
            frozenset(self.denied),
            frozenset(self.tokens),
        )
