"""Who can open which door: every state-changing function of the ABI, tried by a holder of each single power.

A door that is new must be written into ``GUARDS``; a door that opens for one power more, or one less, fails.
"""

from __future__ import annotations

import re

import pytest

from hashkit.contracts import artifacts
from hashkit.contracts.abi import encode, table
from hashkit.contracts.hashing import checksum
from hashkit.contracts.refusals import explain_revert
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power
from hashkit.issuer.client import Hashkit
from hashkit.rpc.client import RpcError
from tests.issuer.conftest import TERMS

OWNER = "owner"
ANYBODY = "anybody"
POWERS = [power for power in Power if power is not Power.ADMIT]
RULES = {"rules"}

# Who may -> functions, by signature where the forms of one name differ.
_GROUPS = [
    ({ANYBODY}, "transfer transferFrom batchTransfer approve permit openOrderBySig"),
    ({ANYBODY}, "initialize registryBound identityChanged acceptOwnership"),
    ({"approve"}, "openOrder"),
    ({"approve", "pause"}, "closeOrder"),
    ({"issue"}, "issue"),
    ({"redeem"}, "redeem"),
    ({"freeze"}, "setAddressFrozen freezePartialTokens unfreezePartialTokens setFrozenTokens"),
    ({"freeze"}, "batchSetAddressFrozen batchFreezePartialTokens batchUnfreezePartialTokens"),
    ({"force"}, "forcedTransfer batchForcedTransfer"),
    ({"force"}, "burn(address,uint256,bytes32) batchBurn(address[],uint256[],bytes32)"),
    ({"raw-supply"}, "mint batchMint burn batchBurn"),
    ({"recover"}, "recoveryAddress"),
    ({"pause"}, "cancelRecovery pause unpause halt"),
    ({"document"}, "setDocument removeDocument"),
    ({"pause", OWNER}, "cancelIdentityRegistry cancelCompliance cancelMintWindow"),
    ({"raise", OWNER}, "applyMintWindow"),
    ({OWNER}, "unhalt setName setSymbol setOnchainID nameSuccessor transferOwnership"),
    ({OWNER}, "setIdentityRegistry setCompliance applyIdentityRegistry applyCompliance"),
    ({OWNER}, "grantPowers revokePowers setAgentDefault addAgent removeAgent"),
]
GUARDS = {function: who for who, functions in _GROUPS for function in functions.split()}

# Doors whose guard follows from what is asked: signature, tightening, loosening.
BOTH_WAYS = [
    ("setCap(uint128)", [1], [2**127]),
    ("setMode(uint8)", [1], [0]),
    ("setRoleMatrix(uint16)", [0], [1]),
    ("setLockUp(uint40)", [2**39], [0]),
    ("setClasses(uint16)", [4], [0]),
    ("setCountryList(bool)", [True], [False]),
    ("allowCountries(uint16[],bool)", [[344], False], [[344], True]),
    ("setMintWindow(uint96,uint24)", [5, 5], [0, 0]),
]


def _plain(kind):
    """The plainest value of an ABI type."""
    if kind.endswith("[]"):
        return []
    if kind.startswith("("):
        return tuple(_plain(part) for part in re.findall(r"\([^)]*\)\[\]|[^,]+", kind[1:-1]))
    plain = {"address": ZERO, "bool": False, "string": "", "bytes": b""}
    return plain.get(kind, bytes(32) if kind.startswith("bytes") else 0)


def _doors():
    halves = ("AssetToken", "AssetTokenControl")
    functions = [e for half in halves for e in artifacts.load(half).abi if e["type"] == "function"]
    changing = {e["name"] for e in functions if e["stateMutability"] == "nonpayable"}
    entries = [e for e in table("function", *halves).values() if e.name in changing]
    two_ways = {signature for signature, _, _ in BOTH_WAYS}
    return [entry for entry in entries if entry.signature not in two_ways]


def _holder(bit):
    return "0x" + f"{(0xC0FFEE << 96) + bit:040x}"


@pytest.fixture(scope="module")
def asset(anvil_url, tmp_path_factory):
    """A token on which each power is held by somebody who holds no other."""
    made = (
        Hashkit.connect("devnet", "issuer", project=tmp_path_factory.mktemp("matrix"), rpc_url=anvil_url)
        .deploy(TERMS)
        .send()
    )
    for power in POWERS:
        made.powers.grant(_address(power), power).send()
    made.powers.revoke("issuer", Power(sum(Power)) & ~Power.ADMIT & ~Power.RECOVER).send()
    return made


def _address(power):
    return checksum(_holder(power.bit_length()))


def _opens(asset, who, data):
    """Whether a door's guard lets somebody pass; what fails behind it does not matter."""
    try:
        asset.context.endpoint.call(
            "eth_call", ({"from": who, "to": asset.address, "data": "0x" + data.hex()}, "latest")
        )
    except RpcError as error:
        return explain_revert(error.data or b"").name not in ("PowerMissing", "OwnableUnauthorizedAccount")
    return True


def _who(asset, data):
    found = {power.labels[0] for power in POWERS if _opens(asset, _address(power), data)}
    if _opens(asset, asset.context.sender, data):
        found.add(OWNER)
    return {ANYBODY} if _opens(asset, _holder(999), data) else found


@pytest.mark.parametrize("entry", _doors(), ids=lambda e: e.signature)
def test_each_door_opens_for_its_guard_alone(asset, entry):
    data = entry.selector + encode(entry.inputs, [_plain(kind) for kind in entry.inputs])
    expected = GUARDS.get(entry.signature, GUARDS.get(entry.name))
    if entry.name == "acceptOwnership":
        assert _who(asset, data) == set()  # only whom the owner proposed
    elif entry.name == "cancelRecovery":
        data = entry.selector + encode(entry.inputs, [_holder(77), bytes(32)])  # a lost wallet that nobody here is
        assert _who(asset, data) == {"pause", OWNER}  # here the owner admits at the registry
    else:
        assert _who(asset, data) == expected


@pytest.mark.parametrize(("signature", "tightening", "loosening"), BOTH_WAYS, ids=lambda v: str(v))
def test_tightening_needs_rules_and_loosening_the_owner(asset, signature, tightening, loosening):
    entry = table("function", "AssetToken", "AssetTokenControl")[signature]
    assert _who(asset, entry.selector + encode(entry.inputs, tightening)) == RULES
    assert _who(asset, entry.selector + encode(entry.inputs, loosening)) == {OWNER}


def test_no_guard_is_written_for_a_door_that_is_gone():
    doors = {entry.name for entry in _doors()} | {entry.signature for entry in _doors()}
    assert set(GUARDS) <= doors
