"""The result as plain text, for terminals and letters. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hashkit.audit import words
from hashkit.audit.report.tables import ROWS
from hashkit.audit.result import AuditResult

MARKS = {"pass": "pass", "exception": "EXCEPTION", "note": "note", "not performed": "not performed"}
_WIDTH = 100


def page(result: AuditResult, names: Mapping[str, str] | None = None) -> str:
    """The whole report. With ``names`` (wallet -> name) the register shows them and the first line says so."""
    sections = (_head(result), _findings(result), _figures(result), _holders(result, names), _acts(result),
                _powers(result), _limits(result))  # fmt: skip
    mark = "CONFIDENTIAL: names people\n" if names is not None else ""
    return mark + "\n".join("\n".join(lines) + "\n" for lines in sections)


def about(r: AuditResult, mark: str = "") -> list[tuple[str, str]]:
    """What the first sheet of a workbook says."""
    final = "" if r.final else ", NOT YET FINAL"
    rows = [
        ("Report", "Register and reconciliation"),
        ("Token", f"{r.subject.name or 'unnamed'} ({r.subject.symbol or 'no symbol'}) at {r.subject.token}"),
        ("Network", f"{r.network.title} (chain {r.network.chain_id})"),
        ("Block", f"{r.block.number}, {words.time(r.block.timestamp)}{final}"),
        ("Block hash", r.block.hash),
        ("Conclusion", conclusion(r)),
        ("Events", f"{r.population.logs}, SHA-256 {r.population.digest}"),
        *(("Read with care", sentence) for sentence in r.subject.unread),
        ("Numbers", "An amount is a number where a spreadsheet holds it exactly, else the whole column is text."),
        *(("Limit", sentence) for sentence in r.limits),
    ]
    return [(mark, "Names people: do not pass on."), *rows] if mark else rows


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
    f, w, d = r.figures, r.sections.roll_forward, r.subject.decimals
    rows = [
        (f"opening at block {w.block}" if w.time else "opening", w.opening),
        ("issued through orders", w.issued),
        ("minted otherwise", w.raw_minted),
        ("redeemed against refs", -w.redeemed),
        ("burnt by court", -w.court_burnt),
        ("burnt otherwise", -w.raw_burnt),
        ("closing by the events", w.closing),
        ("sum of the balances", f.accounted),
    ]
    if f.reported is not None:
        rows += [("total supply of the contract", f.reported), ("difference", f.accounted - f.reported)]
    shown = [(name, words.grouped(raw, d)) for name, raw in rows]
    width = max(len(text) for _, text in shown)
    yield _heading(f"Reconciliation ({r.subject.symbol or 'units'})")
    for name, text in shown:
        yield f"{name:<30}{text:>{width}}"


def _holders(r: AuditResult, names: Mapping[str, str] | None) -> Iterator[str]:
    yield _heading(f"Register: {r.figures.holders} holders, {r.figures.investors} known investors")
    width = max((len(words.grouped(h.raw, r.subject.decimals)) for h in r.holders), default=0)
    for h in r.holders[:ROWS]:
        frozen = " frozen" if h.frozen else ""
        valid = words.time(h.valid_until)[:10] if h.valid_until else ""
        amount = words.grouped(h.raw, r.subject.decimals)
        line = f"{h.wallet}  {amount:>{width}}  {h.share:>6}%  {h.standing} {h.country} {valid}{frozen}".rstrip()
        yield line if names is None else f"{line}  {names.get(h.wallet, '')}".rstrip()
    if len(r.holders) > ROWS:
        yield f"The first {ROWS:,} of {len(r.holders):,}; register.csv has all of them."


def _acts(r: AuditResult) -> Iterator[str]:
    yield _heading(f"Acts of authority: {len(r.acts)}")
    for act in r.acts[:ROWS]:
        ref = f"  ref {act.ref}" if act.ref else ""
        yield f"{act.block:>10}  {act.time}  {act.text}{' by ' + act.agent if act.agent else ''}{ref}"
    if len(r.acts) > ROWS:
        yield f"The first {ROWS:,} of {len(r.acts):,}; acts.csv has all of them."


def _powers(r: AuditResult) -> Iterator[str]:
    yield _heading("Powers")
    for row in r.powers:
        yield f"{row.agent}  {row.contract}: {row.powers}"


def _limits(r: AuditResult) -> Iterator[str]:
    yield _heading("What was not checked")
    yield from r.limits


def _heading(title: str) -> str:
    return f"{title}\n{'-' * min(len(title), _WIDTH)}"
