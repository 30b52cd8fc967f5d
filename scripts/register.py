"""Who holds what at a block? ``python scripts/register.py ADDRESS`` or ``ape run register ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit import AuditResult
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult) -> bool:
    """The register of holders, largest first, compared with every balanceOf; and by investor over several wallets."""
    head(result)
    rows = [(h.wallet, h.balance, h.share, h.standing, h.country, h.since[:10]) for h in result.holders]
    columns(("wallet", "units", "%", "standing", "country", "since"), rows, right=(1, 2))
    several = [i for i in result.sections.investors if len(i.wallets) > 1]
    if several:
        rows = [(i.investor, i.balance, i.share, " ".join(i.wallets)) for i in several]
        columns(("investor", "units", "%", "wallets"), rows, right=(1, 2))
    return findings(result, "C01", "C02", "C05")


cli = reading(report)

if __name__ == "__main__":
    cli()
