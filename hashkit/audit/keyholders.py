"""Who stands behind an address: one key, a Safe, a timelock, some contract? Floor 3.

A Safe is what answers ``getOwners`` and ``getThreshold``, a timelock what answers ``getMinDelay``. Its code was not
compared with anything: whoever relies on it looks at that too.
"""

from __future__ import annotations

from collections.abc import Iterable

from hashkit.audit.evidence import KeyHolder
from hashkit.audit.view import View
from hashkit.contracts.foreign import Foreign

_MOST_OWNERS = 1_000


def look_behind(view: View, addresses: Iterable[str]) -> dict[str, KeyHolder]:
    """What stands behind each address, at the block."""
    wanted = sorted(set(addresses))
    codes = view.code_of(wanted)
    return {address: _one(view, address, codes[address]) for address in wanted}


def real_code(code: bytes) -> bytes:
    """Code of an account; a key that delegates (EIP-7702) is still a key."""
    return b"" if code.startswith(b"\xef\x01\x00") else code


def _one(view: View, address: str, code: bytes) -> KeyHolder:
    if not real_code(code):
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
