"""A made-up bond with two years of history, the same on every machine: no chain, no clock, no chance.

Its facts go through the real register, checks and reports. ``sample()`` is what `make page` draws, and what the
committed digests of the report files belong to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from hashkit.audit.evidence import CodePart, Evidence, KeyHolder, Pin, Population, Proof, State, Subject
from hashkit.audit.result import AuditResult, judge, named_blocks
from hashkit.contracts.hashing import checksum
from hashkit.contracts.header import Header
from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO, Fact, Where
from hashkit.domain.network import Network
from hashkit.domain.parties import Power
from hashkit.domain.register import fold
from hashkit.rpc.blocks import Block

NETWORK = Network(
    "hashkey-testnet", 133, "HashKey Chain Testnet", ("https://node.test",), explorer="https://explorer.test"
)
DAY, HOUR = 86_400, 3_600
START, CUT_OFF = 1_727_748_000, 1_790_784_000  # 2024-10-01T02:00:00Z, 2026-09-30T16:00:00Z
FIRST = 4_210_000  # block of the deployment; a block every 2 seconds
COUNTRIES = (344, 344, 344, 702, 702, 756, 826, 784, 392, 276)
UNIT = 10**6


def number(most: int, *words: object) -> int:
    """A number from 0 to ``most`` - 1 that depends on the words alone."""
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8], "big") % most


def digest(*words: object) -> str:
    """32 bytes that depend on the words alone."""
    return "0x" + hashlib.sha256(repr(words).encode()).hexdigest()


def account(*words: object) -> str:
    """An address that depends on the words alone."""
    return checksum(digest(*words)[:42])


TOKEN, REGISTRY, BOOK = account("token"), account("registry"), account("rule book")
OWNER, APPROVER, EXECUTOR, OFFICER = account("owner"), account("approver"), account("executor"), account("officer")


class History:
    """Facts in chain order; ``at`` moves the clock to a second, each transaction takes a block of its own."""

    def __init__(self, investors: int) -> None:
        self.facts: list[Fact] = []
        self.times: dict[int, int] = {}
        self.held: dict[str, int] = {}
        self.now, self.block = START, FIRST
        self.wallets = [account("investor", n) for n in range(investors)]

    def at(self, second: int) -> History:
        self.now = max(second, self.now + 2)
        self.block = FIRST + (self.now - START) // 2
        self.times[self.block] = self.now
        return self

    def tell(self, kind: type[Fact], contract: str = TOKEN, **values: object) -> None:
        where = Where(self.block, len(self.facts), digest("transaction", self.block), contract)
        self.facts.append(kind(where=where, **values))

    def acted(self, ref: str, agent: str, act: str = "0x00000001") -> None:
        self.tell(f.Acted, ref=ref, agent=agent, act=act)

    def move(self, sender: str, receiver: str, raw: int) -> None:
        self.tell(f.Moved, sender=sender, receiver=receiver, amount=raw)
        self.held[sender] = self.held.get(sender, 0) - raw
        self.held[receiver] = self.held.get(receiver, 0) + raw

    def holders(self) -> list[str]:
        return [wallet for wallet in self.wallets if self.held.get(wallet, 0) > 0]

    # chapters

    def begin(self) -> None:
        self.at(START)
        for contract in (TOKEN, REGISTRY, BOOK):
            self.tell(f.OwnerSet, contract, owner=OWNER, previous=ZERO)
        self.tell(f.SlotSet, slot="identity-registry", address=REGISTRY)
        self.tell(f.SlotSet, slot="compliance", address=BOOK)
        self.tell(f.TokenBound, REGISTRY, token=TOKEN, bound=True)
        self.tell(f.PowersSet, agent=APPROVER, powers=int(Power.APPROVE))
        self.tell(f.PowersSet, agent=EXECUTOR, powers=int(Power.ISSUE | Power.REDEEM))
        self.tell(f.PowersSet, agent=OFFICER, powers=int(Power.FREEZE | Power.FORCE | Power.PAUSE))
        self.tell(f.PowersSet, REGISTRY, agent=OFFICER, powers=int(Power.ADMIT))
        self.tell(f.RuleSet, rule="cap", value=50_000_000 * UNIT * (1 + len(self.wallets) // 300))
        self.tell(f.RuleSet, rule="country-list", value=1)
        for country in sorted(set(COUNTRIES)):
            self.tell(f.RuleSet, rule=f"country:{country}", value=1)
        self.tell(f.RuleSet, BOOK, rule="max-holders", value=max(150, len(self.wallets) + 11))
        self.tell(f.RuleSet, BOOK, rule="max-units-per-investor", value=2_000_000 * UNIT)

        name = b"prospectus".ljust(32, b"\0").hex()
        self.tell(f.DocumentSet, name=f"0x{name}", uri="https://issuer.test/prospectus.pdf",
                  document_hash=digest("prospectus"), present=True)  # fmt: skip
        self.acted(digest("board resolution"), OWNER)

    def admit(self, n: int) -> None:
        wallet = self.wallets[n]
        if n % 23 == 7:  # a second wallet of the investor before
            self.tell(f.Admitted, REGISTRY, wallet=wallet, investor=account("person", n - 1))
            self.tell(f.Linked, REGISTRY, first=self.wallets[n - 1], wallet=wallet, linked=True)
            return
        self.tell(f.Admitted, REGISTRY, wallet=wallet, investor=account("person", n))
        days = 900 + number(900, "kyc", n) if n % 9 else 735 + number(60, "soon", n)
        self.tell(f.StandingSet, REGISTRY, wallet=wallet, country=COUNTRIES[n % 10], investor_class=2 + (n % 4 == 0),
                  valid_until=START + (712 if n == 76 else days) * DAY, proof=digest("proof", n))  # fmt: skip

    def issue(self, name: str, wallets: list[str]) -> None:
        order, rows = digest("order", name), [(w, self.amount(name, w)) for w in wallets]
        total = sum(raw for _, raw in rows)
        self.tell(f.OrderOpened, order_id=order, approver=APPROVER, rows_root=digest("rows", name),
                  file_hash=digest("file", name), row_count=len(rows), amount=total,
                  deadline=self.now + 30 * DAY)  # fmt: skip
        self.at(self.now + 2 * HOUR)
        for wallet, raw in rows:
            self.move(ZERO, wallet, raw)
        self.tell(f.OrderExecuted, order_id=order, first_row=0, next_row=len(rows), amount=total)

    def amount(self, name: str, wallet: str) -> int:
        """Few buy much and many buy little."""
        size = 1 + 160 // (1 + self.wallets.index(wallet) % 37)
        return 1_000 * UNIT * size * (1 + number(4, name, wallet)) + 250_000 * number(4, name)

    def redeem(self, name: str, wallet: str) -> None:
        raw = self.held[wallet] if number(4, name) == 0 else self.held[wallet] // (2 + number(4, name))
        self.move(wallet, ZERO, raw)
        self.tell(f.Redeemed, ref=digest("paper", name), holder=wallet, amount=raw)

    def incidents(self, month: int) -> None:
        someone = self.holders()[number(len(self.holders()), "who", month)]
        if month % 5 == 2:
            self.at(self.now + 3 * HOUR).tell(f.AccountFrozen, account=someone, frozen=True, agent=OFFICER)
            self.acted(digest("order of the court", month), OFFICER)
            self.at(self.now + 9 * DAY).tell(f.AccountFrozen, account=someone, frozen=False, agent=OFFICER)
            self.acted(digest("release", month), OFFICER)
        if month % 7 == 3:
            self.at(self.now + HOUR).tell(f.Stopped, what="paused", on=True, agent=OFFICER)
            self.acted(digest("maintenance", month), OFFICER)
            self.at(self.now + 5 * HOUR).tell(f.Stopped, what="paused", on=False, agent=OFFICER)
            self.acted(digest("maintenance over", month), OFFICER)
        if month == 21:
            self.at(self.now + HOUR).tell(f.AmountFrozen, account=someone, amount=self.held[someone] // 2)
            self.acted(digest("pledge", month), OFFICER)
        if month == 16:
            other, raw = self.wallets[5], self.held[someone] // 4
            self.at(self.now + 19 * HOUR).move(someone, other, raw)
            self.tell(f.Forced, sender=someone, receiver=other, amount=raw)
            self.acted(digest("judgment"), OFFICER)

    def month(self, month: int, entering: int) -> None:
        self.at(START + month * 30 * DAY + number(5, "day", month) * DAY + number(9, "hour", month) * HOUR)
        known = min(len(self.wallets), entering * (month + 1))
        for n in range(min(len(self.wallets), entering * month), known):
            self.admit(n)
        chosen = [w for n, w in enumerate(self.wallets[:known]) if n >= known - entering or number(9, month, n) == 0]
        self.at(self.now + HOUR).issue(f"S-{month}", chosen)
        for n, wallet in enumerate(self.holders()):
            if number(11, "redeems", month, n) == 0 and month:
                self.at(self.now + number(40, "wait", month, n) * HOUR).redeem(f"R-{month}-{n}", wallet)
        for n, wallet in enumerate(self.holders()):
            if number(8, "sells", month, n) == 0:
                to = self.wallets[number(known, "to", month, n)]
                self.at(self.now + number(30, "pause", month, n) * 600).move(wallet, to, self.held[wallet] // 3)
        self.incidents(month)


def facts(investors: int) -> History:
    """The whole story."""
    story = History(investors)
    story.begin()
    months = (CUT_OFF - START) // (30 * DAY) + 1
    for month in range(months - 1):
        story.month(month, -(-investors // 20))
    story.at(START + 727 * DAY).tell(f.PowersSet, agent=account("new agent"), powers=int(Power.DOCUMENT))
    return story


@cache
def evidence(investors: int = 139) -> Evidence:
    """What an audit of the bond would have looked at: a node that agrees with the events in everything."""
    story = facts(investors)
    register = fold(story.facts, TOKEN, cutoff=CUT_OFF)
    assert not register.irregularities, register.irregularities[:3]
    end = FIRST + (CUT_OFF - START) // 2
    block = Block(end, digest("block", end), digest("block", end - 1), CUT_OFF)
    subject = Subject(TOKEN, "Sample Green Bond 2031", "SAMPLE", 6, True, FIRST)
    roles = {TOKEN: "token", REGISTRY: "identity registry", BOOK: "compliance"}
    population = Population(FIRST, end, roles, len(story.facts), digest("events", investors)[2:])
    code = tuple(CodePart(*part, True, "the code of this build") for part in _CODE)
    state = State(register.supply, (), len(register.accounts), {OWNER: KeyHolder(OWNER, "key")})
    times = {number: story.times[number] for number in named_blocks(register)}
    header = Header(b"", block.hash, block.parent_hash, bytes(32), block.number, block.timestamp, None)
    pinned, held = Pin(block, True, True, header), len(register.accounts)
    proof = Proof("", "AssetToken of hashkit", register.supply, register.supply, held, held + 20, len(code))
    return Evidence(NETWORK, pinned, subject, population, register, state, code, times, proof)


def sample(investors: int = 139) -> AuditResult:
    """The audit's result."""
    return judge(evidence(investors))


_CODE = (
    ("token", TOKEN, "AssetToken"),
    ("token, rare half", account("control"), "AssetTokenControl"),
    ("identity registry", REGISTRY, "IdentityRegistry"),
    ("compliance", BOOK, "RuleBook"),
)


def _names() -> Iterator[tuple[str, str]]:
    """Wallet and made-up name of every investor."""
    for n in range(139):
        yield account("investor", n), f"Made-up Investor {n:03d} Ltd"


NAMES = dict(_names())
