"""Who holds what, and how did it come to be? A pure fold of facts into the register at a block. Floor 0.

Amounts are integers in the smallest unit. Facts of the token, of its registries and of its rule book go in
together, in chain order; a contract is believed only about itself. What cannot be (a negative balance, an
order out of turn, a move by a frozen holder) is an ``Irregularity`` in the result, never an exception: the
books of a stranger's token must still open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hashkit.domain import facts as f
from hashkit.domain.books import Act, Books, Irregularity, OrderSeen
from hashkit.domain.facts import ZERO, Fact
from hashkit.domain.identities import NO_IDENTITIES, Identities
from hashkit.domain.parties import Standing
from hashkit.domain.watch import COMPLIANCE_SLOT as COMPLIANCE_SLOT
from hashkit.domain.watch import NOTHING_WATCHED, Watched
from hashkit.domain.watch import REGISTRY_SLOT as REGISTRY_SLOT


@dataclass(frozen=True, slots=True)
class Register:
    """The books at a block. Accounts are checksummed addresses; ``balances`` holds no zeros."""

    token: str
    balances: Mapping[str, int]
    since: Mapping[str, int]
    """Holder -> block since which he has held without a break."""
    former: Mapping[str, int]
    """Who held once and holds no more -> block in which he ceased."""
    accounts: frozenset[str]
    """Every account that ever stood in a movement, without the zero address."""
    minted: int
    burnt: int
    issued: int
    """Through orders."""
    redeemed: int
    """Against refs."""
    court_burnt: int
    """By the burn with a ref: a court's paper, not a redemption and not raw supply."""
    forced: tuple[f.Forced, ...]
    frozen: frozenset[str]
    frozen_amounts: Mapping[str, int]
    stops: frozenset[str]
    """``paused``, ``halted``: what is on."""
    rules: Mapping[str, int]
    """The token's rules, and ``max-units-per-investor`` of the rule book in its slot."""
    slots: Mapping[str, str]
    slot_history: tuple[f.SlotSet, ...]
    proposals: Mapping[str, f.SlotProposed]
    orders: Mapping[str, OrderSeen]
    refs: Mapping[str, f.Redeemed]
    powers: Mapping[str, Mapping[str, int]]
    """Contract -> agent -> powers as bits; agents without any are left out."""
    owners: Mapping[str, str]
    roles: Mapping[str, Mapping[str, frozenset[str]]]
    """Contract -> role -> who has it: of strangers' contracts; ours tell their powers exactly, in ``powers``."""
    registries: Mapping[str, Identities]
    acts: tuple[Act, ...]
    """What somebody could do only by a power, oldest first; without issuing rows and admitting investors."""
    supply_steps: tuple[tuple[int, int], ...]
    """(block, supply at its end) wherever the supply changed."""
    flows: tuple[tuple[int, int, int], ...]
    """(block, units minted in it, units burnt in it) wherever either happened."""
    holder_steps: tuple[tuple[int, int], ...]
    """(block, holders at its end) wherever somebody began or ceased to hold."""
    counts: Mapping[str, int]
    """Number of facts by kind; known events that no report needs count as ``event NAME``."""
    unknown: Mapping[str, int]
    """First topic -> number of logs hashkit has no event for."""
    irregularities: tuple[Irregularity, ...]
    watched: Watched = NOTHING_WATCHED
    """Which rules stood against which movement; empty unless the fold was given a cutoff."""

    @property
    def supply(self) -> int:
        """Units outstanding by the facts."""
        return self.minted - self.burnt

    @property
    def raw_minted(self) -> int:
        """Units that came into being without an order."""
        return self.minted - self.issued

    @property
    def raw_burnt(self) -> int:
        """Units that ended without a redemption ref and without a court's burn."""
        return self.burnt - self.redeemed - self.court_burnt

    @property
    def owner(self) -> str:
        """Owner of the token; the zero address when no fact names one."""
        return self.owners.get(self.token, ZERO)

    @property
    def identities(self) -> Identities:
        """The registry in the token's slot."""
        return self.registries.get(self.slots.get(REGISTRY_SLOT, ""), NO_IDENTITIES)

    @property
    def investors(self) -> Mapping[str, str]:
        """Wallet -> investor, by the registry in the slot."""
        return self.identities.investors

    @property
    def links(self) -> Mapping[str, str]:
        """Further wallet -> first wallet, by the registry in the slot."""
        return self.identities.links

    @property
    def denied(self) -> frozenset[str]:
        """First wallets of denied investors, by the registry in the slot."""
        return self.identities.denied

    def standing(self, wallet: str) -> Standing:
        """What the registry in the slot says of ``wallet``."""
        return self.identities.standing(wallet)


def fold(facts: Iterable[Fact], token: str | None = None, *, cutoff: int | None = None) -> Register:
    """The register after ``facts``, which come in chain order.

    Without ``token``, the first contract that fills a slot or moves units is taken for it: give the address
    whenever a contract that is not ours may be among the sources. With ``cutoff``, the time of the last block
    (unix seconds), every movement is also held against the rules of its moment.
    """
    return fold_from(facts, None, token, cutoff=cutoff)[1]


def fold_from(
    facts: Iterable[Fact], opening: int | None, token: str | None = None, *, cutoff: int | None = None
) -> tuple[Register | None, Register]:
    """The registers at the end of block ``opening`` and after all ``facts``, in one pass."""
    books, first = Books(token, cutoff), None
    for fact in facts:
        if opening is not None and first is None and fact.where.block > opening:
            books.close()
            first = _register(books)
        books.take(fact)
    books.close()
    last = _register(books)
    return (last if opening is not None and first is None else first), last


def _register(books: Books) -> Register:
    token = books.token or ZERO
    rule_book = books.rules.get(books.slots.get(COMPLIANCE_SLOT, ""), {})
    counts = {kind.__name__.lower(): many for kind, many in books.counts.items() if kind is not f.Unknown}
    return Register(
        token=token,
        balances=dict(books.balances),
        since=dict(books.since),
        former=dict(books.former),
        accounts=frozenset(books.accounts),
        minted=books.minted,
        burnt=books.burnt,
        issued=books.issued,
        redeemed=books.redeemed,
        court_burnt=books.court_burnt,
        forced=tuple(books.forced),
        frozen=frozenset(books.frozen),
        frozen_amounts=dict(books.frozen_amounts),
        stops=frozenset(books.stops),
        rules={**{k: v for k, v in rule_book.items() if k.split(":")[0] in COUNTED}, **books.rules.get(token, {})},
        slots=dict(books.slots),
        slot_history=tuple(books.slot_history),
        proposals=dict(books.proposals),
        orders=dict(books.orders),
        refs=dict(books.refs),
        powers={contract: dict(agents) for contract, agents in books.powers.items()},
        owners=dict(books.owners),
        roles={c: {r: frozenset(who) for r, who in roles.items() if who} for c, roles in books.roles.items()},
        registries={address: registry.result() for address, registry in books.registries.items()},
        acts=tuple(books.acts),
        supply_steps=tuple(books.steps.items()),
        flows=tuple((block, *moved) for block, moved in books.flows.items()),
        holder_steps=tuple(books.holder_steps.items()),
        counts=dict(sorted({**counts, **books.idle}.items())),
        unknown=dict(sorted(books.unknown.items())),
        irregularities=tuple(books.found),
        watched=books.watch.result() if books.watch is not None else NOTHING_WATCHED,
    )


COUNTED = (
    "max-units-per-investor", "minimum-holding", "max-holders", "velocity", "velocity-period", "holding-period",
    "denomination", "sanctions-oracle",
)  # fmt: skip
"""Rules that live in a rule book; ``max-holders:NNN`` is the one for a country."""
