"""The result as plain text, for terminals and letters. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator

from hashkit.audit import words
from hashkit.audit.result import AuditResult

MARKS = {"pass": "pass", "exception": "EXCEPTION", "note": "note", "not performed": "not performed"}
_WIDTH = 100


def page(result: AuditResult) -> str:
    """The whole report."""
    parts = (_head, _findings, _figures, _holders, _acts, _powers, _limits)
    return "\n".join("\n".join(part(result)) + "\n" for part in parts)


def conclusion(result: AuditResult) -> str:
    """``14 checks: 11 pass, 1 exception, 2 notes``."""
    tally = result.tally
    many = {"exception": "exceptions", "note": "notes"}
    said = [f"{n} {many.get(w, w) if n != 1 else w}" for w, n in tally.items() if n or w in ("pass", "exception")]
    return f"{len(result.findings)} checks: {', '.join(said)}"


def _head(r: AuditResult) -> Iterator[str]:
    s, b = r.subject, r.block
    yield f"Register and reconciliation report: {s.name or 'unnamed'} ({s.symbol or 'no symbol'})"
    yield f"token      {s.token}"
    yield f"network    {r.network.title} (chain {r.network.chain_id})"
    yield f"block      {b.number}, {words.time(b.timestamp)}{'' if r.final else ', NOT YET FINAL'}"
    yield f"block hash {b.hash}"
    yield from s.unread
    yield ""
    yield conclusion(r)


def _findings(r: AuditResult) -> Iterator[str]:
    yield _heading("Checks")
    for finding in r.findings:
        yield f"{finding.id}  {MARKS[finding.result]:<13}  {finding.title}"
        yield f"                    {finding.text}"
        for line in finding.evidence:
            yield f"                    - {line}"


def _figures(r: AuditResult) -> Iterator[str]:
    f, d = r.figures, r.subject.decimals
    rows = [
        ("issued through orders", f.issued),
        ("minted otherwise", f.raw_minted),
        ("redeemed against refs", -f.redeemed),
        ("burnt by court", -f.court_burnt),
        ("burnt otherwise", -f.raw_burnt),
        ("closing by the events", f.minted - f.burnt),
        ("sum of the balances", f.accounted),
    ]
    if f.reported is not None:
        rows += [("total supply of the contract", f.reported), ("difference", f.accounted - f.reported)]
    shown = [(name, words.grouped(raw, d)) for name, raw in rows]
    width = max(len(text) for _, text in shown)
    yield _heading(f"Reconciliation ({r.subject.symbol or 'units'})")
    for name, text in shown:
        yield f"{name:<30}{text:>{width}}"


def _holders(r: AuditResult) -> Iterator[str]:
    yield _heading(f"Register: {r.figures.holders} holders, {r.figures.investors} known investors")
    width = max((len(words.grouped(h.raw, r.subject.decimals)) for h in r.holders), default=0)
    for h in r.holders:
        frozen = " frozen" if h.frozen else ""
        valid = words.time(h.valid_until)[:10] if h.valid_until else ""
        amount = words.grouped(h.raw, r.subject.decimals)
        yield f"{h.wallet}  {amount:>{width}}  {h.share:>6}%  {h.standing} {h.country} {valid}{frozen}".rstrip()


def _acts(r: AuditResult) -> Iterator[str]:
    yield _heading(f"Acts of authority: {len(r.acts)}")
    for act in r.acts:
        ref = f"  ref {act.ref}" if act.ref else ""
        yield f"{act.block:>10}  {act.time}  {act.text}{' by ' + act.agent if act.agent else ''}{ref}"


def _powers(r: AuditResult) -> Iterator[str]:
    yield _heading("Powers")
    for row in r.powers:
        yield f"{row.agent}  {row.contract}: {row.powers}"


def _limits(r: AuditResult) -> Iterator[str]:
    yield _heading("What was not checked")
    yield from r.limits


def _heading(title: str) -> str:
    return f"{title}\n{'-' * min(len(title), _WIDTH)}"
