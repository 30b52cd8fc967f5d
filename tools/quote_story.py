"""Write what `hashkit demo` prints into README.md, between the fences after "What it prints"."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
_QUOTED = re.compile(r"(## What it prints\n.*?```text\n)(.*?)(```\n)", re.DOTALL)


def story(engine: str = "py-evm") -> str:
    """What the demo prints on stdout, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hashkit", "demo", "--engine", engine]
        home = {**os.environ, "PYTHONPATH": str(README.parent)}  # this checkout, not another that is installed
        done = subprocess.run(command, cwd=folder, env=home, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


def quoted() -> str:
    """What README.md quotes."""
    found = _QUOTED.search(README.read_text("utf-8"))
    assert found is not None, "README.md has no story"
    return found[2]


if __name__ == "__main__":
    told = story()
    README.write_text(_QUOTED.sub(lambda m: m[1] + told + m[3], README.read_text("utf-8")), "utf-8")
