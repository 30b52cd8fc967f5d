"""The evidence of a bundle, read back: a view of the chain that needs no node. Floor 3.

Nothing in it is believed because it stands there. What can be derived is derived again; what is only attested is
used, and changes the report when it is changed. Hostile files end in ``Damaged`` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from hashkit.audit.bundle import EVIDENCE, FOLDER, LOGS, given_name
from hashkit.audit.evidence import Mined, Pin, Witness
from hashkit.audit.inputs import Given
from hashkit.audit.view import Asked, View
from hashkit.contracts.hashing import checksum
from hashkit.contracts.header import Header, read_header
from hashkit.contracts.trie import Pool
from hashkit.domain.facts import RawLog
from hashkit.domain.network import Network
from hashkit.errors import InputError
from hashkit.rpc.blocks import Block
from hashkit.rpc.parse import parse

T = TypeVar("T")
Files = Mapping[str, bytes]
"""Name in the bundle -> content."""

_ADDRESS, _HASH, _BYTES = "0x[0-9a-fA-F]{40}", "0x[0-9a-f]{64}", "0x(?:[0-9a-f]{2})*"
_NUMBER = "(?:0|[1-9][0-9]{0,18})"
_ANSWER = re.compile(f"({_ADDRESS}) ({_BYTES}) ({_BYTES}|refused)")
_CODE = re.compile(f"({_ADDRESS}) ({_BYTES})")
_SLOT = re.compile(f"({_ADDRESS}) ({_HASH}) ({_HASH})")
_TIME = re.compile(f"([0-9]{{20}}) ({_NUMBER})")
_RECEIPT = re.compile(f"({_HASH}) (?:none|({_NUMBER}) ({_ADDRESS}) (ok|failed))")
_NODE = re.compile(f"({_BYTES})")
_LOG = re.compile(
    f"({_NUMBER}):({_HASH}):({_HASH}):({_NUMBER}):({_NUMBER}):({_ADDRESS}):((?:[0-9a-f]{{64}},?){{0,4}}):((?:[0-9a-f]{{2}})*)"
)
_MOST = 2**63
"""No block number and no time is as large."""


class Damaged(InputError):
    """The evidence is not what an audit writes."""

    default_code = "BUNDLE"


@dataclass(frozen=True, slots=True)
class Request:
    """What was audited."""

    network: Network
    token: str
    first: int | None
    given: tuple[Given, ...]


class SavedView(View):
    """Answers from the files. A question that the audit did not ask is ``Damaged``."""

    def __init__(self, files: Files, network: Network, pin: Pin, unproved: str) -> None:
        super().__init__(network, pin)
        self.unproved = self.unproved or unproved
        self._answered: dict[Asked, bytes | None] = {
            (checksum(to), _bytes(data)): None if answer == "refused" else _bytes(answer)
            for to, data, answer in _read(files, "answers.txt", _ANSWER)
        }
        self._coded = {checksum(a): _bytes(code) for a, code in _read(files, "code.txt", _CODE)}
        self._stored = {(checksum(a), int(slot, 16)): _bytes(w) for a, slot, w in _read(files, "slots.txt", _SLOT)}
        self._timed = {int(number): int(time) for number, time in _read(files, "times.txt", _TIME)}
        self._receipted = {
            tx: Mined(int(number), checksum(sender), how == "ok") if how else None
            for tx, number, sender, how in _read(files, "receipts.txt", _RECEIPT)
        }
        self.pool = Pool(_bytes(node) for (node,) in _read(files, "nodes.txt", _NODE))

    def _answers(self, asked: Mapping[Asked, int]) -> list[bytes | None]:
        return [_get(self._answered, one, f"the answer of {one[0]} to 0x{one[1][:4].hex()}") for one in asked]

    def _code(self, address: str) -> bytes:
        return _get(self._coded, address, f"the code of {address}")

    def _slot(self, address: str, slot: int) -> bytes:
        return _get(self._stored, (address, slot), f"a storage word of {address}")

    def _times(self, numbers: Sequence[int]) -> list[int]:
        return [_get(self._timed, number, f"the time of block {number}") for number in numbers]

    def _refusal(self, why: str) -> Damaged:
        return _damaged("times.txt", why)

    def _receipts(self, hashes: Sequence[str]) -> list[Mined | None]:
        return [_get(self._receipted, one, f"the receipt of {one}") for one in hashes]

    def _fetch_proofs(self, address: str, slots: Sequence[int], told: Callable[[int, int], None] | None) -> None:
        pass  # all nodes lie in the pool

    def _fetch_accounts(self, addresses: Sequence[str]) -> None:
        pass


def read_request(files: Files) -> Request:
    """What was audited. Damaged when the file says nothing of the kind."""
    body = _json(files, "request.json")
    _expect(body.get("schema") == EVIDENCE, "request.json", f"the schema is not {EVIDENCE}")
    token, first = _text(body, "token", _ADDRESS), body.get("first")
    told: Any = body.get("given")
    _expect(first is None or _is_number(first), "request.json", "first is no block number")
    _expect(isinstance(told, list), "request.json", "given is no list")
    given = [
        Given(_text(one, "kind", ".{1,20}"), _text(one, "name", ".{1,255}"), _file(files, given_name(n)))
        for n, one in enumerate(told)
    ]
    return Request(_network(body.get("network")), checksum(token), first, tuple(given))


def read_pin(files: Files) -> tuple[Pin, Block | None, tuple[Witness, ...], str]:
    """The block with its header, the block a period begins after, the witnesses, and why nothing was proved.

    Damaged when number, hash, parent or time are not what the header says.
    """
    body = _json(files, "block.json")
    block, raw = _block(body), body.get("header")
    header: Header | None = None
    if raw is not None:
        try:
            header = read_header(_bytes(_text(body, "header", _BYTES)))
        except ValueError as error:
            raise _damaged("block.json", f"the header is none: {error}") from None
        told = (header.number, header.hash, header.parent_hash, header.timestamp)
        same = told == (block.number, block.hash, block.parent_hash, block.timestamp)
        _expect(same, "block.json", "the block is not the one of the header")
    flags = [body.get(name) for name in ("final", "state")]
    _expect(all(isinstance(flag, bool) for flag in flags), "block.json", "final and state are yes or no")
    opening = None if body.get("opening") is None else _block(body["opening"])
    seen: Any = body.get("witnesses")
    _expect(isinstance(seen, list), "block.json", "witnesses is no list")
    pin = Pin(block, flags[0] is True, flags[1] is True, header, _text(body, "no_header", ".*"))
    return pin, opening, tuple(_witness(one) for one in seen), _text(body, "unproved", ".*")


def read_logs(files: Files) -> Iterator[RawLog]:
    """The logs in their order. Damaged for a line that is none, or out of order."""
    last = (-1, -1)
    for line, found in _matches(files, LOGS, _LOG):
        number, block_hash, tx_hash, tx_index, index, address, topics, data = found
        log = RawLog(
            address=checksum(address),
            topics=tuple(bytes.fromhex(topic) for topic in topics.split(",") if topic),
            data=bytes.fromhex(data),
            block=int(number),
            block_hash=block_hash,
            tx_hash=tx_hash,
            tx_index=int(tx_index),
            log_index=int(index),
        )
        _expect((log.block, log.log_index) > last, LOGS, f"line {line} is out of order")
        last = (log.block, log.log_index)
        yield log


def _read(files: Files, name: str, pattern: re.Pattern[str]) -> Iterator[tuple[Any, ...]]:
    return (found for _, found in _matches(files, name, pattern))


def _matches(files: Files, name: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Every line's number and parts."""
    data = _file(files, name)
    _expect(not data or data.endswith(b"\n"), name, "the last line is cut")
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        found = pattern.fullmatch(line.decode("latin-1"))
        if found is None:
            raise _damaged(name, f"line {number} is none")
        yield number, found.groups()


def _file(files: Files, name: str) -> bytes:
    found = files.get(f"{FOLDER}/{name}")
    if found is None:
        raise _damaged(name, "it is missing")
    return found


def _json(files: Files, name: str) -> Mapping[str, Any]:
    try:
        body = parse(_file(files, name))
    except ValueError:
        raise _damaged(name, "it is no JSON") from None
    _expect(isinstance(body, Mapping), name, "it is no JSON object")
    found: Mapping[str, Any] = body
    return found


def _network(body: Any) -> Network:
    """A network from its fields, each of its kind."""
    kinds: Mapping[str, tuple[type, ...]] = {
        field.name: _KINDS.get(str(field.type), (str,)) for field in fields(Network) if field.name != "rpc_urls"
    }
    _expect(isinstance(body, Mapping) and set(body) == set(kinds), "request.json", "the network is none")
    good = all(type(body[name]) in kind for name, kind in kinds.items())
    _expect(
        good and all(abs(v) < _MOST for v in body.values() if type(v) is int), "request.json", "the network is none"
    )
    _expect(body["finality"] in ("finalized", "safe", "latest"), "request.json", "the network is none")
    return Network(rpc_urls=(), **body)


_NONE = type(None)
_KINDS: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "bool": (bool,),
    "str | None": (str, _NONE),
    "int | None": (int, _NONE),
}


def _block(body: Any) -> Block:
    _expect(isinstance(body, Mapping), "block.json", "a block is none")
    numbers = [body.get(name) for name in ("number", "timestamp")]
    _expect(all(map(_is_number, numbers)), "block.json", "a block is none")
    return Block(body["number"], _text(body, "hash", _HASH), _text(body, "parent_hash", _HASH), body["timestamp"])


def _witness(body: Any) -> Witness:
    _expect(isinstance(body, Mapping) and isinstance(body.get("agrees"), bool), "block.json", "a witness is none")
    who, topic, text = (_text(body, name, "[^\x00-\x1f]*") for name in ("who", "topic", "text"))
    return Witness(who, topic, body["agrees"], text)


def _text(body: Any, name: str, pattern: str) -> str:
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, str) or not re.fullmatch(pattern, found) or not found.isprintable():
        raise Damaged(f"{name} is not what an audit writes.")
    return found


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _get(found: Mapping[Any, T], key: Any, what: str) -> T:
    if key not in found:
        raise Damaged(f"The evidence lacks {what}.")
    return found[key]


def _expect(good: bool, name: str, why: str) -> None:
    if not good:
        raise _damaged(name, why)


def _damaged(name: str, why: str) -> Damaged:
    return Damaged(f"{FOLDER}/{name} is damaged: {why}.")
