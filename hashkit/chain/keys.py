"""Where do signatures come from? Keystores, a command, the environment, or the embedded chain's accounts. Floor 2.

A key is never an argument, never printed, never part of an error or a repr. The node's chain is checked before
a signer is opened (``Endpoint.check_chain``), and a signer signs for the chain it was opened for, no other.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hashkit.chain import keystores
from hashkit.chain.command_signer import ENV_KEY, CommandAccount, CommandSigner
from hashkit.chain.devaccounts import DEV_ACCOUNTS, DEV_CHAIN_ID
from hashkit.chain.keystores import accounts_folder
from hashkit.chain.signing import Signer
from hashkit.domain.network import Network
from hashkit.domain.terms import shown
from hashkit.errors import AccountError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

__all__ = [
    "ENV_ACCOUNT",
    "ENV_KEY",
    "AccountInfo",
    "CommandAccount",
    "LocalSigner",
    "Signer",
    "accounts",
    "accounts_folder",
    "import_account",
    "new_account",
    "open_signer",
]

ENV_ACCOUNT = "env"
"""The account name that stands for the key in the environment."""
_PUBLIC = {account.address for account in DEV_ACCOUNTS}
_DEV_NAMES = frozenset(account.name for account in DEV_ACCOUNTS)
_RESERVED = _DEV_NAMES | {ENV_ACCOUNT}


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account that could be opened. ``source`` says where it lies; the address may be unknown until then."""

    name: str
    address: str | None
    origin: str
    """``hashkit``, ``foundry``, ``ape`` or ``moccasin`` for a keystore; ``command`` or ``environment``."""
    source: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"name": self.name, "address": self.address, "origin": self.origin, "source": self.source}


class LocalSigner:
    """Signs with a key in memory, for one chain."""

    __slots__ = ("_account", "_chain_id")

    def __init__(self, account: LocalAccount, chain_id: int) -> None:
        self._account = account
        self._chain_id = chain_id

    def __repr__(self) -> str:
        return f"<LocalSigner {self.address}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is not pickled: its key would go along")

    @property
    def address(self) -> str:
        """Checksummed address that signs."""
        return str(self._account.address)

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        """The signed bytes, ready to send. AccountError for another chain or fields that make no transaction."""
        self._check_chain(fields.get("chainId"))
        try:
            return bytes(self._account.sign_transaction(fields).raw_transaction)
        except Exception as error:  # noqa: BLE001 - eth_account and rlp raise many kinds, some with all fields
            raise _cannot_sign("transaction", error) from None

    def sign_typed_data(self, full_message: dict[str, Any]) -> bytes:
        """The 65-byte signature. AccountError for another chain (a domain without chainId fits any: refused)."""
        domain = full_message.get("domain")
        self._check_chain(domain.get("chainId") if isinstance(domain, dict) else None)
        try:
            return bytes(self._account.sign_typed_data(full_message=full_message).signature)
        except Exception as error:  # noqa: BLE001 - eth_account and eth_abi raise many kinds for a bad message
            raise _cannot_sign("message", error) from None

    def _check_chain(self, asked: Any) -> None:
        if asked != self._chain_id:
            raise AccountError(
                f"This account was opened for chain {self._chain_id} and does not sign for another.",
                why="A signature for the wrong chain can be used there.",
                code="WRONG_CHAIN",
            )


def new_account(name: str, passphrase: str) -> AccountInfo:
    """A new key in a new keystore. It is never shown; the keystore and its passphrase are the only copy."""
    keystores.check_name(name, _RESERVED)
    from eth_account import Account

    return _keep(name, Account.create(), passphrase)


def import_account(name: str, secret: str | Path, passphrase: str) -> AccountInfo:
    """A key (64 hex digits), or another program's keystore file with the same passphrase, into a new keystore."""
    keystores.check_name(name, _RESERVED)
    if isinstance(secret, Path):
        return _keep(name, _account(keystores.decrypt(secret, secret.name, passphrase)), passphrase)
    return _keep(name, _from_key(secret, "The key"), passphrase)


def accounts(commands: Sequence[CommandAccount] = ()) -> tuple[AccountInfo, ...]:
    """Every keystore that can be found, without opening one, ``commands``, and the key in the environment."""
    found = [
        AccountInfo(store.name, keystores.address_in(store.path), store.program, str(store.path.parent))
        for store in keystores.keystores()
    ]
    found += [AccountInfo(each.name, each.address, "command", str(each.origin)) for each in commands]
    if os.environ.get(ENV_KEY):
        found.append(AccountInfo(ENV_ACCOUNT, None, "environment", ENV_KEY))
    return tuple(found)


def open_signer(
    name: str,
    network: Network,
    passphrase: Callable[[], str],
    *,
    allow_env_key: bool = False,
    commands: Sequence[CommandAccount] = (),
) -> Signer:
    """The signer called ``name``. AccountError when it is unknown, may not be used here, or does not open.

    ``passphrase`` is asked only for a keystore. The embedded chain's accounts sign there and nowhere else; a
    key in the environment (``env``) is refused where units are worth something unless ``allow_env_key``.
    """
    if name in _DEV_NAMES and _is_embedded(network):
        key = next(account.key for account in DEV_ACCOUNTS if account.name == name)
        return LocalSigner(_from_key(key, name), network.chain_id)
    if name == ENV_ACCOUNT:
        return _environment(network, allow_env_key)
    found = _find(name, commands)
    if found is None:
        raise _unknown(name, network, commands)
    if isinstance(found, CommandAccount):
        _refuse_public(found.address, network)
        return CommandSigner(found, network.chain_id)
    # A public account is refused by the address in the file, before its passphrase is asked for.
    _refuse_public(keystores.address_in(found.path), network)
    account = _account(keystores.decrypt(found.path, name, passphrase()))
    _refuse_public(account.address, network)
    return LocalSigner(account, network.chain_id)


def _find(name: str, commands: Sequence[CommandAccount]) -> keystores.Keystore | CommandAccount | None:
    """The keystore or command of that name. AccountError when there are two."""
    store = keystores.find(name)
    named = [each for each in commands if each.name == name]
    if len(named) + (store is not None) > 1:
        places = [f"command: {shown(str(each.origin), 300)}" for each in named]
        raise keystores.two_of_a_name(name, ([keystores.place(store)] if store else []) + places)
    return named[0] if named else store


def _keep(name: str, account: LocalAccount, passphrase: str) -> AccountInfo:
    path = keystores.keep(name, account, passphrase)
    return AccountInfo(name, str(account.address), keystores.OWN, str(path.parent))


def _environment(network: Network, allowed: bool) -> Signer:
    key = os.environ.get(ENV_KEY)
    if not key:
        raise AccountError(
            f"{ENV_KEY} is not set.", next_step="Use a keystore: hashkit account new NAME.", code="ENV_KEY"
        )
    if network.main and not allowed:
        raise AccountError(
            f"A key from the environment is refused on {network.name} (chain {network.chain_id}).",
            why="Environments end up in logs, crash reports and process lists.",
            next_step="Import it into a keystore: hashkit account import NAME; or insist: --allow-env-key.",
            code="ENV_KEY",
        )
    account = _from_key(key, ENV_KEY)
    _refuse_public(account.address, network)
    return LocalSigner(account, network.chain_id)


def _is_embedded(network: Network) -> bool:
    return network.dev and network.chain_id == DEV_CHAIN_ID


def _refuse_public(address: str | None, network: Network) -> None:
    """Everybody knows the embedded chain's keys: elsewhere they are as good as stolen."""
    if address in _PUBLIC and not _is_embedded(network):
        raise AccountError(
            f"{address} is a public test account.",
            why="Its key is known to everybody; whatever it holds on a real network is taken at once.",
            next_step="Make an account of your own: hashkit account new NAME.",
            code="PUBLIC_KEY",
        )


def _from_key(key: str, what: str) -> LocalAccount:
    text = key.strip().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise AccountError(f"{what} is not a private key.", why="A key is 64 hex digits.", code="KEY")
    try:
        return _account(bytes.fromhex(text))
    except ValueError:  # zero, or not below the curve's order; the message could hold the key
        raise AccountError(f"{what} is not a private key.", why="It is out of range.", code="KEY") from None


def _account(key: bytes) -> LocalAccount:
    from eth_account import Account

    account: LocalAccount = Account.from_key(key)
    return account


def _unknown(name: str, network: Network, commands: Sequence[CommandAccount]) -> AccountError:
    if name in _DEV_NAMES:
        return AccountError(
            f"{name} is an account of the embedded chain; this is {network.name}.",
            why="Everybody knows its key.",
            next_step="Make an account of your own: hashkit account new NAME.",
            code="PUBLIC_KEY",
        )
    known = [found.name for found in accounts(commands)] + (sorted(_DEV_NAMES) if _is_embedded(network) else [])
    return AccountError(
        f"There is no account called {shown(name)} for {network.name}.",
        why=f"Known are: {', '.join(known)}." if known else "No account was made or imported yet.",
        next_step=keystores.nearest(name, known),
        code="NO_ACCOUNT",
    )


def _cannot_sign(what: str, error: Exception) -> AccountError:
    return AccountError(f"This {what} cannot be signed.", why=f"{type(error).__name__} of the signer.", code="SIGN")
