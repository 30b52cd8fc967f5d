"""Single acts: transfer, redeem, and the acts of authority. Each explains itself before it is sent. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.chain.keys import open_signer
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import keccak
from hashkit.contracts.truths import redeemed
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.domain.units import Units
from hashkit.domain.verdict import Kind, Verdict
from hashkit.errors import AccountError, InputError
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.explain import explain
from hashkit.issuer.plan import Plan
from hashkit.issuer.recovery import cancel, recover
from hashkit.issuer.steps import Check, Outcome, Step
from hashkit.issuer.who import name_of, resolve
from hashkit.rpc.reads import read
from hashkit.store.deployments import Deployment
from hashkit.store.sheets.cells import identifier, spelled


@dataclass(frozen=True, slots=True)
class Redemption:
    """A redemption and the paper it belongs to. ``ref`` is the hash of ``external_id``."""

    external_id: str
    ref: str
    holder: str
    amount: Units
    supply: Units
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "externalId": self.external_id,
            "ref": self.ref,
            "holder": self.holder,
            "amount": self.amount.to_dict(),
            "supply": self.supply.to_dict(),
            "outcome": self.outcome.to_dict(),
        }


def ref_of(paper: str) -> bytes:
    """The ref of a paper, named by its external id or its reason: keccak256 of the text."""
    if not paper.strip():
        raise InputError("The paper has no name.", next_step="Give an external id or a reason.", code="REF")
    return keccak(paper.encode())


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts on one token. ``who`` in every method is an address, an investor's label or a dev account."""

    context: Context
    deployment: Deployment
    known: Mapping[str, str]

    @property
    def token(self) -> AssetToken:
        """The token's face."""
        return AssetToken(self.deployment.contracts["AssetToken"].address)

    def verdict(self, kind: Kind, sender: str, to: str, amount: int) -> Verdict:
        """The token's verdict; ``amount`` in the smallest unit."""
        return explain(self.context, self.deployment, self.known, kind, sender, to, amount)

    def transfer(self, sender: str, to: str, amount: str | Decimal | Units) -> Plan[Outcome]:
        """Units of ``sender``, who signs, to ``to``."""
        source, target = resolve(self.context, sender), resolve(self.context, to)
        units = self._units(amount)
        context = self._acting(source)
        return replace(
            self._plan(
                f"Transfer {self._shown(units)} from {self.name(source)} to {self.name(target)}",
                self.token.transfer(target, units.raw),
                f"transfer:{target}",
                self.verdict(Kind.MOVE, source, target, units.raw),
                context=context,
            ),
            confirm_word=None,
        )

    def redeem(self, holder: str, amount: str | Decimal | Units, external_id: str) -> Plan[Redemption]:
        """End units of a holder against the paper ``external_id``, once."""
        account, units = resolve(self.context, holder), self._units(amount)
        ref = ref_of(spelled(identifier, external_id))
        if not units:
            raise InputError("Nothing is redeemed by 0 units, and the paper would be used up.", code="AMOUNT")
        title = f"Redeem {self._shown(units)} from {self.name(account)}"

        def result(outcome: Outcome) -> Redemption:
            supply = read(self.context.endpoint, self.token.total_supply(), "latest")
            return Redemption(external_id, "0x" + ref.hex(), account, units, self._count(supply), outcome)

        if read(self.context.endpoint, self.token.ref_consumed(ref), "latest"):
            self._check_same_redemption(ref, external_id, account, units)
            note = f"{external_id} was redeemed before; nothing to send."
            return Plan(self.context, title, result, note=note)
        balance = read(self.context.endpoint, self.token.balance_of(account), "latest")
        step = Step(
            key=f"redeem:{ref.hex()}",
            title=title,
            action=self.token.redeem(account, units.raw, ref),
            truths=(redeemed(self.token, ref),),
        )
        after = f"{self._count(balance).show()} -> {self._count(max(0, balance - units.raw)).show()}"
        return Plan(
            context=self.context,
            title=title,
            result=result,
            steps=(step,),
            checks=self.power(Power.REDEEM),
            totals={"balance": after, "paper": external_id},
            fee=quote(self.context, [(step.action if isinstance(step.action, Call) else None, 80_000)]),
            confirm_word=self._word,
            verdict=self.verdict(Kind.REDEEM, account, account, units.raw),
        )

    def pause(self, on: bool, reason: str) -> Plan[Outcome]:
        """Pause or resume transfers."""
        title = "Pause transfers" if on else "End the pause of transfers"
        return self.authority(title, self.token.pause(on, ref_of(reason)), Power.PAUSE, reason)

    def halt(self, on: bool, reason: str) -> Plan[Outcome]:
        """Stop everything (pause power), or end the halt (owner)."""
        title = "Halt the token" if on else "End the halt"
        return self.authority(title, self.token.halt(on, ref_of(reason)), Power.PAUSE if on else None, reason)

    def freeze(self, who: str, on: bool, reason: str, amount: str | Decimal | Units | None = None) -> Plan[Outcome]:
        """Freeze an account or an amount of it, or lift that."""
        account, ref = resolve(self.context, who), ref_of(reason)
        verb = "Freeze" if on else "Unfreeze"
        if amount is None:
            call = self.token.set_address_frozen(account, on, ref)
            return self.authority(f"{verb} {self.name(account)}", call, Power.FREEZE, reason)
        units = self._units(amount)
        change = self.token.freeze_partial_tokens if on else self.token.unfreeze_partial_tokens
        title = f"{verb} {self._shown(units)} of {self.name(account)}"
        return self.authority(title, change(account, units.raw, ref), Power.FREEZE, reason)

    def force(self, sender: str, to: str, amount: str | Decimal | Units, reason: str) -> Plan[Outcome]:
        """Move units without the holder, on the paper ``reason``."""
        source, target = resolve(self.context, sender), resolve(self.context, to)
        units = self._units(amount)
        title = f"Force {self._shown(units)} from {self.name(source)} to {self.name(target)}"
        call = self.token.forced_transfer(source, target, units.raw, ref_of(reason))
        verdict = self.verdict(Kind.FORCE, source, target, units.raw)
        return self.authority(title, call, Power.FORCE, reason, verdict)

    def burn(self, holder: str, amount: str | Decimal | Units, reason: str) -> Plan[Outcome]:
        """End units of a holder by an order of a court, frozen ones included."""
        account, units = resolve(self.context, holder), self._units(amount)
        title = f"Burn {self._shown(units)} of {self.name(account)}"
        call = self.token.burn(account, units.raw, ref_of(reason))
        return self.authority(title, call, Power.FORCE, reason, self.verdict(Kind.BURN, account, ZERO, units.raw))

    def recover(self, lost: str, to: str, reason: str) -> Plan[Outcome]:
        """Move all that a lost wallet holds, freezes included, to another wallet of its investor.

        At once when the registry gives both to one investor; otherwise this proposes it, and the same act a
        day later does it. The plan's note says which.
        """
        return recover(self, resolve(self.context, lost), resolve(self.context, to), reason)

    def cancel_recovery(self, lost: str, reason: str) -> Plan[Outcome]:
        """Stop a proposed recovery: the lost wallet itself, an admit agent or a pause agent."""
        return cancel(self, resolve(self.context, lost), reason)

    # what the acts share

    def authority(
        self, title: str, call: Call, power: Power | None, reason: str = "", verdict: Verdict | None = None
    ) -> Plan[Outcome]:
        """One act as a plan, with the check that the acting account may do it; None: only the owner may."""
        plan = self._plan(title, call, f"{call.function}:{reason}", verdict)
        totals = {"reason": reason} if reason else {}
        return replace(plan, checks=self.power(power), totals=totals, confirm_word=self._word)

    def _plan(
        self, title: str, call: Call, key: str, verdict: Verdict | None, context: Context | None = None
    ) -> Plan[Outcome]:
        acting = context or self.context
        return Plan(
            context=acting,
            title=title,
            result=lambda outcome: outcome,
            steps=(Step(key, title, call, repeatable=True),),
            fee=quote(acting, [(call, 100_000)]),
            verdict=verdict,
        )

    def power(self, power: Power | None) -> tuple[Check, ...]:
        """Whether the acting account may do it; None: only the owner may."""
        me = self.context.sender
        if power is None:
            owner = read(self.context.endpoint, self.token.owner(), "latest")
            return (Check("R-ROLE", me == owner, f"{me} is not the owner", f"Use the owner's account: {owner}."),)
        held = read(self.context.endpoint, self.token.powers_of(me), "latest")
        name = power.labels[0]
        fix = f"Use an agent with the power {name}; the owner grants it: hashkit powers grant."
        return (Check("R-ROLE", power in held, f"{me} lacks the power {name}", fix),)

    def _acting(self, address: str) -> Context:
        """The context in which ``address`` signs: the own account, or a dev account on the embedded chain."""
        if self.context.signer is not None and self.context.signer.address == address:
            return self.context
        if self.context.network.dev:
            for account in DEV_ACCOUNTS:
                if account.address == address:
                    signer = open_signer(account.name, self.context.network, str)
                    return replace(self.context, signer=signer, account=None)
        if self.context.signer is None:
            return replace(self.context, account=address)
        raise AccountError(
            f"A transfer is signed by its sender, and you are not {address}.",
            why=f"The account in use is {self.context.signer.address}.",
            next_step="Use the sender's account: --account NAME; to move units without him: hashkit control force.",
            code="NOT_THE_SENDER",
        )

    def _check_same_redemption(self, ref: bytes, external_id: str, account: str, units: Units) -> None:
        from hashkit.issuer.books import redemption

        fact = redemption(self.context, self.deployment, "0x" + ref.hex())
        if fact is not None and (fact.holder, fact.amount) != (account, units.raw):
            raise InputError(
                f"{external_id} was redeemed before, with another content.",
                why=f"It ended {self._shown(self._count(fact.amount))} of {self.name(fact.holder)}.",
                next_step="Give a new redemption a new external id.",
                code="ROW_CHANGED",
            )

    def _units(self, amount: str | Decimal | Units) -> Units:
        return Units.of(amount, self.deployment.asset.decimals)

    def _count(self, raw: int) -> Units:
        return Units(raw, self.deployment.asset.decimals)

    def _shown(self, units: Units) -> str:
        return f"{units.show()} {self.deployment.asset.symbol}"

    def name(self, address: str) -> str:
        """An address for people."""
        return name_of(self.known, address)

    @property
    def _word(self) -> str | None:
        return None if self.context.network.dev else self.deployment.asset.symbol
