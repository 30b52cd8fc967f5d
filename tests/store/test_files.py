"""Files: whole or not at all, private where they must be, and never outside their folder."""

from __future__ import annotations

import os
import stat

import pytest

from hashkit.errors import InputError
from hashkit.store import files
from hashkit.store.files import inside, private_folder, safe_name, write_atomic


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_with_its_mode_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "deep" / "er" / "record.json"
    write_atomic(path, b"one")
    write_atomic(path, b"two", mode=0o600)
    assert path.read_bytes() == b"two" and mode(path) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["record.json"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "record.json"
    write_atomic(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["record.json"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    link = tmp_path / "link"
    link.symlink_to(outside)
    write_atomic(link, b"new")
    assert outside.read_bytes() == b"mine" and not link.is_symlink()


def test_a_private_folder_is_tightened(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir(mode=0o755)
    assert mode(private_folder(folder)) == 0o700 and mode(private_folder(tmp_path / "a" / "b")) == 0o700


@pytest.mark.parametrize("name", ["HKMMF", "hkmmf-1", "part.1.csv", "x" * 64, "177", "console"])
def test_names_that_are_safe(name, tmp_path):
    assert safe_name(name) == name and inside(tmp_path, "reports", name) == tmp_path / "reports" / name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", ".hidden", "-x", "x" * 65, "a b", "a\n", "a\x00", "Ａ", "a.",
     "con", "NUL.txt", "com1", "LPT9.csv", "C:x", "~"],
)  # fmt: skip
def test_names_that_are_not(name, tmp_path):
    for attempt in (lambda: safe_name(name), lambda: inside(tmp_path, name), lambda: inside(tmp_path, "a", name)):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == "FILE_NAME" and caught.value.sentence.isprintable()


def test_a_link_on_the_way_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "reports").symlink_to(tmp_path / "out")
    with pytest.raises(InputError) as caught:
        inside(tmp_path / "root", "reports", "x.json")
    assert caught.value.code == "LINK"
