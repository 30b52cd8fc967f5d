"""Where do tokens keep balances and supply? Ours by the compiler's layout, others' by what is known. Floor 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hashkit.contracts.hashing import keccak
from hashkit.contracts.storage import mapped, mapped_vyper, slot_of

_ERC7201 = 0x52C63247E1F47DB19D5CE0460030C497F067CA4CEBF71BA98EEADABE20BACE00
"""``openzeppelin.storage.ERC20``, the namespace of OpenZeppelin 5's upgradeable tokens."""
_SOLADY_SUPPLY = 0x05345CDF77EB68F44C
_SOLADY_BALANCE = bytes.fromhex("000000000000000087a211a2")
_SLOTS, _VYPER_SLOTS = 128, 32
"""How far a mapping is looked for: OpenZeppelin 4's upgradeable tokens use slot 51, T-REX one near 100."""

BALANCE = (1 << 128) - 1
"""Bits of an account's record in a token of ours; see contracts/token/Record.sol and Config.sol."""
FROZEN, PARTLY_FROZEN = 1 << 180, 1 << 181
PAUSED, HALTED = 1 << 56, 1 << 57


@dataclass(frozen=True, slots=True)
class Place:
    """Where one token keeps its balances."""

    name: str
    slot: Callable[[str], int]
    """Account -> slot of its balance."""
    whole: bool = True
    """The balance fills its word; else it is the lower half of a record of ours."""

    def balance(self, word: int) -> int:
        """The balance in the account's word, smallest units."""
        return word if self.whole else word & BALANCE


def ours() -> Place:
    """A token of hashkit."""
    records = slot_of("AssetToken", "_records")
    return Place("AssetToken of hashkit", lambda account: mapped(records, account), whole=False)


def known() -> Iterator[Place]:
    """Where tokens of others may keep theirs, the usual first."""
    yield _plain(0)
    yield Place("OpenZeppelin 5 upgradeable (ERC-7201)", lambda account: mapped(_ERC7201, account))
    yield Place("Solady", _solady)
    for number in range(1, _SLOTS):
        yield _plain(number)
    for number in range(_VYPER_SLOTS):
        yield _vyper(number)


def supplies() -> tuple[int, ...]:
    """Slots in which tokens of others may keep their total supply."""
    return (*range(_SLOTS), _ERC7201 + 2, _SOLADY_SUPPLY)


def _plain(number: int) -> Place:
    return Place(f"mapping at slot {number}", lambda account: mapped(number, account))


def _vyper(number: int) -> Place:
    return Place(f"Vyper mapping at slot {number}", lambda account: mapped_vyper(number, account))


def _solady(account: str) -> int:
    return int.from_bytes(keccak(bytes.fromhex(account[2:]) + _SOLADY_BALANCE), "big")
