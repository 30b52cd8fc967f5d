"""The typed face of the identity registry. Floor 1. Times are unix seconds, countries ISO 3166 numeric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hashkit.contracts import artifacts
from hashkit.contracts.abi import Face, encode
from hashkit.contracts.asset_factory import AGENTS, Agents, grants
from hashkit.contracts.call import Call, Deploy, Query
from hashkit.contracts.hashing import checksum
from hashkit.domain.parties import Admission, Attestation, Power, Standing

_ATTESTATION = "(address,address,address,uint16,uint8,uint40,uint40)"


def new_registry(owner: str, agents: Agents) -> Deploy:
    """A registry for ``owner``, complete with its first agents: no second transaction to come before."""
    given = {"owner": owner, "agents": {agent: int(powers) for agent, powers in agents.items()}}
    return Deploy("IdentityRegistry", artifacts.load("IdentityRegistry").creation + registry_arguments(given), given)


def registry_arguments(given: Mapping[str, Any]) -> bytes:
    """A registry's constructor arguments, encoded, from the form in which a deployment's record keeps them."""
    return encode(["address", AGENTS], [given["owner"], grants(given["agents"])])


class IdentityRegistry(Face):
    """Wallets, their investors and what is known of them."""

    contracts = ("IdentityRegistry",)

    def admit(self, admissions: Sequence[Admission], proof: bytes) -> Call:
        """Admits investors with their first wallets; ``proof`` is the hash of the evidence."""
        rows = [(a.wallet, a.investor, a.country, int(a.investor_class), a.valid_until) for a in admissions]
        return self._call("admit((address,address,uint16,uint8,uint40)[],bytes32)", rows, proof)

    def set_standing(self, wallet: str, country: int, investor_class: int, valid_until: int, proof: bytes) -> Call:
        """Sets what is known of the investor behind ``wallet``."""
        signature = "setStanding(address,uint16,uint8,uint40,bytes32)"
        return self._call(signature, wallet, country, investor_class, valid_until, proof)

    def renew(self, wallet: str, valid_until: int, proof: bytes) -> Call:
        """Extends or shortens the validity of the investor behind ``wallet``."""
        return self._call("renew(address,uint40,bytes32)", wallet, valid_until, proof)

    def batch_renew(self, wallets: Sequence[str], valid_until: Sequence[int], proof: bytes) -> Call:
        """``renew`` for many, in their order."""
        return self._call("batchRenew(address[],uint40[],bytes32)", list(wallets), list(valid_until), proof)

    def revoke(self, wallet: str, ref: bytes) -> Call:
        """Ends the validity of the investor behind ``wallet``."""
        return self._call("revoke(address,bytes32)", wallet, ref)

    def batch_revoke(self, wallets: Sequence[str], ref: bytes) -> Call:
        """``revoke`` for many."""
        return self._call("batchRevoke(address[],bytes32)", list(wallets), ref)

    def deny(self, wallet: str, denied: bool, ref: bytes) -> Call:
        """Denies the investor behind ``wallet``, or lifts the denial."""
        return self._call("deny(address,bool,bytes32)", wallet, denied, ref)

    def link(self, first: str, wallet: str) -> Call:
        """Gives the investor behind ``first`` a further wallet."""
        return self._call("link(address,address)", first, wallet)

    def batch_link(self, firsts: Sequence[str], wallets: Sequence[str]) -> Call:
        """``link`` for many: each of ``wallets`` to the investor behind the one of ``firsts`` at its place."""
        return self._call("batchLink(address[],address[])", list(firsts), list(wallets))

    def update_country(self, wallet: str, country: int) -> Call:
        """Another country for the investor behind ``wallet``."""
        return self._call("updateCountry(address,uint16)", wallet, country)

    def update_identity(self, wallet: str, investor: str) -> Call:
        """Another investor for ``wallet``; a first wallet takes its links along."""
        return self._call("updateIdentity(address,address)", wallet, investor)

    def remove(self, wallet: str) -> Call:
        """Takes a wallet off."""
        return self._call("remove(address)", wallet)

    def trust_issuer(self, issuer: str) -> Call:
        """Believes what this KYC issuer signs."""
        return self._call("trustIssuer(address)", issuer)

    def distrust_issuer(self, issuer: str) -> Call:
        """Believes nothing more of this issuer; what was taken from him stays."""
        return self._call("distrustIssuer(address)", issuer)

    def admit_by_attestation(self, attestation: Attestation, issuer_signature: bytes, wallet_signature: bytes) -> Call:
        """Takes over what a trusted issuer and the wallet have signed; anybody may send it."""
        signature = f"admitByAttestation({_ATTESTATION},bytes,bytes)"
        return self._call(signature, attestation.values, issuer_signature, wallet_signature)

    def revoke_attestation(self, attestation: Attestation) -> Call:
        """Revokes the content, used or not."""
        return self._call(f"revokeAttestation({_ATTESTATION})", attestation.values)

    def trust_source(self, source: str, maximum_age: int) -> Call:
        """Trusts a source for ``maximum_age`` seconds after each answer; 0: no longer."""
        return self._call("trustSource(address,uint40)", source, maximum_age)

    def follow(self, wallet: str, source: str) -> Call:
        """Lets ``source`` (zero: none) keep the investor behind ``wallet`` valid."""
        return self._call("follow(address,address)", wallet, source)

    def refresh(self, wallet: str) -> Call:
        """Asks the investor's source again; anybody may."""
        return self._call("refresh(address)", wallet)

    def trust_code(self, code_hash: bytes, trusted: bool) -> Call:
        """Trusts tokens whose code has this hash."""
        return self._call("trustCode(bytes32,bool)", code_hash, trusted)

    def bind_token(self, token: str) -> Call:
        """Pushes changes to ``token`` from now on."""
        return self._call("bindToken(address)", token)

    def unbind_token(self, token: str) -> Call:
        """Stops pushing to a token that has replaced its registry."""
        return self._call("unbindToken(address)", token)

    def grant_powers(self, agent: str, powers: Power) -> Call:
        """Adds powers to an agent."""
        return self._call("grantPowers(address,uint256)", agent, int(powers))

    def revoke_powers(self, agent: str, powers: Power) -> Call:
        """Takes powers from an agent."""
        return self._call("revokePowers(address,uint256)", agent, int(powers))

    def standing(self, wallet: str) -> Query[Standing]:
        """Everything known of a wallet."""
        return self._query("standing(address)", wallet, read=_standing)

    def identity(self, wallet: str) -> Query[str]:
        """The investor behind a wallet, or zero: 0x-hex in small letters, to be compared and not shown."""
        return self._query("identity(address)", wallet, read=str)

    def wallets_of(self, wallet: str) -> Query[tuple[str, ...]]:
        """All wallets of the investor behind ``wallet``, the first one first."""
        return self._query("walletsOf(address)", wallet, read=_addresses)

    def bound_tokens(self) -> Query[tuple[str, ...]]:
        """The tokens this registry pushes to."""
        return self._query("boundTokens()", read=_addresses)

    def is_bound(self, token: str) -> Query[bool]:
        """Whether the registry pushes to ``token``."""
        return self._query("isBound(address)", token, read=bool)

    def is_trusted_issuer(self, issuer: str) -> Query[bool]:
        """Whether the registry believes this KYC issuer."""
        return self._query("isTrustedIssuer(address)", issuer, read=bool)

    def attestation_digest(self, attestation: Attestation) -> Query[bytes]:
        """What issuer and wallet sign (EIP-712)."""
        return self._query(f"attestationDigest({_ATTESTATION})", attestation.values, read=bytes)

    def attestation_state(self, attestation: Attestation) -> Query[str]:
        """``none``, ``consumed`` or ``revoked``."""
        read = ("none", "consumed", "revoked").__getitem__
        return self._query(f"attestationState({_ATTESTATION})", attestation.values, read=read)

    def last_worsening(self, investor: str) -> Query[tuple[int, bool]]:
        """When something was last said against an investor, and whether only an agent can raise him again."""
        return self._query("lastWorsening(address)", investor, read=_mark)

    def source_of(self, wallet: str) -> Query[tuple[str, int]]:
        """The source that keeps the investor valid (zero: none), and the last second it may give him."""
        return self._query("sourceOf(address)", wallet, read=_source)

    def maximum_age_of(self, source: str) -> Query[int]:
        """Seconds for which an answer of ``source`` counts; 0: not trusted."""
        return self._query("maximumAgeOf(address)", source, read=int)

    def deployed_block(self) -> Query[int]:
        """The block in which the registry was initialised."""
        return self._query("deployedBlock()", read=int)

    def owner(self) -> Query[str]:
        """The admin."""
        return self._query("owner()", read=checksum)

    def powers_of(self, agent: str) -> Query[Power]:
        """Powers of an agent."""
        return self._query("powersOf(address)", agent, read=Power)


def _standing(values: tuple[Any, ...]) -> Standing:
    investor, country, investor_class, valid_until, denied = values
    return Standing(checksum(investor), country, investor_class, valid_until, denied)


def _addresses(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(checksum(v) for v in values)


def _mark(not_before: int, by_agent: bool) -> tuple[int, bool]:
    return not_before, by_agent


def _source(source: str, ceiling: int) -> tuple[str, int]:
    return checksum(source), ceiling
