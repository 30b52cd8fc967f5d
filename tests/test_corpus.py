"""Two thousand bad inputs: none is accepted, each gets its sentence, and nothing is written or sent."""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain import devnet
from hashkit.chain.networks import networks
from hashkit.cli import _guarded, failures
from hashkit.contracts.addresses import read_address
from hashkit.domain.countries import country
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.orders import Approval
from hashkit.store.deployments import Deployment
from hashkit.store.documents import read_json
from hashkit.store.plans import SavedPlan
from hashkit.store.settings import read_settings
from hashkit.store.sheets import read_investors, read_issues
from hashkit.store.sheets.cells import day
from hashkit.store.terms import read_terms
from tests.chain.talk import ask
from tests.cli.running import Shell
from tests.corpus.build import FOLDER, files

Entry = dict[str, Any]
ENTRIES: list[Entry] = [json.loads(line) for path in sorted(FOLDER.glob("*.jsonl")) for line in path.open()]
LONG = "9" * 20_000

VALUES: dict[str, Callable[[str, Entry], object]] = {
    "amount": lambda text, entry: Units.of(text, entry["decimals"]),
    "address": lambda text, entry: read_address(text),
    "date": lambda text, entry: day(text),
    "country": lambda text, entry: country(text),
}
FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "issue CSV": ("batches/bad.csv", lambda path: read_issues(path, 6)),
    "investor CSV": ("register/bad.csv", read_investors),
    "terms TOML": ("assets/HKGREEN.toml", read_terms),
    "approval JSON": ("approval.json", lambda path: Approval.from_dict(read_json(path))),
    "saved plan JSON": ("plan.json", SavedPlan.read),
    "deployment JSON": ("deployments/31337/HKGREEN.json", Deployment.read),
    "hashkit.toml": ("hashkit.toml", lambda path: networks(read_settings(path).networks)),
}


def content(entry: Entry) -> bytes:
    """The bytes of a file."""
    if "base64" in entry:
        return base64.b64decode(entry["base64"])
    return entry["text"].replace("{LONG}", LONG).encode()


def of_kind(*kinds: str) -> list[Entry]:
    return [entry for entry in ENTRIES if entry["kind"] in kinds]


def said(entry: Entry, told: str) -> bool:
    says = entry["says"] if isinstance(entry["says"], list) else [entry["says"]]
    return all(words in told for words in says)


def wrong_with(entry: Entry, act: Callable[[], object]) -> str:
    """What is wrong with how ``act`` took a bad input; empty when it refused it as it should."""
    try:
        return f"accepted: {act()!r:.80}"
    except InputError as error:
        lines = (error.sentence, *error.details)
        if not all(line.isprintable() and 0 < len(line) <= 400 for line in lines) or error.exit_code != 2:
            return f"no sentence: {error.sentence[:200]!r}"
        told = " ".join((str(error), *error.details))
        return "" if said(entry, told) else f"does not say {entry['says']}: {told[:300]}"
    except BaseException as error:  # noqa: BLE001  any other end is the bug this test is for
        return f"crash: {error!r:.200}"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``, but for the chain's own and those that SQLite makes for readers."""
    own = (".hashkit/devnet", "-shm", "-wal")
    files = (p for p in folder.rglob("*") if p.is_file() and not any(part in p.as_posix() for part in own))
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("something was sent")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_the_corpus_is_committed_as_it_is_built():
    assert {path.name: path.read_text("ascii") for path in FOLDER.glob("*.jsonl")} == files()
    assert len(ENTRIES) >= 2_000
    assert set(VALUES) | set(FILES) | {"CLI argv"} == {entry["kind"] for entry in ENTRIES}


@pytest.mark.parametrize("kind", VALUES)
def test_no_bad_value_is_accepted(kind, no_network):
    read = VALUES[kind]
    found = {e["text"]: wrong_with(e, lambda e=e: read(e["text"].replace("{LONG}", LONG), e)) for e in of_kind(kind)}
    assert {text: wrong for text, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("kind", FILES)
def test_no_bad_file_is_accepted(kind, tmp_path, no_network):
    name, read = FILES[kind]
    path = tmp_path / Path(name).name
    bad = {}
    for entry in of_kind(kind):
        path.write_bytes(content(entry))
        if wrong := wrong_with(entry, lambda: read(path)):
            bad[str(entry)[:400]] = wrong
        assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == content(entry)
    assert bad == {}


# --- through the command line ---


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    """A project on a chain of its own, with HKGREEN and the sample investors."""
    home = tmp_path_factory.mktemp("corpus")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    here.ok("devnet", "up")
    here.ok("deploy", "HKGREEN")
    here.ok("investor", "import", "register/investors.csv")
    here.ok("issue", "batches/issuance.csv", "--dry-run")  # makes the memory of rows, still empty
    yield here
    here.ok("devnet", "down")


@pytest.fixture
def untouched(shell) -> Iterator[Path]:
    """The project; afterwards no file and no block may be other than before."""
    url = devnet.status(shell.folder).url
    before = tree(shell.home), ask(url, "eth_blockNumber")
    yield shell.folder
    after = tree(shell.home), ask(url, "eth_blockNumber")
    assert after[0].keys() == before[0].keys()
    assert [name for name in after[0] if after[0][name] != before[0][name]] == [] and after[1] == before[1]


def ended(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code and streams of a command that runs in this process."""
    given = [word.replace("{LONG}", LONG) for word in argv]
    code = _guarded(given, failures.manner(given))
    out, err = capsys.readouterr()
    return code, out, err


def test_no_bad_command_line_is_accepted(untouched, shell, monkeypatch, capsys, tmp_path):
    for name in [name for name in os.environ if name.startswith("HASHKIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HASHKIT_HOME", str(shell.home / "hashkit"))
    monkeypatch.setenv("HASHKIT_PASSWORD_FILE", str(tmp_path / "phrase"))
    (tmp_path / "phrase").write_text("correct horse")
    monkeypatch.chdir(untouched)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    bad = {}
    for entry in of_kind("CLI argv"):
        code, out, err = ended(entry["argv"], capsys)
        if code != entry.get("exit", 2) or out or "Traceback" in err or not said(entry, err) or "\x1b" in err:
            bad[" ".join(entry["argv"])[:120]] = (code, out[:80], err[:300])
    assert bad == {}, json.dumps(bad, indent=1)


def lines_of(entry: Entry) -> list[str]:
    """The command that reads a file of this kind."""
    name = FILES[entry["kind"]][0]
    commands = {
        "issue CSV": ["issue", name], "investor CSV": ["investor", "import", name], "terms TOML": ["deploy", "HKGREEN"],
        "approval JSON": ["issue", "batches/issuance.csv", "--approval", name], "saved plan JSON": ["apply", name],
        "deployment JSON": ["cap-table"], "hashkit.toml": ["asset", "list"],
    }  # fmt: skip
    return (
        [*commands[entry["kind"]], "--yes"]
        if entry["kind"] not in ("deployment JSON", "hashkit.toml")
        else commands[entry["kind"]]
    )


SAMPLE = [e for kind in FILES for e in of_kind(kind)[7::60][:3] if "\x00" not in e.get("text", "")] + of_kind(
    "CLI argv"
)[3::41][:12]


@pytest.mark.slow
@pytest.mark.parametrize("entry", SAMPLE, ids=[f"{e['kind']}-{n}" for n, e in enumerate(SAMPLE)])
def test_a_sample_through_a_process_of_its_own(entry, untouched, shell):
    if entry["kind"] == "CLI argv":
        words, path = entry["argv"], None
    else:
        words, path = lines_of(entry), untouched / FILES[entry["kind"]][0]
    kept = path.read_bytes() if path and path.exists() else None
    if path:
        path.write_bytes(content(entry))
    try:
        ran = shell.fails(entry.get("exit", 2), *[word.replace("{LONG}", LONG) for word in words])
        assert said(entry, ran.err.replace(f"{LONG[:60]}", LONG[:60])) and ran.err.count("\n") < 40
    finally:
        if path and kept is not None:
            path.write_bytes(kept)
        elif path:
            path.unlink()
