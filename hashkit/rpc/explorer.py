"""What does the explorer know of a contract and of a block, and how is it told more? Floor 2.

Blockscout's API v2 over the standard library: ``smart-contracts/<address>`` and
``smart-contracts/<address>/verification/via/standard-input``. Explorers of HashKey Chain have moved before,
so a redirect is not followed but told, with the place it names.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hashkit.errors import NodeError
from hashkit.rpc.values import HASH

_MAX_ANSWER = 8 * 1024 * 1024
_AGENT = "Mozilla/5.0 (compatible; hashkit)"  # Cloudflare in front of explorers refuses Python's own name


@dataclass(frozen=True, slots=True)
class Explorer:
    """One explorer. ``api`` is the base of its API, without a slash at its end."""

    api: str
    timeout: float = 60.0

    @property
    def label(self) -> str:
        """Scheme and host, for people."""
        where = urlsplit(self.api)
        return f"{where.scheme}://{where.netloc.rpartition('@')[2]}"

    def is_verified(self, address: str) -> bool:
        """Whether the explorer shows the source of the contract at ``address``. False for one it does not know."""
        status, answer = self._ask("GET", f"v2/smart-contracts/{address}")
        if status == 404:
            return False
        self._check(status, answer)
        return answer.get("is_verified") is True

    def block_hash(self, number: int) -> str | None:
        """The hash it shows for a block, small 0x-hex; None when it shows no such block."""
        status, answer = self._ask("GET", f"v2/blocks/{number}")
        if status == 404:
            return None
        self._check(status, answer)
        found = answer.get("hash")
        if not isinstance(found, str) or not HASH.fullmatch(found) or answer.get("height") != number:
            raise self._trouble("It answers with a block that is none.")
        return found.lower()

    def submit(self, address: str, name: str, compiler: str, standard_input: bytes, arguments: bytes) -> None:
        """Hand in the source of a contract. ``compiler`` like ``v0.8.30+commit.73712a01``.

        The explorer compiles it later: ask ``is_verified``. NodeError when it does not take it.
        """
        fields = {
            "compiler_version": compiler,
            "contract_name": name,
            "license_type": "mit",
            "autodetect_constructor_args": "false",
            "constructor_args": arguments.hex(),
        }
        body, kind = _form(fields, standard_input)
        path = f"v2/smart-contracts/{address}/verification/via/standard-input"
        self._check(*self._ask("POST", path, body, kind))

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, dict[str, Any]]:
        where = urlsplit(f"{self.api}/{path}")
        make = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        connection = make(where.hostname or "", where.port, timeout=self.timeout)
        headers = {"user-agent": _AGENT, "accept": "application/json", **({"content-type": kind} if kind else {})}
        try:
            connection.request(method, where.path, body, headers)
            response = connection.getresponse()
            data = response.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise self._trouble(f"It does not answer ({type(error).__name__}).") from None
        finally:
            connection.close()
        if 300 <= response.status < 400:
            moved = urlsplit(response.headers.get("location", "")).netloc or "another place"
            raise self._trouble(f"It has moved to {moved[:80]}; set explorer_api of the network in hashkit.toml.")
        return response.status, _json(data)

    def _check(self, status: int, answer: dict[str, Any]) -> None:
        if status >= 400:
            raise self._trouble(f"It answers {status}: {str(answer.get('message', ''))[:200]}")

    def _trouble(self, why: str) -> NodeError:
        return NodeError(
            f"The explorer at {self.label} is of no help now.",
            why=why,
            next_step="Try again later: what is verified already is not sent again.",
            code="EXPLORER",
        )


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _form(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    """A multipart form with one file, and its content type."""
    mark = hashlib.sha256(file).hexdigest()  # cannot stand in the file
    part = f'--{mark}\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    text = "".join(part % (name, "") + f"{value}\r\n" for name, value in fields.items())
    head = part.replace("\r\n\r\n", "\r\nContent-Type: application/json\r\n\r\n")
    head %= ("files[0]", '; filename="standard-input.json"')
    body = text.encode() + head.encode() + file + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"
