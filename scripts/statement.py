"""What did one holder have and move? ``python scripts/statement.py ADDRESS --who WALLET``, or under ``ape run``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

import click

from hashkit.audit.reading import Reading
from hashkit.audit.statement import statement
from hashkit.cli.audit_statement import heading, rows
from scripts._reading import books, columns


def report(found: Reading, who: str) -> bool:
    """Statement of a wallet, or of an investor by his number on chain, over all his wallets."""
    made = statement(found, who)
    print(f"token {made.token} on {found.view.network.name}")
    print(heading(made), end="\n\n")
    columns(("date", "what", "wallet", "other side", "amount", "balance", "ref"), rows(made), right=(4, 5))
    return False


cli = books(report, click.Option(["--who"], required=True, metavar="WALLET|INVESTOR"))

if __name__ == "__main__":
    cli()
