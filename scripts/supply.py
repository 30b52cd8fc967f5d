"""Does the supply add up? ``python scripts/supply.py ADDRESS`` or ``ape run supply ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """Supply reconciliation: minted less burnt, sum of balances, what was proved, totalSupply."""
    head(result)
    f = result.figures
    rows = [
        ("minted less burnt, by the events", result.amount(f.minted - f.burnt)),
        ("sum of the balances", result.amount(f.accounted)),
        ("proved against the state root", result.amount(result.proof.total) if result.proof.proved else "not proved"),
        ("totalSupply of the contract", "not asked" if f.reported is None else result.amount(f.reported)),
    ]
    columns(("", result.subject.symbol or "units"), rows, right=(1,))
    return findings(result, "C01", "C03", "C22")


cli = reading(report)

if __name__ == "__main__":
    cli()
