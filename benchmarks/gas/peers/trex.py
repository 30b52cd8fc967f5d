"""T-REX (ERC-3643) with ONCHAINID: the full suite out of its own factory, with 0 or 2 modules.

One claim topic, one trusted issuer, one identity proxy and one signed claim an investor. The next token shares the
identity registry storage of the first, the cheap way that the factory offers. Everything is deployed from the
artifacts that the npm packages publish; nothing of them is compiled, copied or committed here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from eth_abi import encode
from eth_account import Account
from eth_account.messages import encode_defunct

from benchmarks.gas.chain import Actor, Chain, actor, calldata
from benchmarks.gas.peer import COUNTRIES, COUNTRY, DECIMALS, NAME, SYMBOL, Peer, View
from hashkit.contracts.hashing import checksum, keccak
from hashkit.domain.facts import ZERO

TOPIC = int.from_bytes(keccak(b"KYC"), "big")
_DETAILS = "(address,string,string,uint8,address,address,address[],address[],address[],bytes[])"
_CLAIMS = "(uint256[],address[],uint256[][])"
_IMPLEMENTATIONS = (
    "token/Token",
    "registry/implementation/ClaimTopicsRegistry",
    "registry/implementation/IdentityRegistry",
    "registry/implementation/IdentityRegistryStorage",
    "registry/implementation/TrustedIssuersRegistry",
    "compliance/modular/ModularCompliance",
)
_ADDRESSES = ",".join(["address"] * len(_IMPLEMENTATIONS))


class _Trex(Peer):
    version = "T-REX 4.1.6, ONCHAINID 2.2.1"
    settings = "published artifacts (T-REX: solc 0.8.17, 200 runs; ONCHAINID's factory and proxies: not optimised)"
    modules: ClassVar[tuple[str, ...]] = ()

    def __init__(self, chain: Chain, packages: Path, admin: Actor) -> None:
        super().__init__(chain, packages, admin)
        self._signer = actor("claim-signer")
        self._signatures: dict[str, bytes] = {}
        self._storage = ZERO  # of the first token's identities; the next one shares it

    # deployment

    def suite(self, path: str) -> bytes:
        """Creation code of a part of T-REX."""
        return self._artifact(f"@tokenysolutions/t-rex/artifacts/contracts/{path}")

    def _identity_part(self, path: str) -> bytes:
        """A part of ONCHAINID: the optimised copy inside T-REX's package where there is one."""
        inside = "@tokenysolutions/t-rex/artifacts/@onchain-id/solidity/contracts"
        try:
            return self._artifact(f"{inside}/{path}")
        except FileNotFoundError:
            return self._artifact(f"@onchain-id/solidity/artifacts/contracts/{path}")

    def _artifact(self, path: str) -> bytes:
        file = self.packages / f"{path}.sol" / f"{path.rpartition('/')[2]}.json"
        return bytes.fromhex(json.loads(file.read_text(encoding="utf-8"))["bytecode"][2:])

    def deploy_shared(self) -> None:
        self._deploy_identities()
        self._deploy_factory()
        self._deploy_issuer()
        self.deployed = [self._deploy_module(name) for name in self.modules]

    def _deploy_identities(self) -> None:
        chain, me = self.chain, self.admin
        code = self._identity_part("Identity")
        implementation = chain.deploy(me, code, ("address", me.address), ("bool", True), note="Identity")
        authority = chain.deploy(
            me, self._identity_part("proxy/ImplementationAuthority"), ("address", implementation), note="authority"
        )
        self._identities = chain.deploy(
            me, self._identity_part("factory/IdFactory"), ("address", authority), note="IdFactory"
        )

    def _deploy_factory(self) -> None:
        chain, me = self.chain, self.admin
        suite = [chain.deploy(me, self.suite(path), note=path) for path in _IMPLEMENTATIONS]
        code = self.suite("proxy/authority/TREXImplementationAuthority")
        self.authority = chain.deploy(me, code, ("bool", True), ("address", ZERO), ("address", ZERO), note="authority")
        use = f"addAndUseTREXVersion((uint8,uint8,uint8),({_ADDRESSES}))"
        chain.ask(me, self.authority, use, (4, 1, 6), tuple(suite))
        self._factory = chain.deploy(
            me,
            self.suite("factory/TREXFactory"),
            ("address", self.authority),
            ("address", self._identities),
            note="TREXFactory",
        )
        makers = chain.deploy(
            me, self.suite("proxy/authority/IAFactory"), ("address", self._factory), note="IAFactory"
        )
        chain.ask(me, self.authority, "setTREXFactory(address)", self._factory)
        chain.ask(me, self.authority, "setIAFactory(address)", makers)
        chain.ask(me, self._identities, "addTokenFactory(address)", self._factory)

    def _deploy_issuer(self) -> None:
        chain, me = self.chain, self.admin
        self._issuer = chain.deploy(me, self._identity_part("ClaimIssuer"), ("address", me.address), note="ClaimIssuer")
        chain.ask(me, self._issuer, "addKey(bytes32,uint256,uint256)", _key(self._signer), 3, 1)

    def _deploy_module(self, name: str) -> str:
        chain, me = self.chain, self.admin
        implementation = chain.deploy(me, self.suite(f"compliance/modular/modules/{name}"), note=name)
        arguments = (("address", implementation), ("bytes", calldata("initialize()")))
        return chain.deploy(me, self.suite("compliance/modular/modules/ModuleProxy"), *arguments, note="ModuleProxy")

    def deploy_token(self, index: int) -> str:
        chain, me = self.chain, self.admin
        settings = [
            calldata("batchAllowCountries(uint16[])", list(COUNTRIES)),
            calldata("setMaxBalance(uint256)", 10**30),
        ][: len(self.deployed)]
        agents = [me.address]
        details = (me.address, NAME, SYMBOL, DECIMALS, self._storage, ZERO, agents, agents, self.deployed, settings)
        claims = ([TOPIC], [self._issuer], [[TOPIC]])
        signature = f"deployTREXSuite(string,{_DETAILS},{_CLAIMS})"
        chain.ask(me, self._factory, signature, f"acme-{index}", details, claims)
        token = chain.address(self._factory, "getToken(string)", f"acme-{index}")
        chain.ask(me, token, "unpause()")
        if index == 0:
            self.registry = chain.address(token, "identityRegistry()")
            self._storage = chain.address(self.registry, "identityStorage()")
            self._compliance = chain.address(token, "compliance()")
        return token

    # investors

    def _identity(self, who: Actor) -> str:
        return self.chain.address(self._identities, "getIdentity(address)", who.address)

    def _claim(self, who: Actor, identity: str, data: bytes) -> None:
        digest = keccak(encode(["address", "uint256", "bytes"], [identity, TOPIC, data]))
        signature = bytes(Account.sign_message(encode_defunct(digest), self._signer.key).signature)
        self._signatures[who.address] = signature
        add = "addClaim(uint256,uint256,address,bytes,bytes,string)"
        self.chain.ask(who, identity, add, TOPIC, 1, self._issuer, signature, data, "")

    def _make_identity(self, who: Actor) -> str:
        salt = "inv-" + who.address[2:10]
        self.chain.ask(self.admin, self._identities, "createIdentity(address,string)", who.address, salt)
        identity = self._identity(who)
        self._claim(who, identity, keccak(f"kyc-record/{who.address}".encode()))
        return identity

    def onboard(self, who: Actor) -> None:
        identity = self._make_identity(who)
        signature = "registerIdentity(address,address,uint16)"
        self.chain.ask(self.admin, self.registry, signature, who.address, identity, COUNTRY)

    def onboard_batch(self, who: Sequence[Actor]) -> None:
        identities = [self._make_identity(one) for one in who]
        signature = "batchRegisterIdentity(address[],address[],uint16[])"
        wallets, countries = [one.address for one in who], [COUNTRY] * len(who)
        self.chain.ask(self.admin, self.registry, signature, wallets, identities, countries)

    def onboard_second_token(self, who: Actor) -> None:
        registry = self.chain.address(self.second_token, "identityRegistry()")
        assert self.chain.word(registry, "isVerified(address)", who.address) == 1  # shared storage: nothing to send

    def renew(self, who: Actor) -> None:
        self._claim(who, self._identity(who), keccak(f"kyc-record-2/{who.address}".encode()))

    def revoke(self, who: Actor) -> None:
        signature = self._signatures[who.address]
        self.chain.ask(self.admin, self._issuer, "revokeClaimBySignature(bytes)", signature)

    # acts of authority

    def freeze(self, who: Actor, on: bool) -> None:
        self.chain.ask(self.admin, self.token, "setAddressFrozen(address,bool)", who.address, on)

    def freeze_part(self, who: Actor, amount: int, on: bool) -> None:
        function = "freezePartialTokens" if on else "unfreezePartialTokens"
        self.chain.ask(self.admin, self.token, f"{function}(address,uint256)", who.address, amount)

    def force(self, holder: Actor, to: Actor, amount: int) -> None:
        signature = "forcedTransfer(address,address,uint256)"
        self.chain.ask(self.admin, self.token, signature, holder.address, to.address, amount)

    def recover(self, lost: Actor, new: Actor) -> None:
        identity = self._identity(lost)
        # A management key of the identity, here the old wallet, first admits the new wallet.
        self.chain.ask(lost, identity, "addKey(bytes32,uint256,uint256)", _key(new), 1, 1)
        signature = "recoveryAddress(address,address,address)"
        self.chain.ask(self.admin, self.token, signature, lost.address, new.address, identity)

    def pause(self) -> None:
        self.chain.ask(self.admin, self.token, "pause()")

    def views(self, sender: Actor, to: Actor, amount: int) -> list[View]:
        question = (sender.address, to.address, amount)
        return [
            (sender, self.registry, "isVerified(address)", (to.address,)),
            (sender, self._compliance, "canTransfer(address,address,uint256)", question),
        ]


class Trex0(_Trex):
    """Without modules."""

    id, title = "trex-0", "T-REX, 0 modules"
    checks = "receiver: identity with a valid claim; freeze, partial freeze, pause"


class Trex2(_Trex):
    """With a country list and a maximum balance."""

    id, title = "trex-2", "T-REX, 2 modules"
    modules = ("CountryAllowModule", "MaxBalanceModule")
    checks = "the same, and the receiver's country and maximum balance"


def _key(who: Actor) -> bytes:
    return keccak(encode(["address"], [checksum(who.address)]))
