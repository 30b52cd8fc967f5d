"""What the tests of the sender and of the write path share: a signer, a journal, a contract, bad nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eth_account import Account

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.chain.sender import Sender
from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import keccak
from hashkit.domain.network import Network
from hashkit.errors import RpcError
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal

NETWORK = Network(
    name="devnet",
    chain_id=31337,
    title="Devnet",
    rpc_urls=(),
    explorer="https://explorer.test",
    explorer_api=None,
    finality="latest",
    currency="HSK",
    gas_price_oracle=None,
    kyc_sbt=None,
    first_block_time=None,
    block_seconds=1,
    dev=True,
)
SOMEBODY = "0x000000000000000000000000000000000000dEaD"

# A contract assembled by hand: any calldata adds one to slot 0; without calldata, or while slot 1 is not
# zero, it reverts with NotHalted(), an error that our own artifacts know.
_RUNTIME = "3615600154176011575f546001015f55005b63" + keccak(b"NotHalted()")[:4].hex() + "5f526004601cfd"
COUNTER = Deploy("Counter", bytes.fromhex("601e8060095f395ff3" + _RUNTIME))


class Key:
    """A signer over one of the public test keys."""

    def __init__(self, number: int = 0) -> None:
        self.account = Account.from_key(DEV_ACCOUNTS[number].key)
        self.address = str(self.account.address)

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        return bytes(self.account.sign_transaction(fields).raw_transaction)

    def sign_typed_data(self, full_message: dict[str, Any]) -> bytes:
        raise NotImplementedError


class BadNode(Endpoint):
    """A real node whose answers to some methods pass through ``faults`` first.

    A fault gets the parameters and a function that asks the real node; it answers, raises or lies.
    """

    faults: dict[str, Callable[[Sequence[Any], Callable[[], Any]], Any]]

    def __init__(self, url: str, **faults: Callable[[Sequence[Any], Callable[[], Any]], Any]) -> None:
        super().__init__(url)
        self.faults = faults

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        if (fault := self.faults.get(method)) is not None:
            return fault(params, lambda: Endpoint.call(self, method, params))
        return super().call(method, params)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return [self._one(method, params) for method, params in calls]

    def _one(self, method: str, params: Sequence[Any]) -> Any:
        try:
            return self.call(method, params)
        except RpcError as error:
            return error


def clock() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


def pay(wei: int = 1, to: str = SOMEBODY) -> Call:
    return Call(to, b"", "Wallet", "pay", value=wei)


def bump(counter: str, data: bytes = b"\x01") -> Call:
    return Call(counter, data, "Counter", "bump")


def open_journal(folder: Path, endpoint: Endpoint, number: int = 0, **more: Any) -> Journal:
    genesis = endpoint.call("eth_getBlockByNumber", ("0x0", False))["hash"]
    return Journal.open(folder, 31337, DEV_ACCOUNTS[number].address, genesis=genesis, clock=clock, **more)


def new_step(journal: Journal, key: str = "k") -> int:
    return journal.plan(journal.open_batch("test", 1), 0, SOMEBODY, key, "a step", "digest").id


def sender(endpoint: Endpoint, journal: Journal, number: int = 0, **more: Any) -> Sender:
    return Sender(endpoint, NETWORK, Key(number), journal, **{"wait_seconds": 20.0, **more})


def nonce(endpoint: Endpoint, number: int = 0) -> int:
    return int(endpoint.call("eth_getTransactionCount", (DEV_ACCOUNTS[number].address, "latest")), 16)


def balance(endpoint: Endpoint, address: str = SOMEBODY) -> int:
    return int(endpoint.call("eth_getBalance", (address, "latest")), 16)


def count(endpoint: Endpoint, counter: str) -> int:
    return int(endpoint.call("eth_getStorageAt", (counter, "0x0", "latest")), 16)
