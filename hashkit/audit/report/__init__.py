"""Results to files: text, JSON, CSV and one page of HTML. Same result, same bytes. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from hashkit.audit.report import html, table, text
from hashkit.audit.result import AuditResult
from hashkit.errors import InputError
from hashkit.store.files import write_atomic

_Files = Mapping[str, Callable[[AuditResult], str]]

_FORMATS: Mapping[str, _Files] = {
    "html": {"report.html": html.page},
    "csv": {"register.csv": table.register, "findings.csv": table.findings, "acts.csv": table.acts},
    "json": {"audit.json": table.as_json},
    "text": {"report.txt": text.page},
}

FORMATS = tuple(_FORMATS)
"""``html``, ``csv``, ``json``, ``text``."""


def write(result: AuditResult, folder: Path, formats: Iterable[str] = FORMATS) -> list[Path]:
    """Writes the files of ``formats`` into ``folder`` and returns their paths.

    html: report.html; csv: register.csv, findings.csv, acts.csv; json: audit.json; text: report.txt.
    InputError for an unknown format or a folder that cannot be written.
    """
    wanted = list(formats)
    unknown = [name for name in wanted if name not in _FORMATS]
    if unknown:
        raise InputError(
            f"There is no report format {unknown[0][:40]!a}.",
            next_step=f"Choose from {', '.join(FORMATS)}.",
            code="FORMAT",
        )
    written = []
    for name, make in ((n, m) for one in wanted for n, m in _FORMATS[one].items()):
        path = folder / name
        try:
            write_atomic(path, make(result).encode("utf-8"))
        except OSError as error:
            raise InputError(f"{path} cannot be written.", why=f"{error.strerror}.", code="REPORT") from None
        written.append(path)
    return written


__all__ = ["FORMATS", "write"]
