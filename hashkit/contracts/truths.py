"""What proves that an act has happened? A word of a view's answer, as data that a plan can be saved with. Floor 1."""

from __future__ import annotations

from typing import Any

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Query, Truth
from hashkit.contracts.identity_registry import IdentityRegistry


def order_opened(token: AssetToken, order_id: bytes, rows_root: bytes) -> Truth:
    """The order is on chain, with these rows: ``orderOf`` answers the root first."""
    return _word(token.order_of(order_id), 0, int.from_bytes(rows_root))


def rows_issued(token: AssetToken, order_id: bytes, last: int) -> Truth:
    """The order's cursor has passed row ``last``: the third word of ``orderOf``."""
    return _word(token.order_of(order_id), 2, last, at_least=True)


def redeemed(token: AssetToken, ref: bytes) -> Truth:
    """A redemption used this ref."""
    return _word(token.ref_consumed(ref), 0, 1)


def admitted(registry: IdentityRegistry, wallet: str) -> Truth:
    """The registry knows the wallet: ``standing`` answers its investor first, zero for a stranger."""
    return _word(registry.standing(wallet), 0, 1, at_least=True)


def _word(query: Query[Any], word: int, value: int, *, at_least: bool = False) -> Truth:
    return Truth(query.to, query.data, query.function, word, value, at_least)
