"""The SDK's entry: which asset, which chain, whose wallets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashkit.errors import AccountError, InputError
from hashkit.issuer.client import Hashkit
from tests.issuer.conftest import connect


def test_it_says_who_it_is_for(hk, asset, tmp_path):
    assert repr(hk) == f"<Hashkit on {hk.network.name} for {hk.address}>"
    reader = Hashkit.connect("devnet", project=tmp_path, rpc_url=hk.network.rpc_urls)
    assert repr(reader).endswith(" for nobody>") and reader.address is None
    assert "HKGREEN" in repr(asset)


def test_an_asset_is_found_by_its_symbol_or_its_address(hk, asset):
    assert hk.asset(asset.address).symbol == "HKGREEN"
    assert [found.symbol for found in hk.assets()] == ["HKGREEN"]
    with pytest.raises(InputError, match="no asset of this project") as caught:
        hk.asset("0x" + "11" * 20)
    assert "hashkit audit" in caught.value.next_step


def test_a_record_that_outlived_its_chain_is_told(asset, hk, fresh_chain, tmp_path):
    elsewhere = connect(fresh_chain("anvil"), tmp_path)
    with pytest.raises(InputError, match="There is no contract at") as caught:
        elsewhere.asset("HKGREEN")
    assert caught.value.code == "DEPLOYMENT_STALE" and "deploy HKGREEN" in caught.value.next_step


def test_only_the_embedded_chain_hands_out_wallets(hk):
    assert len(hk.wallets(3)) == 3
    other = Hashkit(replace(hk.context, network=replace(hk.network, dev=False)))
    with pytest.raises(AccountError, match="embedded chain"):
        other.wallets(1)


@pytest.mark.parametrize("file", [None, "missing"])
def test_a_keystore_without_its_passphrase_says_where_to_put_it(hk, tmp_path, monkeypatch, file):
    from hashkit.issuer.client import _passphrase_file

    monkeypatch.delenv("HASHKIT_PASSWORD_FILE", raising=False)
    if file:
        monkeypatch.setenv("HASHKIT_PASSWORD_FILE", str(tmp_path / file))
    with pytest.raises(AccountError, match="passphrase") as caught:
        _passphrase_file()
    assert caught.value.code == "PASSPHRASE"
    kept = tmp_path / "phrase"
    kept.write_text("a phrase \r\n", "utf-8")
    monkeypatch.setenv("HASHKIT_PASSWORD_FILE", str(kept))
    assert _passphrase_file() == "a phrase "
