"""Runs some tests in a fork, as often as it is asked: what every test imports is there already, hashkit is not.

Started in a copy of the sources with the Python that the tests use. A line of JSON in, a line of JSON out:
``{"tests": [...], "seconds": 60, "map": true}`` gives ``{"code": 0, "failed": "", "tests": {...}}``. With ``map`` each
test comes with its seconds and the lines of hashkit/ that it runs.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NoReturn

import pytest

# What starts no thread: a fork has only one.
WARM = (
    "hypothesis", "eth_abi", "eth_account.messages", "eth_keys", "eth_utils", "hexbytes", "rlp", "pydantic", "tomlkit",
    "platformdirs", "click", "rich.console", "rich.table", "requests", "web3", "coverage", "_hypothesis_pytestplugin",
)  # fmt: skip


class Watch:
    """A plugin: which test failed first, how long each took, and with ``lines`` which lines it ran."""

    def __init__(self, folder: Path, tests: list[str], lines: bool) -> None:
        self.failed = ""
        self._rank = {test: place for place, test in enumerate(tests) if "::" in test}
        self.tests: dict[str, dict[str, Any]] = defaultdict(lambda: {"seconds": 0.0, "lines": {}})
        self._coverage = None
        if lines:
            from coverage import Coverage

            self._coverage = Coverage(data_file=None, source=[str(folder / "hashkit")], config_file=False)
            self._coverage.start()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Only the tests that are asked for, in that order: as arguments some of their names could not be told."""
        if self._rank:
            asked = [one for one in items if one.nodeid in self._rank]
            items[:] = sorted(asked, key=lambda one: self._rank[one.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        if self._coverage:
            self._coverage.switch_context(item.nodeid)
        start = time.monotonic()
        try:
            return (yield)
        finally:
            self.tests[item.nodeid]["seconds"] = round(time.monotonic() - start, 3)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid or "collection"

    def end(self, folder: Path) -> None:
        """Put the lines to the tests."""
        if not self._coverage:
            return
        self._coverage.stop()
        data = self._coverage.get_data()
        for file in data.measured_files():
            name = Path(file).relative_to(folder).as_posix()
            for line, contexts in data.contexts_by_lineno(file).items():
                for test in filter(None, contexts):
                    self.tests[test]["lines"].setdefault(name, []).append(line)


def _run(asked: dict[str, Any], folder: Path, answer: int) -> NoReturn:
    """In the fork: the tests, then the answer, then the end."""
    os.setsid()
    with (folder / "said").open("w") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    sys.path.insert(0, str(folder))
    mapping = asked.get("map", False)
    if not mapping:  # byte code of a fault must not be taken for that of the next
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    watch = Watch(folder, asked["tests"], mapping)
    options = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--basetemp", str(folder / "scratch")]
    files = dict.fromkeys(test.partition("::")[0] for test in asked["tests"])
    code = int(pytest.main([*options, *files], plugins=[watch]))
    watch.end(folder)
    sys.stdout.flush()
    told = {"code": code, "failed": watch.failed, "tests": dict(watch.tests) if mapping else {}}
    with open(answer, "w") as out:
        json.dump(told, out)
    os._exit(0)


def _attend(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if pid == 0:
            _run(asked, folder, os.dup(answer.fileno()))
        until = time.monotonic() + asked["seconds"]
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                break
            time.sleep(0.01)
        _end_strays(folder)
        answer.seek(0)
        text = answer.read()
    return dict(json.loads(text)) if text else {"code": -1, "failed": "no end", "tests": {}}


def _end_strays(folder: Path) -> None:
    """The chains that a test had started and could not end: their command lines name our scratch folder."""
    mark = os.fsencode(folder / "scratch")
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in place.read_bytes():
                os.kill(int(place.parent.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue  # it has ended by itself


def main() -> None:
    """Serve until the input ends."""
    folder = Path.cwd()
    for name in WARM:
        importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(_attend(json.loads(line), folder)), flush=True)


if __name__ == "__main__":
    main()
