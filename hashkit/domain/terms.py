"""Asset terms: what one tranche is, who may hold it, and how it may move. Floor 0.

The terms are what the term sheet says; the deployment is what stands on chain. A term that cannot hold is
refused here, so that no caller, file or notebook can deploy it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, get_args

from hashkit.domain.countries import country_by_numeric
from hashkit.domain.currencies import currency
from hashkit.domain.identifiers import isin, lei
from hashkit.domain.parties import InvestorClass, Role
from hashkit.domain.units import Units
from hashkit.errors import InputError

Kind = Literal["fund", "bond", "commodity", "equity", "other"]
Mode = Literal["open", "primary-only", "venue-only", "role-matrix"]

MODES: tuple[Mode, ...] = get_args(Mode)
"""Modes in the order in which the contract numbers them."""

LONGEST = 2**32 - 1
"""Most seconds of a period, and most holders, that a rule book can hold."""

LAST_TIME = 2**40 - 1
"""Latest unix second the contracts can hold."""

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_AMOUNTS = ("cap", "max_units_per_investor", "minimum_holding", "denomination", "velocity")
_OF_RULE_BOOK = (*_AMOUNTS[1:], "max_holders", "max_holders_in", "holding_period", "sanctions_oracle")
_PERIODS = {"d": 86_400, "h": 3_600, "s": 1}
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com[0-9]|lpt[0-9]")
_ADDRESS = re.compile(r"0x(?!0{40})[0-9a-fA-F]{40}")
_DIGEST = re.compile(r"0x[0-9a-f]{64}")


class Document(NamedTuple):
    """A paper behind the asset. ``digest`` is the SHA-256 or Keccak-256 of its bytes, 0x and 64 digits."""

    name: str
    uri: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetTerms:
    """The terms of one tranche. An InputError lists everything that cannot hold.

    ``decimals`` 0 to 18; ``cap``, ``max_units_per_investor``, ``minimum_holding``, ``denomination`` and ``velocity``
    in units of this token, None for no such rule; ``max_holders_in`` pairs of a country (ISO 3166 numeric) and a
    number of holders; periods in seconds; ``sanctions_oracle`` the address of a contract;
    ``countries`` are ISO 3166 numeric codes and ``classes`` investor classes that may hold, empty for all;
    ``role_matrix`` which class may move to which, for mode role-matrix;
    ``lockup_until`` in unix seconds (UTC): no Move before it; ``slot_delay_seconds`` between proposing and
    applying another registry or rule book.
    """

    symbol: str
    name: str
    decimals: int
    kind: Kind
    issuer: str
    cap: Units | None = None
    isin: str | None = None
    lei: str | None = None
    currency: str | None = None
    countries: tuple[int, ...] = ()
    classes: tuple[InvestorClass, ...] = ()
    mode: Mode = "open"
    role_matrix: tuple[Role, ...] = ()
    lockup_until: int | None = None
    max_units_per_investor: Units | None = None
    minimum_holding: Units | None = None
    denomination: Units | None = None
    max_holders: int | None = None
    max_holders_in: tuple[tuple[int, int], ...] = ()
    velocity: Units | None = None
    velocity_period: int | None = None
    holding_period: int | None = None
    sanctions_oracle: str | None = None
    slot_delay_seconds: int = 86400
    documents: tuple[Document, ...] = ()

    def __post_init__(self) -> None:
        findings = list(_findings(self))
        if findings:
            raise InputError(
                f"The terms of {shown(self.symbol)} cannot hold.",
                next_step="Mend them and try again.",
                code="TERMS",
                details=findings,
            )

    def units(self, amount: str | Units) -> Units:
        """``amount`` in units of this token."""
        return Units.of(amount, self.decimals)

    @property
    def counts(self) -> bool:
        """Whether some rule lies in a rule book."""
        return any(getattr(self, field) for field in _OF_RULE_BOOK)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: amounts as strings, countries as alpha-2, the lock-up as an ISO time."""
        return {
            "symbol": self.symbol,
            "name": self.name,
            "decimals": self.decimals,
            "kind": self.kind,
            "issuer": self.issuer,
            "isin": self.isin,
            "lei": self.lei,
            "currency": self.currency,
            "cap": None if self.cap is None else str(self.cap),
            "countries": [country_by_numeric(n).alpha2 for n in self.countries],
            "classes": [c.label for c in self.classes],
            "mode": self.mode,
            "role_matrix": [f"{sender.label} > {receiver.label}" for sender, receiver in self.role_matrix],
            "lockup_until": None if self.lockup_until is None else iso_time(self.lockup_until),
            "max_units_per_investor": _text(self.max_units_per_investor),
            "minimum_holding": _text(self.minimum_holding),
            "denomination": _text(self.denomination),
            "max_holders": self.max_holders,
            "max_holders_in": {country_by_numeric(n).alpha2: most for n, most in self.max_holders_in},
            "velocity": _text(self.velocity),
            "velocity_period": self.velocity_period,
            "holding_period": self.holding_period,
            "sanctions_oracle": self.sanctions_oracle,
            "slot_delay_seconds": self.slot_delay_seconds,
            "documents": [document._asdict() for document in self.documents],
        }


def instant(when: str | date | datetime) -> int:
    """Unix seconds of an ISO date (its first second, UTC) or of a time that names its offset, such as Z."""
    moment = _moment(when) if isinstance(when, str) else when
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if moment.tzinfo is None:
        sentence = f"The time {moment.isoformat()} has no offset."
        raise InputError(sentence, next_step="End it with Z for UTC.", code="TIME")
    if moment.microsecond:
        raise InputError("A time is given to the second.", next_step="Remove the fraction.", code="TIME")
    return int(moment.timestamp())


def period(text: str) -> int:
    """Seconds of ``90d``, ``12h`` or ``30s``."""
    number, unit = text[:-1], text[-1:]
    if unit not in _PERIODS or not re.fullmatch(r"[0-9]{1,10}", number) or int(number) * _PERIODS[unit] > LONGEST:
        raise InputError(f"{shown(text)} is no period.", next_step="Write for example 90d, 12h or 30s.", code="PERIOD")
    return int(number) * _PERIODS[unit]


def period_text(seconds: int) -> str:
    """``90d``: in the largest unit that divides it."""
    return next(f"{seconds // size}{unit}" for unit, size in _PERIODS.items() if seconds % size == 0)


def iso_time(unix: int) -> str:
    """``2027-01-01T00:00:00Z``."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(text: str, limit: int = 60) -> str:
    """Somebody else's text in double quotes, safe for a screen: no control or direction characters, cut."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return '"' + "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode() for ch in cut) + '"'


def _moment(text: str) -> datetime | date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(Z|[+-][0-9]{2}:[0-9]{2})?", text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(
        f"{shown(text)} is not a date or time.",
        next_step="Write it like 2027-01-01 or 2027-01-01T09:00:00Z.",
        code="TIME",
    )


def _text(units: Units | None) -> str | None:
    return None if units is None else str(units)


def _findings(terms: AssetTerms) -> Iterator[str]:
    yield from _naming(terms)
    yield from _numbers(terms)
    yield from _limits(terms)
    yield from _lists(terms)
    for field, check in (("isin", isin), ("lei", lei), ("currency", currency)):
        value = getattr(terms, field)
        if value is not None:
            yield from _refusal(field, check, value)
    for number, document in enumerate(terms.documents, 1):
        yield from _document(number, document)


def _naming(terms: AssetTerms) -> Iterator[str]:
    if not _SYMBOL.fullmatch(terms.symbol) or len(terms.symbol) > 16 or _RESERVED.fullmatch(terms.symbol):
        yield (
            f"symbol: {shown(terms.symbol)} is not a symbol: 1 to 16 ASCII letters and digits, "
            "a letter first, hyphens only between them, no device name of Windows (it names files)"
        )
    yield from _plain("name", terms.name, 64)
    yield from _plain("issuer", terms.issuer, 120)
    if terms.kind not in get_args(Kind):
        yield f"kind: {shown(str(terms.kind))} is none of {', '.join(get_args(Kind))}"
    if terms.mode not in MODES:
        yield f"mode: {shown(str(terms.mode))} is none of {', '.join(MODES)}"


def _numbers(terms: AssetTerms) -> Iterator[str]:
    if not _whole(terms.decimals) or not 0 <= terms.decimals <= 18:
        yield "decimals: a whole number from 0 to 18"
    for field in _AMOUNTS:
        value = getattr(terms, field)
        if value is not None and value.decimals != terms.decimals:
            yield f"{field}: counted in {value.decimals} decimals, the token has {terms.decimals}"
        elif value is not None and not value:
            yield f"{field}: zero is no limit; leave it out for none"
    lockup = terms.lockup_until
    if lockup is not None and not (_whole(lockup) and 0 < lockup <= LAST_TIME):
        yield "lockup_until: not a time after 1970 that the contract can hold"
    if not _whole(terms.slot_delay_seconds) or not 0 <= terms.slot_delay_seconds <= 365 * 86400:
        yield "slot_delay_seconds: a whole number of seconds, at most a year (86400 = one day)"


def _limits(terms: AssetTerms) -> Iterator[str]:
    """What the rule book holds: each rule alone, and those that would refuse everything together."""
    most = terms.max_units_per_investor
    for field in _OF_RULE_BOOK[:3]:
        value = getattr(terms, field)
        if value is not None and terms.cap is not None and value.raw > terms.cap.raw:
            yield f"{field}: more than the cap"
    for field in _OF_RULE_BOOK[1:3]:
        value = getattr(terms, field)
        if value is not None and most is not None and value.raw > most.raw:
            yield f"{field}: more than max_units_per_investor"
    if terms.denomination is not None and len(str(terms.denomination.raw).rstrip("0")) > 12:
        yield "denomination: at most twelve digits before its zeros"
    for field in ("max_holders", "velocity_period", "holding_period"):
        value = getattr(terms, field)
        if value is not None and not (_whole(value) and 0 < value <= LONGEST):
            yield f"{field}: a whole number from 1 to {LONGEST}"
    if (terms.velocity is None) != (terms.velocity_period is None):
        yield "velocity: units and a period belong together"
    if len({numeric for numeric, _ in terms.max_holders_in}) != len(terms.max_holders_in):
        yield "max_holders_in: some country is listed twice"
    for numeric, holders in terms.max_holders_in:
        yield from _refusal("max_holders_in", country_by_numeric, numeric)
        if not (_whole(holders) and 0 < holders <= LONGEST):
            yield f"max_holders_in: a whole number from 1 to {LONGEST}"
    if terms.sanctions_oracle is not None and not _ADDRESS.fullmatch(terms.sanctions_oracle):
        yield f"sanctions_oracle: {shown(terms.sanctions_oracle)} is no address of a contract"


def _lists(terms: AssetTerms) -> Iterator[str]:
    for field in ("countries", "classes"):
        values = getattr(terms, field)
        if len(set(values)) != len(values):
            yield f"{field}: some value is listed twice"
    for numeric in terms.countries:
        yield from _refusal("countries", country_by_numeric, numeric)
    if (terms.mode == "role-matrix") != bool(terms.role_matrix):
        yield "role_matrix: it belongs to mode role-matrix, which needs one; to let nobody move, use mode primary-only"
    if len(set(terms.role_matrix)) != len(terms.role_matrix):
        yield "role_matrix: some value is listed twice"
    if any(not isinstance(item, InvestorClass) for item in terms.classes):
        yield "classes: not an InvestorClass"
    names = [document.name for document in terms.documents]
    if len(set(names)) != len(names):
        yield "documents: two have the same name"


def _document(number: int, document: Document) -> Iterator[str]:
    where = f"documents[{number}]"
    yield from _plain(f"{where}.name", document.name, 31)
    if not re.fullmatch(r"(https|ipfs)://[!-~]{1,500}", document.uri):
        yield f"{where}.uri: {shown(document.uri)} is no https:// or ipfs:// address in ASCII"
    if not _DIGEST.fullmatch(document.digest):
        yield f"{where}.hash: {shown(document.digest)} is not 0x and 64 small hex digits"


def _plain(field: str, text: str, longest: int) -> Iterator[str]:
    """Names go on chain and into every report: printable, composed, no edges, no direction tricks."""
    if not text or text != text.strip() or len(text) > longest:
        yield f"{field}: {shown(text)} must be 1 to {longest} characters without spaces at either end"
    elif not text.isprintable() or text != unicodedata.normalize("NFC", text):
        yield f"{field}: {shown(text)} has control, invisible or decomposed characters"


def _refusal(field: str, check: Callable[[Any], object], value: Any) -> Iterator[str]:
    try:
        check(value)
    except InputError as error:
        yield f"{field}: {error}"


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
