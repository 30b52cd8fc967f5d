"""What was done by power? ``python scripts/privileged_acts.py ADDRESS`` or ``ape run privileged_acts ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """Privileged acts with the refs of their papers, and who holds which power."""
    head(result)
    rows = [
        (str(a.block), a.time, a.kind, a.text, a.agent, "none named" if a.unreferenced else a.ref, a.transaction)
        for a in result.acts
    ]
    columns(("block", "time", "kind", "what", "by", "ref", "transaction"), rows, right=(0,))
    columns(("contract", "who", "powers"), [(p.contract, p.agent, p.powers) for p in result.powers])
    return findings(result, "C13", "C18", "C19", "C20", "C21")


cli = reading(report)

if __name__ == "__main__":
    cli()
