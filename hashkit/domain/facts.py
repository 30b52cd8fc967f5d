"""Facts: what happened on chain, in domain words. Floor 0.

One class a kind of event; ``contracts/logs.py`` is the only translator. Amounts are integers in the smallest
unit, times unix seconds, addresses checksummed, hashes 0x-hex. Facts are ordered by (block, log_index).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

ZERO = "0x0000000000000000000000000000000000000000"


@dataclass(frozen=True, slots=True)
class RawLog:
    """A log as the node gave it. Topics and data are bytes, hashes 0x-hex, the address checksummed."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    block_hash: str
    tx_hash: str
    tx_index: int
    log_index: int


@dataclass(frozen=True, slots=True)
class Where:
    """Where a fact stands: the log it comes from."""

    block: int
    log_index: int
    tx_hash: str
    contract: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts."""

    where: Where

    @property
    def kind(self) -> str:
        """The name of the fact as people type it: ``moved``, ``order-opened``."""
        return _dashed(type(self).__name__)

    def to_dict(self) -> dict[str, Any]:
        """Flat JSON form; integers beyond 53 bits are safe because amounts become strings."""
        body = asdict(self)
        where = body.pop("where")
        shown = {k: str(v) if k in ("amount", "cap") else v for k, v in body.items()}
        return {"kind": self.kind, **where, **shown}


def kinds() -> tuple[str, ...]:
    """The names of all facts."""
    return tuple(_dashed(each.__name__) for each in Fact.__subclasses__())


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Fact):
    """ERC-20 ``Transfer``: from the zero address units come into being, to it they end."""

    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOpened(Fact):
    """An approver approved an order."""

    order_id: str
    approver: str
    rows_root: str
    file_hash: str
    row_count: int
    amount: int
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderExecuted(Fact):
    """Rows ``first_row`` to ``next_row`` - 1 were issued or skipped."""

    order_id: str
    first_row: int
    next_row: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSkipped(Fact):
    """A row was not eligible and can never be issued under its order. ``verdict`` is the mask."""

    order_id: str
    row: int
    wallet: str
    amount: int
    verdict: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed(Fact):
    """An order was closed for ever."""

    order_id: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed(Fact):
    """Units ended against the paper ``ref``."""

    ref: str
    holder: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted(Fact):
    """An act of authority; ``act`` is the door's selector, ``ref`` zero when a standard's door was used."""

    ref: str
    agent: str
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced(Fact):
    """Units moved without the holder."""

    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFrozen(Fact):
    """An account was frozen, or the freeze was lifted."""

    account: str
    frozen: bool
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountFrozen(Fact):
    """The frozen amount of an account is ``amount`` from now on."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Fact):
    """``what`` (paused, halted) began or ended."""

    what: str
    on: bool
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet(Fact):
    """A rule of the token or its rule book has a new value.

    Of the token: cap, mode, role-matrix, lock-up, classes, country-list, country:NNN. Of the rule book:
    ``register.COUNTED`` and max-holders:NNN. Amounts in the smallest unit, periods in seconds, an address as a number.
    """

    rule: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PowersSet(Fact):
    """The whole set of powers of an agent from now on, as bits of ``Power``."""

    agent: str
    powers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSet(Fact):
    """An account has a role of a stranger's contract, or no longer: ``agent`` (ERC-3643) or a role's 32 bytes."""

    role: str
    account: str
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded(Fact):
    """A proxy (ERC-1967) runs the code of ``implementation`` from now on."""

    implementation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSet(Fact):
    """The contract has a new owner."""

    owner: str
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSet(Fact):
    """A slot (identity-registry, compliance) is filled with ``address``."""

    slot: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotProposed(Fact):
    """Another contract is proposed for a slot, to be applied from ``ready_at`` on; 0: the proposal was cancelled."""

    slot: str
    address: str
    ready_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(Fact):
    """A wallet belongs to an investor from now on."""

    wallet: str
    investor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Fact):
    """A wallet belongs to nobody from now on."""

    wallet: str
    investor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSet(Fact):
    """What is known of the investor whose first wallet this is."""

    wallet: str
    country: int
    investor_class: int
    valid_until: int
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingsSet(Fact):
    """What is known of investors that were admitted together: wallet, country, class and validity of each."""

    rows: tuple[tuple[str, int, int, int], ...]
    proof: str

    @property
    def standings(self) -> tuple[StandingSet, ...]:
        """The same, one by one."""
        return tuple(
            StandingSet(where=self.where, wallet=w, country=c, investor_class=k, valid_until=u, proof=self.proof)
            for w, c, k, u in self.rows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedSet(Fact):
    """The investor whose first wallet this is was denied, or no longer."""

    wallet: str
    denied: bool
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Fact):
    """``wallet`` joined (or left) the investor whose first wallet is ``first``."""

    first: str
    wallet: str
    linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBound(Fact):
    """The registry pushes to ``token`` from now on, or no longer."""

    token: str
    bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryProposed(Fact):
    """What ``lost`` holds shall go to ``to``, from ``ready_at`` on; 0: the proposal was cancelled."""

    lost: str
    to: str
    ready_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Fact):
    """What ``lost`` held, freezes included, went to ``to``, for the investor the registry named then."""

    lost: str
    to: str
    investor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestorChanged(Fact):
    """``wallet`` belongs to ``investor`` from now on, no longer to ``previous``."""

    wallet: str
    previous: str
    investor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted(Fact):
    """The registry believes a KYC issuer (``value`` 1) or a source (for ``value`` seconds); 0: no longer."""

    what: str
    address: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Fact):
    """The attestation of ``content`` was taken over for ``wallet``."""

    content: str
    wallet: str
    issuer: str
    issued_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationRevoked(Fact):
    """The attestation of ``content`` is worth nothing from now on."""

    content: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFollowed(Fact):
    """``source`` keeps the investor with this first wallet valid; zero: no source does."""

    wallet: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSet(Fact):
    """The document of a name (32 bytes) is this one from now on, or it was taken off."""

    name: str
    uri: str
    document_hash: str
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MintWindowSet(Fact):
    """In any span of time t no more than amount + amount * t / period units come into being; 0, 0: no limit."""

    amount: int
    period: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MintWindowProposed(Fact):
    """A wider mint window is proposed, to be applied from ``ready_at`` on; 0: the proposal was cancelled."""

    amount: int
    period: int
    ready_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorNamed(Fact):
    """``token`` takes over from the halted token."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFailed(Fact):
    """The compliance contract failed where it may not refuse; the movement went on."""

    hook: str
    compliance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Fact):
    """A log hashkit does not know, or knows and needs for no report. Kept and counted, never dropped."""

    name: str
    topics: tuple[str, ...]
    data: str
