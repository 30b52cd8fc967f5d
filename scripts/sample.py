"""Which issues to vouch to papers? ``python scripts/sample.py ADDRESS --seed q3 --size 25``, or under ``ape run``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that a checkout needs no installation

import click

from hashkit.audit import AuditResult
from hashkit.audit.sample import draw
from hashkit.cli.audit_sample import heading, sample_rows
from scripts._reading import columns, findings, head, reading


def report(result: AuditResult, seed: str, size: int) -> bool:
    """A monetary-unit sample of the issues, the same for the same seed; with --issues by external ids."""
    found = draw(result, seed, size)
    head(result)
    print(heading(found), end="\n\n")
    heads = ("hits", "external id", "order", "row", "wallet", "amount", "date", "transaction")
    columns(heads, sample_rows(found), right=(0, 3, 5))
    return findings(result, "C04", "C14")


seed = click.Option(["--seed"], required=True, metavar="TEXT", help="The same text draws the same sample.")
size = click.Option(["--size"], required=True, type=click.IntRange(min=1), help="How many points to draw.")
cli = reading(report, seed, size, files=("issues",))

if __name__ == "__main__":
    cli()
