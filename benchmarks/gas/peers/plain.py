"""Plain ERC-20s: the lower limits. Nothing is permissioned."""

from __future__ import annotations

from typing import ClassVar

from benchmarks.gas.peer import NAME, SYMBOL, Peer
from benchmarks.gas.solidity import SETTINGS, creation


class _Plain(Peer):
    contract: ClassVar[str]
    settings = SETTINGS
    permissioned = False

    def deploy_token(self, index: int) -> str:
        arguments = (("string", NAME), ("string", SYMBOL), ("address", self.admin.address))
        return self.chain.deploy(self.admin, creation(self.contract, self.packages), *arguments, note=self.contract)


class PlainSolady(_Plain):
    """Solady ERC20."""

    id, title, version, contract = "solady", "Solady ERC20", "0.1.26", "PlainSolady"


class PlainOZ(_Plain):
    """OpenZeppelin ERC20."""

    id, title, version, contract = "openzeppelin", "OpenZeppelin ERC20", "5.7.0", "PlainOZ"
