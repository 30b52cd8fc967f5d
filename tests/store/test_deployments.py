"""Deployment records: what is written comes back, the same bytes for the same facts, damage is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hashkit.contracts.hashing import checksum
from hashkit.errors import InputError
from hashkit.store.deployments import Contract, Deployment, deployments, shared_contracts
from hashkit.store.project import Project


def address(n: int) -> str:
    return checksum(n.to_bytes(20, "big"))


def record(symbol: str = "HKGREEN", *, block: int = 7, registry: int = 5, chain: int = 31337) -> Deployment:
    word = "0x" + "ab" * 32
    contract = {"transaction": word, "codeHash": word}
    return Deployment.model_validate(
        {
            "schema": "hashkit.deployment/1",
            "chainId": chain,
            "asset": {"symbol": symbol, "name": "Green Ω", "decimals": 6},
            "deployedAt": {"block": block, "hash": word},
            "contracts": {
                "IdentityRegistry": {**contract, "address": address(registry)},
                "AssetToken": {
                    **contract,
                    "address": address(0xCD),
                    "implementation": address(0xEF),
                    "implementationCodeHash": word,
                    "controlCodeHash": word,
                    "arguments": {"cap": "50000000000000"},
                },
            },
        }
    )


def test_write_then_read_gives_the_same_and_the_bytes_are_stable(tmp_path: Path) -> None:
    project = Project.scratch(tmp_path)
    path = record().write(project)
    assert path == tmp_path / "deployments" / "31337" / "HKGREEN.json"
    first = path.read_bytes()
    again = Deployment.load(project, 31337, "HKGREEN")
    assert again == record()
    again.write(project)
    assert path.read_bytes() == first and first.endswith(b"}\n")
    assert list(json.loads(first)) == ["asset", "chainId", "contracts", "deployedAt", "schema"]
    assert "implementation" not in json.loads(first)["contracts"]["IdentityRegistry"]


def test_read_when_damaged_then_every_problem_is_named(tmp_path: Path) -> None:
    project = Project.scratch(tmp_path)
    path = record().write(project)
    broken = json.loads(path.read_text())
    broken["contracts"]["AssetToken"]["address"] = "0x" + address(0xCDEF)[2:].swapcase()
    broken["deployedAt"]["block"] = -1
    broken["schema"] = "other/9"
    path.write_text(json.dumps(broken))
    with pytest.raises(InputError, match="damaged") as caught:
        Deployment.read(path)
    assert len(caught.value.details) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_read_when_not_a_record_then_input_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError):
        Deployment.read(tmp_path / "x.json")


def test_load_when_file_lies_under_another_chain_then_refuses(tmp_path: Path) -> None:
    project = Project.scratch(tmp_path)
    project.deployment_file(177, "HKGREEN").parent.mkdir(parents=True)
    project.deployment_file(177, "HKGREEN").write_bytes(record(chain=133).to_json())
    with pytest.raises(InputError, match="chain 133"):
        Deployment.load(project, 177, "HKGREEN")


def test_load_when_missing_then_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="asset list"):
        Deployment.load(Project.scratch(tmp_path), 177, "NONE")


def test_deployments_and_shared_contracts_then_newest_first_without_repeats(tmp_path: Path) -> None:
    project = Project.scratch(tmp_path)
    assert list(deployments(project)) == []
    record("AAA", block=1, registry=1).write(project)
    record("BBB", block=9, registry=2).write(project)
    record("CCC", block=5, registry=1).write(project)
    record("ZZZ", block=99, registry=3, chain=133).write(project)
    assert [d.asset.symbol for d in deployments(project)] == ["ZZZ", "AAA", "BBB", "CCC"]
    found = shared_contracts(project, 31337, "IdentityRegistry")
    assert [c.address for c in found] == [address(2), address(1)]
    assert shared_contracts(project, 31337, "Lens") == ()
    assert isinstance(found[0], Contract)
