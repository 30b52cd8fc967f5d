"""What an audit came to: everything a report shows, in the words a report uses. Floor 3.

Amounts are decimal strings, times ISO 8601 in UTC from block headers. The same block of the same chain gives
the same bytes: nothing here knows a clock, a node's name or how the logs were cut into ranges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hashkit.audit import words
from hashkit.audit.acts import ActRow, acts, rules_in_words
from hashkit.audit.checks import Finding, check
from hashkit.audit.evidence import CodePart, Evidence, Population, Proof, Record, Stranger, Subject, Witness
from hashkit.audit.inputs import Inputs
from hashkit.audit.sections import TIMELINES, Sections, sections
from hashkit.domain.books import OrderSeen
from hashkit.domain.network import Network
from hashkit.domain.register import REGISTRY_SLOT, Register
from hashkit.rpc.blocks import Block

SCHEMA = "hashkit.audit/1"

LIMITS = (
    "The contracts are unaudited. This is a comparison of records, not an audit opinion.",
    (
        "Nothing here proves that the asset exists, that anybody paid, or who a wallet's owner is: investors are "
        "random numbers on chain, and their papers were not seen."
    ),
    "Payments and prices were compared as far as files were given; reserves were not checked.",
)
"""What was not checked, said in every report; ``AuditResult.limits`` adds whose word it rests on."""

STEPS = 240  # points of a line over time
FLOW_BLOCKS = 10_000  # whose times are asked for, so that each flow finds its month


@dataclass(frozen=True, slots=True)
class Holder:
    """One row of the register. ``raw`` in smallest units; ``valid_until`` unix seconds, 0: none."""

    wallet: str
    raw: int
    balance: str
    share: str
    investor: str
    standing: str
    country: str
    investor_class: str
    valid_until: int
    frozen: bool
    frozen_amount: str
    since_block: int
    since: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "wallet": self.wallet,
            "balance": self.balance,
            "share": self.share,
            "investor": self.investor,
            "standing": self.standing,
            "country": self.country,
            "class": self.investor_class,
            "validUntil": words.time(self.valid_until) if self.valid_until else "",
            "frozen": self.frozen,
            "frozenAmount": self.frozen_amount,
            "sinceBlock": self.since_block,
            "since": self.since,
        }


@dataclass(frozen=True, slots=True)
class PowerRow:
    """What one agent, or the owner, may do on one contract."""

    contract: str
    agent: str
    powers: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"contract": self.contract, "agent": self.agent, "powers": self.powers}


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals, in smallest units; ``reported`` is the contract's own total supply, None when not asked."""

    reported: int | None
    accounted: int
    minted: int
    burnt: int
    issued: int
    redeemed: int
    raw_minted: int
    raw_burnt: int
    court_burnt: int
    forced: int
    frozen: int
    """Units no holder can move: whole balances of frozen accounts, and frozen amounts up to the balance."""
    holders: int
    investors: int
    """Investors behind the holders."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """An audit at a block. ``exceptions`` decides the exit code."""

    network: Network
    block: Block
    final: bool
    subject: Subject
    findings: tuple[Finding, ...]
    figures: Figures
    holders: tuple[Holder, ...]
    former: tuple[tuple[str, int, str], ...]
    """Wallet, block and time in which it ceased to hold."""
    acts: tuple[ActRow, ...]
    powers: tuple[PowerRow, ...]
    orders: tuple[OrderSeen, ...]
    rules: tuple[tuple[str, str], ...]
    stops: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    code: tuple[CodePart, ...]
    population: Population
    counts: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, int], ...]
    supply_steps: tuple[tuple[int, int, int], ...]
    """Block, its time and the supply at its end; thinned out to ``STEPS``."""
    flows: tuple[tuple[str, int, int], ...]
    """Month (``2026-09``), units minted and units burnt in it; empty beyond ``FLOW_BLOCKS`` blocks with flows."""
    holder_steps: tuple[tuple[int, int, int], ...]
    """Block, its time and the holders at its end; thinned out to ``STEPS``."""
    stranger: Stranger | None
    """What a token answers that is not ours."""
    sections: Sections
    proof: Proof
    attested_by: str
    """Whose word the hash of the block rests on: ``one node``, or more."""
    witnesses: tuple[Witness, ...]
    limits: tuple[str, ...]
    """What was not checked."""
    record: Record
    """What the result was made from."""

    @property
    def exceptions(self) -> bool:
        """True when any check found an exception."""
        return any(finding.result == "exception" for finding in self.findings)

    @property
    def tally(self) -> dict[str, int]:
        """Number of findings by result."""
        seen = Counter(finding.result for finding in self.findings)
        return {word: seen.get(word, 0) for word in ("pass", "exception", "note", "not performed")}

    def amount(self, raw: int) -> str:
        """Smallest units as a decimal string."""
        return words.amount(raw, self.subject.decimals)

    def timeline(self, name: str) -> tuple[ActRow, ...]:
        """The acts of a timeline, oldest first: powers, rules, stops, forced, orders or documents."""
        return tuple(row for row in self.acts if row.kind in TIMELINES[name])

    def to_dict(self) -> dict[str, Any]:
        """JSON form with its schema id."""
        f = self.figures
        return {
            "schema": SCHEMA,
            "network": {"name": self.network.name, "chainId": self.network.chain_id},
            "block": {
                "number": self.block.number,
                "hash": self.block.hash,
                "time": words.time(self.block.timestamp),
                "final": self.final,
                "attestedBy": self.attested_by,
                "witnesses": [witness.to_dict() for witness in self.witnesses],
            },
            "token": {
                "address": self.subject.token,
                "name": self.subject.name,
                "symbol": self.subject.symbol,
                "decimals": self.subject.decimals,
                "hashkit": self.subject.ours,
                "unread": list(self.subject.unread),
                "standards": list(self.subject.standards),
            },
            "result": {**self.tally, "exceptions": self.exceptions},
            "findings": [finding.to_dict() for finding in self.findings],
            "figures": {
                "reportedSupply": None if f.reported is None else self.amount(f.reported),
                "accountedSupply": self.amount(f.accounted),
                "minted": self.amount(f.minted),
                "burnt": self.amount(f.burnt),
                "issued": self.amount(f.issued),
                "redeemed": self.amount(f.redeemed),
                "rawMinted": self.amount(f.raw_minted),
                "rawBurnt": self.amount(f.raw_burnt),
                "courtBurnt": self.amount(f.court_burnt),
                "forced": self.amount(f.forced),
                "frozen": self.amount(f.frozen),
                "holders": f.holders,
                "investors": f.investors,
            },
            "holders": [holder.to_dict() for holder in self.holders],
            "former": [{"wallet": w, "untilBlock": b, "until": t} for w, b, t in self.former],
            "acts": [row.to_dict() for row in self.acts],
            "powers": [row.to_dict() for row in self.powers],
            "orders": [self._order(order) for order in self.orders],
            "rules": dict(self.rules),
            "stops": list(self.stops),
            "slots": dict(self.slots),
            "code": [part.to_dict() for part in self.code],
            "population": {
                "firstBlock": self.population.first,
                "lastBlock": self.population.last,
                "contracts": dict(sorted(self.population.contracts.items())),
                "events": self.population.logs,
                "sha256": self.population.digest,
                "kinds": dict(self.counts),
                "unknown": dict(self.unknown),
            },
            "supplySteps": [
                {"block": b, "time": words.time(t), "supply": self.amount(raw)} for b, t, raw in self.supply_steps
            ],
            "holderSteps": [{"block": b, "time": words.time(t), "holders": n} for b, t, n in self.holder_steps],
            "flows": [
                {"month": month, "minted": self.amount(minted), "burnt": self.amount(burnt)}
                for month, minted, burnt in self.flows
            ],
            "stranger": self.stranger.to_dict() if self.stranger else None,
            "proof": self.proof.to_dict(),
            "evidence": dict(self.record.digests),
            **self.sections.to_dict(),
            "limits": list(self.limits),
        }

    def _order(self, order: OrderSeen) -> dict[str, Any]:
        return {
            "orderId": order.order_id,
            "approver": order.approver,
            "fileHash": order.file_hash,
            "rows": order.row_count,
            "done": order.next_row,
            "skipped": order.skipped,
            "total": self.amount(order.total),
            "issued": self.amount(order.issued),
            "deadline": words.time(order.deadline) if order.deadline else "",
            "closed": order.closed,
            "openedBlock": order.opened.block if order.opened else None,
        }


def judge(evidence: Evidence) -> AuditResult:
    """Evidence to result: runs the checks and writes the rows."""
    r, e = evidence.register, evidence
    return AuditResult(
        network=e.network,
        block=e.pin.block,
        final=e.pin.final,
        subject=e.subject,
        findings=check(e),
        figures=_figures(e),
        holders=tuple(_holder(e, wallet, raw) for wallet, raw in _ranked(r.balances.items())),
        former=tuple((w, b, words.time(e.times.get(b))) for w, b in sorted(r.former.items())),
        acts=acts(e),
        powers=tuple(_powers(e)),
        orders=tuple(sorted(r.orders.values(), key=lambda o: (o.opened.block if o.opened else 0, o.order_id))),
        rules=rules_in_words(e),
        stops=tuple(sorted(r.stops)),
        slots=tuple(sorted(r.slots.items())),
        code=e.code,
        population=e.population,
        counts=tuple(r.counts.items()),
        unknown=tuple(r.unknown.items()),
        supply_steps=tuple((b, e.times[b], supply) for b, supply in thinned(r.supply_steps)),
        flows=_flows(e),
        holder_steps=tuple((b, e.times[b], many) for b, many in thinned(r.holder_steps)),
        stranger=e.stranger,
        sections=sections(e),
        proof=e.proof,
        attested_by=e.attested_by,
        witnesses=e.witnesses,
        limits=_limits(e),
        record=e.record,
    )


def _limits(e: Evidence) -> tuple[str, ...]:
    """What this audit did not check: ``LIMITS``, and whose word it rests on."""
    proved = "Balances, supply and code were proved against the state root of the block. "
    state = proved if e.proof.proved else f"Nothing was proved against a state root: {e.proof.why_not or 'see C02'}. "
    others = "Block and events were attested by more than one: see C06 and C07. "
    alone = "Block and events come from one node; nobody else attested them. "
    missing = "Events that left no trace in a balance may be missing."
    return (LIMITS[0], state + (others if e.witnesses else alone) + missing, *LIMITS[1:])


def thinned(steps: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """At most ``STEPS`` of the steps, evenly chosen, the first and the last among them."""
    if len(steps) <= STEPS:
        return steps
    return tuple(steps[i * (len(steps) - 1) // (STEPS - 1)] for i in range(STEPS))


def named_blocks(register: Register) -> set[int]:
    """The blocks whose time a report names."""
    return (
        {act.fact.where.block for act in register.acts}
        | {block for block, _ in (*thinned(register.supply_steps), *thinned(register.holder_steps))}
        | {block for block, *_ in _timed(register.flows)}
        | set(register.since.values())
        | set(register.former.values())
        | {block for doubt in register.watched.doubts for block in doubt.blocks}
        | {row.where.block for row in register.watched.rows}
        | {fact.where.block for fact in register.refs.values()}
    )


def named_transactions(register: Register, inputs: Inputs) -> list[str]:
    """The transactions that a journal is held against: its own, and every act of authority."""
    journalled = [one.tx_hash for journal in inputs.journals for one in journal.transactions]
    return sorted({*journalled, *(act.fact.where.tx_hash for act in register.acts)})


def _timed(flows: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, int, int], ...]:
    return flows if len(flows) <= FLOW_BLOCKS else ()


def _flows(e: Evidence) -> tuple[tuple[str, int, int], ...]:
    months: dict[str, tuple[int, int]] = {}
    for block, minted, burnt in _timed(e.register.flows):
        month = words.time(e.times[block])[:7]
        before = months.get(month, (0, 0))
        months[month] = (before[0] + minted, before[1] + burnt)
    return tuple((month, *moved) for month, moved in months.items())


def _ranked(balances: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(balances, key=lambda item: (-item[1], item[0]))


def _figures(e: Evidence) -> Figures:
    r = e.register
    holding = {wallet: raw for wallet, raw in r.balances.items() if raw > 0}
    stuck = (raw if w in r.frozen else min(raw, r.frozen_amounts.get(w, 0)) for w, raw in holding.items())
    behind = {r.investors[w] for w in holding if w in r.investors}
    return Figures(
        reported=e.state.supply,
        accounted=sum(r.balances.values()),
        minted=r.minted,
        burnt=r.burnt,
        issued=r.issued,
        redeemed=r.redeemed,
        raw_minted=r.raw_minted,
        raw_burnt=r.raw_burnt,
        court_burnt=r.court_burnt,
        forced=sum(forced.amount for forced in r.forced),
        frozen=sum(stuck),
        holders=len(holding),
        investors=len(behind),
    )


def _holder(e: Evidence, wallet: str, raw: int) -> Holder:
    r, decimals = e.register, e.subject.decimals
    known, block = r.standing(wallet), r.since.get(wallet, 0)
    is_known = r.slots.get(REGISTRY_SLOT) in r.registries
    return Holder(
        wallet=wallet,
        raw=raw,
        balance=words.amount(raw, decimals),
        share=words.share(raw, r.supply),
        investor=known.investor if known.registered else "",
        standing=words.standing(known, e.pin.block.timestamp) if is_known else "unknown",
        country=words.country(known.country),
        investor_class=words.investor_class(known.investor_class),
        valid_until=known.valid_until,
        frozen=wallet in r.frozen,
        frozen_amount=words.amount(r.frozen_amounts.get(wallet, 0), decimals),
        since_block=block,
        since=words.time(e.times.get(block)) if wallet in r.since else "",
    )


def _powers(e: Evidence) -> Iterable[PowerRow]:
    roles = e.population.contracts
    for contract, role in sorted(roles.items(), key=lambda item: (item[1] != "token", item)):
        if (owner := e.register.owners.get(contract)) is not None:
            yield PowerRow(role, owner, "owner: grants powers, loosens rules, replaces slots, ends a halt")
        for agent, bits in sorted(e.register.powers.get(contract, {}).items()):
            yield PowerRow(role, agent, words.powers(bits))
