"""Parties: what kind of investor may hold, and what an agent may do. Floor 0.

The numbers are the ones that stand in the contracts; the names are the ones people type.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum, IntFlag

from hashkit.errors import InputError


class InvestorClass(IntEnum):
    """The class of an investor as the identity registry stores it. 0 on chain means unknown."""

    RETAIL = 1
    PROFESSIONAL = 2
    INSTITUTION = 3
    VENUE = 4

    @property
    def label(self) -> str:
        """The name people type: ``professional``."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> InvestorClass:
        """A class by its name, in any case. InputError with the nearest name otherwise."""
        names = {member.label: member for member in cls}
        found = names.get(text.lower())
        if found is None or not text.isascii():
            raise _unknown("class of investor", text, names, "INVESTOR_CLASS")
        return found


Role = tuple[InvestorClass, InvestorClass]
"""A move that the role matrix lets through: from which class to which."""


def matrix_bits(roles: Iterable[Role]) -> int:
    """The role matrix as the contract holds it: bit (from - 1) * 4 + (to - 1)."""
    return sum({1 << ((sender - 1) * 4 + receiver - 1) for sender, receiver in roles})


def matrix_roles(bits: int) -> tuple[Role, ...]:
    """The moves that a matrix of the contract lets through, in the order of the classes."""
    every = [(sender, receiver) for sender in InvestorClass for receiver in InvestorClass]
    return tuple(role for role in every if bits & matrix_bits([role]))


def matrix_words(bits: int) -> str:
    """``retail > venue; venue > retail, venue``; ``nobody moves`` when it is empty."""
    rows: dict[str, list[str]] = {}
    for sender, receiver in matrix_roles(bits):
        rows.setdefault(sender.label, []).append(receiver.label)
    return "; ".join(f"{sender} > {', '.join(to)}" for sender, to in rows.items()) or "nobody moves"


class Power(IntFlag):
    """The powers of an agent, as bits. ``admin`` is no bit: it is a single address with two-step handover."""

    APPROVE = 1
    ISSUE = 2
    REDEEM = 4
    FREEZE = 8
    FORCE = 16
    RECOVER = 32
    ADMIT = 64
    RULES = 128
    DOCUMENT = 256
    PAUSE = 512
    RAISE = 1024
    RAW_SUPPLY = 2048

    @property
    def labels(self) -> tuple[str, ...]:
        """The names people type, lowest bit first: ``("approve", "raw-supply")``."""
        return tuple(_dashed(power) for power in Power if power in self)

    @classmethod
    def parse(cls, names: str | Iterable[str]) -> Power:
        """Powers by name: one, several separated by commas, or a list. InputError with the nearest name."""
        known = {_dashed(power): power for power in cls}
        found = cls(0)
        for name in names.split(",") if isinstance(names, str) else names:
            word = name.strip(" ").lower().replace("_", "-")
            if word not in known:
                raise _unknown("power", name, known, "POWER")
            found |= known[word]
        return found


def _dashed(power: Power) -> str:
    return str(power.name).lower().replace("_", "-")


def _unknown(what: str, text: str, names: Iterable[str], code: str) -> InputError:
    names = list(names)
    near = get_close_matches(text.lower(), names, n=1)
    return InputError(
        f"{text[:40]!a} is not a {what}.",
        next_step=f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(names)}.",
        code=code,
    )


@dataclass(frozen=True, slots=True)
class Admission:
    """An investor with his first wallet, as the registry takes him in.

    ``investor`` is a random 160-bit value in the form of an address, ``country`` ISO 3166 numeric,
    ``valid_until`` the last second of his verification (unix).
    """

    wallet: str
    investor: str
    country: int
    investor_class: InvestorClass
    valid_until: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registry says of a wallet. ``investor`` zero: not registered; ``valid_until`` 0: revoked."""

    investor: str
    country: int
    investor_class: int
    valid_until: int
    denied: bool

    @property
    def registered(self) -> bool:
        """True when the wallet belongs to an investor."""
        return int(self.investor, 16) != 0

    def verified(self, at: int) -> bool:
        """True when the investor counts as verified at block time ``at``."""
        return self.registered and not self.denied and at <= self.valid_until


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a trusted KYC issuer states of a wallet. Times are unix seconds, ``country`` ISO 3166 numeric."""

    issuer: str
    wallet: str
    investor: str
    country: int
    investor_class: InvestorClass
    valid_until: int
    issued_at: int

    @property
    def values(self) -> tuple[str, str, str, int, int, int, int]:
        """The fields in the order in which they are signed."""
        kind = int(self.investor_class)
        return (self.issuer, self.wallet, self.investor, self.country, kind, self.valid_until, self.issued_at)
