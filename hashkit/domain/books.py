"""The open books: the running state while facts go by, one at a time. Floor 0.

``domain/register.py`` opens them and closes them into a ``Register``; nobody else needs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact, Where
from hashkit.domain.identities import IdentityFold
from hashkit.domain.watch import FORCE, OTHER, REDEEM, Watch


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order as the facts tell it. ``total`` and ``issued`` in smallest units, ``deadline`` unix time."""

    order_id: str
    approver: str
    file_hash: str
    row_count: int
    total: int
    deadline: int
    opened: Where | None
    issued: int = 0
    next_row: int = 0
    skipped: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Irregularity:
    """Something our contracts exclude. ``kind``: balance, cap, stop, freeze, order, ref or sequence."""

    kind: str
    where: Where
    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something only a power could do. ``details`` say what an ``Acted`` did: the facts of the token before it."""

    fact: Fact
    details: tuple[Fact, ...] = ()

    @property
    def detail(self) -> Fact | None:
        """The last of them: it names the act."""
        return self.details[-1] if self.details else None

    @property
    def court_burn(self) -> int:
        """Units a court took (``burn`` and ``batchBurn`` with a ref), in smallest units."""
        if not isinstance(self.fact, f.Acted) or self.fact.act not in COURT_BURNS:
            return 0
        return sum(d.amount for d in self.details if isinstance(d, f.Moved) and d.receiver == ZERO)


COURT_BURNS = frozenset({"0x158a1cc3", "0xb176837b"})
"""Selectors of burn(address,uint256,bytes32) and batchBurn(address[],uint256[],bytes32)."""

_Doubt = tuple[f.Moved, str]
"""A movement and what would be wrong with it."""


class Books:
    """The open books. One method a kind of fact; ``moved`` is the hot one."""

    def __init__(self, token: str | None, cutoff: int | None = None) -> None:
        self.token = token
        self.watch = Watch(self, cutoff) if cutoff is not None else None
        self.balances: dict[str, int] = {}
        self.since: dict[str, int] = {}
        self.former: dict[str, int] = {}
        self.accounts: set[str] = set()
        self.minted = self.burnt = self.issued = self.redeemed = self.court_burnt = 0
        self.forced: list[f.Forced] = []
        self.frozen: set[str] = set()
        self.frozen_amounts: dict[str, int] = {}
        self.stops: set[str] = set()
        self.rules: dict[str, dict[str, int]] = {}
        self.slots: dict[str, str] = {}
        self.slot_history: list[f.SlotSet] = []
        self.proposals: dict[str, f.SlotProposed] = {}
        self.orders: dict[str, OrderSeen] = {}
        self.refs: dict[str, f.Redeemed] = {}
        self.powers: dict[str, dict[str, int]] = {}
        self.owners: dict[str, str] = {}
        self.roles: dict[str, dict[str, set[str]]] = {}
        self.registries: dict[str, IdentityFold] = {}
        self.acts: list[Act] = []
        self.latest: list[Fact] = []
        self.steps: dict[int, int] = {}
        self.flows: dict[int, tuple[int, int]] = {}
        self.holder_steps: dict[int, int] = {}
        self.counts: Counter[type[Fact]] = Counter()
        self.idle: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.found: list[Irregularity] = []
        self.below_zero: set[str] = set()
        self.doubtful: list[_Doubt] = []
        self.last = (-1, -1)
        self.of_token: dict[type[Fact], Callable[[Any], None]] = {
            f.Moved: self.moved,
            f.OrderOpened: self.order_opened,
            f.OrderExecuted: self.order_executed,
            f.RowSkipped: self.row_skipped,
            f.OrderClosed: self.order_closed,
            f.Redeemed: self.redeemed_against,
            f.Forced: self.was_forced,
            f.Recovered: self.was_recovered,
            f.AccountFrozen: self.account_frozen,
            f.AmountFrozen: self.amount_frozen,
            f.Stopped: self.stopped,
            f.SlotSet: self.slot_set,
            f.SlotProposed: self.slot_proposed,
            **dict.fromkeys(_TOLD, self.told),
        }
        self.of_any: dict[type[Fact], Callable[[Any], None]] = {
            f.RuleSet: self.rule_set,
            f.PowersSet: self.powers_set,
            f.OwnerSet: self.owner_set,
            f.RoleSet: self.role_set,
            **dict.fromkeys(_OF_REGISTRIES, self.identity),
            f.Unknown: self.not_known,
        }

    def take(self, fact: Fact) -> None:
        """One more fact."""
        kind, where = type(fact), fact.where
        place = (where.block, where.log_index)
        if place <= self.last:
            self.wrong("sequence", where, "this log was read twice or out of order")
            return
        self.last = place
        if self.token is None and kind in (f.SlotSet, f.Moved):
            self.token = where.contract
        self.counts[kind] += 1
        if self.watch is not None:
            self.watch.before(fact)
        act = self.of_token.get(kind)
        if act is None:
            act = self.of_any.get(kind)
        elif where.contract != self.token:
            return  # another contract has no say about this token
        else:
            self.remember(fact)
        if act is not None:
            act(fact)
        if kind in _ACTS:
            self.acted(fact)

    def remember(self, fact: Fact) -> None:
        """Keeps what the token did in this transaction and nothing has claimed yet."""
        if self.latest and self.latest[-1].where.tx_hash != fact.where.tx_hash:
            self.forget()
        self.latest.append(fact)

    def forget(self) -> None:
        """What no act claimed. Our tokens log an ``Acted`` with every act; a stranger's freeze speaks for itself."""
        self.acts += [Act(fact) for fact in self.latest if type(fact) in _UNCLAIMED]
        self.latest.clear()

    def acted(self, fact: Fact) -> None:
        act = Act(fact, self.details(fact))
        self.acts.append(act)
        if fact.where.contract == self.token:
            self.court_burnt += act.court_burn
            self.latest.clear()

    def details(self, fact: Fact) -> tuple[Fact, ...]:
        same = self.latest and self.latest[-1].where.tx_hash == fact.where.tx_hash
        ours = type(fact) is f.Acted and fact.where.contract == self.token
        return tuple(self.latest) if same and ours else ()

    def told(self, fact: Fact) -> None:
        """Changes no figure; an act may name it."""

    def wrong(self, kind: str, where: Where, text: str) -> None:
        self.found.append(Irregularity(kind, where, text))

    # movements

    def moved(self, fact: f.Moved) -> None:
        sender, receiver, amount = fact.sender, fact.receiver, fact.amount
        if self.watch is not None:
            self.watch.moved(fact)
        if self.stops or self.frozen or self.frozen_amounts:
            self.doubt(fact)
        if sender == receiver != ZERO:
            self.accounts.add(sender)
            if amount > self.balances.get(sender, 0):
                self.wrong("balance", fact.where, f"{sender} moved more than it held")
            return
        if sender == ZERO:
            self.minted += amount
            self.supply_changed(fact.where, minted=amount)
        else:
            self.accounts.add(sender)
            self.take_from(sender, amount, fact.where)
        if receiver == ZERO:
            self.burnt += amount
            self.supply_changed(fact.where, burnt=amount)
        else:
            self.accounts.add(receiver)
            self.give(receiver, amount, fact.where.block)

    def take_from(self, account: str, amount: int, where: Where) -> None:
        held = self.balances.get(account, 0)
        left = held - amount
        if left:
            self.balances[account] = left
        else:
            self.balances.pop(account, None)
        if left <= 0 < held:
            self.former[account] = where.block
            del self.since[account]
            self.holder_steps[where.block] = len(self.since)
        if left < 0 and account not in self.below_zero:
            self.below_zero.add(account)
            self.wrong("balance", where, f"the balance of {account} fell below zero")

    def give(self, account: str, amount: int, block: int) -> None:
        held = self.balances.get(account, 0)
        if held + amount:
            self.balances[account] = held + amount
        else:
            self.balances.pop(account, None)
        if held <= 0 < held + amount:
            self.since[account] = block
            self.former.pop(account, None)
            self.holder_steps[block] = len(self.since)

    def supply_changed(self, where: Where, minted: int = 0, burnt: int = 0) -> None:
        supply = self.minted - self.burnt
        self.steps[where.block] = supply
        in_block = self.flows.get(where.block, (0, 0))
        self.flows[where.block] = (in_block[0] + minted, in_block[1] + burnt)
        cap = self.rules.get(where.contract, {}).get("cap")
        if cap is not None and supply > cap:
            self.wrong("cap", where, f"the supply {supply} went over the cap {cap} (smallest units)")

    def doubt(self, fact: f.Moved) -> None:
        """Notes a movement that only an act of authority may make; that fact follows, or never does."""
        sender, receiver = fact.sender, fact.receiver
        if "halted" in self.stops:
            self.wrong("stop", fact.where, "units moved while everything was halted")
        if receiver in self.frozen:
            self.wrong("freeze", fact.where, f"{receiver} received while frozen")
        if sender == ZERO:
            return
        held = self.balances.get(sender, 0)
        if "paused" in self.stops and receiver != ZERO:
            self.doubtful.append((fact, "units moved while transfers were paused"))
        elif sender in self.frozen:
            self.doubtful.append((fact, f"{sender} moved or redeemed while frozen"))
        elif fact.amount > max(0, held - self.frozen_amounts.get(sender, 0)):
            self.doubtful.append((fact, f"{sender} moved or redeemed more than was free"))

    def settle_doubt(self, where: Where, sender: str, receiver: str, amount: int) -> _Doubt | None:
        """The youngest doubtful movement of this transaction that is the one named, taken off the list."""
        for doubt in reversed(self.doubtful):
            moved = doubt[0]
            if moved.where.tx_hash != where.tx_hash:
                return None
            if (moved.sender, moved.receiver, moved.amount) == (sender, receiver, amount):
                self.doubtful.remove(doubt)
                return doubt
        return None

    def was_forced(self, fact: f.Forced) -> None:
        self.forced.append(fact)
        if self.watch is not None:
            self.watch.claimed(FORCE, fact.sender, fact.receiver, fact.amount)
        self.settle_doubt(fact.where, fact.sender, fact.receiver, fact.amount)

    def was_recovered(self, fact: f.Recovered) -> None:
        if self.watch is not None:
            self.watch.claimed(OTHER, fact.lost, fact.to, None)
        key = (fact.where.tx_hash, fact.lost, fact.to)
        self.doubtful = [d for d in self.doubtful if (d[0].where.tx_hash, d[0].sender, d[0].receiver) != key]

    # orders and refs

    def order_opened(self, fact: f.OrderOpened) -> None:
        known = self.orders.get(fact.order_id)
        if known is not None:
            self.wrong("order", fact.where, f"order {fact.order_id} was opened twice, or after it was closed")
        self.orders[fact.order_id] = OrderSeen(
            order_id=fact.order_id,
            approver=fact.approver,
            file_hash=fact.file_hash,
            row_count=fact.row_count,
            total=fact.amount,
            deadline=fact.deadline,
            opened=fact.where,
        )

    def order_executed(self, fact: f.OrderExecuted) -> None:
        self.issued += fact.amount
        if self.watch is not None:
            self.watch.executed(fact, self.latest)
        self.latest.clear()  # these movements are the order's
        order = self.order(fact.order_id)
        done = replace(order, issued=order.issued + fact.amount, next_row=fact.next_row)
        if order.opened is None or order.closed:
            self.wrong("order", fact.where, f"order {fact.order_id} was executed while it was not open")
        if fact.first_row != order.next_row or not fact.first_row < fact.next_row <= order.row_count:
            self.wrong("order", fact.where, f"rows of order {fact.order_id} were executed out of turn")
        if done.issued > order.total:
            self.wrong("order", fact.where, f"order {fact.order_id} issued more than its total")
        self.orders[fact.order_id] = done

    def row_skipped(self, fact: f.RowSkipped) -> None:
        order = self.order(fact.order_id)
        self.orders[fact.order_id] = replace(order, skipped=order.skipped + 1)

    def order_closed(self, fact: f.OrderClosed) -> None:
        self.orders[fact.order_id] = replace(self.order(fact.order_id), closed=True)

    def order(self, order_id: str) -> OrderSeen:
        """The order, or an empty one: an order may be closed that was only signed and never opened."""
        return self.orders.get(order_id) or OrderSeen(order_id, ZERO, "", 0, 0, 0, None)

    def redeemed_against(self, fact: f.Redeemed) -> None:
        self.redeemed += fact.amount
        if self.watch is not None:
            self.watch.claimed(REDEEM, fact.holder, ZERO, fact.amount)
        if fact.ref in self.refs:
            self.wrong("ref", fact.where, f"ref {fact.ref} was consumed twice")
        self.refs[fact.ref] = fact
        doubt = self.settle_doubt(fact.where, fact.holder, ZERO, fact.amount)
        if doubt is not None:
            self.wrong("freeze", doubt[0].where, doubt[1])

    # acts and rules

    def account_frozen(self, fact: f.AccountFrozen) -> None:
        (self.frozen.add if fact.frozen else self.frozen.discard)(fact.account)

    def amount_frozen(self, fact: f.AmountFrozen) -> None:
        self.frozen_amounts[fact.account] = fact.amount
        if fact.amount == 0:
            del self.frozen_amounts[fact.account]

    def stopped(self, fact: f.Stopped) -> None:
        (self.stops.add if fact.on else self.stops.discard)(fact.what)

    def slot_set(self, fact: f.SlotSet) -> None:
        if self.watch is not None:
            self.watch.slot(fact)
        self.slots[fact.slot] = fact.address
        self.slot_history.append(fact)
        self.proposals.pop(fact.slot, None)

    def slot_proposed(self, fact: f.SlotProposed) -> None:
        self.proposals[fact.slot] = fact
        if fact.ready_at == 0:
            del self.proposals[fact.slot]

    def rule_set(self, fact: f.RuleSet) -> None:
        self.rules.setdefault(fact.where.contract, {})[fact.rule] = fact.value

    def powers_set(self, fact: f.PowersSet) -> None:
        agents = self.powers.setdefault(fact.where.contract, {})
        agents[fact.agent] = fact.powers
        if fact.powers == 0:
            del agents[fact.agent]

    def owner_set(self, fact: f.OwnerSet) -> None:
        self.owners[fact.where.contract] = fact.owner

    def role_set(self, fact: f.RoleSet) -> None:
        if fact.where.contract in self.powers:
            return  # of ours: the PowersSet before it says exactly which
        who = self.roles.setdefault(fact.where.contract, {}).setdefault(fact.role, set())
        (who.add if fact.granted else who.discard)(fact.account)
        self.acted(fact)

    def identity(self, fact: Fact) -> None:
        registry = self.registries.setdefault(fact.where.contract, IdentityFold())
        if self.watch is not None:
            self.watch.identity(fact, registry, registry.take)
        else:
            registry.take(fact)

    def not_known(self, fact: f.Unknown) -> None:
        if fact.name:
            self.idle[f"event {fact.name}"] += 1
        else:
            self.unknown[fact.topics[0] if fact.topics else "without topics"] += 1

    def close(self) -> None:
        """What stayed doubtful was wrong; but a burn that no redemption claims is an act of authority."""
        for fact, text in self.doubtful:
            if fact.receiver != ZERO:
                self.wrong("stop" if "paused" in text else "freeze", fact.where, text)
        self.doubtful.clear()
        self.forget()
        self.acts.sort(key=lambda act: (act.fact.where.block, act.fact.where.log_index))
        self.found.sort(key=lambda i: (i.where.block, i.where.log_index))


_OF_REGISTRIES = (
    f.Admitted, f.InvestorChanged, f.Removed, f.StandingSet, f.StandingsSet, f.DeniedSet, f.Linked, f.TokenBound,
)  # fmt: skip
_TOLD = (f.RecoveryProposed, f.DocumentSet, f.MintWindowSet, f.MintWindowProposed, f.SuccessorNamed)
_UNCLAIMED = (f.AccountFrozen, f.AmountFrozen, f.Stopped, f.Forced, f.Recovered)
_ACTS = frozenset(
    {
        f.Acted, f.OrderOpened, f.OrderClosed, f.Redeemed, f.RuleSet, f.PowersSet, f.OwnerSet,
        f.SlotSet, f.SlotProposed, f.DeniedSet, f.Removed, f.TokenBound, f.InvestorChanged, f.Trusted,
        f.AttestationRevoked, f.SourceFollowed,
        f.MintWindowSet, f.MintWindowProposed, f.SuccessorNamed, f.Upgraded,
    }
)  # fmt: skip
