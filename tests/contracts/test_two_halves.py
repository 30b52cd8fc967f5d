"""The two halves of a token: one storage, no selector twice, no door that misses the gate; and the README's tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hashkit.contracts import artifacts
from hashkit.contracts.hashing import keccak

ROOT = Path(__file__).resolve().parents[2]
HALVES = ("AssetToken", "AssetTokenControl")

# Every state-changing door of both halves: those that move units, and those that move none. A new one must be put here.
MOVES = {
    "transfer", "transferFrom", "batchTransfer", "redeem", "issue",
    "forcedTransfer", "mint", "burn", "recoveryAddress",
    "batchForcedTransfer", "batchMint", "batchBurn",
}
MOVES_NOTHING = {
    "approve", "permit", "openOrder", "openOrderBySig", "closeOrder",
    "initialize", "pause", "unpause", "halt", "unhalt", "setAddressFrozen", "freezePartialTokens",
    "unfreezePartialTokens", "setFrozenTokens", "setCap", "setMode", "setRoleMatrix", "setLockUp", "setClasses",
    "setCountryList",
    "allowCountries", "setIdentityRegistry", "setCompliance", "applyIdentityRegistry", "applyCompliance",
    "cancelIdentityRegistry", "cancelCompliance", "registryBound", "identityChanged", "transferOwnership",
    "acceptOwnership", "grantPowers", "revokePowers", "setAgentDefault", "addAgent", "removeAgent",
    "batchSetAddressFrozen", "batchFreezePartialTokens", "batchUnfreezePartialTokens", "cancelRecovery",
    "setDocument", "removeDocument", "setMintWindow", "applyMintWindow", "cancelMintWindow",
    "setName", "setSymbol", "setOnchainID", "nameSuccessor",
}


def _type(parameter):
    if not parameter["type"].startswith("tuple"):
        return parameter["type"]
    return f"({','.join(map(_type, parameter['components']))})" + parameter["type"][len("tuple") :]


def _functions(name):
    return [entry for entry in artifacts.load(name).abi if entry["type"] == "function"]


def _selectors(name):
    signatures = (f"{f['name']}({','.join(map(_type, f['inputs']))})" for f in _functions(name))
    return {keccak(signature.encode())[:4]: signature for signature in signatures}


def test_no_selector_exists_in_both_halves():
    hot, rare = map(_selectors, HALVES)
    assert not {hot[s] for s in hot.keys() & rare.keys()}
    assert len(hot) > 30 and len(rare) > 40


@pytest.mark.parametrize("half", HALVES)
def test_no_door_takes_value(half):
    payable = [e for e in artifacts.load(half).abi if e.get("stateMutability") == "payable"]
    assert not payable


def test_every_door_is_known_to_move_units_or_not():
    doors = {f["name"] for half in HALVES for f in _functions(half) if f["stateMutability"] == "nonpayable"}
    assert doors == MOVES | MOVES_NOTHING
    assert not MOVES & MOVES_NOTHING


def test_balances_are_written_at_the_gate_only():
    """A balance is a part of a record; whoever writes a record outside the gate keeps the balance it read."""
    writers = {}
    for path in sorted((ROOT / "contracts").rglob("*.sol")):
        for line in path.read_text().splitlines():
            if re.search(r"_records\[.*\] = |_config = .*SUPPLY", line):
                writers.setdefault(path.name, []).append(line.strip())
    assert set(writers) == {"Gate.sol", "Acts.sol", "ActsBase.sol", "Slots.sol"}
    assert sum("SUPPLY" in line for line in writers["Gate.sol"]) == 2  # issue and what ends units; see Packing.t.sol
    assert all("Record.PARTLY_FROZEN" in line for line in writers["Acts.sol"])
    assert all("Record.FROZEN" in line for line in writers["ActsBase.sol"])
    assert writers["Slots.sol"] == ["_records[wallet] = record.stale();"]


def test_both_halves_have_one_storage_layout():
    hot, rare = (
        [(v["label"], v["slot"], v["offset"]) for v in artifacts.load(half).storage_layout["storage"]]
        for half in HALVES
    )
    assert hot == rare


def test_readme_table_is_the_one_that_the_solidity_test_walks():
    walked = dict(re.findall(r'_row\("([^"]+)", "([x-]{6})"', (ROOT / "tests/forge/Table.t.sol").read_text()))
    written = {}
    for line in (ROOT / "contracts/README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and set(cells[1:]) <= {"x", "–"}:
            written[cells[0]] = "".join(cells[1:]).replace("–", "-")
    assert written == walked
    assert len(walked) > 15


def test_readme_names_every_power():
    source = (ROOT / "contracts/token/Power.sol").read_text()
    powers = re.findall(r"constant ([A-Z_]+) = 1 <<", source)
    readme = (ROOT / "contracts/README.md").read_text()
    assert [p for p in powers if f"| {p.lower().replace('_', '-')} |" not in readme] == []
