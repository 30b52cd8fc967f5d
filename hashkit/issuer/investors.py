"""Investors of an asset: admit, link, update, show. Floor 3.

A label (``INV-001``) never leaves this machine; on chain an investor is a random number. The chain is the
truth: what stands there already is not sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from hashkit.contracts.addresses import COMPARE, look_alikes
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import keccak
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.truths import admitted
from hashkit.domain.countries import country, country_by_numeric
from hashkit.domain.parties import Admission, InvestorClass, Standing
from hashkit.domain.terms import iso_time
from hashkit.errors import InputError
from hashkit.issuer.acts import ref_of
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.standing_acts import StandingActs
from hashkit.issuer.steps import Check, Outcome, Step
from hashkit.issuer.who import contracts_of, no_contract_of_ours, resolve, short
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import given, read, read_many
from hashkit.store.names import Names
from hashkit.store.sheets import InvestorRow
from hashkit.store.sheets.cells import day, digest, identifier, spelled

T = TypeVar("T")

_BATCH = 100  # admissions in one transaction
_NEVER = datetime(2099, 12, 31, tzinfo=UTC).date()


@dataclass(frozen=True, slots=True)
class InvestorView:
    """One investor as the registry knows him. ``label`` is empty for a stranger; times are unix seconds."""

    label: str
    investor: str
    wallets: tuple[str, ...]
    country: int
    investor_class: int
    valid_until: int
    denied: bool
    verified: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        registered = int(self.investor, 16) != 0
        return {
            "label": self.label,
            "investor": self.investor,
            "registered": registered,
            "wallets": list(self.wallets),
            "country": country_by_numeric(self.country).alpha2 if registered and self.country else None,
            "class": InvestorClass(self.investor_class).label if self.investor_class in range(1, 5) else None,
            "validUntil": iso_time(self.valid_until) if self.valid_until else None,
            "denied": self.denied,
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did."""

    admitted: int
    linked: int
    updated: int
    unchanged: int
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        counts = {n: getattr(self, n) for n in ("admitted", "linked", "updated", "unchanged")}
        return {**counts, "outcome": self.outcome.to_dict()}


@dataclass(slots=True)
class _Work:
    """What has to be done, gathered row by row."""

    admit: list[tuple[InvestorRow, str]] = field(default_factory=list)
    link: list[tuple[str, InvestorRow]] = field(default_factory=list)
    update: list[InvestorRow] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Investors:
    """The investors of one registry."""

    context: Context
    registry: str

    @property
    def _face(self) -> IdentityRegistry:
        return IdentityRegistry(self.registry)

    @property
    def _acts(self) -> StandingActs:
        return StandingActs(self.context, self.registry)

    def add(
        self,
        label: str,
        wallet: str,
        *,
        country: str,
        investor_class: str | InvestorClass = InvestorClass.PROFESSIONAL,
        kyc_expires: str | date | None = None,
        proof: str | None = None,
    ) -> Plan[Loaded]:
        """Admit one investor, or give a known one a further wallet.

        ``country`` as ISO 3166 code, ``kyc_expires`` the last day (UTC) of his verification, none: without end
        (2099), ``proof`` a 32-byte hash of the evidence.
        """
        return self.load([_row(self.context, label, wallet, country, investor_class, kyc_expires, proof)])

    def load(self, rows: Sequence[InvestorRow]) -> Plan[Loaded]:
        """Admit, link and update what differs from the chain; what stands there already is not sent."""
        self._refuse_contracts(rows)
        alike = self._look_alikes(rows)
        work = self._compare(rows)
        steps = self._steps(work)
        counts = {"admit": len(work.admit), "link": len(work.link), "update": len(work.update)}
        return Plan(
            context=self.context,
            title=f"Register {len(rows)} wallet{'s' if len(rows) != 1 else ''} on {self.context.network.name}",
            result=lambda o: Loaded(counts["admit"], counts["link"], counts["update"], work.unchanged, o),
            steps=steps,
            checks=tuple(work.checks),
            headings=("investor", "wallet", "country", "class", "KYC until"),
            lines=tuple(_line(row) for row in rows[:20]),
            totals={k: str(v) for k, v in {**counts, "unchanged": work.unchanged}.items()},
            warnings=alike,
            fee=quote(self.context, [(s.action if isinstance(s.action, Call) else None, 60_000) for s in steps]),
            note="" if steps else "Everything is in the registry already; nothing to send.",
        )

    def renew(self, who: str | Sequence[str], kyc_expires: str | date, *, proof: str | None = None) -> Plan[Outcome]:
        """Another last day (UTC) of verification for one investor or many, later or earlier than before.

        ``proof`` is a 32-byte hash of the evidence.
        """
        until = int(datetime.combine(_day(kyc_expires), time(23, 59, 59), UTC).timestamp())
        return self._acts.renew(_several(who), until, _hash(proof))

    def revoke(self, who: str | Sequence[str], reason: str) -> Plan[Outcome]:
        """End the verification of one investor or many now, on the paper ``reason``."""
        return self._acts.revoke(_several(who), ref_of(reason))

    def deny(self, who: str, on: bool, reason: str) -> Plan[Outcome]:
        """Deny an investor (or a wallet nobody knows) whatever else is known of him; ``on`` False lifts it."""
        return self._acts.deny(who, on, ref_of(reason))

    def link(self, who: str, wallet: str) -> Plan[Outcome]:
        """Give an investor a further wallet; at most 16 in all."""
        return self._acts.link(who, wallet)

    def show(self, who: str) -> InvestorView:
        """One investor, by label or by any of his wallets."""
        return self._views([resolve(self.context, who)])[0]

    def list(self) -> tuple[InvestorView, ...]:
        """All investors this project knows, by label."""
        with Names(self.context.project.names_file) as names:
            first = {label: wallet for wallet, label in reversed(list(names.labels().items()))}
        return self._views([first[label] for label in sorted(first)])

    def standings(self, wallets: Sequence[str]) -> tuple[Standing, ...]:
        """What the registry says of each wallet at the latest block."""
        return self._ask([self._face.standing(wallet) for wallet in wallets])

    def identities(self, wallets: Sequence[str]) -> tuple[str, ...]:
        """The investor behind each wallet at the latest block, in small letters; zero for a wallet nobody knows."""
        return self._ask([self._face.identity(wallet) for wallet in wallets])

    def _ask(self, queries: Sequence[Query[T]]) -> tuple[T, ...]:
        return tuple(given(answer) for answer in read_many(self.context.endpoint, queries, "latest"))

    def _views(self, wallets: Sequence[str]) -> tuple[InvestorView, ...]:
        now = block(self.context.endpoint, "latest").timestamp
        with Names(self.context.project.names_file) as names:
            known = names.labels()
        views = []
        for wallet, s in zip(wallets, self.standings(wallets), strict=True):
            linked = read(self.context.endpoint, self._face.wallets_of(wallet), "latest") or (wallet,)
            views.append(
                InvestorView(
                    label=known.get(wallet, ""),
                    investor=s.investor,
                    wallets=linked,
                    country=s.country,
                    investor_class=s.investor_class,
                    valid_until=s.valid_until,
                    denied=s.denied,
                    verified=s.verified(now),
                )
            )
        return tuple(views)

    def _refuse_contracts(self, rows: Sequence[InvestorRow]) -> None:
        """InputError with every row whose wallet is a contract of this project."""
        contracts, problems = contracts_of(self.context), []
        for row in rows:
            try:
                no_contract_of_ours(row.wallet, contracts)
            except InputError as error:
                problems.append(f"row {row.line}: {error.sentence}" if row.line else error.sentence)
        if problems:
            raise InputError(
                f"{len(problems)} of {len(rows)} wallets cannot hold units.",
                why="They are contracts: nobody could ever move units out of them.",
                next_step="Give the investors' own wallets.",
                code="OWN_CONTRACT",
                details=problems,
            )

    def _look_alikes(self, rows: Sequence[InvestorRow]) -> tuple[str, ...]:
        """New wallets that look like one this project knows. Those of one file were compared when it was read."""
        with Names(self.context.project.names_file) as names:
            known = names.labels()
        told = {**known, **{row.wallet: row.investor_id for row in rows}}
        new = {row.wallet for row in rows} - known.keys()
        return tuple(
            f"{' and '.join(f'{wallet} ({told[wallet]})' for wallet in group)} look alike: {COMPARE}"
            for group in look_alikes(told)
            if not new.isdisjoint(group) and not new.issuperset(group)
        )

    def _compare(self, rows: Sequence[InvestorRow]) -> _Work:
        """What the rows ask for against what the registry says."""
        work = _Work()
        standing = dict(zip((r.wallet for r in rows), self.standings([r.wallet for r in rows]), strict=True))
        homes = {r.investor_id: r.wallet for r in reversed(rows) if standing[r.wallet].registered}
        done: set[str] = set()
        with Names(self.context.project.names_file) as names:
            for row in rows:
                self._place(row, standing[row.wallet], homes, done, names, work)
        return work

    def _place(
        self, row: InvestorRow, on_chain: Standing, homes: dict[str, str], done: set[str], names: Names, work: _Work
    ) -> None:
        if not on_chain.registered:
            known = names.wallets_of(row.investor_id)
            home = homes.get(row.investor_id) or self._registered(known)
            investor = names.add(row.investor_id, row.wallet)
            if home is None:
                homes[row.investor_id] = row.wallet
                work.admit.append((row, investor))
            else:
                work.link.append((home, row))
            return
        expected = names.investor_of(row.investor_id)
        if expected not in (None, on_chain.investor):
            text = f"row {row.line}: {short(row.wallet)} belongs to another investor than {row.investor_id} on chain"
            work.checks.append(Check("R-INVESTOR", False, text, "Mend the label, or use another wallet."))
            return
        names.add(row.investor_id, row.wallet, on_chain.investor)
        homes.setdefault(row.investor_id, row.wallet)
        same = (row.country.numeric, int(row.investor_class), row.valid_until)
        if same == (on_chain.country, on_chain.investor_class, on_chain.valid_until):
            work.unchanged += 1
        elif row.investor_id not in done:
            work.update.append(row)
        done.add(row.investor_id)

    def _registered(self, wallets: Sequence[str]) -> str | None:
        found = zip(wallets, self.standings(wallets), strict=True) if wallets else ()
        return next((wallet for wallet, standing in found if standing.registered), None)

    def _steps(self, work: _Work) -> tuple[Step, ...]:
        face = self._face
        steps = []
        by_proof: dict[str, list[tuple[InvestorRow, str]]] = {}
        for item in work.admit:
            by_proof.setdefault(item[0].proof or "", []).append(item)
        for proof, items in by_proof.items():
            for first in range(0, len(items), _BATCH):
                steps.append(self._admit(items[first : first + _BATCH], proof))
        for home, row in work.link:
            key = f"link:{row.wallet}"
            steps.append(
                Step(
                    key, f"Link {short(row.wallet)} to {row.investor_id}", face.link(home, row.wallet), repeatable=True
                )
            )
        for row in work.update:
            values = (row.wallet, row.country.numeric, int(row.investor_class), row.valid_until, _hash(row.proof))
            title = f"Update {row.investor_id}"
            steps.append(Step(f"standing:{row.wallet}", title, face.set_standing(*values), repeatable=True))
        return tuple(steps)

    def _admit(self, items: Sequence[tuple[InvestorRow, str]], proof: str) -> Step:
        admissions = [
            Admission(row.wallet, investor, row.country.numeric, row.investor_class, row.valid_until)
            for row, investor in items
        ]
        call = self._face.admit(admissions, _hash(proof))
        many = f"{len(items)} investors" if len(items) > 1 else items[0][0].investor_id
        return Step(
            key=f"admit:{keccak(call.data).hex()[:16]}",
            title=f"Admit {many}",
            action=call,
            truths=tuple(admitted(self._face, admission.wallet) for admission in admissions),
            repeatable=True,
        )


def _row(
    context: Context,
    label: str,
    wallet: str,
    code: str,
    investor_class: str | InvestorClass,
    kyc_expires: str | date | None,
    proof: str | None,
) -> InvestorRow:
    kind = investor_class if isinstance(investor_class, InvestorClass) else InvestorClass.parse(investor_class)
    return InvestorRow(
        line=0,
        investor_id=spelled(identifier, label),
        wallet=resolve(context, wallet),
        country=country(code),
        investor_class=kind,
        kyc_expires=_day(kyc_expires),
        proof=spelled(digest, proof) if proof else None,
    )


def _several(who: str | Sequence[str]) -> Sequence[str]:
    return [who] if isinstance(who, str) else who


def _day(when: str | date | None) -> date:
    """The day as an investor file spells it, and no other spelling."""
    if when is None:
        return _NEVER
    return spelled(day, when.isoformat() if isinstance(when, date) else when)


def _hash(proof: str | None) -> bytes:
    return bytes.fromhex(spelled(digest, proof)[2:]) if proof else bytes(32)


def _line(row: InvestorRow) -> tuple[str, ...]:
    until = datetime.combine(row.kyc_expires, time()).date().isoformat()
    return (row.investor_id, short(row.wallet), row.country.alpha2, row.investor_class.label, until)
