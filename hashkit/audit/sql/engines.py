"""Who runs the SQL: DuckDB, or an engine that ibis knows. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hashkit.audit.sql import FAMILIES
from hashkit.errors import InputError
from hashkit.store.parquet import ParquetStore


def paths(store: ParquetStore, last: int) -> dict[str, list[Path]]:
    """The Parquet files of each table, of all chunks that begin at or before block ``last``.

    InputError when a file is not what was stored, or when nothing ever moved.
    """
    found = {family: [path for c in store.chunks(last) if (path := store.path(c, family))] for family in FAMILIES}
    if not all(found.values()):
        raise InputError(f"{store.folder} holds no movement of units.", next_step="Audit the token first.", code="SQL")
    return found


class Duck:
    """DuckDB, in this process. Needs the extra ``audit``."""

    def __init__(self, tables: Mapping[str, Sequence[Path]]) -> None:
        import duckdb

        self._connection = duckdb.connect()
        for name, listed in tables.items():
            self._connection.read_parquet([str(path) for path in listed]).create_view(name)

    def rows(self, sql: str) -> Iterable[Sequence[Any]]:
        """The rows of a query."""
        return self._connection.execute(sql).fetchall()


class Ibis:
    """Any engine that ibis connects to, in which ``transfer`` and ``account`` are tables already: the engine's own
    reader of Parquet knows best where the files lie and how to spread them.

    The text becomes an expression of ibis, and each engine gets that in its dialect.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> Iterable[Sequence[Any]]:
        """The rows of a query."""
        found = self._connection.sql(sql, dialect="duckdb").to_pyarrow()
        return [tuple(row.values()) for row in found.to_pylist()]
