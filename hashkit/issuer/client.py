"""The entry: connect to a network, or start the embedded chain, and get at the assets. Floor 3."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hashkit.chain import devnet
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.chain.keys import open_signer
from hashkit.chain.networks import network as find_network
from hashkit.contracts.asset_token import AssetToken
from hashkit.domain.network import Network
from hashkit.domain.terms import AssetTerms
from hashkit.errors import AccountError, InputError
from hashkit.issuer.accounts import command_accounts
from hashkit.issuer.apply import apply
from hashkit.issuer.asset import Asset
from hashkit.issuer.batches import Batch, batch, batches, resume
from hashkit.issuer.context import Context
from hashkit.issuer.deploy import plan_deploy
from hashkit.issuer.plan import Plan
from hashkit.issuer.rebuild import Rebuilt, recover
from hashkit.issuer.steps import Outcome
from hashkit.rpc.client import Endpoint, split_urls
from hashkit.rpc.reads import read
from hashkit.store.deployments import Deployment, deployments
from hashkit.store.project import Project
from hashkit.store.terms import read_terms


class Hashkit:
    """One network, one project, one acting account. No globals: make as many as you like."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def __repr__(self) -> str:
        return f"<Hashkit on {self.network.name} for {self.address or 'nobody'}>"

    @classmethod
    def connect(
        cls,
        network: str = "devnet",
        account: str | None = None,
        *,
        project: Path | None = None,
        rpc_url: str | Sequence[str] | None = None,
        passphrase: Callable[[], str] | None = None,
        allow_env_key: bool = False,
    ) -> Hashkit:
        """A network by name or chain id, and the account that acts on it.

        ``rpc_url``: one node or several, the preferred first, instead of the network's own.

        Without ``account`` everything can be planned and nothing sent. ``project`` is a folder (default: the
        project around the working folder, or the folder itself). ``passphrase`` opens the keystore; default:
        the file named by HASHKIT_PASSWORD_FILE. NodeError when the node serves another chain.
        """
        home = _project(project)
        found = find_network(network, home.settings.networks)
        urls = split_urls(rpc_url or _urls(found, home))
        endpoint = Endpoint(urls, chain_id=found.chain_id)
        endpoint.check_chain()
        opened = passphrase or _passphrase_file
        named = command_accounts(home)
        signer = open_signer(account, found, opened, allow_env_key=allow_env_key, commands=named) if account else None
        return cls(Context(home, replace(found, rpc_urls=urls), endpoint, signer))

    @classmethod
    @contextmanager
    def devnet(cls, project: Path | None = None, engine: str = "auto") -> Iterator[Hashkit]:
        """An embedded chain for the length of a ``with`` block, with the account ``issuer``.

        Without ``project`` everything lies in a temporary folder and is gone afterwards.
        """
        with tempfile.TemporaryDirectory(prefix="hashkit-") as scratch:
            folder = project or Path(scratch)
            was_running = devnet.status(folder) is not None
            running = devnet.up(folder, engine=engine)
            try:
                yield cls.connect("devnet", "issuer", project=folder, rpc_url=running.url)
            finally:
                if not was_running:
                    devnet.down(folder)

    @property
    def network(self) -> Network:
        """The network in use."""
        return self.context.network

    @property
    def project(self) -> Project:
        """The project in use."""
        return self.context.project

    @property
    def endpoint(self) -> Endpoint:
        """The node in use."""
        return self.context.endpoint

    @property
    def address(self) -> str | None:
        """The acting account, or None."""
        return self.context.signer.address if self.context.signer else self.context.account

    def deploy(self, terms: AssetTerms | str | Path, *, single_key: bool = False) -> Plan[Asset]:
        """Deploy a tranche from its terms, or from its term sheet (TOML).

        The acting account becomes owner and only agent. On a main network ``single_key`` must say that this is meant.
        """
        found = terms if isinstance(terms, AssetTerms) else read_terms(Path(terms))
        return plan_deploy(
            self.context, found, lambda deployment: Asset(self.context, deployment), single_key=single_key
        )

    def apply(self, path: str | Path) -> Plan[Outcome]:
        """A plan that was saved, by whomever: exactly that one, or a StalePlan."""
        return apply(self.context, Path(path))

    def batches(self) -> tuple[Batch, ...]:
        """What the acting account has sent from this machine, oldest first."""
        return batches(self.context)

    def batch(self, batch_id: str) -> Batch:
        """One batch, with how final each of its steps is."""
        return batch(self.context, batch_id)

    def resume(self, batch_id: str) -> Plan[Outcome]:
        """The rest of a batch that did not end."""
        return resume(self.context, batch_id)

    def recover(self) -> Rebuilt:
        """Make the journal equal to the chain: what the acting account sent and this machine does not know of."""
        return recover(self.context)

    def asset(self, symbol: str) -> Asset:
        """An asset of this project by its symbol, or by the address of its token."""
        known = {d.contracts["AssetToken"].address: d for d in deployments(self.project, self.network.chain_id)}
        if symbol in known:
            return Asset(self.context, known[symbol])
        if symbol.startswith("0x"):
            raise InputError(
                f"{symbol} is no asset of this project.",
                next_step="Read a stranger's token with `hashkit audit`.",
                code="NO_DEPLOYMENT",
            )
        found = Deployment.load(self.project, self.network.chain_id, symbol)
        asset = Asset(self.context, found)
        self._check_alive(asset)
        return asset

    def assets(self) -> tuple[Asset, ...]:
        """All assets of this project on the network."""
        return tuple(Asset(self.context, d) for d in deployments(self.project, self.network.chain_id))

    def wallets(self, count: int) -> tuple[str, ...]:
        """The first ``count`` investor wallets of the embedded chain (accounts 1 to 9)."""
        if not self.network.dev:
            raise AccountError("Only the embedded chain hands out wallets.", code="NOT_DEVNET")
        return tuple(account.address for account in DEV_ACCOUNTS[1 : count + 1])

    def _check_alive(self, asset: Asset) -> None:
        """A record may outlive a reset chain; then nothing read from it would be true."""
        code = self.endpoint.call("eth_getCode", (asset.address, "latest"))
        if code in ("0x", None):
            raise InputError(
                f"There is no contract at {asset.address}, where {asset.symbol} is recorded.",
                why="The chain was reset, or this is another chain.",
                next_step=f"Check the network, or deploy again: hashkit deploy {asset.symbol}.",
                code="DEPLOYMENT_STALE",
            )
        read(self.endpoint, AssetToken(asset.address).decimals(), "latest")


def _project(folder: Path | None) -> Project:
    """The project around ``folder`` or the working folder; a folder without one serves as its own."""
    try:
        return Project.find(folder)
    except InputError as error:
        if error.code != "NO_PROJECT":
            raise
        return Project.scratch(folder or Path.cwd())


def _urls(found: Network, home: Project) -> Sequence[str]:
    """The URLs of the network; the embedded chain's is known when it runs."""
    if found.dev:
        running = devnet.status(home.root)
        if running is not None:
            return (running.url,)
    return found.rpc_urls


def _passphrase_file() -> str:
    path = os.environ.get("HASHKIT_PASSWORD_FILE")
    if not path:
        raise AccountError(
            "The passphrase of the account is needed.",
            next_step="Pass passphrase=, or name a file in HASHKIT_PASSWORD_FILE.",
            code="PASSPHRASE",
        )
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise AccountError(f"The passphrase file cannot be read: {error.strerror}.", code="PASSPHRASE") from None
