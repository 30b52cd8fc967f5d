"""The typed face of the Lens: every failing rule of a movement with its figures. Floor 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hashkit.contracts.abi import Face
from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import ZERO
from hashkit.domain.verdict import Figures, Kind


class Lens(Face):
    """Reads only, replaceable, has no power."""

    contracts = ("Lens",)

    def explain(
        self, token: str, kind: Kind, spender: str, sender: str, to: str, amount: int
    ) -> Query[tuple[int, tuple[Figures, ...]]]:
        """The verdict's mask and the figures of each failing rule. ``spender`` is the sender himself otherwise."""
        question = (token, int(kind), spender, sender, to, amount)
        return self._query("explain((address,uint8,address,address,address,uint256))", question, read=_reasons)


def _reasons(mask: int, reasons: Sequence[tuple[Any, ...]]) -> tuple[int, tuple[Figures, ...]]:
    def account(value: str) -> str:
        return "" if value == ZERO else checksum(value)

    return mask, tuple(Figures(bit, account(who), have, need) for bit, who, have, need in reasons)
