"""How many small faults in token, registry and rule book do the forge tests notice?

    python tools/mutation.py --sample 300 --seed 1

Needs an environment in which hashkit is installed (as `make pytest` makes it) and the npm tools; works on copies under
`.build/mutation`, never on the sources. A run that was ended goes on where it was: every answer is a line of a log
that belongs to this state of sources, tests and tools.

Fast because forge compiles nothing after the first time. In the copies, tests make contracts from forge's artifacts
(`vm.getCode` in place of `new`); a mutant is compiled apart by one warm compiler, only the contracts it is part of,
and put into those artifacts. Tests keep the constants of the sources as they are, so a wrong constant is noticed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

from environments import ROOT, Missing, native_tool, node_tools, say
from mutants import GROUPS, Mutant, sample

from hashkit.contracts import sources

FOLDER = ROOT / ".build" / "mutation"
EQUIVALENT = ROOT / "tools" / "mutation-equivalent.toml"
WORKERS = 2
TIMEOUT = 180
"""Seconds after which a test run that does not end counts as a fault that was noticed."""

# First a quick look, which finds most; what survives it is asked again with the settings that are committed.
QUICK = {"FOUNDRY_FUZZ_RUNS": "24", "FOUNDRY_INVARIANT_RUNS": "2"}
FIXED = {"FOUNDRY_FUZZ_SEED": "0x5eed"}

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


def run(size: int, seed: int) -> dict[str, Any]:
    """Figures per group and the survivors, of the mutants that ``size`` and ``seed`` draw."""
    chosen = sample(ROOT, size, seed)
    excused = _excused()
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / f"{_state()}.jsonl"
    answers = {entry["key"]: entry for entry in _read(log)}
    waiting = [mutant for mutant in chosen if mutant.key not in answers]
    if waiting:
        say(f"mutation: {len(waiting)} of {len(chosen)} mutants to try")
        for mutant, answer in _try_all(waiting):
            answers[mutant.key] = {"key": mutant.key, **answer}
            with log.open("a", encoding="utf-8") as out:
                out.write(json.dumps(answers[mutant.key]) + "\n")
            done = sum(other.key in answers for other in chosen)
            place = f"{mutant.file}:{mutant.line} {mutant.after}"
            say(f"{done}/{len(chosen)} {answer['outcome']} {answer['seconds']:.0f} s  {place}")
    return _figures(chosen, answers, excused, seed)


def _figures(
    chosen: list[Mutant], answers: dict[str, Any], excused: set[tuple[str, str, str]], seed: int
) -> dict[str, Any]:
    groups: dict[str, Counter[str]] = {name: Counter() for name in GROUPS}
    survivors = []
    for mutant in chosen:
        outcome = answers[mutant.key]["outcome"]
        if outcome == "survived" and (mutant.file, mutant.before, mutant.after) in excused:
            outcome = "equivalent"
        groups[mutant.group][outcome] += 1
        if outcome == "survived":
            place = {"file": mutant.file, "line": mutant.line, "operator": mutant.operator}
            survivors.append({**place, "before": mutant.before, "after": mutant.after})
    every = sum(groups.values(), Counter())
    seconds = sum(answers[mutant.key]["seconds"] for mutant in chosen)
    return {
        "seed": seed,
        "total": _score(every),
        "groups": {name: _score(counted) for name, counted in groups.items()},
        "seconds_per_mutant": round(seconds / max(1, len(chosen)), 1),
        "survivors": sorted(survivors, key=lambda s: (s["file"], s["line"], s["after"])),
    }


def _score(counted: Counter[str]) -> dict[str, Any]:
    """``same_code`` gave the compiler's very bytes, ``equivalent`` is listed with its reason; neither counts."""
    valid = counted["killed"] + counted["survived"]
    return {
        "mutants": counted.total(),
        **{name: counted[name] for name in ("invalid", "same_code", "equivalent", "killed", "survived")},
        "score": round(100 * counted["killed"] / valid, 1) if valid else None,
    }


def _excused() -> set[tuple[str, str, str]]:
    """Survivors that no test can notice, by file and texts, so that they outlive a change of lines."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return {(entry["file"], entry["before"], entry["after"]) for entry in entries}


def _state() -> str:
    """Of all that decides an answer."""
    paths = [*(ROOT / "contracts").rglob("*.sol"), *(ROOT / "tests" / "forge").rglob("*.sol"), ROOT / "foundry.toml"]
    paths += [ROOT / "package-lock.json", Path(__file__)]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _read(log: Path) -> Iterator[dict[str, Any]]:
    """Whole lines only: the last one may be torn."""
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue


# ------------------------------------------------------------------------------------------------------- the workers


def _try_all(waiting: list[Mutant]) -> Iterator[tuple[Mutant, dict[str, Any]]]:
    first = _workshop()
    free: Queue[Worker] = Queue()
    workers = []
    for number in range(min(WORKERS, len(waiting))):
        folder = FOLDER / f"worker-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder, symlinks=True)
        workers.append(Worker(folder))
        free.put(workers[-1])
    answers: Queue[tuple[Mutant, dict[str, Any]]] = Queue()

    def one(mutant: Mutant) -> None:
        worker = free.get()
        try:
            answers.put((mutant, worker.answer(mutant)))
        finally:
            free.put(worker)

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            running = [pool.submit(one, mutant) for mutant in waiting]
            try:
                for future in running:
                    future.result()
                    while not answers.empty():
                        yield answers.get()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        while not answers.empty():
            yield answers.get()
    finally:
        for worker in workers:
            worker.close()


def _workshop() -> Path:
    """A copy of contracts and tests in which forge has compiled everything once, and every test passes."""
    folder = FOLDER / "base"
    mark = folder / "state"
    if mark.exists() and mark.read_text() == _state():
        return folder
    say("mutation: compiling a copy of contracts and tests (once)")
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
    if _forge(folder, {}):
        raise Missing("The forge tests do not pass on the sources as they are; mutants would say nothing.")
    mark.write_text(_state())
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


def _forge(folder: Path, settings: dict[str, str]) -> str:
    """The first failing test of the whole suite; empty when all pass."""
    environment = {
        **os.environ,
        "FOUNDRY_SOLC": str(folder / "solc"),
        "FOUNDRY_OFFLINE": "true",
        "FOUNDRY_AUTO_DETECT_SOLC": "false",
        "SOLJSON": str(node_tools() / "solc" / "soljson.js"),
        **FIXED,
        **settings,
    }
    command = [str(native_tool("forge")), "test", "--fail-fast", "--json"]
    for remembered in ("fuzz", "invariant"):  # failures of the mutant before
        shutil.rmtree(folder / ".forge" / "cache" / remembered, ignore_errors=True)
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return "no end"
    if done.returncode == 0:
        return ""
    try:
        suites = json.loads(done.stdout.strip().splitlines()[-1])
        return next(
            f"{suite.split(':')[-1]}.{test.split('(')[0]}"
            for suite, result in suites.items()
            for test, outcome in result["test_results"].items()
            if outcome["status"] == "Failure"
        )
    except (ValueError, IndexError, StopIteration, AttributeError):
        raise Missing(f"forge did not run:\n{(done.stdout + done.stderr)[-3000:]}") from None


class Worker:
    """One copy, one compiler, one mutant at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._solc: subprocess.Popen[str] | None = None
        self._good: dict[str, dict[str, Any]] = {}

    def answer(self, mutant: Mutant) -> dict[str, Any]:
        """What became of a mutant, who noticed it, and in how many seconds."""
        start = time.monotonic()
        parts = _parts(mutant.file)
        good = {part: self._good.get(part) or self._compile([part], None)[part] for part in parts}
        self._good.update(good)
        bad = self._compile(parts, mutant)
        outcome, killer = "invalid", ""
        if bad:
            outcome = "same_code"
            changed = {part: code for part, code in bad.items() if code != good[part]}
            if changed:
                self._put(changed)
                killer = _forge(self._folder, QUICK) or _forge(self._folder, {})
                outcome = "killed" if killer else "survived"
                self._put({part: good[part] for part in changed})
        return {"outcome": outcome, "killer": killer, "seconds": round(time.monotonic() - start, 1)}

    def close(self) -> None:
        """End the compiler."""
        if self._solc is not None:
            self._solc.kill()
            self._solc.wait()
            self._solc = None

    def _compile(self, parts: list[str], mutant: Mutant | None) -> dict[str, Any]:
        """Source -> its contracts' code; nothing when it is no program."""
        texts = _reached(parts)
        if mutant is not None:
            texts[mutant.file] = mutant.applied(texts[mutant.file])
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
    """Sources whose code a mutant of ``file`` changes: deployed contracts, and tests that use a library directly."""
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


def main() -> int:
    """Run the sample and print the figures."""
    asked = argparse.ArgumentParser(description="How many small faults in the contracts do the forge tests notice?")
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
