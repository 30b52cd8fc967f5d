"""Who stands behind an address: one key, a Safe, a timelock, some contract? Floor 3.

A Safe is what answers ``getOwners`` and ``getThreshold``, a timelock what answers ``getMinDelay``. Its code was not
compared with anything: whoever relies on it looks at that too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from hashkit.audit.view import View
from hashkit.contracts.foreign import Foreign

Kind = Literal["key", "Safe", "timelock", "contract"]
_MOST_OWNERS = 1_000


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """An address with a power. ``owners`` of a Safe, of which ``threshold`` must sign; ``delay`` of a timelock in
    seconds."""

    address: str
    kind: Kind
    owners: tuple[str, ...] = ()
    threshold: int = 0
    delay: int = 0

    @property
    def keys(self) -> tuple[frozenset[str], int]:
        """Out of which keys how many must agree. Nobody knows for another contract: it counts as one."""
        if self.kind == "Safe":
            return frozenset(self.owners), self.threshold
        return frozenset((self.address,)), 1

    @property
    def told(self) -> str:
        """In words."""
        match self.kind:
            case "Safe":
                return f"a Safe, {self.threshold} of {len(self.owners)}"
            case "timelock":
                return f"a timelock of {self.delay} seconds; whose keys open it was not looked at"
            case "contract":
                return "a contract; whose keys stand behind it was not looked at"
        return "a key"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "address": self.address,
            "kind": self.kind,
            "owners": list(self.owners),
            "threshold": self.threshold,
            "delaySeconds": self.delay,
        }


def look_behind(view: View, addresses: Iterable[str]) -> dict[str, KeyHolder]:
    """What stands behind each address, at the block."""
    wanted = sorted(set(addresses))
    codes = view.code_of(wanted)
    return {address: _one(view, address, codes[address]) for address in wanted}


def _one(view: View, address: str, code: bytes) -> KeyHolder:
    if not code or code.startswith(b"\xef\x01\x00"):  # a key that delegates (EIP-7702) is still a key
        return KeyHolder(address, "key")
    it = Foreign(address)
    owners, threshold, delay = view.ask_many([it.safe_owners(), it.safe_threshold(), it.minimum_delay()])
    if owners and threshold and threshold <= len(set(owners)) <= _MOST_OWNERS:
        return KeyHolder(address, "Safe", tuple(sorted(set(owners))), threshold)
    return KeyHolder(address, "timelock", delay=delay) if delay is not None else KeyHolder(address, "contract")


def fewest(parts: Iterable[KeyHolder]) -> int:
    """The fewest keys with which these (one or two) can act together: one key may serve both."""
    total, pool = 0, frozenset[str]()
    for one in parts:
        keys, need = one.keys
        shared = min(len(keys & pool), need, total)
        total += need - shared
        pool |= keys
    return total
