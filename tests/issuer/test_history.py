"""The history says in words what happened, oldest first, with every kind of act that an issuer has."""

from __future__ import annotations

import pytest

from hashkit.contracts.hashing import keccak
from hashkit.domain.parties import Power
from hashkit.errors import InputError
from hashkit.issuer.client import Hashkit
from hashkit.rpc.blocks import block

PAPER = b"the prospectus"


def texts(asset, kind: str) -> list[str]:
    return [entry.text for entry in asset.history(kind)]


def test_acts_are_told_in_words(asset, hk):
    asset.issue([("INV-1", "100")], external_id="S-1").send()
    asset.powers.grant("dev5", "pause,freeze").send()
    asset.powers.revoke("dev5", "pause,freeze").send()
    asset.powers.grant("dev9", "recover").send()
    asset.documents.set("prospectus", "ipfs://paper", PAPER).send()
    asset.documents.remove("prospectus").send()
    asset.slots.mint_window("500", 3_600).send()
    asset.slots.mint_window("600", 3_600).send()
    asset.slots.cancel("mint-window").send()

    powers = texts(asset, "powers-set")
    dev5 = hk.wallets(9)[4]
    told = [text for text in powers if dev5[2:6] in text or "dev5" in text]
    assert [text.split(" may ")[1] for text in told] == ["freeze, pause", "do nothing"]
    assert Power.RECOVER.labels == ("recover",) and powers[-1].endswith(" may recover")
    there, gone = texts(asset, "document-set")
    assert there == f"prospectus: ipfs://paper, hash 0x{keccak(PAPER).hex()}" and gone == "prospectus: taken off"
    proposed, cancelled = texts(asset, "mint-window-proposed")[-2:]
    assert proposed.startswith("3600 seconds, not before 20") and cancelled.endswith(" seconds, cancelled")
    admitted = texts(asset, "standings-set")
    assert [text.split(":")[0] for text in admitted] == ["1 wallets", "1 wallets"]
    assert any(text.startswith("cap ") for text in texts(asset, "rule-set"))


def test_a_recovery_is_told_from_its_proposal_to_its_end(asset, hk):
    asset.issue([("INV-1", "100")], external_id="S-1").send()
    asset.powers.grant("dev9", "recover").send()
    urls, root = hk.network.rpc_urls, hk.project.root
    others = (Hashkit.connect("devnet", who, project=root, rpc_url=urls) for who in ("dev9", "dev1"))
    recoverer, lost = (other.asset("HKGREEN") for other in others)
    recoverer.control.recover("INV-1", "dev8", "lost phone").send()
    lost.control.cancel_recovery("INV-1", "I have it").send()
    recoverer.control.recover("INV-1", "dev8", "lost again").send()
    asset.context.endpoint.call("evm_increaseTime", (86_400,))
    asset.context.endpoint.call("evm_mine", ())
    recoverer.control.recover("INV-1", "dev8", "lost again").send()
    first, stopped, second = texts(asset, "recovery-proposed")[:3]
    assert stopped == first.split(", not before")[0] + ", cancelled"
    assert ", not before 20" in first and ", not before 20" in second
    (done,) = texts(asset, "recovered")
    assert done.startswith("all of ") and " went to " in done


def test_movements_have_the_kind_a_person_knows(asset):
    first, second = (asset.investors.show(name).wallets[0] for name in ("INV-1", "INV-2"))
    asset.issue([("INV-1", "100")], external_id="S-1").send()
    before = block(asset.context.endpoint, "latest").number
    asset.control.force("INV-1", "INV-2", "30", "court 1").send()
    asset.redeem("INV-1", "20", "R-1").send()
    issue, transfer, redeem = (list(asset.history(kind)) for kind in ("issue", "transfer", "redeem"))
    assert [(e.receiver, e.amount.show()) for e in issue] == [(first, "100.00")]
    assert [(e.sender, e.receiver, e.amount.show()) for e in transfer] == [(first, second, "30.00")]
    assert [e.amount.show() for e in redeem if e.sender] == ["20.00"]
    assert [entry.kind for entry in asset.history("issue", since=before + 1)] == []
    assert {entry.block for entry in asset.history(since=before + 1)} == {before + 1, before + 2}
    document = transfer[0].to_dict()
    assert (document["amount"]["amount"], document["kind"], document["link"]) == ("30.000000", "transfer", None)
    assert next(asset.history("powers-set")).to_dict()["amount"] is None


@pytest.mark.parametrize(("kind", "hint"), [("trasfer", "Did you mean transfer?"), ("qqqqqqqq", "Known are transfer")])
def test_an_unknown_kind_is_refused_with_what_there_is(asset, kind, hint):
    with pytest.raises(InputError, match="is no kind of entry") as caught:
        list(asset.history(kind))
    assert hint in caught.value.next_step and caught.value.code == "KIND"


def test_before_the_token_there_is_nobody(asset):
    table = asset.cap_table(asset.deployment.deployed_at.block)
    assert (table.rows, table.supply.raw) == ((), 0)
    assert table.to_dict()["holders"] == []


def test_a_frame_needs_pandas_and_says_so(asset, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(InputError, match="pandas is not installed"):
        asset.cap_table("latest").to_frame()
