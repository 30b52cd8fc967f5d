"""A clean register with everything an auditor may have beside it, and 26 faults to plant into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_utils import keccak

from hashkit.audit import AuditResult, audit
from hashkit.audit.inputs import take
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import order_id, packed_row, rows_tree
from hashkit.domain.attempts import Attempt, Receipt
from hashkit.domain.network import Network
from hashkit.domain.orders import Order, Row
from hashkit.domain.parties import InvestorClass, Power
from hashkit.domain.units import Units
from hashkit.store.journal import Journal
from tests.audit.conftest import Liar, ref
from tests.audit.world import (
    ALL,
    EXECUTOR,
    FAR,
    ISSUER,
    KEYS,
    NETWORK,
    TERMS,
    WALLETS,
    World,
    admission,
    topic_of,
)

A, B, C, D, E, *_ = WALLETS
MONDAY = int(datetime(2031, 3, 3, 2, tzinfo=UTC).timestamp())  # 10:00 in Hong Kong
APART = ALL & ~(Power.ISSUE | Power.RAW_SUPPLY)
CHAIN: Network = replace(NETWORK, finality="finalized")
ISSUES = [("S-1", A, 10_000), ("S-2", B, 5_000), ("S-3", C, 3_000)]
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


def files_of(world: World) -> dict[str, str]:
    """What the auditor has beside the chain: all of it right."""
    names = "ABCDEFG"
    issues = [f"{i},{w},{Units(raw, 2)},100,HKD,P-{i}" for i, w, raw in ISSUES]
    payments = [f"{i},2031-03-03,{raw},HKD,P-{i}" for i, _, raw in ISSUES] + ["R-1,2031-03-03,-1000,HKD,OUT-1"]
    agents = f'"{ISSUER.address}" = [{", ".join(f"{p!r}" for p in APART.labels)}], "{EXECUTOR.address}" = ["issue"]'
    expected = (
        f'[token]\nowner = "{world.factory.address}"\nagents = {{ {agents} }}\n'
        f'[registry]\nowner = "{world.factory.address}"\nagents = {{ "{ISSUER.address}" = ["admit"] }}\n'
        '[hours]\noffset = "+08:00"\ndays = ["mon"]\nfrom = "09:00"\nto = "20:00"\n'
        '[limits]\nlargest_holder_percent = "60"\ntop_five_percent = "100"\ndust = "0.5"\n'
    )
    return {
        "register": "investor_id,wallet,country,class,kyc_expires,name\n" + "".join(
            f"INV-{names[n]},{w},{'HK' if n % 2 else 'SG'},professional,2090-01-01,Person {names[n]}\n"
            for n, w in enumerate(WALLETS)
        ),
        "issues": "external_id,wallet,amount,price,currency,payment_ref\n" + "\n".join(issues) + "\n",
        "payments": "external_id,date,amount,currency,payment_ref\n" + "\n".join(payments) + "\n",
        "nav": "date,nav,currency\n2031-03-01,100,HKD\n",
        "expected": expected,
    }  # fmt: skip


def build(world: World) -> None:
    """A day in the life of a token: everything as it should be."""
    call = world.endpoint.call
    call("evm_setNextBlockTimestamp", (MONDAY,))
    terms = replace(
        TERMS, max_units_per_investor=Units.of("5000", 2), countries=(344, 702), classes=(InvestorClass.PROFESSIONAL,)
    )
    world.deploy(terms)
    token, registry = world.token, world.registry
    world.do(token.set_lock_up(MONDAY + 3_600))
    world.do(registry.renew(B, MONDAY + 14_400, ref("old papers")))
    issue(world, ISSUES)
    call("evm_setNextBlockTimestamp", (MONDAY + 18_000,))
    world.do(registry.renew(B, FAR, ref("new papers")))
    world.do(token.pause(True, ref("storm")))
    world.do(token.pause(False, ref("calm")))
    world.do(token.transfer(B, 1_000), KEYS[A])
    world.do(token.transfer(D, 500), KEYS[B])
    world.do(token.redeem(C, 1_000, keccak(b"R-1")))
    world.do(token.revoke_powers(ISSUER.address, ALL & ~APART))
    for contract in (token.address, registry.address):
        world.do(AssetToken(contract).transfer_ownership(world.factory.address))
        by_contract(world, AssetToken(contract).accept_ownership())
    call("anvil_mine", (hex(100), hex(1)))


def by_contract(world: World, call: Call) -> None:
    """The factory acts, as a Safe would."""
    owner = world.factory.address
    world.endpoint.call("anvil_setBalance", (owner, hex(10**20)))
    world.endpoint.call("anvil_impersonateAccount", (owner,))
    sent = {"from": owner, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(3_000_000)}
    tx = world.endpoint.call("eth_sendTransaction", (sent,))
    receipt = None
    while receipt is None:
        receipt = world.endpoint.call("eth_getTransactionReceipt", (tx,))
    assert int(receipt["status"], 16) == 1


def issue(world: World, issues: list[tuple[str, str, int]]) -> None:
    """One order as the issuer's verb would make it: its id follows from the external ids."""
    rows = sorted((Row(i, w, Units(raw, 2)) for i, w, raw in issues), key=lambda row: row.external_id)
    name = order_id(31337, world.token.address, [row.external_id for row in rows])
    total = Units(sum(raw for *_, raw in issues), 2)
    root = rows_tree(name, rows, 200)[0][-1][0]
    world.do(world.token.open_order(Order(name, root, keccak(b"file"), len(rows), total, FAR)))
    world.do(world.token.issue(name, 0, list(map(packed_row, rows)), [], False), EXECUTOR.key)


def journal(world: World, folder: Path, leave_out: int = 0) -> Path:
    """The issuer's journal, with every transaction that its account sent."""
    sent = []
    last = int(world.endpoint.call("eth_blockNumber"), 16)
    for number in range(last + 1):
        block = world.endpoint.call("eth_getBlockByNumber", (hex(number), True))
        sent += [tx for tx in block["transactions"] if tx["from"] == ISSUER.address.lower()]
    with Journal.open(
        folder, 31337, ISSUER.address, genesis="0x" + "00" * 32, clock=lambda: datetime(2031, 3, 3, tzinfo=UTC)
    ) as book:
        batch = book.open_batch("All", len(sent))
        for place, tx in enumerate(sent[: len(sent) - leave_out]):
            step = book.plan(batch, place, tx["to"] or "new", f"key {place}", f"Step {place}", f"digest {place}").id
            book.record_signed(Attempt(step, int(tx["nonce"], 16), bytes([2]), tx["hash"], 21_000, 2, 1))
            book.record_sent(tx["hash"])
            number, block_hash = int(tx["blockNumber"], 16), tx["blockHash"]
            book.record_mined(Receipt(tx["hash"], number, block_hash, True, 21_000, 1))
            book.record_done(step)
    return next(folder.glob("*.db"))


@dataclass
class Ground:
    """Where a fault is planted: the chain, the node's answers, the files."""

    world: World
    folder: Path
    files: dict[str, str]
    journal: Path
    at: str | None = None
    twists: list[Callable[[str, Any, Any], Any]] = field(default_factory=list)

    def lie(self, signature: str, answer: int, *arguments: str) -> None:
        """The node answers a question of the token falsely."""
        asked = keccak(signature.encode())[:4] + encode(["address"] * len(arguments), list(arguments))
        wanted, word = "0x" + asked.hex(), "0x" + answer.to_bytes(32, "big").hex()

        def twist(method: str, params: Any, told: Any) -> Any:
            return word if method == "eth_call" and params[0]["data"] == wanted else told

        self.twists.append(twist)

    def logs(self, event: str, change: Change) -> None:
        """The node changes logs of an event; None hides one."""
        topic = topic_of(event)

        def twist(method: str, params: Any, told: Any) -> Any:
            if method != "eth_getLogs":
                return told
            changed = [change(log) if log["topics"][0] == topic else log for log in told]
            return [log for log in changed if log is not None]

        self.twists.append(twist)

    def put(self, kind: str, old: str, new: str) -> None:
        """A file says something else."""
        assert old in self.files[kind]
        self.files[kind] = self.files[kind].replace(old, new, 1)

    def audit(self, since: int | str | None = None) -> AuditResult:
        """Through the lying node, with the files."""

        def twist(method: str, params: Any, answer: Any) -> Any:
            for one in self.twists:
                answer = one(method, params, answer)
            return answer

        paths = {kind: [self.folder / f"{kind}.{'toml' if kind == 'expected' else 'csv'}"] for kind in self.files}
        for kind, (path,) in paths.items():
            path.write_text(self.files[kind])
        given = take({**paths, "journal": [self.journal]})
        node = Liar(self.world.endpoint.label, twist)
        return audit(node, CHAIN, self.world.token.address, at=self.at, since=since, files=given)


def word(value: int) -> str:
    return "0x" + value.to_bytes(32, "big").hex()


def _hide(log: dict[str, Any]) -> None:
    return None


def _mints_to(wallet: str) -> Change:
    zero, to = "0x" + "00" * 32, "0x" + wallet[2:].lower().rjust(64, "0")
    return lambda log: None if log["topics"][1:] == [zero, to] else log


def _last_renewal() -> Change:
    """Hides the standing that is valid for ever."""
    return lambda log: None if int(log["data"][2 + 128 : 2 + 192], 16) == FAR else log


def _value(value: int) -> Change:
    return lambda log: {**log, "data": word(value)}


def at_night(g: Ground) -> None:
    g.world.endpoint.call("evm_setNextBlockTimestamp", (MONDAY + 14 * 3_600,))
    g.world.do(g.world.token.set_frozen_tokens(A, 1, ref("court")))


def not_final(g: Ground) -> None:
    earlier = g.world.endpoint.call("eth_getBlockByNumber", ("0x5", False))
    g.at = "latest"
    g.twists.append(lambda method, params, told: earlier if params and params[0] == "finalized" else told)


def changed_code(g: Ground) -> None:
    code = g.world.endpoint.call("eth_getCode", (g.world.registry.address, "latest"))
    g.world.endpoint.call("anvil_setCode", (g.world.registry.address, code[:-2] + "01"))


def expired(g: Ground) -> None:
    g.world.do(g.world.registry.revoke(A, ref("list")))


def no_paper(g: Ground) -> None:
    g.world.do(g.world.token.forced_transfer(A, B, 1, bytes(32)))


def another_power(g: Ground) -> None:
    by_contract(g.world, g.world.token.grant_powers(D, Power.PAUSE))


def one_key_owns(g: Ground) -> None:
    by_contract(g.world, g.world.token.transfer_ownership(ISSUER.address))
    g.world.do(g.world.token.accept_ownership())
    g.put("expected", g.world.factory.address, ISSUER.address)


def all_to_one(g: Ground) -> None:
    g.world.do(g.world.token.transfer(A, 5_000), KEYS[B])


def contract_holds(g: Ground) -> None:
    wallet = g.world.factory.address
    g.world.do(g.world.registry.admit([admission(wallet, 50)], ref("p")))
    g.world.do(g.world.token.transfer(wallet, 100), KEYS[A])
    g.files["register"] += f"INV-X,{wallet},SG,professional,2090-01-01,Person X\n"


def off_the_journal(g: Ground) -> None:
    g.journal = journal(g.world, g.folder / "less", leave_out=3)


FAULTS: dict[str, tuple[str, Callable[[Ground], None], str]] = {
    "C01": ("exception", lambda g: g.lie("totalSupply()", 17_001), "difference -0.01"),
    "C02": ("exception", lambda g: g.lie("balanceOf(address)", 7, D), f"{D}: replayed 5.00, contract 0.07"),
    "C03": ("exception", lambda g: g.logs("Transfer(address,address,uint256)", _mints_to(C)), "difference -30.00"),
    "C04": ("exception", lambda g: g.logs(
        "OrderOpened(bytes32,address,bytes32,bytes32,uint256,uint256,uint256)", _hide), "while it was not open"),
    "C05": ("exception", lambda g: g.logs("Transfer(address,address,uint256)", _mints_to(A)), "fell below zero"),
    "C06": ("exception", lambda g: g.lie("mode()", 1), "mode: events say 0, contract says 1"),
    "C07": ("note", not_final, "not yet finalized"),
    "C08": ("exception", changed_code, "other code: identity registry"),
    "C09": ("exception", expired, f"{A} holds 90.00: revoked"),
    "C10": ("exception", lambda g: g.logs("StandingSet(address,uint16,uint8,uint40,bytes32)", _last_renewal()),
            f"{B} had expired at 2031-03-03T06:00:00Z"),
    "C11": ("exception", lambda g: g.logs("MaxUnitsSet(uint256)", _value(6_000)), f"{A} had 100.00"),
    "C12": ("exception", lambda g: g.logs("LockUpSet(uint256)", _value(MONDAY + 86_400)), "during the lock-up"),
    "C13": ("exception", no_paper, "by force"),
    "C14": ("exception", lambda g: g.put("issues", ",50.00,", ",51.00,"), "51.00 in the file, 50.00 on chain"),
    "C15": ("exception", lambda g: g.put("payments", "R-1,", "R-2,"), "R-2: paid 1000 HKD, no redemption"),
    "C16": ("exception", lambda g: g.put("nav", ",100,", ",99.9,"), "NAV of 2031-03-01 is 99.9"),
    "C17": ("exception", lambda g: g.put("issues", "P-S-2", "P-S-1"), "payment ref P-S-1"),
    "C18": ("exception", another_power, f"{D} on the token: expected none, has pause"),
    "C19": ("note", one_key_owns, f"token: {ISSUER.address} is a key"),
    "C20": ("exception", at_night, "set the frozen amount"),
    "C21": ("exception", lambda g: g.logs("Unpaused(address)", _hide), "while transfers were paused"),
    "C22": ("exception", lambda g: g.logs("CapSet(uint256)", _value(15_000)), "over the cap"),
    "C23": ("exception", all_to_one, "the threshold is 60 %"),
    "C24": ("note", contract_holds, "is a contract of"),
    "C25": ("exception", lambda g: g.put("register", "Person B", "person a"), "INV-A, INV-B have the same name"),
    "C26": ("exception", off_the_journal, "is in no journal"),
}  # fmt: skip
"""Check -> what it must say, how its fault is planted, and words of its finding."""


def fewer_rows(g: Ground) -> None:
    g.put("issues", "S-3", "# gone")
    g.files["issues"] = "".join(line for line in g.files["issues"].splitlines(True) if "# gone" not in line)


def same_amount_twice(g: Ground) -> None:
    issue(g.world, [("S-5", C, 3_000)])


def one_person_two_identities(g: Ground) -> None:
    g.put("register", "INV-C", "INV-A")
    g.put("register", "Person C", "Person A")


def edited_journal(g: Ground) -> None:
    copy = g.folder / "edited.db"
    copy.write_bytes(g.journal.read_bytes())
    with sqlite3.connect(copy) as book:
        book.execute("UPDATE entries SET body = replace(body, 'Step 2', 'Step X') WHERE kind = 'planned'")
    g.journal = copy


def one_agent_issues_alone(g: Ground) -> None:
    g.files.pop("expected")
    by_contract(g.world, g.world.token.grant_powers(ISSUER.address, Power.ISSUE))


MORE: list[tuple[str, str, Callable[[Ground], None], str]] = [
    ("C14", "exception", lambda g: g.put("payments", "S-1,2031-03-03,10000,HKD,P-S-1\n", ""),
     "S-1: issued 100.00, nothing paid"),
    ("C14", "exception", lambda g: g.put("payments", "S-1,2031-03-03", "S-1,2031-03-09"),
     "S-1: issued on 2031-03-03, first paid on 2031-03-09"),
    ("C14", "exception", lambda g: g.put("payments", "S-1,2031-03-03,10000,", "S-1,2031-03-03,9999.99,"),
     "S-1: due 10000 HKD, paid 9999.99 HKD"),
    ("C14", "exception", lambda g: g.put("payments", "R-1,", "S-8,2031-03-03,5,HKD,P-8\nR-1,"),
     "S-8: paid 5 HKD, in no issue file"),
    ("C14", "exception", fewer_rows, f"30.00 to {C}: in no file"),
    ("C14", "exception", lambda g: g.put("issues", f"S-2,{B}", f"S-2,{D}"), f"to {D} in the file, to {B} on chain"),
    ("C15", "exception", lambda g: g.put("payments", "R-1,2031-03-03,-1000,HKD,OUT-1\n", ""), "nothing paid"),
    ("C15", "exception", lambda g: g.put("payments", "-1000", "-990"), "R-1: 1000 HKD by the NAV of 2031-03-01"),
    ("C15", "pass", lambda g: (g.put("payments", "-1000", "-990"), g.put(
        "expected", "[limits]\n", '[limits]\nnav_tolerance_percent = "1"\n'))[0], "1 redemption"),
    ("C16", "exception", lambda g: g.put("nav", "2031-03-01", "2031-03-05"), "no NAV in HKD on or before"),
    ("C17", "note", same_amount_twice, f"30.00 to {C} on 2031-03-03 2 times"),
    ("C17", "exception", lambda g: g.put("payments", "S-1,2031-03-03,10000,HKD,P-S-1\n",
     "S-1,2031-03-03,5000,HKD,P-S-1\nS-1,2031-03-03,5000,HKD,\n"), "payment S-1 2031-03-03 5000 HKD"),
    ("C18", "note", one_agent_issues_alone, "one key issues alone"),
    ("C23", "exception", lambda g: g.put("expected", '"100"', '"99"'), "the threshold is 99 %"),
    ("C24", "note", lambda g: g.put("expected", 'dust = "0.5"', 'dust = "6"'), "holds 5.00"),
    ("C25", "exception", one_person_two_identities, "INV-A has 2 identities on chain"),
    ("C25", "exception", lambda g: g.put("register", D, "0x00000000000000000000000000000000000A11cE"),
     f"{D} holds 5.00 and stands in no row"),
    ("C26", "exception", edited_journal, "is not what was written"),
]  # fmt: skip
"""Check, what it must say, another fault of its kind, and words of its finding."""
