"""What does an adapter say? One subclass a measured design, the same operations for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from benchmarks.gas.chain import Actor, Chain

COUNTRY = 344  # ISO 3166-1 numeric: Hong Kong
COUNTRIES = (344, 702, 756, 826)
YEAR = 365 * 24 * 3600  # seconds
NAME, SYMBOL, DECIMALS = "Acme Bond 2030", "ACME30", 18

View = tuple[Actor, str, str, tuple[object, ...]]
"""A view call: who asks, which contract, signature, arguments."""


class Unsupported(Exception):
    """The design has no such operation; the text says why."""


class NotYet(Unsupported):
    """hashkit will have this operation, and does not have it yet."""


class Peer:
    """Every operation sends its transactions through ``chain``, which records them."""

    id: ClassVar[str] = ""
    title: ClassVar[str]
    version: ClassVar[str]
    settings: ClassVar[str]
    checks: ClassVar[str] = "nothing (lower limit)"
    permissioned: ClassVar[bool] = True
    expires: ClassVar[bool] = False
    """KYC runs out by itself; the scenario checks it."""

    def __init__(self, chain: Chain, packages: Path, admin: Actor) -> None:
        self.chain, self.packages, self.admin = chain, packages, admin
        self.token = ""
        self.second_token = ""

    # deployment

    def deploy_shared(self) -> None:
        """Everything that all tokens share; may be nothing."""

    def deploy_token(self, index: int) -> str:
        """A new token, ready for investors."""
        raise NotImplementedError

    # investors

    def onboard(self, who: Actor) -> None:
        """Everything until ``who`` can receive."""
        raise Unsupported("no KYC")

    def onboard_batch(self, who: Sequence[Actor]) -> None:
        """The same for many; one by one where there is no batch call."""
        for one in who:
            self.onboard(one)

    def onboard_second_token(self, who: Actor) -> None:
        """Lets an investor of the first token receive the second one."""
        raise Unsupported("no KYC")

    def revoke(self, who: Actor) -> None:
        """Ends the KYC of an investor."""
        raise Unsupported("no KYC")

    def renew(self, who: Actor) -> None:
        """Extends the KYC of an investor."""
        raise Unsupported("no expiry")

    # supply

    def mint(self, to: Actor, amount: int) -> None:
        """New units for one holder."""
        self.chain.ask(self.admin, self.token, "mint(address,uint256)", to.address, amount)

    def mint_batch(self, to: Sequence[Actor], amount: int) -> None:
        """New units for many holders."""
        self._batch(self.admin, "batchMint", to, amount)

    def open_order(self, to: Sequence[Actor], amount: int) -> None:
        """Approves issue rows to be executed in two halves."""
        raise Unsupported("no orders")

    def issue_rows(self, half: int) -> None:
        """Executes one half of the approved rows."""
        raise Unsupported("no orders")

    def burn(self, holder: Actor, amount: int) -> None:
        """Ends units by an act of authority."""
        self.chain.ask(self.admin, self.token, "burn(address,uint256)", holder.address, amount)

    def redeem(self, holder: Actor, amount: int) -> None:
        """Ends units against a paper that counts once."""
        raise Unsupported("no redemption by ref")

    # movements

    def transfer(self, sender: Actor, to: Actor, amount: int) -> None:
        """ERC-20."""
        self.chain.ask(sender, self.token, "transfer(address,uint256)", to.address, amount)

    def approve(self, holder: Actor, spender: Actor, amount: int) -> None:
        """ERC-20."""
        self.chain.ask(holder, self.token, "approve(address,uint256)", spender.address, amount)

    def transfer_from(self, spender: Actor, holder: Actor, to: Actor, amount: int) -> None:
        """ERC-20."""
        signature = "transferFrom(address,address,uint256)"
        self.chain.ask(spender, self.token, signature, holder.address, to.address, amount)

    def transfer_batch(self, sender: Actor, to: Sequence[Actor], amount: int) -> None:
        """Units of one holder to many."""
        self._batch(sender, "batchTransfer", to, amount)

    def _batch(self, sender: Actor, function: str, to: Sequence[Actor], amount: int) -> None:
        receivers, amounts = [one.address for one in to], [amount] * len(to)
        self.chain.ask(sender, self.token, f"{function}(address[],uint256[])", receivers, amounts)

    # acts of authority

    def freeze(self, who: Actor, on: bool) -> None:
        """Freezes an account, or lifts it."""
        raise Unsupported("no freeze")

    def freeze_part(self, who: Actor, amount: int, on: bool) -> None:
        """Freezes an amount, or lifts it."""
        raise Unsupported("no freeze")

    def force(self, holder: Actor, to: Actor, amount: int) -> None:
        """Moves units without their holder."""
        raise Unsupported("no forced transfer")

    def recover(self, lost: Actor, new: Actor) -> None:
        """Everything that has to be sent after a wallet is lost; ``new`` is not onboarded beforehand."""
        raise Unsupported("no recovery")

    def pause(self) -> None:
        """Stops transfers."""
        raise Unsupported("no pause")

    # questions

    def views(self, sender: Actor, to: Actor, amount: int) -> list[View]:
        """The view calls of a full check beforehand."""
        raise Unsupported("no such view")

    def balance(self, who: Actor) -> int:
        """Units of a wallet."""
        return self.chain.word(self.token, "balanceOf(address)", who.address)

    # variants

    def token_with_contract(self) -> str:
        """A further token with a contract of one rule in its compliance slot."""
        raise Unsupported("no compliance slot")

    def token_with_max_units(self) -> str:
        """A further token with a maximum per investor over all wallets."""
        raise Unsupported("no such rule")

    def sizes(self) -> dict[str, int]:
        """Runtime bytes of the contracts that were deployed."""
        return {}
