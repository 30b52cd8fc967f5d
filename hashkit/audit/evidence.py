"""What an audit looked at: everything the checks judge, as plain data. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hashkit.audit.inputs import NO_INPUTS, Inputs
from hashkit.contracts.header import Header
from hashkit.domain.facts import RawLog
from hashkit.domain.network import Network
from hashkit.domain.register import Register
from hashkit.rpc.blocks import Block

Kind = Literal["key", "Safe", "timelock", "contract"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The token as it answers for itself. Texts are cleaned; ``first`` is the block its logs are read from."""

    token: str
    name: str
    symbol: str
    decimals: int
    ours: bool
    """It answers like a token of hashkit. Whether its code is ours, check C08 says."""
    first: int
    unread: tuple[str, ...] = ()
    """What could not be read of it, in sentences."""
    standards: tuple[str, ...] = ()
    """Of a stranger's token: the standards it answers."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Of a stranger's token: address -> role of the contracts that its standard puts behind it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The block of the report. ``final``: the node called it final when it was read."""

    block: Block
    final: bool
    state: bool
    """The node still answers calls at this block."""
    header: Header | None = None
    """The header whose hash is the block's; everything proved hangs on its state root."""
    no_header: str = ""
    """Why the hash could not be made again; empty when it could."""


@dataclass(frozen=True, slots=True)
class Population:
    """The logs of an audit. ``digest`` is SHA-256 over all of them in order."""

    first: int
    last: int
    contracts: Mapping[str, str]
    """Address -> what it is: token, identity registry, compliance."""
    logs: int
    digest: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One value, replayed from the events and asked of the contract. ``answer`` None: it refused to say."""

    topic: str
    what: str
    replayed: str
    answer: str | None

    @property
    def same(self) -> bool:
        """Replay and contract agree."""
        return self.replayed == self.answer


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """An address with a power. ``owners`` of a Safe, of which ``threshold`` must sign; ``delay`` of a timelock in
    seconds."""

    address: str
    kind: Kind
    owners: tuple[str, ...] = ()
    threshold: int = 0
    delay: int = 0

    @property
    def keys(self) -> tuple[frozenset[str], int]:
        """Out of which keys how many must agree. Nobody knows for another contract: it counts as one."""
        if self.kind == "Safe":
            return frozenset(self.owners), self.threshold
        return frozenset((self.address,)), 1

    @property
    def alone(self) -> bool:
        """One key is enough, as far as was looked."""
        return self.kind == "key" or (self.kind == "Safe" and self.threshold == 1)

    @property
    def told(self) -> str:
        """In words."""
        match self.kind:
            case "Safe":
                return f"a Safe, {self.threshold} of {len(self.owners)}"
            case "timelock":
                return f"a timelock of {self.delay} seconds; whose keys open it was not looked at"
            case "contract":
                return "a contract; whose keys stand behind it was not looked at"
        return "a key"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "address": self.address,
            "kind": self.kind,
            "owners": list(self.owners),
            "threshold": self.threshold,
            "delaySeconds": self.delay,
        }


@dataclass(frozen=True, slots=True)
class State:
    """What the contracts answered at the block. ``why_not`` is empty when they could be asked."""

    supply: int | None
    compared: tuple[Compared, ...]
    """Without the balances that agree; those are counted."""
    balances_same: int
    owners: Mapping[str, KeyHolder]
    """Owner -> who stands behind it."""
    why_not: str = ""
    holder_codes: Mapping[str, int] = field(default_factory=dict)
    """Holder -> bytes of code at its address, where there is any."""

    def differing(self, topic: str) -> tuple[Compared, ...]:
        """What of a topic does not agree."""
        return tuple(c for c in self.compared if c.topic == topic and not c.same)

    def with_proved(self, proof: Proof) -> State:
        """The same with what the state root says otherwise, but balances and code, which have checks of their own."""
        beside = tuple(c for c in proof.compared if c.topic not in ("balance", "code", "slot"))
        return replace(self, compared=self.compared + beside)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the state root of the block says, by proofs that were verified here. ``why_not`` empty: it does."""

    why_not: str
    layout: str = ""
    """Where the token keeps its balances."""
    supply: int | None = None
    total: int = 0
    """Sum of the proved balances of every account that ever stood in a movement."""
    balances: int = 0
    """How many were proved."""
    words: int = 0
    """Storage words that were proved, balances among them."""
    codes: int = 0
    """Contracts and keys whose code, or lack of it, was proved."""
    compared: tuple[Compared, ...] = ()
    """What differs from the replay, or from what the contract or the node answered."""
    broken: tuple[str, ...] = ()
    """Proofs that do not fit the state root, in sentences."""

    @property
    def proved(self) -> bool:
        """The register's balances and the supply are proved, nobody's left out."""
        good = not self.why_not and not self.broken and not self.differing("balance")
        return good and self.supply is not None and self.total == self.supply

    @property
    def told(self) -> str:
        """How well the balances are known, in the words of a report."""
        if self.why_not:
            return f"not proved ({self.why_not})"
        return "not proved" if self.broken else "proved"

    def differing(self, topic: str) -> tuple[Compared, ...]:
        """What of a topic does not agree."""
        return tuple(c for c in self.compared if c.topic == topic)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; amounts in smallest units, as text."""
        return {
            "proved": self.proved,
            "whyNot": self.why_not,
            "layout": self.layout,
            "supply": None if self.supply is None else str(self.supply),
            "sumOfBalances": str(self.total),
            "balances": self.balances,
            "words": self.words,
            "codes": self.codes,
            "differing": len(self.compared),
            "broken": list(self.broken),
        }


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody beside the node who was asked for the hash of the block, or for its events."""

    who: str
    """``a second node at https://…``, ``the explorer at …``, ``the auditor``."""
    topic: str
    """``block`` or ``events``; ``unheard``: no answer came."""
    agrees: bool
    text: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"who": self.who, "topic": self.topic, "agrees": self.agrees, "text": self.text}


@dataclass(frozen=True, slots=True)
class Mined:
    """A transaction that a block holds."""

    block: int
    sender: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class CodePart:
    """One contract's code. ``same`` None: not compared, ``text`` says why."""

    role: str
    address: str
    artifact: str
    same: bool | None
    text: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "role": self.role,
            "address": self.address,
            "artifact": self.artifact,
            "same": self.same,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Proxy:
    """A stranger's contract that runs another's code. ``changed_by`` says who can make it run something else."""

    kind: str
    implementation: str
    authority: str
    changed_by: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {
            "kind": self.kind,
            "implementation": self.implementation,
            "authority": self.authority,
            "changedBy": self.changed_by,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A role of a stranger's contract. ``confirmed`` None: it has no view for it. ``code`` 0: the account is a key."""

    contract: str
    role: str
    account: str
    confirmed: bool | None
    code: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "contract": self.contract,
            "role": self.role,
            "account": self.account,
            "confirmed": self.confirmed,
            "codeBytes": self.code,
        }


@dataclass(frozen=True, slots=True)
class Stranger:
    """What a stranger's token answers at the block, by one node's word."""

    proxy: Proxy | None
    held: tuple[Held, ...]
    paused: bool | None
    may_hold: Mapping[str, str]
    """Holder -> ``verified``, or why not in the token's words; empty: it has no rule about holders."""
    frozen: Mapping[str, tuple[bool, int]]
    """Holder -> frozen as a whole, frozen amount in smallest units; only those with either."""

    def to_dict(self) -> dict[str, Any]:
        """JSON form; amounts in smallest units, as text."""
        return {
            "proxy": self.proxy.to_dict() if self.proxy else None,
            "held": [each.to_dict() for each in self.held],
            "paused": self.paused,
            "mayHold": dict(sorted(self.may_hold.items())),
            "frozen": {who: {"whole": whole, "amount": str(raw)} for who, (whole, raw) in sorted(self.frozen.items())},
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """The register at the end of an earlier block."""

    block: Block
    register: Register


@dataclass(frozen=True, slots=True)
class Record:
    """What was read, as the files of a bundle: see ``bundle``."""

    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    logs: Iterable[RawLog] = field(default=(), repr=False, compare=False)
    """They have a file too, which can be long: it is written from here."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Path in the bundle -> SHA-256, the logs' among them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything together."""

    network: Network
    pin: Pin
    subject: Subject
    population: Population
    register: Register
    state: State
    code: tuple[CodePart, ...]
    times: Mapping[int, int]
    """Block -> its time, for every block a report names."""
    proof: Proof
    witnesses: tuple[Witness, ...] = ()
    stranger: Stranger | None = None
    """Of a token that is not ours, when the node has the state of the block."""
    inputs: Inputs = NO_INPUTS
    """The files that the auditor gave."""
    opening: Opening | None = None
    """The books at the beginning of the period, when one was named."""
    mined: Mapping[str, Mined | None] = field(default_factory=dict)
    """Transaction -> where it was mined; asked of journalled transactions and of acts, when a journal was given."""
    record: Record = Record()

    def said(self, topic: str, agrees: bool = True) -> tuple[Witness, ...]:
        """The witnesses of a topic who agree with the node, or who do not."""
        return tuple(w for w in self.witnesses if w.topic == topic and w.agrees is agrees)

    @property
    def attested_by(self) -> str:
        """Whose word the hash of the block rests on."""
        return " and ".join(["one node", *(w.who for w in self.said("block"))])
