"""The registry's log rebuilds the registry; an investor brings an attestation made in Python."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashkit.chain.keys import open_signer
from hashkit.contracts.hashing import attestation_message
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.logs import facts
from hashkit.domain.identities import IdentityFold
from hashkit.domain.parties import Attestation, InvestorClass
from hashkit.errors import HashkitError
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Step
from hashkit.rpc.blocks import block
from hashkit.rpc.logs import read_logs
from hashkit.rpc.reads import read


def _send(hk, call):
    step = Step(f"test:{call.data.hex()}", call.function, call, repeatable=True)
    return Plan(hk.context, call.function, lambda outcome: outcome, steps=(step,)).send()


def _replayed(hk, registry):
    fold = IdentityFold()
    last = block(hk.endpoint, "latest").number
    for fact in facts(read_logs(hk.endpoint, [registry], 0, last)):
        fold.take(fact)
    return fold.result()


def test_the_log_rebuilds_every_standing(asset, hk):
    face, registry = IdentityRegistry(asset.registry), asset.registry
    one, two, three, four = hk.wallets(4)
    asset.investors.link("INV-1", three).send()
    asset.investors.deny("INV-1", True, "order 1").send()
    asset.investors.renew("INV-2", "2033-01-01").send()
    _send(hk, face.update_identity(three, "0x" + "77" * 20))
    _send(hk, face.update_country(two, 756))
    _send(hk, face.update_identity(two, "0x" + "99" * 20))
    _send(hk, face.remove(one))
    asset.investors.deny(four, True, "list").send()
    folded = _replayed(hk, registry)
    for wallet in (one, two, three, four):
        assert folded.standing(wallet) == read(hk.endpoint, face.standing(wallet), "latest"), wallet
    assert [folded.standing(w).denied for w in (one, two, three, four)] == [True, False, True, True]


def test_an_investor_brings_an_attestation_signed_in_python(asset, hk):
    face = IdentityRegistry(asset.registry)
    issuer, wallet = (open_signer(name, hk.network, str) for name in ("dev5", "dev6"))
    _send(hk, face.trust_issuer(issuer.address))
    now = block(hk.endpoint, "latest").timestamp
    made = Attestation(
        issuer.address, wallet.address, "0x" + "55" * 20, 344, InvestorClass.PROFESSIONAL, now + 9_999, now
    )
    message = attestation_message(made, hk.network.chain_id, asset.registry)
    one, two = issuer.sign_typed_data(message), wallet.sign_typed_data(message)
    with pytest.raises(HashkitError):
        _send(hk, face.admit_by_attestation(replace(made, country=756), one, two))
    _send(hk, face.admit_by_attestation(made, one, two))
    assert asset.investors.show(wallet.address).verified
    assert read(hk.endpoint, face.attestation_state(made), "latest") == "consumed"
    _send(hk, face.revoke_attestation(made))
    assert not asset.investors.show(wallet.address).verified
    assert read(hk.endpoint, face.attestation_state(made), "latest") == "revoked"
