"""T-REX's identity registry with ONCHAINID claims in our registry slot: asked live, never copied."""

from __future__ import annotations

import pytest

from benchmarks.gas.chain import Actor
from hashkit.audit import audit
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.errors import Refused
from tests.interop.conftest import ALICE, BOB, CAROL, ISSUER, move, put_in, tranche, verdict

FOREIGN, BOUND = 1 << 62, 1 << 58


@pytest.fixture
def trex(suite):
    """A whole suite out of T-REX's factory: registry, storage, trusted issuers, claim topics."""
    suite.token = suite.deploy_token(0)
    for who in (ALICE, BOB):
        suite.onboard(who)
    return suite


@pytest.fixture
def asset(hk, trex, tmp_path):
    """Alice and Bob hold; only T-REX's registry knows them."""
    made = tranche(hk, tmp_path)
    put_in(made, "identity-registry", trex.registry)
    made.issue([(ALICE.address, "500"), (BOB.address, "100")], "S-1").send()
    return made


def test_a_signed_claim_admits_and_its_revocation_tells_at_once(chain, asset, trex):
    assert chain.word(asset.address, "config()") & (FOREIGN | BOUND) == FOREIGN
    assert verdict(chain, asset, ALICE, BOB, 10) == ()
    move(chain, asset, ALICE, BOB, 10)
    trex.revoke(BOB)
    assert verdict(chain, asset, ALICE, BOB, 10) == ("R-KYC-EXPIRED-TO",)
    assert verdict(chain, asset, BOB, ALICE, 10) == ("R-KYC-EXPIRED-FROM",)
    trex.renew(BOB)
    assert verdict(chain, asset, ALICE, BOB, 10) == ()


def test_who_is_not_in_the_registry_is_not_registered(chain, asset, trex):
    assert verdict(chain, asset, ALICE, CAROL, 1) == ("R-IDENTITY-TO",)
    trex.onboard(CAROL)
    move(chain, asset, ALICE, CAROL, 1)
    chain.ask(ISSUER, trex.registry, "deleteIdentity(address)", CAROL.address)
    assert verdict(chain, asset, CAROL, ALICE, 1) == ("R-IDENTITY-FROM",)


def test_the_tokens_country_list_reads_the_registrys_country(chain, asset, trex):
    chain.ask(ISSUER, trex.registry, "updateCountry(address,uint16)", BOB.address, 250)
    assert verdict(chain, asset, ALICE, BOB, 1) == ("R-COUNTRY-TO",)
    assert "FR" in asset.check_transfer(ALICE.address, BOB.address, "1").failed[0].text


def test_the_words_do_not_claim_a_date_that_nobody_knows(asset, trex):
    trex.revoke(BOB)
    (reason,) = asset.check_transfer(ALICE.address, BOB.address, "1").failed
    assert "stranger's" in reason.text and reason.have == "unknown" and "investor renew" not in reason.fix


def test_a_class_mask_refuses_for_the_class_is_unknown(chain, asset):
    call = asset._token.set_classes(1 << 2)
    chain.send(ISSUER, call.to, call.data)
    assert verdict(chain, asset, ALICE, BOB, 1) == ("R-CLASS-FROM", "R-CLASS-TO")
    assert "unknown" in asset.check_transfer(ALICE.address, BOB.address, "1").failed[0].text


def test_acts_of_authority_need_no_claim_of_the_holder(asset, trex):
    trex.revoke(ALICE)
    asset.redeem(ALICE.address, "100", "R-1").send()
    asset.control.force(ALICE.address, BOB.address, "50", "court 1").send()
    asset.control.burn(ALICE.address, "50", "court 2").send()
    assert (asset.balance_of(ALICE.address).raw, asset.balance_of(BOB.address).raw) == (300, 150)


def test_recovery_at_once_to_another_wallet_of_the_same_onchainid(chain, asset, trex):
    identity = chain.address(trex.registry, "identity(address)", ALICE.address)
    chain.ask(ISSUER, trex.registry, "registerIdentity(address,address,uint16)", CAROL.address, identity, 344)
    asset.powers.grant("dev9", "recover").send()
    recoverer = Actor(DEV_ACCOUNTS[9].address, b"")
    signature = "recoveryAddress(address,address,address)"
    chain.ask(recoverer, asset.address, signature, ALICE.address, CAROL.address, identity)
    assert asset.balance_of(CAROL.address).raw == 500


def test_the_audit_says_that_validity_is_unknown_there_and_why(asset):
    result = audit(asset.context.endpoint, asset.context.network, asset.address)
    found = {finding.id: finding for finding in result.findings}
    assert found["C09"].result == "not performed"
    assert found["C09"].text == "validity is unknown: the registry is a stranger's, it answers only now"
    assert {holder.standing for holder in result.holders} == {"unknown"}
    assert {holder.valid_until for holder in result.holders} == {0}
    # That its code is not hashkit's is an exception of its own, and the only one.
    assert [f.id for f in result.findings if f.result == "exception"] == ["C08"]
    assert found["C08"].text == "other code: identity registry"
    assert asset.cap_table().supply.raw == 600


def test_what_is_no_registry_is_refused_as_a_proposal(asset, trex):
    for candidate in (trex.token, BOB.address):
        with pytest.raises(Refused):
            asset.slots.propose("identity-registry", candidate).send()
