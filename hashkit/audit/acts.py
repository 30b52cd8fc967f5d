"""What did those with power do, and on which paper? Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import Evidence
from hashkit.domain import facts as f
from hashkit.domain.books import COURT_BURNS, Act
from hashkit.domain.facts import ZERO, Fact
from hashkit.domain.parties import InvestorClass, matrix_words
from hashkit.domain.terms import MODES

NO_REF = "0x" + "00" * 32


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act of authority. ``ref`` is empty when the door has none, ``NO_REF`` when it was left out."""

    block: int
    time: str
    transaction: str
    contract: str
    kind: str
    agent: str
    text: str
    ref: str

    @property
    def unreferenced(self) -> bool:
        """A paper could have been named and was not."""
        return self.ref == NO_REF

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "block": self.block,
            "time": self.time,
            "transaction": self.transaction,
            "contract": self.contract,
            "kind": self.kind,
            "agent": self.agent,
            "text": self.text,
            "ref": self.ref,
        }


def acts(evidence: Evidence) -> tuple[ActRow, ...]:
    """Every act, oldest first."""
    tell = _Teller(evidence)
    return tuple(tell.row(group) for _, group in groupby(evidence.register.acts, _together))


def _together(act: Act) -> object:
    """Countries allowed in one transaction are one act; everything else stands alone."""
    fact = act.fact
    if isinstance(fact, f.RuleSet) and fact.rule.startswith("country:"):
        return fact.where.tx_hash, fact.value
    return fact.where


class _Teller:
    """Puts acts into English."""

    def __init__(self, evidence: Evidence) -> None:
        self._decimals = evidence.subject.decimals
        self._times = evidence.times
        self._roles: Mapping[str, str] = evidence.population.contracts

    def row(self, group: Iterable[Act]) -> ActRow:
        act, *more = group
        fact = act.fact
        kind, text = self._countries([act, *more]) if more else self._what(act)
        agent = getattr(fact, "approver", "") or ("" if isinstance(fact, f.PowersSet) else getattr(fact, "agent", ""))
        return ActRow(
            block=fact.where.block,
            time=words.time(self._times.get(fact.where.block)),
            transaction=fact.where.tx_hash,
            contract=self._roles.get(fact.where.contract, fact.where.contract),
            kind=kind,
            agent=str(agent),
            text=text,
            ref=str(getattr(fact, "ref", "")),
        )

    def _countries(self, group: list[Act]) -> tuple[str, str]:
        rules = [act.fact for act in group if isinstance(act.fact, f.RuleSet)]
        named = ", ".join(sorted(words.country(int(rule.rule[8:])) for rule in rules))
        return "rule", f"{'allowed' if rules[0].value else 'no longer allowed'} {len(rules)} countries: {named}"

    def _what(self, act: Act) -> tuple[str, str]:
        if isinstance(act.fact, f.Acted):
            return self._batch(act, act.fact)
        return self._other(act.fact)

    def _batch(self, act: Act, acted: f.Acted) -> tuple[str, str]:
        """One act may do the same to many accounts: each is named."""
        kind, last = self._acted(act.detail, acted)
        told = [self._acted(fact, acted) for fact in act.details if type(fact) is type(act.detail)]
        texts = [text for other, text in told if other == kind]
        return kind, "; ".join(texts) or last

    def _acted(self, fact: Fact | None, acted: f.Acted) -> tuple[str, str]:
        match fact:
            case f.Moved(receiver=receiver) if acted.act in COURT_BURNS and receiver == ZERO:
                return "court burn", f"burnt {self._amount(fact.amount)} of {fact.sender} against the paper"
            case f.Moved(sender=sender) if sender == ZERO:
                return "raw supply", f"minted {self._amount(fact.amount)} to {fact.receiver} without an order"
            case f.Moved(receiver=receiver) if receiver == ZERO:
                return "raw supply", f"burnt {self._amount(fact.amount)} of {fact.sender} without a redemption"
        return self._done(fact) or ("act", f"used the door {acted.act}")

    def _done(self, fact: Fact | None) -> tuple[str, str] | None:
        """Of a token of ours what an ``Acted`` did; a stranger's token logs no more than this."""
        match fact:
            case f.Forced():
                return "forced", f"moved {self._amount(fact.amount)} from {fact.sender} to {fact.receiver} by force"
            case f.AccountFrozen():
                return "freeze", f"{'froze' if fact.frozen else 'unfroze'} {fact.account}"
            case f.AmountFrozen():
                return "freeze", f"set the frozen amount of {fact.account} to {self._amount(fact.amount)}"
            case f.Stopped():
                return "stop", _STOPS[fact.what, fact.on]
            case f.RecoveryProposed() | f.Recovered():
                return "recovery", self._recovery(fact)
            case f.DocumentSet():
                return "document", document(fact)
        return None

    def _other(self, fact: Fact) -> tuple[str, str]:
        match fact:
            case f.OrderOpened():
                text = f"opened order {fact.order_id}: {fact.row_count} rows, {self._amount(fact.amount)}"
                return "order", text
            case f.OrderClosed():
                return "order", f"closed order {fact.order_id}"
            case f.Redeemed():
                return "redemption", f"redeemed {self._amount(fact.amount)} of {fact.holder}"
            case f.RuleSet():
                return "rule", f"set {rule_name(fact.rule)} to {rule_value(fact.rule, fact.value, self._decimals)}"
            case f.PowersSet():
                return "powers", f"{fact.agent} has these powers from now on: {words.powers(fact.powers)}"
            case f.OwnerSet():
                return "owner", f"the owner is {fact.owner} from now on"
            case f.SlotSet():
                return "slot", f"put {_nobody(fact.address)} into the slot {fact.slot}"
            case f.SlotProposed(ready_at=0):
                return "slot", f"cancelled {_nobody(fact.address)} for the slot {fact.slot}"
            case f.SlotProposed():
                when = words.time(fact.ready_at)
                return "slot", f"proposed {_nobody(fact.address)} for the slot {fact.slot}, not before {when}"
            case f.DeniedSet():
                return "denial", f"{'denied' if fact.denied else 'lifted the denial of'} the investor of {fact.wallet}"
            case f.Removed():
                return "investor", f"removed the wallet {fact.wallet} of investor {fact.investor}"
            case f.TokenBound():
                return "slot", f"{'began' if fact.bound else 'stopped'} pushing to {fact.token}"
        return self._newer(fact)

    def _newer(self, fact: Fact) -> tuple[str, str]:
        match fact:
            case f.MintWindowSet(amount=0, period=0):
                return "mint window", "lifted the limit of the mint window"
            case f.MintWindowSet():
                return "mint window", f"set the mint window to {self._window(fact)}"
            case f.MintWindowProposed(ready_at=0):
                return "mint window", f"cancelled the proposed mint window of {self._window(fact)}"
            case f.MintWindowProposed():
                return "mint window", f"proposed {self._window(fact)}, not before {words.time(fact.ready_at)}"
            case f.SuccessorNamed():
                return "successor", f"named {fact.token} as the token that takes over"
            case f.InvestorChanged():
                return "investor", f"the wallet {fact.wallet} went from investor {fact.previous} to {fact.investor}"
            case f.Trusted(value=0):
                return "trust", f"no longer trusts the {fact.what} {fact.address}"
            case f.Trusted():
                span = f" for {fact.value} seconds" if fact.what == "source" else ""
                return "trust", f"trusts the {fact.what} {fact.address}{span}"
            case f.AttestationRevoked():
                return "attestation", f"revoked the attestation of {fact.content}"
            case f.SourceFollowed():
                return "trust", f"{_nobody(fact.source)} keeps the investor of {fact.wallet} valid"
            case f.RoleSet():
                verb = "has" if fact.granted else "no longer has"
                return "powers", f"{fact.account} {verb} the role {words.role(fact.role)}"
            case f.Upgraded():
                return "code", f"runs the code of {fact.implementation} from now on"
        return self._done(fact) or ("act", fact.kind)

    def _window(self, fact: f.MintWindowSet | f.MintWindowProposed) -> str:
        return f"{self._amount(fact.amount)} in {fact.period} seconds" if fact.period else "no limit"

    def _recovery(self, fact: f.Recovered | f.RecoveryProposed) -> str:
        if isinstance(fact, f.Recovered):
            return f"recovered all of {fact.lost} to {fact.to} for investor {fact.investor}"
        if fact.ready_at == 0:
            return f"cancelled the recovery of {fact.lost} to {fact.to}"
        return f"proposed the recovery of {fact.lost} to {fact.to}, not before {words.time(fact.ready_at)}"

    def _amount(self, raw: int) -> str:
        return words.grouped(raw, self._decimals)


def rules_in_words(e: Evidence) -> tuple[tuple[str, str], ...]:
    """The rules at the block, for people."""
    rules, decimals = e.register.rules, e.subject.decimals
    listed = sorted(words.country(int(r[8:])) for r, v in rules.items() if r.startswith("country:") and v)
    shown = {r: v for r, v in rules.items() if not r.startswith("country:")}
    found = [(rule_name(r), rule_value(r, v, decimals)) for r, v in sorted(shown.items())]
    return (*found, ("countries", ", ".join(listed))) if listed else tuple(found)


def rule_name(rule: str) -> str:
    """A rule's name for people: ``country HK``."""
    return f"country {words.country(int(rule[8:]))}" if rule.startswith("country:") else rule.replace("-", " ")


def document(fact: f.DocumentSet) -> str:
    """What happened to a document, its name as text; the name and the place are a stranger's words."""
    raw = bytes.fromhex(fact.name.removeprefix("0x")).rstrip(b"\0")
    name = words.clean(raw.decode("utf-8", "replace"))
    if not fact.present:
        return f"took the document {name} off"
    return f"set the document {name} to {words.clean(fact.uri, 200)}, hash {fact.document_hash}"


def rule_value(rule: str, value: int, decimals: int) -> str:
    """A rule's value for people."""
    if rule in ("cap", "max-units-per-investor", "minimum-holding", "denomination", "velocity"):
        return words.grouped(value, decimals) if value else "no limit"
    if rule == "mode":
        return MODES[value] if value < len(MODES) else f"mode {value}"
    if rule == "role-matrix":
        return matrix_words(value)
    if rule == "lock-up":
        return f"until {words.time(value)}" if value else "none"
    if rule == "classes":
        named = [c.label for c in InvestorClass if value >> int(c) & 1]
        return ", ".join(named) if value else "every class"
    if rule == "country-list":
        return "listed countries only" if value else "every country"
    if rule.startswith("country:"):
        return "allowed" if value else "not allowed"
    if rule == "sanctions-oracle":
        return f"0x{value:040x}" if value else "none"
    return f"{value} seconds" if rule in ("slot-delay", "holding-period", "velocity-period") else str(value)


def _nobody(address: str) -> str:
    return "nothing" if address == ZERO else address


_STOPS = {
    ("paused", True): "paused transfers",
    ("paused", False): "ended the transfer pause",
    ("halted", True): "halted everything",
    ("halted", False): "ended the halt",
}
