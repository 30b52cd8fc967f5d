"""The embedded chain as a process: it begins, goes on, survives, ends. Real processes of both engines."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from eth_account import Account

from hashkit.chain import devnet
from hashkit.chain.devaccounts import DEV_MNEMONIC
from hashkit.chain.devnet import engines, life, places, processes
from hashkit.errors import InputError, NodeError
from tests.chain.talk import ISSUER, OTHER, STORE_CODE, ask, deploy, send, word
from tests.conftest import free_port

ENGINES = ("anvil", "py-evm")


def picture(url: str, contract: str) -> dict[str, Any]:
    """All that must survive a restart."""
    blocks = range(int(ask(url, "eth_blockNumber"), 16) + 1)
    tags = [hex(number) for number in blocks]
    return {
        "blocks": [ask(url, "eth_getBlockByNumber", tag, True) for tag in tags],
        "balances": [ask(url, "eth_getBalance", ISSUER.address, tag) for tag in tags],
        "stored": [ask(url, "eth_getStorageAt", contract, "0x5", tag) for tag in tags],
        "code": ask(url, "eth_getCode", contract, "latest"),
        "logs": ask(url, "eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"}),
    }


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, and a favourite port that no other run of the tests likes too."""
    monkeypatch.setattr(life, "FAVOURITE_PORT", free_port())
    yield tmp_path
    devnet.down(tmp_path)


def port_of(running: devnet.Running) -> int:
    return int(running.url.rsplit(":", 1)[1])


def test_dev_accounts_are_those_of_the_test_mnemonic() -> None:
    Account.enable_unaudited_hdwallet_features()
    for index, known in enumerate(devnet.DEV_ACCOUNTS):
        derived = Account.from_mnemonic(DEV_MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        assert (known.address, known.key) == (derived.address, "0x" + bytes(derived.key).hex())
    assert len(devnet.DEV_ACCOUNTS) == 10


def test_up_starts_one_chain_and_a_second_up_finds_it(root: Path, engine: str) -> None:
    assert devnet.status(root) is None
    running = devnet.up(root, engine=engine)
    assert (running.engine, running.chain_id) == (engine, 31337)
    assert running.url.startswith("http://127.0.0.1:")
    assert ask(running.url, "eth_chainId") == "0x7a69"
    assert [ask(running.url, "eth_getBalance", a.address, "latest") for a in devnet.DEV_ACCOUNTS] == [
        hex(10_000 * 10**18)
    ] * 10
    assert devnet.up(root) == running == devnet.status(root)
    assert devnet.up(root, engine=engine, port=port_of(running)) == running
    with pytest.raises(InputError, match="already runs"):
        devnet.up(root, engine="py-evm" if engine == "anvil" else "anvil")
    assert devnet.down(root)
    assert devnet.status(root) is None
    assert not devnet.down(root)


def test_a_chain_survives_down_and_up(root: Path, engine: str) -> None:
    url = devnet.up(root, engine=engine).url
    contract = deploy(url)
    send(url, to=contract, data="0x" + word(5) + word(77))
    send(url, to=contract, data="0x" + word(5) + word(78))
    send(url, to=OTHER.address, value=10**18, gas=21_000)
    before = picture(url, contract)
    assert [int(value, 16) for value in before["stored"]] == [0, 0, 77, 78, 78]
    devnet.down(root)
    url = devnet.up(root).url  # auto: the engine that made the state
    assert picture(url, contract) == before
    assert int(send(url, to=contract, data="0x" + word(6) + word(1))["blockNumber"], 16) == 5
    assert ask(url, "eth_call", {"to": contract, "data": "0x" + word(5)}, "0x2") == "0x" + word(77)


def test_block_time_never_goes_back_after_a_restart(root: Path, engine: str) -> None:
    url = devnet.up(root, engine=engine).url
    ask(url, "evm_increaseTime", 86_400)
    ask(url, "evm_mine")
    ahead = int(ask(url, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert ahead >= time.time() + 86_300
    devnet.down(root)
    url = devnet.up(root).url
    ask(url, "evm_mine")
    after = int(ask(url, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert ahead <= after < ahead + 60


def test_a_killed_py_evm_has_lost_nothing(root: Path) -> None:
    running = devnet.up(root, engine="py-evm")
    contract = deploy(running.url)
    send(running.url, to=contract, data="0x" + word(5) + word(77))
    before = picture(running.url, contract)
    os.kill(running.pid, signal.SIGKILL)
    while devnet.status(root):
        time.sleep(0.01)
    assert picture(devnet.up(root).url, contract) == before


def test_a_cut_off_anvil_state_falls_back_to_the_last_whole_one(root: Path) -> None:
    url = devnet.up(root, engine="anvil").url
    contract = deploy(url)
    devnet.down(root)
    devnet.up(root)
    devnet.down(root)
    state = places.Places(root).anvil_state
    state.write_bytes(state.read_bytes()[:-100])
    running = devnet.up(root)
    assert "crash" in running.note
    assert ask(running.url, "eth_getCode", contract, "latest") == "0x" + STORE_CODE


def test_a_damaged_state_is_named_and_reset_cures_it(root: Path, engine: str) -> None:
    running = devnet.up(root, engine=engine)
    devnet.down(root)
    kept = places.Places(root)
    (kept.anvil_state if engine == "anvil" else kept.evm_state).write_bytes(b"{ not a state }" * 100)
    for suffix in ("-wal", "-shm"):
        kept.evm_state.with_name(kept.evm_state.name + suffix).unlink(missing_ok=True)
    with pytest.raises(NodeError, match="did not start") as caught:
        devnet.up(root)
    assert "reset" in caught.value.next_step
    assert "Traceback" not in str(caught.value)
    assert devnet.status(root) is None
    assert devnet.reset(root) is None
    assert ask(devnet.up(root, engine=running.engine).url, "eth_blockNumber") == "0x0"


def test_reset_forgets_the_chain_and_starts_it_again(root: Path, engine: str) -> None:
    running = devnet.up(root, engine=engine)
    send(running.url, to=OTHER.address, value=1, gas=21_000)
    again = devnet.reset(root)
    assert again is not None
    assert (again.url, again.engine) == (running.url, engine)
    assert again.pid != running.pid
    assert ask(again.url, "eth_blockNumber") == "0x0"
    assert ask(again.url, "eth_getTransactionCount", ISSUER.address, "latest") == "0x0"


def test_reset_waits_for_a_port_that_the_system_lets_go_of_late(
    root: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = devnet.up(root, engine=engine)
    end = processes.end

    def end_but_hold_the_port(pid: int, mark: str, *, patience: float) -> bool:
        ended = end(pid, mark, patience=patience)
        life._await_free(port_of(running))
        held = socket.create_server(("127.0.0.1", port_of(running)))
        Timer(0.3, held.close).start()
        return ended

    with monkeypatch.context() as patched:
        patched.setattr(processes, "end", end_but_hold_the_port)
        again = devnet.reset(root)
    assert again is not None and again.url == running.url


def test_reset_starts_elsewhere_when_somebody_took_its_port(
    root: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = devnet.up(root, engine=engine)
    wipe = places.Places.wipe
    with socket.socket() as taken:

        def take_the_port(kept: places.Places) -> None:
            wipe(kept)
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port_of(running)))
            taken.listen()

        monkeypatch.setattr(places.Places, "wipe", take_the_port)
        again = devnet.reset(root)
    assert again is not None and again == devnet.status(root)
    assert port_of(again) not in (0, port_of(running))
    assert running.url in again.note
    assert ask(again.url, "eth_blockNumber") == "0x0"


def test_state_of_the_other_engine_is_refused(root: Path) -> None:
    devnet.up(root, engine="py-evm")
    devnet.down(root)
    with pytest.raises(InputError, match="runs on py-evm"):
        devnet.up(root, engine="anvil")
    assert devnet.up(root, engine="auto").engine == "py-evm"


def test_a_project_behind_a_link_is_the_same_project(root: Path) -> None:
    link = root / "link"
    link.symlink_to(root)
    assert devnet.up(root, engine="py-evm") == devnet.up(link)


def test_two_starters_at_once_get_the_same_chain(root: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: devnet.up(root, engine="py-evm"), range(4)))
    assert len(set(started)) == 1


def test_a_chain_outlives_the_process_that_started_it(root: Path) -> None:
    code = f"import pathlib, hashkit.chain.devnet as d; d.up(pathlib.Path({str(root)!r}), engine='py-evm')"
    environment = {**os.environ, "PYTHONPATH": str(processes.HASHKIT_ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)
    running = devnet.status(root)
    assert running is not None
    assert ask(running.url, "eth_blockNumber") == "0x0"
    assert os.getsid(running.pid) != os.getsid(0)


def test_down_never_ends_a_stranger_with_our_pid(root: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        kept = places.Places(root)
        kept.make()
        kept.write_record(devnet.Running("http://127.0.0.1:1", "anvil", 31337, stranger.pid))
        assert devnet.status(root) is None
        assert not devnet.down(root)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_favourite_port_is_taken_while_it_is_free(root: Path, engine: str) -> None:
    assert port_of(devnet.up(root, engine=engine)) == life.FAVOURITE_PORT


def test_a_port_in_use_is_refused_and_no_process_stays(root: Path, engine: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="in use"):
            devnet.up(root, engine=engine, port=taken.getsockname()[1])
    assert devnet.status(root) is None


def test_a_favourite_port_in_use_only_means_another_one(root: Path, engine: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", life.FAVOURITE_PORT))
        taken.listen()
        running = devnet.up(root, engine=engine)
    assert port_of(running) not in (0, life.FAVOURITE_PORT)
    assert ask(running.url, "eth_chainId") == "0x7a69"


def test_the_log_does_not_grow_with_the_requests(root: Path, engine: str) -> None:
    url = devnet.up(root, engine=engine).url
    size = places.Places(root).log.stat().st_size
    send(url, to=OTHER.address, gas=21_000)
    assert places.Places(root).log.stat().st_size <= size + 200


def test_find_anvil_takes_the_named_program_and_refuses_a_wrong_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\n")
    monkeypatch.setenv("HASHKIT_ANVIL", str(program))
    with pytest.raises(InputError, match="names no program"):
        devnet.find_anvil()
    program.chmod(0o755)
    assert devnet.find_anvil() == str(program)
    monkeypatch.delenv("HASHKIT_ANVIL")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir("/")
    assert devnet.find_anvil() == str(program)
    program.unlink()
    assert devnet.find_anvil() is None
    assert engines.choose("auto", None) == ("py-evm", engines.NO_ANVIL_NOTE)
    with pytest.raises(InputError, match="anvil was not found"):
        engines.choose("anvil", None)


def test_where_no_chain_ever_was_there_is_nothing_to_end_or_to_forget(tmp_path: Path) -> None:
    assert devnet.down(tmp_path / "none") is False and devnet.reset(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("port", [-1, 65_536, 10**6])
def test_what_is_no_port_is_refused(root: Path, port: int) -> None:
    with pytest.raises(InputError, match="is no port") as caught:
        devnet.up(root, engine="py-evm", port=port)
    assert caught.value.code == "PORT" and devnet.status(root) is None


def test_a_chain_that_does_not_end_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = devnet.up(root, engine="py-evm")
    with monkeypatch.context() as patched:
        patched.setattr(processes, "end", lambda pid, mark, patience: False)
        with pytest.raises(NodeError, match="does not end") as caught:
            devnet.down(root)
    assert caught.value.code == "DEVNET_STUCK" and str(running.pid) in caught.value.why
    assert devnet.status(root) == running


def test_half_a_state_without_a_spare_is_named_and_kept(root: Path) -> None:
    devnet.up(root, engine="anvil")
    devnet.down(root)
    kept = places.Places(root)
    kept.anvil_state.write_bytes(kept.anvil_state.read_bytes()[:-100])
    kept.anvil_spare.unlink(missing_ok=True)
    with pytest.raises(NodeError, match="is damaged") as caught:
        devnet.up(root)
    assert caught.value.code == "DEVNET_STATE" and "reset" in caught.value.next_step
