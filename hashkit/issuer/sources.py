"""Who else may say that an investor is verified? HashKey's KYC token and EAS attestations. Floor 3.

A source keeps an investor valid for a maximum age after each answer, never beyond the day an admit agent gave; who
he is stays the agent's word. The registry's owner trusts a source, an admit agent lets investors follow it, and
anybody asks again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashkit.contracts import artifacts
from hashkit.contracts.abi import encode
from hashkit.contracts.addresses import read_address, read_contract
from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import keccak
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.kyc_sources import EasAttestations, Source
from hashkit.domain.facts import ZERO, Trusted
from hashkit.domain.parties import Power
from hashkit.domain.terms import iso_time, period, period_text
from hashkit.errors import HashkitError, InputError, TransactionFailed
from hashkit.issuer import books
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Outcome, Results, Step
from hashkit.issuer.who import resolve, short
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import code_at, read
from hashkit.store.deployments import Deployment

LEVELS = ("basic", "advanced", "premium", "ultimate")
"""Levels of HashKey's KYC token, the lowest first; the contract counts them from 1."""

_WORD = re.compile(r"0x[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class SourceView:
    """What keeps one investor valid, and what it says of him now. Times are unix seconds."""

    wallet: str
    source: str
    maximum_age: int
    ceiling: int
    valid_until: int
    says: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "wallet": self.wallet,
            "source": self.source if self.source != ZERO else None,
            "maximumAge": period_text(self.maximum_age) if self.maximum_age else None,
            "notBeyond": iso_time(self.ceiling) if self.ceiling else None,
            "validUntil": iso_time(self.valid_until) if self.valid_until else None,
            "says": self.says or None,
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of one registry."""

    context: Context
    deployment: Deployment

    @property
    def registry(self) -> IdentityRegistry:
        """The registry's face."""
        return IdentityRegistry(self.deployment.contracts["IdentityRegistry"].address)

    def deploy_kyc(self, level: str, maximum_age: str, sbt: str | None = None) -> Plan[str]:
        """HashKey's KYC token from ``level`` on as a trusted source; ``send`` returns its address.

        ``maximum_age`` such as ``30d``; ``sbt`` the token's address, by default the network's.
        """
        if level not in LEVELS:
            choices = ", ".join(LEVELS)
            raise InputError(f"{level[:40]!a} is no level.", next_step=f"Write one of: {choices}.", code="LEVEL")
        asked = self._given("kyc_sbt", sbt, self.context.network.kyc_sbt)
        arguments = {"sbt": asked, "minimumLevel": LEVELS.index(level) + 1}
        values = list(arguments.values())
        return self._made("HashKeyKyc", ["address", "uint8"], values, arguments, maximum_age)

    def deploy_eas(self, schema: str, attester: str, maximum_age: str, eas: str | None = None) -> Plan[str]:
        """EAS attestations of ``attester`` under ``schema`` (``uint16 country, uint8 class``) as a trusted source.

        ``eas`` is the service's address, by default the network's; ``send`` returns the source's address.
        """
        asked = self._given("eas", eas, self.context.network.eas)
        arguments = {"eas": asked, "schema": "0x" + _word(schema).hex(), "attester": resolve(self.context, attester)}
        values = [asked, _word(schema), arguments["attester"]]
        return self._made("EasAttestations", ["address", "bytes32", "address"], values, arguments, maximum_age)

    def trust(self, source: str, maximum_age: str) -> Plan[Outcome]:
        """Trust a source for ``maximum_age`` after each answer; ``off``: no longer."""
        address, _ = read_address(source)
        age = 0 if maximum_age == "off" else period(maximum_age)
        there = bool(code_at(self.context.endpoint, address, "latest")) or not age
        title = f"Trust the source {short(address)} for {maximum_age}" if age else f"Distrust {short(address)}"
        contract = Check("SOURCE", there, f"no contract at {address}", "Deploy one: hashkit source kyc.")
        return self._act(title, self.registry.trust_source(address, age), self._owner(), contract)

    def follow(self, who: str, source: str | None) -> Plan[Outcome]:
        """Let ``source`` (None: none) keep an investor valid from now on; it is asked at once."""
        wallet = resolve(self.context, who)
        address = ZERO if source is None else read_address(source)[0]
        trusted = source is None or self._read(self.registry.maximum_age_of(address)) > 0
        title = f"{who} follows {'no source' if source is None else short(address)}"
        trust = Check("R-SOURCE", trusted, f"{address} is not trusted", "The owner does it: hashkit source trust.")
        checks = (self._admits(), self._known(wallet), trust)
        return self._act(title, self.registry.follow(wallet, address), *checks)

    def refresh(self, who: str) -> Plan[Outcome]:
        """Ask the source of an investor again, and take its answer over. Anybody may."""
        wallet = resolve(self.context, who)
        followed = self._read(self.registry.source_of(wallet))[0] != ZERO
        follows = Check("R-SOURCE", followed, f"{who} follows no source", "An admit agent: hashkit source follow.")
        return self._act(f"Refresh {who}", self.registry.refresh(wallet), self._known(wallet), follows)

    def present(self, source: str, uid: str) -> Plan[Outcome]:
        """Make the EAS attestation ``uid`` speak for its recipient at ``source``. Anybody may."""
        face = EasAttestations(read_address(source)[0])
        return self._act(f"Present {short(uid)} at {short(face.address)}", face.present(_word(uid)))

    def trusted(self) -> dict[str, int]:
        """The trusted sources with their maximum ages in seconds, read from the registry's log."""
        last = block(self.context.endpoint, "latest").number
        ages: dict[str, int] = {}
        for fact in books.collect(self.context, self.deployment, last):
            if isinstance(fact, Trusted) and fact.what == "source" and fact.where.contract == self.registry.address:
                ages[fact.address] = fact.value
        return {source: age for source, age in ages.items() if age}

    def show(self, who: str) -> SourceView:
        """What keeps an investor valid, and what it says of him now."""
        wallet = resolve(self.context, who)
        source, ceiling = self._read(self.registry.source_of(wallet))
        first = (*self._read(self.registry.wallets_of(wallet)), wallet)[0]
        age = self._read(self.registry.maximum_age_of(source))
        standing = self._read(self.registry.standing(wallet))
        return SourceView(wallet, source, age, ceiling, standing.valid_until, self._says(source, first))

    def _says(self, source: str, first: str) -> str:
        if source == ZERO:
            return ""
        try:
            return "verified" if self._read(Source(source).check(first)).verified else "not verified"
        except HashkitError:  # a stranger's source may fail; that says nothing of the investor
            return "no answer"

    def _made(
        self, name: str, types: Sequence[str], values: Sequence[Any], arguments: Mapping[str, Any], age: str
    ) -> Plan[str]:
        """Two steps: the contract, once for these arguments, and the registry's trust. It asks the first argument."""
        asked = str(values[0])
        creation = artifacts.load(name).creation + encode(types, values)
        key, seconds = f"source:{keccak(creation).hex()[:16]}", period(age)

        def address(results: Results) -> str:
            made = results[key].contract
            if made is None:
                raise TransactionFailed(f"The node names no address for {name}.", why=results[key].tx_hash)
            return made

        def trust(results: Results) -> Call:
            return self.registry.trust_source(address(results), seconds)

        contract = Deploy(name, creation, arguments)
        there = bool(code_at(self.context.endpoint, asked, "latest"))
        return Plan(
            self.context,
            f"Make {name} a source of {self.deployment.asset.symbol}'s registry",
            lambda outcome: address(outcome.results),
            (
                Step(key, f"Contract {name}", contract),
                Step(f"trust:{key}", f"Registry trusts it for {age}", trust, repeatable=True),
            ),
            checks=(self._owner(), Check("SOURCE", there, f"no contract at {asked}", "Mend the address.")),
            totals={key: str(value) for key, value in arguments.items()},
            fee=quote(self.context, [(contract, 700_000), (None, 60_000)]),
            confirm_word=None if self.context.network.dev else self.deployment.asset.symbol,
        )

    def _act(self, title: str, call: Call, *checks: Check) -> Plan[Outcome]:
        # Named by what it does, so that a run that died half-way goes on with the same act.
        step = Step(f"source:{call.data.hex()}", title, call, repeatable=True)
        return Plan(
            self.context,
            title,
            lambda outcome: outcome,
            (step,),
            checks=checks,
            fee=quote(self.context, [(call, 250_000)]),
        )

    def _given(self, setting: str, address: str | None, preset: str | None) -> str:
        if address is not None:
            return read_contract(address)
        if preset is None:
            raise InputError(
                f"No address is known for {setting} on {self.context.network.name}.",
                next_step=f"Give it, or set {setting} in hashkit.toml under [networks.{self.context.network.name}].",
                code="NO_ADDRESS",
            )
        return preset

    def _owner(self) -> Check:
        owner = self._read(self.registry.owner())
        text = f"{self.context.sender} does not own the registry"
        return Check("R-ROLE", self.context.sender == owner, text, f"Use {owner}.")

    def _admits(self) -> Check:
        held = Power.ADMIT in self._read(self.registry.powers_of(self.context.sender))
        fix = "Use an agent with the power admit; its owner grants it: hashkit powers grant --of registry."
        return Check("R-ROLE", held, f"{self.context.sender} lacks the power admit", fix)

    def _known(self, wallet: str) -> Check:
        known = self._read(self.registry.standing(wallet)).registered
        return Check("R-IDENTITY", known, f"{wallet} is not in the registry", "Admit him first: hashkit investor add.")

    def _read(self, query: Any) -> Any:
        return read(self.context.endpoint, query, "latest")


def _word(text: str) -> bytes:
    if not _WORD.fullmatch(text):
        raise InputError(f"{text[:80]!a} is not 32 bytes.", next_step="Write 0x and 64 hex digits.", code="HASH")
    return bytes.fromhex(text[2:])
