"""Which small number stands for an address? Numbered by first appearance; 0 is the zero address. Floor 2."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hashkit.contracts.columns import rows_of

if TYPE_CHECKING:
    from hashkit.contracts.columns import Array

_ZERO = bytes(20)


class Accounts:
    """The accounts of one token, in the order of their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {_ZERO: 0}
        # The keys are drawn anew each time, so that nobody can make addresses that fall together.
        self._keys = [secrets.randbits(64) | 1 for _ in range(3)]

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, addresses: Array) -> Array:
        """The numbers (int32) of rows of 20 bytes; an address that is not known yet gets the next one."""
        import numpy as np

        if not len(addresses):
            return np.zeros(0, np.int32)
        firsts, which = self._distinct(addresses)
        order = np.argsort(firsts)
        raw = np.take(addresses, firsts[order], axis=0).tobytes()
        known, found = self._numbers, np.empty(len(firsts), np.int32)
        found[order] = [known.setdefault(raw[i : i + 20], len(known)) for i in range(0, len(raw), 20)]
        return found[which]

    def since(self, count: int) -> Array:
        """The addresses from number ``count`` on, as rows of 20 bytes."""
        return rows_of(list(self._numbers)[count:], 20)

    def _distinct(self, addresses: Array) -> tuple[Array, Array]:
        """Of each distinct address the row where it stands first; and for each row which of those it equals.

        Sorted by a 64-bit hash, which is quick, and then compared in full, which is right.
        """
        import numpy as np

        words = np.zeros((len(addresses), 3), np.uint64)
        words.view(np.uint8).reshape(-1, 24)[:, :20] = addresses
        mixed = np.zeros(len(addresses), np.uint64)
        for column, key in enumerate(self._keys):
            part = words[:, column] * np.uint64(key)
            mixed += (part ^ (part >> np.uint64(31))) * np.uint64(key)
        _, firsts, which = np.unique(mixed, return_index=True, return_inverse=True)
        if np.array_equal(np.take(words, firsts, axis=0)[which], words):
            return firsts, which
        _, firsts, which = np.unique(addresses, axis=0, return_index=True, return_inverse=True)
        return firsts, which.reshape(-1)
