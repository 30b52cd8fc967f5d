"""Which asset, which account, which chain, which amount: what a command does when it was not said, or said wrongly."""

from __future__ import annotations

import pytest

from hashkit.chain import devnet
from hashkit.chain.keys import AccountInfo
from hashkit.chain.networks import network
from hashkit.cli.session import address_of
from hashkit.errors import AccountError, InputError
from tests.cli.running import ROOT, Shell
from tests.conftest import free_port

DEV, TEST = network("devnet"), network("hashkey-testnet")
SOMEBODY = "0x" + "11" * 20


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A project with two assets."""
    home = tmp_path_factory.mktemp("session")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    settings = here.folder / "hashkit.toml"
    kept = [line for line in settings.read_text("utf-8").splitlines(True) if not line.startswith("asset")]
    settings.write_text("".join(kept), "utf-8")
    here.ok("devnet", "up", "--port", str(free_port()))
    yield here
    devnet.down(here.folder)


def test_an_account_has_an_address_without_being_opened():
    known = [AccountInfo("ops", devnet.DEV_ACCOUNTS[3].address, "hashkit", "a file")]
    assert address_of("ops", TEST, known) == devnet.DEV_ACCOUNTS[3].address
    assert address_of("issuer", DEV, known) == devnet.DEV_ACCOUNTS[0].address
    assert address_of(devnet.DEV_ACCOUNTS[2].address, TEST, ()) == devnet.DEV_ACCOUNTS[2].address
    for name in ("issuer", "nobody", "0x" + "ab" * 32):
        with pytest.raises(AccountError, match="not known without opening") as caught:
            address_of(name, TEST, known)
        assert "ab" * 32 not in str(caught.value)
    with pytest.raises(InputError):
        address_of("0x" + "ab" * 19, TEST, known)


def test_which_asset_is_asked_when_there_are_none_or_several(shell):
    none = shell.fails(2, "cap-table", "--json").error
    assert (none["code"], none["hint"]) == ("NO_ASSET", "Run `hashkit deploy`.")
    shell.ok("deploy", "HKGREEN")
    assert shell.ok("cap-table", "--json").data["asset"]["symbol"] == "HKGREEN"
    shell.ok("deploy", str(ROOT / "examples/assets/HKDMMA.toml"))
    several = shell.fails(2, "cap-table", "--json").error
    assert "HKDMMA" in several["why"] and "HKGREEN" in several["why"] and "--asset" in several["hint"]
    assert shell.ok("cap-table", "--asset", "HKGREEN", "--json").data["asset"]["symbol"] == "HKGREEN"


def test_a_plan_is_made_for_an_account_that_is_only_named(shell):
    words = ("control", "pause", "--asset", "HKGREEN", "--reason", "drill", "--dry-run")
    assert "1 transaction" in shell.ok(*words, "--account", devnet.DEV_ACCOUNTS[0].address).out
    assert "lacks the power pause" in shell.fails(3, *words, "--account", "dev5").err
    assert "not known without opening" in shell.fails(4, *words, "--account", "nobody").err


def test_an_amount_in_the_smallest_unit_is_digits_only(shell):
    others = ("--from", "dev1", "--to", "dev2", "--asset", "HKGREEN", "--check", "--raw")
    for text in ("1.5", "１", "1e3"):
        assert "smallest unit" in shell.fails(2, "transfer", text, *others).err
    assert shell.run("transfer", "1000000", *others, "--json").data["data"]["rules"]


def test_a_chain_that_does_not_run_is_named_and_not_sought_elsewhere(tmp_path):
    here = Shell(tmp_path, tmp_path)
    here.ok("init")
    error = here.fails(5, "cap-table", "--json").error
    assert (error["code"], error["hint"]) == ("DEVNET_DOWN", "Start it: hashkit devnet up.")
