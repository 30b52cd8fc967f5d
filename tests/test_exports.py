"""The public face: exactly these names, each importable, none of them heavy before it is used."""

from __future__ import annotations

import subprocess
import sys

import hashkit

PUBLIC = [
    "Asset", "AssetTerms", "Hashkit", "HashkitError", "Network", "Plan", "TransferRefused", "Units", "Verdict",
    "__version__",
]  # fmt: skip


def test_the_public_names_are_these():
    assert hashkit.__all__ == PUBLIC
    assert dir(hashkit) == sorted(PUBLIC)


def test_every_public_name_can_be_had():
    for name in PUBLIC:
        assert getattr(hashkit, name) is not None


def test_public_classes_say_what_they_are():
    undocumented = [n for n in PUBLIC if n != "__version__" and not getattr(hashkit, n).__doc__]
    assert not undocumented


def test_importing_hashkit_imports_nothing_heavy():
    heavy = ("web3", "eth_account", "eth_abi", "pydantic", "click")
    code = f"import sys, hashkit; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_the_package_is_typed():
    from importlib.resources import files

    assert files("hashkit").joinpath("py.typed").is_file()
