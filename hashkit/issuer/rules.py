"""Which mode and rule book does a token have, and how are they changed? Floor 3.

Tightening needs the token's rules power, loosening its owner. A rule book that counts must be proved right
before anything is issued or moved: ``preset`` counts every holder while the token is halted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call, Query
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.countries import countries, country, country_by_numeric
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import InvestorClass, Power, matrix_bits, matrix_roles, matrix_words
from hashkit.domain.terms import MODES, AssetTerms, period, period_text
from hashkit.domain.units import Units
from hashkit.errors import InputError, Refused
from hashkit.issuer import books
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome, Step
from hashkit.issuer.who import resolve
from hashkit.rpc.reads import given, read, read_many
from hashkit.store.deployments import Deployment

AMOUNTS = ("max-units-per-investor", "minimum-holding", "denomination")
RULES = ("mode", "role-matrix", *AMOUNTS, "max-holders", "holding-period", "velocity", "sanctions-oracle")
"""Names of the rules, as term sheets, facts and the command line write them.

``max-holders:HK`` is the one of a country, ``role-matrix:retail`` the row of a class. Mode and matrix lie in the token.
"""

_CHUNK = 100  # wallets a transaction: some 60,000 gas each
_OFF = ("0", "off", "none")


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule: its limit, and what is counted against it where one number says it. Empty limit: no such rule."""

    rule: str
    limit: str
    counted: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"rule": self.rule, "limit": self.limit or None, "counted": self.counted or None}


@dataclass(frozen=True, slots=True)
class RulesView:
    """The rules at the latest block. Not armed: Issue and Move are refused until the rule book is preset.

    ``address`` of the rule book; empty when the token has none.
    """

    address: str
    armed: bool
    rules: tuple[RuleView, ...]

    def to_dict(self) -> dict[str, Any]:
        """Schema ``hashkit.rules/1``."""
        return {
            "schema": "hashkit.rules/1",
            "ruleBook": self.address or None,
            "armed": self.armed if self.address else None,
            "rules": [rule.to_dict() for rule in self.rules],
        }


@dataclass(frozen=True, slots=True)
class Rules:
    """Mode, role matrix and rule book of one token."""

    context: Context
    deployment: Deployment
    known: Mapping[str, str]

    @property
    def token(self) -> AssetToken:
        """The token's face."""
        return AssetToken(self.deployment.contracts["AssetToken"].address)

    @property
    def book(self) -> RuleBook:
        """The rule book in the token's compliance slot. InputError when there is none."""
        address = self._read(self.token.compliance())
        if address == ZERO:
            raise InputError(
                f"{self.deployment.asset.symbol} has no rule book.",
                why="Its term sheet has no rule that needs one.",
                next_step="The owner proposes one: hashkit slot propose compliance.",
                code="NO_RULE_BOOK",
            )
        return RuleBook(address)

    def show(self) -> RulesView:
        """Every rule with its limit; countries only where they have one."""
        if self._read(self.token.compliance()) == ZERO:
            return RulesView("", True, self._own())
        book = self.book
        units, seconds = self._read(book.velocity())
        oracle = self._read(book.sanctions_oracle())
        holders = self._read(book.max_holders())
        held = self._read(book.holding_period())
        found = [
            *self._own(),
            RuleView("max-units-per-investor", self._amount(self._read(book.max_units()))),
            RuleView("minimum-holding", self._amount(self._read(book.minimum_holding()))),
            RuleView("denomination", self._amount(self._read(book.denomination()))),
            RuleView("max-holders", str(holders or ""), str(self._read(book.holders())) if holders else ""),
            *self._countries(book),
            RuleView("holding-period", period_text(held) if held else ""),
            RuleView("velocity", f"{self._amount(units)} per {period_text(seconds)}" if units else ""),
            RuleView("sanctions-oracle", "" if oracle == ZERO else oracle),
        ]
        return RulesView(book.address, self._read(book.armed()), tuple(found))

    def set(self, rule: str, limit: str, per: str | None = None) -> Plan[Outcome]:
        """Set one rule; ``0`` or ``off`` ends it.

        ``limit`` is an amount of units, a number of holders, a period such as ``90d``, an oracle's address, a mode,
        or the classes that a class may move to (``role-matrix:professional``), separated by commas;
        ``per`` is the period of a velocity.
        """
        call, tightens = self._change(rule, "0" if limit.lower() in _OFF else limit.strip(), per)
        shown = "no limit" if limit.lower() in _OFF else limit + (f" per {per}" if per else "")
        title = f"Set {rule} to {shown}"
        return Plan(
            self.context,
            title,
            lambda outcome: outcome,
            (Step(f"rules:{rule}", title, call, repeatable=True),),
            checks=(self._may(tightens),),
            fee=quote(self.context, [(call, 80_000)]),
            confirm_word=self._word,
        )

    def preset(self) -> Plan[Outcome]:
        """Count every holder anew, in ascending order of addresses; the last transaction arms the rule book.

        The token must be halted, and stays so. Nothing to do when the rule book is armed.
        """
        book, title = self.book, "Preset the rule book"
        if self._read(book.armed()):
            return Plan(self.context, title, lambda outcome: outcome, note="The rule book is armed; nothing to send.")
        holders = sorted((row.wallet for row in self._holders()), key=lambda wallet: int(wallet, 16))
        calls = [book.start_preset()] + [book.preset(part) for part in _parts(holders)]
        halted = Check("R-HALTED", self._read(self.token.halted()), "the token is not halted", "hashkit control halt")
        titles = [_step_title(n, len(calls) - 1) for n in range(len(calls))]
        steps = [Step(f"preset:{n}", titles[n], call, repeatable=True) for n, call in enumerate(calls)]

        def armed(outcome: Outcome) -> Outcome:
            if not self._read(book.armed()):
                raise Refused(
                    "The rule book is not armed.",
                    why="The counted balances are not the supply, or the registry does not push to the token.",
                    next_step="Bind the token in the registry, then: hashkit rules preset.",
                    code="NOT_ARMED",
                )
            return outcome

        return Plan(
            self.context,
            title,
            armed,
            tuple(steps),
            checks=(halted, self._may(tightens=True)),
            totals={"holders": str(len(holders))},
            fee=quote(self.context, [(call, 60_000 * _CHUNK) for call in calls]),
            confirm_word=self._word,
        )

    def _change(self, rule: str, limit: str, per: str | None) -> tuple[Call, bool]:
        """The call that sets a rule, and whether it tightens it, as the contract will judge."""
        name, _, where = rule.partition(":")
        misplaced = bool(where) != (name == "role-matrix") and name != "max-holders"
        if name not in RULES or misplaced or (per is not None and name != "velocity"):
            raise InputError(
                f"Unknown rule {rule[:40]!a}.",
                next_step=f"Rules: {', '.join(RULES)}; with a country or class: max-holders:HK, role-matrix:retail.",
                code="RULE",
            )
        if name == "mode":
            return self._set_mode("open" if limit == "0" else limit)
        if name == "role-matrix":
            return self._set_row(InvestorClass.parse(where), limit)
        book = self.book
        if name in AMOUNTS:
            return self._set_amount(book, name, Units.of(limit, self.deployment.asset.decimals).raw)
        if name == "max-holders":
            return self._set_holders(book, where, _whole(limit))
        if name == "holding-period":
            seconds = 0 if limit == "0" else period(limit)
            return book.set_holding_period(seconds), seconds > self._read(book.holding_period())
        if name == "velocity":
            return self._set_velocity(book, limit, per)
        oracle = ZERO if limit == "0" else resolve(self.context, limit)
        return book.set_sanctions_oracle(oracle), self._read(book.sanctions_oracle()) == ZERO and oracle != ZERO

    def _own(self) -> tuple[RuleView, ...]:
        """What the token holds itself."""
        mode, matrix = MODES[self._read(self.token.mode())], self._read(self.token.role_matrix())
        rows: dict[str, list[str]] = {}
        for sender, receiver in matrix_roles(matrix):
            rows.setdefault(sender.label, []).append(receiver.label)
        found = [RuleView(f"role-matrix:{sender}", ", ".join(to)) for sender, to in rows.items()]
        if mode == "role-matrix" and not found:
            found = [RuleView("role-matrix", matrix_words(matrix))]
        return RuleView("mode", mode), *found

    def _set_mode(self, mode: str) -> tuple[Call, bool]:
        if mode not in MODES:
            raise InputError(f"{mode[:40]!a} is no mode.", next_step=f"Write one of: {', '.join(MODES)}.", code="MODE")
        was_open = MODES[self._read(self.token.mode())] == "open"
        return self.token.set_mode(MODES.index(mode)), mode == "primary-only" or (mode != "open" and was_open)

    def _set_row(self, sender: InvestorClass, receivers: str) -> tuple[Call, bool]:
        """One row of the matrix; the others stay as they are."""
        names = [] if receivers == "0" else receivers.split(",")
        before = self._read(self.token.role_matrix())
        others = before & ~matrix_bits((sender, other) for other in InvestorClass)
        after = others | matrix_bits((sender, InvestorClass.parse(name.strip())) for name in names)
        return self.token.set_role_matrix(after), after & ~before == 0

    def _set_amount(self, book: RuleBook, name: str, raw: int) -> tuple[Call, bool]:
        if name == "max-units-per-investor":
            return book.set_max_units(raw), _lowers(self._read(book.max_units()), raw)
        if name == "minimum-holding":
            return book.set_minimum_holding(raw), raw > self._read(book.minimum_holding())
        before = self._read(book.denomination())
        return book.set_denomination(raw), raw not in (0, before) and (before == 0 or raw % before == 0)

    def _set_holders(self, book: RuleBook, where: str, limit: int) -> tuple[Call, bool]:
        if not where:
            return book.set_max_holders(limit), _lowers(self._read(book.max_holders()), limit)
        code = country(where).numeric
        return book.set_max_holders_in(code, limit), _lowers(self._read(book.max_holders_in(code)), limit)

    def _set_velocity(self, book: RuleBook, limit: str, per: str | None) -> tuple[Call, bool]:
        raw = Units.of(limit, self.deployment.asset.decimals).raw
        before, present = self._read(book.velocity())
        seconds = 0 if raw == 0 else period(per) if per else present
        if raw and not seconds:
            raise InputError("A velocity needs a period.", next_step="For example: per 1d.", code="PERIOD")
        return book.set_velocity(raw, seconds), _lowers(before, raw) and (before == 0 or seconds == present)

    def _may(self, tightens: bool) -> Check:
        """Whether the acting account may do it: tightening needs the rules power, anything else the owner."""
        me, token = self.context.sender, self.token
        if tightens:
            held = Power.RULES in self._read(token.powers_of(me))
            fix = "Use an agent with it; the owner grants it: hashkit powers grant."
            return Check("R-ROLE", held, f"{me} lacks the power rules", fix)
        owner = self._read(token.owner())
        return Check("R-ROLE", me == owner, f"this loosens a rule, and {me} is not the owner", f"Use {owner}.")

    def _countries(self, book: RuleBook) -> list[RuleView]:
        every = tuple(countries())
        limits = self._many([book.max_holders_in(c.numeric) for c in every])
        listed = [(c, limit) for c, limit in zip(every, limits, strict=True) if limit]
        counted = self._many([book.holders_in(c.numeric) for c, _ in listed])
        rows = zip(listed, counted, strict=True)
        return [RuleView(f"max-holders:{c.alpha2}", str(limit), str(n)) for (c, limit), n in rows]

    def _holders(self) -> Sequence[books.CapRow]:
        table = books.cap_table(self.context, self.deployment, self.known, "latest")
        return table.rows

    def _many(self, queries: Sequence[Query[int]]) -> list[int]:
        return [given(answer) for answer in read_many(self.context.endpoint, queries, "latest")]

    def _read(self, query: Query[Any]) -> Any:
        return read(self.context.endpoint, query, "latest")

    def _amount(self, raw: int) -> str:
        return f"{Units(raw, self.deployment.asset.decimals).show()} {self.deployment.asset.symbol}" if raw else ""

    @property
    def _word(self) -> str | None:
        return None if self.context.network.dev else self.deployment.asset.symbol


def rules_of(terms: AssetTerms, book: RuleBook) -> tuple[tuple[str, str, Call], ...]:
    """The rules of a term sheet that are set once the rule book is there: name, limit, call."""
    found: list[tuple[str, str, Call]] = []
    if (least := terms.minimum_holding) is not None:
        found.append(("minimum-holding", least.show(), book.set_minimum_holding(least.raw)))
    if (unit := terms.denomination) is not None:
        found.append(("denomination", unit.show(), book.set_denomination(unit.raw)))
    if terms.max_holders is not None:
        found.append(("max-holders", str(terms.max_holders), book.set_max_holders(terms.max_holders)))
    for numeric, most in terms.max_holders_in:
        name = f"max-holders:{country_by_numeric(numeric).alpha2}"
        found.append((name, str(most), book.set_max_holders_in(numeric, most)))
    if (units := terms.velocity) is not None and (window := terms.velocity_period) is not None:
        shown = f"{units.show()} per {period_text(window)}"
        found.append(("velocity", shown, book.set_velocity(units.raw, window)))
    if (held := terms.holding_period) is not None:
        found.append(("holding-period", period_text(held), book.set_holding_period(held)))
    if (oracle := terms.sanctions_oracle) is not None:
        found.append(("sanctions-oracle", oracle, book.set_sanctions_oracle(oracle)))
    return tuple(found)


def _lowers(before: int, limit: int) -> bool:
    return limit != 0 and (before == 0 or limit < before)


def _whole(text: str) -> int:
    if not (re.fullmatch(r"[0-9]{1,10}", text) and int(text) < 2**32):
        raise InputError(f"{text[:40]!a} is no number of holders.", next_step="Write a whole number.", code="NUMBER")
    return int(text)


def _parts(wallets: Sequence[str]) -> list[Sequence[str]]:
    return [wallets[i : i + _CHUNK] for i in range(0, len(wallets), _CHUNK)]


def _step_title(number: int, parts: int) -> str:
    return f"Count holders, part {number} of {parts}" if number else "Start counting anew"
