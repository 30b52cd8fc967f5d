"""What came and went in a period? ``python scripts/roll_forward.py ADDRESS`` or ``ape run roll_forward ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """Opening to closing between --from and --at, flows by month, and the papers of --issues and --payments."""
    head(result)
    f = result.sections.roll_forward
    rows = [
        (f"opening, block {f.block}" if f.time else "opening", f.opening),
        ("issued through orders", f.issued),
        ("minted otherwise", f.raw_minted),
        ("redeemed against refs", -f.redeemed),
        ("burnt by court", -f.court_burnt),
        ("burnt otherwise", -f.raw_burnt),
        ("closing", f.closing),
    ]
    columns(("", result.subject.symbol or "units"), [(name, result.amount(raw)) for name, raw in rows], right=(1,))
    flows = [(month, *map(result.amount, (up, down, up - down))) for month, up, down in result.flows]
    columns(("month", "in", "out", "net"), flows, right=(1, 2, 3))
    three = result.sections.three_way
    if three is not None:
        papers = [(p.external_id, p.what, p.chain, p.file, p.due, p.paid, p.difference) for p in three.rows]
        columns(("paper", "what", "chain", "file", "due", "paid", "difference"), papers, right=(2, 3, 4, 5))
    return findings(result, "C04", "C14", "C15", "C17")


cli = reading(report, files=("issues", "payments"))

if __name__ == "__main__":
    cli()
