"""What did one investor hold, and what came and went in a period? Floor 3.

From the events alone. A movement is named by the door it came through, as the facts behind it in the same
transaction tell: order, redemption, force, court, recovery.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hashkit.audit import words
from hashkit.audit.reading import Reading
from hashkit.audit.view import Progress
from hashkit.contracts.hashing import checksum
from hashkit.contracts.logs import facts
from hashkit.domain import facts as f
from hashkit.domain.books import COURT_BURNS
from hashkit.domain.facts import ZERO, Fact
from hashkit.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of one wallet. ``raw`` and ``balance`` in smallest units; out is negative."""

    block: int
    time: str
    transaction: str
    wallet: str
    what: str
    other: str
    """The other side; empty for issues, redemptions and burns."""
    ref: str
    raw: int
    balance: int
    """Of all wallets of the statement, after the movement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One investor's or wallet's statement. Amounts in smallest units."""

    token: str
    symbol: str
    decimals: int
    who: str
    wallets: tuple[str, ...]
    standing: str
    country: str
    investor_class: str
    valid_until: str
    from_block: int
    start: str
    block: int
    block_hash: str
    end: str
    opening: int
    closing: int
    frozen: int
    """What cannot be moved at the end."""
    lines: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form with its schema id; amounts in units."""
        return {
            "schema": "hashkit.statement/1",
            "token": self.token,
            "symbol": self.symbol,
            "who": self.who,
            "wallets": list(self.wallets),
            "standing": self.standing,
            "country": self.country,
            "class": self.investor_class,
            "validUntil": self.valid_until,
            "fromBlock": self.from_block,
            "from": self.start,
            "block": {"number": self.block, "hash": self.block_hash, "time": self.end},
            "opening": words.amount(self.opening, self.decimals),
            "closing": words.amount(self.closing, self.decimals),
            "frozen": words.amount(self.frozen, self.decimals),
            "movements": [self._line(line) for line in self.lines],
        }

    def _line(self, line: Line) -> dict[str, Any]:
        return {
            "block": line.block,
            "time": line.time,
            "transaction": line.transaction,
            "wallet": line.wallet,
            "what": line.what,
            "other": line.other,
            "ref": line.ref,
            "amount": words.amount(line.raw, self.decimals),
            "balance": words.amount(line.balance, self.decimals),
        }


def statement(reading: Reading, who: str, progress: Progress = lambda what, done, total: None) -> Statement:
    """The statement of ``who``: a wallet, or an investor by the number he has on chain, over all his wallets.

    InputError when neither the token nor its registry ever heard of him.
    """
    name, wallets = _wallets(reading, who)
    register, opening = reading.register, reading.opening
    start = opening.block.number if opening else -1
    held = sum(opening.register.balances.get(w, 0) for w in wallets) if opening else 0
    moved = [one for one in _movements(facts(reading.collected.logs), reading.subject.token, wallets)
             if one[0].where.block > start]  # fmt: skip
    times = reading.view.times(sorted({one[0].where.block for one in moved}), progress)
    lines, balance = [], held
    for fact, what, ref in moved:
        for wallet, other, raw in _sides(fact, wallets):
            balance += raw
            where = fact.where
            lines.append(
                Line(where.block, words.time(times[where.block]), where.tx_hash, wallet, what, other, ref, raw, balance)
            )
    known, now = register.standing(wallets[0]), reading.pin.block.timestamp
    stuck = sum(
        register.balances.get(w, 0) if w in register.frozen
        else min(register.balances.get(w, 0), register.frozen_amounts.get(w, 0))
        for w in wallets
    )  # fmt: skip
    return Statement(
        token=reading.subject.token, symbol=reading.subject.symbol, decimals=reading.subject.decimals,
        who=name, wallets=wallets,
        standing=words.standing(known, now) if register.registries and reading.subject.ours else "unknown",
        country=words.country(known.country), investor_class=words.investor_class(known.investor_class),
        valid_until=words.time(known.valid_until) if known.valid_until else "",
        from_block=max(start, 0), start=words.time(opening.block.timestamp) if opening else "",
        block=reading.pin.block.number, block_hash=reading.pin.block.hash, end=words.time(now),
        opening=held, closing=sum(register.balances.get(w, 0) for w in wallets), frozen=stuck, lines=tuple(lines),
    )  # fmt: skip


def _wallets(reading: Reading, who: str) -> tuple[str, tuple[str, ...]]:
    address = checksum(who)
    register = reading.register
    owned = register.identities.wallets().get(address)
    if owned is not None:
        return address, owned
    if address in register.accounts or address in register.investors:
        return address, (address,)
    raise InputError(
        f"{address} is no wallet and no investor of this token.",
        why="It never stood in a movement, and its registry does not know it at that block.",
        next_step="Give a wallet, or the investor's number as the register shows it.",
        code="NOBODY",
    )


_Moved = tuple[f.Moved, str, str]
"""A movement, its door, its ref."""


def _movements(found: Iterable[Fact], token: str, wallets: tuple[str, ...]) -> Iterator[_Moved]:
    """The movements of these wallets, named once their transaction is over."""
    ours, tx = frozenset(wallets), ""
    waiting: list[_Moved] = []
    for fact in found:
        if fact.where.contract != token:
            continue
        if fact.where.tx_hash != tx:
            yield from _of(waiting, ours)
            waiting, tx = [], fact.where.tx_hash
        if isinstance(fact, f.Moved):
            waiting.append((fact, _plain(fact), ""))
        else:
            _claim(waiting, fact)
    yield from _of(waiting, ours)


def _of(waiting: list[_Moved], ours: frozenset[str]) -> Iterator[_Moved]:
    return (one for one in waiting if one[0].sender in ours or one[0].receiver in ours)


def _plain(fact: f.Moved) -> str:
    return "minted" if fact.sender == ZERO else "burnt" if fact.receiver == ZERO else "transfer"


def _claim(waiting: list[_Moved], fact: Fact) -> None:
    """What stands behind movements in the log says what they were."""
    for place, (moved, what, _) in enumerate(waiting):
        told: tuple[str, str] | None = None
        match fact:
            case f.OrderExecuted() if what == "minted":
                told = "issued", fact.order_id
            case f.Redeemed() if what == "burnt" and (moved.sender, moved.amount) == (fact.holder, fact.amount):
                told = "redeemed", fact.ref
            case f.Forced() if what == "transfer":
                if (moved.sender, moved.receiver, moved.amount) == (fact.sender, fact.receiver, fact.amount):
                    told = "moved by force", ""
            case f.Recovered() if (moved.sender, moved.receiver) == (fact.lost, fact.to):
                told = "recovered", ""
            case f.Acted() if what == "minted":
                told = "minted without an order", fact.ref
            case f.Acted() if what == "burnt" and fact.act in COURT_BURNS:
                told = "burnt by court", fact.ref
            case f.Acted() if what in ("moved by force", "recovered"):
                told = what, fact.ref
        if told is not None:
            waiting[place] = (moved, *told)


def _sides(fact: f.Moved, wallets: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """One line for each of our wallets in a movement: wallet, other side, signed amount."""
    if fact.sender in wallets:
        yield fact.sender, "" if fact.receiver == ZERO else fact.receiver, -fact.amount
    if fact.receiver in wallets:
        yield fact.receiver, "" if fact.sender == ZERO else fact.sender, fact.amount
