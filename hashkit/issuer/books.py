"""The issuer's look at the books: cap table and history, derived from facts, never edited. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from heapq import merge
from typing import Any

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.hashing import checksum
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.logs import facts
from hashkit.domain import facts as f
from hashkit.domain.countries import country_by_numeric
from hashkit.domain.facts import ZERO, Fact
from hashkit.domain.parties import Power
from hashkit.domain.register import Register, fold
from hashkit.domain.terms import iso_time, shown
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.issuer.who import name_of
from hashkit.rpc.blocks import Block, block, block_at
from hashkit.rpc.history import History
from hashkit.rpc.logs import read_logs
from hashkit.rpc.reads import read
from hashkit.store.balances import balances, events
from hashkit.store.deployments import Deployment
from hashkit.store.stores import keep, open_store


@dataclass(frozen=True, slots=True)
class CapRow:
    """One holder. ``share`` is percent of the supply; ``valid_until`` unix seconds, 0: unknown or revoked."""

    label: str
    wallet: str
    balance: Units
    share: Decimal
    country: str
    frozen: bool
    frozen_amount: Units
    valid_until: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "label": self.label,
            "wallet": self.wallet,
            **self.balance.to_dict(),
            "share": str(self.share),
            "country": self.country,
            "frozen": self.frozen,
            "frozenAmount": str(self.frozen_amount),
            "validUntil": iso_time(self.valid_until) if self.valid_until else None,
        }


@dataclass(frozen=True, slots=True)
class CapTable:
    """The holders at a block. ``supply`` is the contract's word, ``accounted`` the sum of the rows."""

    symbol: str
    block: Block
    supply: Units
    accounted: Units
    rows: tuple[CapRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "symbol": self.symbol,
            "block": self.block.number,
            "blockHash": self.block.hash,
            "time": iso_time(self.block.timestamp),
            "supply": self.supply.to_dict(),
            "accounted": self.accounted.to_dict(),
            "holders": [row.to_dict() for row in self.rows],
        }

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame, where pandas is installed."""
        try:
            import pandas
        except ImportError:
            raise InputError(
                "pandas is not installed.", next_step="Install it, or use .rows.", code="NO_PANDAS"
            ) from None
        return pandas.DataFrame([row.to_dict() for row in self.rows])


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One fact with its time and its place in an explorer. ``amount`` is None where it moves no units."""

    kind: str
    time: int
    block: int
    transaction: str
    sender: str
    receiver: str
    amount: Units | None
    text: str
    link: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "time": iso_time(self.time),
            "block": self.block,
            "transaction": self.transaction,
            "sender": self.sender,
            "receiver": self.receiver,
            "amount": self.amount.to_dict() if self.amount else None,
            "text": self.text,
            "link": self.link,
        }


def collect(context: Context, deployment: Deployment, last: int) -> Iterator[Fact]:
    """The facts of token, registry and rule book up to block ``last``."""
    return facts(read_logs(context.endpoint, addresses_of(deployment), _first(context, deployment), last))


def addresses_of(deployment: Deployment) -> list[str]:
    """Token, registry and rule book, as far as there are."""
    names = ("AssetToken", "IdentityRegistry", "RuleBook")
    return [deployment.contracts[name].address for name in names if name in deployment.contracts]


def _first(context: Context, deployment: Deployment) -> int:
    """The block the registry began in, or the token, if that is earlier."""
    registry = IdentityRegistry(deployment.contracts["IdentityRegistry"].address)
    return min(read(context.endpoint, registry.deployed_block(), "latest"), deployment.deployed_at.block)


def _register(context: Context, deployment: Deployment, last: int) -> Register:
    """Balances after block ``last``, summed over the project's event store, and what other events tell of the holders.

    Only logs that the store lacks are asked of the node. What only movements tell (acts, steps, irregularities) is
    not in this register: that is for an audit.
    """
    token, *others = addresses_of(deployment)
    first, born = deployment.deployed_at.block, _first(context, deployment)
    if last < first:
        return fold((), token)
    folder, chain_id, genesis = context.project.events, context.network.chain_id, context.genesis()
    for addresses, begin in (([token], first), (others, born)):
        keep(folder, chain_id, addresses, begin, History(context.endpoint, addresses, last), genesis_hash=genesis)
    with open_store(folder, chain_id, [token]) as own, open_store(folder, chain_id, others) as rest:
        told = merge(events(own, first, last), rest.logs(born, last), key=lambda log: (log.block, log.log_index))
        register = fold(facts(told), token)
        held = balances(own, last)
    return replace(register, balances={checksum("0x" + account.hex()): raw for account, raw in held.items()})


def cap_table(
    context: Context, deployment: Deployment, known: Mapping[str, str], at: str | int | None = None
) -> CapTable:
    """The holders at ``at``: a block, a date or an ISO time; by default the network's finality."""
    where = block_at(context.endpoint, at, context.network.finality)
    token = AssetToken(deployment.contracts["AssetToken"].address)
    register = _register(context, deployment, where.number)
    supply = read(context.endpoint, token.total_supply(), where.number)
    decimals = deployment.asset.decimals
    holders = sorted(register.balances.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(_cap_row(register, known, wallet, raw, supply, decimals) for wallet, raw in holders)
    accounted = Units(sum(raw for _, raw in holders), decimals)
    return CapTable(deployment.asset.symbol, where, Units(supply, decimals), accounted, rows)


def _cap_row(register: Register, known: Mapping[str, str], wallet: str, raw: int, supply: int, decimals: int) -> CapRow:
    standing = register.standing(wallet)
    country = country_by_numeric(standing.country).alpha2 if standing.registered and standing.country else ""
    share = (Decimal(raw) * 100 / Decimal(supply)).quantize(Decimal("0.01")) if supply else Decimal(0)
    return CapRow(
        label=known.get(wallet, ""),
        wallet=wallet,
        balance=Units(raw, decimals),
        share=share,
        country=country,
        frozen=wallet in register.frozen,
        frozen_amount=Units(register.frozen_amounts.get(wallet, 0), decimals),
        valid_until=standing.valid_until,
    )


def history(
    context: Context,
    deployment: Deployment,
    known: Mapping[str, str],
    kind: str | None = None,
    since: str | int | None = None,
) -> Iterator[HistoryEntry]:
    """What happened, oldest first. ``kind``: transfer, issue, redeem or the name of a fact."""
    if kind is not None and kind not in (known_kinds := ("transfer", "issue", "redeem", *f.kinds())):
        near = get_close_matches(kind, known_kinds, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known_kinds)}."
        raise InputError(f"{shown(kind)} is no kind of entry.", next_step=hint, code="KIND")
    head = block(context.endpoint, "latest")
    first = block_at(context.endpoint, since, "latest").number if since is not None else 0
    times: dict[int, int] = {}
    for fact in collect(context, deployment, head.number):
        if fact.where.block < first or not _wanted(fact, kind):
            continue
        number = fact.where.block
        if number not in times:
            times[number] = block(context.endpoint, number).timestamp
        yield _entry(context, deployment, known, fact, times[number])


def redemption(context: Context, deployment: Deployment, ref: str) -> f.Redeemed | None:
    """The redemption that consumed ``ref`` (0x-hex)."""
    head = block(context.endpoint, "latest").number
    found = (x for x in collect(context, deployment, head) if isinstance(x, f.Redeemed) and x.ref == ref)
    return next(found, None)


def kind_of(fact: Fact) -> str:
    """The kind a person knows: a ``Transfer`` from or to nobody is an issue or a redemption."""
    if isinstance(fact, f.Moved):
        return "issue" if fact.sender == ZERO else "redeem" if fact.receiver == ZERO else "transfer"
    return fact.kind


def _wanted(fact: Fact, kind: str | None) -> bool:
    if isinstance(fact, f.Unknown):
        return False
    return kind is None or kind in (kind_of(fact), fact.kind)


def _entry(context: Context, deployment: Deployment, known: Mapping[str, str], fact: Fact, time: int) -> HistoryEntry:
    raw = getattr(fact, "amount", None)
    return HistoryEntry(
        kind=kind_of(fact),
        time=time,
        block=fact.where.block,
        transaction=fact.where.tx_hash,
        sender=str(getattr(fact, "sender", "")),
        receiver=str(getattr(fact, "receiver", "")),
        amount=Units(raw, deployment.asset.decimals) if isinstance(raw, int) else None,
        text=_text(deployment, known, fact),
        link=context.network.transaction_link(fact.where.tx_hash),
    )


def _text(deployment: Deployment, known: Mapping[str, str], fact: Fact) -> str:
    if isinstance(fact, f.PowersSet):
        return f"{_named(known, fact.agent)} may {', '.join(Power(fact.powers).labels) or 'do nothing'}"
    if isinstance(fact, f.RuleSet) and fact.rule in ("cap", "max-units-per-investor"):
        return f"{fact.rule} {Units(fact.value, deployment.asset.decimals).show()}"
    text = _newer(known, fact)
    if text:
        return text
    body = {k: v for k, v in fact.to_dict().items() if k not in _PLACE and k != "amount"}
    return ", ".join(f"{k.replace('_', ' ')} {_named(known, v)}" for k, v in body.items())


def _newer(known: Mapping[str, str], fact: Fact) -> str:
    """Facts whose bare values would tell a person little; empty for all others."""
    match fact:
        case f.StandingsSet():
            return f"{len(fact.rows)} wallets: {', '.join(_named(known, row[0]) for row in fact.rows)}"
        case f.Recovered():
            return f"all of {_named(known, fact.lost)} went to {_named(known, fact.to)}"
        case f.RecoveryProposed():
            pair = f"{_named(known, fact.lost)} to {_named(known, fact.to)}"
            return f"{pair}, not before {iso_time(fact.ready_at)}" if fact.ready_at else f"{pair}, cancelled"
        case f.DocumentSet():
            name = bytes.fromhex(fact.name[2:]).rstrip(b"\0").decode("utf-8", "replace")
            return f"{name}: {fact.uri}, hash {fact.document_hash}" if fact.present else f"{name}: taken off"
        case f.MintWindowProposed():
            return f"{fact.period} seconds, " + (
                f"not before {iso_time(fact.ready_at)}" if fact.ready_at else "cancelled"
            )
    return ""


_PLACE: Sequence[str] = ("kind", "block", "log_index", "tx_hash", "contract")


def _named(known: Mapping[str, str], value: Any) -> str:
    text = str(value)
    if text == ZERO:
        return "nobody"
    return name_of(known, text) if text.startswith("0x") and len(text) == 42 else text
