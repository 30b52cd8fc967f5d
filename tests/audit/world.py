"""A token on a real chain, driven by raw signed transactions, and a second reading of its history.

The driver uses the typed faces for calldata only; the second reading walks receipts block by block and knows
nothing of ``hashkit.audit``, ``hashkit.domain.register`` or ``hashkit.contracts.logs``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from eth_abi import decode, encode
from eth_account import Account
from eth_utils import keccak, to_checksum_address

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.contracts import artifacts
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import clone_runtime, packed_row, rows_tree
from hashkit.contracts.identity_registry import IdentityRegistry, new_registry
from hashkit.domain.network import Network
from hashkit.domain.orders import Order, Row
from hashkit.domain.parties import Admission, InvestorClass, Power
from hashkit.domain.terms import AssetTerms
from hashkit.domain.units import Units
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import read

NETWORK = Network("devnet", 31337, "Embedded chain", ("http://127.0.0.1:8545",), finality="latest", dev=True)
ISSUER, EXECUTOR = DEV_ACCOUNTS[0], DEV_ACCOUNTS[1]
WALLETS = [account.address for account in DEV_ACCOUNTS[2:9]]
KEYS = {account.address: account.key for account in DEV_ACCOUNTS}
FAR = 4_000_000_000
ZERO = "0x" + "00" * 20
ALL = Power(sum(Power)) & ~Power.RECOVER
TERMS = AssetTerms(
    symbol="TEST", name="Test <b>& Co</b>", decimals=2, kind="bond", issuer="Issuer", cap=Units.of("1000000", 2)
)


@dataclass
class World:
    """One token, its registry and a node to send to."""

    endpoint: Endpoint
    token: AssetToken = field(init=False)
    registry: IdentityRegistry = field(init=False)
    factory: AssetFactory = field(init=False)
    orders: int = 0

    def send(self, to: str | None, data: bytes, key: str = ISSUER.key) -> dict[str, Any]:
        """Signs, sends, waits; the receipt. A revert is an AssertionError, unless the node refuses it first."""
        sender = Account.from_key(key).address
        count = int(self.endpoint.call("eth_getTransactionCount", (sender, "pending")), 16)
        fields = {"nonce": count, "gas": 6_000_000, "gasPrice": 5_000_000_000, "value": 0, "chainId": 31337}
        where = {} if to is None else {"to": to}
        signed = Account.sign_transaction({**fields, **where, "data": data}, key)
        tx_hash = self.endpoint.call("eth_sendRawTransaction", ("0x" + bytes(signed.raw_transaction).hex(),))
        receipt = None
        while receipt is None:
            receipt = self.endpoint.call("eth_getTransactionReceipt", (tx_hash,))
        assert int(receipt["status"], 16) == 1, "the transaction reverted"
        return dict(receipt)

    def do(self, call: Call, key: str = ISSUER.key) -> dict[str, Any]:
        return self.send(call.to, call.data, key)

    def create(self, name: str, *addresses: str) -> str:
        data = artifacts.load(name).creation + encode(["address"] * len(addresses), list(addresses))
        return to_checksum_address(self.send(None, data)["contractAddress"])

    def deploy(self, terms: AssetTerms = TERMS) -> World:
        """Implementations, factory, registry with the investors, token, push."""
        control = self.create("AssetTokenControl")
        hot = self.create("AssetToken", control)
        self.factory = AssetFactory(
            self.create("AssetFactory", hot, self.create("RuleBook"))
        )
        self.registry = self.new_registry()
        self.do(self.registry.admit([admission(w, n) for n, w in enumerate(WALLETS)], keccak(b"papers")))
        agents = {ISSUER.address: ALL, EXECUTOR.address: Power.ISSUE}
        values = (terms, ISSUER.address, self.registry.address, agents, bytes(32))
        address = read(self.endpoint, self.factory.token_address(ISSUER.address, *values), "latest")
        self.do(self.factory.create_token(*values))
        self.token = AssetToken(address)
        self.do(self.registry.trust_code(keccak(clone_runtime(hot)), True))
        self.do(self.registry.bind_token(address))
        return self

    def new_registry(self) -> IdentityRegistry:
        code = new_registry(ISSUER.address, {ISSUER.address: Power.ADMIT}).init_code
        return IdentityRegistry(to_checksum_address(self.send(None, code)["contractAddress"]))

    def create_source(self) -> str:
        """A source assembled by hand: it vouches for everybody, without an end, and knows neither country nor class."""
        runtime = "60015f52" + "64ffffffffff602052" + "60805ff3"
        code = bytes.fromhex(f"60{len(runtime) // 2:02x}8060095f395ff3" + runtime)
        return to_checksum_address(self.send(None, code)["contractAddress"])

    def create_plain_token(self) -> str:
        """An ERC-20 assembled by hand: it answers totalSupply() and balanceOf(creator) with 1000, all else reverts."""
        supply, balance = keccak(b"totalSupply()")[:4].hex(), keccak(b"balanceOf(address)")[:4].hex()
        # dispatch on the selector; balanceOf: 1000 when the argument equals the creator in slot 0
        give = "6103e85f5260205ff3"
        runtime = (
            "5f3560e01c"  # selector
            f"8063{supply}14601f57"
            f"63{balance}14602957"
            "5f5ffd"
        )
        runtime += "00" * (0x1F - len(runtime) // 2) + "5b" + give
        runtime += "00" * (0x29 - len(runtime) // 2) + "5b" + "5f5460043514603a575f5f5260205ff3"
        runtime += "00" * (0x3A - len(runtime) // 2) + "5b" + give
        size = len(runtime) // 2
        event = keccak(b"Transfer(address,address,uint256)").hex()
        start = f"335f556103e85f52335f7f{event}60205fa360{size:02x}60{{at:02x}}5f3960{size:02x}5ff3"
        at = len(start.format(at=0)) // 2
        code = bytes.fromhex(start.format(at=at) + runtime)
        return to_checksum_address(self.send(None, code)["contractAddress"])

    def issue(self, rows: list[tuple[str, int]], skip: bool = False) -> bytes:
        """One order of one chunk, opened and executed."""
        self.orders += 1
        order_id = keccak(f"order {self.orders}".encode())
        made = [Row(f"S-{n}", wallet, Units(raw, 2)) for n, (wallet, raw) in enumerate(rows)]
        tree, _, raw = rows_tree(order_id, made, 200)
        order = Order(order_id, tree[-1][0], keccak(b"file"), len(made), Units(raw, 2), FAR)
        self.do(self.token.open_order(order))
        self.do(self.token.issue(order_id, 0, list(map(packed_row, made)), [], skip), EXECUTOR.key)
        return order_id

    def second_reading(self, last: int) -> Reading:
        """Receipts of every block, one by one."""
        reading = Reading()
        for number in range(last + 1):
            block = self.endpoint.call("eth_getBlockByNumber", (hex(number), True))
            for transaction in block["transactions"]:
                receipt = self.endpoint.call("eth_getTransactionReceipt", (transaction["hash"],))
                for log in receipt["logs"]:
                    reading.take(log, self.token.address.lower(), self.registry.address.lower())
        return reading


@dataclass
class Reading:
    """What the receipts say, told by topics alone."""

    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    supply: int = 0
    frozen: set[str] = field(default_factory=set)
    amounts: dict[str, int] = field(default_factory=dict)
    acts: int = 0
    valid: dict[str, int] = field(default_factory=dict)

    def take(self, log: dict[str, Any], token: str, registry: str) -> None:
        where, (topic, *rest) = log["address"].lower(), log["topics"]
        data = bytes.fromhex(log["data"][2:])
        if where == token and topic == topic_of("Transfer(address,address,uint256)"):
            sender, receiver, raw = account(rest[0]), account(rest[1]), int.from_bytes(data, "big")
            self.supply += raw * (sender == ZERO) - raw * (receiver == ZERO)
            self.balances[sender] -= raw
            self.balances[receiver] += raw
        elif where == token and topic == topic_of("AddressFrozen(address,bool,address)"):
            (self.frozen.add if int(rest[1], 16) else self.frozen.discard)(account(rest[0]))
        elif where == token and topic == topic_of("Frozen(address,uint256)"):
            self.amounts[account(rest[0])] = int.from_bytes(data, "big")
        elif where == token and topic == topic_of("Acted(bytes32,address,bytes4)"):
            self.acts += 1
        elif where == registry and topic == topic_of("StandingSet(address,uint16,uint8,uint40,bytes32)"):
            self.valid[account(rest[0])] = decode(["uint16", "uint8", "uint40", "bytes32"], data)[2]
        elif where == registry and topic == topic_of("StandingsSet(bytes32[],bytes32)"):
            rows = decode(["bytes32[]"], data[:32] + data[32:])[0]
            self.valid |= {to_checksum_address(row[:20]): int.from_bytes(row[23:28], "big") for row in rows}

    def held(self) -> dict[str, int]:
        return {a: raw for a, raw in self.balances.items() if raw and a != ZERO}


def admission(wallet: str, number: int) -> Admission:
    return Admission(wallet, investor(number), 344 if number % 2 else 702, InvestorClass.PROFESSIONAL, FAR)


def investor(number: int) -> str:
    return to_checksum_address(keccak(f"investor {number}".encode())[:20])


def topic_of(signature: str) -> str:
    return "0x" + keccak(signature.encode()).hex()


def account(topic: str) -> str:
    return to_checksum_address("0x" + topic[-40:])
