"""``hashkit audit verify``: derive a saved report again from its evidence, offline. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.options import choices, verb
from hashkit.cli.screen import counted
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.audit import Verified


@verb(
    "verify",
    example="hashkit audit verify reports/HKGREEN-17\n"
    "hashkit audit verify reports/q3 --block-hash $HASH",
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--block-hash", metavar="HASH", help="Hash of the block, from a source that you trust.")
@choices(network=False)
def command(session: Session, folder: Path, block_hash: str | None) -> None:
    """Derive everything in FOLDER again from its evidence, without a node: hashes, proofs, register, findings.

    Every file of the report is written anew and compared byte for byte. Exit code 7 when anything differs.
    """
    from hashkit.audit import verify

    found = verify(folder, block_hash)
    session.show(Answer(found.to_dict(), verified_lines(found), code=7 if found.differences else 0))


def verified_lines(found: Verified) -> list[str]:
    """One line a difference; or what was verified, and what it rests on."""
    if found.differences:
        return [*found.differences, f"NOT VERIFIED: {counted(len(found.differences), 'difference')}."]
    r = found.result
    lines = [] if r is None else [f"{r.subject.symbol} at {r.subject.token}, block {r.block.number} {r.block.hash}"]
    if r is not None and r.proof.proved:
        lines.append(f"proved: {r.proof.balances} balances, {r.proof.words} storage words, {r.proof.codes} codes")
    return [*lines, f"rests on {found.rests_on}", f"manifest SHA-256 {found.digest}", "VERIFIED: every file follows."]
