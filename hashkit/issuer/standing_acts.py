"""What an admit agent does to investors he has admitted: renew, revoke, deny, link. Floor 3.

Each returns a plan. Many investors go in transactions of at most 100; what stands on chain already is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hashkit.contracts.call import Call
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.domain.parties import Power, Standing
from hashkit.domain.terms import iso_time
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome, Step
from hashkit.issuer.who import labels, name_of, resolve, short
from hashkit.rpc.reads import given, read, read_many
from hashkit.store.names import Names

_BATCH = 100  # investors in one transaction


@dataclass(frozen=True, slots=True)
class StandingActs:
    """The acts on the investors of one registry. ``who`` is an address, an investor's label or a dev account."""

    context: Context
    registry: str

    @property
    def face(self) -> IdentityRegistry:
        """The registry's face."""
        return IdentityRegistry(self.registry)

    def renew(self, who: Sequence[str], valid_until: int, proof: bytes) -> Plan[Outcome]:
        """Validity of the investors until ``valid_until`` (unix seconds), longer or shorter than before."""
        found = self._find(who)
        until = {w: s for w, s in found.items() if s.valid_until != valid_until}

        def call(wallets: Sequence[str]) -> Call:
            return self.face.batch_renew(wallets, [valid_until] * len(wallets), proof)

        title = f"Renew {_many(found)} until {iso_time(valid_until)}"
        return self._plan(title, "renew", list(until), call, found, f"until {iso_time(valid_until)}")

    def revoke(self, who: Sequence[str], ref: bytes) -> Plan[Outcome]:
        """The end of the investors' validity, now."""
        found = self._find(who)
        valid = [w for w, s in found.items() if s.valid_until != 0]
        title = f"Revoke {_many(found)}"
        return self._plan(title, "revoke", valid, lambda ws: self.face.batch_revoke(ws, ref), found, "revoked")

    def deny(self, who: str, denied: bool, ref: bytes) -> Plan[Outcome]:
        """Denial of an investor whatever else is known of him, or its end. A wallet nobody knows can be denied too."""
        wallet = resolve(self.context, who)
        found = {wallet: self._standings([wallet])[0]}
        todo = [w for w, s in found.items() if s.denied != denied]
        title = f"{'Deny' if denied else 'Lift the denial of'} {name_of(labels(self.context), wallet)}"
        said = "denied" if denied else "not denied"
        return self._plan(title, "deny", todo, lambda ws: self.face.deny(ws[0], denied, ref), found, said, known=False)

    def link(self, who: str, wallet: str) -> Plan[Outcome]:
        """A further wallet for the investor ``who``."""
        first, further = resolve(self.context, who), resolve(self.context, wallet)
        own, other = self._standings([first, further])
        name = name_of(labels(self.context), first)
        taken = other.registered and other.investor != own.investor
        checks = [
            self._registered(first, own),
            Check("R-INVESTOR", not taken, f"{short(further)} belongs to another investor", "Use another wallet."),
            Check("R-DENIED", not other.denied or other.registered, f"{short(further)} is denied", "Lift that first."),
        ]
        title = f"Link {short(further)} to {name}"
        todo = [] if other.registered and not taken else [further]

        def done(outcome: Outcome) -> Outcome:
            with Names(self.context.project.names_file) as names:
                label = names.label_of(first)
                if label is not None:
                    names.add(label, further, own.investor)
            return outcome

        step = Step(f"link:{further}", title, self.face.link(first, further), repeatable=True)
        return self._made(title, [step] if todo else [], checks, {"wallet": further}, done)

    # what the acts share

    def _find(self, who: Sequence[str]) -> dict[str, Standing]:
        """What the registry says of each, once per investor."""
        wallets = list(dict.fromkeys(resolve(self.context, w) for w in who))
        if not wallets:
            raise InputError("Nobody is named.", next_step="Name an investor or a wallet.", code="NOBODY")
        found = dict(zip(wallets, self._standings(wallets), strict=True))
        once = {s.investor if s.registered else w: w for w, s in reversed(found.items())}
        return {w: s for w, s in found.items() if w in once.values()}

    def _standings(self, wallets: Sequence[str]) -> list[Standing]:
        queries = [self.face.standing(w) for w in wallets]
        return [given(answer) for answer in read_many(self.context.endpoint, queries, "latest")]

    def _plan(
        self,
        title: str,
        verb: str,
        todo: Sequence[str],
        call: Callable[[Sequence[str]], Call],
        found: Mapping[str, Standing],
        said: str,
        known: bool = True,
    ) -> Plan[Outcome]:
        parts = [todo[i : i + _BATCH] for i in range(0, len(todo), _BATCH)]
        # Named by what it does, so that a run that died half-way goes on with the same acts.
        steps = [Step(f"{verb}:{c.data.hex()}", title, c, repeatable=True) for c in (call(part) for part in parts)]
        checks = [self._registered(w, s) for w, s in found.items()] if known else []
        return self._made(title, steps, checks, {"investors": str(len(found)), "from now on": said})

    def _made(
        self,
        title: str,
        steps: Sequence[Step],
        checks: Sequence[Check],
        totals: Mapping[str, str],
        result: Callable[[Outcome], Outcome] = lambda outcome: outcome,
    ) -> Plan[Outcome]:
        return Plan(
            context=self.context,
            title=title,
            result=result,
            steps=tuple(steps),
            checks=(self._power(), *checks),
            totals=dict(totals),
            fee=quote(self.context, [(s.action if isinstance(s.action, Call) else None, 100_000) for s in steps]),
            note="" if steps else "It stands in the registry already; nothing to send.",
        )

    def _power(self) -> Check:
        me = self.context.sender
        held = read(self.context.endpoint, self.face.powers_of(me), "latest")
        fix = "Use an agent with the power admit; its owner grants it: hashkit powers grant --of registry."
        return Check("R-ROLE", Power.ADMIT in held, f"{me} lacks the power admit", fix)

    def _registered(self, wallet: str, standing: Standing) -> Check:
        text = f"{name_of(labels(self.context), wallet)} is not in the registry"
        return Check("R-IDENTITY", standing.registered, text, "Admit him first: hashkit investor add.")


def _many(found: Mapping[str, Standing]) -> str:
    return f"{len(found)} investor{'s' if len(found) != 1 else ''}"
