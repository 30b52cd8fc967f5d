"""A marked key, its passphrase and a marked mnemonic go through everything; then all that was written is searched.

Written means: both streams, every file below the user's folders, what libraries log at the lowest level, and the
command line of every process that was started. Parts count as the whole. The last tests plant a leak in each of
these places, so that a search that finds nothing is known to be able to find something.
"""

from __future__ import annotations

import base64
import json
import sys

import pytest
from eth_account import Account

from hashkit.chain import devnet
from tests.chain.talk import ask
from tests.cli.running import ROOT, Ran, Shell
from tests.conftest import free_port

KEY = "c0ffee5ca1ab1e0dd5eedfacade0ddba11ad0be5afe7ea5e1e55decadefadeab"
OTHER = "fee1deadbadc0ffee0ddf00d1ce1eadedf00dcafe5ca1ab1e5eabed0dec0ded1"
PHRASE = "canary-Wh1stles-at-N00n"
WORDS = "zebra goose crystal oyster lava puzzle banner walnut trumpet velvet salmon orbit"
TYPED = frozenset({"phrase", "wrong"})
"""Files in which the secrets were handed over."""

# Runs first in every Python process: keeps what is logged and what is started, and can plant a leak.
WATCH = """
import logging, os, sys
folder = os.environ.get("CANARY_FOLDER")
if folder:
    logging.basicConfig(level=1, filename=os.path.join(folder, f"{os.getpid()}.log"))
    started = open(os.path.join(folder, f"{os.getpid()}.argv"), "a")
    def hear(event, arguments):
        if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn"):
            print(event, [a for a in arguments[:2]], file=started, flush=True)
    sys.addaudithook(hear)
leak = os.environ.get("CANARY_LEAK")
if leak:
    from hashkit.chain import keystores
    opened = keystores.decrypt
    def decrypt(path, name, passphrase):
        key = opened(path, name, passphrase)
        kinds = {"passphrase": passphrase, "part": key.hex()[20:44], "bytes": key, "key": key.hex()}
        secret = kinds[os.environ["CANARY_WHAT"]]
        if leak == "log":
            logging.getLogger("library").debug("opened %s", secret)
        if leak == "stderr":
            print(secret, file=sys.stderr)
        if leak == "argv":
            import subprocess
            subprocess.run(["true", str(secret)])
        if leak == "file":
            data = secret if isinstance(secret, bytes) else secret.encode()
            open(os.path.join(".hashkit", "journal", "notes"), "wb").write(b"x" + data)
        if leak == "crash":
            raise RuntimeError(f"cannot use {secret}")
        return key
    keystores.decrypt = decrypt
"""


def needles() -> list[bytes]:
    """The secrets and their parts, in every spelling: 16 hex digits, 10 characters, or two words are enough."""
    found = [f"{a} {b}" for a, b in zip(WORDS.split(), WORDS.split()[1:], strict=False)]
    found += [PHRASE[start : start + 10] for start in range(len(PHRASE) - 9)]
    for key in (KEY, OTHER):
        found += [key[start : start + 16] for start in range(len(key) - 15)]
        found += [str(int(key, 16)), base64.b64encode(bytes.fromhex(key)).decode()[:20]]
    found.append(base64.b64encode(PHRASE.encode()).decode()[:16])
    raw = [bytes.fromhex(key)[start : start + 8] for key in (KEY, OTHER) for start in range(25)]
    return [text.lower().encode() for text in found] + raw


NEEDLES = needles()


def hits(data: bytes) -> list[bytes]:
    lower = data.lower()
    return [needle for needle in NEEDLES if needle in lower or needle in data]


class Watched(Shell):
    """A shell that keeps everything that its commands write."""

    said: list[tuple[str, Ran]]

    def run(self, *words: str, stdin: str | None = None, **environment: str) -> Ran:
        more = {
            "PYTHONPATH": f"{self.home / 'watch'}:{ROOT}",
            "CANARY_FOLDER": str(self.home / "heard"),
            "TMPDIR": str(self.home / "tmp"),
            "HASHKIT_PASSWORD_FILE": str(self.home / "phrase"),
        }
        ran = super().run(*words, stdin=stdin, **{**more, **environment})
        self.said.append((" ".join(words), ran))
        return ran

    def leaks(self) -> dict[str, list[bytes]]:
        """Where a part of a secret was found; empty when nowhere."""
        places = {f"$ hashkit {words}": (ran.out + ran.err).encode() for words, ran in self.said}
        for path in self.home.rglob("*"):
            if path.is_file() and path.name not in TYPED:
                places[str(path.relative_to(self.home))] = path.name.encode() + b"\n" + path.read_bytes()
        return {place: found for place, data in places.items() if (found := hits(data))}


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A project on a chain, with the marked key in a keystore."""
    home = tmp_path_factory.mktemp("canary")
    for name in ("watch", "heard", "tmp", "here"):
        (home / name).mkdir()
    (home / "watch/sitecustomize.py").write_text(WATCH)
    (home / "phrase").write_text(PHRASE + "\n")
    (home / "wrong").write_text(PHRASE[:12] + "\n")
    here = Watched(home / "here", home)
    here.said = []
    here.ok("init", "project")
    here.folder = home / "here/project"
    port = free_port()
    here.ok("devnet", "up", "--engine", "anvil", "--port", str(port))
    for key in (KEY, OTHER):
        ask(f"http://127.0.0.1:{port}", "anvil_setBalance", Account.from_key(key).address, hex(10**20))
    yield here
    devnet.down(here.folder)


@pytest.mark.slow
def test_nothing_secret_is_written_anywhere(shell):
    here, wrong = shell, {"HASHKIT_PASSWORD_FILE": str(shell.home / "wrong")}
    canary, own = ("--account", "canary"), {"HASHKIT_PRIVATE_KEY": OTHER}
    assert here.run("account", "import", "canary", "--json", stdin=KEY + "\n").code == 0
    here.keep("canary", KEY, PHRASE)  # the same, but it opens faster
    assert here.run("account", "import", "words", stdin=WORDS + "\n").code == 4
    here.ok("account", "new", "fresh")
    here.ok("account", "list")
    here.ok("doctor", *canary)

    here.ok("deploy", "HKGREEN", "-v", *canary)
    here.ok("investor", "import", "register/investors.csv", *canary)
    here.ok("order", "approve", "batches/issuance.csv", "--json", *canary)
    here.ok("issue", "batches/issuance.csv", "--dry-run", "--json", *canary)
    here.ok("issue", "batches/issuance.csv", "-v", "--json", *canary)
    here.ok("control", "pause", "--reason", "x", "--out", "plan.json", *canary)
    here.ok("apply", "plan.json", *canary)
    here.ok("batch", "list", *canary)
    here.run("audit", "HKGREEN", "--out", "report")

    # What goes wrong: phrases, keys and words in the wrong place, a program that repeats one, a crash.
    here.fails(4, "control", "pause", "--off", "--reason", "x", *canary, **wrong)
    here.fails(3, "control", "pause", "--off", "--reason", "x", "-v", "--account", "env", **own)
    here.fails(4, "control", "pause", "--reason", "x", "--account", "env", HASHKIT_PRIVATE_KEY=OTHER + "00")
    for typed in (KEY, "0x" + KEY):
        here.fails(4, "control", "pause", "--reason", "x", "--account", typed)
        here.fails(4, "control", "pause", "--reason", "x", "--dry-run", "--account", typed)
        here.fails(2, "account", "import", "canary", typed)
    here.fails(2, "account", "import", "canary", *WORDS.split())
    (here.folder / "signer.py").write_text("import os\nprint('{\"error\": \"key ' + os.environ['TOLD'] + '\"}')")
    lines = [f"command = {json.dumps([sys.executable, 'signer.py'])}", f'address = "{Account.from_key(KEY).address}"']
    settings = here.folder / "hashkit.toml"
    settings.write_text("\n".join((settings.read_text(), "[accounts.hsm]", *lines, "")))
    here.fails(4, "control", "pause", "--off", "--reason", "x", "--account", "hsm", TOLD=KEY, **own)
    here.fails(1, "control", "pause", "--off", "--reason", "x", *canary, CANARY_LEAK="crash", CANARY_WHAT="key")

    here.ok("devnet", "down")
    assert list((here.home / "heard").glob("*.argv")) and list(here.folder.glob(".hashkit/log/error-*.log"))
    assert here.leaks() == {}


PLANTS = [
    ("stderr", "key"),
    ("stderr", "passphrase"),
    ("log", "part"),
    ("argv", "key"),
    ("argv", "passphrase"),
    ("file", "bytes"),
    ("file", "part"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("where", "what"), PLANTS)
def test_a_planted_leak_is_found(tmp_path, where, what):
    """The same watch over one command, with a leak where the keystore is opened."""
    for name in ("watch", "heard", "tmp", "here"):
        (tmp_path / name).mkdir()
    (tmp_path / "watch/sitecustomize.py").write_text(WATCH)
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    here = Watched(tmp_path / "here", tmp_path)
    here.said = []
    here.ok("init", "project")
    here.folder = tmp_path / "here/project"
    (here.folder / ".hashkit/journal").mkdir(parents=True, exist_ok=True)
    theirs = tmp_path / "theirs.json"
    theirs.write_text(json.dumps(Account.encrypt(KEY, PHRASE, iterations=1024)))
    assert here.leaks() == {}
    words = ("account", "import", "mine", "--keystore", str(theirs))
    here.ok(*words, CANARY_LEAK=where, CANARY_WHAT=what)
    places = list(here.leaks())
    ends = {"stderr": "$ hashkit account", "log": "heard/", "argv": "heard/", "file": "here/project/.hashkit"}
    assert places and all(place.startswith(ends[where]) for place in places), places
