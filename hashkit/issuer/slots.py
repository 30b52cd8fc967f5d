"""What can be replaced only after a delay, and how far is it? Registry, compliance, mint window. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hashkit.contracts.call import Call
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.terms import iso_time
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.acts import Acts
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome
from hashkit.issuer.who import resolve
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read

SLOTS = ("identity-registry", "compliance", "mint-window")


@dataclass(frozen=True, slots=True)
class SlotView:
    """One slot: what is in it, what is proposed, and from when on (unix seconds; 0: nothing proposed)."""

    slot: str
    present: str
    proposed: str
    ready_at: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        ready = iso_time(self.ready_at) if self.ready_at else None
        return {"slot": self.slot, "present": self.present, "proposed": self.proposed or None, "readyAt": ready}


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one token. Proposing and applying is the owner's; a pause agent may cancel too."""

    acts: Acts

    def show(self) -> tuple[SlotView, ...]:
        """All slots now."""
        endpoint, token = self.acts.context.endpoint, self.acts.token
        size, period, available = read(endpoint, token.mint_window(), "latest")
        window = f"{self._window(size, period)}; {self._units(available).show()} free now" if period else "none"
        present = {
            "identity-registry": read(endpoint, token.identity_registry(), "latest"),
            "compliance": _or_none(read(endpoint, token.compliance(), "latest")),
            "mint-window": window,
        }
        return tuple(SlotView(slot, present[slot], *self._pending(slot)) for slot in SLOTS)

    def propose(self, slot: str, candidate: str) -> Plan[Outcome]:
        """Propose another contract for a slot; ``none`` takes the compliance contract out."""
        propose = {
            "identity-registry": self.acts.token.set_identity_registry,
            "compliance": self.acts.token.set_compliance,
        }
        _check_slot(slot, propose)
        address = ZERO if slot == "compliance" and candidate == "none" else resolve(self.acts.context, candidate)
        plan = self.acts.authority(f"Propose {_or_none(address)} as {slot}", propose[slot](address), None)
        return replace(plan, note=self._waits())

    def mint_window(self, size: str | Decimal | Units | None, period: int = 86_400) -> Plan[Outcome]:
        """Narrow the mint window (rules power), or propose a wider one (owner). None: no window.

        At most ``size`` units at once, and as many again over ``period`` seconds (up to 194 days).
        """
        units = Units.of(size, self.acts.deployment.asset.decimals) if size is not None else self._units(0)
        seconds = period if size is not None else 0
        if size is not None and not (units.raw and 0 < period < 2**24 and units.raw < 2**96):
            raise InputError(
                "A mint window has a size above zero and a period of 1 second to 194 days.",
                next_step="Give both, or no window at all.",
                code="MINT_WINDOW",
            )
        before, length, _ = read(self.acts.context.endpoint, self.acts.token.mint_window(), "latest")
        narrower = seconds != 0 and (length == 0 or (units.raw <= before and units.raw * length <= before * seconds))
        title = f"{'Set' if narrower else 'Propose'} the mint window: {self._window(units.raw, seconds)}"
        call = self.acts.token.set_mint_window(units.raw, seconds)
        plan = self.acts.authority(title, call, Power.RULES if narrower else None)
        return plan if narrower else replace(plan, note=self._waits() + " A raise agent may apply it before.")

    def apply(self, slot: str) -> Plan[Outcome]:
        """Put in what was proposed, after the delay.

        A raise agent who is not the owner applies a mint window at once.
        """
        token = self.acts.token
        apply: Mapping[str, Callable[[], Call]] = {
            "identity-registry": token.apply_identity_registry,
            "compliance": token.apply_compliance,
            "mint-window": token.apply_mint_window,
        }
        _check_slot(slot, apply)
        proposed, ready_at = self._pending(slot)
        owner = read(self.acts.context.endpoint, token.owner(), "latest")
        second_hand = slot == "mint-window" and self.acts.context.sender != owner
        now = block(self.acts.context.endpoint, "latest").timestamp
        wait = Check(
            "R-WAIT", second_hand or now >= ready_at, f"it is ready at {iso_time(ready_at)}", "Wait until then."
        )
        plan = self.acts.authority(f"Apply {proposed or 'nothing'} as {slot}", apply[slot](), None)
        role = self.acts.power(Power.RAISE) if second_hand else plan.checks
        return replace(plan, checks=(*role, _there(slot, ready_at), wait))

    def cancel(self, slot: str) -> Plan[Outcome]:
        """Drop what was proposed: a pause agent or the owner."""
        token = self.acts.token
        cancel: Mapping[str, Callable[[], Call]] = {
            "identity-registry": token.cancel_identity_registry,
            "compliance": token.cancel_compliance,
            "mint-window": token.cancel_mint_window,
        }
        _check_slot(slot, cancel)
        proposed, ready_at = self._pending(slot)
        owner = read(self.acts.context.endpoint, token.owner(), "latest")
        power = None if self.acts.context.sender == owner else Power.PAUSE
        plan = self.acts.authority(f"Cancel {proposed or 'nothing'} as {slot}", cancel[slot](), power)
        return replace(plan, checks=(*plan.checks, _there(slot, ready_at)))

    def _pending(self, slot: str) -> tuple[str, int]:
        endpoint, token = self.acts.context.endpoint, self.acts.token
        if slot == "mint-window":
            size, period, ready_at = read(endpoint, token.pending_mint_window(), "latest")
            return (self._window(size, period) if ready_at else "", ready_at)
        query = token.pending_identity_registry() if slot == "identity-registry" else token.pending_compliance()
        candidate, ready_at = read(endpoint, query, "latest")
        return (_or_none(candidate) if ready_at else "", ready_at)

    def _window(self, size: int, period: int) -> str:
        return f"{self._units(size).show()} in {period} s" if period else "none"

    def _units(self, raw: int) -> Units:
        return Units(raw, self.acts.deployment.asset.decimals)

    def _waits(self) -> str:
        delay = read(self.acts.context.endpoint, self.acts.token.slot_delay(), "latest")
        return f"It can be applied {delay} s after it was proposed; until then a pause agent can cancel it."


def _there(slot: str, ready_at: int) -> Check:
    return Check("R-SLOT", ready_at != 0, f"nothing is proposed as {slot}", "Propose it first: hashkit slot propose.")


def _check_slot(slot: str, known: Mapping[str, Any]) -> None:
    if slot not in known:
        raise InputError(
            f"{slot[:40]!a} is no slot that this works on.", next_step=f"Write one of: {', '.join(known)}.", code="SLOT"
        )


def _or_none(address: str) -> str:
    return "none" if address == ZERO else address
