"""What do the shared options mean? Project, network, account, asset; and the one way to write. Floor 4."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hashkit.cli.asking import Asker
from hashkit.cli.screen import Row, Screen, clean
from hashkit.errors import AccountError, InputError, NodeError

if TYPE_CHECKING:
    from hashkit.chain.keys import AccountInfo
    from hashkit.cli.progress import Watch
    from hashkit.domain.network import Network
    from hashkit.domain.units import Units
    from hashkit.issuer.asset import Asset
    from hashkit.issuer.client import Hashkit
    from hashkit.issuer.plan import Plan
    from hashkit.issuer.steps import Event
    from hashkit.rpc.client import Endpoint
    from hashkit.store.project import Project

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of the shared options, as given; None or False where a command has no such option."""

    network: str | None = None
    rpc_url: str | None = None
    asset: str | None = None
    account: str | None = None
    allow_env_key: bool = False
    at: str | None = None
    raw: bool = False
    dry_run: bool = False
    save_as: Path | None = None
    to_safe: Path | None = None
    yes: bool = False
    no_input: bool = False
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"


@dataclass(slots=True)
class Answer:
    """What a command found: ``data`` for programs, ``lines`` or a table for people."""

    data: Any
    lines: Sequence[str] = ()
    headings: Row = ()
    rows: Iterable[Row] = ()
    warnings: Sequence[str] = ()
    links: Mapping[str, str | None] = field(default_factory=dict)
    code: int = 0
    """Exit code. Not 0 where the answer is no: a refused check, an audit with exceptions."""


class Session:
    """One run of one command."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.screen = Screen(choices.as_json, choices.quiet, choices.verbose, choices.color)
        self.asker = Asker(yes=choices.yes, no_input=choices.no_input)
        self._told: dict[str, Any] = {}
        self._warned: list[str] = []

    @cached_property
    def project(self) -> Project:
        """The project around here. InputError when there is none."""
        from hashkit.store.project import Project

        return Project.find()

    @cached_property
    def place(self) -> Path | None:
        """Folder of the project around here, or None: for commands that need no project."""
        here = Path.cwd()
        return next((f for f in (here, *here.parents) if (f / "hashkit.toml").is_file()), None)

    def setting(self, name: str) -> str | None:
        """``network``, ``rpc_url``, ``asset`` or ``account``: flag, variable, hashkit.toml, user's file, built in."""
        from hashkit.store.settings import pick

        settings = self.project.settings if self.place else None
        return pick(name, getattr(self.choices, name), settings)[0]

    @cached_property
    def network(self) -> Network:
        """The network that is meant, with the project's own overrides."""
        from hashkit.chain.networks import network

        return self._tell_network(network(self.setting("network") or "devnet", self.overrides))

    @property
    def overrides(self) -> Mapping[str, Mapping[str, Any]]:
        """``[networks.NAME]`` of hashkit.toml, where there is one."""
        return self.project.settings.networks if self.place else {}

    @property
    def accounts(self) -> tuple[AccountInfo, ...]:
        """Every account that could be opened."""
        from hashkit.chain.keys import accounts
        from hashkit.issuer.accounts import command_accounts

        return accounts(command_accounts(self.project if self.place else None))

    def connect(self, *, reading: bool = False, watching: bool = False, anywhere: bool = False) -> Hashkit:
        """A connection to the network, for the account that acts.

        ``reading`` needs no account, ``watching`` only its address; ``anywhere``: also outside of a project.
        """
        from hashkit.issuer.client import Hashkit

        folder = self.place if anywhere else self.project.root
        signs = not (reading or watching or self.choices.dry_run or self.choices.save_as or self.choices.to_safe)
        hashkit = Hashkit.connect(
            self.network.name,
            self.setting("account") if signs else None,
            project=folder,
            rpc_url=self.urls,
            passphrase=None if os.environ.get("HASHKIT_PASSWORD_FILE") else self.asker.passphrase,
            allow_env_key=self.choices.allow_env_key,
        )
        self._tell_network(hashkit.network)
        if not signs:
            return self._watching(hashkit, reading)
        self._tell_signer(hashkit)
        return hashkit

    # For the auditor: no project, no account, and none of the code that could sign.

    @cached_property
    def node(self) -> Endpoint:
        """The nodes of the network."""
        from hashkit.rpc.client import Endpoint

        return Endpoint(self.urls, chain_id=self.network.chain_id)

    @property
    def urls(self) -> tuple[str, ...]:
        """Where the nodes are, the preferred first.

        NodeError when it should be this project's local chain and that does not run.

        The usual port is no substitute: the chain of another project may listen there.
        """
        from hashkit.chain import devnet
        from hashkit.chain.networks import presets
        from hashkit.rpc.client import split_urls

        given = self.setting("rpc_url")
        usual = self.network.rpc_urls == presets()["devnet"].rpc_urls
        if given or not (self.place and self.network.dev and usual):
            return split_urls(given or self.network.rpc_urls)
        running = devnet.status(self.place)
        if running is None:
            raise NodeError(
                "The local chain of this project is not running.",
                next_step="Start it: hashkit devnet up.",
                code="DEVNET_DOWN",
            )
        return (running.url,)

    def token_address(self, token: str | None) -> str:
        """The address of a token: as given, or from the deployment record of a symbol."""
        from hashkit.contracts.addresses import read_address
        from hashkit.store.deployments import Deployment

        wanted = token or self.needed_asset()
        if wanted[:2].lower() == "0x":
            return read_address(wanted)[0]
        found = Deployment.load(self.project, self.network.chain_id, wanted)
        self._told["asset"] = {"symbol": found.asset.symbol, "name": found.asset.name}
        return found.contracts["AssetToken"].address

    @property
    def reports(self) -> Path:
        """Folder for reports, written relative to where one stands."""
        if self.place is None:
            return Path("reports")
        folder = self.project.reports
        return Path(os.path.relpath(folder)) if folder.is_relative_to(Path.cwd()) else folder

    @property
    def events(self) -> Path | None:
        """Where what was read from the chain is kept: in the project around here, outside of one nowhere."""
        return self.project.events if self.place else None

    def watch(self) -> Watch:
        """Shows how far a long reading is."""
        from hashkit.cli.progress import Watch

        return Watch(self.screen)

    # For the issuer.

    def asset(self, *, reading: bool = False) -> Asset:
        """The asset that is meant."""
        hashkit = self.connect(reading=reading)
        return self.about(hashkit.asset(self.setting("asset") or self._only_asset(hashkit)))

    def about(self, asset: Asset) -> Asset:
        """Remember that the answer is about ``asset``."""
        self._told["asset"] = {"symbol": asset.symbol, "name": asset.name, "address": asset.address}
        return asset

    def needed_asset(self) -> str:
        """The symbol of the asset that is meant. InputError when nobody said so."""
        symbol = self.setting("asset")
        if symbol is None:
            raise InputError("It is not said which asset is meant.", next_step="Name its symbol.", code="NO_ASSET")
        return symbol

    def amount(self, asset: Asset, text: str) -> str | Units:
        """An amount as typed: a decimal number of tokens, or with --raw a count of the smallest unit."""
        if not self.choices.raw:
            return text
        from hashkit.domain.units import Units

        if not (text.isascii() and text.isdecimal()):
            raise InputError(f"{text[:60]!r} is no count of the smallest unit.", next_step="Type digits only.")
        return Units.from_raw(int(text), asset.decimals)

    def write(self, plan: Plan[R], *, final: bool = False, warnings: Sequence[str] = ()) -> R:
        """Show the plan, have it confirmed, send it and wait. ``final``: it cannot be undone.

        ``warnings`` concern the input. With --dry-run the plan is the answer and the command ends here.
        """
        if plan.refused:
            raise plan.refused
        if self.choices.dry_run:
            # For people the plan's own warnings are in its table already.
            told = [*plan.warnings, *warnings] if self.screen.json else warnings
            self.show(Answer(plan.to_dict(), plan.table().splitlines(), warnings=told))
            click.get_current_context().exit()
        if plan.steps and plan.repeat:
            self.screen.say(plan.table())
            self.asker.repeat(plan.repeat)
            plan = replace(plan, repeat=None)
        if plan.steps and (self.choices.save_as or self.choices.to_safe):
            self._save(plan, warnings)
        if plan.steps:  # without steps the note is the answer
            self.screen.say(plan.table())
            self.screen.detail(plan.steps)
        if plan.steps and not plan.context.network.dev:
            self._confirm(plan, final)
        from hashkit.cli.progress import Progress

        with Progress(self.screen, len(plan.steps)) as progress:

            def hear(event: Event) -> None:
                if event.kind == "recovered":
                    self._warned.append(event.text)
                progress.hear(event)

            return plan.send(hear)

    def show(self, answer: Answer) -> None:
        """Print the answer. Exit codes other than 0 end the command here."""
        context = click.get_current_context()
        if self.screen.json:
            self.screen.document(self._document(answer, context))
        elif answer.headings:
            self.screen.table(answer.headings, answer.rows)
        else:
            self.screen.lines(answer.lines)
        for warning in answer.warnings:
            self.screen.say(f"Warning: {warning}")
        if answer.code:
            context.exit(answer.code)

    def _save(self, plan: Plan[Any], warnings: Sequence[str]) -> None:
        """Write the plan instead of sending it, and end the command."""
        from hashkit.store.documents import write_json

        data, lines = plan.to_dict(), plan.table().splitlines()
        if self.choices.to_safe:
            batch = plan.to_safe()
            write_json(self.choices.to_safe, batch)
            lines.append(f"For the Safe's Transaction Builder: {self.choices.to_safe}")
            lines.append(f"Checksum it will compare: {batch['meta']['checksum']}")
        if self.choices.save_as:
            digest = plan.save(self.choices.save_as).digest
            lines.append(f"Saved in {self.choices.save_as}; do it with: hashkit apply {self.choices.save_as}")
            lines.append(f"Digest to compare: {digest}")
            data = {**data, "file": str(self.choices.save_as), "digest": digest}
        self.show(Answer(data, lines, warnings=warnings))
        click.get_current_context().exit()

    def _document(self, answer: Answer, context: click.Context) -> dict[str, Any]:
        command = "-".join(context.command_path.split()[1:])
        return {
            "schema": f"hashkit.{command}/1",
            "ok": answer.code == 0,
            "network": self._told.get("network"),
            "asset": self._told.get("asset"),
            "data": answer.data,
            "warnings": [*self._warned, *answer.warnings],
            "links": {name: link for name, link in answer.links.items() if link},
        }

    def _tell_network(self, network: Network) -> Network:
        told = {"name": network.name, "chainId": network.chain_id, "finality": network.finality}
        self._told["network"] = told
        return network

    def _tell_signer(self, hashkit: Hashkit) -> None:
        """Say who will sign, where that is not simply a keystore: before the first signature, not after."""
        from hashkit.chain.command_signer import CommandSigner
        from hashkit.chain.keys import ENV_ACCOUNT, ENV_KEY

        if isinstance(hashkit.context.signer, CommandSigner):
            self.screen.say(f"Signer: {hashkit.context.signer.described}")
        elif self.setting("account") == ENV_ACCOUNT:
            self._warned.append(f"{ENV_KEY} signs. Environments end up in logs and crash reports: use a keystore.")
            self.screen.say(f"Warning: {self._warned[-1]}")

    def _watching(self, hashkit: Hashkit, reading: bool) -> Hashkit:
        """Without a key: reads, and plans for the account that would act."""
        from hashkit.issuer.client import Hashkit

        account = None if reading else self.setting("account")
        if account is None:
            return hashkit
        return Hashkit(replace(hashkit.context, account=address_of(account, hashkit.network, self.accounts)))

    def _only_asset(self, hashkit: Hashkit) -> str:
        found = hashkit.assets()
        if len(found) == 1:
            return found[0].symbol
        names = ", ".join(asset.symbol for asset in found)
        raise InputError(
            "It is not said which asset is meant.",
            why=f"This project has {names} on {hashkit.network.name}." if found else "None is deployed here yet.",
            next_step="Pass --asset SYMBOL, or `hashkit asset use SYMBOL`." if found else "Run `hashkit deploy`.",
            code="NO_ASSET",
        )

    def _confirm(self, plan: Plan[Any], final: bool) -> None:
        word = clean(plan.confirm_word or "")
        if not word or not (final or plan.context.network.main):
            self.asker.agree("Go on?")
            return
        why = "This cannot be undone" if final else f"This is {plan.context.network.title}"
        self.asker.agree(f"{why}. Type {word} to go on", word)


def address_of(account: str, network: Network, accounts: Iterable[AccountInfo]) -> str:
    """The address of an account by its name, without opening it. AccountError when nobody knows it."""
    from hashkit.chain.devaccounts import DEV_ACCOUNTS
    from hashkit.chain.keys import named
    from hashkit.contracts.addresses import read_address

    if account[:2].lower() == "0x" and len(account) <= 42:  # more could be a key, which is not repeated
        return read_address(account)[0]
    known = {found.address for found in accounts if found.name == account}
    if network.dev:
        known = {dev.address for dev in DEV_ACCOUNTS if dev.name == account} or known
    address = known.pop() if len(known) == 1 else None
    if address is None:
        raise AccountError(
            f"The address of the account {named(account)} is not known without opening it.",
            next_step="Give the address itself: --account 0x…, or see `hashkit account list`.",
            code="NO_ACCOUNT",
        )
    return address
