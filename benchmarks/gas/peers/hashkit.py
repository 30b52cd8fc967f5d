"""hashkit: the committed artifacts, through the factory's clones, told by hashkit's own faces.

Every check of the movement table that needs no counting rule is on: country list, class list, a lock-up that has
passed, a cap, and a registry that pushes to all its tokens. Acts carry a ref, as the SDK sends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.gas.chain import GENESIS_TIME, Actor, actor
from benchmarks.gas.peer import COUNTRIES, COUNTRY, DECIMALS, NAME, SYMBOL, YEAR, Peer, View
from benchmarks.gas.solidity import creation
from hashkit.contracts import artifacts
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.compiler import SOLC_VERSION
from hashkit.contracts.hashing import checksum, clone_runtime, keccak, merkle_proof, order_id, packed_row, rows_tree
from hashkit.contracts.identity_registry import IdentityRegistry, new_registry
from hashkit.contracts.sources import OPTIMIZER_RUNS, SETTINGS
from hashkit.domain.orders import CHUNK_ROWS, Order, Row
from hashkit.domain.parties import Admission, InvestorClass, Power
from hashkit.domain.terms import AssetTerms
from hashkit.domain.units import Units

_POWERS = ~(Power.ADMIT | Power.RECOVER)  # of the admin on the token; ADMIT is his on the registry
_RECOVERER = actor("recoverer")  # who recovers must not admit
_PARTS = ("AssetTokenControl", "AssetToken", "RuleBook", "AssetFactory", "Lens")
_NO_PROOF = bytes(32)  # the SDK's default; a proof of evidence costs 384 more a transaction
_DAY = 24 * 3600  # seconds


class Hashkit(Peer):
    """A tranche with its rare half, its registry and, where a rule counts, its rule book."""

    id, title, version = "hashkit", "hashkit", "committed artifacts"
    settings = f"solc {SOLC_VERSION}, {OPTIMIZER_RUNS} runs, {SETTINGS['evmVersion']}, minimal proxies"
    checks = "both sides: identity, validity, country, class, deny, freeze, partial freeze; pause, halt, lock-up, mode"
    expires = True

    def deploy_shared(self) -> None:
        needs = {
            "AssetToken": ("AssetTokenControl",),
            "AssetFactory": ("AssetToken", "RuleBook"),
        }
        self._made: dict[str, str] = {}
        for name in _PARTS:
            arguments = [("address", self._made[need]) for need in needs.get(name, ())]
            self._made[name] = self.chain.deploy(self.admin, artifacts.load(name).creation, *arguments, note=name)
        self._factory = AssetFactory(self._made["AssetFactory"])
        self._papers = 0

    def sizes(self) -> dict[str, int]:
        return {name: len(artifacts.load(name).runtime) for name in artifacts.names()}  # what deploys is as long

    def _tell(self, call: Call, sender: Actor | None = None) -> None:
        self.chain.send(sender or self.admin, call.to, call.data, call.function)

    def _paper(self) -> bytes:
        """The hash of another paper."""
        self._papers += 1
        return keccak(f"paper/{self._papers}".encode())

    # deployment

    def deploy_token(self, index: int) -> str:
        if index == 0:
            self._create_registry()
        return self._create_token(index)

    def _create_registry(self) -> None:
        me = self.admin.address
        code = new_registry(me, {me: Power.ADMIT}).init_code
        self._registry = IdentityRegistry(self.chain.deploy(self.admin, code, note="IdentityRegistry"))
        self._tell(self._registry.trust_code(keccak(clone_runtime(self._made["AssetToken"])), True))

    def _create_token(self, index: int, **terms: Any) -> str:
        me = self.admin.address
        agents = {me: _POWERS, _RECOVERER.address: Power.RECOVER}
        values = (_terms(**terms), me, self._registry.address, agents, keccak(f"token/{index}".encode()))
        self._tell(self._factory.create_token(*values))
        token = str(self.chain.read(self._factory.token_address(me, *values)))
        self._tell(self._registry.bind_token(token))
        return token

    @property
    def _face(self) -> AssetToken:
        return AssetToken(self.token)

    # investors

    def onboard(self, who: Actor) -> None:
        self.onboard_batch([who])

    def onboard_batch(self, who: Sequence[Actor]) -> None:
        rows = [
            Admission(one.address, _investor(one), COUNTRY, InvestorClass.PROFESSIONAL, GENESIS_TIME + YEAR)
            for one in who
        ]
        self._tell(self._registry.admit(rows, _NO_PROOF))

    def onboard_second_token(self, who: Actor) -> None:
        # One registry for all tokens: nothing to send.
        assert self.chain.word(self.second_token, "canReceive(address)", who.address) == 1

    def renew(self, who: Actor) -> None:
        self._tell(self._registry.renew(who.address, GENESIS_TIME + 2 * YEAR, _NO_PROOF))

    def revoke(self, who: Actor) -> None:
        self._tell(self._registry.revoke(who.address, self._paper()))

    # supply: an order of as many rows; raw mint is behind a power that nobody holds by default

    def mint(self, to: Actor, amount: int) -> None:
        self.mint_batch([to], amount)

    def mint_batch(self, to: Sequence[Actor], amount: int) -> None:
        self._open(to, amount)
        self.issue_rows(0)

    def open_order(self, to: Sequence[Actor], amount: int) -> None:
        """Twice the same holders: the first half finds them new, the second one existing."""
        assert len(to) == CHUNK_ROWS  # a half is a chunk
        self._open([*to, *to], amount)

    def _open(self, to: Sequence[Actor], amount: int) -> None:
        self._papers += 1
        units = Units.from_raw(amount, DECIMALS)
        rows = [Row(f"{self._papers:06}/{i:06}", one.address, units) for i, one in enumerate(to)]
        self._rows = sorted(rows, key=lambda row: row.external_id)
        self._order_id = order_id(self.chain.node.chain_id(), self.token, [row.external_id for row in self._rows])
        self._tree, file_hash, raw = rows_tree(self._order_id, self._rows, CHUNK_ROWS)
        total = Units.from_raw(raw, DECIMALS)
        order = Order(self._order_id, self._tree[-1][0], file_hash, len(rows), total, GENESIS_TIME + YEAR)
        self._tell(self._face.open_order(order))

    def issue_rows(self, half: int) -> None:
        first = half * CHUNK_ROWS
        packed = [packed_row(row) for row in self._rows[first : first + CHUNK_ROWS]]
        self._tell(self._face.issue(self._order_id, first, packed, merkle_proof(self._tree, half), False))

    def burn(self, holder: Actor, amount: int) -> None:
        self._tell(self._face.burn(holder.address, amount, self._paper()))

    def redeem(self, holder: Actor, amount: int) -> None:
        self._tell(self._face.redeem(holder.address, amount, self._paper()))

    # acts of authority

    def freeze(self, who: Actor, on: bool) -> None:
        self._tell(self._face.set_address_frozen(who.address, on, self._paper()))

    def freeze_part(self, who: Actor, amount: int, on: bool) -> None:
        act = self._face.freeze_partial_tokens if on else self._face.unfreeze_partial_tokens
        self._tell(act(who.address, amount, self._paper()))

    def force(self, holder: Actor, to: Actor, amount: int) -> None:
        self._tell(self._face.forced_transfer(holder.address, to.address, amount, self._paper()))

    def recover(self, lost: Actor, new: Actor) -> None:
        self._tell(self._registry.link(lost.address, new.address))
        self._tell(self._face.recover(lost.address, new.address, _investor(lost), self._paper()), _RECOVERER)

    def pause(self) -> None:
        self._tell(self._face.pause(True, self._paper()))

    # questions

    def views(self, sender: Actor, to: Actor, amount: int) -> list[View]:
        question = (sender.address, to.address, amount)
        return [(sender, self.token, "canTransfer(address,address,uint256)", question)]

    # variants

    def token_with_contract(self) -> str:
        token = self._create_token(2)
        limit = ("uint256", 2**128)
        rule = self.chain.deploy(self.admin, creation("LargestMove", self.packages), limit, note="LargestMove")
        self.chain.ask(self.admin, token, "setCompliance(address)", rule)
        self.chain.pass_time(_DAY)
        self.chain.ask(self.admin, token, "applyCompliance()")
        assert self.chain.read(AssetToken(token).compliance()) == rule
        return token

    def token_with_max_units(self) -> str:
        return self._create_token(3, max_units_per_investor=Units.from_raw(10**30, DECIMALS))


def _terms(**more: Any) -> AssetTerms:
    return AssetTerms(
        symbol=SYMBOL,
        name=NAME,
        decimals=DECIMALS,
        kind="bond",
        issuer="Acme",
        cap=Units.from_raw(10**30, DECIMALS),
        countries=COUNTRIES,
        classes=(InvestorClass.PROFESSIONAL, InvestorClass.INSTITUTION, InvestorClass.VENUE),
        lockup_until=GENESIS_TIME - YEAR,
        slot_delay_seconds=_DAY,
        **more,
    )


def _investor(who: Actor) -> str:
    """A random-looking investor id."""
    return checksum(keccak(f"investor/{who.address}".encode())[-20:])
