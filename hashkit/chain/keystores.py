"""Where keys lie encrypted: hashkit's own keystores, and those of Foundry, ape and moccasin. Floor 2.

All are v3 files. Ours have mode 0600 in a folder of mode 0700 and are never overwritten; the others' are read
and never written.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashkit.chain.small_json import small_object
from hashkit.contracts.hashing import checksum
from hashkit.domain.terms import shown
from hashkit.errors import AccountError, InputError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

OWN = "hashkit"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FOREIGN = {"foundry": ".foundry/keystores", "ape": ".ape/accounts", "moccasin": ".moccasin/keystores"}
_LARGEST_FILE = 64 * 1024  # bytes; a keystore has about 500
_MOST_MEMORY = 1 << 30  # bytes that scrypt may take; wallets use 256 MiB
_MOST_ROUNDS = 10_000_000  # of PBKDF2; wallets use 262,144 to 1,000,000
_SHORTEST = 8  # characters of a passphrase


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore file: its account's name, who wrote it, and where it lies."""

    name: str
    program: str
    path: Path


def accounts_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of hashkit's own keystores: under HASHKIT_HOME, or in the user's data folder."""
    if home := environ.get("HASHKIT_HOME"):
        return Path(home) / "accounts"
    from platformdirs import user_data_path

    return user_data_path("hashkit", appauthor=False) / "accounts"


def keystores() -> tuple[Keystore, ...]:
    """Every keystore that can be found, hashkit's own first. Two may have one name: ``find`` refuses it."""
    found = [Keystore(path.stem, OWN, path) for path in _files(accounts_folder()) if path.suffix == ".json"]
    for program, folder in _FOREIGN.items():
        for path in _files(Path.home() / folder):
            if _is_keystore(path):
                found.append(Keystore(path.name.removesuffix(".json"), program, path))
    return tuple(found)


def likely_names() -> list[str]:
    """Names of files that should be keystores, without opening one: for the shell's completion."""
    folders = (accounts_folder(), *(Path.home() / folder for folder in _FOREIGN.values()))
    return sorted({path.name.removesuffix(".json") for folder in folders for path in _files(folder)})


def find(name: str) -> Keystore | None:
    """The keystore of that name. AccountError when there are two, unless both files name one address."""
    found = [store for store in keystores() if store.name == name]
    addresses = {address_in(store.path) for store in found}
    if len(found) > 1 and (len(addresses) > 1 or None in addresses):
        raise two_of_a_name(name, [place(store) for store in found])
    return found[0] if found else None


def place(store: Keystore) -> str:
    """Whose it is and where it lies."""
    return f"{store.program}: {shown(str(store.path), 300)}"


def two_of_a_name(name: str, places: list[str]) -> AccountError:
    """Nobody can tell which of them is meant, and the wrong one would sign."""
    return AccountError(
        f"There are {len(places)} accounts called {shown(name)}.",
        why=f"They lie in {' and in '.join(places)}.",
        next_step="Give one of them another name: rename it, or import it by hashkit account import NAME --keystore.",
        code="AMBIGUOUS",
        details=places,
    )


def nearest(name: str, known: list[str]) -> str:
    """What to do about an unknown name."""
    near = get_close_matches(name.lower(), known, n=1)
    return f"Did you mean {near[0]}?" if near else "Make one: hashkit account new NAME."


def check_name(name: str, reserved: frozenset[str]) -> None:
    """InputError when no account can be called so."""
    if not _NAME.fullmatch(name) or name in reserved:
        raise InputError(
            f"{shown(name)} cannot name an account.",
            next_step="Use small letters, digits, - and _; env, issuer and dev1 to dev9 are taken.",
            code="ACCOUNT_NAME",
        )


def keep(name: str, account: LocalAccount, passphrase: str) -> Path:
    """Encrypt the key of ``account`` (scrypt) into a new file. AccountError when there is one of that name."""
    if len(passphrase) < _SHORTEST:
        raise AccountError(
            "The passphrase is too short.", next_step=f"Use at least {_SHORTEST} characters.", code="PASSPHRASE"
        )
    path = accounts_folder() / f"{name}.json"
    other = next((store for store in keystores() if store.name == name and store.program != OWN), None)
    if other is not None:
        raise AccountError(
            f"{other.program} has an account called {name}: {other.path}.",
            why="Two accounts of one name are refused when they should sign.",
            next_step="Use it as it is, or choose another name.",
            code="EXISTS",
        )
    if path.exists():
        raise _taken(name)
    from eth_account import Account

    _write_new(path, json.dumps(Account.encrypt(account.key, passphrase, kdf="scrypt")).encode(), name)
    return path


def decrypt(path: Path, name: str, passphrase: str) -> bytes:
    """The key in a keystore file. AccountError when the passphrase does not open it, or it is no keystore."""
    data = _read(path)
    _check_cost(data, name)
    from eth_account import Account

    try:
        key = bytes(Account.decrypt(data, passphrase))
        address = str(Account.from_key(key).address)
    except ValueError:
        raise AccountError(
            f"The passphrase does not open the account {shown(name)}.",
            next_step="Try again, or check HASHKIT_PASSWORD_FILE.",
            code="PASSPHRASE",
        ) from None
    except (KeyError, TypeError, NotImplementedError, AttributeError):
        raise _no_keystore(path) from None
    if (named := address_in(path)) is not None and named != address:
        raise AccountError(
            f"The keystore {shown(name)} names {named} and holds the key of {address}.",
            why="Somebody changed it, or mixed up two keystores.",
            next_step="Restore it from its backup.",
            code="KEYSTORE",
        )
    return key


def address_in(path: Path) -> str | None:
    """The address a keystore names, if it names one; opening it is what proves it."""
    try:
        found = _read(path).get("address")
        return checksum(found) if isinstance(found, str) else None
    except (AccountError, InputError):
        return None


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    except OSError:  # no such folder, or not ours to read
        return []


def _is_keystore(path: Path) -> bool:
    try:
        return "crypto" in {str(key).lower() for key in _read(path)}
    except AccountError:
        return False


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = small_object(file.read(_LARGEST_FILE))
    except OSError:
        data = None
    if data is None:
        raise _no_keystore(path)
    return data


def _check_cost(data: dict[str, Any], name: str) -> None:
    """A keystore says itself how much work opening it is: a bad one would take all memory."""
    crypto = next((value for key, value in data.items() if key.lower() == "crypto"), None)
    given = crypto.get("kdfparams") if isinstance(crypto, dict) else None
    params = {k: v for k, v in given.items() if isinstance(v, int)} if isinstance(given, dict) else {}
    memory = 128 * params.get("n", 0) * params.get("r", 0) * max(1, params.get("p", 1))
    if memory > _MOST_MEMORY or params.get("c", 0) > _MOST_ROUNDS:
        raise AccountError(
            f"Opening the keystore {shown(name)} would take too much memory or time.",
            why="Its parameters are far beyond what wallets write.",
            next_step="Do not use it unless you know where it comes from.",
            code="KEYSTORE",
        )


def _write_new(path: Path, data: bytes, name: str) -> None:
    """The file whole or not at all, readable by its owner only, and never over another."""
    temporary = path.with_name(f".{name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)  # unlike a rename, it fails when the name is taken
        finally:
            temporary.unlink()
    except FileExistsError:
        raise _taken(name) from None
    except OSError as error:
        raise AccountError(
            f"The keystore {path.name} could not be written.",
            why=f"{error.strerror}.",
            next_step="Nothing was kept. Mend the folder, or name another in HASHKIT_HOME.",
            code="KEYSTORE",
        ) from None


def _taken(name: str) -> AccountError:
    return AccountError(
        f"There is an account called {name} already.",
        why="A keystore is never overwritten: it may be the only copy of a key.",
        next_step="Choose another name.",
        code="EXISTS",
    )


def _no_keystore(path: Path) -> AccountError:
    return AccountError(
        f"{shown(path.name)} is not a keystore.", next_step="Restore it from its backup.", code="KEYSTORE"
    )
