"""Which files did the auditor give, and what do they say? Floor 3.

They become part of the evidence byte by byte, so that the report can be judged again from it, but for two: of a
journal only the transactions it names are kept, never signed bytes; in an investor file each name and e-mail is
replaced by a number, the same one wherever it stands, because evidence is made to be passed on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from hashkit.audit.expected import Expected, read_expected
from hashkit.errors import InputError
from hashkit.store.journal_reading import JournalledTransaction, JournalView, read_journal
from hashkit.store.sheets import (
    InvestorRow,
    IssueRow,
    NavRow,
    PaymentRow,
    csv_bytes,
    read_investors,
    read_issues,
    read_navs,
    read_payments,
)

KINDS = ("register", "issues", "payments", "nav", "expected", "journal")
MANY = frozenset({"issues", "journal"})
"""Kinds of which more than one file may be given: one an order, one an account."""

_MOST = 128 * 1024 * 1024  # bytes of one file, as for any table
_VIEW = "hashkit.journal-view/1"


@dataclass(frozen=True, slots=True)
class Given:
    """One file, with the bytes that go into the evidence."""

    kind: str
    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, hex."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class IssueFile:
    """One issue file: the rows of one order, or a ledger of many."""

    name: str
    rows: Sequence[IssueRow]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files and what stands in them. None or empty: not given."""

    files: tuple[Given, ...] = ()
    register: Sequence[InvestorRow] | None = None
    issues: tuple[IssueFile, ...] = ()
    payments: Sequence[PaymentRow] | None = None
    navs: Sequence[NavRow] | None = None
    expected: Expected | None = None
    journals: tuple[JournalView, ...] = ()


NO_INPUTS = Inputs()


def take(paths: Mapping[str, Sequence[Path]]) -> tuple[Given, ...]:
    """The files by kind, read once. InputError when one cannot be read, or a kind is given too often."""
    found = []
    for kind in KINDS:
        files = paths.get(kind, ())
        if len(files) > 1 and kind not in MANY:
            raise InputError(f"Only one file of the kind {kind} can be given.", code="INPUTS")
        found += [Given(kind, path.name, _READ.get(kind, _bytes)(path)) for path in files]
    return tuple(found)


def read(files: Iterable[Given], decimals: int) -> Inputs:
    """What the files say, for a token of ``decimals``. InputError with every bad row of the first bad file."""
    given = tuple(files)
    of = {kind: [file for file in given if file.kind == kind] for kind in KINDS}
    investors = [read_investors(Path(f.name), data=f.data).rows for f in of["register"]]
    payments = [read_payments(Path(f.name), data=f.data).rows for f in of["payments"]]
    navs = [read_navs(Path(f.name), data=f.data).rows for f in of["nav"]]
    expected = [read_expected(f.name, f.data) for f in of["expected"]]
    return Inputs(
        files=given,
        register=investors[0] if investors else None,
        issues=tuple(IssueFile(f.name, read_issues(Path(f.name), decimals, data=f.data).rows) for f in of["issues"]),
        payments=payments[0] if payments else None,
        navs=navs[0] if navs else None,
        expected=expected[0] if expected else None,
        journals=tuple(_view(f) for f in of["journal"]),
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path}.", why=f"{error.strerror}.", code="NO_FILE") from None
    if len(data) > _MOST:
        raise InputError(f"{path.name} is larger than {_MOST // 1024**2} MB.", code="INPUTS")
    return data


def _journal(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"Cannot read {path}.", why="There is no such file.", code="NO_FILE")
    body = {"schema": _VIEW, **asdict(read_journal(path))}
    return (json.dumps(body, sort_keys=True, indent=1, ensure_ascii=True) + "\n").encode()


def _investors(path: Path) -> bytes:
    """The investor file without names: who is the same person stays visible, who it is does not."""
    people: dict[tuple[str, str], str] = {}

    def numbered(what: str, text: str | None) -> str:
        if not text:
            return ""
        return people.setdefault((what, " ".join(text.casefold().split())), f"{what} {len(people) + 1}")

    rows = [
        (
            row.investor_id, row.wallet, row.country.alpha2, row.investor_class.label, row.kyc_expires,
            numbered("person", row.name), numbered("mail", row.email), row.proof or "",
        )
        for row in read_investors(path).rows
    ]  # fmt: skip
    return csv_bytes(("investor_id", "wallet", "country", "class", "kyc_expires", "name", "email", "proof"), rows)


_READ: Mapping[str, Callable[[Path], bytes]] = {"journal": _journal, "register": _investors}
"""Kinds of which not every byte may leave the machine."""


def _view(file: Given) -> JournalView:
    """A journal as ``take`` wrote it down; somebody may have changed the text since."""
    try:
        body = json.loads(file.data)
        if body.pop("schema") != _VIEW:
            raise ValueError
        told = [JournalledTransaction(**one) for one in body.pop("transactions")]
        view = JournalView(**body, transactions=tuple(told))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(f"{file.name} is not what was read of a journal.", code="INPUTS") from None
    texts = (view.chain, view.sender, view.last, view.broken, *(t for one in told for t in (one.tx_hash, one.state)))
    numbers = (view.entries, *(one.nonce for one in told), *(one.block or 0 for one in told))
    if not all(isinstance(t, str) for t in texts) or not all(type(n) is int for n in numbers):
        raise InputError(f"{file.name} is not what was read of a journal.", code="INPUTS")
    return view
