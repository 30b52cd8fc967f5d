"""The typed face of the factory: tokens as clones at addresses known beforehand. Floor 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hashkit.contracts.abi import Face, decode, encode
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import checksum, clone_address, keccak
from hashkit.domain.parties import Power
from hashkit.domain.terms import MODES, AssetTerms
from hashkit.domain.units import MAX_RAW

Agents = Mapping[str, Power]
"""Address -> first powers."""

AGENTS = "(address,uint256)[]"
"""Their form in the ABI."""
_TERMS = f"(string,string,uint8,uint128,address,address,uint16[],uint16,uint8,uint40,uint40,uint128,{AGENTS})"


class AssetFactory(Face):
    """Makes tokens with their rule books; keeps no power over them."""

    contracts = ("AssetFactory",)

    def create_token(self, terms: AssetTerms, owner: str, registry: str, agents: Agents, salt: bytes) -> Call:
        """A token, with a rule book when a rule needs one; further rules are set afterwards."""
        return self._call(f"createToken({_TERMS},bytes32)", _terms(terms, owner, registry, agents), salt)

    def token_address(
        self, creator: str, terms: AssetTerms, owner: str, registry: str, agents: Agents, salt: bytes
    ) -> Query[str]:
        """Where ``creator`` gets that token."""
        values = _terms(terms, owner, registry, agents)
        return self._query(f"tokenAddress(address,{_TERMS},bytes32)", creator, values, salt, read=checksum)

    def rule_book_address(self, token: str) -> Query[str]:
        """Where the rule book of ``token`` is, when it has one."""
        return self._query("ruleBookAddress(address)", token, read=checksum)

    def token_place(self, implementation: str, creator: str, made: Call) -> str:
        """Where the token of a ``create_token`` by ``creator`` lands, whether or not the factory is there yet."""
        signature = f"createToken({_TERMS},bytes32)"
        terms, salt = decode([_TERMS, "bytes32"], made.data[4:])
        if made.data != self._call(signature, terms, salt).data:
            raise ValueError("the call creates no token")
        own = keccak(encode(["address", _TERMS, "bytes32"], [creator, terms, salt]))
        return clone_address(self.address, implementation, own)

    def rule_book_place(self, implementation: str, token: str) -> str:
        """Where the rule book of ``token`` lands, when it gets one."""
        return clone_address(self.address, implementation, bytes(32), token)

    def token_implementation(self) -> Query[str]:
        """The implementation that tokens are clones of."""
        return self._query("tokenImplementation()", read=checksum)

    def rule_book_implementation(self) -> Query[str]:
        """The implementation that rule books are clones of."""
        return self._query("ruleBookImplementation()", read=checksum)


def grants(agents: Agents) -> list[tuple[str, int]]:
    """The agents as the contracts take them, in the order of their addresses."""
    return [(agent, int(powers)) for agent, powers in sorted(agents.items())]


def _terms(terms: AssetTerms, owner: str, registry: str, agents: Agents) -> tuple[Any, ...]:
    most = terms.max_units_per_investor
    none = MAX_RAW if terms.counts else 0  # the largest limit is none, and makes a rule book for other rules
    return (
        terms.name,
        terms.symbol,
        terms.decimals,
        terms.cap.raw if terms.cap is not None else MAX_RAW,
        owner,
        registry,
        list(terms.countries),
        sum(1 << int(c) for c in terms.classes),
        MODES.index(terms.mode),
        terms.lockup_until or 0,
        terms.slot_delay_seconds,
        most.raw if most is not None else none,
        grants(agents),
    )
