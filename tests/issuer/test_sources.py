"""Sources through the SDK, against faithful stand-ins of HashKey's KYC token and of EAS on anvil."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi import encode

from hashkit.contracts.compiler import cache_folder, compile_standard
from hashkit.contracts.hashing import checksum, keccak
from hashkit.contracts.kyc_sources import EasAttestations, HashKeyKyc
from hashkit.errors import InputError, Refused
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read
from tests.chain.talk import mined
from tests.issuer.conftest import ROOT

STAND_INS = "tests/forge/Sources.sol"
SCHEMA = "0x" + keccak(b"uint16 country, uint8 class").hex()


@pytest.fixture(scope="session")
def stand_ins() -> dict[str, Any]:
    """The stand-ins of the forge tests, compiled."""
    paths = (STAND_INS, "contracts/sources/EasAttestations.sol", "contracts/interfaces/ISource.sol")
    request = {
        "language": "Solidity",
        "sources": {path: {"content": (ROOT / path).read_text()} for path in paths},
        "settings": {"evmVersion": "cancun", "outputSelection": {STAND_INS: {"*": ["evm.bytecode.object"]}}},
    }
    return compile_standard(request, ROOT, cache=cache_folder(ROOT))["contracts"][STAND_INS]


class Stranger:
    """A contract of somebody else's: its owner is the issuer of the tests, for want of another key."""

    def __init__(self, asset, code: str) -> None:
        self.node, self.sender = asset.context.endpoint, asset.context.sender
        self.address = checksum(mined(self.node, {"from": self.sender, "data": "0x" + code})["contractAddress"])

    def do(self, signature: str, *values: Any, sender: str | None = None) -> str:
        """A transaction that succeeds; its input."""
        types = signature[signature.index("(") + 1 : -1]
        data = keccak(signature.encode())[:4] + encode(types.split(",") if types else [], values)
        asked = {"from": sender or self.sender, "to": self.address, "data": "0x" + data.hex(), "gas": hex(900_000)}
        answer = self.node.call("eth_call", (asked, "latest"))
        assert mined(self.node, asked)["status"] == "0x1", signature
        return answer


@pytest.fixture
def sbt(asset, stand_ins) -> Stranger:
    return Stranger(asset, stand_ins["KycSbt"]["evm"]["bytecode"]["object"])


@pytest.fixture
def eas(asset, stand_ins) -> Stranger:
    return Stranger(asset, stand_ins["Eas"]["evm"]["bytecode"]["object"])


def _now(asset) -> int:
    return block(asset.context.endpoint, "latest").timestamp


def test_the_kyc_token_keeps_an_investor_valid_until_it_says_no(asset, hk, sbt):
    wallet = hk.wallets(1)[0]
    sbt.do("approveKyc(address,string,uint8)", wallet, "inv1.hsk", 2)
    plan = asset.sources.deploy_kyc("advanced", "30d", sbt.address)
    assert len(plan.steps) == 2 and plan.fee is not None
    source = plan.send()
    face = HashKeyKyc(source)
    assert read(hk.endpoint, face.sbt(), "latest") == sbt.address
    assert read(hk.endpoint, face.minimum_level(), "latest") == 2
    assert asset.sources.trusted() == {source: 30 * 86_400}

    agents_word = asset.investors.show("INV-1").valid_until
    asset.sources.follow("INV-1", source).send()
    view = asset.sources.show("INV-1")
    assert (view.source, view.maximum_age, view.says) == (source, 30 * 86_400, "verified")
    assert view.ceiling == agents_word and view.valid_until == _now(asset) + 30 * 86_400
    assert view.to_dict()["maximumAge"] == "30d"

    sbt.do("revokeKyc(address)", wallet, sender=wallet)  # silent: the registry does not hear of it
    assert asset.investors.show("INV-1").verified
    assert asset.sources.show("INV-1").says == "not verified"
    asset.sources.refresh("INV-1").send()
    lowered = asset.investors.show("INV-1")
    assert not lowered.verified
    mark = read(hk.endpoint, asset.sources.registry.last_worsening(lowered.investor), "latest")
    assert mark == (_now(asset), False), "lowered now, and not by an agent: the source may raise him again"
    sbt.do("approveKyc(address,string,uint8)", wallet, "inv1.hsk", 2)
    asset.sources.refresh("INV-1").send()
    assert asset.investors.show("INV-1").verified

    asset.sources.trust(source, "off").send()
    assert asset.sources.trusted() == {}
    asset.sources.refresh("INV-1").send()
    assert not asset.investors.show("INV-1").verified, "a source that is no longer trusted says nothing"
    asset.sources.follow("INV-1", None).send()
    assert asset.sources.show("INV-1").to_dict()["source"] is None


def test_a_level_below_the_lowest_does_not_count(asset, hk, sbt):
    sbt.do("approveKyc(address,string,uint8)", hk.wallets(1)[0], "inv1.hsk", 1)
    source = asset.sources.deploy_kyc("advanced", "30d", sbt.address).send()
    asset.sources.follow("INV-1", source).send()
    assert not asset.investors.show("INV-1").verified


def test_an_attestation_is_presented_counts_and_is_revoked(asset, hk, eas):
    wallet, attester = hk.wallets(2)
    source = asset.sources.deploy_eas(SCHEMA, attester, "12h", eas.address).send()
    face = EasAttestations(source)
    asked = (read(hk.endpoint, q, "latest") for q in (face.eas(), face.schema(), face.attester()))
    assert tuple(asked) == (eas.address, bytes.fromhex(SCHEMA[2:]), attester)
    assert read(hk.endpoint, face.uid_of(wallet), "latest") == bytes(32)

    payload = encode(["uint16", "uint8"], [344, 2])
    attest = "attest(bytes32,address,uint64,bytes)"
    _attested(asset, eas, attest, wallet, payload, attester)
    uid = "0x" + _uid(asset, wallet, payload, attester).hex()
    asset.sources.present(source, uid).send()
    assert read(hk.endpoint, face.uid_of(wallet), "latest").hex() == uid[2:]
    asset.sources.follow("INV-1", source).send()
    view = asset.sources.show("INV-1")
    assert view.says == "verified" and view.valid_until == _now(asset) + 12 * 3_600

    eas.do("revoke(bytes32)", bytes.fromhex(uid[2:]), sender=attester)
    asset.sources.refresh("INV-1").send()
    assert not asset.investors.show("INV-1").verified
    eas.do("setMute(bool)", True)
    assert asset.sources.show("INV-1").says == "not verified", "a service that fails verifies nobody"


def _attested(asset, eas: Stranger, attest: str, wallet: str, payload: bytes, attester: str) -> None:
    eas.do(attest, bytes.fromhex(SCHEMA[2:]), wallet, 0, payload, sender=attester)


def _uid(asset, wallet: str, payload: bytes, attester: str) -> bytes:
    types = ["bytes32", "address", "address", "uint256", "uint64", "bytes"]
    return keccak(encode(types, [bytes.fromhex(SCHEMA[2:]), wallet, attester, _now(asset), 0, payload]))


def test_who_may_do_what_is_told_before_anything_is_sent(asset, hk, sbt):
    source = asset.sources.deploy_kyc("basic", "30d", sbt.address).send()
    stranger = replace(asset.sources, context=replace(asset.context, signer=None, account=hk.wallets(1)[0]))
    for plan, words in (
        (stranger.deploy_kyc("basic", "30d", sbt.address), "does not own the registry"),
        (stranger.trust(source, "10d"), "does not own the registry"),
        (stranger.follow("INV-1", source), "lacks the power admit"),
        (asset.sources.follow("INV-1", sbt.address), "is not trusted"),
        (asset.sources.refresh("INV-1"), "follows no source"),
        (asset.sources.refresh(hk.wallets(5)[4]), "not in the registry"),
        (asset.sources.trust(hk.wallets(1)[0], "1d"), "no contract"),
        (asset.sources.deploy_kyc("basic", "30d", hk.wallets(1)[0]), "no contract"),
    ):
        assert isinstance(plan.refused, Refused) and words in plan.refused.why, words


def test_the_addresses_are_settings_of_the_network(asset, sbt):
    with pytest.raises(InputError) as unknown:
        asset.sources.deploy_kyc("basic", "30d")
    assert unknown.value.code == "NO_ADDRESS" and "kyc_sbt in hashkit.toml" in unknown.value.next_step
    set_ = replace(asset.context, network=replace(asset.context.network, kyc_sbt=sbt.address))
    plan = replace(asset.sources, context=set_).deploy_kyc("basic", "30d")
    assert plan.refused is None and plan.totals["sbt"] == sbt.address


@pytest.mark.parametrize(
    ("level", "schema", "age"), [("gold", SCHEMA, "1d"), ("basic", "0x12", "1d"), ("basic", SCHEMA, "soon")]
)
def test_what_cannot_be_is_an_input_error(asset, sbt, level, schema, age):
    with pytest.raises(InputError):
        asset.sources.deploy_kyc(level, age, sbt.address)
        asset.sources.deploy_eas(schema, sbt.address, age, sbt.address)
