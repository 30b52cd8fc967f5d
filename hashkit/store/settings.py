"""What hashkit.toml and the user's own configuration say, and whose word counts. Floor 2.

Precedence: flag, then ``HASHKIT_*``, then hashkit.toml, then the user's config.toml, then what is
built in. ``pick`` returns the value together with where it came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hashkit.contracts.hashing import checksum
from hashkit.errors import InputError

BUILT_IN: Mapping[str, str] = {"network": "devnet"}
"""What counts when nobody says anything."""

ENVIRONMENT: Mapping[str, str] = {
    "network": "HASHKIT_NETWORK",
    "rpc_url": "HASHKIT_RPC_URL",
    "asset": "HASHKIT_ASSET",
    "account": "HASHKIT_ACCOUNT",
}
"""Environment variable of each setting."""


def _checksummed(text: str) -> str:
    try:
        right = checksum(text) == text
    except InputError:
        right = False
    if not right:
        raise ValueError("an address is 0x and 40 hex digits, written with its checksum")
    return text


Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Urls = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]+$")]
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]


class SigningCommand(BaseModel):
    """``[accounts.NAME]``: an account whose signatures come from a program."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    command: Annotated[list[Word], Field(min_length=1, max_length=50)]
    """The program and its arguments. No shell reads it. Relative paths start at the folder of the file."""
    address: Annotated[str, AfterValidator(_checksummed)]
    timeout_seconds: Annotated[int, Field(gt=0, le=86_400)] = 120
    """How long the program may take: people press buttons."""


class Settings(BaseModel):
    """One configuration file. Every field may be missing; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    network: Word | None = None
    account: Word | None = None
    asset: Symbol | None = None
    rpc_url: Urls | None = None
    """One node, or several with commas between."""
    networks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Overrides of the network presets, by name: ``[networks.hashkey]`` with ``rpc_urls = [...]``."""
    accounts: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")], SigningCommand] = Field(
        default_factory=dict
    )
    """Accounts behind a command, by name."""


def read_settings(path: Path) -> Settings:
    """The settings in ``path``. Raises InputError with every problem of the file at once."""
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path} cannot be read.", why=f"{error.strerror}.", code="SETTINGS") from None
    except (ValueError, RecursionError) as error:
        said = isinstance(error, tomllib.TOMLDecodeError | UnicodeDecodeError)
        why = f"{error}." if said else "It nests too deep or holds a number that is too long."
        raise InputError(f"{path.name} is not TOML.", why=why, next_step="Mend the line.", code="SETTINGS") from None
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise InputError(
            f"{path.name} holds settings that cannot be used.",
            next_step="Mend these lines.",
            code="SETTINGS",
            details=problems(error),
        ) from None


def problems(error: ValidationError) -> list[str]:
    """One line for each finding: where, and what is wrong. Never the value, which may be a secret."""
    return [f"{'.'.join(map(str, found['loc'])) or 'file'}: {found['msg']}" for found in error.errors()]


def user_settings(environ: Mapping[str, str] = os.environ) -> tuple[Settings, Path]:
    """The user's own settings and where they lie; empty when there is no such file."""
    path = _user_file(environ)
    return (read_settings(path) if path.is_file() else Settings()), path


def _user_file(environ: Mapping[str, str]) -> Path:
    if named := environ.get("HASHKIT_CONFIG"):
        return Path(named)
    return user_folder(environ) / "config.toml"


def user_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user's configuration and keystores lie: ``HASHKIT_HOME`` or the platform's place."""
    if home := environ.get("HASHKIT_HOME"):
        return Path(home)
    import platformdirs

    return Path(platformdirs.user_config_dir("hashkit", appauthor=False))


def pick(
    name: str, flag: str | None, project: Settings | None, environ: Mapping[str, str] = os.environ
) -> tuple[str | None, str]:
    """The value of one setting and its origin: ``--network``, ``HASHKIT_NETWORK``, ``hashkit.toml``,
    the path of the user's file, ``built in`` or ``not set``."""
    if flag is not None:
        return flag, "--" + name.replace("_", "-")
    variable = ENVIRONMENT[name]
    if value := environ.get(variable):
        return value, variable
    if project is not None and (value := getattr(project, name)):
        return value, "hashkit.toml"
    own, path = user_settings(environ)
    if value := getattr(own, name):
        return value, str(path)
    # Other tools use ETH_RPC_URL for any chain, so it counts only where no network is named.
    if name == "rpc_url" and (value := environ.get("ETH_RPC_URL")) and _unnamed(project, environ):
        return value, "ETH_RPC_URL"
    if name in BUILT_IN:
        return BUILT_IN[name], "built in"
    return None, "not set"


def _unnamed(project: Settings | None, environ: Mapping[str, str]) -> bool:
    return pick("network", None, project, environ)[1] == "built in"
