"""Results to files: one page of HTML, a workbook, CSV, Parquet, JSON, text. Same result, same bytes. Floor 3.

::

    tables     the result as tables           machine    JSON and CSV      workbook   all tables as XLSX
    charts     which pictures, from what      draw       their shapes      parquet    a table as Parquet
    html       page/*.j2 and page.css         text       for terminals     people     names and redaction
    tree       changes every text of a result
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hashkit.audit.report import html, machine, text
from hashkit.audit.report.parquet import as_parquet
from hashkit.audit.report.people import redacted
from hashkit.audit.report.tables import all_tables
from hashkit.audit.report.tree import every_text, harmless
from hashkit.audit.report.workbook import as_workbook
from hashkit.audit.result import AuditResult
from hashkit.errors import InputError
from hashkit.store.files import write_atomic

FORMATS = ("html", "xlsx", "csv", "parquet", "json", "text")
CONFIDENTIAL = "CONFIDENTIAL"
"""Begins the name of every file that names people, and stands on every page of it."""

Names = Mapping[str, str]
"""Wallet -> who owns it, in the words of the file that the reader gave."""


def render(result: AuditResult, formats: Iterable[str] = FORMATS, *, names: Names | None = None) -> Mapping[str, bytes]:
    """The files of ``formats``, file name -> content: a pure function of its arguments, on any installation.

    html: report.html; xlsx: report.xlsx; csv and parquet: a file for each table, like tables/register.csv; json:
    audit.json; text: report.txt. With ``names`` the register shows them, and every file is marked CONFIDENTIAL.
    InputError for an unknown format.
    """
    wanted = list(formats)
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise InputError(
            f"There is no report format {unknown[0][:40]!a}.",
            next_step=f"Choose from {', '.join(FORMATS)}.",
            code="FORMAT",
        )
    result = every_text(result, harmless)  # whoever wrote it: a stranger's token, a node, an older hashkit
    made = {_marked(name, names): content for name, content in _beside_the_page(result, wanted, names)}
    if "html" not in wanted:
        return made
    index = tuple((name, len(content), hashlib.sha256(content).hexdigest()) for name, content in made.items())
    return {_marked("report.html", names): html.page(result, index, names).encode("utf-8"), **made}


def _marked(name: str, names: Names | None) -> str:
    folder, slash, file = name.rpartition("/")
    return name if names is None else f"{folder}{slash}{CONFIDENTIAL}-{file}"


def _beside_the_page(result: AuditResult, wanted: list[str], names: Names | None) -> Iterator[tuple[str, bytes]]:
    shown = all_tables(result, names)
    if "xlsx" in wanted:
        mark = CONFIDENTIAL if names is not None else ""
        yield "report.xlsx", as_workbook(shown, text.about(result, mark), mark)
    if "csv" in wanted:
        yield from ((f"tables/{table.name}.csv", machine.as_csv(table)) for table in shown)
    if "parquet" in wanted:
        yield from ((f"tables/{table.name}.parquet", as_parquet(table)) for table in shown)
    if "json" in wanted:
        yield "audit.json", machine.as_json(result, names)
    if "text" in wanted:
        yield "report.txt", text.page(result, names).encode("utf-8")


def write(
    result: AuditResult, folder: Path, formats: Iterable[str] = FORMATS, *, names: Names | None = None
) -> list[Path]:
    """Writes what ``render`` makes into ``folder`` and returns the paths.

    InputError for an unknown format or a folder that cannot be written.
    """
    written = []
    for name, content in render(result, formats, names=names).items():
        path = folder / name
        try:
            write_atomic(path, content)
        except OSError as error:
            raise InputError(f"{path} cannot be written.", why=f"{error.strerror}.", code="REPORT") from None
        written.append(path)
    return written


__all__ = ["CONFIDENTIAL", "FORMATS", "Names", "redacted", "render", "write"]
