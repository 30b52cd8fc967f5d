"""A lost wallet: to whom may what it held go, and when? Floor 3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hashkit.contracts.hashing import keccak
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.terms import iso_time
from hashkit.domain.verdict import Kind
from hashkit.errors import InputError
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read

if TYPE_CHECKING:
    from hashkit.issuer.acts import Acts


def recover(acts: Acts, lost: str, to: str, reason: str) -> Plan[Outcome]:
    """Move all that ``lost`` holds to ``to`` (addresses), or propose that; the note says which."""
    _named(reason)
    endpoint, token = acts.context.endpoint, acts.token
    registry = IdentityRegistry(read(endpoint, token.identity_registry(), "latest"))
    owner, other = (read(endpoint, registry.standing(w), "latest").investor for w in (lost, to))
    balance = read(endpoint, token.balance_of(lost), "latest")
    pending, ready_at = read(endpoint, token.pending_recovery(lost), "latest")
    checks = [_apart(acts, registry), _one_investor(acts, lost, to, owner, other)]
    proposed = ready_at != 0 and pending == to
    if owner == other != ZERO:
        note = "Both wallets are of one investor: it happens at once."
    elif proposed:
        now = block(endpoint, "latest").timestamp
        checks.append(
            Check("R-WAIT", now >= ready_at, f"the recovery is ready at {iso_time(ready_at)}", "Wait until then.")
        )
        note = "It was proposed before; this does it."
    else:
        note = "This proposes it; the same command does it 24 hours later, unless somebody stops it."
    call = token.recover(lost, to, owner, keccak(reason.encode()))
    title = f"Recover what {acts.name(lost)} holds to {acts.name(to)}"
    plan = acts.authority(title, call, Power.RECOVER, reason, acts.verdict(Kind.RECOVER, lost, to, balance))
    return replace(plan, checks=(*plan.checks, *checks), note=note)


def cancel(acts: Acts, lost: str, reason: str) -> Plan[Outcome]:
    """Stop the recovery of ``lost`` (an address)."""
    _named(reason)
    endpoint, token, me = acts.context.endpoint, acts.token, acts.context.sender
    registry = IdentityRegistry(read(endpoint, token.identity_registry(), "latest"))
    to, ready_at = read(endpoint, token.pending_recovery(lost), "latest")
    may = (
        me == lost
        or Power.PAUSE in read(endpoint, token.powers_of(me), "latest")
        or Power.ADMIT in read(endpoint, registry.powers_of(me), "latest")
    )
    checks = (
        Check("R-ROLE", may, f"{me} is neither the lost wallet nor a pause or admit agent", "Use such an account."),
        Check("R-SLOT", ready_at != 0, f"no recovery of {acts.name(lost)} is proposed", "There is nothing to stop."),
    )
    title = f"Stop the recovery of {acts.name(lost)}" + (f" to {acts.name(to)}" if ready_at else "")
    call = token.cancel_recovery(lost, keccak(reason.encode()))
    return replace(acts.authority(title, call, Power.PAUSE, reason), checks=checks)


def _apart(acts: Acts, registry: IdentityRegistry) -> Check:
    me = acts.context.sender
    admits = Power.ADMIT in read(acts.context.endpoint, registry.powers_of(me), "latest")
    fix = "Recover with an account that does not admit investors; the owner grants it the power recover."
    return Check("R-APART", not admits, f"{me} admits investors, so the token lets it recover nothing", fix)


def _one_investor(acts: Acts, lost: str, to: str, owner: str, other: str) -> Check:
    ok = lost != to and (ZERO in (owner, other) or owner == other)
    text = f"{acts.name(to)} is not another wallet of the investor behind {acts.name(lost)}"
    return Check("R-RECOVERY", ok, text, "Link the new wallet to him: hashkit investor link.")


def _named(reason: str) -> None:
    if not reason.strip():
        raise InputError("The paper has no name.", next_step="Give a reason.", code="REF")
