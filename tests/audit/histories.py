"""Random histories in which every act of every face happens, by those who may and by those who may not."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from eth_account import Account
from eth_utils import keccak

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import attestation_message, order_message, packed_row, rows_tree
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.orders import Order, Row
from hashkit.domain.parties import Attestation, InvestorClass, Power
from hashkit.domain.units import Units
from hashkit.errors import RpcError
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import read
from tests.audit.conftest import ref
from tests.audit.world import EXECUTOR, FAR, ISSUER, KEYS, WALLETS, ZERO, World, admission, investor

RECOVERER = DEV_ACCOUNTS[9]
KYC = Account.from_key(keccak(b"kyc"))
PERMIT = [{"name": n, "type": t} for n, t in (
    ("owner", "address"), ("spender", "address"), ("value", "uint256"), ("nonce", "uint256"), ("deadline", "uint256"),
)]  # fmt: skip
NAMES = [text.ljust(32, b"\0") for text in (b"terms", b"report", b"prospectus")]


class History:
    """One world, lived in at random. ``done`` counts the acts that were mined, by the name of the face's method."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.r, self.seed = world, random.Random(seed), seed
        self.token, self.registry = world.token, world.registry
        self.book = RuleBook(read(world.endpoint, self.token.compliance(), "latest"))
        self.other = world.new_registry()
        self.orders: list[tuple[Order, list[Row]]] = []
        self.attested: list[Attestation] = []
        self.owner, self.papers = ISSUER.address, 0
        self.done: Counter[str] = Counter()
        self.people = [*WALLETS, RECOVERER.address]
        world.do(self.token.grant_powers(RECOVERER.address, Power.RECOVER | Power.RAISE))
        world.do(self.registry.trust_issuer(KYC.address))
        self.source = world.create_source()

    def live(self, rounds: int) -> None:
        """Rounds of all chapters, each in a random order; a chapter tries a few acts."""
        chapters = [self.moves, self.moves, self.orders_, self.authority, self.papers_, self.people_, self.people_,
                    self.terms, self.rules, self.slots, self.powers, self.signed]  # fmt: skip
        for chapter in [one for _ in range(rounds) for one in self.r.sample(chapters, len(chapters))]:
            chapter()
            self.world.endpoint.call("evm_increaseTime", (self.r.choice([1, 3_600, 50_000]),))

    # helpers

    def do(self, act: str, call: Call, key: str = ISSUER.key) -> bool:
        """Refused acts are part of the history: they must leave no trace."""
        try:
            self.world.do(call, key)
        except (AssertionError, RpcError):
            return False
        self.done[act] += 1
        return True

    def try_(self, face: Any, act: str, *values: Any, key: str = ISSUER.key) -> bool:
        return self.do(act, getattr(face, act)(*values), key)

    def some(self, acts: list[tuple[Any, ...]], many: int) -> list[tuple[Any, ...]]:
        """A few acts, mostly those that happened least."""
        return sorted(acts, key=lambda act: self.done[act[0]] + self.r.random() * 3)[:many]

    def wallet(self) -> str:
        return self.r.choice(WALLETS)

    def raw(self) -> int:
        return self.r.choice([0, self.r.randint(1, 900)])

    def paper(self) -> bytes:
        self.papers += 1
        return ref(f"paper {self.seed} {self.papers}") if self.r.random() < 0.8 else bytes(32)

    def now(self) -> int:
        return block(self.world.endpoint, "latest").timestamp

    def chief(self) -> str:
        return KEYS[self.owner]

    # chapters

    def moves(self) -> None:
        a, b, c, raw = self.wallet(), self.wallet(), self.wallet(), self.raw()
        self.try_(self.token, "transfer", b, raw, key=KEYS[a])
        if self.try_(self.token, "approve", c, raw, key=KEYS[a]):
            self.try_(self.token, "transfer_from", a, b, raw, key=KEYS[c])
        self.try_(self.token, "batch_transfer", [b, c], [self.raw(), 1], key=KEYS[a])
        self.try_(self.token, "redeem", a, raw, self.paper())

    def order(self) -> tuple[Order, list[Row]]:
        order_id = keccak(f"order {self.seed} {len(self.orders)}".encode())
        rows = [Row(f"S-{n}", self.wallet(), Units(self.raw() + 1, 2)) for n in range(self.r.randint(1, 4))]
        total = Units(sum(row.amount.raw for row in rows), 2)
        root = rows_tree(order_id, rows, 200)[0][-1][0]
        deadline = self.now() + self.r.choice([10, 90_000, 10**7])
        order = Order(order_id, root, keccak(b"file"), len(rows), total, deadline)
        self.orders.append((order, rows))
        return order, rows

    def orders_(self) -> None:
        order, rows = self.order()
        if self.r.random() < 0.5:
            self.try_(self.token, "open_order", order)
        else:
            message = order_message(order, 31337, self.token.address)
            signature = bytes(Account.sign_typed_data(ISSUER.key, full_message=message).signature)
            self.try_(self.token, "open_order_by_sig", order, ISSUER.address, signature, key=KEYS[self.wallet()])
        order, rows = self.r.choice([self.orders[-1], self.r.choice(self.orders)])
        packed = [packed_row(row) for row in rows]
        self.try_(self.token, "issue", order.order_id, 0, packed, [], self.r.random() < 0.7, key=EXECUTOR.key)
        if self.r.random() < 0.3:
            self.try_(self.token, "close_order", self.r.choice(self.orders)[0].order_id)

    def authority(self) -> None:
        a, b, raw, token = self.wallet(), self.wallet(), self.raw(), self.token
        acts = [
            ("set_address_frozen", a, self.r.random() < 0.4), ("set_frozen_tokens", a, raw * (self.r.random() < 0.6)),
            ("freeze_partial_tokens", a, raw), ("unfreeze_partial_tokens", a, raw), ("forced_transfer", a, b, raw),
            ("burn", a, raw), ("batch_forced_transfer", [a, b], [b, a], [raw, 1]), ("batch_burn", [a, b], [1, raw]),
            ("batch_set_address_frozen", [a, b], [False, self.r.random() < 0.3]),
            ("batch_freeze_partial_tokens", [a, b], [raw, 2]), ("batch_unfreeze_partial_tokens", [a], [1]),
            ("pause", True),
        ]  # fmt: skip
        for act, *values in self.some(acts, 4):
            self.try_(token, act, *values, self.paper())
        if self.r.random() < 0.3:
            self.try_(token, "halt", True, self.paper())
        self.try_(token, "halt", False, self.paper(), key=self.chief())
        self.try_(token, "pause", False, self.paper())
        known = read(self.world.endpoint, self.registry.standing(a), "latest").investor
        to = self.r.choice([b, "0x00000000000000000000000000000000000A11cE"])
        self.try_(token, "recover", a, to, known, self.paper(), key=RECOVERER.key)
        if self.r.random() < 0.7:
            self.try_(token, "cancel_recovery", a, self.paper(), key=KEYS[a])

    def papers_(self) -> None:
        name = self.r.choice(NAMES)
        self.try_(self.token, "set_document", name, f"https://example.org/{self.papers}", ref("text"), self.paper())
        if self.r.random() < 0.4:
            self.try_(self.token, "remove_document", self.r.choice(NAMES), self.paper())
        for act, value in (("set_name", f"Name {self.papers}"), ("set_symbol", "TEST"), ("set_onchain_id", WALLETS[0])):
            self.try_(self.token, act, value, key=self.chief())
        if self.r.random() < 0.2 and self.try_(self.token, "halt", True, self.paper()):
            self.try_(self.token, "name_successor", self.registry.address, key=self.chief())
            self.try_(self.token, "halt", False, self.paper(), key=self.chief())

    def people_(self) -> None:
        r, a, b, until = self.r, self.wallet(), self.wallet(), self.r.choice([0, self.now() + 90_000, FAR, FAR])
        acts = [
            ("admit", [admission(a, r.randint(0, 9))], self.paper()),
            ("set_standing", a, r.choice([344, 702]), r.choice([1, 2]), until, self.paper()),
            ("renew", a, until, self.paper()), ("batch_renew", [a, b], [until, FAR], self.paper()),
            ("revoke", a, self.paper()), ("batch_revoke", [a, b], self.paper()), ("link", a, b),
            ("batch_link", [a], [b]), ("update_country", a, r.choice([344, 702])), ("remove", a),
            ("update_identity", a, investor(r.randint(0, 9))), ("deny", a, r.random() < 0.3, self.paper()),
            ("admit", [admission(a, r.randint(0, 9))], self.paper()), ("renew", b, FAR, self.paper()),
            ("follow", a, r.choice([self.source, self.source, ZERO])), ("refresh", a), ("refresh", b),
        ]  # fmt: skip
        for act, *values in self.some(acts, 5):
            self.try_(self.registry, act, *values)
        if r.random() < 0.6 and a != b and self.try_(self.registry, "remove", b):
            act, *values = self.some([("link", a, b), ("batch_link", [a], [b])], 1)[0]
            self.try_(self.registry, act, *values)
        self.heal()

    def heal(self) -> None:
        """Most people are valid most of the time, or nothing else would happen any more."""
        for number, wallet in enumerate(WALLETS):
            known = read(self.world.endpoint, self.registry.standing(wallet), "latest")
            if known.denied and self.r.random() < 0.7:
                self.try_(self.registry, "deny", wallet, False, self.paper())
            if known.investor == ZERO:
                self.try_(self.registry, "admit", [admission(wallet, number)], self.paper())
            elif known.valid_until < FAR and self.r.random() < 0.8:
                self.try_(self.registry, "renew", wallet, FAR, self.paper())

    def signed(self) -> None:
        """What somebody else signed, carried in by anybody."""
        key, who = self.r.choice(DEV_ACCOUNTS[2:9]), investor(self.r.randint(0, 9))
        if self.r.random() < 0.7:  # what an agent lowered only an agent raises
            self.try_(self.registry, "renew", key.address, FAR, self.paper())
            who = read(self.world.endpoint, self.registry.standing(key.address), "latest").investor
        self.world.endpoint.call("evm_increaseTime", (5,))
        self.world.endpoint.call("evm_mine", ())
        told = Attestation(
            KYC.address, key.address, who, 344, InvestorClass.PROFESSIONAL, self.now() + 90_000, self.now()
        )
        self.attested.append(told)
        message = attestation_message(told, 31337, self.registry.address)
        both = [bytes(Account.sign_typed_data(k, full_message=message).signature) for k in (KYC.key, key.key)]
        self.try_(self.registry, "admit_by_attestation", told, *both)
        if self.r.random() < 0.4:
            self.try_(self.registry, "revoke_attestation", self.r.choice(self.attested))
        domain = {"name": "hashkit", "version": "1", "chainId": 31337, "verifyingContract": self.token.address}
        raw, to = self.raw(), self.wallet()
        values = {"owner": key.address, "spender": to, "value": raw, "nonce": self.done["permit " + key.address],
                  "deadline": FAR}  # fmt: skip
        made = Account.sign_typed_data(key.key, domain, {"Permit": PERMIT}, values)
        r, s = made.r.to_bytes(32, "big"), made.s.to_bytes(32, "big")
        if self.try_(self.token, "permit", key.address, to, raw, FAR, made.v, r, s):
            self.done["permit " + key.address] += 1

    def terms(self) -> None:
        r, token = self.r, self.token
        acts = [
            ("set_cap", 10**8 - r.randint(0, 999)), ("set_mode", r.choice([0, 0, 2])),
            ("set_classes", r.choice([0, 6])), ("set_lock_up", r.choice([0, self.now() + 5])),
            ("set_country_list", r.random() < 0.5), ("set_role_matrix", r.getrandbits(16)),
            ("allow_countries", [344, 702, r.randint(1, 900)], r.random() < 0.8),
            ("set_mint_window", r.choice([10**7, 10**8]), 86_400),
        ]  # fmt: skip
        for act, *values in self.some(acts, 3):
            self.try_(token, act, *values, key=r.choice([ISSUER.key, self.chief()]))
        self.try_(token, "set_mint_window", 0, 0, key=self.chief())
        if self.some([("apply_mint_window",), ("cancel_mint_window",)], 1)[0][0] == "apply_mint_window":
            self.try_(token, "apply_mint_window", key=RECOVERER.key)
        else:
            self.try_(token, "cancel_mint_window")

    def rules(self) -> None:
        r, book = self.r, self.book
        acts = [
            ("set_max_units", r.choice([400_000, 500_000])), ("set_minimum_holding", r.choice([0, 2])),
            ("set_max_holders", r.choice([0, 50])), ("set_max_holders_in", 344, r.choice([0, 40])),
            ("set_velocity", *r.choice([(0, 0), (10**6, 3_600)])), ("set_holding_period", r.choice([0, 2])),
            ("set_denomination", r.choice([0, 1])), ("set_sanctions_oracle", ZERO),
        ]  # fmt: skip
        for act, *values in self.some(acts, 3):
            self.try_(book, act, *values, key=r.choice([ISSUER.key, self.chief()]))
        self.preset()

    def preset(self) -> None:
        """Counts everybody anew when the rule book was disarmed, so that life goes on."""
        halted = self.try_(self.token, "halt", True, self.paper())
        if self.r.random() < 0.2:
            self.try_(self.book, "start_preset")
        if not read(self.world.endpoint, self.book.armed(), "latest"):
            self.try_(self.book, "preset", sorted([*self.people], key=lambda a: int(a, 16)))
        if halted:
            self.try_(self.token, "halt", False, self.paper(), key=self.chief())

    def slots(self) -> None:
        token, key = self.token, self.chief()
        slot = self.r.choice(["compliance", "identity_registry"])
        books = [self.book.address, self.book.address, ZERO]
        candidate = self.r.choice(books) if slot == "compliance" else self.registry.address
        self.try_(token, f"set_{slot}", candidate, key=key)
        if self.r.random() < 0.5:
            self.try_(token, f"cancel_{slot}")
        self.world.endpoint.call("evm_increaseTime", (86_400,))
        self.try_(token, "apply_compliance", key=key)
        if self.try_(token, "apply_identity_registry", key=key) and self.r.random() < 0.8:
            self.try_(self.registry, "bind_token", token.address)
        self.preset()

    def powers(self) -> None:
        r, who, key = self.r, self.r.choice(self.people), self.chief()
        self.try_(self.token, "grant_powers", who, Power.DOCUMENT | Power.PAUSE, key=key)
        self.try_(self.token, "revoke_powers", r.choice(self.people[:-1]), Power.PAUSE, key=key)
        self.try_(self.registry, "grant_powers", who, Power.ADMIT)
        self.try_(self.registry, "revoke_powers", who, Power.ADMIT)
        if self.try_(self.token, "transfer_ownership", r.choice([ISSUER.address, self.wallet()]), key=key):
            for heir in [*self.people, ISSUER.address]:
                if r.random() < 0.7 and self.try_(self.token, "accept_ownership", key=KEYS[heir]):
                    self.owner = heir
        issuer = Account.create(extra_entropy="x").address if r.random() < 0.5 else WALLETS[0]
        self.try_(self.registry, "trust_issuer", issuer)
        self.try_(self.registry, "distrust_issuer", issuer)
        self.try_(self.registry, "trust_code", r.randbytes(32), True)
        self.try_(self.registry, "trust_source", self.source, r.choice([0, 900_000, 900_000]))
        if r.random() < 0.3:
            self.leave_and_return()

    def leave_and_return(self) -> None:
        """To another registry, off the first one's list, and back."""
        for target in (self.other, self.registry):
            self.try_(self.token, "set_identity_registry", target.address, key=self.chief())
            self.world.endpoint.call("evm_increaseTime", (86_400,))
            self.try_(self.token, "apply_identity_registry", key=self.chief())
            if target is self.other:
                self.try_(self.registry, "unbind_token", self.token.address)
        self.try_(self.registry, "bind_token", self.token.address)
