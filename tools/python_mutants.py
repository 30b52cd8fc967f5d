"""Which small faults are tried on the heart of the write path? Finds them by Python's own parser; runs nothing.

The heart is what must neither lose nor double a unit: journal, sender, amounts and CSV. The faults are those people
make: a comparison off by one, a condition the wrong way round, a forgotten statement, a neighbouring number, a query
that selects too much. Words for people are left alone, and so are annotations, decorators and docstrings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mutants import Mutant, draw

ROOT = Path(__file__).resolve().parent.parent
HEART = {
    "journal": (
        *(f"hashkit/store/{name}.py" for name in ("journal", "journal_reading", "journal_tables", "rows", "batches")),
    ),
    "sender": (
        *(f"hashkit/chain/{name}.py" for name in ("sender", "stock", "send_errors", "fees", "signing")),
    ),
    "amounts": (*(f"hashkit/domain/{name}.py" for name in ("units", "attempts", "orders")),),
    "CSV": ("hashkit/store/sheets/*.py",),
}
"""Files of the heart, as patterns below the root, by the name of their score."""

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_COUNTED: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*", ast.Mod: "//", ast.Pow: "*",
    ast.BitOr: "&", ast.BitAnd: "|",
}  # fmt: skip
_QUERY = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|ORDER BY)\b|^\w+ = \? AND |\bstate\b.* '")
_SQL = {
    "<=": "<", "<>": "=", "<": "<=", ">=": ">", " AND ": " OR ", " DESC": "", "max(": "min(", " + 1": "", "NOT ": "",
    "'PLANNED'": "'DONE'", "'SIGNED'": "'DONE'", "'SENT'": "'DONE'", "'MINED'": "'SENT'", "'DONE'": "'SENT'",
    "'FAILED'": "'DONE'", " LIMIT 1": " LIMIT 1 OFFSET 1", "coalesce(": "(", "ORDER BY position, ": "ORDER BY ",
    " ON CONFLICT DO NOTHING": "", "OR IGNORE ": "",
}  # fmt: skip
_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_SQL, key=len, reverse=True)))

Edit = tuple[int, int, str, str]
"""From, to, what stands there instead, kind of fault."""


def heart(group: str) -> list[str]:
    """The files of a group, sorted; a pattern that finds none stands as it is, for whoever opens it to miss."""
    found = [path.relative_to(ROOT).as_posix() for name in HEART[group] for path in ROOT.glob(name)]
    return sorted({*found, *(name for name in HEART[group] if "*" not in name)})


def sample(size: int, seed: int) -> list[Mutant]:
    """``size`` mutants of the heart; the same sources and seed give the same ones."""
    return draw({name: list(every(name, group)) for group in HEART for name in heart(group)}, size, seed)


def every(name: str, group: str, root: Path = ROOT) -> Iterator[Mutant]:
    """All mutants of one file, in the order of the text."""
    text = (root / name).read_text(encoding="utf-8")
    for start, end, new, operator in sorted(set(_Faults(text).found)):
        yield Mutant.of(name, text, start, end, new, operator, group)


class _Faults(ast.NodeVisitor):
    """Walks a module and collects edits of its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        self._lines = lines
        self.found: list[Edit] = []
        self.visit(ast.parse(text))

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands: Python counts bytes of UTF-8 within a line, we count characters."""
        places = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
        start, end = (
            self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode()) for line, column in places
        )
        return start, end

    def _put(self, node: ast.AST, new: str, operator: str) -> None:
        self.found.append((*self._span(node), new, operator))

    def _source(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._text[start:end]

    def _between(self, left: ast.AST, right: ast.AST, sign: str, new: str, operator: str) -> None:
        """Another sign between two operands. The gap may hold parentheses and line ends, but no second sign."""
        start, end = self._span(left)[1], self._span(right)[0]
        gap = self._text[start:end]
        if gap.count(sign) == 1:
            place = start + gap.index(sign)
            self.found.append((place, place + len(sign), new, operator))

    # What is walked into

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each)):
            self.visit(default)
        self._body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._body(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        """Nothing in it can be wrong and still run."""

    visit_ImportFrom = visit_Import  # type: ignore[assignment]

    def _body(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        for each in node.body:  # neither decorators nor annotations
            self.visit(each)

    # Faults

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            start, end = self._span(left)[1], self._span(right)[0]
            gap = self._text[start:end]
            place = start + len(gap) - len(gap.lstrip(" )\n"))
            stop = start + len(gap.rstrip(" (\n"))
            if type(sign) in _COMPARED:
                self.found.append((place, stop, _COMPARED[type(sign)], "comparison"))
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, old, new, "logic")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in _COUNTED and not isinstance(node.left, ast.JoinedStr):
            sign = self._text[self._span(node.left)[1] : self._span(node.right)[0]].strip(" ()\n")
            self._between(node.left, node.right, sign, _COUNTED[type(node.op)], "arithmetic")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        new = _COUNTED.get(type(node.op))
        if new:
            start, end = self._span(node.target)[1], self._span(node.value)[0]
            self.found.append((start, end, f" {new}= ", "arithmetic"))
        self._drop(node)
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], (ast.Attribute, ast.Subscript)):  # a name that is missing shows at once
            self._drop(node)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        kind = {ast.Not: "logic", ast.USub: "arithmetic"}.get(type(node.op))
        if kind:
            self._put(node, f"({self._source(node.operand)})", kind)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._put(node, str(not node.value), "truth")
        elif isinstance(node.value, int):
            self._put(node, str(node.value + 1), "number")
            if node.value:
                self._put(node, str(node.value - 1), "number")
        elif isinstance(node.value, str) and _QUERY.search(node.value):
            start, end = self._span(node)
            for found in _SIGN.finditer(self._text, start, end):
                self.found.append((found.start(), found.end(), _SQL[found[0]], "query"))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Words for people, but for queries: up to Python 3.11 the places of what stands inside are not told."""
        start, end = self._span(node)
        if _QUERY.search(self._text[start:end]):
            for found in _SIGN.finditer(self._text, start, end):
                self.found.append((found.start(), found.end(), _SQL[found[0]], "query"))

    def _condition(self, test: ast.expr) -> None:
        self._put(test, f"(not ({self._source(test)}))", "condition")

    def visit_If(self, node: ast.If) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._condition(test)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # words about a constant or a field
            self._drop(node)
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._drop(node)  # what it says is for people

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._drop(node)
        elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self._put(node.value, "None", "result")
            self.visit(node.value)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._put(node, "break", "statement")

    def visit_Break(self, node: ast.Break) -> None:
        self._drop(node)

    def _drop(self, node: ast.stmt) -> None:
        self._put(node, "pass", "statement")
