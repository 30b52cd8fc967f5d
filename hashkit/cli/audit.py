"""``hashkit audit``: prove the register from the chain alone. Floor 4.

What else an auditor does has a room of its own, ``hashkit audit NAME ...``: a module ``audit_NAME.py`` whose
``command`` is made by ``@verb("NAME", example="hashkit audit NAME ...")`` and ``@choices(...)`` as anywhere else,
and a line in ``catalogue.ROOMS``. It is imported when it is used; help, completion and tests find it there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli import complete
from hashkit.cli.audit_options import Asked, asked
from hashkit.cli.options import choices, house
from hashkit.cli.screen import counted
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.audit import AuditResult, Finding


@house(
    "audit",
    example="hashkit audit --at 2026-09-30 --out reports/q3\n"
    "hashkit audit 0x5FbDB2315678afecb367f032d93F642f64180aa3 -n hashkey\n"
    "hashkit audit --from 2026-07-01 --at 2026-09-30 --issues batches/issuance.csv\n"
    "hashkit audit HKGREEN --only C01,C02,C09\n"
    "hashkit audit HKGREEN --as-order batches/opening.csv",
)
@click.argument("token", required=False, metavar="[ADDRESS|SYMBOL]", shell_complete=complete.assets_and_rooms)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the report.")
@click.option("--only", metavar="IDS", help="Only these checks, no report; silent while all is well.")
@click.option(
    "--as-order",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write the register as the opening position of a successor token.",
)
@click.option(
    "--identities",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Investor file whose names go into a second report, marked CONFIDENTIAL.",
)
@click.option("--redact", is_flag=True, help="Shorten wallets, investors and transactions; the page says what stays.")
@click.option("--open", "open_", is_flag=True, help="Open the report in the browser.")
@choices(asset=True, at=True)
@asked
def command(
    session: Session, token: str | None, out: Path | None, only: str | None, as_order: Path | None,
    identities: Path | None, redact: bool, open_: bool, asked: Asked,
) -> None:  # fmt: skip
    """Read a token's logs, replay its register at a block, prove it against the block's state root, write a report.

    Needs an address and a node, no project, no key. Without an address: the default asset of the project.
    Beside the report lies its evidence, from which `hashkit audit verify` derives every file again, offline.
    Exit code 7 when there are exceptions. What each check does, and which files it can use: docs/checks.md.
    """
    from hashkit.audit.checks import chosen
    from hashkit.audit.report import redacted

    if redact and (identities or as_order):
        raise click.UsageError("--redact hides what --identities and --as-order show: choose one of them.")
    if only is not None and (out or as_order or identities or open_):
        raise click.UsageError("--only writes no files: leave out --out, --as-order, --identities and --open.")
    wanted, names = chosen(only), names_in(identities)
    result = asked.run(session, token)
    if redact:
        result = redacted(result)
    if only is not None:
        session.show(only_these(result, wanted))
        return
    folder = out or report_folder(session.reports, result)
    files = [str(path) for path in files_of(result, folder, names, redact)]
    if open_:
        click.launch((folder / "report.html").absolute().as_uri())
    warnings = hand_over(result, as_order) if as_order is not None else []
    data = {**result.to_dict(), "files": files}
    links = {"token": session.network.address_link(result.subject.token)}
    lines = audit_lines(result, files)
    if names is not None:
        lines.append(f"With names, not to be passed on: {confidential(folder)}")
    session.show(Answer(data, lines, warnings=warnings, links=links, code=7 if result.exceptions else 0))


def names_in(identities: Path | None) -> Mapping[str, str] | None:
    """Wallet -> label and name of the investor file."""
    if identities is None:
        return None
    from hashkit.store.sheets import read_investors

    return {row.wallet: f"{row.investor_id} {row.name or ''}".strip() for row in read_investors(identities).rows}


def files_of(result: AuditResult, folder: Path, names: Mapping[str, str] | None, redact: bool) -> list[Path]:
    """Writes report and evidence, and the same with names into a folder of its own: what is passed on holds none.

    A redacted report has no evidence beside it: the events name every wallet.
    """
    from hashkit.audit import save, write

    if redact:
        return write(result, folder)
    files = save(result, folder)
    return files if names is None else files + save(result, confidential(folder), names=names)


def confidential(folder: Path) -> Path:
    """Where the report with names goes: beside the other."""
    return folder.with_name(f"{folder.name}-CONFIDENTIAL")


def hand_over(result: AuditResult, file: Path) -> list[str]:
    """Writes the opening position of a successor; what does not travel with the units comes back as warnings."""
    from hashkit.audit.successor import left_behind, opening_position
    from hashkit.store.files import write_atomic

    write_atomic(file, opening_position(result))
    return list(left_behind(result))


def only_these(result: AuditResult, wanted: Collection[str]) -> Answer:
    """The findings of some checks; people see only those that are no pass and no note."""
    findings = [found for found in result.findings if found.id in wanted]
    wrong = any(found.result == "exception" for found in findings)
    lines = [line for found in findings if found.result not in ("pass", "note") for line in finding_lines(found)]
    block = {"number": result.block.number, "hash": result.block.hash}
    data = {
        "schema": "hashkit.audit-checks/1",
        "token": result.subject.token,
        "block": block,
        "findings": [found.to_dict() for found in findings],
    }
    return Answer(data, lines, code=7 if wrong else 0)


def report_folder(reports: Path, result: AuditResult) -> Path:
    """``reports/HKGREEN-17``; a token may call itself anything, so only harmless letters make a folder."""
    name = re.sub(r"[^A-Za-z0-9]", "", result.subject.symbol)[:32] or result.subject.token[:10]
    return reports / f"{name}-{result.block.number}"


def audit_lines(result: AuditResult, files: Iterable[str]) -> list[str]:
    """The checks, one a line, the count and where the report lies."""
    head = f"{result.subject.symbol} at {result.subject.token}, block {result.block.number} {result.block.hash}"
    lines = [head, "final" if result.final else "NOT FINAL: the block may still be replaced"]
    for found in result.findings:
        lines += finding_lines(found)
    page, *others = files
    return [*lines, tally_line(result), f"{page}, with {counted(len(others), 'file')} beside it"]


def finding_lines(found: Finding) -> list[str]:
    """One finding, with its evidence when it is an exception."""
    word = found.result.upper() if found.result == "exception" else found.result
    evidence = [f"        {line}" for line in found.evidence if found.result == "exception"]
    return [f"  {found.id}  {word:13}  {found.title}: {found.text}", *evidence]


def tally_line(result: AuditResult) -> str:
    """``20 checks: 18 pass, 2 notes``."""
    plain = ("pass", "not performed")
    parts = [f"{n} {word}" if word in plain else counted(n, word) for word, n in result.tally.items() if n]
    return f"{len(result.findings)} checks: {', '.join(parts)}"
