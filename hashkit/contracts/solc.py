"""How is one Solidity compiler run? Native, or as wasm through node or inside Python. Floor 1.

Three ways with one face. For the same request they give the same answer to the byte; a test holds them
to it. None of them lets the compiler read files: what is not in the request does not exist.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from hashkit.errors import HashkitError

WRAPPER = Path(__file__).with_name("wasm") / "solc"
"""The wasm compiler behind native solc's command line: a node script, usable by forge and ape too."""

_BUILD = re.compile(r"\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}")

# soljson.js expects a browser or node around it; inside Python it gets these stand-ins.
_PRELUDE = "var window=undefined,print=function(){},performance={now:function(){return Date.now()}};"
_FACE = (
    "var __compile=Module.cwrap('solidity_compile','string',['string','number','number']),"
    "__reset=Module.cwrap('solidity_reset',null,[]),"
    "__version=Module.cwrap('solidity_version','string',[]);"
    "function compile(text){var answer=__compile(text,0,0);__reset();return answer}"
    "function version(){return __version()}"
)


class Compiler(Protocol):
    """One way of running solc."""

    @property
    def label(self) -> str:
        """What to call it on a screen."""
        ...

    def build(self) -> str | None:
        """Version and commit, like ``0.8.30+commit.73712a01``; None when it does not run."""
        ...

    def compile(self, request: str) -> dict[str, Any]:
        """Answer a standard-JSON request. Errors in the sources are in the answer, not raised."""
        ...


@dataclass(frozen=True, slots=True)
class NativeSolc:
    """A ``solc`` binary, through py-solc-x, which would search PATH for a path that is not absolute."""

    path: Path

    @property
    def label(self) -> str:
        return f"solc at {self.path}"

    def build(self) -> str | None:
        from solcx.exceptions import SolcError, UnexpectedVersionError
        from solcx.wrapper import get_solc_version

        try:
            return _short(str(get_solc_version(self.path, with_commit_hash=True)))
        except (OSError, ValueError, SolcError, UnexpectedVersionError):
            return None

    def compile(self, request: str) -> dict[str, Any]:
        from solcx import compile_standard
        from solcx.exceptions import SolcError

        try:
            return cast(dict[str, Any], compile_standard(json.loads(request), solc_binary=self.path))
        except SolcError as error:
            return _parse(error.stdout_data or "", error.stderr_data or "", self.label)


@dataclass(frozen=True, slots=True)
class NodeSoljson:
    """``soljson.js`` through node and the wrapper beside this module."""

    soljson: Path
    node: Path

    @property
    def label(self) -> str:
        return f"{self.soljson} through node"

    def build(self) -> str | None:
        try:
            return _short(self._run("--version").stdout)
        except OSError:
            return None

    def compile(self, request: str) -> dict[str, Any]:
        done = self._run("--standard-json", stdin=request)
        return _parse(done.stdout, done.stderr, self.label)

    def _run(self, option: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SOLJSON": str(self.soljson)}
        command = [str(self.node), str(WRAPPER), option]
        return subprocess.run(command, input=stdin, capture_output=True, check=False, encoding="utf-8", env=environment)


@dataclass(frozen=True, slots=True)
class PythonSoljson:
    """``soljson.js`` inside this process through mini-racer: no node at all, and about half as fast."""

    soljson: Path

    @property
    def label(self) -> str:
        return f"{self.soljson} through mini-racer"

    @staticmethod
    def installed() -> bool:
        """Whether the extra ``hashkit[wasm]`` is there."""
        return importlib.util.find_spec("py_mini_racer") is not None

    def build(self) -> str | None:
        return _short(str(self._machine().call("version")))

    def compile(self, request: str) -> dict[str, Any]:
        return _parse(str(self._machine().call("compile", request)), "", self.label)

    def _machine(self) -> Any:
        """A fresh engine per question: loading takes a second, and nothing is shared between compilations."""
        from py_mini_racer import MiniRacer

        machine = MiniRacer()
        machine.eval(_PRELUDE)
        machine.eval(self.soljson.read_text(encoding="utf-8"))
        machine.eval(_FACE)
        return machine


def _short(text: str) -> str | None:
    """Builds for other platforms carry a suffix that says nothing about the output."""
    found = _BUILD.search(text)
    return found[0] if found else None


def _parse(answer: str, complaint: str, label: str) -> dict[str, Any]:
    try:
        return cast(dict[str, Any], json.loads(answer))
    except ValueError as error:
        raise HashkitError(
            "The Solidity compiler gave no answer.",
            why=(complaint.strip().splitlines() or ["It ended without output."])[-1][:200],
            next_step=f"Try it by hand ({label}), or point HASHKIT_SOLC at another one.",
            code="COMPILER_FAILED",
        ) from error
