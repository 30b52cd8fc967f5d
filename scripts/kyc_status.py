"""Are all holders verified? ``python scripts/kyc_status.py ADDRESS`` or ``ape run kyc_status ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from hashkit.audit.words import time
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """KYC status of every holder at the cut-off, the earliest end of validity first, and how many end when."""
    head(result)
    holders = sorted(result.holders, key=lambda h: (h.valid_until, h.wallet))
    rows = [
        (
            time(h.valid_until)[:10] if h.valid_until else "",
            h.standing,
            h.wallet,
            h.investor,
            h.country,
            h.investor_class,
            h.balance,
        )
        for h in holders
    ]
    heads = ("valid until", "standing", "wallet", "investor", "country", "class", "units")
    columns(heads, rows, right=(6,))
    steps = [(step.span, str(step.holders), result.amount(step.raw)) for step in result.sections.ladder]
    columns(("ends", "holders", "units"), steps, right=(1, 2))
    return findings(result, "C09", "C10")


cli = reading(report)

if __name__ == "__main__":
    cli()
