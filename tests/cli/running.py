"""The command line as a user runs it: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashkit.chain import devnet
from tests.warm import warm

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error document on stderr."""
        found = json.loads(self.err)
        assert found["schema"] == "hashkit.error/1" and found["ok"] is False
        return found["error"]


@dataclass
class Shell:
    """A folder to stand in, and an environment without the settings of whoever runs the tests."""

    folder: Path
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HASHKIT_")}
        for name in ("CI", "NO_COLOR", "CLICOLOR_FORCE", "ETH_RPC_URL"):
            kept.pop(name, None)
        home = {"HOME": str(self.home), "HASHKIT_HOME": str(self.home / "hashkit")}
        anvil = devnet.find_anvil()  # found from the checkout, but not from a folder elsewhere
        found = {"HASHKIT_ANVIL": anvil} if anvil else {}
        return {**kept, **home, **found, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **more}

    def keep(self, name: str, key: str, passphrase: str) -> str:
        """A keystore that opens in an instant, not after seconds as those that hashkit makes. Its address."""
        from eth_account import Account

        path = self.home / "hashkit" / "accounts" / f"{name}.json"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps(Account.encrypt(key, passphrase, iterations=1024)))
        path.chmod(0o600)
        return str(Account.from_key(key).address)

    def run(self, *words: str, stdin: str | None = None, **environment: str) -> Ran:
        """``hashkit WORDS`` in a fork of a warm process if that is as good; stdin is empty unless text is given."""
        settings = self.environment(**environment)
        if not warm().serves(settings):
            return self.process(*words, stdin=stdin, **environment)
        return _ran(*warm().run(list(words), self.folder, settings, stdin or "", 180))

    def process(self, *words: str, stdin: str | None = None, **environment: str) -> Ran:
        """The same in a process of its own, for what differs: starting, importing."""
        done = subprocess.run(
            [sys.executable, "-m", "hashkit", *words],
            cwd=self.folder,
            env=self.environment(**environment),
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=180,
        )
        return _ran(done.returncode, done.stdout, done.stderr)

    def ok(self, *words: str, **environment: str) -> Ran:
        """A command that must succeed."""
        ran = self.run(*words, **environment)
        assert ran.code == 0, f"hashkit {' '.join(words)} -> {ran.code}\n{ran.err}"
        return ran

    def fails(self, code: int, *words: str, stdin: str | None = None, **environment: str) -> Ran:
        """A command that must end with ``code``, say one sentence on stderr and nothing on stdout."""
        ran = self.run(*words, stdin=stdin, **environment)
        assert ran.code == code, f"hashkit {' '.join(words)} -> {ran.code}, not {code}\n{ran.out}\n{ran.err}"
        assert ran.out == ""
        assert ran.err.strip()
        return ran


def _ran(code: int, out: str, err: str) -> Ran:
    assert "Traceback" not in out + err, err
    return Ran(code, out, err)
