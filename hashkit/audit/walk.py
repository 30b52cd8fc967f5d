"""Looking things up under the state root, in proofs that nobody need be trusted for. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hashkit.audit.view import Progress, View
from hashkit.contracts.trie import Account, ProofError

T = TypeVar("T")

_SHOWN = 20  # broken proofs that are told one by one


class Walk:
    """Looks things up in the proofs. What the proofs do not say is None, and told once in ``broken``."""

    def __init__(self, view: View) -> None:
        self._accounts: dict[str, Account | None] = {}
        self._broken: dict[str, None] = {}
        self._seen: set[tuple[str, int]] = set()
        self.view = view

    @property
    def words(self) -> int:
        """Storage words that were proved."""
        return len(self._seen)

    @property
    def broken(self) -> tuple[str, ...]:
        """What does not fit the state root."""
        told = tuple(self._broken)
        more = (f"and {len(told) - _SHOWN} more",) if len(told) > _SHOWN else ()
        return told[:_SHOWN] + more

    @property
    def codes(self) -> int:
        """Accounts that were proved, with the hash of their code."""
        return sum(1 for account in self._accounts.values() if account is not None)

    def fetch(self, address: str, slots: Sequence[int], progress: Progress | None = None) -> None:
        """Ask for the proofs of an account and its slots."""
        told = (lambda done, of: progress("reading proofs", done, of)) if progress else None
        self.view.fetch_proofs(address, slots, told)

    def fetch_accounts(self, addresses: Sequence[str]) -> None:
        """Ask for the proofs of accounts without their storage."""
        self.view.fetch_accounts(addresses)

    def account(self, address: str) -> Account | None:
        """What the state root says of an address."""
        if self.view.unproved or self.view.pin.header is None:
            return None
        root = self.view.pin.header.state_root
        if address not in self._accounts:
            found = self._try(f"account {address}", lambda: self.view.pool.account(root, address))
            self._accounts[address] = found
        return self._accounts[address]

    def word(self, address: str, slot: int) -> int | None:
        """What the state root says of a storage word."""
        account = self.account(address)
        if account is None:
            return None
        what = f"slot 0x{slot:064x} of {address}"
        found = self._try(what, lambda: self.view.pool.slot(account.storage_root, slot))
        if found is not None:
            self._seen.add((address, slot))
        return found

    def _try(self, what: str, look: Callable[[], T]) -> T | None:
        try:
            return look()
        except ProofError as error:
            self._broken[f"{what} is not proved: {error}"] = None
            return None
