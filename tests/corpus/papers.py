"""Bad approvals, saved plans, settings and deployment records: one thing wrong in each."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from hashkit.store.plans import SavedPlan
from tests.corpus.values import WALLETS, Entry

WORD = "0x" + "ab" * 32
APPROVAL = {
    "schema": "hashkit.approval/1",
    "orderId": WORD,
    "deadline": 1893456000,
    "approver": WALLETS[0],
    "signature": "0x" + "cd" * 65,
}
STEP = {
    "key": "pause", "title": "Pause", "contract": "AssetToken", "function": "pause", "to": WALLETS[1], "value": "0",
    "data": "0x8456cb59", "truths": [{"to": WALLETS[1], "data": "0x5c975abb", "function": "paused", "word": 0, "value": "1", "atLeast": False}],
    "remembers": {"orderId": WORD, "rows": [["S-1", "ab"]]}, "repeatable": False,
}  # fmt: skip
PLAN = {
    "schema": "hashkit.saved-plan/1", "title": "Pause", "chainId": 31337, "genesis": WORD, "account": WALLETS[0],
    "nonce": 3, "code": {WALLETS[1]: WORD}, "steps": [STEP],
}  # fmt: skip
CONTRACT = {
    "address": WALLETS[2],
    "transaction": WORD,
    "codeHash": WORD,
    "implementation": WALLETS[3],
    "arguments": {"cap": "5"},
}
RECORD = {
    "schema": "hashkit.deployment/1", "chainId": 31337, "asset": {"symbol": "HKGREEN", "name": "Green", "decimals": 6},
    "deployedAt": {"block": 7, "hash": WORD}, "contracts": {"AssetToken": CONTRACT, "IdentityRegistry": {**CONTRACT, "address": WALLETS[4]}},
}  # fmt: skip

ODD = [None, True, -1, 1.5, "", [], {}, "x", "0x", ["a"], {"a": 1}]
BROKEN = ["", " ", "{", "[", "{]", '{"a"}', "{'a': 1}", '{"a": 1,}', "NaN", "null", "[]", "0", '"text"', "true", "<xml/>", "a = 1",
          "[" * 5_000, '{"a":' * 4_000, "1" * 5_000, "// none\n{}", "\x00", '{"schema": "hashkit.other/1"}']  # fmt: skip
BYTES = [b"\xff\xfe{\x00}\x00", b"\xff", b"\xed\xa0\x80", b"PK\x03\x04", b"\x80\x80\x80", b'{"a": "\xc3"}']


def papers() -> Iterator[Entry]:
    """All of them."""
    yield from _approvals()
    yield from _broken("approval JSON", "")
    yield from _documents("saved plan JSON", PLAN, "is no plan that hashkit saved", _plan_text)
    yield from _tampered()
    yield from _broken("saved plan JSON", "")
    yield from _documents("deployment JSON", RECORD, "is damaged", json.dumps)
    yield from _broken("deployment JSON", "is damaged")
    yield from _settings()


def _broken(kind: str, says: str) -> Iterator[Entry]:
    for text in BROKEN:
        yield {"kind": kind, "text": text, "says": says}
    for data in BYTES:
        yield {"kind": kind, "base64": base64.b64encode(data).decode(), "says": says}


def _documents(kind: str, good: dict[str, Any], says: str, text: Callable[[Any], str]) -> Iterator[Entry]:
    """Every place of a document once left out, and once with each odd value that its type cannot hold."""
    for where, value in _places(good):
        may_miss = where[-1] in ("schema", "implementation", "arguments") or "arguments" in where
        if not may_miss and where[-2:] != ("truths", 0):
            yield {"kind": kind, "text": text(_changed(good, where, gone=True)), "says": says}
        for odd in ODD[hash_of(where) % 4 :: 4]:
            if not _fits(where, value, odd):
                yield {"kind": kind, "text": text(_changed(good, where, odd)), "says": says}
    for extra in ("extra", "__proto__", "Schema", "<b>", "steps "):
        yield {"kind": kind, "text": text({**good, extra: 1}), "says": says}


def hash_of(where: tuple[Any, ...]) -> int:
    """The same number in every process."""
    return sum(map(ord, "".join(map(str, where))))


def _fits(where: tuple[Any, ...], value: Any, odd: Any) -> bool:
    """Whether the odd value is one of those that may stand there."""
    free = where[-1] in ("key", "title", "contract", "function") and isinstance(odd, str)
    named = where[-1] == "name" and odd in ("x", "0x")
    nothing = odd is None and where[-1] in ("nonce", "remembers", "implementation")
    empty = (odd == {} and where[-1] in ("code", "arguments")) or (odd == [] and where[-1] == "truths")
    data = odd == "0x" and where[-1] == "data"
    return (
        free
        or named
        or nothing
        or empty
        or data
        or "arguments" in where
        or (where[-1] in (0, 1) and isinstance(odd, str))
        or (where[-1] == "arguments" and isinstance(odd, dict))
        or (where[-1] == "symbol" and odd == "x")
        or odd == value
        or (where[-1] == "symbol" and odd == "0x")
    )


def _places(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        if not (isinstance(key, str) and key.startswith("0x")):
            yield (*where, key), part
            yield from _places(part, (*where, key))


def _changed(good: Any, where: tuple[Any, ...], value: Any = None, gone: bool = False) -> Any:
    copy = json.loads(json.dumps(good))
    spot = copy
    for key in where[:-1]:
        spot = spot[key]
    if gone:
        del spot[where[-1]]
    else:
        spot[where[-1]] = value
    return copy


def _plan_text(document: dict[str, Any]) -> str:
    return json.dumps({**document, "digest": WORD})


def _tampered() -> Iterator[Entry]:
    """Right in every field, but not what was saved."""
    digest = SavedPlan.model_validate(PLAN).digest
    changes: list[tuple[tuple[Any, ...], Any]] = [
        (("title",), "Unpause"), (("chainId",), 177), (("genesis",), "0x" + "cd" * 32), (("account",), WALLETS[4]),
        (("nonce",), 4), (("nonce",), None), (("code",), {}), (("steps", 0, "to"), WALLETS[4]), (("steps", 0, "value"), "1"),
        (("steps", 0, "data"), "0x3f4ba83a"), (("steps", 0, "truths"), []), (("steps", 0, "repeatable"), True),
        (("steps", 0, "truths", 0, "value"), "0"), (("steps", 0, "remembers"), None), (("steps", 0, "title"), "Nothing"),
        (("steps", 0, "remembers", "rows"), [["S-2", "ab"]]), (("steps",), [STEP, STEP]), (("steps", 0, "key"), "other"),
    ]  # fmt: skip
    for where, value in changes:
        changed = {**_changed(PLAN, where, value), "digest": digest}
        yield {"kind": "saved plan JSON", "text": json.dumps(changed), "says": "was changed after it was saved"}
    for other in (digest.upper(), digest[2:], digest[:-1], f"{digest} ", "", None, 0, [digest], WORD):
        yield {"kind": "saved plan JSON", "text": json.dumps({**PLAN, "digest": other}), "says": "was changed after"}


def _approvals() -> Iterator[Entry]:
    def bad(**changes: Any) -> Entry:
        return {"kind": "approval JSON", "text": json.dumps({**APPROVAL, **changes}), "says": "approval"}

    for key in APPROVAL:
        yield {
            "kind": "approval JSON",
            "text": json.dumps({k: v for k, v in APPROVAL.items() if k != key}),
            "says": "approval",
        }
        for odd in ODD:
            yield bad(**{key: odd})
    for text in (
        "0x" + "ab" * 31,
        "0x" + "ab" * 33,
        "ab" * 32,
        "0x" + "zz" * 32,
        "0X" + "ab" * 32,
        WORD + " ",
        "{LONG}",
    ):
        yield bad(orderId=text)
    for value in (0, -5, 2**64, 2**40, "1893456000", "１８９３４５６０００", 1893456000.0, 10**30, "soon", False):
        yield bad(deadline=value)
    for text in (
        WALLETS[0][:-1],
        WALLETS[0].swapcase(),
        "INV-001",
        "0x" + "0" * 40,
        WALLETS[0] + "\n",
        "0x" + "zz" * 20,
    ):
        yield bad(approver=text)
    for text in (
        "cd" * 65,
        "0x" + "zz" * 65,
        "0x" + "cd" * 65 + "c",
        "0xc",
        "0x{LONG}",
        "0x" + "CD" * 65 + "\n",
        "0x" + "cd " * 65,
    ):
        yield bad(signature=text)
    for schema in ("hashkit.approval/2", "hashkit.approval", "HASHKIT.APPROVAL/1", "hashkit.saved-plan/1"):
        yield bad(schema=schema)


def _settings() -> Iterator[Entry]:
    def bad(text: str, says: str) -> Entry:
        return {"kind": "hashkit.toml", "text": text, "says": says}

    for key in ("network", "account", "asset", "rpc_url"):
        for value in (
            "1",
            "true",
            "[]",
            "{}",
            '""',
            '"a\\u0000b"',
            '"a\\nb"',
            '"a\\u001b[2Jb"',
            "2026-01-01",
            '"' + "x" * (201 if key != "rpc_url" else 5_000) + '"',
        ):
            yield bad(f"{key} = {value}", key)
    for symbol in ("../x", "a/b", "a b", ".x", "-x", "ＨＫ", "x" * 33, "a\\\\b"):
        yield bad(f'asset = "{symbol}"', "asset")
    for key in ("Network", "networ", "private_key", "passphrase", "accounts", '"<b>"', "rpc-url", "chain_id"):
        yield bad(f'{key} = "x"', "")
    for value in ("1", '"x"', "[]", "true"):
        yield bad(f"networks = {value}", "networks")
    table = '[networks.bank]\nchain_id = 4242\nrpc_urls = ["http://localhost:1"]\n'
    for old, new in (
        ("chain_id = 4242", "chain_id = 0"), ("chain_id = 4242", "chain_id = -1"), ("chain_id = 4242", 'chain_id = "4242"'),
        ("chain_id = 4242", "chain_id = 4242.0"), ("chain_id = 4242", "chain_id = true"), ("chain_id = 4242", "chain_id = 9007199254740992"),
        ("chain_id = 4242\n", ""), ('["http://localhost:1"]', "[]"), ('["http://localhost:1"]', '"http://localhost:1"'),
        ("http://localhost:1", "ftp://localhost"), ("http://localhost:1", "localhost:8545"), ("http://localhost:1", "file:///etc/passwd"),
        ("http://localhost:1", "http://a b"), ("http://localhost:1", "http://é"), ("http://localhost:1", ""), ("bank", "Bank"),
        ("bank", '"a b"'), ("bank", '"../x"'), ("bank", "hashkey"), ("bank", "devnet"), ("bank", '""'), ("bank", "ΒΑΝΚ".join('""')),
    ):  # fmt: skip
        yield bad(table.replace(old, new), "")
    for line in ('finality = "soon"', "finality = 1", "finality = []", "title = 1", 'title = ""', 'title = "' + "t" * 61 + '"', 'title = "a\\u001bb"',
                 'explorer = "x"', "explorer = 1", 'eas = "0x12"', f'eas = "{WALLETS[0].swapcase()}"', "eas = 1", 'block_seconds = "2"',
                 "block_seconds = -1", "minimum_base_fee = 1.5", "dev = true", 'name = "x"', "colour = 1", "rpc_urls = 1", "kyc_sbt = []"):  # fmt: skip
        yield bad(table + line, "")
    for text in (
        "network",
        "= 1",
        "[networks",
        'network = "a',
        "a = 01",
        "\x00",
        "network = 'a'\nnetwork = 'b'",
        "a = " + "[" * 5_000,
        "a = {LONG}",
    ):
        yield bad(text, "TOML")
    for data in (b"\xff\xfea\x00", b"\xff", b"\xed\xa0\x80", b"PK\x03\x04", 'network = "é"'.encode("latin-1")):
        yield {"kind": "hashkit.toml", "base64": base64.b64encode(data).decode(), "says": "TOML"}
