"""Many questions in one ``eth_call``, on any chain: the program that asks them travels with them. Floor 2.

The call has no recipient, so the node runs its data as the init code of a contract that is never kept. The program
asks what stands behind it, one STATICCALL each, and returns the answers as if they were that contract's code.

A question is 20 bytes of recipient, 2 bytes of length and its data; an answer is 1 byte (1: answered, 0: refused),
2 bytes of length and what was returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hashkit.contracts.call import Query

# On the stack p is on top, the place of the next question in memory, and under it o, the place of the next answer,
# and n, the bytes of all questions. Memory has the questions from 0 and the answers from n.
PROGRAM = bytes.fromhex(
    "6055 38 03"  # PUSH1 0x55, CODESIZE, SUB: n, what stands behind these 0x55 bytes
    "80 6055 6000 39"  # DUP1, PUSH1 0x55, PUSH1 0x00, CODECOPY
    "80 6000"  # DUP1, PUSH1 0x00: o = n, p = 0
    "5b"  # JUMPDEST: 0x0d, the loop
    "82 81 10 15 604e 57"  # DUP3, DUP2, LT, ISZERO, PUSH1 0x4e, JUMPI: until p is n
    "80 6014 01 51 60f0 1c"  # DUP1, PUSH1 0x14, ADD, MLOAD, PUSH1 0xf0, SHR: the length of the question
    "6000 6000 82 84 6016 01"  # PUSH1 0x00, PUSH1 0x00, DUP3, DUP5, PUSH1 0x16, ADD: answer nowhere yet; its data
    "85 51 6060 1c"  # DUP6, MLOAD, PUSH1 0x60, SHR: its recipient
    "5a fa"  # GAS, STATICCALL
    "83 53"  # DUP4, MSTORE8: answered or refused
    "3d 60f0 1b 83 6001 01 52"  # RETURNDATASIZE, PUSH1 0xf0, SHL, DUP4, PUSH1 0x01, ADD, MSTORE: the answer's length
    "3d 6000 84 6003 01 3e"  # RETURNDATASIZE, PUSH1 0x00, DUP5, PUSH1 0x03, ADD, RETURNDATACOPY
    "01 6016 01"  # ADD, PUSH1 0x16, ADD: p goes over the question
    "90 3d 01 6003 01 90"  # SWAP1, RETURNDATASIZE, ADD, PUSH1 0x03, ADD, SWAP1: o goes over the answer
    "600d 56"  # PUSH1 0x0d, JUMP
    "5b 50"  # JUMPDEST, POP: 0x4e, the end
    "81 90 03 90 f3"  # DUP2, SWAP1, SUB, SWAP1, RETURN: o - n bytes from n
)

_MOST_ASKED = 49_152  # bytes of init code (EIP-3860)
_MOST_ANSWERED = 24_576
"""Bytes of a contract's code (EIP-170). It must not begin with 0xEF either (EIP-3541), and ours begins with 0 or 1."""
_MOST_DATA = 0xFFFF  # bytes that two bytes of length can tell
_MOST_CALLS = 200
"""Nodes give an eth_call 30 to 50 million gas and more, and a question of ours takes about 100,000 at most."""
_UNKNOWN = 16  # words to expect of an answer whose types do not tell


def parts(queries: Sequence[Query[Any]]) -> Iterator[Sequence[Query[Any]]]:
    """The questions in their order, cut so that each part fits one call. One that fits none is a part of its own."""
    start, asked, answered = 0, len(PROGRAM), 0
    for i, query in enumerate(queries):
        question, answer = 22 + len(query.data), 3 + 32 * (query.words or _UNKNOWN)
        fits = asked + question <= _MOST_ASKED and answered + answer <= _MOST_ANSWERED and i - start < _MOST_CALLS
        if i > start and not fits:
            yield queries[start:i]
            start, asked, answered = i, len(PROGRAM), 0
        asked, answered = asked + question, answered + answer
    if start < len(queries):
        yield queries[start:]


def pack(part: Sequence[Query[Any]]) -> bytes:
    """The data of the call that asks them all."""
    questions = [bytes.fromhex(q.to[2:]) + len(q.data).to_bytes(2) + q.data for q in part]
    return PROGRAM + b"".join(questions)


def unpack(returned: bytes, count: int) -> list[bytes | None] | None:
    """The answers to ``count`` questions, None for a refused one; None in all when these bytes are not such answers."""
    # On a chain without the bound a contract could answer more than its length can tell, and what is over would
    # be read as the answers of others.
    if len(returned) > _MOST_ANSWERED:
        return None
    answers: list[bytes | None] = []
    place = 0
    for _ in range(count):
        start = place + 3
        if start > len(returned) or returned[place] > 1:
            return None
        end = start + int.from_bytes(returned[place + 1 : start])
        answers.append(returned[start:end] if returned[place] else None)
        place = end
    return answers if place == len(returned) else None
