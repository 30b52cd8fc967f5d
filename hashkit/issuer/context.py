"""With what does a verb work? Project, network, node, signer and clock, never global. Floor 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hashkit.chain.keys import Signer
from hashkit.domain.network import Network
from hashkit.errors import AccountError, NodeError
from hashkit.rpc.client import Endpoint
from hashkit.store.deployments import deployments
from hashkit.store.journal import Journal
from hashkit.store.project import Project


def now() -> datetime:
    """The present instant; the only clock of the issuer's half, used for the journal alone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """What every verb of the issuer takes. Without a signer it can plan but not send."""

    project: Project
    network: Network
    endpoint: Endpoint
    signer: Signer | None = None
    account: str | None = None
    """Address to plan for when there is no signer."""
    clock: Callable[[], datetime] = now
    lock_seconds: float = 600.0
    """How long to wait for another process that uses the same account."""
    wait_seconds: float = 300.0
    """How long to wait for a block that holds a transaction."""

    @property
    def sender(self) -> str:
        """The address that acts, checksummed. AccountError when nobody was named."""
        address = self.signer.address if self.signer is not None else self.account
        if address is None:
            raise self._nobody()
        return address

    def need_signer(self) -> Signer:
        """The signer, or an AccountError that says how to name one."""
        if self.signer is None:
            raise self._nobody()
        return self.signer

    def open_journal(self, on_wait: Callable[[str], None] | None = None, *, renew: bool = False) -> Journal:
        """The journal of the acting account on this chain. Waits for other processes that use it.

        ``renew``: a damaged one is set aside and begun anew.
        """
        return Journal.open(
            self.project.journal,
            self.network.chain_id,
            self.sender,
            genesis=self.genesis(),
            clock=self.clock,
            disposable=self.network.dev,
            renew=renew,
            wait_seconds=self.lock_seconds,
            on_wait=on_wait,
        )

    @property
    def may_have_sent(self) -> bool:
        """Whether there is somebody who signs, and a journal or a deployment of earlier work."""
        if self.signer is None:
            return False
        journal = self.project.journal / f"{self.network.chain_id}-{self.signer.address.lower()}.db"
        return journal.exists() or any(True for _ in deployments(self.project, self.network.chain_id))

    def genesis(self) -> str:
        """Hash of the chain's first block, 0x-hex: it tells two chains with one id apart."""
        block = self.endpoint.call("eth_getBlockByNumber", ("0x0", False))
        if not isinstance(block, dict) or not isinstance(block.get("hash"), str):
            raise NodeError(
                "The node does not know the first block of its chain.",
                why="The journal belongs to one chain, which is told apart by that block.",
                next_step="Use another node.",
                code="NODE_ANSWER",
            )
        return str(block["hash"])

    def _nobody(self) -> AccountError:
        return AccountError(
            "No account was named.",
            why="Sending needs somebody who signs.",
            next_step="Pass --account NAME, or set it in hashkit.toml; see `hashkit account list`.",
            code="NO_ACCOUNT",
        )
