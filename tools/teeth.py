"""Do the invariants have teeth? Plant one bug at a time in a copy of the project and demand that its test fails.

The list is tests/teeth/planted.toml. Before the first bug every named test must pass, so that none is caught by a test
that fails anyway. `teeth()` gives `make prove` its figures; run alone, it takes invariant numbers to narrow the list.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from environments import ROOT, Missing, native_tool, node_tools, say

PLANTED = "tests/teeth/planted.toml"
COPIED = ("contracts", "tests/forge", "hashkit/contracts/wasm", "foundry.toml")
# A fixed seed, so that a bug that is caught is caught again; shrinking a failure would only cost time.
SETTINGS = {
    "FOUNDRY_OFFLINE": "true",
    "FOUNDRY_AUTO_DETECT_SOLC": "false",
    "FOUNDRY_FUZZ_SEED": "0x7ee7",
    "FOUNDRY_INVARIANT_RUNS": "200",
    "FOUNDRY_INVARIANT_DEPTH": "40",
    "FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0",
    # Compiling is most of the time. Without the optimizer it takes a third; the halves then exceed the size limit.
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_CODE_SIZE_LIMIT": "1000000",
}


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug, and the test that must fail because of it."""

    number: int
    why: str
    file: str
    before: str
    after: str
    test: str


def planted(root: Path = ROOT) -> list[Bug]:
    """The committed list."""
    return [Bug(**entry) for entry in tomllib.loads((root / PLANTED).read_text(encoding="utf-8"))["bug"]]


def teeth(numbers: Iterable[int] = (), tell: Callable[[str], None] = say, root: Path = ROOT) -> dict[str, object]:
    """Plants each bug of the list, or of these invariants; how many there were, were caught, and which were not."""
    bugs = [bug for bug in planted(root) if not numbers or bug.number in numbers]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="teeth-") as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(root / name, copy / name)
        (copy / "node_modules").symlink_to(node_tools())
        tell("the tests that must fail later pass without a bug")
        passing = _statuses(copy, {bug.test for bug in bugs})
        missing = sorted({bug.test for bug in bugs if passing.get(bug.test) != "Success"})
        if missing:
            raise Missing(f"Without any bug these do not pass: {', '.join(missing)}")
        missed = [bug for bug in bugs if not _is_caught(copy, bug, tell)]
    return {
        "planted": len(bugs),
        "caught": len(bugs) - len(missed),
        "missed": [f"I-{bug.number}: {bug.test}" for bug in missed],
        "seconds": round(time.monotonic() - start),
    }


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _is_caught(copy: Path, bug: Bug, tell: Callable[[str], None]) -> bool:
    path = copy / bug.file
    text = path.read_text(encoding="utf-8")
    if text.count(bug.before) != 1:
        raise Missing(f"{PLANTED}: the text of I-{bug.number} occurs {text.count(bug.before)} times in {bug.file}.")
    path.write_text(text.replace(bug.before, bug.after), encoding="utf-8")
    try:
        status = _statuses(copy, {bug.test}).get(bug.test)
    finally:
        path.write_text(text, encoding="utf-8")
    caught = status == "Failure"
    tell(f"I-{bug.number} {'caught' if caught else 'MISSED'}  {bug.why}")
    return caught


def _statuses(copy: Path, tests: set[str]) -> dict[str, str]:
    """Test name -> Success or Failure. A project that does not compile is an error: it catches nothing."""
    shutil.rmtree(copy / ".forge" / "cache" / "invariant", ignore_errors=True)  # failures of the bug before
    found = sorted(
        path.relative_to(copy).as_posix()
        for path in (copy / "tests" / "forge").glob("*.t.sol")
        if any(f"function {test}(" in path.read_text(encoding="utf-8") for test in tests)
    )
    where = f"{{{','.join(found)}}}" if len(found) > 1 else "".join(found)
    command = [native_tool("forge"), "test", "--json", "--match-path", where]
    command += ["--match-test", f"^({'|'.join(sorted(tests))})\\("]
    settings = {"FOUNDRY_SOLC": str(copy / "hashkit/contracts/wasm/solc"), **SETTINGS}
    settings["SOLJSON"] = str(node_tools() / "solc" / "soljson.js")
    done = subprocess.run(command, cwd=copy, env={**os.environ, **settings}, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{") and "test_results" in line]
    if not lines:
        raise Missing(f"forge told nothing of {', '.join(sorted(tests))}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    suites = json.loads(lines[-1]).values()
    return {name.split("(")[0]: one["status"] for suite in suites for name, one in suite["test_results"].items()}


def main() -> int:
    """Print the figures; fail when a bug was missed."""
    try:
        figures = teeth({int(word) for word in sys.argv[1:]})
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"{figures['planted']} planted, {figures['caught']} caught")
    for line in figures["missed"]:
        print(f"missed: {line}")
    return 0 if figures["planted"] == figures["caught"] else 1


if __name__ == "__main__":
    sys.exit(main())
