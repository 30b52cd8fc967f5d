"""What holds for every command: thin bodies, one try, quick help, examples, clean streams, exit codes."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from hashkit.cli.app import root
from hashkit.cli.catalogue import COMMANDS, ROOMS, Entry
from hashkit.cli.lazy import House
from tests.cli.running import ROOT, Shell

SOURCES = sorted((ROOT / "hashkit" / "cli").glob("**/*.py"))
HEAVY = {"web3", "eth_account", "eth_abi", "eth_tester", "eth", "pydantic", "rich", "solcx", "jinja2", "tomlkit"}


@pytest.fixture
def shell(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return Shell(folder, tmp_path)


def walk(command=root, path=("hashkit",), context=None):
    """Every command with its words, groups included."""
    context = context or click.Context(root, info_name="hashkit")
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), (*path, name), context)
    if isinstance(command, House):
        for name in command.rooms:
            yield (*path, name), command.room(name)


TREE = list(walk())
LEAVES = [(path, command) for path, command in TREE if not isinstance(command, click.Group)]


def test_there_is_exactly_one_try_in_the_package():
    trees = {path.name: ast.parse(path.read_text()) for path in SOURCES}
    tries = [name for name, tree in trees.items() for n in ast.walk(tree) if isinstance(n, ast.Try | ast.TryStar)]
    assert tries == ["__init__.py"]
    assert not any("suppress" in p.read_text() for p in SOURCES)


def test_command_bodies_have_at_most_fifteen_statements():
    bodies = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [ast.unparse(d) for d in getattr(node, "decorator_list", ())]
            if any(n.startswith(("verb(", "command.command(", "click.command(")) for n in names):
                statements = [s for s in ast.walk(node) if isinstance(s, ast.stmt)]
                bodies[f"{path.name}:{node.name}"] = len(statements) - 2  # without the function and its docstring
    assert len(bodies) >= 28
    assert {name: n for name, n in bodies.items() if n > 15} == {}


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_every_command_has_help_and_an_example_that_parses(path, command):
    assert command.help and command.help.strip().endswith((".", "!"))
    for example in command.examples:
        words = shlex.split(example.split(" > ")[0].split(" < ")[0].replace("${fpath[1]}", "x"))
        assert tuple(words[: len(path)]) == path
        context = command.make_context(" ".join(path), words[len(path) :], resilient_parsing=True)
        assert context is not None
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {w.split("=")[0] for w in words[len(path) :] if w.startswith("--")} <= known
    assert command.examples


def test_every_option_says_what_it_does():
    options = [(path, o) for path, c in LEAVES for o in c.params if isinstance(o, click.Option)]
    assert [(path, o.opts) for path, o in options if not o.help] == []


def test_the_table_and_the_modules_agree():
    for name, entry in COMMANDS.items():
        command = importlib.import_module(f"hashkit.cli.{entry.module}").command
        assert command.name == name
        assert len(entry.help) <= 66, name


def test_every_room_has_a_module_and_a_short_help():
    for house, rooms in ROOMS.items():
        for entry in rooms:
            command = importlib.import_module(f"hashkit.cli.{entry.module}").command
            assert command.name == entry.name and entry.module == f"{house}_{entry.name.replace('-', '_')}"
            assert len(entry.help) <= 66, entry.name


def test_the_first_word_chooses_a_room_and_any_other_line_is_the_house(monkeypatch):
    """A room is an ordinary command: here the one that prints completion scripts stands in."""
    monkeypatch.setitem(ROOMS, "audit", (Entry("completion", "completion", "A command of the auditor's"),))
    house = root.get_command(click.Context(root), "audit")
    parent = click.Context(root, info_name="hashkit")
    inside = house.make_context("audit", ["completion", "bash"], parent)
    assert inside.command_path == "hashkit audit completion" and inside.params == {"shell": "bash"}
    for words in ([], ["0x" + "11" * 20], ["--at", "completion"]):
        assert house.make_context("audit", [*words], parent).command is house
    told = house.get_help(house.make_context("audit", [], parent))
    assert "completion  A command of the auditor's" in told and "[ADDRESS|SYMBOL]" in told


def modules_of(*words, **environment):
    """The modules a command line imports, and the processor seconds it takes."""
    code = (
        "import sys, time, contextlib, io\n"
        "from hashkit.cli import _guarded, failures\n"
        f"words = {list(words)!r}\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    code = _guarded(words, failures.manner(words))\n"
        "seconds = time.process_time()\n"
        "import json\n"
        "print(json.dumps([code, seconds, sorted(sys.modules)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "words", [(), ("--help",), ("--version",), *((name, "--help") for name in COMMANDS)], ids=" ".join
)
def test_help_imports_nothing_heavy(words):
    code, seconds, modules = modules_of(*words)
    assert code == 0
    assert {m.split(".")[0] for m in modules} & HEAVY == set()
    assert seconds < 0.6  # the budget is 0.3; a busy machine may take longer
    if len(words) == 2:
        own = COMMANDS[words[0]].module
        others = {f"hashkit.cli.{e.module}" for e in COMMANDS.values()} - {f"hashkit.cli.{own}"}
        shared = {"hashkit.cli.devnet", "hashkit.cli.audit"} if own == "demo" else set()  # --engine, the tally
        assert set(modules) & others <= shared


def test_the_auditors_command_loads_nothing_that_could_sign():
    code, _, modules = modules_of("audit", "0x" + "11" * 20, "--rpc-url", "http://127.0.0.1:9")
    assert code == 5
    assert {m.split(".")[0] for m in modules} & {"web3", "eth_account", "eth_keys", "eth_tester"} == set()
    assert {
        m for m in modules if m.startswith(("hashkit.issuer", "hashkit.chain.keys", "hashkit.chain.sender"))
    } == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hashkit d", {"deploy", "devnet", "demo", "doctor", "document"}),
        ("hashkit issue --network h", {"hashkey", "hashkey-testnet"}),
        ("hashkit issue --account iss", {"issuer"}),
        ("hashkit audit ", {entry.name for entry in ROOMS["audit"]}),
        ("hashkit control ", {"pause", "halt", "freeze", "force", "burn"}),
    ],
)
def test_completion_knows_names_and_imports_nothing_heavy(shell, line, expected):
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_HASHKIT_COMPLETE": "bash_complete"}
    ran = shell.run(**words)
    assert {part.split(",")[1] for part in ran.out.splitlines()} == expected
    _, _, modules = modules_of(**words)
    assert {m.split(".")[0] for m in modules} & HEAVY == set()


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell, kind):
    assert "_HASHKIT_COMPLETE" in shell.ok("completion", kind).out


def test_help_is_on_stdout_and_fits_eighty_columns(shell):
    for path, command in TREE:
        if isinstance(command, click.Group) or path[1] in ("issue", "audit"):
            ran = shell.ok(*path[1:], "--help")
            assert ran.err == ""
            assert max(map(len, ran.out.splitlines())) <= 80
    assert shell.ok().out == shell.ok("--help").out
    assert shell.ok("devnet").out == shell.ok("devnet", "--help").out


def test_the_environment_is_in_the_help(shell):
    text = " ".join(shell.ok("issue", "--help").out.split())
    for name in ("NETWORK", "RPC_URL", "ASSET", "ACCOUNT", "NO_INPUT", "JSON"):
        assert f"HASHKIT_{name}" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["devnt"], "Did you mean devnet?"),
        (["devnet", "upp"], "Did you mean up?"),
        (["issue", "--bogus"], "No such option"),
        (["redeem", "1"], "Missing option '--from'"),
        (["order", "close", "0x12"], "an order id is 0x and 64 hex digits"),
        (["cap-table"], "There is no project here."),
        (["deploy", "HKGREEN"], "There is no project here."),
        (["doctor", "-n", "hashky"], "Did you mean hashkey?"),
        (["asset", "use", "../../x"], "There is no project here."),
        (["network", "ping", "--rpc-url", "ftp://x"], ""),
        (["completion", "tcsh"], "'tcsh' is not one of"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_wrong_input_is_one_sentence_and_exit_code_2(shell, words, says):
    assert says in shell.fails(2, *words).err
    error = shell.fails(2, *words, "--json").error
    assert error["exit"] == 2 and error["message"].count("\n") == 0


def test_a_node_that_does_not_answer_is_exit_code_5_and_shows_no_secret(shell):
    for words in (["network", "ping"], ["doctor"], ["account", "list"]):
        ran = shell.run(*words, "--json", HASHKIT_RPC_URL="http://user:hunter2@127.0.0.1:9/key-1234")
        assert "hunter2" not in ran.out + ran.err and "key-1234" not in ran.out + ran.err
    assert shell.fails(5, "network", "ping", "--rpc-url", "http://127.0.0.1:9").err


@pytest.mark.parametrize("words", [["network", "list"], ["account", "list"]], ids=" ".join)
def test_json_is_exactly_one_document(shell, words):
    ran = shell.ok(*words, "--json")
    assert set(ran.data) == {"schema", "ok", "network", "asset", "data", "warnings", "links"}
    assert ran.data["schema"] == f"hashkit.{'-'.join(words)}/1" and ran.data["ok"] is True
    assert ran.err == ""
    assert shell.ok(*words, HASHKIT_JSON="1").out == ran.out


def test_a_pipe_gets_tab_separated_values_without_escape_sequences(shell):
    ran = shell.ok("network", "list")
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == ["network", "hashkey", "hashkey-testnet", "devnet"]
    assert "\x1b" not in ran.out + ran.err


def on_a_terminal(shell, *words, **environment):
    """What a command writes to a terminal."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hashkit", *words],
        cwd=shell.folder,
        env=shell.environment(TERM="xterm-256color", **environment),
        stdin=other,
        stdout=other,
        stderr=other,
    )
    os.close(other)
    chunks = []
    while True:
        try:
            chunk = os.read(main, 65536)
        except OSError:  # the other end was closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(main)
    process.wait()
    return b"".join(chunks).decode()


def test_colours_on_a_terminal_and_how_to_be_rid_of_them(shell):
    assert "\x1b[1m" in on_a_terminal(shell, "network", "list")
    assert "\x1b[31m" in on_a_terminal(shell, "devnet", "status")
    for words, environment in ((["--color", "never"], {}), ([], {"NO_COLOR": "1"})):
        for command in (["network", "list"], ["devnet", "status"]):
            assert "\x1b" not in on_a_terminal(shell, *command, *words, **environment)
    assert "\x1b[31m" in shell.run("devnet", "status", CLICOLOR_FORCE="1").err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_encoding_is_too_poor(shell, encoding):
    environment = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": encoding, "PYTHONCOERCECLOCALE": "0"}
    shell.ok("--help", **environment)
    shell.ok("network", "list", "--json", **environment)
    (shell.folder / "börse").mkdir()
    assert shell.run("init", "börse/ぐ\udcff", **environment).code in (0, 2)


def test_hostile_text_cannot_reach_the_terminal(shell):
    ran = shell.fails(2, "doctor", "-n", "x\x1b[2J\u202egnp\x9b31m")
    assert not {"\x1b", "\u202e", "\x9b"} & set(ran.err)
    ran = shell.fails(2, "doctor", "-n", "x\x1b[2J\u202egnp", "--json")
    assert not {"\x1b", "\u202e"} & set(ran.err)
    assert "\\u202e" in ran.err or "\u202e" not in ran.error["message"]


def test_a_reader_who_goes_away_is_no_failure_worth_a_word(shell):
    process = subprocess.Popen(
        f"{shlex.quote(sys.executable)} -m hashkit network list --json | head -c 1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=shell.folder,
        env=shell.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = process.communicate(timeout=60)
    assert err == "" and process.returncode in (0, 141)


def test_streams_that_are_closed_do_not_matter(shell):
    line = f"{shlex.quote(sys.executable)} -m hashkit devnet status >&- 2>&-"
    done = subprocess.run(line, shell=True, cwd=shell.folder, env=shell.environment(), capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stdout + done.stderr


def test_what_nobody_expected_is_one_sentence_and_a_log_without_secrets(shell):
    key = "0x" + "5a" * 32
    (shell.folder / "hashkit.toml").write_text('network = "devnet"\n')
    (shell.folder / ".hashkit").mkdir()
    code = (
        "import sys; from hashkit.cli import main, options\n"
        "import hashkit.cli.network as n\n"
        "def burst(*a, **k): raise RuntimeError("
        f"'key {key} at https://user:pw@node.example/v3/token?x=1 phrase \"{'word ' * 11}word\"')\n"
        "n.list_.callback = burst\n"
        "main(['network', 'list'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=shell.folder, env=shell.environment(), capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr
    assert "RuntimeError" in done.stderr
    (log,) = Path(shell.folder, ".hashkit", "log").iterdir()
    text = log.read_text()
    assert "RuntimeError" in text and "node.example" in text
    assert not any(secret in text + done.stderr for secret in (key[2:], "pw@", "token", "word word"))
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["network", "list", "--json"],
        ["devnt"],
        ["account", "import", "x"],
        ["doctor", "--rpc-url", "http://127.0.0.1:9"],
        ["demo", "--engine", "moon", "--json"],
    ],
    ids=" ".join,
)
def test_a_fork_of_the_warm_process_does_what_a_process_does(shell, words):
    assert shell.run(*words) == shell.process(*words)
    assert shell.run(*words, PYTHONUNBUFFERED="0") == shell.process(*words)  # this one is no fork


def test_an_interrupt_is_exit_code_130(shell):
    code = (
        "from hashkit.cli import main\nimport hashkit.cli.network as n\n"
        "def stop(*a, **k): raise KeyboardInterrupt('Stopped: 1 of 2 steps are done.')\n"
        "n.list_.callback = stop\nmain(['network', 'list'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=shell.environment(), capture_output=True, text=True)
    assert done.returncode == 130 and done.stdout == ""
    assert done.stderr == "Stopped: 1 of 2 steps are done.\n"
