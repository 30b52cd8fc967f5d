"""The checks: each a small function from evidence to one finding. Floor 3.

Nothing is green by default: a check that had nothing to look at says "not performed" and why. Ids are stable
and never reused; those that later work adds are simply not listed yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hashkit.audit import words
from hashkit.audit.acts import acts, rule_name, rule_value
from hashkit.audit.evidence import Compared, Evidence
from hashkit.domain.books import Irregularity
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.register import REGISTRY_SLOT

Result = Literal["pass", "exception", "note", "not performed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to. ``evidence`` are lines that a person can follow up."""

    id: str
    result: Result
    title: str
    text: str
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "id": self.id,
            "result": self.result,
            "title": self.title,
            "text": self.text,
            "evidence": list(self.evidence),
        }


def sum_of_balances(e: Evidence) -> Finding:
    """C01."""
    title = "The sum of all balances is the total supply"
    if (why := _no_supply(e)) is not None:
        return Finding("C01", "not performed", title, why)
    total, supply = sum(e.register.balances.values()), e.state.supply or 0
    text = f"balances {_amount(e, total)}, total supply {_amount(e, supply)}, difference {_amount(e, total - supply)}"
    return Finding("C01", "pass" if total == supply else "exception", title, text)


def every_balance(e: Evidence) -> Finding:
    """C02."""
    title = "Every replayed balance is what the contract holds at the block"
    if e.state.why_not:
        return Finding("C02", "not performed", title, _why(e))
    wrong = e.state.differing("balance")
    asked = e.state.balances_same + len(wrong)
    if wrong:
        text = f"{len(wrong)} of {asked} accounts differ: events are missing, or balances changed without one"
        return Finding("C02", "exception", title, text, tuple(_balance_line(e, c) for c in wrong))
    if asked == 0:
        return Finding("C02", "not performed", title, "no account ever stood in a movement")
    return Finding("C02", "pass", title, f"all {asked} accounts that ever stood in a movement were asked")


def minted_and_burnt(e: Evidence) -> Finding:
    """C03."""
    title = "Units minted less units burnt are the total supply"
    if (why := _no_supply(e)) is not None:
        return Finding("C03", "not performed", title, why)
    r, supply = e.register, e.state.supply or 0
    text = (
        f"minted {_amount(e, r.minted)} - burnt {_amount(e, r.burnt)} = {_amount(e, r.supply)}, "
        f"total supply {_amount(e, supply)}, difference {_amount(e, r.supply - supply)}"
    )
    return Finding("C03", "pass" if r.supply == supply else "exception", title, text)


def roll_forward(e: Evidence) -> Finding:
    """C04."""
    title = "Units were issued by approved orders and ended against refs, each once"
    if not e.subject.ours:
        return Finding("C04", "not performed", title, "orders and refs exist only in tokens of hashkit")
    r = e.register
    text = f"opening 0 + issued {_amount(e, r.issued)} - redeemed {_amount(e, r.redeemed)}"
    if r.court_burnt:
        text += f" - burnt by court {_amount(e, r.court_burnt)}"
    if r.raw_minted or r.raw_burnt:
        text += f" + raw minted {_amount(e, r.raw_minted)} - raw burnt {_amount(e, r.raw_burnt)}"
    text += f" = closing {_amount(e, r.supply)}"
    wrong, lies = _irregular(e, "order", "ref"), e.state.differing("orders")
    more_than_moved = r.raw_minted < 0 or r.raw_burnt < 0
    if wrong or lies or more_than_moved:
        more = "; more was reported issued or redeemed than the movements show" if more_than_moved else ""
        return Finding("C04", "exception", title, text + more, _lines(wrong) + _compared(lies))
    if r.raw_minted or r.raw_burnt:
        return Finding("C04", "note", title, text + ": units moved in or out without an order or a ref", _raw(e))
    return Finding("C04", "pass", title, text)


def no_negative_balance(e: Evidence) -> Finding:
    """C05."""
    title = "No balance was ever below zero, and no event was read twice"
    wrong = _irregular(e, "balance", "sequence")
    if not wrong and not e.register.accounts:
        return Finding("C05", "not performed", title, "no account ever stood in a movement")
    text = f"{len(wrong)} times" if wrong else f"{len(e.register.accounts)} accounts followed through every movement"
    return Finding("C05", "exception" if wrong else "pass", title, text, _lines(wrong))


def population(e: Evidence) -> Finding:
    """C06. One node's word: a note, never a pass."""
    title = "The events are complete"
    p, wrong = e.population, e.state.differing("slots") + e.state.differing("rules")
    text = (
        f"{p.logs} events of {len(p.contracts)} contracts in blocks {p.first} to {p.last} without a gap, "
        f"digest {p.digest}; attested by one node alone"
    )
    if wrong:
        return Finding("C06", "exception", title, f"{text}; but the contracts say otherwise", _compared(wrong))
    if e.register.unknown:
        text += f"; {sum(e.register.unknown.values())} events are of kinds hashkit does not know"
    return Finding("C06", "note", title, text)


def pinned_block(e: Evidence) -> Finding:
    """C07."""
    title = "The block is final and pinned by its hash"
    b, network = e.pin.block, e.network
    text = f"block {b.number}, {b.hash}, {words.time(b.timestamp)}"
    if not e.pin.final:
        later = f"not yet {network.finality} on {network.name}: the chain may still replace it"
        return Finding("C07", "note", title, f"{text}; {later}")
    if network.finality == "latest":
        return Finding("C07", "note", title, f"{text}; {network.name} knows no finality beyond its newest block")
    return Finding("C07", "pass", title, f"{text}; {network.finality} by the word of one node")


def code_equals_build(e: Evidence) -> Finding:
    """C08."""
    title = "The code on chain is the code of this build of hashkit"
    if e.state.why_not:
        return Finding("C08", "not performed", title, _why(e))
    compared = [part for part in e.code if part.same is not None]
    if not compared:
        return Finding("C08", "not performed", title, "; ".join(part.text for part in e.code))
    lines = tuple(f"{part.role}: {part.text}" for part in e.code)
    wrong = [part.role for part in compared if not part.same]
    if wrong:
        return Finding("C08", "exception", title, f"other code: {', '.join(wrong)}", lines)
    return Finding("C08", "pass", title, f"{len(compared)} parts equal, byte for byte but for immutables", lines)


_STRANGER = "validity is unknown: the registry is a stranger's, it answers only now"


def holders_verified(e: Evidence) -> Finding:
    """C09."""
    title = "Every holder is verified at the cut-off"
    r, at = e.register, e.pin.block.timestamp
    holders = sorted(a for a, raw in r.balances.items() if raw > 0)
    if r.slots.get(REGISTRY_SLOT, ZERO) not in r.registries:
        none = "no identity registry of hashkit stands behind this token"
        why = _STRANGER if REGISTRY_SLOT in r.slots else none
        return Finding("C09", "not performed", title, why if holders else "there are no holders")
    if not holders:
        return Finding("C09", "not performed", title, "there are no holders")
    lies = e.state.differing("standing")
    bad = [a for a in holders if not r.standing(a).verified(at)]
    lines = tuple(_standing_line(e, account) for account in bad) + _compared(lies)
    text = f"{len(holders) - len(bad)} of {len(holders)}"
    if lies:
        text += f"; of {len(lies)} the registry says otherwise than its events"
    return Finding("C09", "exception" if lines else "pass", title, text, lines)


def acts_have_refs(e: Evidence) -> Finding:
    """C13."""
    title = "Every act of authority names its paper"
    if not e.subject.ours:
        return Finding("C13", "not performed", title, "acts are logged only by tokens of hashkit")
    with_door = [row for row in acts(e) if row.ref]
    if not with_door:
        return Finding("C13", "not performed", title, "there were no such acts")
    without = [row for row in with_door if row.unreferenced]
    lines = tuple(f"block {row.block}: {row.agent} {row.text}; transaction {row.transaction}" for row in without)
    text = f"{len(with_door) - len(without)} of {len(with_door)} acts carry a ref"
    if any(row.kind in ("forced", "recovery", "court burn") for row in without):
        return Finding("C13", "exception", title, f"{text}; units were moved by force without one", lines)
    if without:
        return Finding("C13", "note", title, f"{text}; the doors of the standards carry none", lines)
    return Finding("C13", "pass", title, text)


def powers(e: Evidence) -> Finding:
    """C18."""
    title = "Who holds which power"
    if not e.subject.ours:
        return Finding("C18", "not performed", title, "the powers of a stranger's token cannot be read")
    wrong = e.state.differing("powers")
    if wrong:
        text = "the contracts say otherwise than their events"
        return Finding("C18", "exception", title, text, _compared(wrong))
    held = [
        (e.population.contracts.get(contract, contract), agent, bits)
        for contract, agents in e.register.powers.items()
        for agent, bits in sorted(agents.items())
    ]
    lines = tuple(f"{agent} on the {role}: {words.powers(bits)}" for role, agent, bits in held)
    both = Power.APPROVE | Power.ISSUE
    alone = sum(1 for _, _, bits in held if bits & both == both)
    raw = sum(1 for _, _, bits in held if bits & Power.RAW_SUPPLY)
    text = f"{len(held)} grants"
    if alone:
        text += f"; {_agents(alone)} can both approve and execute an order: one key issues alone"
    if raw:
        text += f"; {_agents(raw)} can mint and burn without an order"
    return Finding("C18", "note" if alone or raw else "pass", title, text, lines)


def owner_is_no_single_key(e: Evidence) -> Finding:
    """C19."""
    title = "The owner is not a single key"
    if e.state.why_not or not e.subject.ours:
        return Finding("C19", "not performed", title, _why(e) or "the owner of a stranger's token cannot be read")
    roles = e.population.contracts
    owners = sorted((roles[c], o) for c, o in e.register.owners.items() if roles.get(c, "compliance") != "compliance")
    keys = [(role, owner) for role, owner in owners if not e.state.owner_codes.get(owner)]
    lines = tuple(f"{role}: {owner} is {_code_words(e.state.owner_codes.get(owner))}" for role, owner in owners)
    if keys:
        return Finding("C19", "note", title, f"{len(keys)} of {len(owners)} contracts belong to one key", lines)
    return Finding("C19", "pass", title, "owned by contracts; who stands behind those was not looked at", lines)


def stops_and_freezes(e: Evidence) -> Finding:
    """C21."""
    title = "Nothing moved against a pause, a halt or a freeze"
    if not e.subject.ours:
        return Finding("C21", "not performed", title, "a stranger's token has other stops, or none")
    wrong, lies = _irregular(e, "stop", "freeze"), e.state.differing("stops")
    if wrong or lies:
        text = f"{len(wrong)} movements, {len(lies)} answers of the contract"
        return Finding("C21", "exception", title, text, _lines(wrong) + _compared(lies))
    r = e.register
    now = ", ".join(sorted(r.stops)) or "nothing stopped"
    text = f"at the block: {now}; {len(r.frozen)} accounts and amounts of {len(r.frozen_amounts)} more are frozen"
    return Finding("C21", "pass", title, text)


def cap_respected(e: Evidence) -> Finding:
    """C22."""
    title = "The supply never went over the cap"
    cap = e.register.rules.get("cap")
    if cap is None:
        return Finding("C22", "not performed", title, "the token names no cap")
    wrong, lies = _irregular(e, "cap"), e.state.differing("cap")
    over = e.state.supply is not None and e.state.supply > cap
    text = f"cap {_amount(e, cap)}, supply {_amount(e, e.register.supply)}"
    bad = bool(wrong or lies or over)
    return Finding("C22", "exception" if bad else "pass", title, text, _lines(wrong) + _compared(lies))


CHECKS: tuple[Callable[[Evidence], Finding], ...] = (
    sum_of_balances,
    every_balance,
    minted_and_burnt,
    roll_forward,
    no_negative_balance,
    population,
    pinned_block,
    code_equals_build,
    holders_verified,
    acts_have_refs,
    powers,
    owner_is_no_single_key,
    stops_and_freezes,
    cap_respected,
)


def check(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings, in the order of the ids."""
    return tuple(one(evidence) for one in CHECKS)


def rules_in_words(e: Evidence) -> tuple[tuple[str, str], ...]:
    """The rules at the block, for people."""
    rules, decimals = e.register.rules, e.subject.decimals
    listed = sorted(words.country(int(r[8:])) for r, v in rules.items() if r.startswith("country:") and v)
    shown = {r: v for r, v in rules.items() if not r.startswith("country:")}
    found = [(rule_name(r), rule_value(r, v, decimals)) for r, v in sorted(shown.items())]
    return (*found, ("countries", ", ".join(listed))) if listed else tuple(found)


def _no_supply(e: Evidence) -> str | None:
    if e.state.why_not:
        return _why(e)
    return "the contract does not say its total supply" if e.state.supply is None else None


def _why(e: Evidence) -> str:
    return e.state.why_not


def _amount(e: Evidence, raw: int) -> str:
    return words.grouped(raw, e.subject.decimals)


def _balance_line(e: Evidence, c: Compared) -> str:
    answer = "no answer" if c.answer is None else _amount(e, int(c.answer))
    return f"{c.what}: replayed {_amount(e, int(c.replayed))}, contract {answer}"


def _standing_line(e: Evidence, account: str) -> str:
    known, at = e.register.standing(account), e.pin.block.timestamp
    word = words.standing(known, at)
    since = f" since {words.time(known.valid_until)}" if word == "expired" else ""
    return f"{account} holds {_amount(e, e.register.balances[account])}: {word}{since}"


def _agents(many: int) -> str:
    return "1 agent" if many == 1 else f"{many} agents"


def _code_words(size: int | None) -> str:
    return f"a contract of {size:,} bytes" if size else "a key"


def _irregular(e: Evidence, *kinds: str) -> list[Irregularity]:
    return [i for i in e.register.irregularities if i.kind in kinds]


def _lines(found: Iterable[Irregularity]) -> tuple[str, ...]:
    return tuple(f"block {i.where.block}: {i.text}; transaction {i.where.tx_hash}" for i in found)


def _compared(found: Sequence[Compared]) -> tuple[str, ...]:
    return tuple(f"{c.what}: events say {c.replayed}, contract says {c.answer or 'nothing'}" for c in found)


def _raw(e: Evidence) -> tuple[str, ...]:
    return tuple(f"block {row.block}: {row.agent} {row.text}" for row in acts(e) if row.kind == "raw supply")
