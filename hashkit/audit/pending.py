"""What was approved and has not happened yet? Open orders, proposals, what may be minted. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hashkit.audit import words
from hashkit.audit.reading import Reading
from hashkit.contracts.foreign import Foreign
from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits. ``by``: what it still takes."""

    kind: str
    text: str
    by: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"kind": self.kind, "text": self.text, "by": self.by}


def pending(reading: Reading) -> tuple[Pending, ...]:
    """Everything that waits at the block; of a token that is not ours only an heir of the owner is known."""
    found = [*_orders(reading), *_slots(reading), *_mint(reading), *_recoveries(reading), *_heirs(reading)]
    return (*found, *_trusted(reading))


def _orders(reading: Reading) -> Iterator[Pending]:
    now, decimals = reading.pin.block.timestamp, reading.subject.decimals
    for order_id, order in sorted(reading.register.orders.items()):
        if order.closed or order.opened is None or order.next_row >= order.row_count or order.deadline < now:
            continue
        left = words.grouped(order.total - order.issued, decimals)
        rows = f"rows {order.next_row} to {order.row_count - 1}"
        text = f"order {order_id}: {rows}, up to {left}, until {words.time(order.deadline)}"
        yield Pending("order", text, "issue on the token")


def _slots(reading: Reading) -> Iterator[Pending]:
    for slot, proposed in sorted(reading.register.proposals.items()):
        text = f"{proposed.address} for the slot {slot}, not before {words.time(proposed.ready_at)}"
        yield Pending("slot", text, "the owner of the token")


def _mint(reading: Reading) -> Iterator[Pending]:
    """The mint window as it is and as it is proposed, and what raw supply could still make."""
    register, decimals = reading.register, reading.subject.decimals
    window: f.MintWindowSet | None = None
    wider: f.MintWindowProposed | None = None
    for act in register.acts:
        if isinstance(act.fact, f.MintWindowSet):
            window, wider = act.fact, None
        elif isinstance(act.fact, f.MintWindowProposed):
            wider = act.fact if act.fact.ready_at else None
    if wider is not None:
        size = f"{words.grouped(wider.amount, decimals)} in {wider.period} seconds"
        text = f"a mint window of {size}, not before {words.time(wider.ready_at)}"
        yield Pending("mint window", text, "raise or the owner of the token")
    raw = [a for a, bits in register.powers.get(reading.subject.token, {}).items() if bits & Power.RAW_SUPPLY]
    if raw:
        cap = register.rules.get("cap")
        room = "without end" if cap is None else f"up to {words.grouped(max(0, cap - register.supply), decimals)}"
        paced = window is not None and window.period
        pace = f", {words.grouped(window.amount, decimals)} in {window.period} seconds" if paced and window else ""
        yield Pending("raw supply", f"minting without an order, {room}{pace}", ", ".join(sorted(raw)))


def _recoveries(reading: Reading) -> Iterator[Pending]:
    waiting: dict[str, f.RecoveryProposed] = {}
    for act in reading.register.acts:
        for one in act.details:
            if isinstance(one, f.RecoveryProposed):
                waiting[one.lost] = one
            elif isinstance(one, f.Recovered):
                waiting.pop(one.lost, None)
    for lost, one in sorted(waiting.items()):
        if one.ready_at:
            text = f"all of {lost} to {one.to}, not before {words.time(one.ready_at)}"
            yield Pending("recovery", text, "recover on the token")


def _heirs(reading: Reading) -> Iterator[Pending]:
    for contract, role in sorted(reading.collected.contracts.items()):
        heir = reading.view.ask(Foreign(contract).pending_owner())
        if heir not in (None, ZERO):
            yield Pending("owner", f"{heir} may become the owner of the {role}", str(heir))


def _trusted(reading: Reading) -> Iterator[Pending]:
    """Whoever the registry believes can make investors valid without an agent."""
    last = {(a.fact.what, a.fact.address): a.fact for a in reading.register.acts if isinstance(a.fact, f.Trusted)}
    for (what, address), fact in sorted(last.items()):
        if fact.value:
            span = f" for {fact.value} seconds after each answer" if what == "source" else ""
            yield Pending("trust", f"the registry believes the {what} {address}{span}", address)
