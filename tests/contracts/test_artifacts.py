"""The committed artifacts equal a rebuild, fit on a chain, and a difference is found."""

from __future__ import annotations

import json

import pytest

from hashkit.contracts import artifacts, rebuild, sources
from hashkit.errors import InputError
from tests.contracts.sample import ROOT, make_checkout


@pytest.fixture
def written(tmp_path):
    checkout = make_checkout(tmp_path)
    rebuild.write(checkout, rebuild.compile_project(checkout))
    return checkout


@pytest.mark.slow
def test_the_committed_artifacts_equal_a_rebuild():
    assert rebuild.check(ROOT) == []


def test_every_contract_fits_on_a_chain():
    sizes = {name: len(artifacts.load(name).runtime) for name in artifacts.names()}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > rebuild.CODE_LIMIT} == {}


def test_every_contract_in_the_folder_has_an_artifact_and_no_other():
    own = [name for name in sources.own_sources(ROOT) if sources.is_deployable(name)]
    assert artifacts.names() == tuple(sorted(name.split("/")[-1].removesuffix(".sol") for name in own))


def test_every_interface_loads_and_has_no_code():
    assert artifacts.interfaces()
    for name in artifacts.interfaces():
        artifact = artifacts.load(name)
        assert artifact.abi is not None
        assert artifact.creation == artifact.runtime == b""


def test_an_artifact_says_what_it_was_made_of():
    for name in artifacts.names():
        artifact = artifacts.load(name)
        assert artifact.source in artifact.source_hashes
        assert artifact.source_hashes.items() >= {
            (part, digest)
            for part, digest in artifacts.index()["sources"].items()
            if part in artifact.source_hashes
        }
        assert artifact.compiler == "0.8.30+commit.73712a01"
        assert artifact.settings["evmVersion"] == "cancun"
        assert artifact.openzeppelin == "5.7.0"


def test_the_standard_input_names_no_place_of_a_machine():
    request = artifacts.standard_json()
    assert all(name.startswith(("contracts/", "@openzeppelin/contracts/")) for name in request["sources"])
    assert "remappings" not in request["settings"]
    assert all(set(source) == {"content"} for source in request["sources"].values())


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="AssetToken"):
        artifacts.load("../../../etc/passwd")


def test_same_code_masks_immutables_and_nothing_else(written):
    data = json.loads((rebuild.build_folder(written) / "Silver.json").read_text())
    (places,) = data["immutableReferences"].values()
    runtime = bytes.fromhex(data["runtime"])
    silver = artifacts.Artifact(
        "Silver", data["source"], (), b"", runtime, {"1": tuple(places)}, {}, {}, "", {}, ""
    )
    start, length = places[0]["start"], places[0]["length"]
    deployed = runtime[:start] + b"\x07" * length + runtime[start + length :]
    assert silver.same_code(deployed)
    assert not silver.same_code(deployed + b"\x00")
    assert not silver.same_code(bytes([deployed[0] ^ 1]) + deployed[1:])


def test_write_is_idempotent_and_removes_what_is_no_longer_made(written):
    folder = rebuild.build_folder(written)
    (folder / "Gone.json").write_text("{}")
    build = rebuild.compile_project(written)
    assert rebuild.write(written, build) == ["Gone.json"]
    assert rebuild.write(written, build) == []
    assert all(content.endswith(b"\n") for content in build.files.values())


def test_check_finds_every_kind_of_difference(written):
    folder = rebuild.build_folder(written)
    assert rebuild.check(written) == []
    contract = written / "contracts" / "Silver.sol"
    contract.write_text(contract.read_text() + "// one more line\n")
    (written / "contracts" / "interfaces" / "INew.sol").write_text(
        "pragma solidity 0.8.30; interface INew {}"
    )
    artifact = folder / "Silver.json"
    artifact.write_text(artifact.read_text().replace('"contract": "Silver"', '"contract": "Gold"'))
    (folder / "interfaces" / "ISilver.json").unlink()
    (folder / "Left.json").write_text("{}")
    assert rebuild.check(written) == [
        "contracts/Silver.sol changed since the artifacts were written",
        "contracts/interfaces/INew.sol is new since the artifacts were written",
        "compiler settings or wanted outputs changed since the artifacts were written",
        "hashkit/contracts/build/Left.json is left over",
        "hashkit/contracts/build/Silver.json is not what the compiler makes",
        "hashkit/contracts/build/interfaces/ISilver.json is missing",
    ]


def test_check_believes_the_committed_input_only_as_far_as_it_is_rebuilt(written):
    path = rebuild.build_folder(written) / artifacts.STANDARD_INPUT
    request = json.loads(path.read_text())
    request["settings"]["optimizer"]["runs"] = 1
    path.write_text(json.dumps(request, indent=1, sort_keys=True) + "\n")
    found = rebuild.check(written)
    assert "compiler settings or wanted outputs changed since the artifacts were written" in found
    assert "hashkit/contracts/build/Silver.json is not what the compiler makes" in found
