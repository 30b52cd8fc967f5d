"""The result for machines and spreadsheets: JSON and CSV. Floor 3."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from hashkit.audit.result import AuditResult


def as_json(result: AuditResult) -> str:
    """The whole result under its schema id."""
    return json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n"


def register(result: AuditResult) -> str:
    """The register of holders, largest first."""
    names = (
        "wallet", "balance", "share_percent", "investor", "standing", "country", "class", "valid_until",
        "frozen", "frozen_amount", "since_block", "since",
    )  # fmt: skip
    rows = ([*map(_yes_or_text, holder.to_dict().values())] for holder in result.holders)
    return _csv(names, rows)


def findings(result: AuditResult) -> str:
    """One line a finding, and one for each line of its evidence."""
    rows: list[Sequence[str]] = []
    for finding in result.findings:
        rows.append((finding.id, finding.result, finding.title, finding.text))
        rows += [(finding.id, finding.result, "evidence", line) for line in finding.evidence]
    return _csv(("id", "result", "title", "text"), rows)


def acts(result: AuditResult) -> str:
    """Every act of authority, oldest first."""
    names = ("block", "time", "transaction", "contract", "kind", "agent", "text", "ref")
    return _csv(names, ([str(value) for value in row.to_dict().values()] for row in result.acts))


def _yes_or_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet must not run a cell: a leading sign is quoted, unless the cell is a plain number."""
    plain = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not plain else cell
