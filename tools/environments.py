"""Which environment does a step run in? Made once, kept under .venvs by the hash of what it installs.

Standard library only: this runs before anything is installed. pip's own configuration decides where
packages come from; nothing here names an index.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = ".hashkit-ready"
ANALYSERS = "tools/constraints-prove.txt"


class Missing(Exception):
    """Something of the machine is missing; the text is one sentence for a person."""


@dataclass(frozen=True)
class Environment:
    """A folder with a Python of its own."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def scripts(self) -> Path:
        """Where its commands are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def version(self, package: str) -> str:
        """What is installed of a package, like ``halmos 0.3.3``."""
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        told = subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=True)
        return f"{package} {told.stdout.strip()}"


def environment(
    name: str, extras: str, constraints: str, python: str = sys.executable, tools: tuple[str, ...] = ()
) -> Environment:
    """The environment ``name`` with the package, its extras and some tools, made by ``python`` if need be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    decides = (project["build-system"], project["project"], extras, *tools)  # settings of linters do not
    package = f"{ROOT}[{extras}]" if extras else str(ROOT)
    return _made(name, decides, constraints, ["-c", str(ROOT / constraints), "-e", package, *tools], python)


def analysers() -> Environment:
    """slither and halmos. They are AGPL: run as tools, in an environment without the package, and never shipped."""
    return _made("prove", (), ANALYSERS, ["-r", str(ROOT / ANALYSERS)])


def measured() -> Environment:
    """The package with the extra ``audit``, beside what `make bench-audit` compares it with."""
    pins = "tools/constraints-bench.txt"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    decides = (project["build-system"], project["project"])
    return _made("bench-audit", decides, pins, ["-r", str(ROOT / pins), "-e", f"{ROOT}[audit]"])


def _made(
    name: str, decides: tuple[object, ...], pins: str, install: list[str], python: str = sys.executable
) -> Environment:
    version = sys.version if python == sys.executable else python
    parts = (*decides, (ROOT / pins).read_text(encoding="utf-8"), version, str(ROOT))
    folder = ROOT / ".venvs" / f"{name}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"
    made = Environment(folder)
    if (folder / READY).exists():
        return made
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Missing(f"Python {version} has no venv: on Debian or Ubuntu, apt install python{version}-venv.")
    say(f"installing the {name} environment (once)")
    for old in folder.parent.glob(f"{name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    _quietly([python, "-m", "venv", str(folder)], "The virtual environment could not be made.")
    pip = [str(made.python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    _quietly([*pip, *install], "The Python packages could not be installed.")
    (folder / READY).touch()
    return made


def node_tools(folder: Path = ROOT) -> Path:
    """The npm packages that ``folder`` pins, in its node_modules, installed without their install scripts."""
    lock = (folder / "package-lock.json").read_bytes()
    ready = folder / "node_modules" / READY
    if ready.exists() and ready.read_text() == hashlib.sha256(lock).hexdigest():
        return ready.parent
    if not shutil.which("node") or not shutil.which("npm"):
        raise Missing("The tests need Node 20 or later with npm, and it was not found on PATH.")
    say(f"installing the npm packages of {folder.name} (once)")
    _quietly(["npm", "ci", "--ignore-scripts"], "The npm packages could not be installed.", folder)
    ready.write_text(hashlib.sha256(lock).hexdigest())
    return ready.parent


def native_tool(name: str) -> Path:
    """The real binary of forge or anvil, out of its package for this platform: npm's own shim needs node."""
    found = sorted(node_tools().glob(f"@foundry-rs/{name}-*/bin/{name}*"))
    if not found:
        raise Missing(f"The npm package of {name} has no binary for this platform.")
    return found[0]


def say(text: str) -> None:
    """A line of progress, on standard error."""
    print(f"== {text}", file=sys.stderr, flush=True)


def _quietly(command: list[str], failure: str, folder: Path = ROOT) -> None:
    """Run; show what was said only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{(done.stdout + done.stderr)[-4000:]}\n{failure}")
