"""T-REX and ONCHAINID as npm publishes them, on the chain where our tokens are. By ABI only.

The suite is deployed by the gas benchmark's adapter, from the packages that benchmarks/gas/package.json pins.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gas.chain import Actor, Chain, calldata
from benchmarks.gas.peers.trex import Trex2
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.domain.units import Units
from hashkit.issuer.asset import Asset
from hashkit.issuer.client import Hashkit
from hashkit.rpc.client import Endpoint
from tests.issuer.conftest import connect
from tests.issuer.test_recovery import later

PACKAGES = Path(__file__).resolve().parents[2] / "benchmarks" / "gas" / "node_modules"
ISSUER, ALICE, BOB, CAROL = (Actor(a.address, bytes.fromhex(a.key[2:])) for a in DEV_ACCOUNTS[:4])
TERMS = """
symbol = "{symbol}"
name = "Harbour Note {symbol}"
decimals = 0
kind = "bond"
cap = "1000000"
[issuer]
name = "Harbour Example Issuer Limited"
[rules]
mode = "open"
countries = [{countries}]
[control]
slot_delay_seconds = 86400
"""


class DevChain(Chain):
    """The benchmark's way to talk to a node, on the devnet of a test. Free of fees."""

    def __init__(self, url: str) -> None:
        super().__init__(Path())
        self.node = Endpoint(url, timeout=300)
        self.rpc("anvil_autoImpersonateAccount", True)
        self.rpc("evm_setBlockGasLimit", hex(2_000_000_000))

    def send(self, sender: Actor, to: str | None, data: bytes, note: str = "") -> dict[str, Any]:
        self.rpc("anvil_setNextBlockBaseFeePerGas", "0x0")
        return super().send(sender, to, data, note)


class Suite(Trex2):
    """T-REX's contracts, and how its compliance is put beside a token that is not its own."""

    def compliance_for(self, token: str, countries: Sequence[int], most: int) -> str:
        """A ModularCompliance with the country list and the maximum balance, bound to ``token`` by its owner."""
        proxy = self.suite("proxy/ModularComplianceProxy")
        made = self.chain.deploy(self.admin, proxy, ("address", self.authority), note="ModularComplianceProxy")
        self.chain.ask(self.admin, made, "bindToken(address)", token)
        settings = [calldata("batchAllowCountries(uint16[])", countries), calldata("setMaxBalance(uint256)", most)]
        for module, setting in zip(self.deployed, settings, strict=True):
            self.chain.ask(self.admin, made, "addModule(address)", module)
            self.chain.ask(self.admin, made, "callModuleFunction(bytes,address)", setting, module)
        return made


@pytest.fixture
def chain(fresh_chain) -> DevChain:
    return DevChain(fresh_chain("anvil"))


@pytest.fixture
def suite(chain) -> Suite:
    """Everything that T-REX's tokens share: implementations, factories, claim issuer, modules."""
    if not (PACKAGES / "@tokenysolutions" / "t-rex").is_dir():
        pytest.fail("T-REX is not installed: run `npm ci --ignore-scripts` in benchmarks/gas.", pytrace=False)
    made = Suite(chain, PACKAGES, ISSUER)
    made.deploy_shared()
    return made


@pytest.fixture
def hk(chain, tmp_path) -> Hashkit:
    return connect(chain.node.label, tmp_path)


def tranche(hk: Hashkit, folder: Path, symbol: str = "NOTEA", countries: str = '"HK", "SG", "US"') -> Asset:
    """A token without a rule book."""
    sheet = folder / f"{symbol}.toml"
    sheet.write_text(TERMS.format(symbol=symbol, countries=countries), encoding="utf-8")
    return hk.deploy(sheet).send()


def put_in(asset: Asset, slot: str, contract: str) -> None:
    """Propose, await the delay, apply."""
    asset.slots.propose(slot, contract).send()
    later(asset, 86_400)
    asset.slots.apply(slot).send()


def verdict(chain: Chain, asset: Asset, sender: Actor, to: Actor, amount: int) -> tuple[str, ...]:
    """The rules against a transfer; `canTransfer`, ERC-1404, `explain` and the transfer itself say the same."""
    question = (sender.address, to.address, amount)
    found = asset.check_transfer(sender.address, to.address, Units.from_raw(amount, asset.decimals))
    can = chain.word(asset.address, "canTransfer(address,address,uint256)", *question) == 1
    code = chain.word(asset.address, "detectTransferRestriction(address,address,uint256)", *question)
    refused = chain.refuses(sender, asset.address, "transfer(address,uint256)", to.address, amount)
    assert (found.allowed, can, code == 0) == (not refused,) * 3, (found, can, code, refused)
    assert all(reason.text and "{" not in reason.text for reason in found.failed)
    return found.rules


def move(chain: Chain, asset: Asset, sender: Actor, to: Actor, amount: int) -> None:
    chain.ask(sender, asset.address, "transfer(address,uint256)", to.address, amount)
