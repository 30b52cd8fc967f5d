"""What does the auditor expect? One TOML file; every table may be left out. Floor 3.

::

    [token]                                  # the same for [registry]
    owner = "0x…"
    agents = { "0x…" = ["approve", "issue"], "0x…" = ["pause"] }

    [hours]                                  # when agents work
    offset = "+08:00"                        # a fixed offset: no table of time zones can change a report
    days = ["mon", "tue", "wed", "thu", "fri"]
    from = "09:00"
    to = "18:00"

    [limits]
    nav_tolerance_percent = "0.5"            # default 0: price and NAV are equal
    largest_holder_percent = "25"
    top_five_percent = "60"
    dust = "1"                               # a holder with less is dust
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from hashkit.contracts.addresses import read_address
from hashkit.domain.parties import Power
from hashkit.domain.terms import shown
from hashkit.errors import InputError

V = TypeVar("V")

_THURSDAY = 3  # 1970-01-01 was one
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TABLES: Mapping[str, tuple[str, ...]] = {
    "token": ("owner", "agents"),
    "registry": ("owner", "agents"),
    "hours": ("offset", "days", "from", "to"),
    "limits": ("nav_tolerance_percent", "largest_holder_percent", "top_five_percent", "dust"),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """When agents work. ``offset``, ``start`` and ``end`` in minutes, days from Monday = 0."""

    offset: int
    days: frozenset[int]
    start: int
    end: int

    def inside(self, unix: int) -> bool:
        """True when the time lies in working hours."""
        day, second = divmod(unix + self.offset * 60, 86_400)
        return (day + _THURSDAY) % 7 in self.days and self.start <= second // 60 < self.end


@dataclass(frozen=True, slots=True)
class Holders:
    """Owner and agents that a contract should have. ``owner`` None: not said."""

    owner: str | None
    agents: Mapping[str, Power]


@dataclass(frozen=True, slots=True)
class Expected:
    """The file. What is None or empty was not said."""

    powers: Mapping[str, Holders] = field(default_factory=dict)
    """``token`` and ``identity registry``."""
    hours: Hours | None = None
    nav_tolerance: Decimal = Decimal(0)
    """Percent."""
    largest_holder: Decimal | None = None
    """Percent of all units."""
    top_five: Decimal | None = None
    dust: Decimal | None = None
    """Units."""


def read_expected(name: str, data: bytes) -> Expected:
    """The expectations in a file. InputError that names table and key."""
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(name, f"it is not TOML: {error}") from None
    for table, keys in found.items():
        known = _TABLES.get(table)
        if known is None or not isinstance(keys, dict):
            raise _bad(name, f"there is no table {shown(table)}; tables: {', '.join(_TABLES)}")
        for key in keys:
            if key not in known:
                raise _bad(name, f"[{table}] has no key {shown(key)}; keys: {', '.join(known)}")
    limits = found.get("limits", {})
    contracts = (("token", "token"), ("registry", "identity registry"))
    return Expected(
        powers={role: _holders(name, table, found[table]) for table, role in contracts if table in found},
        hours=_hours(name, found["hours"]) if "hours" in found else None,
        nav_tolerance=_number(name, limits, "nav_tolerance_percent") or Decimal(0),
        largest_holder=_number(name, limits, "largest_holder_percent"),
        top_five=_number(name, limits, "top_five_percent"),
        dust=_number(name, limits, "dust"),
    )


def _holders(name: str, table: str, said: Mapping[str, Any]) -> Holders:
    owner, agents = said.get("owner"), said.get("agents", {})
    if not isinstance(agents, dict):
        raise _bad(name, f"[{table}] agents: write {{ ADDRESS = [POWERS] }}")
    powers = {}
    for agent, held in agents.items():
        if not isinstance(held, list) or not all(isinstance(one, str) for one in held):
            raise _bad(name, f"[{table}] agents: the powers of {shown(agent)} are a list of names")
        powers[_address(name, table, agent)] = _named(name, table, held)
    return Holders(None if owner is None else _address(name, table, owner), powers)


def _address(name: str, table: str, text: object) -> str:
    try:
        return read_address(str(text))[0]
    except InputError as error:
        raise _bad(name, f"[{table}] {shown(str(text))}: {error.sentence}") from None


def _named(name: str, table: str, held: list[str]) -> Power:
    try:
        return Power.parse(held)
    except InputError as error:
        raise _bad(name, f"[{table}] {error.sentence} {error.next_step}") from None


def _hours(name: str, said: Mapping[str, Any]) -> Hours:
    offset = re.fullmatch(r"([+-])([01][0-9]):([0-5][0-9])", str(said.get("offset", "")))
    if offset is None:
        raise _bad(name, '[hours] offset: write the distance from UTC, like "+08:00"')
    days = said.get("days")
    if not isinstance(days, list) or not days or not all(day in _DAYS for day in days):
        raise _bad(name, f"[hours] days: a list of {', '.join(_DAYS)}")
    minutes = int(offset[2]) * 60 + int(offset[3])
    start, end = _clock(name, said, "from"), _clock(name, said, "to")
    if start >= end:
        raise _bad(name, "[hours] from lies before to, on one day")
    return Hours(-minutes if offset[1] == "-" else minutes, frozenset(map(_DAYS.index, days)), start, end)


def _clock(name: str, said: Mapping[str, Any], key: str) -> int:
    found = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9])", str(said.get(key, "")))
    if found is None or (minutes := int(found[1]) * 60 + int(found[2])) > 1440:
        raise _bad(name, f'[hours] {key}: write a time of day, like "09:00"')
    return minutes


def _number(name: str, limits: Mapping[str, Any], key: str) -> Decimal | None:
    text = limits.get(key)
    if text is None:
        return None
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,30}(\.[0-9]{1,18})?", text):
        raise _bad(name, f'[limits] {key}: write a number in quotes, like "0.5"')
    return Decimal(text)


def _bad(name: str, says: str) -> InputError:
    return InputError(f"{name}: {says}.", next_step="Mend the file; docs/checks.md shows an example.", code="EXPECTED")
