"""From the text of one cell to its value. Floor 2. Nothing is trimmed, repaired or guessed."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from hashkit.contracts.addresses import COMPARE, read_address, strange_character
from hashkit.domain.orders import MAX_ROW_RAW
from hashkit.domain.terms import shown
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.store.sheets.model import Findings, counted, listed
from hashkit.store.sheets.reader import Cells

V = TypeVar("V")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,18})?")
_DIGEST = re.compile(r"0x[0-9a-fA-F]{64}")
_PRICE_DECIMALS = 18
_SHORT = {
    "COUNTRY": "unknown code",
    "CURRENCY": "unknown code",
    "INVESTOR_CLASS": "unknown class",
    "AMOUNT": "not an amount",
    "DECIMALS": "too many decimals",
    "CHECKSUM": "wrong checksum",
}


class RowReader:
    """Reads the cells of one row; every cell that fails becomes a finding."""

    def __init__(self, cells: Cells, subject: str, findings: Findings) -> None:
        self.cells = cells
        self.subject = subject if _ID.fullmatch(subject) else ""
        self.findings = findings
        self.failed = False

    def needs(self, column: str, convert: Callable[[str], V]) -> V | None:
        """The value of a cell that must be filled. None after a finding."""
        text = self.cells[column]
        if text:
            return self._converted(column, text, convert)
        self.fail(column, "", "is empty: fill it in")
        return None

    def may(self, column: str, convert: Callable[[str], V]) -> V | None:
        """The value of a cell that may be empty."""
        text = self.cells[column]
        return self._converted(column, text, convert) if text else None

    def fail(self, column: str, value: str, says: str) -> None:
        """Note that this row cannot be taken."""
        self.failed = True
        self.findings.add(self.cells.line, self.subject, column, value, says)

    def _converted(self, column: str, text: str, convert: Callable[[str], V]) -> V | None:
        try:
            return convert(text)
        except InputError as error:
            self.fail(column, text, _words(error))
            return None


def identifier(text: str) -> str:
    """An id of the issuer's own books: letters, digits and ``. _ / -``, at most 64, no formula."""
    if _ID.fullmatch(text):
        return text
    if not text:
        raise _bad("is empty", "give one")
    raise _bad(*_identifier_trouble(text))


def amount(decimals: int) -> Callable[[str], Units]:
    """Reads a positive number of units that fits into a row of an order."""

    def read(text: str) -> Units:
        _no_formula(text)
        units = Units.of(text, decimals)
        if not units:
            raise _bad("is zero", "remove the row or give an amount")
        if units.raw > MAX_ROW_RAW:
            raise _bad("is more than one row can hold", "split it over several rows")
        return units

    return read


def price(text: str) -> Decimal:
    """A price per unit, at most 18 decimals."""
    _no_formula(text)
    Units.of(text, _PRICE_DECIMALS)
    return Decimal(text)


def money(text: str) -> Decimal:
    """An amount of money, not zero; a minus in front means paid out."""
    if not _MONEY.fullmatch(text):
        raise _bad("not an amount of money", "write plain digits, a point and a minus in front of what was paid out")
    found = Decimal(text)
    if not found:
        raise _bad("is zero", "remove the row or give an amount")
    return found


def day(text: str) -> date:
    """A day as YYYY-MM-DD between 2000 and 2100."""
    example = "write year-month-day, like 2030-06-30"
    if not _DAY.fullmatch(text):
        raise _bad("not a date", example)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _bad("no such day", "look it up in the calendar") from None
    if not 2000 <= found.year <= 2100:
        raise _bad("not between 2000 and 2100", "give the day on which the KYC really expires")
    return found


def digest(text: str) -> str:
    """The hash of a document: 0x and 64 hex digits, given back in small letters."""
    if not _DIGEST.fullmatch(text):
        raise _bad("not a document hash", "write 0x and 64 hex digits")
    return text.lower()


def prose(text: str) -> str:
    """A note or a name. It is only ever written out escaped (see ``write.cell_out``)."""
    return text


def reference(text: str) -> str:
    """A payment reference: any printable text without a formula."""
    _no_formula(text)
    return text


def spelled(read: Callable[[str], V], text: str) -> V:
    """What a cell with this text gives, for options and programs. InputError that names the text too."""
    try:
        return read(text)
    except InputError as error:
        mend = error.next_step[:1].upper() + error.next_step[1:]
        raise InputError(f"{shown(text)}: {error.sentence}.", next_step=f"{mend}.", code=error.code) from None


class Wallets:
    """Reads wallets, and remembers what makes a person look twice: those without a checksum."""

    def __init__(self) -> None:
        self._unchecked = array("Q")

    def read(self, line: int) -> Callable[[str], str]:
        """A converter for the wallet of row ``line``."""

        def read(text: str) -> str:
            address, checked = read_address(text)
            if not checked:
                self._unchecked.append(line)
            return address

        return read

    def warnings(self, bad: Container[int], alike: Iterable[Sequence[tuple[str, int]]]) -> Iterable[str]:
        """One warning for missing checksums, ``bad`` rows left out, and one for each group of look-alikes.

        A group is the wallets in it, each with the row in which it stands first.
        """
        unchecked = [line for line in self._unchecked if line not in bad]
        if unchecked:
            wallets = counted(len(unchecked), "wallet")
            yield f"{wallets} without a checksum: a typing error would not show ({listed(unchecked)})"
        for group in alike:
            both = " and ".join(f"{address} (row {line})" for address, line in group)
            yield f"{both} look alike: {COMPARE}"


def _bad(says: str, mend: str) -> InputError:
    return InputError(says, next_step=mend, code="CELL")


def _no_formula(text: str) -> None:
    if text[0] in "=@" or re.match(r"[+-](?![0-9.]+$)", text):
        raise _bad("a formula", "paste the value of the cell, not its formula")


def _identifier_trouble(text: str) -> tuple[str, str]:
    allowed = "use letters, digits and . _ / - only, the first a letter or digit"
    if text[0] in "=+-@":
        return "a formula, or begins like one", "paste the value; " + allowed
    if text != text.strip():
        return "has spaces around it", "remove them"
    if not (text.isascii() and text.isprintable()):
        return strange_character(text), "type it again in plain letters and digits"
    if len(text) > 64:
        return f"has {len(text)} characters", "use at most 64"
    return "not an id", allowed


def _words(error: InputError) -> str:
    """An error in the voice of a table: what is wrong, then the mend."""
    told = error.why if error.code in ("ADDRESS", "SYSTEM_ADDRESS") else error.sentence
    if error.next_step:
        told = f"{_SHORT.get(error.code, told.rstrip('.'))}: {_small(error.next_step)}"
    return _small(told.rstrip("."))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
