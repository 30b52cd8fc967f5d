"""What did it cost? A local anvil with fixed clock, fork and fees, and every transaction's receipt."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_abi.grammar import parse
from eth_account import Account

from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum, keccak
from hashkit.errors import NodeError, RpcError
from hashkit.rpc.client import Endpoint

CHAIN_ID = 177
GENESIS_TIME = 1_767_225_600  # 2026-01-01T00:00:00Z
FORK = "prague"
_GAS = 2_000_000_000  # of every transaction: nothing is estimated


class Reverted(Exception):
    """A transaction failed; the text names it."""


@dataclass(frozen=True)
class Actor:
    """A wallet. Its address has no zero byte, which would make calldata cheaper."""

    address: str
    key: bytes = field(repr=False)


def actor(label: str) -> Actor:
    """The wallet of that name, the same in every run."""
    for attempt in range(1000):
        key = keccak(f"gasbench/{label}/{attempt}".encode())
        address = str(Account.from_key(key).address)
        if 0 not in bytes.fromhex(address[2:]):
            return Actor(address, key)
    raise ValueError(label)


def types_of(signature: str) -> list[str]:
    """The argument types of ``mint(address,uint256)``."""
    arguments = signature[signature.index("(") :]
    return [] if arguments == "()" else [part.to_type_str() for part in parse(arguments).components]


def calldata(signature: str, *arguments: Any) -> bytes:
    """Selector and arguments."""
    return keccak(signature.encode())[:4] + encode(types_of(signature), arguments)


@dataclass(frozen=True)
class Sent:
    """A mined transaction. ``intrinsic`` is what it costs before its first instruction, calldata included."""

    note: str
    gas: int
    intrinsic: int
    block: int
    fields: dict[str, str] = field(repr=False)


class Chain:
    """An anvil of our own. ``with Chain(path) as chain``."""

    def __init__(self, anvil: Path) -> None:
        self._anvil = anvil
        self._process: subprocess.Popen[bytes] | None = None
        self._watchers: list[list[Sent]] = []
        self.node: Endpoint

    def __enter__(self) -> Chain:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = {"port": port, "hardfork": FORK, "chain-id": CHAIN_ID, "gas-limit": _GAS, "gas-price": 0}
        options |= {"block-base-fee-per-gas": 0, "timestamp": GENESIS_TIME, "accounts": 1}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self._process = subprocess.Popen(
            [str(self._anvil), *words, "--silent", "--no-request-size-limit"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.node = Endpoint(f"http://127.0.0.1:{port}", timeout=300)
        self._wait()
        self.rpc("anvil_autoImpersonateAccount", True)
        self.rpc("anvil_setBlockTimestampInterval", 1)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def _wait(self) -> None:
        for _ in range(200):
            try:
                self.rpc("eth_chainId")
                return
            except NodeError:
                time.sleep(0.05)
        raise RuntimeError("anvil did not start")

    def rpc(self, method: str, *parameters: Any) -> Any:
        """One call to the node."""
        return self.node.call(method, parameters)

    # transactions

    def send(self, sender: Actor, to: str | None, data: bytes, note: str = "") -> dict[str, Any]:
        """Send, and give the receipt. Reverted when it failed."""
        fields = {"from": sender.address, "data": "0x" + data.hex(), "gas": hex(_GAS - 1), "gasPrice": "0x0"}
        if to:
            fields["to"] = to
        receipt = self._receipt(self.rpc("eth_sendTransaction", fields))
        if receipt["status"] != "0x1":
            raise Reverted(f"{note}: {self._reason(fields)}")
        gas, mined = int(receipt["gasUsed"], 16), int(receipt["blockNumber"], 16)
        sent = Sent(note, gas, _intrinsic(data, to is None), mined, fields)
        for watcher in self._watchers:
            watcher.append(sent)
        return receipt

    def _receipt(self, transaction: str) -> dict[str, Any]:
        for _ in range(4000):
            receipt: dict[str, Any] | None = self.rpc("eth_getTransactionReceipt", transaction)
            if receipt:
                return receipt
            time.sleep(0.002)
        raise RuntimeError("no receipt")

    def _reason(self, fields: dict[str, str]) -> str:
        try:
            self.rpc("eth_call", fields, "latest")
        except RpcError as error:
            return f"{error} {(error.data or b'').hex()}"[:300]
        return "no reason"

    def ask(self, sender: Actor, to: str, signature: str, *arguments: Any) -> dict[str, Any]:
        """Send a call that is written as its signature and arguments."""
        return self.send(sender, to, calldata(signature, *arguments), signature)

    def deploy(self, sender: Actor, creation: bytes, *arguments: tuple[str, Any], note: str = "") -> str:
        """A new contract; ``arguments`` are pairs of type and value. Gives its address."""
        tail = encode([kind for kind, _ in arguments], [value for _, value in arguments])
        return checksum(str(self.send(sender, None, creation + tail, note)["contractAddress"]))

    @contextmanager
    def watch(self) -> Iterator[list[Sent]]:
        """The transactions sent inside the block."""
        seen: list[Sent] = []
        self._watchers.append(seen)
        try:
            yield seen
        finally:
            self._watchers.remove(seen)

    # questions

    def call(self, to: str, data: bytes, sender: Actor | None = None) -> bytes:
        """The answer of a contract. RpcError when it reverts."""
        fields = {"to": to, "data": "0x" + data.hex(), "gas": hex(_GAS - 1)}
        if sender:
            fields["from"] = sender.address
        return bytes.fromhex(self.rpc("eth_call", fields, "latest")[2:])

    def word(self, to: str, signature: str, *arguments: Any) -> int:
        """An answer of one word."""
        return int.from_bytes(self.call(to, calldata(signature, *arguments)), "big")

    def address(self, to: str, signature: str, *arguments: Any) -> str:
        """An answer that is an address."""
        return checksum(self.call(to, calldata(signature, *arguments))[-20:])

    def read(self, query: Query[Any]) -> Any:
        """The answer to a query of one of hashkit's faces."""
        return query.decode(self.call(query.to, query.data))

    def refuses(self, sender: Actor, to: str, signature: str, *arguments: Any) -> bool:
        """Whether that call would revert."""
        try:
            self.call(to, calldata(signature, *arguments), sender)
        except RpcError:
            return True
        return False

    # time and states

    def pass_time(self, seconds: int) -> None:
        """Let so much time go by."""
        now = int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.rpc("evm_setNextBlockTimestamp", now + seconds)
        self.rpc("evm_mine")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside the block is taken back."""
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            self.rpc("evm_revert", snapshot)


def _intrinsic(data: bytes, creates: bool) -> int:
    zeros = data.count(0)
    gas = 21_000 + 4 * zeros + 16 * (len(data) - zeros)
    return gas + 32_000 + 2 * ((len(data) + 31) // 32) if creates else gas
