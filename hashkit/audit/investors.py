"""Who holds how much, over all wallets of an investor? Floor 3."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import Evidence


@dataclass(frozen=True, slots=True)
class InvestorHolding:
    """One investor, or one wallet that nobody owns. ``raw`` in smallest units; ``wallets`` with units only."""

    investor: str
    raw: int
    balance: str
    share: str
    wallets: tuple[str, ...]
    standing: str
    country: str
    investor_class: str
    valid_until: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "investor": self.investor,
            "balance": self.balance,
            "share": self.share,
            "wallets": list(self.wallets),
            "standing": self.standing,
            "country": self.country,
            "class": self.investor_class,
            "validUntil": words.time(self.valid_until) if self.valid_until else "",
        }


def holdings(e: Evidence) -> tuple[InvestorHolding, ...]:
    """The register by investor, the largest first. ``investor`` is empty for a wallet that nobody owns."""
    r, at = e.register, e.pin.block.timestamp
    parties: dict[str, list[str]] = defaultdict(list)
    for wallet, raw in r.balances.items():
        if raw > 0:
            parties[r.investors.get(wallet, wallet)].append(wallet)
    found = []
    for party, wallets in parties.items():
        known, raw = r.standing(wallets[0]), sum(r.balances[w] for w in wallets)
        found.append(
            InvestorHolding(
                investor=party if known.registered else "",
                raw=raw,
                balance=words.amount(raw, e.subject.decimals),
                share=words.share(raw, r.supply),
                wallets=tuple(sorted(wallets)),
                standing=words.standing(known, at) if r.registries else "unknown",
                country=words.country(known.country),
                investor_class=words.investor_class(known.investor_class),
                valid_until=known.valid_until,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.raw, one.wallets)))
