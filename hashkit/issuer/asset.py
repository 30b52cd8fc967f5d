"""One asset in the hands of its issuer: every verb, with the words of the command line. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hashkit.contracts.asset_token import AssetToken
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import OrderState
from hashkit.domain.terms import MODES, iso_time
from hashkit.domain.units import Units
from hashkit.domain.verdict import Kind, Verdict
from hashkit.issuer import books
from hashkit.issuer.acts import Acts, Redemption
from hashkit.issuer.books import CapTable, HistoryEntry
from hashkit.issuer.context import Context
from hashkit.issuer.costs import quote
from hashkit.issuer.documents import Documents
from hashkit.issuer.explain import explain
from hashkit.issuer.investors import Investors
from hashkit.issuer.issue import Issued, Issuing
from hashkit.issuer.orders import Approval, Holding, PreparedOrder, approve
from hashkit.issuer.plan import Plan
from hashkit.issuer.powers import Powers
from hashkit.issuer.rules import Rules
from hashkit.issuer.second_look import SecondLook, repeated
from hashkit.issuer.slots import Slots
from hashkit.issuer.sources import Sources
from hashkit.issuer.steps import Outcome, Step
from hashkit.issuer.who import labels, resolve
from hashkit.rpc.reads import read
from hashkit.store.deployments import Deployment
from hashkit.store.sheets import IssueRow


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """The state of a token at the latest block, read from the contract."""

    symbol: str
    name: str
    address: str
    registry: str
    compliance: str | None
    owner: str
    supply: Units
    cap: Units
    mode: str
    paused: bool
    halted: bool
    lock_up_until: int
    deployed_block: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "symbol": self.symbol,
            "name": self.name,
            "decimals": self.supply.decimals,
            "address": self.address,
            "identityRegistry": self.registry,
            "compliance": self.compliance,
            "owner": self.owner,
            "supply": self.supply.to_dict(),
            "cap": self.cap.to_dict(),
            "mode": self.mode,
            "paused": self.paused,
            "halted": self.halted,
            "lockUpUntil": iso_time(self.lock_up_until) if self.lock_up_until else None,
            "deployedBlock": self.deployed_block,
        }


class Asset:
    """One tranche. Every writing method returns a ``Plan``: look at it, then ``send()``.

    Holders are given as an address, an investor's label or an account of the embedded chain. Amounts are
    decimal strings, ``Decimal`` or ``Units``; a float or a bare int is a TypeError.
    """

    def __init__(self, context: Context, deployment: Deployment) -> None:
        self.context = context
        self.deployment = deployment

    def __repr__(self) -> str:
        return f"<Asset {self.symbol} at {self.address} on {self.context.network.name}>"

    @property
    def symbol(self) -> str:
        """Symbol, as deployed."""
        return self.deployment.asset.symbol

    @property
    def name(self) -> str:
        """Name, as deployed."""
        return self.deployment.asset.name

    @property
    def decimals(self) -> int:
        """Decimals of the token."""
        return self.deployment.asset.decimals

    @property
    def address(self) -> str:
        """Address of the token."""
        return self.deployment.contracts["AssetToken"].address

    @property
    def registry(self) -> str:
        """Address of the identity registry."""
        return self.deployment.contracts["IdentityRegistry"].address

    @property
    def investors(self) -> Investors:
        """Admit, link, update and show investors."""
        return Investors(self.context, self.registry)

    @property
    def sources(self) -> Sources:
        """Who else may say that an investor is verified: ``deploy_kyc``, ``deploy_eas``, ``follow``, ``refresh``."""
        return Sources(self.context, self.deployment)

    @property
    def control(self) -> Acts:
        """Acts of authority: ``pause``, ``halt``, ``freeze``, ``force``, ``burn``, ``recover``; each needs a reason."""
        return self._acts

    @property
    def powers(self) -> Powers:
        """Who may do what, at the token and at its registry: ``show``, ``grant``, ``revoke``."""
        return Powers(self._acts)

    @property
    def documents(self) -> Documents:
        """The documents of the token: ``show``, ``set``, ``remove``."""
        return Documents(self._acts)

    @property
    def slots(self) -> Slots:
        """Registry, compliance and mint window: ``show``, ``propose``, ``apply``, ``cancel``."""
        return Slots(self._acts)

    @property
    def rules(self) -> Rules:
        """The rule book: ``show``, ``set`` a rule, ``preset`` the counters."""
        return Rules(self.context, self.deployment, self._known)

    # writing

    def issue(
        self,
        rows: Sequence[IssueRow | Holding],
        external_id: str | None = None,
        *,
        skip_ineligible: bool = False,
        expect_total: str | Decimal | Units | None = None,
        approval: Approval | None = None,
        opening_position: bool = False,
        accept_large: str | Decimal | Units | None = None,
    ) -> Plan[Issued]:
        """Issue rows of a sheet, or (holder, amount) pairs under ``external_id``; each row exactly once.

        InputError ``ROW_CHANGED`` when a row was issued before with other content. ``expect_total`` is the
        control total; ``approval`` carries another key's signature; ``opening_position`` takes over an
        existing register and wants a token without supply. ``accept_large`` repeats the total where the plan asks
        for that: something in the order is unusually large.
        """
        return self._issuing.plan(
            rows,
            external_id,
            skip_ineligible=skip_ineligible,
            expect_total=expect_total,
            approval=approval,
            opening_position=opening_position,
            accept_large=accept_large,
        )

    def order(
        self, rows: Sequence[IssueRow | Holding], external_id: str | None = None, approval: Approval | None = None
    ) -> PreparedOrder:
        """The order these rows make, and what the chain holds of it."""
        return self._issuing.prepare(rows, external_id, approval)

    def open_order(
        self,
        rows: Sequence[IssueRow | Holding],
        external_id: str | None = None,
        approval: Approval | None = None,
        accept_large: str | Decimal | Units | None = None,
    ) -> Plan[Outcome]:
        """Open the order of these rows; somebody else executes it."""
        return self._issuing.plan_open(rows, external_id, approval, accept_large)

    def second_look(
        self, prepared: PreparedOrder, accept_large: str | Decimal | Units | None = None
    ) -> SecondLook:
        """What to look at twice before the order is signed: sums, copies, wallets that look alike."""
        return self._issuing.second_look(prepared, accept_large)

    def approve_order(
        self, prepared: PreparedOrder, accept_large: str | Decimal | Units | None = None
    ) -> Approval:
        """Sign the order (EIP-712), so that another key can open it. Sends nothing.

        InputError ``LARGE`` when something in it is unusually large and ``accept_large`` does not repeat the total.
        """
        if (total := self.second_look(prepared, accept_large).repeat) is not None:
            repeated(total, None)
        return approve(self.context, self.address, prepared)

    def close_order(self, order_id: str) -> Plan[Outcome]:
        """Close an order for ever, opened or only signed."""
        call = self._token.close_order(bytes.fromhex(order_id.removeprefix("0x")))
        title = f"Close order {order_id[:10]}… for ever"
        step = Step(f"order:{order_id}:close", title, call)
        word = None if self.context.network.dev else self.symbol
        return Plan(
            self.context, title, lambda o: o, (step,), fee=quote(self.context, [(call, 60_000)]), confirm_word=word
        )

    def order_state(self, order_id: str) -> OrderState:
        """An order as the contract holds it."""
        return read(self.context.endpoint, self._token.order_of(bytes.fromhex(order_id.removeprefix("0x"))), "latest")

    def redeem(self, holder: str, amount: str | Decimal | Units, external_id: str) -> Plan[Redemption]:
        """End units of a holder against the paper ``external_id``, once."""
        return self._acts.redeem(holder, amount, external_id)

    def transfer(self, sender: str, to: str, amount: str | Decimal | Units) -> Plan[Outcome]:
        """Units of ``sender``, who must be able to sign, to ``to``. ``send`` raises TransferRefused."""
        return self._acts.transfer(sender, to, amount)

    # looking

    def check_transfer(self, sender: str, to: str, amount: str | Decimal | Units) -> Verdict:
        """Would it pass, and if not, why not? Sends nothing."""
        source, target = resolve(self.context, sender), resolve(self.context, to)
        return self._acts.verdict(Kind.MOVE, source, target, Units.of(amount, self.decimals).raw)

    def explain(self, kind: Kind, sender: str, to: str, amount: str | Decimal | Units) -> Verdict:
        """The verdict on a movement through any door."""
        source, target = (resolve(self.context, who) if who else ZERO for who in (sender, to))
        raw = Units.of(amount, self.decimals).raw
        return explain(self.context, self.deployment, labels(self.context), kind, source, target, raw)

    def balance_of(self, who: str) -> Units:
        """Units of a holder at the latest block."""
        raw = read(self.context.endpoint, self._token.balance_of(resolve(self.context, who)), "latest")
        return Units(raw, self.decimals)

    def supply(self) -> Units:
        """Units outstanding at the latest block."""
        return Units(read(self.context.endpoint, self._token.total_supply(), "latest"), self.decimals)

    def cap_table(self, at: str | int | None = None) -> CapTable:
        """The holders at a block, a date or an ISO time; by default the network's finality."""
        return books.cap_table(self.context, self.deployment, self._known, at)

    def history(self, kind: str | None = None, since: str | int | None = None) -> Iterator[HistoryEntry]:
        """What happened, oldest first; ``since`` is a block, a date or an ISO time."""
        return books.history(self.context, self.deployment, self._known, kind, since)

    def info(self) -> AssetInfo:
        """The state of the token at the latest block."""
        t, endpoint = self._token, self.context.endpoint
        compliance = read(endpoint, t.compliance(), "latest")
        return AssetInfo(
            symbol=self.symbol,
            name=self.name,
            address=self.address,
            registry=read(endpoint, t.identity_registry(), "latest"),
            compliance=None if compliance == ZERO else compliance,
            owner=read(endpoint, t.owner(), "latest"),
            supply=self.supply(),
            cap=Units(read(endpoint, t.cap(), "latest"), self.decimals),
            mode=MODES[read(endpoint, t.mode(), "latest")],
            paused=read(endpoint, t.paused(), "latest"),
            halted=read(endpoint, t.halted(), "latest"),
            lock_up_until=read(endpoint, t.lock_up_until(), "latest"),
            deployed_block=read(endpoint, t.deployed_block(), "latest"),
        )

    @property
    def _token(self) -> AssetToken:
        return AssetToken(self.address)

    @property
    def _known(self) -> Mapping[str, str]:
        return labels(self.context)

    @property
    def _acts(self) -> Acts:
        return Acts(self.context, self.deployment, self._known)

    @property
    def _issuing(self) -> Issuing:
        return Issuing(self.context, self.deployment, self.investors, self._known)
