"""One deployed asset a test, in a folder of its own, on a chain that nobody has used since the deployment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hashkit.issuer.asset import Asset
from hashkit.issuer.client import Hashkit
from tests.conftest import Stage, fresh

ROOT = Path(__file__).resolve().parents[2]
TERMS = ROOT / "hashkit/store/templates/assets/HKGREEN.toml"


def connect(url: str, folder: Path) -> Hashkit:
    """The issuer of the embedded chain at ``url``, with his project in ``folder``."""
    return Hashkit.connect("devnet", "issuer", project=folder, rpc_url=url)


@dataclass(frozen=True)
class Deployed:
    """A chain with HKGREEN, and the project that deployed it."""

    stage: Stage
    template: Path


@pytest.fixture(scope="session")
def deployed(tmp_path_factory) -> Iterator[Deployed]:
    """HKGREEN with two investors: INV-1 (HK) and INV-2 (SG). Deployed once for all tests that begin with it."""
    template = tmp_path_factory.mktemp("deployed")
    with fresh("anvil", tmp_path_factory.mktemp("anvil")) as running:
        hk = connect(running.url, template)
        made = hk.deploy(TERMS).send()
        first, second = hk.wallets(2)
        made.investors.add("INV-1", first, country="HK", kyc_expires="2035-12-31").send()
        made.investors.add("INV-2", second, country="SG").send()
        yield Deployed(Stage(running.url), template)


@pytest.fixture
def hk(request, tmp_path) -> Hashkit:
    """An issuer on a new anvil; in a test that asks for ``asset``, the issuer who deployed it."""
    if "asset" not in request.fixturenames:
        return connect(request.getfixturevalue("fresh_chain")("anvil"), tmp_path)
    found: Deployed = request.getfixturevalue("deployed")
    found.stage.rewind()
    shutil.copytree(found.template, tmp_path, dirs_exist_ok=True)
    return connect(found.stage.url, tmp_path)


@pytest.fixture
def asset(hk) -> Asset:
    """HKGREEN with two investors, as ``deployed`` left it."""
    return hk.asset("HKGREEN")


def term_sheet(hk: Hashkit, rules: str) -> Path:
    """HKGREEN without a limit per investor, with other rules."""
    text = "\n".join(line for line in TERMS.read_text().splitlines() if not line.startswith(("mode", "max_units")))
    path = hk.project.root / "HKGREEN.toml"
    path.write_text(text.replace("[rules]", "[rules]\n" + rules))
    return path
