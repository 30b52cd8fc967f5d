"""How does a program that is not ours sign? One JSON request on its stdin, one JSON answer on its stdout. Floor 2.

Behind it may lie an HSM, a KMS, a custodian or a hardware wallet; docs/signers.md is the protocol. No shell is
involved, its arguments are those of the settings and hold nothing of ours, and its answer is data: ``signing``
compares every field of it. HASHKIT_PRIVATE_KEY is taken out of its environment.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from hashkit.chain.small_json import small_object
from hashkit.chain.summary import json_value, summary
from hashkit.domain.terms import shown
from hashkit.errors import AccountError

ENV_KEY = "HASHKIT_PRIVATE_KEY"
REQUEST, ANSWER = "hashkit.sign/1", "hashkit.signed/1"
_LARGEST_ANSWER = 256 * 1024  # bytes; the largest creation of a contract takes about 100,000
_LONG_HEX = re.compile(r"[0-9a-fA-F]{60,}")
"""A key, or part of something as long: never repeated from what a program says."""


@dataclass(frozen=True, slots=True)
class CommandAccount:
    """An account whose signatures come from a program. ``origin`` is the file of settings that names it."""

    name: str
    command: tuple[str, ...]
    address: str
    origin: Path
    timeout_seconds: int = 120

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """The program's answer to one request. AccountError when there is none that can be used."""
        text = json.dumps(request, ensure_ascii=True).encode() + b"\n"
        return self._read(self._exchange(text))

    def _exchange(self, request: bytes) -> bytes:
        """What the program writes, once it has ended well and in time."""
        until = time.monotonic() + self.timeout_seconds
        environment = {name: value for name, value in os.environ.items() if name != ENV_KEY}
        terminal = sys.stderr is not None and sys.stderr.isatty()
        try:
            process = subprocess.Popen(
                self.command,
                cwd=self.origin.parent,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # It may ask its user to press a button; where nobody watches, what it says could be anything.
                stderr=None if terminal else subprocess.DEVNULL,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "Its command cannot be used"
            raise self._failed("cannot be started", f"{why}.") from None
        try:
            return self._talk(process, request, until)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    def _talk(self, process: subprocess.Popen[bytes], request: bytes, until: float) -> bytes:
        # In threads of their own, because a program that neither reads nor writes would hold us for ever.
        found: list[bytes] = []
        writer = Thread(target=_write, args=(process, request), daemon=True)
        reader = Thread(target=lambda: found.append(_all(process)), daemon=True)
        writer.start()
        reader.start()
        reader.join(max(0.0, until - time.monotonic()))
        answer = found[0] if found else None
        if answer is not None and len(answer) > _LARGEST_ANSWER:
            raise self._failed("answers too much", f"Its answer has more than {_LARGEST_ANSWER // 1024} KiB.")
        try:
            code = process.wait(max(0.0, until - time.monotonic()) if answer is not None else 0)
        except subprocess.TimeoutExpired:
            raise self._failed("does not answer", f"It was given {self.timeout_seconds} seconds.") from None
        if answer is None:  # it has ended, but a child of its own holds the pipe
            raise self._failed("does not answer", f"It was given {self.timeout_seconds} seconds.")
        if code != 0:
            raise self._failed("failed", f"It ended with exit code {code}{_reason(answer)}.")
        return answer

    def _read(self, answer: bytes) -> dict[str, Any]:
        found = small_object(answer)
        if found is None:
            raise self._failed("answers with something that is not one JSON object")
        if "error" in found:
            raise self._failed("refuses to sign", f"It says {_words(found['error'])}.")
        if found.get("schema") != ANSWER:
            raise self._failed(f"answers without the schema {ANSWER}")
        return found

    def bytes_in(self, answer: dict[str, Any], name: str) -> bytes:
        """The 0x-hex bytes of one field of the answer."""
        value = answer.get(name)
        if not isinstance(value, str) or not re.fullmatch(r"0x(?:[0-9a-fA-F]{2})+", value):
            raise self._failed(f"answers without a {name} in 0x-hex")
        return bytes.fromhex(value[2:])

    def _failed(self, what: str, why: str = "") -> AccountError:
        return AccountError(
            f"The signer of {shown(self.name)} {what}.",
            why=f"{why} Nothing was signed.".strip(),
            next_step=f"Try its command by hand; it is named in {shown(str(self.origin), 300)}.",
            code="SIGNER",
        )


class CommandSigner:
    """Signs by asking a program, for one chain."""

    __slots__ = ("_account", "_chain_id")

    def __init__(self, account: CommandAccount, chain_id: int) -> None:
        self._account = account
        self._chain_id = chain_id

    def __repr__(self) -> str:
        return f"<CommandSigner {self.address}>"

    @property
    def address(self) -> str:
        """Checksummed address that signs, as the settings name it; each signature is held to it."""
        return self._account.address

    @property
    def described(self) -> str:
        """Which program it is, and who names it."""
        return f"{shown(' '.join(self._account.command), 200)}, named in {shown(str(self._account.origin), 300)}"

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        """What the program returned for the transaction; not checked here."""
        asked = {name: hex(value) if isinstance(value, int) else value for name, value in fields.items()}
        request = self._request("transaction", fields.get("chainId"), transaction=asked, summary=summary(fields))
        return self._account.bytes_in(self._account.run(request), "transaction")

    def sign_typed_data(self, full_message: dict[str, Any]) -> bytes:
        """What the program returned for the message; not checked here."""
        domain = full_message.get("domain")
        chain_id = domain.get("chainId") if isinstance(domain, dict) else None
        message = {**full_message, "message": json_value(full_message.get("message"))}
        request = self._request("typed-data", chain_id, typedData=message)
        return self._account.bytes_in(self._account.run(request), "signature")

    def _request(self, kind: str, chain_id: Any, **what: Any) -> dict[str, Any]:
        if chain_id != self._chain_id:
            raise AccountError(
                f"This account was opened for chain {self._chain_id} and does not sign for another.",
                why="A signature for the wrong chain can be used there.",
                code="WRONG_CHAIN",
            )
        return {"schema": REQUEST, "kind": kind, "chainId": chain_id, "address": self.address, **what}


def _write(process: subprocess.Popen[bytes], request: bytes) -> None:
    assert process.stdin is not None
    try:
        with process.stdin:
            process.stdin.write(request)
    except OSError:  # it has gone without reading; its exit code and its answer say what that means
        pass


def _all(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    with process.stdout:
        return process.stdout.read(_LARGEST_ANSWER + 1)


def _reason(answer: bytes) -> str:
    """What a program that failed says in JSON about it, if it does."""
    found = small_object(answer)
    return f" and says {_words(found['error'])}" if found is not None and "error" in found else ""


def _words(given: Any) -> str:
    return shown(_LONG_HEX.sub("…", str(given)), 200)
