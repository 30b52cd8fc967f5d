"""The documents of a token: set, shown with their hash, replaced, removed."""

from __future__ import annotations

import pytest

from hashkit.contracts.hashing import keccak
from hashkit.errors import InputError, Refused
from hashkit.issuer.client import Hashkit


def test_a_document_is_set_shown_replaced_and_removed(asset):
    asset.documents.set("prospectus", "ipfs://one", b"first").send()
    asset.documents.set("terms", "https://example.org/terms").send()
    asset.documents.set("prospectus", "ipfs://two", b"second").send()
    prospectus, terms = asset.documents.show()
    assert (prospectus.name, prospectus.uri) == ("prospectus", "ipfs://two")
    assert prospectus.document_hash == "0x" + keccak(b"second").hex()
    assert terms.document_hash == "0x" + "00" * 32
    assert terms.to_dict()["modified"].endswith("Z")
    asset.documents.remove("prospectus").send()
    assert [document.name for document in asset.documents.show()] == ["terms"]
    assert len(list(asset.history("document-set"))) == 4


def test_a_place_that_looks_like_an_address_breaks_no_report(asset):
    asset.documents.set("odd", "0x" + "z" * 40).send()
    assert any("0xzzzz" in entry.text for entry in asset.history("document-set"))


def test_what_is_not_there_is_not_removed(asset):
    with pytest.raises(Refused) as refused:
        asset.documents.remove("prospectus").send()
    assert "there is no document" in refused.value.why


def test_it_needs_the_power(asset, tmp_path):
    url = asset.context.network.rpc_urls[0]
    other = Hashkit.connect("devnet", "dev5", project=tmp_path, rpc_url=url).asset("HKGREEN")
    with pytest.raises(Refused) as refused:
        other.documents.set("prospectus", "ipfs://one").send()
    assert "lacks the power document" in refused.value.why


@pytest.mark.parametrize("name", ["", "x" * 33, "a\nb", "a\0b", "é" * 17])
def test_names_that_do_not_fit_are_refused(asset, name):
    with pytest.raises(InputError):
        asset.documents.set(name, "ipfs://one")
