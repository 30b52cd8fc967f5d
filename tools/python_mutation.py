"""How many small faults in journal, sender, amounts and CSV do the quick Python tests notice?

    python tools/python_mutation.py --sample 300 --seed 1

Works on copies, never on the sources: a fault is written into one, and the tests that run its line there are run, in
forks of a process that has the libraries loaded. Which tests these are is measured first, test by test. A run that was
ended goes on where it was: an answer counts as long as sources, tools and tests are what they were; of the tests only
the file of the one that noticed the fault. Standard library only, like all that runs before anything is installed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, TypeVar

from environments import ROOT, Missing, native_tool, node_tools, say
from mutants import Mutant
from mutation_figures import figures, listed, read
from prove_python import covering
from python_mutants import HEART, sample

EQUIVALENT = ROOT / "tools" / "python-mutation-equivalent.toml"
FOLDER = ROOT / ".build" / "python-mutation"
TESTS = (
    *(f"tests/domain/test_{name}.py" for name in ("orders", "units")),
    *(f"tests/store/test_{name}.py" for name in ("journal", "journal_forged", "journal_questions", "journal_reading")),
    *(f"tests/store/test_{name}.py" for name in ("money", "rows", "sheet_borders", "sheets")),
    *(f"tests/chain/test_{name}.py" for name in ("command_signer", "dialects", "fees", "sender", "sender_nodes")),
    *(f"tests/chain/test_{name}.py" for name in ("sender_offers", "signing", "stock")),
)
"""The quick tests, which stand beside the heart; whole plans and command lines, which use it, are not asked."""
HELPERS = ("tests", "tests/chain", "tests/rpc")
"""Where something lies that these tests use."""
FLOORS = ("domain", "contracts", "rpc", "store", "chain")
"""Packages of hashkit/ that the heart, or a test beside it, may import."""
WORKERS = 2
AT_MOST = 30.0
"""Seconds of tests for one fault, as they took without it: the quickest that run its line, and one at the least."""
PATIENCE = 30.0, 10
"""Seconds, and so many times what the tests took without the fault; no end by then counts as noticed."""

T = TypeVar("T")
R = TypeVar("R")


class Worker:
    """One copy of the sources, and the process that runs tests in it."""

    def __init__(self, folder: Path, python: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        leave = shutil.ignore_patterns("node_modules", ".*", "__pycache__", "dist")
        shutil.copytree(ROOT, folder, ignore=leave, symlinks=True)
        (folder / "node_modules").symlink_to(node_tools())
        self.folder = folder
        variables = {**os.environ, "PYTHONPATH": str(folder), "HASHKIT_ANVIL": str(native_tool("anvil"))}
        command = [python, ROOT / "tools" / "python_worker.py"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=folder, env=variables, text=True, **pipes)  # type: ignore[call-overload]

    def ask(self, tests: Iterable[str], seconds: float, mapping: bool = False) -> dict[str, Any]:
        """Run some tests; see tools/python_worker.py."""
        stdin, stdout = self._process.stdin, self._process.stdout
        stdin.write(json.dumps({"tests": [*tests], "seconds": seconds, "map": mapping}) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise Missing(f"The tests cannot be run:\n{self._process.stderr.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def said(self) -> str:
        """What pytest said last."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def each(workers: list[Worker], items: Iterable[T], act: Callable[[Worker, T], R]) -> Iterator[tuple[T, R]]:
    """``act`` on every item, the workers side by side; each answer as soon as it is there."""
    free: Queue[Worker] = Queue()
    for worker in workers:
        free.put(worker)

    def one(item: T) -> tuple[T, R]:
        worker = free.get()
        try:
            return item, act(worker, item)
        finally:
            free.put(worker)

    with ThreadPoolExecutor(len(workers)) as pool:
        running = [pool.submit(one, item) for item in items]
        try:
            yield from (future.result() for future in as_completed(running))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def state(test: str = "") -> str:
    """Of all that decides what the tests say of a fault. What one file noticed stays noticed, whoever else is asked."""
    tests = [ROOT / name for name in ([test] if test else TESTS)]
    helpers = [path for place in HELPERS for path in (ROOT / place).glob("*.py") if not path.name.startswith("test_")]
    sources = [path for floor in FLOORS for path in (ROOT / "hashkit" / floor).rglob("*.py")]
    paths = {*sources, *helpers, *tests, ROOT / "tools" / "python_worker.py"}
    paths |= set() if test else {Path(__file__)}
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def run(size: int, seed: int) -> dict[str, Any]:
    """Figures per group and the survivors, of the mutants that ``size`` and ``seed`` draw."""
    chosen = sample(size, seed)
    excused = {mutant.key for mutant in chosen if (mutant.file, mutant.before, mutant.after) in listed(EQUIVALENT)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / "answers.jsonl"
    answers = {entry["key"]: entry for entry in read(log) if entry["state"] == state(_file(entry["killer"]))}
    waiting = [mutant for mutant in chosen if mutant.key not in answers and mutant.key not in excused]
    if waiting:
        say(f"{len(waiting)} of {len(chosen)} mutants to try")
        python = covering().python
        workers = [Worker(FOLDER / f"worker-{number}", python) for number in range(WORKERS)]
        try:
            tests = _measured(workers)
            for mutant, answer in each(workers, waiting, partial(_answer, tests)):
                answers[mutant.key] = {"key": mutant.key, "state": state(_file(answer["killer"])), **answer}
                with log.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(answers[mutant.key]) + "\n")
                done = sum(other.key in answers for other in chosen)
                place = f"{mutant.file}:{mutant.line} {mutant.after}"
                say(f"{done}/{len(chosen)} {answer['outcome']} {answer['seconds']:.0f} s  {place}")
        finally:
            for worker in workers:
                worker.close()
    for key in excused:
        answers[key] = {"outcome": "equivalent", "seconds": 0.0}
    return figures(chosen, answers, excused, list(HEART), seed)


def _file(killer: str) -> str:
    """The file of the test that noticed a fault; all tests have their say in one that nobody noticed."""
    name = killer.partition("::")[0]
    return name if (ROOT / name).is_file() else ""


def _measured(workers: list[Worker]) -> dict[str, dict[str, Any]]:
    """Test -> its seconds and the lines that it runs. Every test must pass on the sources as they are."""
    kept = FOLDER / "lines.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    stale = [file for file in TESTS if known.get(file, {}).get("state") != state(file)]

    def measure(worker: Worker, file: str) -> dict[str, Any]:
        answer = worker.ask([file], 900, mapping=True)
        if answer["code"]:
            raise Missing(f"{answer['failed']} does not pass on the sources as they are:\n{worker.said()[-3000:]}")
        return {"state": state(file), "tests": answer["tests"]}

    for file, found in each(workers, stale, measure):
        say(f"measured {file}: {len(found['tests'])} tests")
        known[file] = found
        kept.write_text(json.dumps(known), encoding="utf-8")
    return {test: told for file in TESTS for test, told in known[file]["tests"].items()}


def _answer(tests: dict[str, dict[str, Any]], worker: Worker, mutant: Mutant) -> dict[str, Any]:
    """What became of a mutant, who noticed it, and in how many seconds."""
    start = time.monotonic()
    path = worker.folder / mutant.file
    names = covering_tests(tests, mutant.file, span((ROOT / mutant.file).read_text(encoding="utf-8"), mutant.line))
    least, times = PATIENCE
    limit = least + times * sum(tests[name]["seconds"] for name in names)
    killer = ""
    if names:
        path.write_text(mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8")), encoding="utf-8")
        try:
            killer = worker.ask(names, limit)["failed"]
        finally:
            shutil.copy2(ROOT / mutant.file, path)  # with its time, so that its byte code counts again
    return {
        "outcome": "killed" if killer else "survived",
        "killer": killer,
        "tests": len(names),
        "seconds": round(time.monotonic() - start, 1),
    }


def covering_tests(tests: dict[str, dict[str, Any]], file: str, lines: range) -> list[str]:
    """The quickest tests that run one of these lines; of the whole file when they only run while it is imported."""
    in_file = [name for name, told in tests.items() if file in told["lines"]]
    on_line = [name for name in in_file if not set(lines).isdisjoint(tests[name]["lines"][file])]
    chosen, spent = [], 0.0
    for name in sorted(on_line or in_file, key=lambda name: tests[name]["seconds"]):
        spent += tests[name]["seconds"]
        if chosen and spent > AT_MOST:
            break
        chosen.append(name)
    return chosen


def span(text: str, line: int) -> range:
    """The lines of the statement that holds a line; of a compound one its head."""
    best = range(line, line + 1)
    size = None
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or line
            if line <= last and (size is None or last - node.lineno < size):
                best, size = range(node.lineno, last + 1), last - node.lineno
    return best


def main() -> int:
    """Run the sample and print the figures."""
    asked = argparse.ArgumentParser(description="How many small faults in the heart do the quick tests notice?")
    asked.add_argument("--sample", type=int, default=300, help="mutants to draw (300)")
    asked.add_argument("--seed", type=int, default=1, help="the same seed draws the same mutants (1)")
    chosen = asked.parse_args()
    try:
        print(json.dumps(run(chosen.sample, chosen.seed), indent=1))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
