"""Addresses from the edge: is this text the address of somebody who can hold units? Floor 1.

A wrong address is money lost for good. So a checksum that is there must be right (EIP-55), and nothing that
merely looks like an address passes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from hashkit.contracts.hashing import checksum
from hashkit.errors import InputError

_HEX = re.compile(r"0x[0-9a-fA-F]{40}")
_PREDEPLOY = re.compile(r"0x4200000000000000000000000000000000[0-9a-f]{6}")

_SYSTEM = ("0x00000000", "0x42000000")
"""How the addresses begin that are looked at more closely."""

SMALLEST = 0x10000
"""Everything below is the zero address, a precompile (0x1 to 0x11, 0x100) or a made-up burn address."""


COMPARE = "compare every digit (address poisoning)"
"""What to do about wallets that look alike."""


def read_address(text: str) -> tuple[str, bool]:
    """The EIP-55 address that ``text`` spells, and whether the text itself carried the checksum.

    All-lower and all-upper spellings carry none: they are taken, and the caller warns. InputError for a
    wrong checksum (the right spelling is in ``next_step``), for anything malformed, and for addresses that
    cannot hold units: zero, precompiles, system contracts of the chain.
    """
    right = read_contract(text)
    _refuse_system(right)
    return right, text == right


def read_contract(text: str) -> str:
    """The EIP-55 address that ``text`` spells, of a contract that need not hold units: a predeploy passes.

    InputError for a wrong checksum and for anything malformed.
    """
    if not _HEX.fullmatch(text):
        raise _malformed(text)
    right = checksum(text)
    if text != right and (digits := text[2:]) != digits.lower() and digits != digits.upper():
        raise InputError(
            f"Address {text} has a wrong checksum.",
            why="Some character was mistyped, or its case was changed.",
            next_step=f"If every digit is right, write {right}; otherwise copy it from its source again.",
            code="CHECKSUM",
        )
    return right


def look_alikes(addresses: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of different addresses that share their first and their last four digits: what people compare.

    Making such an address takes an attacker minutes, so a wallet copied from a history may be his.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for address in dict.fromkeys(addresses):
        groups[look(address)].append(address)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def look(address: str) -> str:
    """The digits of an address that people compare."""
    return (address[2:6] + address[-4:]).lower()


def _refuse_system(address: str) -> None:
    if not address.startswith(_SYSTEM):
        return
    if int(address, 16) == 0:
        why = "It is the zero address."
    elif int(address, 16) < SMALLEST:
        why = "It is a precompile or a burn address."
    elif _PREDEPLOY.fullmatch(address.lower()):
        why = "It is a system contract of the chain."
    else:
        return
    raise InputError(
        f"Address {address} cannot hold units.",
        why=why,
        next_step="Give the investor's own wallet; units sent there would be lost.",
        code="SYSTEM_ADDRESS",
    )


def _malformed(text: str) -> InputError:
    why, mend = _diagnosis(text)
    spoken = text[:60].encode("unicode_escape").decode()
    return InputError(f'"{spoken}" is not an address.', why=why, next_step=mend, code="ADDRESS")


def _diagnosis(text: str) -> tuple[str, str]:
    again = "Copy the address from its source again."
    if not text:
        return "It is empty.", "Give 0x and 40 hex digits."
    if not (text.isascii() and text.isprintable()):
        return f"C{strange_character(text)[1:]}.", again
    if text[0] in "=+-@":
        return "It is a formula.", "Paste the value of the cell, not its formula."
    if " " in text:
        return "It contains spaces.", "Remove them."
    if re.fullmatch(r"0X[0-9a-fA-F]{40}", text):
        return "It begins with a capital X.", "Write 0x with a small x."
    if re.fullmatch(r"[0-9a-fA-F]{40}", text):
        return "The 0x is missing.", f"Write 0x{text}."
    if re.fullmatch(r"0x[0-9a-fA-F]*", text):
        return f"It has {len(text) - 2} hex digits instead of 40.", again
    if text.lower().endswith(".eth"):
        return "It is a name.", "Give the address itself: names can change hands."
    return "An address is 0x and 40 hex digits.", again


def strange_character(text: str) -> str:
    """Names the first character of ``text`` that is not printable ASCII, and its place counted from 1."""
    place, ch = next((n, c) for n, c in enumerate(text, 1) if not (c.isascii() and c.isprintable()))
    return f"character {place} is U+{ord(ch):04X} {unicodedata.name(ch, 'control character')}"
