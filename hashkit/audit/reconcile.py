"""Does the replay equal what the contracts hold at the block? Floor 3.

Every account that ever stood in a movement is asked for, not only today's holders: one that the events show
empty may still hold units. Frozen accounts, powers, owners, stops, rules, slots and the standing of every
holder are compared the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hashkit.audit import words
from hashkit.audit.evidence import Compared, State, Subject
from hashkit.audit.keyholders import look_behind, real_code
from hashkit.audit.view import Progress, View
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Query
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import OrderState
from hashkit.domain.parties import Standing
from hashkit.domain.register import COMPLIANCE_SLOT, REGISTRY_SLOT, Register

Question = tuple[str, str, str, Query[Any]]
"""Topic, what, the replayed value as text, and the question to the contract."""

_PART = 2000  # accounts between two reports of progress


def reconcile(view: View, subject: Subject, register: Register, progress: Progress) -> State:
    """The contracts' answers beside the replay. Says why when the node keeps no state of the block."""
    if not view.pin.state:
        return State(None, (), 0, {}, "the node no longer keeps the state of that block")
    token = AssetToken(subject.token)
    accounts = sorted(register.accounts)
    compared: list[Compared] = []
    for first in range(0, len(accounts), _PART):
        compared += _compare(view, [_balance(token, register, a) for a in accounts[first : first + _PART]])
        progress("asking for balances", min(first + _PART, len(accounts)), len(accounts))
    different = tuple(c for c in compared if not c.same)
    if subject.ours:
        different += tuple(_compare(view, list(_questions(subject, register))))
    supply = view.ask(token.total_supply())
    owners = look_behind(view, set(register.owners.values()) - {ZERO})
    behind = view.code_of(sorted(a for a, raw in register.balances.items() if raw > 0))
    with_code = {holder: size for holder, code in behind.items() if (size := len(real_code(code)))}
    return State(supply, different, sum(c.same for c in compared), owners, holder_codes=with_code)


def _balance(token: AssetToken, register: Register, account: str) -> Question:
    return "balance", account, str(register.balances.get(account, 0)), token.balance_of(account)


def _questions(subject: Subject, register: Register) -> Iterator[Question]:
    """What a token of ours is asked beside its balances."""
    token = AssetToken(subject.token)
    rules = register.rules
    yield "slots", REGISTRY_SLOT, register.slots.get(REGISTRY_SLOT, ZERO), token.identity_registry()
    yield "slots", COMPLIANCE_SLOT, register.slots.get(COMPLIANCE_SLOT, ZERO), token.compliance()
    for what, query in (("paused", token.paused()), ("halted", token.halted())):
        yield "stops", what, text(what in register.stops), query
    for account in sorted(_frozen_ever(register)):
        yield "stops", f"{account} frozen", text(account in register.frozen), token.is_frozen(account)
        amount = str(register.frozen_amounts.get(account, 0))
        yield "stops", f"{account} frozen amount", amount, token.frozen_tokens(account)
    yield "cap", "cap", str(rules.get("cap", 0)), token.cap()
    yield "rules", "mode", str(rules.get("mode", 0)), token.mode()
    yield "rules", "role-matrix", str(rules.get("role-matrix", 0)), token.role_matrix()
    yield "rules", "lock-up", str(rules.get("lock-up", 0)), token.lock_up_until()
    book = register.slots.get(COMPLIANCE_SLOT, ZERO)
    if (most := rules.get("max-units-per-investor")) is not None:
        yield "rules", "max-units-per-investor", str(most), RuleBook(book).max_units()
    for order_id, seen in sorted(register.orders.items()):
        state = OrderState(b"", 0, seen.next_row, 0, seen.issued, 0, seen.closed)
        yield "orders", f"order {order_id}", text(state), token.order_of(bytes.fromhex(order_id[2:]))
    yield from _of_authority(subject, register)
    yield from _of_investors(register)


def _frozen_ever(register: Register) -> set[str]:
    """Every account whose freeze could differ: those that are frozen now and everybody who holds."""
    return set(register.frozen) | set(register.frozen_amounts) | set(register.balances)


def _of_authority(subject: Subject, register: Register) -> Iterator[Question]:
    token, address = AssetToken(subject.token), register.slots.get(REGISTRY_SLOT, ZERO)
    yield "powers", "owner of the token", register.owner, token.owner()
    faces: dict[str, AssetToken | IdentityRegistry] = {subject.token: token}
    if address in register.registries:
        registry = faces[address] = IdentityRegistry(address)
        yield "powers", "owner of the identity registry", register.owners.get(address, ZERO), registry.owner()
    for contract, face in faces.items():
        role = "token" if contract == subject.token else "identity registry"
        for agent, bits in sorted(register.powers.get(contract, {}).items()):
            yield "powers", f"{agent} on the {role}", words.powers(bits), face.powers_of(agent)


def _of_investors(register: Register) -> Iterator[Question]:
    address = register.slots.get(REGISTRY_SLOT, ZERO)
    if address in register.registries:
        registry = IdentityRegistry(address)
        for holder in sorted(register.balances):
            yield "standing", holder, standing_text(register.standing(holder)), registry.standing(holder)


def standing_text(known: Standing) -> str:
    denied = ", denied" if known.denied else ""
    return (
        f"investor {known.investor}, country {known.country:03d}, class {known.investor_class}, "
        f"valid until {known.valid_until}{denied}"
    )


def text(answer: object) -> str:
    """An answer in the words of the replay."""
    if isinstance(answer, Standing):
        return standing_text(answer)
    if isinstance(answer, OrderState):
        return f"issued {answer.issued}, next row {answer.next_row}, {'closed' if answer.closed else 'open'}"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return words.powers(answer) if type(answer).__name__ == "Power" and isinstance(answer, int) else str(answer)


def _compare(view: View, questions: Sequence[Question]) -> list[Compared]:
    """Every question with its answer."""
    answers = view.ask_many([query for *_, query in questions])
    return [
        Compared(topic, what, replayed, None if answer is None else text(answer))
        for (topic, what, replayed, _), answer in zip(questions, answers, strict=True)
    ]
