"""The project: found like git finds it, private where it must be, all problems of a file at once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hashkit.errors import InputError
from hashkit.store.project import Project


def test_find_when_below_the_project_then_walks_up(tmp_path: Path) -> None:
    Project.create(tmp_path / "bond")
    below = tmp_path / "bond" / "a" / "b"
    below.mkdir(parents=True)
    assert Project.find(below).root == tmp_path / "bond"


def test_find_when_there_is_none_then_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hashkit init"):
        Project.find(tmp_path)


def test_create_then_private_parts_are_private_and_ignored(tmp_path: Path) -> None:
    project = Project.create(tmp_path, account="ops")
    assert stat.S_IMODE((tmp_path / ".hashkit").stat().st_mode) == 0o700
    assert stat.S_IMODE(project.journal.stat().st_mode) == 0o700
    assert (tmp_path / ".hashkit" / ".gitignore").read_text() == "*\n"
    assert "31337/" in (tmp_path / "deployments" / ".gitignore").read_text()
    assert "*" in (tmp_path / "register" / ".gitignore").read_text().splitlines()
    assert project.settings.network == "devnet" and project.settings.account == "ops"


def test_create_when_there_is_one_then_refuses(tmp_path: Path) -> None:
    Project.create(tmp_path)
    with pytest.raises(InputError, match="already is a project"):
        Project.create(tmp_path)


def test_private_when_folder_is_open_then_tightens_it(tmp_path: Path) -> None:
    (tmp_path / ".hashkit").mkdir(mode=0o755)
    assert stat.S_IMODE(Project.scratch(tmp_path).private.stat().st_mode) == 0o700


def test_settings_when_several_are_wrong_then_lists_all_and_no_value(tmp_path: Path) -> None:
    (tmp_path / "hashkit.toml").write_text('network = 7\nasset = "../x"\nprivate_key = "0xsecret"\n')
    with pytest.raises(InputError) as caught:
        Project.find(tmp_path)
    text = "\n".join(caught.value.details)
    assert len(caught.value.details) == 3
    assert "network" in text and "asset" in text and "private_key" in text and "0xsecret" not in text


def test_settings_when_not_toml_then_says_so(tmp_path: Path) -> None:
    (tmp_path / "hashkit.toml").write_text("network = devnet\n")
    with pytest.raises(InputError, match="not TOML"):
        Project.find(tmp_path)


def test_setting_when_asked_then_flag_beats_env_beats_file_beats_user_beats_built_in(tmp_path: Path) -> None:
    user = tmp_path / "home" / "config.toml"
    user.parent.mkdir()
    user.write_text('account = "mine"\nnetwork = "hashkey-testnet"\n')
    env = {"HASHKIT_HOME": str(tmp_path / "home")}
    project = Project.create(tmp_path / "p", network="hashkey")
    assert project.setting("network", "devnet", env) == ("devnet", "--network")
    assert project.setting("network", None, {**env, "HASHKIT_NETWORK": "x"}) == ("x", "HASHKIT_NETWORK")
    assert project.setting("network", None, env) == ("hashkey", "hashkit.toml")
    assert project.setting("account", None, env) == ("mine", str(user))
    assert Project.scratch(tmp_path).setting("network", None, env)[0] == "hashkey-testnet"
    assert Project.scratch(tmp_path).setting("network", None, {"HASHKIT_HOME": "/"}) == ("devnet", "built in")
    assert project.setting("asset", None, env) == (None, "not set")


def test_setting_when_eth_rpc_url_is_set_then_counts_only_without_a_network(tmp_path: Path) -> None:
    env = {"HASHKIT_HOME": "/x", "ETH_RPC_URL": "http://node"}
    assert Project.scratch(tmp_path).setting("rpc_url", None, env) == ("http://node", "ETH_RPC_URL")
    assert Project.create(tmp_path / "p", network="hashkey").setting("rpc_url", None, env)[0] is None


def test_use_asset_then_comments_stay(tmp_path: Path) -> None:
    text = '# mine\nnetwork = "devnet" # here\n\n[networks.devnet]\nblock_seconds = 1\n'
    (tmp_path / "hashkit.toml").write_text(text)
    Project.find(tmp_path).use_asset("HKGREEN")
    text = (tmp_path / "hashkit.toml").read_text()
    assert "# mine" in text and "# here" in text
    assert Project.find(tmp_path).settings.asset == "HKGREEN"
    assert Project.find(tmp_path).settings.networks == {"devnet": {"block_seconds": 1}}


@pytest.mark.parametrize("symbol", ["../x", "", "a/b", ".git", "A" * 33, "Ａ", "A\n"])
def test_paths_when_symbol_is_hostile_then_refuse(tmp_path: Path, symbol: str) -> None:
    with pytest.raises(InputError):
        Project.scratch(tmp_path).deployment_file(177, symbol)
