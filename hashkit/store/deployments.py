"""What was deployed where: ``deployments/<chain-id>/<SYMBOL>.json``, one file per tranche. Floor 2.

Committed facts, written by hashkit and read by people: sorted keys, the same bytes for the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from hashkit.contracts.hashing import checksum
from hashkit.errors import InputError
from hashkit.store.files import write_atomic
from hashkit.store.project import Project
from hashkit.store.settings import Symbol, problems

SCHEMA: Literal["hashkit.deployment/1"] = "hashkit.deployment/1"


def _checksummed(text: str) -> str:
    if checksum(text) != text:
        raise ValueError("the checksum of the address does not fit (EIP-55)")
    return text


Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$"), AfterValidator(_checksummed)]
Hash = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True
    )


class DeployedAsset(_Part):
    """What the token calls itself."""

    symbol: Symbol
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    decimals: Annotated[int, Field(ge=0, le=36)]


class DeployedAt(_Part):
    """The block the token was created in: logs before it do not concern it."""

    block: Annotated[int, Field(ge=0)]
    hash: Hash


class Contract(_Part):
    """One contract. A clone names its implementation and the code hash of both halves behind it."""

    address: Address
    transaction: Hash
    code_hash: Hash
    """keccak256 of the runtime code at ``address``."""
    implementation: Address | None = None
    implementation_code_hash: Hash | None = None
    control_code_hash: Hash | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    """Constructor or initialiser arguments by name; integers above 2**53 as decimal strings."""


def _complete(contracts: dict[str, Contract]) -> dict[str, Contract]:
    missing = [name for name in ("AssetToken", "IdentityRegistry") if name not in contracts]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing")
    return contracts


class Deployment(_Part):
    """One tranche on one chain."""

    schema_id: Annotated[Literal["hashkit.deployment/1"], Field(alias="schema")] = SCHEMA
    chain_id: Annotated[int, Field(gt=0)]
    asset: DeployedAsset
    deployed_at: DeployedAt
    contracts: Annotated[dict[str, Contract], AfterValidator(_complete)]

    @classmethod
    def read(cls, path: Path) -> Deployment:
        """The record in ``path``. InputError with everything that is wrong with it."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(
                f"{path} cannot be read.",
                why=f"{error.strerror}.",
                next_step="See what is deployed with `hashkit asset list`.",
                code="NO_DEPLOYMENT",
            ) from None
        except ValidationError as error:
            raise InputError(
                f"{path} is damaged.",
                why="It is not a deployment record as hashkit writes it.",
                next_step="Restore it from version control.",
                code="DEPLOYMENT",
                details=problems(error),
            ) from None

    @classmethod
    def load(cls, project: Project, chain_id: int, symbol: str) -> Deployment:
        """The record of ``symbol`` on a chain. InputError when there is none, or when it lies elsewhere."""
        path = project.deployment_file(chain_id, symbol)
        found = cls.read(path)
        if (found.chain_id, found.asset.symbol) != (chain_id, symbol):
            raise InputError(
                f"{path} is about {found.asset.symbol} on chain {found.chain_id}.",
                why="The file's place and its content must agree.",
                next_step="Restore it from version control.",
                code="DEPLOYMENT",
            )
        return found

    def write(self, project: Project) -> Path:
        """Write the record into its place, whole or not at all. The path comes back."""
        path = project.deployment_file(self.chain_id, self.asset.symbol)
        write_atomic(path, self.to_json())
        return path

    def to_json(self) -> bytes:
        """Canonical form: sorted keys, two spaces, a final newline."""
        return (json.dumps(self.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()

    def to_dict(self) -> dict[str, Any]:
        """The record as the file holds it; what is not known is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def deployments(project: Project, chain_id: int | None = None) -> Iterator[Deployment]:
    """Every record of the project, by chain and symbol; of one chain when ``chain_id`` is given."""
    if not project.deployments.is_dir():
        return
    folders = [f for f in project.deployments.iterdir() if f.is_dir() and f.name.isdecimal()]
    for folder in sorted(folders, key=lambda f: int(f.name)):
        if chain_id is None or int(folder.name) == chain_id:
            for path in sorted(folder.glob("*.json")):
                yield Deployment.load(project, int(folder.name), path.stem)


def shared_contracts(project: Project, chain_id: int, name: str) -> tuple[Contract, ...]:
    """The distinct contracts called ``name`` that this project has on a chain, newest deployment first.

    A second asset reuses them (AssetFactory, IdentityRegistry, Lens). More than one means that the
    caller has to choose; hashkit does not guess which registry an asset belongs to.
    """
    newest = sorted(deployments(project, chain_id), key=lambda d: -d.deployed_at.block)
    found = [d.contracts[name] for d in newest if name in d.contracts]
    return tuple({contract.address: contract for contract in reversed(found)}.values())[::-1]
