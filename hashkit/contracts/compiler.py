"""Which Solidity compiler runs, and what does it say? Floor 1.

Exactly one version is accepted, down to its commit, because another one makes other bytes. The order:

1. an explicit path (argument, or ``HASHKIT_SOLC``): a ``solc`` binary, or a ``soljson.js``;
2. a solc that is already there: installed by py-solc-x (``SOLCX_BINARY_PATH`` too), or ``solc`` on PATH;
3. py-solc-x's download, for a few seconds only when 4 could take over;
4. ``node_modules/solc/soljson.js``, the same compiler as wasm, through node or through mini-racer.

Whatever is chosen gets standard JSON with every source inside and never reads a file of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hashkit.contracts.solc import Compiler, NativeSolc, NodeSoljson, PythonSoljson
from hashkit.errors import HashkitError, InputError

SOLC_VERSION = "0.8.30"
SOLC_BUILD = "0.8.30+commit.73712a01"

DOWNLOAD_SECONDS = 120
IMPATIENT_SECONDS = 6
"""How long a download may take when the wasm compiler is at hand: same output, so no reason to wait."""


def choose(root: Path, explicit: str | Path | None = None) -> Compiler:
    """The first compiler of the order above that runs and is ``SOLC_BUILD``.

    ``root`` is the checkout whose ``node_modules`` is looked into. An explicit path that does not serve
    is an InputError, never passed over in silence; HashkitError ``NO_COMPILER`` when nothing serves.
    """
    wanted = explicit or os.environ.get("HASHKIT_SOLC")
    if wanted:
        return _explicit(Path(wanted))
    tried: list[str] = []
    for compiler in _candidates(root):
        if isinstance(compiler, str):
            tried.append(compiler)
        elif (found := compiler.build()) == SOLC_BUILD:
            return compiler
        else:
            tried.append(f"{compiler.label}: {found or 'does not run'}")
    raise HashkitError(
        f"No Solidity compiler {SOLC_VERSION} was found.",
        why=f"Only {SOLC_BUILD} makes the bytes that are committed.",
        next_step="Run `npm ci --ignore-scripts`, or set HASHKIT_SOLC to a solc or a soljson.js.",
        code="NO_COMPILER",
        details=tried,
    )


def compile_standard(
    request: Mapping[str, Any], root: Path, *, compiler: Compiler | None = None, cache: Path | None = None
) -> dict[str, Any]:
    """Standard JSON in, standard JSON out. Errors of the compiler are one InputError with all of them.

    With ``cache``, a folder, an answer to the very same request is read from there and no compiler is
    looked for. Pass none to prove something.
    """
    text = json.dumps(request, sort_keys=True)
    kept = cache / f"{_key(text)}.json" if cache else None
    if kept and (answer := _read(kept)):
        return answer
    answer = (compiler or choose(root)).compile(text)
    problems = [e["formattedMessage"].strip() for e in answer.get("errors", ()) if e["severity"] == "error"]
    if problems:
        raise InputError(
            "The contracts do not compile.",
            why=problems[0].splitlines()[0],
            next_step="Mend the sources; all findings are listed.",
            code="SOLIDITY",
            details=problems,
        )
    if kept:
        _keep(kept, answer)
    return answer


def cache_folder(root: Path) -> Path:
    """Where answers are kept: under the checkout's own ``.hashkit``, which git ignores."""
    return root / ".hashkit" / "cache" / "solc"


def _explicit(path: Path) -> Compiler:
    found = path if path.exists() else Path(shutil.which(str(path)) or path)
    compilers: list[Compiler] = _wasm(found) if found.suffix == ".js" else [NativeSolc(found.resolve())]
    builds = [compiler.build() for compiler in compilers]
    if SOLC_BUILD in builds:
        return compilers[builds.index(SOLC_BUILD)]
    raise InputError(
        f"{path} cannot be used as the Solidity compiler.",
        why=f"It is {builds[0]}, not {SOLC_BUILD}." if builds and builds[0] else "It does not run.",
        next_step=f"Point HASHKIT_SOLC at solc {SOLC_VERSION} or its soljson.js, or unset it.",
        code="WRONG_COMPILER",
    )


def _candidates(root: Path) -> Iterator[Compiler | str]:
    """Compilers to try, in order; a string says what was looked for and is not there."""
    if path := _installed():
        yield NativeSolc(path)
    if found := shutil.which("solc"):
        yield NativeSolc(Path(found).resolve())
    soljson = root / "node_modules" / "solc" / "soljson.js"
    wasm = _wasm(soljson)
    if path := _download(IMPATIENT_SECONDS if wasm else DOWNLOAD_SECONDS):
        yield NativeSolc(path)
    else:
        yield "py-solc-x: the download failed or took too long"
    yield from wasm
    if not soljson.exists():
        yield f"{soljson}: not there"
    elif not wasm:
        yield f"{soljson}: neither node nor the extra hashkit[wasm] is installed to run it"


def _wasm(soljson: Path) -> list[Compiler]:
    if not soljson.exists():
        return []
    ways: list[Compiler] = []
    if node := shutil.which("node"):
        ways.append(NodeSoljson(soljson.resolve(), Path(node)))
    if PythonSoljson.installed():
        ways.append(PythonSoljson(soljson.resolve()))
    return ways


def _installed() -> Path | None:
    from solcx.exceptions import SolcNotInstalled
    from solcx.install import get_executable

    try:
        return Path(get_executable(SOLC_VERSION)).resolve()
    except SolcNotInstalled:
        return None


def _download(seconds: float) -> Path | None:
    """py-solc-x waits for ever on a silent network, so it works in a process that can be ended."""
    command = [sys.executable, "-c", f"import solcx; solcx.install_solc('{SOLC_VERSION}')"]
    try:
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds)
    except (subprocess.SubprocessError, OSError):
        return None
    return _installed()


def _key(text: str) -> str:
    return hashlib.sha256(f"{SOLC_BUILD}\n{text}".encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    """A kept answer; a torn or foreign file counts as absent."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) and "contracts" in answer else None


def _keep(path: Path, answer: Mapping[str, Any]) -> None:
    """Best effort: an unwritable cache costs time, not the result."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(answer), encoding="utf-8")
        draft.replace(path)
    except OSError:
        return
