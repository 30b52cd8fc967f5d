"""The parts of a report that are neither register nor finding: period, validity, freezes, documents, files. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import Evidence
from hashkit.audit.inputs import Inputs
from hashkit.audit.investors import InvestorHolding, holdings
from hashkit.audit.three_way import ThreeWay, three_way
from hashkit.audit.ties import Tie, tie
from hashkit.domain import facts as f
from hashkit.domain.watch import IssuedRow

TIMELINES: dict[str, frozenset[str]] = {
    "powers": frozenset({"powers", "owner", "trust"}),
    "rules": frozenset({"rule", "mint window", "slot", "successor"}),
    "stops": frozenset({"stop", "freeze", "denial"}),
    "forced": frozenset({"forced", "recovery", "court burn", "raw supply"}),
    "orders": frozenset({"order", "redemption"}),
    "documents": frozenset({"document"}),
}
"""Name of a timeline -> the kinds of acts it is made of."""

LADDER = ((30, "within 30 days"), (60, "within 60 days"), (90, "within 90 days"), (365, "within a year"))
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class RollForward:
    """Opening to closing, in smallest units. ``block`` 0 and no time: the token's own beginning."""

    block: int
    time: str
    opening: int
    issued: int
    raw_minted: int
    redeemed: int
    court_burnt: int
    raw_burnt: int
    closing: int

    def to_dict(self, decimals: int) -> dict[str, Any]:
        """JSON form; amounts in units."""

        def amount(raw: int) -> str:
            return words.amount(raw, decimals)

        return {
            "fromBlock": self.block,
            "from": self.time,
            "opening": amount(self.opening),
            "issued": amount(self.issued),
            "rawMinted": amount(self.raw_minted),
            "redeemed": amount(self.redeemed),
            "courtBurnt": amount(self.court_burnt),
            "rawBurnt": amount(self.raw_burnt),
            "closing": amount(self.closing),
        }


def roll_forward(e: Evidence) -> RollForward:
    """What happened to the supply in the period; every number is a difference of two registers."""
    now, before = e.register, e.opening.register if e.opening is not None else None
    return RollForward(
        block=e.opening.block.number if e.opening is not None else 0,
        time=words.time(e.opening.block.timestamp) if e.opening is not None else "",
        opening=before.supply if before else 0,
        issued=now.issued - (before.issued if before else 0),
        raw_minted=now.raw_minted - (before.raw_minted if before else 0),
        redeemed=now.redeemed - (before.redeemed if before else 0),
        court_burnt=now.court_burnt - (before.court_burnt if before else 0),
        raw_burnt=now.raw_burnt - (before.raw_burnt if before else 0),
        closing=now.supply,
    )


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Holders whose validity ends in one span after the cut-off. ``raw`` in smallest units."""

    span: str
    holders: int
    raw: int

    def to_dict(self, decimals: int) -> dict[str, Any]:
        """JSON form."""
        return {"span": self.span, "holders": self.holders, "units": words.amount(self.raw, decimals)}


def ladder(e: Evidence) -> tuple[LadderStep, ...]:
    """Who is verified at the cut-off and for how long; empty where validity is not known."""
    r, at = e.register, e.pin.block.timestamp
    if not e.subject.ours or not r.registries:
        return ()
    spans = ["not verified", *(name for _, name in LADDER), "later"]
    found: dict[str, tuple[int, int]] = dict.fromkeys(spans, (0, 0))
    for wallet, raw in r.balances.items():
        if raw <= 0:
            continue
        known = r.standing(wallet)
        days = next((name for most, name in LADDER if known.valid_until - at <= most * _DAY), "later")
        span = days if known.verified(at) else "not verified"
        found[span] = (found[span][0] + 1, found[span][1] + raw)
    return tuple(LadderStep(span, *sums) for span, sums in found.items())


@dataclass(frozen=True, slots=True)
class FreezeRow:
    """One account that is frozen, as a whole or in part, at the block. Holder or not."""

    account: str
    whole: bool
    amount: str
    balance: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"account": self.account, "whole": self.whole, "amount": self.amount, "balance": self.balance}


def freezes(e: Evidence) -> tuple[FreezeRow, ...]:
    """All freezes at the block."""
    r, decimals = e.register, e.subject.decimals
    return tuple(
        FreezeRow(
            account,
            account in r.frozen,
            words.amount(r.frozen_amounts.get(account, 0), decimals),
            words.amount(r.balances.get(account, 0), decimals),
        )
        for account in sorted(r.frozen | set(r.frozen_amounts))
    )


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document that the token names at the block. Its name and place are a stranger's words, cleaned."""

    name: str
    uri: str
    document_hash: str
    block: int
    time: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "uri": self.uri,
            "hash": self.document_hash,
            "sinceBlock": self.block,
            "since": self.time,
        }


def documents(e: Evidence) -> tuple[DocumentRow, ...]:
    """The documents at the block, by name."""
    last: dict[str, f.DocumentSet] = {}
    for act in e.register.acts:
        last.update((one.name, one) for one in act.details if isinstance(one, f.DocumentSet))
    return tuple(_document(e, fact) for _, fact in sorted(last.items()) if fact.present)


def _document(e: Evidence, fact: f.DocumentSet) -> DocumentRow:
    raw = bytes.fromhex(fact.name.removeprefix("0x")).rstrip(b"\0")
    block = fact.where.block
    return DocumentRow(
        name=words.clean(raw.decode("utf-8", "replace")),
        uri=words.clean(fact.uri, 200),
        document_hash=fact.document_hash,
        block=block,
        time=words.time(e.times.get(block)),
    )


@dataclass(frozen=True, slots=True)
class IssueSeen:
    """One row of an order as the chain executed it. ``raw`` in smallest units; ``skipped``: never issued.

    ``external_id`` and ``file`` say which row of the auditor's files it is, empty when none; ``exact``: by order and
    row, not by wallet and amount.
    """

    order_id: str
    row: int
    wallet: str
    raw: int
    amount: str
    skipped: bool
    block: int
    time: str
    transaction: str
    external_id: str
    file: str
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "orderId": self.order_id,
            "row": self.row,
            "wallet": self.wallet,
            "amount": self.amount,
            "skipped": self.skipped,
            "block": self.block,
            "time": self.time,
            "transaction": self.transaction,
            "externalId": self.external_id,
            "file": self.file,
            "exact": self.exact,
        }


def issues(e: Evidence) -> tuple[IssueSeen, ...]:
    """Every row the chain executed, in its order."""
    tied = {(one.chain.order_id, one.chain.row): one for one in tie(e).ties if one.chain is not None}
    return tuple(_issue(e, row, tied.get((row.order_id, row.row))) for row in e.register.watched.rows)


def _issue(e: Evidence, row: IssuedRow, told: Tie | None) -> IssueSeen:
    return IssueSeen(
        order_id=row.order_id,
        row=row.row,
        wallet=row.wallet,
        raw=row.amount,
        amount=words.amount(row.amount, e.subject.decimals),
        skipped=row.skipped,
        block=row.where.block,
        time=words.time(e.times.get(row.where.block)),
        transaction=row.where.tx_hash,
        external_id=told.row.external_id if told else "",
        file=words.clean(told.file) if told else "",
        exact=told is not None and told.exact,
    )


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that the auditor gave. ``digest`` SHA-256 of its bytes, hex."""

    kind: str
    name: str
    size: int
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"kind": self.kind, "name": self.name, "bytes": self.size, "sha256": self.digest}


def files(inputs: Inputs) -> tuple[FileRow, ...]:
    """The files, in the order of their kinds."""
    return tuple(FileRow(one.kind, words.clean(one.name), len(one.data), one.digest) for one in inputs.files)



@dataclass(frozen=True, slots=True)
class Sections:
    """All of them."""

    decimals: int
    roll_forward: RollForward
    investors: tuple[InvestorHolding, ...]
    """The register by investor, over all wallets, the largest first."""
    ladder: tuple[LadderStep, ...]
    freezes: tuple[FreezeRow, ...]
    documents: tuple[DocumentRow, ...]
    three_way: ThreeWay | None
    """Chain, issue files and payments side by side; None when neither was given."""
    files: tuple[FileRow, ...]
    """What the auditor gave."""
    issues: tuple[IssueSeen, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form: part of the result's own."""
        return {
            "rollForward": self.roll_forward.to_dict(self.decimals),
            "investors": [one.to_dict() for one in self.investors],
            "ladder": [step.to_dict(self.decimals) for step in self.ladder],
            "freezes": [row.to_dict() for row in self.freezes],
            "documents": [row.to_dict() for row in self.documents],
            "threeWay": self.three_way.to_dict(self.decimals) if self.three_way else None,
            "files": [row.to_dict() for row in self.files],
            "issues": [row.to_dict() for row in self.issues],
        }


def sections(e: Evidence) -> Sections:
    """Evidence to sections."""
    return Sections(
        decimals=e.subject.decimals,
        roll_forward=roll_forward(e),
        investors=holdings(e),
        ladder=ladder(e),
        freezes=freezes(e),
        documents=documents(e),
        three_way=three_way(e),
        files=files(e.inputs),
        issues=issues(e),
    )
