"""The command line in a process of its own that may die at a named point. Run as a server that forks.

It reads one JSON request a line (``words``, ``folder``, ``out``, ``env``, ``settings``), forks, and tells
``started PID`` and ``ended PID STATUS``. Forking saves the second that every start of Python and its libraries costs;
the child then runs ``hashkit.cli.main`` as the installed command does.

``HASHKIT_FAULT=point:act`` arms one point of ``POINTS`` in the child: ``kill`` is SIGKILL, ``interrupt`` Ctrl-C,
``full`` a full disk, ``broken`` a disk that fails, ``readonly`` one that takes nothing any more. ``point@3:kill``
waits for the third time. Nothing of this is in hashkit: the points are wrapped around its functions by name, and a
name that is gone fails the test.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

POINTS: dict[str, tuple[str, str, str]] = {
    "before-plan": ("hashkit.store.journal", "Journal.plan", "before"),
    "after-plan": ("hashkit.store.journal", "Journal.plan", "after"),
    "before-sign": ("hashkit.chain.sender", "sign", "before"),
    "after-sign": ("hashkit.chain.sender", "sign", "after"),
    "in-journal": ("hashkit.store.journal_tables", "append", "after"),
    "before-send": ("hashkit.store.journal", "Journal.record_signed", "after"),
    "mid-send": ("hashkit.chain.sender", "Sender._send", "wire"),
    "before-sent": ("hashkit.store.journal", "Journal.record_sent", "before"),
    "after-sent": ("hashkit.store.journal", "Journal.record_sent", "after"),
    "before-mined": ("hashkit.store.journal", "Journal.record_mined", "before"),
    "after-mined": ("hashkit.store.journal", "Journal.record_mined", "after"),
    "between-chunks": ("hashkit.store.journal", "Journal.record_done", "after"),
    "replacing": ("hashkit.chain.sender", "Sender._dearer", "after"),
    "report": ("hashkit.cli.session", "Session.show", "before"),
    "commit": ("hashkit.store.journal_tables", "append", "before"),
    "signer": ("hashkit.chain.keys", "LocalSigner.sign_transaction", "signer"),
    "start": ("hashkit.cli.session", "Session.write", "before"),
}
PRELOAD = ("app", "issue", "session", "progress", "failures")


def arm(fault: str) -> None:
    """Wrap the function of a point so that the process meets its fault there."""
    point, act = fault.split(":")
    name, _, nth = point.partition("@")
    module_name, path, when = POINTS[name]
    module = importlib.import_module(module_name)
    *owners, last = path.split(".")
    owner: Any = module
    for each in owners:
        owner = getattr(owner, each)
    inner = getattr(owner, last)
    left = [int(nth or 1)]

    def met() -> bool:
        left[0] -= 1
        return left[0] == 0

    def wrapped(*args: Any, **more: Any) -> Any:
        if when == "wire":
            return _on_the_wire(lambda: inner(*args, **more), met(), act)
        if when == "signer" and met():
            return cheat(act, args[1], lambda fields: inner(args[0], fields))
        if when == "before" and met():
            ACTS[act]()
        found = inner(*args, **more)
        if when == "after" and met():
            ACTS[act]()
        return found

    setattr(owner, last, wrapped)


def cheat(how: str, fields: dict[str, Any], sign: Callable[[dict[str, Any]], bytes]) -> bytes:
    """What a signer may return instead of the transaction that it was asked for."""
    from eth_account import Account

    from hashkit.chain.devaccounts import DEV_ACCOUNTS
    from hashkit.errors import AccountError

    if how == "refuse":
        raise AccountError(
            "The signer said no.", next_step="Ask the signer, then run the same command again."
        )
    if how == "rubbish":
        return b"\x02\xc0"
    if how == "high-s":
        return _high_s(sign(fields))
    key = DEV_ACCOUNTS[0].key
    changed = {
        "other-nonce": {"nonce": 999},
        "other-chain": {"chainId": 177},
        "other-data": {"data": "0x01"},
    }[how]
    return bytes(Account.sign_transaction({**fields, **changed}, key).raw_transaction)


def _high_s(raw: bytes) -> bytes:
    """The second form of the same signature."""
    import rlp

    parts = rlp.decode(raw[1:])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    parity, s = parts[-3], int.from_bytes(parts[-1], "big")
    other = b"" if parity == b"\x01" else b"\x01"
    return raw[:1] + bytes(rlp.encode([*parts[:-3], other, parts[-2], (order - s).to_bytes(32, "big")]))


def _on_the_wire(work: Callable[[], Any], now: bool, act: str) -> Any:
    """``work`` with the fault between the last byte of the request and the first of the answer."""
    import http.client

    inner = http.client.HTTPConnection.getresponse
    if now:
        http.client.HTTPConnection.getresponse = lambda self: ACTS[act]()  # type: ignore[method-assign]
    try:
        return work()
    finally:
        http.client.HTTPConnection.getresponse = inner  # type: ignore[method-assign]


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _full() -> None:
    raise sqlite3.OperationalError("database or disk is full")


def _broken() -> None:
    raise sqlite3.OperationalError("disk I/O error")


def _readonly() -> None:
    raise sqlite3.OperationalError("attempt to write a readonly database")


ACTS: dict[str, Callable[[], None]] = {
    "kill": _kill,
    "interrupt": _interrupt,
    "full": _full,
    "broken": _broken,
    "readonly": _readonly,
}


def _become(request: dict[str, Any]) -> None:
    """Turn this fork into the command."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as a terminal starts it, also when the tests run under nohup
    os.chdir(request["folder"])
    for number, name in ((0, os.devnull), (1, request["out"] + ".out"), (2, request["out"] + ".err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.environ.update(request["env"])
    for name, value in request["settings"].items():
        module, _, attribute = name.rpartition(".")
        setattr(importlib.import_module(module), attribute, value)
    if wait := request.get("wait"):
        _hurry(wait, request["timeout"])
    if shift := request.get("shift"):
        _set_clock(shift)
    if quota := request.get("quota"):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (quota, quota))
    if fault := os.environ.get("HASHKIT_FAULT"):
        arm(fault)
    if bug := request.get("bug"):
        BUGS[bug]()
    from hashkit.cli import main

    main(request["words"])


def _send_first() -> None:
    """The signed bytes are written down only once the node has them."""
    from hashkit.chain.sender import Sender
    from hashkit.store.journal import Journal

    write, send, after = Journal.record_signed, Sender._send, Journal.next_nonce
    signed: set[str] = set()

    def late(self: Any, attempt: Any, taken: Any = None) -> Any:
        if attempt.tx_hash in signed:
            if taken is None:
                self.endpoint.call("eth_sendRawTransaction", ("0x" + attempt.raw.hex(),))
            else:
                taken.result()
            signed.remove(attempt.tx_hash)
            write(self.ledger, attempt)
        return send(self, attempt, taken)

    Journal.next_nonce = lambda self: after(self) + len(signed)  # type: ignore[method-assign]
    Journal.record_signed = lambda self, attempt: signed.add(attempt.tx_hash)  # type: ignore[method-assign]
    Sender._send = late  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {"record-after-send": _send_first}
"""Bugs of hashkit that may be planted, to see that the kills notice them."""


def _hurry(block: float, answer: float) -> None:
    """Wait so many seconds for a block and for an answer, not as long as a person would."""
    from hashkit.chain.sender import Sender
    from hashkit.issuer import write
    from hashkit.rpc.client import Endpoint

    write.Sender = lambda *a, **more: Sender(*a, **{**more, "wait_seconds": block})  # type: ignore
    Endpoint.__init__.__kwdefaults__["timeout"] = answer


def _set_clock(shift: float) -> None:
    """The clock of the machine goes wrong by so many seconds."""
    import datetime
    import time

    from hashkit.issuer import context

    true = time.time
    time.time = lambda: true() + shift

    class Wrong(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + datetime.timedelta(seconds=shift)

    context.datetime = Wrong  # type: ignore[misc]


def serve() -> None:
    """Fork and tell, until stdin ends."""
    for name in PRELOAD:
        importlib.import_module(f"hashkit.cli.{name}")
    for name in ("hashkit.issuer.client", "hashkit.issuer.issue", "eth_account.typed_transactions"):
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                _become(request)
            except SystemExit as ended:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(ended.code if isinstance(ended.code, int) else 1)
            except BaseException:
                import traceback

                traceback.print_exc()
                sys.stderr.flush()
                os._exit(99)
        print(f"started {pid}", flush=True)
        _, status = os.waitpid(pid, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    serve()
