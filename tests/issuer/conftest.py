"""One deployed asset a test, on a chain of its own kind, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashkit.issuer.asset import Asset
from hashkit.issuer.client import Hashkit

ROOT = Path(__file__).resolve().parents[2]
TERMS = ROOT / "hashkit/store/templates/assets/HKGREEN.toml"


def connect(url: str, folder: Path) -> Hashkit:
    """The issuer of the embedded chain at ``url``, with his project in ``folder``."""
    return Hashkit.connect("devnet", "issuer", project=folder, rpc_url=url)


@pytest.fixture
def hk(fresh_chain, tmp_path) -> Hashkit:
    """An issuer on a new anvil."""
    return connect(fresh_chain("anvil"), tmp_path)


@pytest.fixture
def asset(hk) -> Asset:
    """HKGREEN with two investors: INV-1 (HK) and INV-2 (SG)."""
    made = hk.deploy(TERMS).send()
    first, second = hk.wallets(2)
    made.investors.add("INV-1", first, country="HK", kyc_expires="2035-12-31").send()
    made.investors.add("INV-2", second, country="SG").send()
    return made
