"""Networks: presets, overrides, and every mistake in them at once."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hashkit.chain import networks
from hashkit.chain.networks import network, presets
from hashkit.contracts.hashing import checksum
from hashkit.domain.network import Network, masked
from hashkit.errors import InputError
from hashkit.rpc.client import Endpoint

KEYED = "https://rpc.example/v3/sesame-open"


def mistakes(overrides) -> str:
    with pytest.raises(InputError) as caught:
        network("devnet", overrides)
    assert caught.value.code == "NETWORK" and caught.value.exit_code == 2
    return "\n".join(caught.value.details)


def test_presets_are_found_by_name_and_by_chain_id():
    assert {n.chain_id for n in presets().values()} == {177, 133, 31337}
    for name, preset in presets().items():
        assert network(name) == network(preset.chain_id) == network(str(preset.chain_id)) == preset
        for url in preset.rpc_urls:
            Endpoint(url)
        for address in (preset.eas, preset.gas_price_oracle, preset.kyc_sbt, preset.dispute_game_factory):
            assert address is None or address == checksum(address)
    assert network(177).finality == network(133).finality == "finalized" and network(31337).finality == "latest"
    assert [n.name for n in presets().values() if n.dev] == ["devnet"]


def test_links_follow_the_explorer():
    assert network(177).transaction_link("0xaa") == "https://hsk.blockscout.com/tx/0xaa"
    assert network(133).address_link("0xbb") == "https://testnet-explorer.hskchain.net/address/0xbb"
    assert network(133).block_link(7) == "https://testnet-explorer.hskchain.net/block/7"
    assert network("devnet").transaction_link("0xaa") is None


@pytest.mark.parametrize(
    ("wrong", "near"), [("haskey", "hashkey"), ("Hashkey-Testnet", "hashkey-testnet"), ("dvnet", "devnet")]
)
def test_an_unknown_name_says_the_nearest(wrong, near):
    with pytest.raises(InputError) as caught:
        network(wrong)
    assert caught.value.code == "UNKNOWN_NETWORK" and f"Did you mean {near}?" == caught.value.next_step


def test_an_unknown_name_without_a_neighbour_says_how_to_describe_it():
    with pytest.raises(InputError) as caught:
        network(1)
    assert "hashkit.toml" in caught.value.next_step and "177" in caught.value.why


def test_overrides_change_what_they_name_and_nothing_else():
    found = network("hashkey", {"hashkey": {"rpc_urls": [KEYED], "explorer": "https://e.example/", "eas": ""}})
    assert found.rpc_urls == (KEYED,) and found.transaction_link("0x1") == "https://e.example/tx/0x1"
    assert found.eas is None and found.kyc_sbt == network(177).kyc_sbt
    assert network("hashkey", {"hashkey": {"rpc_url": KEYED}}).rpc_urls == (KEYED,)


def test_a_network_of_ones_own():
    table = {"chain_id": 1337, "rpc_url": "http://127.0.0.1:9545", "finality": "latest", "currency": "ETH"}
    found = network("lab", {"lab": table})
    assert found == network(1337, {"lab": table}) and (found.name, found.title, found.dev) == ("lab", "lab", False)
    assert found.finality == "latest" and found.explorer is None


def test_another_node_of_a_known_chain_inherits_its_facts():
    found = network("mine", {"mine": {"chain_id": 177, "rpc_url": KEYED}})
    assert found.name == "mine" and found.kyc_sbt == network(177).kyc_sbt and found.minimum_base_fee == 500 * 10**9
    assert network("lab", {"lab": {"chain_id": 31337, "rpc_url": KEYED}}).dev
    assert network(177, {"mine": {"chain_id": 177, "rpc_url": KEYED}}).name == "hashkey"


def test_every_mistake_is_listed_at_once_and_no_value_repeated():
    found = mistakes(
        {
            "lab": {
                "chain_id": True,
                "rpc_urls": [KEYED, "ws://sesame-open"],
                "explorer": "sesame-open",
                "finality": "soon",
                "eas": "0x12",
                "kyc_sbt": "0x0F362c05fb3Fadca687648F412abE2A6d6450D70",
                "block_seconds": -1,
                "titel": "x",
                "dev": True,
            }
        }
    )
    for key in ("chain_id", "rpc_urls", "explorer", "finality", "eas", "kyc_sbt", "block_seconds", "dev"):
        assert f'["lab"] {key}:' in found.replace("networks.", "") or f'"{key}": no such setting' in found, key
    assert "did you mean title?" in found and "sesame" not in found


def test_what_a_network_needs_is_named():
    assert "chain_id is missing" in mistakes({"lab": {}}) and "rpc_urls is missing" in mistakes({"lab": {}})
    assert "a name is" in mistakes({"My Lab": {"chain_id": 5, "rpc_url": KEYED}})
    for urls in ([], "x", [5], ["http:// x"]):
        assert "rpc_urls" in mistakes({"lab": {"chain_id": 5, "rpc_urls": urls}})


def test_a_preset_does_not_change_its_chain():
    """Else the embedded chain's public keys could be made to sign on the main network."""
    assert "chain_id" in mistakes({"devnet": {"chain_id": 177}})
    assert network("devnet", {"devnet": {"chain_id": 31337}}).dev


def test_every_field_can_be_overridden_but_the_name_and_dev():
    assert set(networks._READERS) == {f.name for f in fields(Network)} - {"name", "dev"}


def test_urls_are_never_shown_beyond_the_host():
    found = network(
        "mine", {"mine": {"chain_id": 177, "rpc_url": "https://me:sesame-open@rpc.example:8443/sesame-open"}}
    )
    assert "sesame" not in repr(found) and "sesame" not in str(found.to_dict())
    assert found.to_dict()["rpc_urls"] == ["https://rpc.example:8443"]
    assert masked("http://[::1]:8545/x") == "http://[::1]:8545" and masked("http://h:port/sesame") == "a node"
    assert masked("nonsense") == "a node"
