"""Does the supply add up? ``python scripts/supply.py ADDRESS`` or ``ape run supply ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """Supply reconciliation: issued less redeemed, sum of balances, totalSupply."""
    head(result)
    f = result.figures
    rows = [
        ("issued through orders", f.issued),
        ("minted otherwise", f.raw_minted),
        ("redeemed against refs", -f.redeemed),
        ("burnt otherwise", -f.raw_burnt),
        ("closing by the events", f.minted - f.burnt),
        ("sum of the balances", f.accounted),
    ]
    shown = [(name, result.amount(raw)) for name, raw in rows]
    shown.append(("totalSupply of the contract", "not asked" if f.reported is None else result.amount(f.reported)))
    columns(("", result.subject.symbol or "units"), shown, right=(1,))
    return findings(result, "C01", "C03", "C04", "C22")


cli = reading(report)

if __name__ == "__main__":
    cli()
