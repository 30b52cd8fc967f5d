"""Which small faults are tried on the contracts? Finds them and draws a sample; runs nothing.

Each operator is a fault that people make: a comparison off by one, a check the wrong way round, a forgotten
statement, event or modifier, a neighbouring constant, sender and receiver mixed up. They work on the text, so the
compiler sorts out what is no program.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

GROUPS = {
    "token": ("contracts/AssetToken.sol", "contracts/AssetTokenControl.sol", "contracts/token/"),
    "registry": ("contracts/IdentityRegistry.sol", "contracts/identity/", "contracts/sources/"),
    "rule book": ("contracts/RuleBook.sol", "contracts/rules/"),
}
"""What is mutated, by the name of its score."""

_HIDDEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|^\s*(?:import|pragma|using|error|event)\b[^;]*;', re.S | re.M
)
_SWAPS = {
    "comparison": {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="},
    "logic": {"&&": "||", "||": "&&"},
    "arithmetic": {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "+=": "-=", "-=": "+=", "|=": "="},
    "bits": {"<<": ">>", ">>": "<<", "|": "&", "&": "|", "^": "|", "~": ""},
    "truth": {"true": "false", "false": "true"},
    "party": {"from": "to", "to": "from", "msg.sender": "address(this)"},
}
_KIND_OF = {old: (kind, new) for kind, table in _SWAPS.items() for old, new in table.items()}
# The longest sign first, so that `<<=` and `=>` are not taken for parts of others; what is in no table is skipped.
_SIGN = re.compile(
    r"=>|<<=|>>=|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|\+=|-=|\*=|/=|%=|\|=|&=|\^=|[<>+\-*/%|&^~]"
    r"|(?<![\w.])msg\.sender\b|(?<![\w])(?:true|false|from|to)\b(?!\s*:)"
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?![\w.])")
_MODIFIER = re.compile(r"(?<=\s)only[A-Z]\w*(?:\([^()]*\))?(?=[\s{])")
_IF = re.compile(r"\bif \(")
_STATEMENT = re.compile(
    r"(?<=[;{}\n)])[ \t]*((?:emit |revert |delete )?[\w.]+(?:\[[^;{}=]*\])*(?:\.\w+)?"
    r"\s*(?:[|&+\-]?= [^;{}]*|\([^;{}]*\)|(?<=delete )[^;{}]*);)"
)
_DECLARATION = re.compile(r"\b(?:constant|immutable|mapping|returns|modifier|constructor|function)\b")
_MEMBER = re.compile(r"\b(Power|Door|Verdict|Record|Config|RuleWord|Kind|Mode|AttestationState)\.([A-Z]\w*)\b")
_CONSTANT = re.compile(r"\bconstant ([A-Z]\w*)\b")
_ENUM = re.compile(r"\benum (\w+) \{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault: ``file`` with the characters from ``start`` to ``end`` replaced."""

    file: str
    start: int
    end: int
    new: str
    operator: str
    line: int
    before: str
    after: str
    """The line as it is and as it would be, without indent: what a reader and the list of equivalents see."""
    group: str
    """The score it counts for."""

    @classmethod
    def of(cls, file: str, text: str, start: int, end: int, new: str, operator: str, group: str) -> Mutant:
        """The fault in a file with this text."""
        head, tail = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        before, after = text[head:tail], text[head:start] + new + text[end:tail]
        line = text.count("\n", 0, start) + 1
        return cls(file, start, end, new, operator, line, _flat(before), _flat(after), group)

    def applied(self, text: str) -> str:
        """The whole file with the fault."""
        return text[: self.start] + self.new + text[self.end :]

    @property
    def key(self) -> str:
        """Its name within one state of the sources."""
        return f"{self.file}:{self.start}:{self.end}:{self.new}"


def sample(root: Path, size: int, seed: int) -> list[Mutant]:
    """``size`` mutants of the contracts; the same sources and seed give the same ones."""
    return draw({name: list(every(root, name)) for name in files(root)}, size, seed)


def draw(pools: Mapping[str, list[Mutant]], size: int, seed: int) -> list[Mutant]:
    """``size`` of the mutants of some files, in an order of their own that the seed decides.

    A file gets a share by its number of mutants, at least one; within a file the operators take turns, so that the
    many constants do not push out the few modifiers.
    """
    ranked = []
    for name, pool in pools.items():
        found = _shuffled(pool, f"{seed}:{name}")
        ranked += [(place / len(found), mutant) for place, mutant in enumerate(found)]
    dice = random.Random(seed)
    dice.shuffle(ranked)
    ranked.sort(key=lambda pair: pair[0])  # keeps the shuffled order among equals
    drawn = [mutant for _, mutant in ranked[:size]]
    dice.shuffle(drawn)
    return drawn


def files(root: Path) -> list[str]:
    """The sources that are mutated, sorted."""
    places = tuple(place for group in GROUPS.values() for place in group)
    every = (path.relative_to(root).as_posix() for path in (root / "contracts").rglob("*.sol"))
    return sorted(name for name in every if name.startswith(places))


def every(root: Path, name: str) -> Iterator[Mutant]:
    """All mutants of one file, in the order of the text."""
    text = (root / name).read_text(encoding="utf-8")
    code = _HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    seen = {text}
    group = next(group for group, places in GROUPS.items() if name.startswith(places))
    for start, end, new, operator in sorted(_faults(code, _families(root))):
        changed = text[:start] + new + text[end:]
        if changed in seen:
            continue
        seen.add(changed)
        yield Mutant.of(name, text, start, end, new, operator, group)


def _faults(code: str, families: dict[str, list[str]]) -> Iterator[tuple[int, int, str, str]]:
    for found in _SIGN.finditer(code):
        if found[0] in _KIND_OF:
            operator, new = _KIND_OF[found[0]]
            yield found.start(), found.end(), new, operator
    for found in _NUMBER.finditer(code):
        value = int(found[0].replace("_", ""))
        yield found.start(), found.end(), str(value + 1), "number"
        if value:
            yield found.start(), found.end(), str(value - 1), "number"
    for found in _MODIFIER.finditer(code):
        yield found.start(), found.end(), "", "modifier"
    for found in _IF.finditer(code):
        end = _closing(code, found.end() - 1)
        yield found.end() - 1, end, f"(!{code[found.end() - 1 : end]})", "condition"
    for found in _STATEMENT.finditer(code):
        if not _DECLARATION.search(found[1]):
            yield found.start(1), found.end(1), ";" if _needs_body(code, found.start(1)) else "", "statement"
    for found in _MEMBER.finditer(code):
        family = families.get(found[1], [])
        if found[2] in family:  # the next of its library: for masks of one bit the most likely slip of the pen
            other = family[(family.index(found[2]) + 1) % len(family)]
            yield found.start(2), found.end(2), other, "constant"


def _families(root: Path) -> dict[str, list[str]]:
    """Library or enum -> its members."""
    known: dict[str, list[str]] = {}
    for path in sorted((root / "contracts").rglob("*.sol")):
        text = path.read_text(encoding="utf-8")
        known[path.stem] = _CONSTANT.findall(text)
        for name, members in _ENUM.findall(re.sub(r"//[^\n]*", "", text)):
            known[name] = re.findall(r"\w+", members)
    return known


def _needs_body(code: str, start: int) -> bool:
    """Whether the statement is all that an `if` or `else` has."""
    return bool(re.search(r"(?:\)|\belse)\s*$", code[:start]))


def _closing(code: str, start: int) -> int:
    depth = 0
    for i in range(start, len(code)):
        depth += (code[i] == "(") - (code[i] == ")")
        if depth == 0:
            return i + 1
    return len(code)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _shuffled(found: list[Mutant], seed: str) -> list[Mutant]:
    """In random order, the operators taking turns."""
    dice = random.Random(seed)
    dice.shuffle(found)
    turns: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in found:
        turns[mutant.operator].append(mutant)
    order = []
    while turns:
        for operator in list(turns):
            order.append(turns[operator].pop())
            if not turns[operator]:
                del turns[operator]
    return order
