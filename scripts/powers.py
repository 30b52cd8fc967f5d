"""Who can do what, and with how few keys? ``python scripts/powers.py ADDRESS`` or ``ape run powers ADDRESS``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

from hashkit.audit.powers import powers_report
from hashkit.audit.reading import Reading
from hashkit.cli.audit_powers import lines
from scripts._reading import books


def report(found: Reading) -> bool:
    """Who can mint, freeze, seize, pause and replace rules, what waits, and with --from what changed."""
    print("\n".join(lines(powers_report(found))))
    return False


cli = books(report)

if __name__ == "__main__":
    cli()
