"""Do the invariants have teeth? Plant one bug at a time and demand that the test that is named for it fails.

    python tools/teeth.py          every bug of tests/teeth/planted.toml
    python tools/teeth.py 4 26     those of these invariants

On the copies of tools/workshop.py, in which every test passes without a bug, so that none is caught by a test that
fails anyway. A bug that the committed settings do not catch is asked again with more runs; then the test must also
pass with as many runs without it.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from environments import ROOT, Missing, say
from workshop import Worker, each

PLANTED = "tests/teeth/planted.toml"
DEEPER = {"FOUNDRY_INVARIANT_RUNS": "200", "FOUNDRY_INVARIANT_DEPTH": "40", "FOUNDRY_FUZZ_RUNS": "2000"}


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug, and the test that must fail because of it."""

    number: int
    why: str
    file: str
    before: str
    after: str
    test: str

    def applied(self, text: str) -> str:
        """The whole file with the bug."""
        if text.count(self.before) != 1:
            times = text.count(self.before)
            raise Missing(f"{PLANTED}: the text of I-{self.number} occurs {times} times in {self.file}.")
        return text.replace(self.before, self.after)


def planted(root: Path = ROOT) -> list[Bug]:
    """The committed list."""
    return [Bug(**entry) for entry in tomllib.loads((root / PLANTED).read_text(encoding="utf-8"))["bug"]]


def run(numbers: Collection[int] = ()) -> list[tuple[Bug, str]]:
    """Each bug of the list, or of these invariants, with the test that caught it; empty when none did."""
    bugs = [bug for bug in planted() if not numbers or bug.number in numbers]
    answers = {}
    for bug, (killer, seconds) in each(bugs, _answer):
        answers[bug] = killer
        say(f"I-{bug.number} {'caught' if killer else 'MISSED'} {seconds:.0f} s  {bug.why}")
    return [(bug, answers[bug]) for bug in bugs]


def _answer(worker: Worker, bug: Bug) -> tuple[str, float]:
    start = time.monotonic()
    narrow = ("--match-test", rf"^{bug.test}\(")
    with worker.planted(bug) as trouble:
        if trouble:
            raise Missing(f"{PLANTED}: I-{bug.number} is no bug: {trouble}.")
        killer, settings = worker.failing({}, *narrow), {}
        if not killer:
            killer, settings = worker.failing(DEEPER, *narrow), DEEPER
    if settings and killer and worker.failing(settings, *narrow):
        raise Missing(f"{bug.test} fails without any bug.")
    return killer.rpartition(":")[2], time.monotonic() - start


def main() -> int:
    """Print the figures; fail when a bug was missed."""
    try:
        found = run([int(word) for word in sys.argv[1:]])
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    missed = [bug for bug, killer in found if not killer]
    print(f"{len(found)} planted, {len(found) - len(missed)} caught")
    for bug in missed:
        print(f"missed: I-{bug.number}: {bug.test}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
