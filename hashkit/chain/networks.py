"""Which networks are there? Presets keyed by chain id; every value is data that a user may override. Floor 2.

Chain facts were read from public material, not checked on the live chains: the client asks every node for
its chain id before it believes anything, and nothing is called before its code is seen. Names and hosts of
HashKey Chain have moved before (it is also called HSK Chain), which is why they are data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from hashkit.contracts.hashing import checksum
from hashkit.domain.network import Network
from hashkit.domain.terms import shown
from hashkit.errors import InputError

_GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F"
_EAS = "0x4200000000000000000000000000000000000021"
_GWEI = 10**9

_PRESETS = (
    Network(
        name="hashkey",
        chain_id=177,
        title="HashKey Chain (HSK Chain)",
        rpc_urls=("https://mainnet.hsk.xyz",),
        explorer="https://hsk.blockscout.com",
        explorer_api="https://hsk.blockscout.com/api",
        finality="finalized",
        gas_price_oracle=_GAS_PRICE_ORACLE,
        kyc_sbt="0x0f362c05fb3Fadca687648F412abE2A6d6450D70",
        eas=_EAS,
        dispute_game_factory="0x04Ec030f362CE5A0b5Fe2d4B4219f287C2EBDE50",
        l1_chain_id=1,
        first_block_time=1734347135,
        minimum_base_fee=500 * _GWEI,  # set on L1 on 2026-08-04
    ),
    Network(
        name="hashkey-testnet",
        chain_id=133,
        title="HashKey Chain Testnet",
        rpc_urls=("https://testnet.hsk.xyz",),
        explorer="https://testnet-explorer.hskchain.net",
        explorer_api="https://testnet-explorer.hskchain.net/api",
        finality="finalized",
        gas_price_oracle=_GAS_PRICE_ORACLE,
        kyc_sbt="0xA45f42F09A7Ae50e556467cf65cF3Cf45711114E",
        eas=_EAS,
        first_block_time=1723186656,
    ),
    Network(
        name="devnet",
        chain_id=31337,
        title="Embedded chain",
        rpc_urls=("http://127.0.0.1:8545",),
        finality="latest",
        block_seconds=1,
        dev=True,
    ),
)

Overrides = Mapping[str, Mapping[str, Any]]
"""``[networks.NAME]`` of hashkit.toml: fields of ``Network`` by name, and ``rpc_url`` for a single node."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LARGEST_CHAIN_ID = 2**53 - 1  # what every JSON reader can hold


def presets() -> dict[str, Network]:
    """The built-in networks by name."""
    return {preset.name: preset for preset in _PRESETS}


def networks(overrides: Overrides | None = None) -> dict[str, Network]:
    """The built-in networks and those a user added, with the user's overrides. InputError names every mistake."""
    given, known = overrides or {}, presets()
    return {name: _described(name, given.get(name, {})) for name in dict.fromkeys([*known, *given])}


def network(name_or_chain_id: str | int, overrides: Overrides | None = None) -> Network:
    """A network by name or chain id. InputError with the nearest name when there is none."""
    known = networks(overrides)
    wanted = str(name_or_chain_id)
    if wanted in known:
        return known[wanted]
    for candidate in known.values():
        if wanted == str(candidate.chain_id):
            return candidate
    near = get_close_matches(wanted.lower(), known, n=1, cutoff=0.5)
    raise InputError(
        f"There is no network called {shown(wanted)}.",
        why=f"Known are {', '.join(f'{n.name} ({n.chain_id})' for n in known.values())}.",
        next_step=f"Did you mean {near[0]}?" if near else "Describe it in hashkit.toml under [networks.NAME].",
        code="UNKNOWN_NETWORK",
    )


def _described(name: str, table: Mapping[str, Any]) -> Network:
    """The network that ``[networks.name]`` describes: over the preset of that name, or of that chain id."""
    if not table and name in presets():
        return presets()[name]
    given = dict(table) if isinstance(table, Mapping) else {"": table}
    if "rpc_url" in given and "rpc_urls" not in given:
        given["rpc_urls"] = [given.pop("rpc_url")]
    base = presets().get(name) or next((p for p in _PRESETS if p.chain_id == given.get("chain_id")), None)
    values, problems = _values(given)
    problems += _misfits(name, base, given)
    if problems:
        raise InputError(
            f"The network {shown(name)} is not described right.",
            next_step=f"Settings: {', '.join(_READERS)}.",
            code="NETWORK",
            details=[f"[networks.{shown(name)}] {problem}" for problem in problems],
        )
    if base is not None:
        return replace(base, **{"name": name, **values})
    return Network(**{"name": name, "title": name, "finality": "finalized", **values})


def _misfits(name: str, base: Network | None, given: Mapping[str, Any]) -> list[str]:
    """What is wrong with the table as a whole."""
    problems = []
    if not _NAME.fullmatch(name):
        problems.append("a name is small letters, digits, - and _")
    if name in presets() and given.get("chain_id", presets()[name].chain_id) != presets()[name].chain_id:
        # Guards hang on it: public keys on the embedded chain, keys from the environment on the main one.
        problems.append(f"chain_id: {name} is chain {presets()[name].chain_id}; give another chain another name")
    if base is None:
        problems += [f"{key} is missing" for key in ("chain_id", "rpc_urls") if key not in given]
    return problems


def _values(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the table says, read field by field, and every mistake in it. Never repeats a value."""
    values, problems = {}, []
    for key, value in given.items():
        reader = _READERS.get(str(key))
        if reader is None:
            near = get_close_matches(str(key), _READERS, n=1)
            problems.append(f"{shown(str(key))}: no such setting" + (f"; did you mean {near[0]}?" if near else ""))
            continue
        try:
            values[key] = reader(value)
        except (TypeError, ValueError, InputError):
            problems.append(f"{key}: {_EXPECTED[reader]}")
    return values, problems


def _urls(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise TypeError
    return tuple(_http(url) for url in value)


def _url(value: Any) -> str | None:
    return _http(value).rstrip("/") if value != "" else None


def _http(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[!-~]+", value):
        raise ValueError
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 60:
        raise ValueError
    return value


def _address(value: Any) -> str | None:
    if value == "":
        return None
    if not isinstance(value, str):
        raise TypeError
    right = checksum(value)
    if value != right and value[2:] != value[2:].lower():
        raise ValueError
    return right


def _chain_id(value: Any) -> int:
    if not 0 < _whole(value) <= _LARGEST_CHAIN_ID:
        raise ValueError
    return int(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _finality(value: Any) -> str:
    if value not in ("latest", "safe", "finalized"):
        raise ValueError
    return str(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "chain_id": _chain_id,
    "title": _word,
    "rpc_urls": _urls,
    "explorer": _url,
    "explorer_api": _url,
    "finality": _finality,
    "currency": _word,
    "gas_price_oracle": _address,
    "kyc_sbt": _address,
    "eas": _address,
    "dispute_game_factory": _address,
    "l1_chain_id": _whole,
    "first_block_time": _whole,
    "block_seconds": _whole,
    "minimum_base_fee": _whole,
    "max_fee": _whole,
}
"""Every field but the name, and ``dev``, which follows from the chain id alone."""

_EXPECTED: Mapping[Callable[[Any], Any], str] = {
    _urls: "a list of http:// or https:// URLs",
    _url: 'an http:// or https:// URL, or "" for none',
    _word: "up to 60 printable characters",
    _address: 'an address with its checksum, or "" for none',
    _chain_id: "a whole number above 0",
    _whole: "a whole number",
    _finality: "latest, safe or finalized",
}
