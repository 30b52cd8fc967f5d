"""What do `make demo`, `make test` and their parts do? Run by tools/run.

`test` runs every part even when one fails. Its last line is pytest's summary, because that is the line people
look for, or the names of the parts that failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from environments import ROOT, Environment, Missing, environment, measured, native_tool, node_tools, say
from prove import prove as run_proofs
from prove_forge import WASM_SOLC, settings

SOLC_VERSION = "0.8.30"
SMOKE_SCRIPT = ROOT / "scripts" / "register.py"
PINS = "tools/constraints-test.txt"
OLDER_PINS = "tools/constraints-web3-7.txt"
ENGINE_PINS = "tools/constraints-engines.txt"
APE_PINS = "tools/constraints-ape.txt"
OLDER = (
    *(f"chain/test_{name}.py" for name in ("command_signer", "devnet_rpc", "dialects", "keys", "sender")),
    *(f"contracts/test_{name}.py" for name in ("faces", "header", "powers_matrix", "trie", "word")),
    *(f"issuer/test_{name}.py" for name in ("deploy", "documents", "identities", "issue", "saved", "sdk")),
    *("rpc/test_reads.py", "cli/test_conventions.py"),
)
"""The tests of what differs between the two sets of libraries; the others would see no difference."""
GAS = ROOT / "benchmarks" / "gas"


def demo() -> bool:
    """The main job on the embedded chain, from the issuer's first step to the auditor's report."""
    if sys.stdout.isatty():
        say("hashkit demo: about a minute the first time, seconds afterwards")
    return _run([environment("demo", "devnet", PINS).scripts / "hashkit", "demo"])


def lint() -> bool:
    """Style."""
    return _run([_test().python, "-m", "ruff", "check", "."])


def types() -> bool:
    """Types."""
    return _run([_test().python, "-m", "mypy", "--strict", "hashkit"])


def compile() -> bool:
    """Write the artifacts."""
    node_tools()
    return _run([_test().scripts / "hashkit", "compile"])


def check() -> bool:
    """Prove that the artifacts equal a rebuild."""
    node_tools()
    return _run([_test().scripts / "hashkit", "compile", "--check"])


def forge() -> bool:
    """Fuzz tests and invariants in Solidity."""
    if not any((ROOT / "tests" / "forge").glob("**/*.t.sol")):
        say("no Solidity tests")
        return True
    return _run([native_tool("forge"), "test"], **settings())


def ape() -> bool:
    """Our contracts and an auditor's script under ape, in an environment of its own."""
    made = environment("ape", "ape", APE_PINS)
    folder = made.folder / "solcx"
    folder.mkdir(exist_ok=True)
    shutil.copy(WASM_SOLC, folder / f"solc-v{SOLC_VERSION}")
    shutil.copy(node_tools() / "solc" / "soljson.js", folder / "soljson.js")
    settings = {
        "SOLCX_BINARY_PATH": str(folder),
        "PATH": os.pathsep.join([str(made.scripts), str(native_tool("anvil").parent), os.environ["PATH"]]),
        "APE_DATA_FOLDER": str(made.folder / "ape"),
    }
    compiled = _run([made.scripts / "ape", "compile", "--force"], **settings)
    return compiled and _run([made.scripts / "ape", "run", SMOKE_SCRIPT.stem, "--help"], **settings)


def faults() -> bool:
    """Every fault class F1 to F40 against a real chain; its last line is ``N passed, N failed``."""
    node_tools()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "faults.xml"
        command = [*_pytest_command(_test()), "--tb=short", f"--junitxml={told}", "tests/faults"]
        _run(command, HASHKIT_ANVIL=str(native_tool("anvil")), HASHKIT_FAULTS="all")
        if not told.exists():
            return False
        suite = ElementTree.parse(told).getroot()[0].attrib
    failed = int(suite["failures"]) + int(suite["errors"]) + int(suite["skipped"])
    passed = int(suite["tests"]) - failed
    print(f"{passed} passed, {failed} failed", flush=True)
    return failed == 0 and passed > 0


def bench_gas() -> bool:
    """Measure gas beside the peers, and write benchmarks/gas/results.json and its README."""
    node_tools(GAS)
    made = environment("bench", "wasm", PINS)
    return _run([made.python, "-m", "benchmarks.gas", native_tool("anvil")])


def bench_audit() -> bool:
    """Measure the audit at size beside its floor, cryo, web3.py and trie; benchmarks/audit/results.json and README."""
    return _run([measured().python, "-m", "benchmarks.audit", native_tool("anvil")])


def bench_issue() -> bool:
    """Measure an issue of 10,000 rows beside a bare loop, and its memory; benchmarks/issue/results.json and README."""
    return _run([_test().python, "-m", "benchmarks.issue"], HASHKIT_ANVIL=str(native_tool("anvil")))


def page() -> bool:
    """Open the report in a real Chromium, print it, write docs/report.png."""
    return _run([_test().python, ROOT / "tools" / "page.py"])


def prove() -> bool:
    """The slow proofs, all or those that are named, and their figures in proofs/."""
    return run_proofs(sys.argv[2:])


def engines() -> bool:
    """The reports' SQL on DuckDB and, through ibis, on Spark: the same digests."""
    made = environment("engines", "spark", ENGINE_PINS)
    return _run([*_pytest_command(made), "-s", "tests/engines/check_engines.py"])


def older() -> bool:
    """What goes through web3, eth-account, eth-abi and click, on the older supported set of them."""
    return _pytest(environment("web3-7", "test", OLDER_PINS), "-m", "not slow", *(f"tests/{name}" for name in OLDER))


def pytest() -> bool:
    """Everything in tests/, on anvil and on py-evm."""
    return _pytest(_test())


def test() -> bool:
    """All of it, after a look whether the machine has what it takes."""
    node_tools()
    node_tools(GAS)
    parts: list[Callable[[], bool]] = [lint, types, check, forge, ape, older]
    failed = [part.__name__ for part in parts if not _timed(part)]
    say("pytest: everything in tests/")  # its last line tells its seconds
    if not pytest():
        failed.append("pytest")
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return not failed


def clean() -> bool:
    """Remove what the others made; nothing that is committed, no journal and no key."""
    for name in (".venvs", "node_modules", ".forge", ".build", "contracts/.cache", ".hashkit/cache", "dist"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    shutil.rmtree(GAS / "node_modules", ignore_errors=True)
    return True


STEPS: dict[str, Callable[[], bool]] = {
    step.__name__.replace("_", "-"): step
    for step in (
        demo, test, lint, types, compile, check, forge, ape, older, pytest, faults, engines, bench_gas, bench_audit,
        bench_issue, page, prove, clean,
    )
}  # fmt: skip


def _test() -> Environment:
    return environment("test", "test", PINS)


def _pytest(made: Environment, *options: str) -> bool:
    node_tools()
    node_tools(GAS)  # the published contracts of the peers, for tests/interop
    # A file stays in one process, whose fixtures it shares; files go to whichever process is free.
    spread = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    return _run([*_pytest_command(made), *spread, *options], HASHKIT_ANVIL=str(native_tool("anvil")))


def _pytest_command(made: Environment) -> list[str | Path]:
    return [made.python, "-m", "pytest", "-q"]


def _timed(step: Callable[[], bool]) -> bool:
    say(f"{step.__name__}: {(step.__doc__ or '').rstrip('.')}")
    start = time.monotonic()
    passed = step()
    say(f"{step.__name__} {'passed' if passed else 'FAILED'} after {time.monotonic() - start:.0f} s")
    return passed


def _run(command: list[str | Path], **settings: str) -> bool:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode == 0


def main() -> int:
    """Run the step that is named; a missing prerequisite is one sentence, not a traceback."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in STEPS or (len(sys.argv) > 2 and name != "prove"):
        print(f"Name one of: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    try:
        return 0 if STEPS[name]() else 1
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
