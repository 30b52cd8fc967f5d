"""Terms on disk: read ``assets/<SYMBOL>.toml`` into AssetTerms, or say everything that is wrong. Floor 2."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hashkit.contracts.addresses import read_address
from hashkit.domain.countries import country
from hashkit.domain.parties import InvestorClass
from hashkit.domain.terms import AssetTerms, Document, instant, period, shown
from hashkit.domain.units import Units
from hashkit.errors import InputError

MAX_BYTES = 256 * 1024


class _Section(BaseModel):
    """Strict, and no key that we do not know: a mistyped rule must not be a rule left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Issuer(_Section):
    name: str
    lei: str | None = None


class _Velocity(_Section):
    units: str
    period: str


class _Rules(_Section):
    mode: str = "open"
    role_matrix: dict[str, list[str]] = {}
    countries: list[str] = []
    classes: list[str] = []
    lockup_until: str | datetime | date | None = None
    max_units_per_investor: str | None = None
    minimum_holding: str | None = None
    denomination: str | None = None
    max_holders: int | None = None
    max_holders_in: dict[str, int] = {}
    velocity: _Velocity | None = None
    holding_period: str | None = None
    sanctions_oracle: str | None = None


class _Control(_Section):
    slot_delay_seconds: int = 86400


class _Document(_Section):
    name: str
    uri: str
    hash: str


class _File(_Section):
    symbol: str
    name: str
    decimals: int
    kind: str
    issuer: _Issuer
    cap: str | None = None
    isin: str | None = None
    currency: str | None = None
    rules: _Rules = Field(default_factory=_Rules)
    control: _Control = Field(default_factory=_Control)
    documents: list[_Document] = []


def read_terms(path: Path) -> AssetTerms:
    """The terms in ``path``. One InputError with a line for every problem."""
    file = _validated(_parsed(path), path)
    findings: list[str] = []
    fields = dict(_fields(file, findings))
    try:
        terms = AssetTerms(**fields)
    except InputError as error:
        findings.extend(error.details)
    if not findings and terms.symbol != path.stem:
        findings.append(f"symbol: the file is named {path.name}, the symbol is {terms.symbol}")
    if findings:
        raise _refused(path, findings)
    return terms


def _refused(path: Path, findings: list[str]) -> InputError:
    return InputError(
        f"{path.name} has {len(findings)} problem{'s' if len(findings) > 1 else ''}.",
        next_step="Mend the file and run the command again.",
        code="TERMS",
        details=findings,
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path}.", why=f"{error.strerror}.", code="NO_FILE") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_BYTES // 1024} kB.", code="TERMS")
    try:
        return tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not UTF-8.", next_step="Save it as UTF-8.", code="TERMS") from None
    except (ValueError, RecursionError) as error:
        said = isinstance(error, tomllib.TOMLDecodeError)
        why = f"{error}." if said else "It nests too deep or holds a number that is too long."
        raise InputError(f"{path.name} is not TOML.", why=why, code="TERMS") from None


def _validated(data: dict[str, Any], path: Path) -> _File:
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        raise _refused(path, list(dict.fromkeys(map(_finding, error.errors())))) from None


def _finding(error: Any) -> str:
    """One line for one pydantic error, in the words of the file."""
    place = [step for step in error["loc"] if isinstance(step, int) or not _union_member(step)]
    names = [f"[{step + 1}]" if isinstance(step, int) else f".{_key(step)}" for step in place]
    where = "".join(names).lstrip(".")
    if error["type"] == "missing":
        return f"{where}: missing"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown{_hint(place)}"
    if error["type"] == "string_type" and place[-1] in ("cap", *_AMOUNTS, "units"):
        return f'{where}: amounts stand in quotation marks, like "1250.50": a bare number may lose digits'
    if place[-1] == "lockup_until":
        return f"{where}: give a date or a time, like 2027-01-01"
    value = error["input"]
    got = f", not {shown(str(value))}" if isinstance(value, str | int | float | date | time) else ""
    return f"{where}: give {_EXPECTED.get(error['type'], 'a table')}{got}"


_AMOUNTS = ("max_units_per_investor", "minimum_holding", "denomination")
_EXPECTED = {"string_type": "a text in quotation marks", "int_type": "a whole number", "list_type": "a list"}


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text) else shown(text)


def _union_member(step: str) -> bool:
    return step in ("str", "datetime", "date")


_MODELS: dict[str, type[_Section]] = {
    "issuer": _Issuer,
    "rules": _Rules,
    "velocity": _Velocity,
    "control": _Control,
    "documents": _Document,
}


def _hint(place: list[Any]) -> str:
    names = [step for step in place[:-1] if step in _MODELS]
    model = _MODELS[names[-1]] if names else _File
    near = get_close_matches(str(place[-1]), model.model_fields, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    home = next((name for name, other in _MODELS.items() if str(place[-1]) in other.model_fields), None)
    if home and len(place) == 1:
        return f"; it belongs under [{home}]"
    return f"; known are {', '.join(model.model_fields)}"


def _fields(file: _File, findings: list[str]) -> Iterator[tuple[str, Any]]:
    """The arguments of AssetTerms. What cannot be converted is found, and left out."""
    decimals = file.decimals if 0 <= file.decimals <= 18 else 18  # wrong decimals are found by AssetTerms
    rules = file.rules

    def converted(where: str, convert: Callable[[Any], Any], value: Any) -> Iterator[Any]:
        try:
            if value is not None:
                yield convert(value)
        except InputError as error:
            findings.append(f"{where}: {error}")

    def each(where: str, convert: Callable[[Any], Any], values: list[str]) -> tuple[Any, ...]:
        return tuple(x for n, text in enumerate(values, 1) for x in converted(f"{where}[{n}]", convert, text))

    def amount(text: str) -> Units:
        return Units.of(text, decimals)

    yield from file.model_dump(include={"symbol", "name", "decimals", "kind", "isin", "currency"}).items()
    yield "issuer", file.issuer.name
    yield "lei", file.issuer.lei
    yield "mode", rules.mode
    yield "slot_delay_seconds", file.control.slot_delay_seconds
    yield "documents", tuple(Document(d.name, d.uri, d.hash) for d in file.documents)
    yield "countries", each("rules.countries", lambda text: country(text).numeric, rules.countries)
    yield "role_matrix", tuple(
        (sender, receiver)
        for name, row in rules.role_matrix.items()
        for sender in converted("rules.role_matrix", InvestorClass.parse, name)
        for receiver in each(f"rules.role_matrix.{_key(name)}", InvestorClass.parse, row)
    )
    yield "classes", each("rules.classes", InvestorClass.parse, rules.classes)
    for cap in converted("cap", amount, file.cap):
        yield "cap", cap
    for field in _AMOUNTS:
        for limit in converted(f"rules.{field}", amount, getattr(rules, field)):
            yield field, limit
    yield "max_holders", rules.max_holders
    yield "max_holders_in", tuple(
        (numeric, most)
        for code, most in rules.max_holders_in.items()
        for numeric in converted("rules.max_holders_in", lambda text: country(text).numeric, code)
    )
    if rules.velocity is not None:
        for units in converted("rules.velocity.units", amount, rules.velocity.units):
            for seconds in converted("rules.velocity.period", period, rules.velocity.period):
                yield from (("velocity", units), ("velocity_period", seconds))
    for seconds in converted("rules.holding_period", period, rules.holding_period):
        yield "holding_period", seconds
    for oracle in converted("rules.sanctions_oracle", lambda text: read_address(text)[0], rules.sanctions_oracle):
        yield "sanctions_oracle", oracle
    for moment in converted("rules.lockup_until", instant, rules.lockup_until):
        yield "lockup_until", moment
