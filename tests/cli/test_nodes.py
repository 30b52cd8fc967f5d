"""Several nodes on the command line: the embedded chain behind real servers on the loopback address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hashkit.chain import devnet
from tests.cli.running import Shell
from tests.conftest import free_port
from tests.rpc.rude import Node, forward, node, refusal, result

pytestmark = pytest.mark.slow
SECRETS = ("sesame-open", "token-of-first", "token-of-second")
DEAD = f"http://me:{SECRETS[0]}@127.0.0.1:9/{SECRETS[1]}"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    home = tmp_path_factory.mktemp("nodes")
    shell = Shell(home, home)
    shell.ok("init", "project")
    shell.folder = home / "project"
    shell.ok("devnet", "up", "--port", str(free_port()))
    yield shell
    devnet.down(shell.folder)


@pytest.fixture
def good(here: Shell) -> Iterator[Node]:
    """A node that answers as the embedded chain does."""
    running = devnet.status(here.folder)
    assert running is not None
    with node(lambda ask, n: forward(running.url, ask)) as server:
        yield server


def quiet(*texts: str) -> None:
    assert not [secret for secret in SECRETS for text in texts if secret in text]


def test_doctor_and_ping_show_every_node_and_no_secret(here: Shell, good: Node) -> None:
    nodes = ("--rpc-url", DEAD, "--rpc-url", f"{good.url}/{SECRETS[2]}")
    ran = here.ok("doctor", *nodes)
    assert "http://127.0.0.1:9 cannot be reached" in ran.out and f"{good.url} answers" in ran.out
    pinged = here.ok("network", "ping", *nodes)
    assert f"{good.url} serves chain 31337" in pinged.out and "cannot be reached" in pinged.out
    data = here.ok("network", "ping", *nodes, "--json")
    dead, well = data.data["data"]["nodes"]
    assert not dead["reachable"] and dead["chainId"] is dead["block"] is None and dead["problem"]
    assert well["reachable"] and (well["chainId"], well["lag"], well["problem"]) == (31337, 0, None)
    assert well["version"] and well["node"] == good.url
    listed = here.ok("network", "list", *()).out
    quiet(ran.out, ran.err, pinged.out, pinged.err, data.out, data.err, listed)


@pytest.mark.parametrize("way", ["environment", "project", "network"])
def test_nodes_are_named_in_the_environment_and_in_the_settings_too(here: Shell, good: Node, way: str) -> None:
    settings = Path(here.folder / "hashkit.toml")
    before, both = settings.read_text(), f"{DEAD}, {good.url}/{SECRETS[2]}"
    more = {"HASHKIT_RPC_URL": both} if way == "environment" else {}
    if way == "project":
        settings.write_text(f'rpc_url = "{both}"\n{before}')
    if way == "network":
        urls = ", ".join(f'"{url}"' for url in both.split(", "))
        settings.write_text(f"{before}\n[networks.devnet]\nrpc_urls = [{urls}]\n")
    try:
        ran = here.ok("network", "ping", "--json", **more)
        listed = here.ok("network", "list", **more)
    finally:
        settings.write_text(before)
    assert [each["reachable"] for each in ran.data["data"]["nodes"]] == [False, True]
    assert way != "network" or (good.url in listed.out and "http://127.0.0.1:9" in listed.out)
    quiet(ran.out, ran.err, listed.out)


def test_a_wrong_chain_in_the_list_is_a_failed_check_and_first_in_the_list_an_error(here: Shell, good: Node) -> None:
    with node(lambda ask, n: result(ask, "0xb1")) as other:
        ran = here.run("doctor", "--rpc-url", good.url, "--rpc-url", f"{other.url}/{SECRETS[1]}")
        assert ran.code == 5 and "serves chain 177" in ran.out
        first = here.fails(5, "doctor", "--rpc-url", f"{other.url}/{SECRETS[1]}", "--rpc-url", good.url)
        assert "serves chain 177" in first.err
        quiet(ran.out, ran.err, first.err)


def test_no_node_answers_is_one_error_with_the_reason_of_each(here: Shell) -> None:
    with node(lambda ask, n: refusal(ask, -32000, f"no plan for {SECRETS[1]}")) as rude:
        urls = ("--rpc-url", DEAD, "--rpc-url", f"{rude.url}/{SECRETS[2]}")
        ran, told = here.fails(5, "network", "ping", *urls), here.fails(5, "network", "ping", *urls, "--json")
        assert "cannot be reached" in ran.err + told.err
        quiet(ran.err, told.err)
