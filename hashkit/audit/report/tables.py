"""The result as tables: one description for CSV, workbook and Parquet. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hashkit.audit import words
from hashkit.audit.result import AuditResult
from hashkit.domain.books import OrderSeen

ROWS = 1_000
"""Rows of a long table on the page and in the text; the other files have all."""

Cell = str | int
Kind = Literal["text", "amount", "whole"]
"""text; a decimal string, exact; an integer that fits 64 bits with a sign."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by the name of its file. ``columns``: name and kind."""

    name: str
    title: str
    columns: tuple[tuple[str, Kind], ...]
    rows: Sequence[tuple[Cell, ...]]


def all_tables(result: AuditResult, names: Mapping[str, str] | None = None) -> tuple[Table, ...]:
    """All tables of a result. ``names``: wallet -> name of its owner, a column of the register when given."""
    made = (
        findings(result), figures(result), register(result, names), former(result), supply(result), flows(result),
        orders(result), acts(result), powers(result), rules(result), code(result), events(result), proof(result),
        investors(result), freezes(result), documents(result), papers(result), given(result),
        issues(result),
    )  # fmt: skip
    return made


def findings(r: AuditResult) -> Table:
    """One row a finding, and one for each line of its evidence."""
    rows: list[tuple[Cell, ...]] = []
    for finding in r.findings:
        rows.append((finding.id, finding.result, finding.title, finding.text))
        rows += [(finding.id, finding.result, "evidence", line) for line in finding.evidence]
    return _table("findings", "Checks", "id, result, title, text", rows)


def figures(r: AuditResult) -> Table:
    """The totals and the block they belong to."""
    body = r.to_dict()
    rows: list[tuple[Cell, ...]] = [
        ("token", r.subject.token), ("name", r.subject.name), ("symbol", r.subject.symbol),
        ("decimals", str(r.subject.decimals)), ("network", r.network.name), ("chain id", str(r.network.chain_id)),
        ("block", str(r.block.number)), ("block hash", r.block.hash), ("time", words.time(r.block.timestamp)),
        ("final", _yes(r.final)),
    ]  # fmt: skip
    rows += [(name, "" if value is None else str(value)) for name, value in body["figures"].items()]
    return _table("figures", "Figures", "name, value", rows)


def register(r: AuditResult, names: Mapping[str, str] | None = None) -> Table:
    """The register of holders, largest first."""
    columns = (
        "wallet, balance:amount, share_percent:amount, investor, standing, country, class, valid_until, frozen, "
        "frozen_amount:amount, since_block:whole, since"
    )
    rows: list[tuple[Cell, ...]] = [
        (
            h.wallet, h.balance, h.share, h.investor, h.standing, h.country, h.investor_class,
            words.time(h.valid_until) if h.valid_until else "", _yes(h.frozen), h.frozen_amount, h.since_block, h.since,
        )
        for h in r.holders
    ]  # fmt: skip
    if names is not None:
        columns = f"name, {columns}"
        rows = [(names.get(h.wallet, ""), *row) for h, row in zip(r.holders, rows, strict=True)]
    return _table("register", "Register", columns, rows)


def former(r: AuditResult) -> Table:
    """Who held once."""
    return _table("former", "Former holders", "wallet, until_block:whole, until", r.former)


def supply(r: AuditResult) -> Table:
    """The supply wherever it changed, thinned out in a long history."""
    rows = [(block, words.time(time), r.amount(raw)) for block, time, raw in r.supply_steps]
    return _table("supply", "Supply over time", "block:whole, time, supply:amount", rows)


def flows(r: AuditResult) -> Table:
    """Units minted and burnt in each month."""
    rows = [(month, r.amount(up), r.amount(down), r.amount(up - down)) for month, up, down in r.flows]
    return _table("flows", "Flows per month", "month, minted:amount, burnt:amount, net:amount", rows)


def orders(r: AuditResult) -> Table:
    """Every order and how far it was executed."""
    columns = (
        "order_id, approver, file_hash, rows:whole, done:whole, skipped:whole, total:amount, issued:amount, deadline, "
        "state, opened_block:whole"
    )
    rows = [
        (
            o.order_id, o.approver, o.file_hash, o.row_count, o.next_row, o.skipped, r.amount(o.total),
            r.amount(o.issued), words.time(o.deadline) if o.deadline else "", order_state(o),
            o.opened.block if o.opened else 0,
        )
        for o in r.orders
    ]  # fmt: skip
    return _table("orders", "Orders", columns, rows)


def order_state(order: OrderSeen) -> str:
    """``open``, ``executed``, ``closed`` or ``never opened``."""
    if order.closed:
        return "closed"
    if order.opened is None:
        return "never opened"
    return "executed" if order.next_row == order.row_count else "open"


def acts(r: AuditResult) -> Table:
    """Every act of authority, oldest first."""
    rows = [(a.block, a.time, a.transaction, a.contract, a.kind, a.agent, a.text, a.ref) for a in r.acts]
    columns = "block:whole, time, transaction, contract, kind, agent, text, ref"
    return _table("acts", "Acts of authority", columns, rows)


def powers(r: AuditResult) -> Table:
    """Who may do what."""
    rows = [(p.contract, p.agent, p.powers) for p in r.powers]
    rows += [(h.contract, h.account, h.role) for h in r.stranger.held] if r.stranger else []
    return _table("powers", "Powers", "contract, agent, powers", rows)


def rules(r: AuditResult) -> Table:
    """Rules, slots and what is stopped, at the block."""
    rows = [("rule", name, value) for name, value in r.rules]
    rows += [("slot", name, address) for name, address in r.slots]
    rows += [("stop", name, "on") for name in r.stops]
    return _table("rules", "Rules", "kind, name, value", rows)


def code(r: AuditResult) -> Table:
    """Each contract's code beside the build's."""
    same = {True: "yes", False: "no", None: "not compared"}
    rows = [(p.role, p.address, p.artifact, same[p.same], p.text) for p in r.code]
    return _table("code", "Code", "role, address, artifact, same, text", rows)


def events(r: AuditResult) -> Table:
    """How many events of each kind were read, and of kinds nobody knows."""
    rows = [("known", kind, many) for kind, many in r.counts] + [("unknown", topic, many) for topic, many in r.unknown]
    return _table("events", "Events read", "known, kind, count:whole", rows)


def proof(r: AuditResult) -> Table:
    """Whose word the report rests on, and what was proved against the state root."""
    p = r.proof
    rows = [("block", f"hash attested by {r.attested_by}", "")]
    rows += [(w.topic, f"{'agrees' if w.agrees else 'does not agree'}: {w.text}", w.who) for w in r.witnesses]
    rows += [("balances and supply", p.told, p.layout)]
    if not p.why_not:
        rows += [(name, str(many), "proved") for name, many in (
            ("balances", p.balances), ("storage words", p.words), ("code of accounts", p.codes),
        )]  # fmt: skip
        rows += [("broken", sentence, "") for sentence in p.broken]
    return _table("proof", "Attestation and proof", "what, result, by", rows)


def investors(r: AuditResult) -> Table:
    """The register by investor, over all his wallets."""
    columns = "investor, balance:amount, share_percent:amount, wallets, standing, country, class, valid_until"
    rows = [
        (
            i.investor, i.balance, i.share, " ".join(i.wallets), i.standing, i.country, i.investor_class,
            words.time(i.valid_until) if i.valid_until else "",
        )
        for i in r.sections.investors
    ]  # fmt: skip
    return _table("investors", "Investors", columns, rows)


def freezes(r: AuditResult) -> Table:
    """What is frozen at the block."""
    rows = [(z.account, _yes(z.whole), z.amount, z.balance) for z in r.sections.freezes]
    return _table("freezes", "Frozen accounts", "account, whole, amount:amount, balance:amount", rows)


def documents(r: AuditResult) -> Table:
    """The documents that the token names."""
    rows = [(d.name, d.uri, d.document_hash, d.block, d.time) for d in r.sections.documents]
    return _table("documents", "Documents", "name, uri, hash, since_block:whole, since", rows)


def papers(r: AuditResult) -> Table:
    """Chain, issue files and payments, paper by paper; empty when no file was given."""
    rows = r.sections.three_way.rows if r.sections.three_way else ()
    cells = [(p.external_id, p.what, p.wallet, p.chain, p.file, p.due, p.paid, p.difference) for p in rows]
    return _table("papers", "Papers", "external_id, what, wallet, chain, file, due, paid, difference", cells)


def issues(r: AuditResult) -> Table:
    """Every row of an order as the chain executed it, with the paper it is tied to."""
    columns = (
        "order_id, row:whole, wallet, amount:amount, skipped, block:whole, time, transaction, external_id, file, exact"
    )
    rows = [
        (
            i.order_id, i.row, i.wallet, i.amount, _yes(i.skipped), i.block, i.time, i.transaction, i.external_id,
            i.file, _yes(i.exact),
        )
        for i in r.sections.issues
    ]  # fmt: skip
    return _table("issues", "Issues", columns, rows)


def given(r: AuditResult) -> Table:
    """The files that the auditor gave."""
    rows = [(g.kind, g.name, g.size, g.digest) for g in r.sections.files]
    return _table("given", "Files given", "kind, file, bytes:whole, sha256", rows)


def _table(name: str, title: str, columns: str, rows: Iterable[tuple[Cell, ...]]) -> Table:
    """``columns``: names with commas between, each with ``:kind`` unless it is text."""
    kinds: list[tuple[str, Kind]] = []
    for column in columns.split(", "):
        head, _, kind = column.partition(":")
        kinds.append((head, "amount" if kind == "amount" else "whole" if kind == "whole" else "text"))
    return Table(name, title, tuple(kinds), tuple(rows))


def _yes(value: bool) -> str:
    return "yes" if value else "no"
