"""In which order does every design go through the operations? The order decides what is new and what is warm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gas.chain import Actor, Chain, Reverted, Sent, actor
from benchmarks.gas.peer import YEAR, NotYet, Peer, Unsupported
from benchmarks.gas.profile import profile

E18 = 10**18
_CROWD = 100
_ROWS = 200
_PROFILED = ("onboard.one", "transfer.existing", "transfer.new", "force", "redeem")
_TRANSFER = "transfer(address,uint256)"

Step = Callable[[], object]


class Run:
    """One design on its way through the scenario."""

    def __init__(self, peer: Peer) -> None:
        self.peer, self.chain = peer, peer.chain
        self.operations: dict[str, dict[str, Any]] = {}
        self.failed_checks: list[str] = []
        self.alice, self.bob, self.carol, self.dave, self.erin, self.spender, self.treasury, self.stranger = map(
            actor, ("alice", "bob", "carol", "dave", "erin", "spender", "treasury", "stranger")
        )
        self.crowd = [actor(f"crowd{i}") for i in range(_CROWD)]

    def measure(self, operation: str, step: Step, each: int = 1) -> bool:
        """Record what ``step`` sends. False when the design has no such operation."""
        try:
            with self.chain.watch() as sent:
                step()
        except Unsupported as reason:
            self.operations[operation] = {"missing": str(reason), "later": isinstance(reason, NotYet)}
            return False
        self.keep(operation, sum(one.gas for one in sent), sent, each)
        return True

    def keep(self, operation: str, gas: int, sent: Sequence[Sent], each: int = 1) -> None:
        """Record an operation."""
        record: dict[str, Any] = {"gas": gas if each == 1 else round(gas / each, 1), "transactions": len(sent)}
        record["largest"] = max((one.gas for one in sent), default=0)
        if operation in _PROFILED:
            record["profile"] = profile(self.chain, sent)
        self.operations[operation] = record

    def prepare(self, step: Step) -> None:
        """What is not measured; plain tokens need no KYC."""
        try:
            step()
        except Unsupported:
            return

    def check(self, what: str, holds: bool) -> None:
        """An effect that must be there: a cheap operation that does nothing would win every table."""
        if not holds:
            self.failed_checks.append(what)

    def gas(self, operation: str) -> int:
        """What an operation was measured at."""
        return int(self.operations[operation]["gas"])

    def refuses(self, sender: Actor, to: Actor) -> bool:
        """Whether the token refuses a transfer."""
        return self.chain.refuses(sender, self.peer.token, _TRANSFER, to.address, E18)


def run(kind: type[Peer], chain: Chain, packages: Path) -> dict[str, Any]:
    """The whole scenario for one design, on a chain that is afterwards as it was."""
    with chain.undone():
        peer = kind(chain, packages, actor("admin"))
        it = Run(peer)
        try:
            for part in (_deploy, _onboard, _supply, _transfers, _orders, _view, _acts, _identity, _variants):
                part(it)
        except Reverted as error:
            it.failed_checks.append(str(error))
        return {
            "id": peer.id,
            "title": peer.title,
            "version": peer.version,
            "settings": peer.settings,
            "checks": peer.checks,
            "permissioned": peer.permissioned,
            "sizes": peer.sizes(),
            "operations": it.operations,
            "failed": it.failed_checks,
        }


def _deploy(it: Run) -> None:
    peer = it.peer
    it.measure("deploy.shared", peer.deploy_shared)

    def first() -> None:
        peer.token = peer.deploy_token(0)

    def second() -> None:
        peer.second_token = peer.deploy_token(1)

    it.measure("deploy.first", first)
    it.measure("deploy.next", second)
    # A treasury, so that supply and global counters are not zero.
    it.prepare(lambda: peer.onboard(it.treasury))
    peer.mint(it.treasury, 10**6 * E18)
    it.check("the treasury holds", peer.balance(it.treasury) == 10**6 * E18)


def _onboard(it: Run) -> None:
    peer = it.peer
    it.prepare(lambda: peer.onboard(it.alice))
    it.measure("onboard.one", lambda: peer.onboard(it.bob))
    it.measure("onboard.batch", lambda: peer.onboard_batch(it.crowd), _CROWD)
    it.measure("onboard.second_token", lambda: peer.onboard_second_token(it.bob))
    for who in (it.dave, it.carol, it.spender):
        it.prepare(lambda who=who: peer.onboard(who))  # type: ignore[misc]


def _supply(it: Run) -> None:
    peer = it.peer
    it.measure("mint.first", lambda: peer.mint(it.alice, 1_000 * E18))
    it.measure("mint.existing", lambda: peer.mint(it.alice, 1_000 * E18))
    it.check("alice holds", peer.balance(it.alice) == 2_000 * E18)
    it.measure("mint.batch", lambda: peer.mint_batch(it.crowd, 1_000 * E18), _CROWD)
    it.check("the crowd holds", all(peer.balance(one) == 1_000 * E18 for one in it.crowd))


def _transfers(it: Run) -> None:
    peer = it.peer
    if peer.permissioned:
        it.check("an unknown receiver is refused", it.refuses(it.alice, it.stranger))
    it.measure("transfer.new", lambda: peer.transfer(it.alice, it.bob, 100 * E18))
    it.measure("transfer.existing", lambda: peer.transfer(it.alice, it.bob, 100 * E18))
    it.measure("approve", lambda: peer.approve(it.alice, it.spender, 10_000 * E18))
    it.measure("transfer_from", lambda: peer.transfer_from(it.spender, it.alice, it.bob, 100 * E18))
    it.check("bob received three times", peer.balance(it.bob) == 300 * E18)
    it.measure("transfer.batch", lambda: peer.transfer_batch(it.alice, it.crowd, E18), _CROWD)
    it.check("the crowd received", all(peer.balance(one) == 1_001 * E18 for one in it.crowd))
    peer.mint(it.dave, 500 * E18)
    it.measure("transfer.all", lambda: peer.transfer(it.dave, it.bob, 500 * E18))
    it.check("dave is empty", peer.balance(it.dave) == 0)


def _orders(it: Run) -> None:
    """Two halves of one order for the same holders: new ones first, then existing ones."""
    peer, holders = it.peer, [actor(f"subscriber{i}") for i in range(_ROWS)]
    with it.chain.undone():
        if it.operations["onboard.batch"].get("transactions") == 1:
            peer.onboard_batch(holders)
        if it.measure("order.open", lambda: peer.open_order(holders, 10 * E18)):
            it.measure("order.row_new", lambda: peer.issue_rows(0), _ROWS)
            it.measure("order.row_existing", lambda: peer.issue_rows(1), _ROWS)
            it.check("the subscribers hold", all(peer.balance(one) == 20 * E18 for one in holders))
        else:
            for half in ("order.row_new", "order.row_existing"):
                it.operations[half] = it.operations["order.open"]


def _view(it: Run) -> None:
    """The execution gas of a transaction that asks."""
    try:
        views = it.peer.views(it.alice, it.bob, 100 * E18)
    except Unsupported as reason:
        it.operations["view"] = {"missing": str(reason), "later": False}
        return
    with it.chain.watch() as sent:
        for sender, to, signature, arguments in views:
            it.chain.ask(sender, to, signature, *arguments)
    it.keep("view", sum(one.gas - one.intrinsic for one in sent), sent)


def _acts(it: Run) -> None:
    peer, before = it.peer, it.peer.balance(it.bob)
    ended = 0
    for operation, end in (("redeem", peer.redeem), ("burn", peer.burn)):
        ended += it.measure(operation, lambda end=end: end(it.bob, 50 * E18))  # type: ignore[misc]
    it.check("units ended", peer.balance(it.bob) == before - ended * 50 * E18)
    it.measure("freeze.part", lambda: peer.freeze_part(it.bob, 20 * E18, True))
    it.measure("unfreeze.part", lambda: peer.freeze_part(it.bob, 20 * E18, False))
    if it.measure("freeze", lambda: peer.freeze(it.bob, True)):
        it.check("a frozen holder is refused", it.refuses(it.bob, it.alice))
    it.measure("unfreeze", lambda: peer.freeze(it.bob, False))
    before = peer.balance(it.bob)
    if it.measure("force", lambda: peer.force(it.bob, it.alice, 30 * E18)):
        it.check("units were forced", peer.balance(it.bob) == before - 30 * E18)
    peer.mint(it.carol, 700 * E18)
    if it.measure("recover", lambda: peer.recover(it.carol, it.erin)):
        it.check("units were recovered", peer.balance(it.erin) == 700 * E18 and peer.balance(it.carol) == 0)


def _identity(it: Run) -> None:
    peer = it.peer
    it.measure("renew", lambda: peer.renew(it.crowd[1]))
    if it.measure("revoke", lambda: peer.revoke(it.crowd[0])):
        it.check("a revoked receiver is refused", it.refuses(it.alice, it.crowd[0]))
    if peer.expires:
        with it.chain.undone():
            it.check("a valid receiver is not refused", not it.refuses(it.alice, it.bob))
            it.chain.pass_time(11 * YEAR)
            it.check("an expired receiver is refused", it.refuses(it.alice, it.bob))


def _variants(it: Run) -> None:
    """What a rule adds to a transfer between existing holders; then the pause, which ends the run."""
    peer, plain = it.peer, it.peer.token
    for operation, make in (("rule.contract", peer.token_with_contract), ("rule.max_units", peer.token_with_max_units)):
        with it.chain.undone():
            try:
                peer.token = make()
            except Unsupported as reason:
                it.operations[operation] = {"missing": str(reason), "later": isinstance(reason, NotYet)}
                continue
            for who in (it.alice, it.bob):
                peer.mint(who, 1_000 * E18)
            with it.chain.watch() as sent:
                peer.transfer(it.alice, it.bob, 100 * E18)
            it.keep(operation, sent[0].gas - it.gas("transfer.existing"), sent)
        peer.token = plain
    if it.measure("pause", peer.pause):
        it.check("a paused token refuses", it.refuses(it.alice, it.bob))
