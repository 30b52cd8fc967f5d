"""Which investor is behind which wallet, in the issuer's own words? Local only: personal data. Floor 2.

A label (``INV-001``) stands for one investor id, a random 160-bit value that goes on chain and tells
nothing; an investor may own several wallets, a wallet belongs to one investor.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from hashkit.contracts.hashing import checksum
from hashkit.errors import InputError
from hashkit.store.database import open_private, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS investors (label TEXT PRIMARY KEY, investor TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wallets (
    wallet TEXT PRIMARY KEY, label TEXT NOT NULL REFERENCES investors, place INTEGER NOT NULL) WITHOUT ROWID;
"""


class Names:
    """Labels, wallets and investor ids. Addresses and ids go in and come out checksummed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection = open_private(path, _SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, label: str, wallet: str, investor: str | None = None) -> str:
        """Link ``wallet`` to ``label`` and return the investor id: known, given, or drawn at random.

        Linking the same pair again is a no-op. InputError when the wallet belongs to another label, or
        when the label already has another id.
        """
        wallet = checksum(wallet)
        with writing(self._db, self._path):
            owner = self.label_of(wallet)
            if owner not in (None, label):
                raise InputError(
                    f"Wallet {wallet} belongs to {owner}, not to {label}.",
                    next_step="Mend the label, or use another wallet.",
                    code="WALLET_TAKEN",
                )
            found = self._investor(label, investor)
            sql = "INSERT INTO wallets SELECT ?, ?, count(*) FROM wallets WHERE true ON CONFLICT DO NOTHING"
            self._db.execute(sql, (wallet, label))
        return found

    def investor_of(self, label: str) -> str | None:
        """The investor id of a label."""
        return self._first("SELECT investor FROM investors WHERE label = ?", label)

    def label_of(self, address: str) -> str | None:
        """The label behind a wallet or an investor id."""
        address = checksum(address)
        return self._first("SELECT label FROM wallets WHERE wallet = ?", address) or self._first(
            "SELECT label FROM investors WHERE investor = ?", address
        )

    def wallets_of(self, label: str) -> tuple[str, ...]:
        """The wallets of a label, in the order in which they were linked."""
        rows = self._db.execute("SELECT wallet FROM wallets WHERE label = ? ORDER BY place", (label,))
        return tuple(row["wallet"] for row in rows)

    def labels(self) -> Mapping[str, str]:
        """``{wallet: label}`` for everything that is known."""
        rows = self._db.execute("SELECT wallet, label FROM wallets ORDER BY place")
        return {row["wallet"]: row["label"] for row in rows}

    def _investor(self, label: str, given: str | None) -> str:
        known = self.investor_of(label)
        wanted = checksum(given) if given else known or checksum(secrets.token_bytes(20))
        if known is None:
            if owner := self._first("SELECT label FROM investors WHERE investor = ?", wanted):
                raise InputError(f"Investor id {wanted} belongs to {owner}, not to {label}.", code="ID_TAKEN")
            self._db.execute("INSERT INTO investors VALUES (?, ?)", (label, wanted))
        elif known != wanted:
            raise InputError(
                f"{label} already has the investor id {known}.",
                next_step="Use that one, or another label.",
                code="ID_TAKEN",
            )
        return wanted

    def _first(self, sql: str, value: str) -> str | None:
        row = self._db.execute(sql, (value,)).fetchone()
        return None if row is None else str(row[0])
