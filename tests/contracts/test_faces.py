"""Faces against the ABI: every function is faced or on the list, every event and error is spoken of."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from hashkit.contracts import artifacts, logs, refusals
from hashkit.contracts.abi import table
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.lens import Lens
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.verdict import RULES

ROOT = Path(__file__).resolve().parents[2]

# Read by wallets and other contracts, or through another door that hashkit uses instead.
NOT_FACED = {
    "AssetToken": {
        "DOMAIN_SEPARATOR",
        "acceptOwnership",
        "addAgent",
        "allowance",
        "batchMint",
        "canReceive",
        "canSend",
        "canTransfer",
        "config",
        "detectTransferRestriction",
        "detectTransferRestrictionFrom",
        "explain",
        "identityChanged",
        "initialize",
        "isAgent",
        "messageForTransferRestriction",
        "mint",
        "nonces",
        "onchainID",
        "pendingOwner",
        "recordOf",
        "registryBound",
        "removeAgent",
        "setAgentDefault",
        "supportsInterface",
        "version",
    },
    "IdentityRegistry": {
        "acceptOwnership",
        "addAgent",
        "batchRegisterIdentity",
        "contains",
        "deleteIdentity",
        "identity",
        "identityStorage",
        "investorCountry",
        "isAgent",
        "isVerified",
        "issuersRegistry",
        "pendingOwner",
        "registerIdentity",
        "removeAgent",
        "setAgentDefault",
        "setClaimTopicsRegistry",
        "setIdentityRegistryStorage",
        "setTrustedIssuersRegistry",
        "supportsInterface",
        "topicsRegistry",
        "transferOwnership",
        "watchAdmissions",
    },
    "RuleBook": {
        "bindToken",
        "canTransfer",
        "check",
        "created",
        "destroyed",
        "getTokenBound",
        "heldUntil",
        "identityRegistry",
        "initialize",
        "installed",
        "isSanctioned",
        "isTokenBound",
        "moved",
        "registryReplaced",
        "rekeyed",
        "spentBehind",
        "supportsInterface",
        "token",
        "transferred",
        "unbindToken",
        "unitsBehind",
    },
    "AssetFactory": set(),
    "Lens": set(),
}

# Known events that no report needs; they become `Unknown` with their name and are counted.
NO_FACT = {
    "AgentDefaultSet",
    "Approval",
    "Armed",
    "ClaimTopicsRegistrySet",
    "CodeTrusted",
    "CountryUpdated",
    "EpochSet",
    "IdentityStorageSet",
    "IdentityUpdated",
    "OwnershipTransferStarted",
    "Presented",
    "PresetStarted",
    "RegistryBound",
    "TokenCreated",
    "TokensFrozen",
    "TokensUnfrozen",
    "TrustedIssuersRegistrySet",
    "UpdatedTokenInformation",
}


@pytest.mark.parametrize("face", [AssetToken, IdentityRegistry, RuleBook, AssetFactory, Lens])
def test_every_function_is_faced_or_listed(face):
    names = {e.name for e in table("function", *face.contracts).values()}
    source = inspect.getsource(inspect.getmodule(face))
    missing = {n for n in names if not re.search(rf"\b{n}['\"(]", source)} - NOT_FACED[face.contracts[0]]
    assert not missing
    assert not NOT_FACED[face.contracts[0]] - names, "the list names functions that are gone"


def test_every_event_becomes_a_fact_or_is_listed():
    signatures = {e.signature: e.name for e in logs.events().values()}
    assert logs.translated() <= set(signatures)
    assert {name for s, name in signatures.items() if s not in logs.translated()} == NO_FACT


def test_every_error_has_a_sentence():
    names = {e.name for e in refusals.errors().values()}
    assert names <= set(refusals.SENTENCES), names - set(refusals.SENTENCES)


def test_no_sentence_for_an_error_that_is_gone():
    names = {e.name for e in refusals.errors().values()}
    assert set(refusals.SENTENCES) <= names, set(refusals.SENTENCES) - names


@pytest.mark.parametrize("entry", list(refusals.errors().values()), ids=lambda e: e.name)
def test_sentences_name_only_arguments_that_exist(entry):
    for text in refusals.SENTENCES[entry.name]:
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(entry.input_names)


def test_an_unknown_revert_is_shown_raw():
    said = refusals.explain_revert(bytes.fromhex("deadbeef"))
    assert said.name == "R-UNKNOWN" and "0xdeadbeef" in said.sentence


def test_verdict_bits_are_one_table_with_solidity():
    source = (ROOT / "contracts/token/Verdict.sol").read_text()
    bits = re.findall(r"constant (\w+) = 1 << (\d+);", source)
    assert [int(bit) for _, bit in bits] == list(range(len(RULES)))
    messages = re.findall(r"R-[A-Z-]+", (ROOT / "contracts/token/Messages.sol").read_text())
    assert tuple(messages) == RULES


def test_power_bits_are_one_table_with_solidity():
    from hashkit.domain.parties import Power

    source = (ROOT / "contracts/token/Power.sol").read_text()
    assert {n: 1 << int(b) for n, b in re.findall(r"constant (\w+) = 1 << (\d+);", source)} == {
        p.name: int(p) for p in Power
    }


def test_no_selector_stands_in_both_halves():
    hot, rare = (table("function", n) for n in ("AssetToken", "AssetTokenControl"))
    assert not {e.selector for e in hot.values()} & {e.selector for e in rare.values()}
    assert artifacts.load("AssetToken").runtime != artifacts.load("AssetTokenControl").runtime
