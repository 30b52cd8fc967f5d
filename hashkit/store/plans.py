"""A plan as a file: transactions as data, bound to one chain, one account and the code they meet. Floor 2.

Whoever applies it trusts the calldata alone: the words beside it are for people. The digest covers every
other field, so two people can compare one line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from hashkit.errors import InputError
from hashkit.store.deployments import Address, Hash
from hashkit.store.documents import read_json
from hashkit.store.files import write_atomic
from hashkit.store.settings import problems

SCHEMA: Literal["hashkit.saved-plan/1"] = "hashkit.saved-plan/1"
_MAX_BYTES = 256 * 1024 * 1024  # a million rows
_NEXT = ", "
_ROWS = 500  # of an order, written at once
_Data = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2})*$")]
_Wei = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,77})$")]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True
    )

    def _plain(self, *without: str) -> dict[str, Any]:
        """What JSON says of it, some parts left out."""
        return self.model_dump(by_alias=True, mode="json", exclude=set(without))


class SavedTruth(_Part):
    """See ``contracts.call.Truth``; ``value`` as a decimal string."""

    to: Address
    data: _Data
    function: str
    word: Annotated[int, Field(ge=0, le=1000)]
    value: _Wei
    at_least: bool


class SavedRows(_Part):
    """The rows that an order opens, first one first, as (external id, digest): see ``store.rows.IssueRow``."""

    order_id: Hash
    rows: Annotated[Sequence[Annotated[list[str], Field(min_length=2, max_length=2)]], Field(min_length=1)]


    def pieces(self) -> Iterator[str]:
        """The rows as JSON, some at a time."""
        yield f'{{"orderId": {json.dumps(self.order_id)}, "rows": ['
        for first in range(0, len(self.rows), _ROWS):
            yield (", " if first else "") + json.dumps(self.rows[first : first + _ROWS])[1:-1]
        yield "]}"


class SavedStep(_Part):
    """One transaction. ``repeatable``: no truth tells whether it has happened, so the nonce must.

    One that ``creates`` a contract has no recipient; the address follows from account and nonce.
    """

    key: str
    title: str
    contract: str
    function: str
    to: Address | None
    creates: Address | None = None
    value: _Wei
    data: _Data
    truths: list[SavedTruth]
    remembers: SavedRows | None
    repeatable: bool

    def pieces(self) -> Iterator[str]:
        """The step as JSON with sorted keys, some rows at a time."""
        body = self._plain("remembers")
        for place, name in enumerate(sorted([*body, "remembers"])):
            yield f'{", " if place else "{"}"{name}": '
            if name != "remembers" or self.remembers is None:
                yield json.dumps(body.get(name), sort_keys=True)
            else:
                yield from self.remembers.pieces()
        yield "}"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.to is None) != (self.creates is not None) or (self.creates and self.value != "0"):
            raise ValueError("a step calls a contract, or creates one without paying it")
        return self


class SavedPlan(_Part):
    """A whole plan. ``code`` maps every contract it touches to the hash of the code found there."""

    schema_id: Annotated[Literal["hashkit.saved-plan/1"], Field(alias="schema")] = SCHEMA
    title: str
    chain_id: Annotated[int, Field(gt=0)]
    genesis: Hash
    account: Address
    nonce: Annotated[int, Field(ge=0)] | None
    """The account's next nonce when the plan was made; only where a step could otherwise happen twice."""
    code: dict[Address, Hash]
    steps: Annotated[Sequence[SavedStep], Field(min_length=1)]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the whole plan, 0x-hex: what two people compare."""
        for _ in self._lines():
            pass
        return str(self.__dict__["digest"])

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all, with a line for each step."""
        write_atomic(path, self._lines())

    def keep(self, place: Callable[[str], Path]) -> str:
        """Write the file to the ``place`` of its digest, which comes back. It is known only when all is written."""
        write_atomic(place("new"), self._lines(), named=lambda: place(self.digest).name)
        return self.digest

    @classmethod
    def read(cls, path: Path) -> SavedPlan:
        """The plan in a file. InputError when it is none, or its digest does not fit."""
        data = read_json(path, _MAX_BYTES)
        body = dict(data) if isinstance(data, dict) else {}
        digest = body.pop("digest", None)
        try:
            plan = cls.model_validate(body)
        except ValidationError as error:
            raise InputError(
                f"{path.name} is no plan that hashkit saved.",
                why="; ".join(problems(error)[:3]),
                next_step="Make one: add --out plan.json to the command that plans it.",
                code="PLAN_FILE",
            ) from None
        if digest != plan.digest:
            raise InputError(
                f"{path.name} was changed after it was saved.",
                why=f"Its content has the digest {plan.digest}, the file says {str(digest)[:66]}.",
                next_step="Have it saved again, and compare the digest with whoever made it.",
                code="PLAN_FILE",
            )
        return plan

    def _lines(self) -> Iterator[bytes]:
        """The file, at its end the digest, which is then known: JSON with sorted keys and without any line ends."""
        digest = hashlib.sha256()
        for piece in self._pieces():
            text = (_NEXT if piece is None else piece).encode()
            digest.update(text)
            yield text if piece is not None else b",\n"
        digest.update(b"}")
        self.__dict__["digest"] = "0x" + digest.hexdigest()
        yield f',\n"digest": "{self.digest}"}}\n'.encode()

    def _pieces(self) -> Iterator[str | None]:
        """The plan as JSON without its last brace, a step or some rows at a time; None stands between two parts.

        A plan of a million rows is never one text.
        """
        body = self._plain("steps")
        for place, name in enumerate(sorted([*body, "steps"])):
            yield None if place else "{"
            yield f'"{name}": '
            if name != "steps":
                yield json.dumps(body[name], sort_keys=True)
                continue
            yield "["
            for number, step in enumerate(self.steps):
                if number:
                    yield None
                yield from step.pieces()
            yield "]"
