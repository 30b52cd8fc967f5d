"""Copies of contracts and tests in which one fault at a time is planted, for tools/mutation.py and tools/teeth.py.

Fast because forge compiles nothing after the first time. In the copies, tests make contracts from forge's artifacts
(`vm.getCode` in place of `new`); a fault is compiled apart by one warm compiler, only the contracts it is part of, and
put into those artifacts. Tests keep the constants of the sources as they are, so a wrong constant is noticed.
Everything lies under `.build/mutation`; the sources are never touched. Standard library only, like all that runs before
anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import Queue
from typing import Any, Protocol, TypeVar

from environments import ROOT, Missing, native_tool, node_tools, say

sys.path.append(str(ROOT))  # hashkit's own list of sources needs nothing that is installed

from hashkit.contracts import sources

FOLDER = ROOT / ".build" / "mutation"
WORKERS = 2
TIMEOUT = 400
"""Seconds of processor time, whatever else the machine does, after which a test run without an end counts as a fault
that was noticed; without a fault the whole suite takes a tenth."""

# A seed for everybody, so that what is noticed is noticed again; shrinking a failure would only cost time.
FIXED = {"FOUNDRY_FUZZ_SEED": "0x5eed", "FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0"}

_NO_METADATA = 'bytecode_hash = "none"\ncbor_metadata = false\n[lint]\nlint_on_build = false\n'
_GET_CODE = "    function getCode(string calldata path) external view returns (bytes memory);\n"
_CREATE = """
/// @dev What `new` does, with the code that forge finds among its artifacts.
function create(string memory path, bytes memory arguments) returns (address made) {
    Vm vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes memory code = abi.encodePacked(vm.getCode(path), arguments);
    assembly {
        made := create(0, add(code, 32), mload(code))
        if iszero(made) {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}
"""


@cache
def state(test: str = "") -> str:
    """Of all that decides what the tests say of a fault; or one file of tests alone, with what it imports."""
    tests = [ROOT / name for name in _reached([test])] if test else (ROOT / "tests" / "forge").rglob("*.sol")
    paths = {*(ROOT / "contracts").rglob("*.sol"), *(path for path in tests if path.exists()), ROOT / "foundry.toml"}
    paths |= {ROOT / "package-lock.json", Path(__file__), ROOT / "tools" / "mutation.py"}
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Fault(Protocol):
    """What can be planted: one change of one file."""

    @property
    def file(self) -> str:
        """Its path below the root."""

    def applied(self, text: str) -> str:
        """The whole file with the fault."""


F = TypeVar("F")
R = TypeVar("R")


def each(faults: list[F], act: Callable[[Worker, F], R]) -> Iterator[tuple[F, R]]:
    """``act`` on every fault, a few workers side by side; each answer as soon as it is there."""
    first = _workshop()
    free: Queue[Worker] = Queue()
    workers = []
    for number in range(min(WORKERS, len(faults))):
        folder = FOLDER / f"worker-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder, symlinks=True)
        workers.append(Worker(folder))
        free.put(workers[-1])

    def one(fault: F) -> tuple[F, R]:
        worker = free.get()
        try:
            return fault, act(worker, fault)
        finally:
            free.put(worker)

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            running = [pool.submit(one, fault) for fault in faults]
            try:
                yield from (future.result() for future in as_completed(running))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    finally:
        for worker in workers:
            worker.close()


def _workshop() -> Path:
    """A copy of contracts and tests in which forge has compiled everything once, and every test passes."""
    folder = FOLDER / "base"
    mark = folder / "state"
    if mark.exists() and mark.read_text() == state():
        return folder
    say("compiling a copy of contracts and tests (once)")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "contracts", folder / "contracts")
    shutil.copytree(ROOT / "tests" / "forge", folder / "tests" / "forge")
    shutil.copy(ROOT / "hashkit" / "contracts" / "wasm" / "solc", folder / "solc")
    (folder / "node_modules").symlink_to(node_tools())
    settings = (ROOT / "foundry.toml").read_text(encoding="utf-8")
    (folder / "foundry.toml").write_text(settings.rstrip() + "\n" + _NO_METADATA)
    deployed = {Path(name).stem for name in sources.own_sources(ROOT) if sources.is_deployable(name)}
    for path in (folder / "tests").rglob("*.sol"):
        path.write_text(_without_new(path.read_text(encoding="utf-8"), deployed), encoding="utf-8")
    if failing := first_failure(folder, {}, limit=None):
        raise Missing(f"{failing} does not pass on the sources as they are; a fault would say nothing.")
    mark.write_text(state())
    return folder


def _without_new(text: str, deployed: Iterable[str]) -> str:
    """The test with ``new AssetToken(x)`` as ``AssetToken(create("AssetToken.sol:AssetToken", abi.encode(x)))``."""
    if "interface Vm {" in text:
        return text.replace("interface Vm {\n", "interface Vm {\n" + _GET_CODE) + _CREATE
    changed = text
    for name in sorted(deployed):
        while found := re.search(rf"\bnew {name}\(", changed):
            end, depth = found.end(), 1
            while depth:
                depth += {"(": 1, ")": -1}.get(changed[end], 0)
                end += 1
            inside = changed[found.end() : end - 1]
            made = f'{name}(create("{name}.sol:{name}", abi.encode({inside})))'
            changed = changed[: found.start()] + made + changed[end:]
    if changed != text:
        base = re.search(r'import \{[^}]*\} from "([^"]*TestBase\.sol|\./Fixture\.sol)";', changed)
        where = "./TestBase.sol" if base is None or "Fixture" in base[1] else base[1]
        changed = changed.replace("\nimport ", f'\nimport {{create}} from "{where}";\nimport ', 1)
    return changed


def first_failure(folder: Path, settings: dict[str, str], *narrow: str, limit: int | None = TIMEOUT) -> str:
    """The first failing test of the suite or what is left of it, as `file:contract.test`; empty when all pass."""
    environment = {
        **os.environ,
        "FOUNDRY_SOLC": str(folder / "solc"),
        "FOUNDRY_OFFLINE": "true",
        "FOUNDRY_AUTO_DETECT_SOLC": "false",
        "SOLJSON": str(node_tools() / "solc" / "soljson.js"),
        **FIXED,
        **settings,
    }
    command = [str(native_tool("forge")), "test", "--fail-fast", "--json", *narrow]
    if limit is not None:
        command = ["sh", "-c", f'ulimit -S -t {limit} && exec "$@"', "sh", *command]
    shutil.rmtree(folder / ".forge" / "failures", ignore_errors=True)  # of the fault before
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGXCPU:
        return "no end"
    if done.returncode == 0:
        return ""
    try:
        suites = json.loads(done.stdout.strip().splitlines()[-1])
        return next(
            f"{suite}.{test.split('(')[0]}"
            for suite, result in suites.items()
            for test, outcome in result["test_results"].items()
            if outcome["status"] == "Failure"
        )
    except (ValueError, IndexError, StopIteration, AttributeError):
        raise Missing(f"forge did not run:\n{(done.stdout + done.stderr)[-3000:]}") from None


class Worker:
    """One copy, one compiler, one fault at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._solc: subprocess.Popen[str] | None = None
        self._good: dict[str, dict[str, Any]] = {}

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[str]:
        """The copy with the fault in it; says ``invalid`` when it is no program, ``same_code`` when that is all."""
        parts = _parts(fault.file)
        good = {part: self._good.get(part) or self._compile([part], None)[part] for part in parts}
        self._good.update(good)
        bad = self._compile(parts, fault)
        changed = {part: code for part, code in bad.items() if code != good[part]}
        try:
            self._put(changed)
            yield ("" if changed else "same_code") if bad else "invalid"
        finally:
            self._put({part: good[part] for part in changed})

    def failing(self, settings: dict[str, str], *narrow: str) -> str:
        """The first failing test of the copy as it is now."""
        return first_failure(self._folder, settings, *narrow)

    def close(self) -> None:
        """End the compiler."""
        if self._solc is not None:
            self._solc.kill()
            self._solc.wait()
            self._solc = None

    def _compile(self, parts: list[str], fault: Fault | None) -> dict[str, Any]:
        """Source -> its contracts' code; nothing when it is no program."""
        texts = _reached(parts)
        if fault is not None:
            texts[fault.file] = fault.applied(texts[fault.file])
        code = ["evm.bytecode.object", "evm.deployedBytecode.object"]
        settings = {
            **sources.SETTINGS,
            "metadata": {"bytecodeHash": "none", "appendCBOR": False},
            "outputSelection": {part: {"*": code} for part in parts},
        }
        named = {name: {"content": text} for name, text in texts.items()}
        answer = self._ask({"language": "Solidity", "sources": named, "settings": settings})
        if any(error["severity"] == "error" for error in answer.get("errors", ())):
            return {}
        made = answer["contracts"]
        return {part: {name: _bare(output["evm"]) for name, output in made[part].items()} for part in parts}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._solc is None:
            command = ["node", str(ROOT / "tools" / "solc_stdin.js"), str(node_tools() / "solc" / "soljson.js")]
            self._solc = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._solc.stdin and self._solc.stdout
        self._solc.stdin.write(json.dumps(request) + "\n")
        self._solc.stdin.flush()
        line = self._solc.stdout.readline()
        if not line:  # the compiler itself broke on it
            self.close()
            return {"errors": [{"severity": "error"}]}
        return json.loads(line)

    def _put(self, codes: dict[str, Any]) -> None:
        for part, contracts in codes.items():
            for name, code in contracts.items():
                path = self._folder / ".forge" / "out" / Path(part).name / f"{name}.json"
                artifact = json.loads(path.read_text(encoding="utf-8"))
                artifact["bytecode"]["object"] = "0x" + code["bytecode"]
                artifact["deployedBytecode"]["object"] = "0x" + code["runtime"]
                path.write_text(json.dumps(artifact), encoding="utf-8")


def _bare(evm: dict[str, Any]) -> dict[str, str]:
    return {"bytecode": evm["bytecode"]["object"], "runtime": evm["deployedBytecode"]["object"]}


_lock = threading.Lock()
_reach: dict[str, set[str]] = {}


def _parts(file: str) -> list[str]:
    """Sources whose code a fault in ``file`` changes: deployed contracts, and tests that use a library directly."""
    with _lock:
        if not _reach:
            entries = [name for name in sources.own_sources(ROOT) if sources.is_deployable(name)]
            for path in sorted((ROOT / "tests" / "forge").glob("*.t.sol")):
                if "Fixture.sol" not in path.read_text(encoding="utf-8"):
                    entries.append(path.relative_to(ROOT).as_posix())
            _reach.update({entry: set(_reached([entry])) for entry in entries})
    return [entry for entry, reached in _reach.items() if file in reached]


def _reached(entries: Iterable[str]) -> dict[str, str]:
    """These sources and all they import, tests too, by the name the compiler knows them by."""
    found: dict[str, str] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = ROOT / name if (ROOT / name).exists() else node_tools() / name
        found[name] = path.read_text(encoding="utf-8")
        for target in re.findall(r'^(?:import|\}).*?"([^"]+\.sol)";', found[name], re.M):
            near = target.startswith(".")
            waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) if near else target)
    return found
