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


def render(result: AuditResult, formats: Iterable[str] = FORMATS) -> Mapping[str, bytes]:
    """The files of ``formats``, file name -> content: a pure function of its arguments.

    html: report.html; csv: register.csv, findings.csv, acts.csv; json: audit.json; text: report.txt.
    InputError for an unknown format.
    """
    wanted = list(formats)
    unknown = [name for name in wanted if name not in _FORMATS]
    if unknown:
        raise InputError(
            f"There is no report format {unknown[0][:40]!a}.",
            next_step=f"Choose from {', '.join(FORMATS)}.",
            code="FORMAT",
        )
    return {name: make(result).encode("utf-8") for one in wanted for name, make in _FORMATS[one].items()}


def write(result: AuditResult, folder: Path, formats: Iterable[str] = FORMATS) -> list[Path]:
    """Writes what ``render`` makes into ``folder`` and returns the paths.

    InputError for an unknown format or a folder that cannot be written.
    """
    written = []
    for name, content in render(result, formats).items():
        path = folder / name
        try:
            write_atomic(path, content)
        except OSError as error:
            raise InputError(f"{path} cannot be written.", why=f"{error.strerror}.", code="REPORT") from None
        written.append(path)
    return written


__all__ = ["FORMATS", "render", "write"]
