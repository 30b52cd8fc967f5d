"""The result for machines: JSON and CSV. Floor 3."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hashkit.audit.report.tables import Table
from hashkit.audit.result import AuditResult
from hashkit.store.sheets import csv_bytes


def as_json(result: AuditResult, names: Mapping[str, str] | None = None) -> bytes:
    """The whole result under its schema id; with ``names`` each holder has one, and the file is confidential."""
    body = result.to_dict()
    if names is not None:
        named = [{"name": names.get(holder["wallet"], ""), **holder} for holder in body["holders"]]
        body = {**body, "confidential": True, "holders": named}
    return (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def as_csv(table: Table) -> bytes:
    """One table; no cell is a formula."""
    return csv_bytes([name for name, _ in table.columns], table.rows)
