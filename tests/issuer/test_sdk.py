"""The developer's transcript: twenty lines, as the README shows them, on both engines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hashkit import Hashkit, TransferRefused

ROOT = Path(__file__).resolve().parents[2]
TERMS = ROOT / "hashkit/store/templates/assets/HKGREEN.toml"


@pytest.mark.parametrize("engine", ["anvil", "py-evm"])
def test_the_developers_twenty_lines(engine, tmp_path):
    with Hashkit.devnet(tmp_path, engine=engine) as hk:
        asset = hk.deploy(TERMS).send()
        first, second, outsider = hk.wallets(3)
        asset.investors.add("INV-1", first, country="HK", kyc_expires="2035-12-31").send()
        asset.investors.add("INV-2", second, country="SG").send()
        plan = asset.issue([("INV-1", "500000"), ("INV-2", "300000.25")], external_id="S-2026-11")
        assert "800,000.25 HKGREEN" in plan.table() and plan.fee is not None
        assert asset.supply() == Decimal(0), "a plan sends nothing"
        receipt = plan.send()
        assert receipt.issued == Decimal("800000.25")
        assert asset.balance_of(second) == Decimal("300000.25")
        verdict = asset.check_transfer(first, outsider, "10")
        assert not verdict.allowed
        assert [r.rule for r in verdict.failed] == ["R-IDENTITY-TO"]
        with pytest.raises(TransferRefused) as refused:
            asset.transfer(first, outsider, "10").send()
        assert refused.value.code == "TRANSFER_REFUSED"
        assert "hashkit investor add" in refused.value.verdict.failed[0].fix
        asset.transfer(first, second, "10").send()
        moves = list(asset.history(kind="transfer"))
        assert [(m.sender, m.receiver, str(m.amount)) for m in moves] == [(first, second, "10.000000")]
        table = asset.cap_table()
        assert [(r.label, str(r.balance)) for r in table.rows] == [
            ("INV-1", "499990.000000"),
            ("INV-2", "300010.250000"),
        ]
        assert table.supply == table.accounted


@pytest.mark.parametrize("amount", [1.5, 10, True, None])
def test_a_float_or_a_bare_int_is_a_type_error(amount, asset):
    first, second = asset.investors.show("INV-1").wallets[0], asset.investors.show("INV-2").wallets[0]
    with pytest.raises(TypeError):
        asset.transfer(first, second, amount)


def test_results_are_json(asset):
    import json

    plan = asset.issue([("INV-1", "5")], external_id="S-1")
    for result in (plan, plan.send(), asset.cap_table(), asset.info(), asset.investors.show("INV-1")):
        json.dumps(result.to_dict())
