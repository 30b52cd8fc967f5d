"""Answers to eth_getLogs, read without making a Python object of each log. Floor 2.

Logs of one length mostly differ in their hex digits only. So one of them is read as JSON and becomes a template:
where its digits lie. All others are compared with it byte by byte outside of the digits, by vector, and the
digits are decoded column by column, which also proves that they are digits. Whatever fits no template is read
as JSON, one log at a time; whatever is stranger than that is left to the ordinary way (``None``), which also says
what is wrong with it. So nothing is accepted here that the ordinary way would not read the same.
Needs numpy and orjson, which the extra ``audit`` brings.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hashkit.contracts.columns import TRANSFER, Events, LogColumns, Transfers, columns_of, is_clean, objects
from hashkit.domain.facts import RawLog
from hashkit.errors import NodeError

if TYPE_CHECKING:
    from hashkit.contracts.columns import Array

_HEX = re.compile(rb'"0x([0-9a-fA-F]*)"')
_PLACES = ("blockNumber", "logIndex", "transactionIndex")
_HASHES = ("transactionHash", "blockHash")
_ROWS = 512
"""Logs that are compared at a time: so many fit into the cache."""
_OF_A_LENGTH = 6  # templates that are tried for logs of one length
_MOST = 256  # templates that are kept
_ODD = 500  # logs read one by one, after which the whole answer had better be read as JSON

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """A log's fixed bytes, and where its digits lie. ``transfer``: a clean one of the token."""

    mask: Array
    fixed: Array
    transfer: bool
    address: bytes
    spans: Mapping[str, Span]
    topics: Sequence[Span]
    others: Sequence[Span]
    """Digits of fields that nobody reads. They are decoded all the same, or they might be no JSON."""

    def fits(self, rows: Array) -> Array | None:
        """Which rows differ from the template in their digits only; None when all do."""
        import numpy as np

        words, bad = rows.view(np.uint64), None
        for start in range(0, len(words), _ROWS):
            found = (words[start : start + _ROWS] & self.mask) ^ self.fixed
            if found.any():
                bad = np.zeros(len(words), bool) if bad is None else bad
                bad[start : start + _ROWS] = found.any(axis=1)
        return None if bad is None else ~bad

    def read(self, rows: Array) -> Transfers | Events:
        """The columns of rows that fit. binascii.Error when some digits are none."""
        import numpy as np

        for span in self.others:
            _number(rows, span)
        block, index, tx_index = (_small(rows, self.spans[name]) for name in _PLACES)
        tx_hash, block_hash, data = (_wide(rows, self.spans[name]) for name in (*_HASHES, "data"))
        if self.transfer:
            sender, receiver = (_wide(rows, (start + 24, stop)) for start, stop in self.topics[1:])
            return Transfers(block, index, tx_index, tx_hash, block_hash, sender, receiver, data)
        topics = np.zeros((len(rows), 128), np.uint8)
        for i, span in enumerate(self.topics):
            topics[:, 32 * i : 32 * i + 32] = _wide(rows, span)
        address = np.tile(np.frombuffer(self.address, np.uint8), (len(rows), 1))
        raw, width = data.tobytes(), data.shape[1]
        texts = objects([raw[i * width : (i + 1) * width] for i in range(len(rows))])
        counts = np.full(len(rows), len(self.topics))
        return Events(block, index, tx_index, tx_hash, block_hash, address, topics, counts, texts)


class Decoder:
    """Reads answers about the logs of some contracts; ``token``: whose transfers stand apart, or empty.

    ``read_one`` reads one log from its JSON, or raises NodeError. May be used by several threads.
    """

    def __init__(self, token: str, read_one: Callable[[Any], RawLog]) -> None:
        self._token, self._read_one = token, read_one
        self._known: dict[int, list[_Template]] = {}
        self.odd = 0
        """Logs that fitted no template."""

    def read(self, body: bytes, number: int) -> LogColumns | None:
        """The logs in the answer to question ``number``; None when the ordinary way must read it."""
        start, stop = body.find(b"["), body.rfind(b"]")
        if start < 0 or stop < start or not _is_answer(body[:start] + b"[]" + body[stop + 1 :], number):
            return None
        parts = body[start + 1 : stop].split(b"{")
        if parts[0].strip():
            return None
        del parts[0]
        if not parts:
            return columns_of([], self._token)
        parts[-1] += b","  # so that each log ends alike
        parts.sort(key=len)
        found: list[Transfers | Events] = []
        odd: list[bytes] = []
        for length, group in groupby(parts, key=len):
            self._group(length, list(group), found, odd)
            if len(odd) > _ODD:
                return None
        self.odd += len(odd)
        try:
            return self._all(found, [self._read_one(_object(row)) for row in odd])
        except (ValueError, NodeError):
            return None

    def _all(self, found: Sequence[Transfers | Events], odd: Sequence[RawLog]) -> LogColumns:
        rest = columns_of(odd, self._token)
        transfers = [table for table in found if isinstance(table, Transfers)]
        events = [table for table in found if isinstance(table, Events)]
        if len(rest.transfers) or not transfers:
            transfers.append(rest.transfers)
        if len(rest.events) or not events:
            events.append(rest.events)
        return LogColumns(self._token, Transfers.joined(transfers).ordered(), Events.joined(events).ordered())

    def _group(self, length: int, parts: list[bytes], found: list[Transfers | Events], odd: list[bytes]) -> None:
        """Logs of one length: ``found`` gets what fits a template, ``odd`` the others."""
        import numpy as np

        pad = bytes(-length % 8)
        rows = np.frombuffer(pad.join([*parts, b""]), np.uint8).reshape(len(parts), length + len(pad))
        known = list(self._known.get(length, ()))
        for tried in range(_OF_A_LENGTH):
            if tried == len(known):
                known += self._learn(length, rows[0].tobytes())
                if tried == len(known):
                    break
            fits = known[tried].fits(rows)
            some = rows if fits is None else rows[fits]
            if len(some):
                try:
                    found.append(known[tried].read(some))
                except binascii.Error:
                    odd += [row.tobytes()[:length] for row in some]
            if fits is None:
                return
            rows = rows[~fits]
        odd += [row.tobytes()[:length] for row in rows]

    def _learn(self, length: int, row: bytes) -> list[_Template]:
        """The template of a log, kept for the next ones; none when it has no plain form."""
        learnt = _templates(row, length, self._token, self._read_one)
        if sum(map(len, self._known.values())) >= _MOST:
            self._known.clear()
        same = [*self._known.get(length, ()), *learnt]
        self._known[length] = sorted(same, key=lambda template: not template.transfer)[:_OF_A_LENGTH]
        return learnt


def _is_answer(envelope: bytes, number: int) -> bool:
    """Whether what stands around the logs is the answer to question ``number``, and they are its result."""
    try:
        answer = json.loads(envelope)
    except (ValueError, RecursionError):
        return False
    if not isinstance(answer, dict) or answer.get("result") != [] or answer.get("error") is not None:
        return False
    named = answer.get("id")
    return isinstance(named, int) and not isinstance(named, bool) and named == number


def _object(row: bytes) -> Any:
    """One log, whole, as JSON; ValueError when it is none."""
    import orjson

    text = row.rstrip()
    if not text.endswith(b","):
        raise ValueError("no comma")
    return orjson.loads(b"{" + text[:-1])


def _templates(row: bytes, length: int, token: str, read_one: Callable[[Any], RawLog]) -> list[_Template]:
    """The template of a log; before it that of a transfer, if the token's transfers would fit it too."""
    fields = _fields(row[:length])
    if fields is None:
        return []
    try:
        log = read_one(_object(row[:length]))
    except (ValueError, NodeError):
        return []
    topics = [span for name, span in fields if name == "topics"]
    spans = {name: span for name, span in fields if name != "topics"}
    if {*_PLACES, *_HASHES, "data", "address"} - set(spans):
        return []
    if any(stop - start > 15 for start, stop in map(spans.__getitem__, _PLACES)):
        return []
    by = bytes.fromhex(log.address[2:])
    if is_clean(log, token):
        return [_template(row, True, by, spans, topics)]
    found = [_template(row, False, by, spans, topics)]
    if log.address == token and len(topics) == 3 and len(log.data) == 32:
        words = (TRANSFER.hex().encode(), b"0" * 24, b"0" * 24)
        for (start, _), word in zip(topics, words, strict=True):
            row = row[:start] + word + row[start + len(word) :]
        found.insert(0, _template(row, True, by, spans, topics))
    return found


def _template(row: bytes, transfer: bool, by: bytes, spans: Mapping[str, Span], topics: Sequence[Span]) -> _Template:
    import numpy as np

    read = (*_PLACES, *_HASHES, "data")
    others = [span for name, span in spans.items() if name not in (*read, "address")]
    of_topics = [(a + 24, b) for a, b in topics[1:]] if transfer else topics
    mask = np.full(len(row), 255, np.uint8)
    for a, b in (*(spans[name] for name in read), *others, *of_topics):
        mask[a:b] = 0
    words = mask.view(np.uint64)
    return _Template(words, np.frombuffer(row, np.uint64) & words, transfer, by, spans, topics, others)


def _fields(text: bytes) -> list[tuple[str, Span]] | None:
    """Name and place of all hex digits of a log, in the order of the text; None when it is not that simple."""
    if b"\\" in text or not text.endswith(b"},"):
        return None
    try:
        pairs = json.loads(b"{" + text[:-1], object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    values: list[tuple[str, Any]] = []
    for name, value in pairs:
        values += [(name, item) for item in value] if isinstance(value, list) else [(name, value)]
        if isinstance(value, list) != (name == "topics"):
            return None
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or any(name.startswith("0x") for name in names):
        return None
    wanted = [(name, value) for name, value in values if isinstance(value, str) and value.startswith("0x")]
    spans = [found.span(1) for found in _HEX.finditer(text)]
    if [value[2:] for _, value in wanted] != [text[a:b].decode() for a, b in spans]:
        return None
    return [(name, span) for (name, _), span in zip(wanted, spans, strict=True)]


def _wide(rows: Array, span: Span) -> Array:
    """Digits of an even number as rows of bytes."""
    import numpy as np

    digits = np.ascontiguousarray(rows[:, span[0] : span[1]])
    return np.frombuffer(binascii.unhexlify(digits.data), np.uint8).reshape(len(rows), (span[1] - span[0]) // 2)


def _number(rows: Array, span: Span) -> Array:
    """Digits of any number as rows of bytes, at least eight, zeros in front."""
    import numpy as np

    wide = max(16, (span[1] - span[0] + 1) // 2 * 2)
    digits = np.full((len(rows), wide), ord("0"), np.uint8)
    digits[:, wide - (span[1] - span[0]) :] = rows[:, span[0] : span[1]]
    return np.frombuffer(binascii.unhexlify(digits.data), np.uint8).reshape(len(rows), wide // 2)


def _small(rows: Array, span: Span) -> Array:
    """Digits of numbers below 2**63, as int64."""
    import numpy as np

    return _number(rows, span)[:, -8:].copy().view(">i8").reshape(-1).astype(np.int64)
