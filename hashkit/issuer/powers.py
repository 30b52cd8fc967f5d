"""Who may do what? Powers of the agents, at the token and at its registry. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.domain.facts import PowersSet
from hashkit.domain.parties import Power
from hashkit.errors import InputError
from hashkit.issuer.acts import Acts
from hashkit.issuer.books import collect
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome
from hashkit.issuer.who import resolve
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read

Where = Literal["token", "registry"]


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent and his powers at the token or at its registry, as the contract answers now."""

    where: Where
    agent: str
    label: str
    powers: Power

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"at": self.where, "agent": self.agent, "label": self.label, "powers": list(self.powers.labels)}


@dataclass(frozen=True, slots=True)
class PowersView:
    """The two owners and all agents."""

    token_owner: str
    registry_owner: str
    agents: tuple[AgentView, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        owners = {"token": self.token_owner, "registry": self.registry_owner}
        return {"owners": owners, "agents": [agent.to_dict() for agent in self.agents]}


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers around one token. ``who`` is an address, an investor's label or a dev account."""

    acts: Acts

    def show(self) -> PowersView:
        """Owners and agents now: the events name the agents, the contracts say what each holds."""
        context, endpoint = self.acts.context, self.acts.context.endpoint
        head = block(endpoint, "latest").number
        found = {
            (fact.where.contract, fact.agent)
            for fact in collect(context, self.acts.deployment, head)
            if isinstance(fact, PowersSet)
        }
        agents = []
        places: tuple[Where, ...] = ("token", "registry")
        for where in places:
            face = self._face(where)
            for agent in sorted(agent for contract, agent in found if contract == face.address):
                held = read(endpoint, face.powers_of(agent), head)
                if held:
                    agents.append(AgentView(where, agent, self.acts.name(agent), held))
        token, registry = (read(endpoint, self._face(where).owner(), head) for where in ("token", "registry"))
        return PowersView(token, registry, tuple(agents))

    def grant(self, who: str, powers: str | Iterable[str] | Power, at: Where = "token") -> Plan[Outcome]:
        """Give an agent powers. Only the owner of the token, or of the registry."""
        agent, wanted = resolve(self.acts.context, who), _parsed(powers)
        held = self._held(at, agent) | wanted
        other = self._held("registry" if at == "token" else "token", agent)
        both = Power.ADMIT | Power.RECOVER
        apart = Check(
            "R-APART",
            both not in held and not (both in (held | other) and wanted & both),
            f"{self.acts.name(agent)} would both admit investors and recover wallets",
            "Give the two powers to different people.",
        )
        title = f"Grant {self.acts.name(agent)} at the {at}: {', '.join(wanted.labels)}"
        return self._plan(title, at, self._face(at).grant_powers(agent, wanted), apart)

    def revoke(self, who: str, powers: str | Iterable[str] | Power, at: Where = "token") -> Plan[Outcome]:
        """Take powers from an agent. Only the owner of the token, or of the registry."""
        agent, taken = resolve(self.acts.context, who), _parsed(powers)
        held = self._held(at, agent)
        has = Check(
            "R-POWERS",
            bool(held & taken),
            f"{self.acts.name(agent)} holds none of these at the {at}",
            "See who holds what: hashkit powers show.",
        )
        title = f"Revoke from {self.acts.name(agent)} at the {at}: {', '.join(taken.labels)}"
        return self._plan(title, at, self._face(at).revoke_powers(agent, taken), has)

    def _plan(self, title: str, at: Where, call: Call, check: Check) -> Plan[Outcome]:
        me = self.acts.context.sender
        owner = read(self.acts.context.endpoint, self._face(at).owner(), "latest")
        is_owner = Check(
            "R-ROLE", me == owner, f"{me} is not the owner of the {at}", f"Use the owner's account: {owner}."
        )
        return replace(self.acts.authority(title, call, None), checks=(is_owner, check))

    def _held(self, at: Where, agent: str) -> Power:
        return read(self.acts.context.endpoint, self._face(at).powers_of(agent), "latest")

    def _face(self, at: str) -> AssetToken | IdentityRegistry:
        if at == "token":
            return self.acts.token
        if at == "registry":
            return IdentityRegistry(self.acts.deployment.contracts["IdentityRegistry"].address)
        raise InputError(
            "Powers are held at the token or at the registry.", next_step="Write token or registry.", code="POWERS_AT"
        )


def _parsed(powers: str | Iterable[str] | Power) -> Power:
    found = powers if isinstance(powers, Power) else Power.parse(powers)
    if not found:
        raise InputError("No power is named.", next_step="Name one: pause, freeze, ...", code="POWER")
    return found
