"""How one action becomes exactly one mined transaction, whatever dies in between. Floor 2.

Rehearse, price, sign, check the signature, write the bytes down, and only then open the socket. After
that the same bytes are sent as often as needed; no answer of a node leads to a second signature for
other content, and a missing receipt never means failure. A second attempt for the same step is made
only when the first was mined and reverted, or with the same nonce when its fee is too low.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Any

from hashkit.chain import fees, rehearsal
from hashkit.chain.answers import number
from hashkit.chain.pump import Pump
from hashkit.chain.send_errors import SendAnswer, read_answer
from hashkit.chain.signing import Signer, created_address, fields, read_signed, sign
from hashkit.chain.stock import Ledger, Told, ask, receipt_of, settle, take_stock
from hashkit.contracts.call import Call, Deploy
from hashkit.domain.attempts import Attempt, Receipt
from hashkit.domain.network import Network
from hashkit.errors import AccountError, HashkitError, NodeError, OutcomeUnknown, Refused, RpcError, StalePlan
from hashkit.rpc.client import Endpoint

_BUMP = 9, 8
"""A replacement offers an eighth more on both fees; geth asks for a tenth."""
_REBROADCAST = 15.0
"""Seconds after which a transaction that no node knows of is sent again, unchanged."""
_IMPATIENT = 45.0
"""Seconds for which blocks may go by without a transaction before it is offered for more."""
_OFFERS = 12
"""Most offers for one transaction when a node calls each of them too low."""
_GRACE = 4
"""Block times for which a used nonce may go without a receipt: nodes behind one address differ."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction that was signed and given to a pump, and what the pump says of it."""

    attempt: Attempt
    taken: Future[bool]


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends for one signer on one chain. ``on_event`` is told (kind, transaction hash, text)."""

    endpoint: Endpoint
    network: Network
    signer: Signer
    ledger: Ledger
    on_event: Told = field(default=lambda kind, tx_hash, text: None)
    wait_seconds: float = 300.0

    def perform(self, step: int, action: Call | Deploy, *, renew: bool = False, ample: bool = False) -> Receipt:
        """Carry out the action of a journalled step and return its receipt.

        ``ample``: with the highest gas limit there is, if the account can pay for that, and not with an estimate.
        Refused when it would revert or cannot be paid (nothing sent), TransactionFailed when it was mined
        and reverted, OutcomeUnknown when nobody knows in time, AccountError when the key is used elsewhere.
        """
        earlier = self.resume(step, renew=renew)
        if earlier is not None:
            return earlier
        self.check_chain()
        me = self.signer.address
        rehearsal.rehearse(self.endpoint, me, action)
        now = fees.prices(self.endpoint)
        max_fee = self._affordable(now.base_fee + now.priority_fee, now.max_fee)
        gas = now.gas_limit
        if not (ample and self._balance() >= gas * max_fee):
            gas = min(rehearsal.estimate(self.endpoint, me, action), gas)
        self._check_funds(action, gas, max_fee)
        nonce = max(self.ledger.next_nonce(), self._count("latest"), self._count("pending"))
        if isinstance(action, Deploy) and action.at not in (None, created_address(me, nonce)):
            raise StalePlan(
                f"{action.contract} would not land where the plan wants it. Nothing was sent.",
                why=f"Its place {action.at} follows from the account's nonce, and that is {nonce} by now.",
                next_step="Make the plan again.",
            )
        wanted = fields(
            action,
            chain_id=self.network.chain_id,
            nonce=nonce,
            gas=gas,
            max_fee=max_fee,
            priority_fee=min(now.priority_fee, max_fee),
        )
        receipt = self._see_through(self._sign(step, wanted))
        if not receipt.succeeded:
            spent = receipt.gas_used >= gas
            raise rehearsal.failure(self.endpoint, me, action, receipt.tx_hash, receipt.block, spent)
        return receipt

    def post_in_turn(
        self, jobs: Sequence[tuple[int, Call, int]], pump: Pump, under_way: Sequence[Posted] = ()
    ) -> tuple[list[Posted], HashkitError | None]:
        """Post calls that a contract takes once and in this order: (step, call, gas limit) each.

        All are signed and on the disk before the first goes out. What comes back are those that were signed, and why
        not all of them were, if so. ``under_way`` are those before them that nobody has waited for. Behind these
        nothing can be rehearsed, because it is not its turn; without them the first is, and no other: one that comes
        after a failure costs gas and does nothing.
        So many are taken as the account can pay for, with those under way; ``perform`` is the way when that is none.
        """
        me = self.signer.address
        now = fees.prices(self.endpoint)
        limits = [min(gas, now.gas_limit) for _, _, gas in jobs]
        first = self.ledger.next_nonce()
        if not under_way:
            rehearsal.rehearse(self.endpoint, me, jobs[0][1], limits[0])
            first = max(first, self._count("latest"), self._count("pending"))
        max_fee = self._affordable(now.base_fee + now.priority_fee, now.max_fee)
        money = self._balance() - sum(posted.attempt.gas * posted.attempt.max_fee for posted in under_way)
        payable = sum(1 for spent in accumulate(limits) if spent * max_fee <= money)
        signed: list[Attempt] = []
        trouble: HashkitError | None = None
        try:
            for nonce, ((step, call, _), gas) in enumerate(zip(jobs[:payable], limits, strict=False), first):
                price = {"max_fee": max_fee, "priority_fee": min(now.priority_fee, max_fee)}
                wanted = fields(call, chain_id=self.network.chain_id, nonce=nonce, gas=gas, **price)
                self.check_chain()
                signed.append(self._signed(step, wanted))
        except HashkitError as error:  # those before it can go out
            trouble = error
        finally:  # an interrupt, too, leaves no signature that nobody knows of
            self._keep(signed)
        return [Posted(attempt, pump.post(attempt.raw)) for attempt in signed], trouble

    def wait_in_turn(self, posted: Sequence[Posted]) -> tuple[list[Receipt], HashkitError | None]:
        """The receipts of what was posted, also of those that reverted, and why not all were sent or seen, if so."""
        out: list[Attempt] = []
        receipts: list[Receipt] = []
        trouble: HashkitError | None = None
        try:
            for each in posted:
                out.append(self._offer(each.attempt, each.taken))
        except HashkitError as error:  # those before it are on their way, those after it are kept
            trouble = error
        try:
            for attempt in out:
                receipts.append(self._wait(attempt))
        except HashkitError as error:
            trouble = error
        return receipts, trouble

    def resume(self, step: int, *, renew: bool = False) -> Receipt | None:
        """The receipt of an earlier run of this step, seen through if need be; None to start afresh.

        Afresh means that nothing was ever signed for it, or that all of it was mined and reverted. With ``renew``
        also that somebody else used up its nonces: only for a step that the contract itself lets happen once.
        """
        used = set()
        attempts = self.ledger.attempts(step)
        for attempt in attempts:
            receipt = self._receipt(attempt)
            if receipt is not None:
                self._settle(attempt, receipt)
                used.add(attempt.nonce)
                if receipt.succeeded:
                    return receipt
        if renew:
            used |= {a.nonce for a in attempts if self._is_used(a.nonce) and not self._is_known(a)}
        open_ones = [attempt for attempt in attempts if attempt.nonce not in used]
        if not open_ones:
            return None
        self.check_chain()
        self.on_event("resumed", open_ones[-1].tx_hash, "Signed by an earlier run: the same bytes go out.")
        receipt = self._see_through(open_ones[-1])
        return receipt if receipt.succeeded else None

    def take_stock(self) -> tuple[Attempt, ...]:
        """Bring the journal up to the chain; what is in no block is returned. See ``chain.stock``."""
        self.check_chain()
        return take_stock(self.endpoint, self.network, self.signer.address, self.ledger, self.on_event)

    def send_again(self, missing: Sequence[Attempt]) -> None:
        """Bring the chain up to the journal: what ``take_stock`` found missing goes out again, unchanged.

        Lowest nonce first; this closes gaps after a crash and puts back what a reorganisation threw out.
        """
        used = self._count("latest")
        for attempt in missing:
            if attempt.nonce >= used:
                self.on_event("resumed", attempt.tx_hash, "An earlier transaction was still outstanding.")
                if attempt.state == "MINED":
                    self.ledger.record_sent(attempt.tx_hash)
                self._see_through(attempt)

    def check_chain(self) -> None:
        """NodeError when the node serves another chain than the one that is configured."""
        found = number(self.endpoint, "eth_chainId")
        if found != self.network.chain_id:
            raise NodeError(
                f"The node serves chain {found}, but {self.network.name} is chain {self.network.chain_id}.",
                why="A signature for the wrong chain cannot be taken back.",
                next_step="Check the RPC URL and the network with `hashkit doctor`.",
                code="WRONG_CHAIN",
            )

    # Signing

    def _sign(self, step: int, wanted: dict[str, Any]) -> Attempt:
        """Sign, and have it on the disk before anybody else sees it."""
        attempt = self._signed(step, wanted)
        self._keep([attempt])
        return attempt

    def _signed(self, step: int, wanted: dict[str, Any]) -> Attempt:
        """Sign, and check what came back. It must be kept before it is sent."""
        raw, tx_hash = sign(self.signer, wanted)
        money = wanted["maxFeePerGas"], wanted["maxPriorityFeePerGas"]
        return Attempt(step, wanted["nonce"], raw, tx_hash, wanted["gas"], *money)

    def _keep(self, signed: Sequence[Attempt]) -> None:
        """On the disk, all of them, when this returns."""
        with self.ledger.together():
            for attempt in signed:
                self.ledger.record_signed(attempt)
        for attempt in signed:
            self.on_event("signed", attempt.tx_hash, "")

    def _dearer(self, old: Attempt) -> Attempt:
        """The same nonce and the same content with more money. Read from the signed bytes themselves."""
        self.check_chain()
        now = fees.prices(self.endpoint)
        wanted = {name: value for name, value in read_signed(old.raw).items() if name not in "vrs"}
        del wanted["accessList"]
        least = old.max_fee * _BUMP[0] // _BUMP[1] + 1
        tip = max(now.priority_fee, old.priority_fee * _BUMP[0] // _BUMP[1] + 1)
        try:
            wanted["maxFeePerGas"] = self._affordable(max(least, now.base_fee + tip), max(least, now.max_fee))
        except Refused as error:
            raise OutcomeUnknown(
                f"Transaction {old.tx_hash} waits: {error.why[0].lower()}{error.why[1:]}",
                why="It is signed and kept; it goes into a block as soon as the chain asks for less.",
                next_step=f"{error.next_step} Then run the same command again: it signs no other content.",
                code=error.code,
            ) from None
        wanted["maxPriorityFeePerGas"] = min(tip, wanted["maxFeePerGas"])
        return self._sign(old.step, wanted)

    def _affordable(self, least: int, wanted: int) -> int:
        """The fee to offer, wei per gas. Refused when the ceiling that the user set lies below ``least``."""
        ceiling = self.network.max_fee
        if ceiling is None or wanted <= ceiling:
            return wanted
        if least > ceiling:
            raise Refused(
                "The chain is too dear at present. Nothing was sent.",
                why=f"It asks for {_gwei(least)} gwei per gas, and max_fee is {_gwei(ceiling)} gwei.",
                next_step=f"Wait, or raise max_fee under [networks.{self.network.name}] of hashkit.toml.",
                code="FEE_CEILING",
            )
        return ceiling

    def _check_funds(self, action: Call | Deploy, gas: int, max_fee: int) -> None:
        value = action.value if isinstance(action, Call) else 0
        need = value + gas * max_fee
        have = self._balance()
        if have < need:
            coin = self.network.currency
            raise Refused(
                f"{self.signer.address} cannot pay for {rehearsal.named(action)}.",
                why=f"It holds {fees.coins(have)} {coin} and must be able to pay {fees.coins(need)} {coin}.",
                next_step=f"Send it at least {fees.coins(need - have)} {coin}.",
                code="GAS",
            )

    def _balance(self) -> int:
        return number(self.endpoint, "eth_getBalance", self.signer.address, "latest")

    # Sending and waiting

    def _see_through(self, attempt: Attempt) -> Receipt:
        """Send the bytes and wait until a block holds them."""
        return self._wait(self._offer(attempt))

    def _offer(self, attempt: Attempt, taken: Future[bool] | None = None) -> Attempt:
        """Send the bytes; a fee that is too low is raised. What was sent last comes back."""
        answer = self._send(attempt, taken)
        for _ in range(_OFFERS):
            if answer is not SendAnswer.FEE_TOO_LOW or self._receipt(attempt) is not None:
                break
            attempt = self._dearer(attempt)
            answer = self._send(attempt)
        if answer is SendAnswer.MAYBE_SENT and not self._is_known(attempt):
            self._send(attempt)  # most often a connection that the node had closed while we were idle
        return attempt

    def _send(self, attempt: Attempt, taken: Future[bool] | None = None) -> SendAnswer:
        """Send the bytes, unless they were ``taken`` already, and what the node says of it."""
        try:
            if taken is None or not taken.result():
                self.endpoint.call("eth_sendRawTransaction", ("0x" + attempt.raw.hex(),))
            answer = SendAnswer.KNOWN
        except NodeError as error:
            answer = read_answer(error)
            if answer is SendAnswer.NO_FUNDS:
                raise Refused(
                    "The node does not take the transaction, because the account cannot pay for it.",
                    why="It is signed and kept, and was not sent.",
                    next_step=f"Send it some {self.network.currency}, then run the same command again.",
                    code="GAS",
                ) from None
            if answer is SendAnswer.MAYBE_SENT:
                self.on_event("unsure", attempt.tx_hash, error.sentence)
                if isinstance(error, RpcError) and not self._is_known(attempt):
                    raise self._unknown(attempt, f"The node answers: {error.message[:200]}.") from None
        if answer is SendAnswer.KNOWN and attempt.state == "SIGNED":
            self.ledger.record_sent(attempt.tx_hash)
            self.on_event("sent", attempt.tx_hash, "")
        return answer

    def _wait(self, attempt: Attempt) -> Receipt:
        started = last_sent = offered = time.monotonic()
        head: dict[str, int] | None = None
        grace = _GRACE * max(1, self.network.block_seconds)
        pause = 0.002 if self.network.dev else min(2.0, self.network.block_seconds / 2)
        while True:
            for known in self._rivals(attempt):
                receipt = self._receipt(known)
                if receipt is not None:
                    self._settle(known, receipt)
                    return receipt
            head = self._head() if head is None else head
            now = time.monotonic()
            if now - started > grace and self._is_used(attempt.nonce) and not self._any_known(attempt):
                raise self._foreign(attempt)
            if now - started > self.wait_seconds:
                raise self._unknown(attempt, f"No block held it within {self.wait_seconds:.0f} seconds.")
            if now - last_sent > _REBROADCAST:
                if not self._is_known(attempt):
                    self._send(attempt)
                # A node may know it and tell nobody. The bytes are in the journal, so they may go to every node.
                self.endpoint.tell_others("eth_sendRawTransaction", ("0x" + attempt.raw.hex(),))
                last_sent = now
            if now - offered > _IMPATIENT:
                if self._is_passed_over(attempt, head):
                    self.on_event("replaced", attempt.tx_hash, "Blocks go by without it: it is offered for more.")
                    attempt = self._dearer(attempt)
                    self._send(attempt)
                offered, head = now, self._head()
            time.sleep(pause)

    def _is_passed_over(self, attempt: Attempt, head: dict[str, int]) -> bool:
        """Whether it is the account's turn, and blocks come that do not hold it, or cannot at this base fee."""
        now = self._head()
        moved_on = now.get("number", 0) > head.get("number", 0) + 1
        too_dear = now.get("baseFeePerGas", 0) > attempt.max_fee
        return (moved_on or too_dear) and not self._is_used(attempt.nonce)

    def _rivals(self, attempt: Attempt) -> list[Attempt]:
        """Everything with the same nonce: any of them may be the one that was mined."""
        return [each for each in self.ledger.attempts(attempt.step) if each.nonce == attempt.nonce]

    def _settle(self, attempt: Attempt, receipt: Receipt) -> None:
        settle(self.ledger, attempt, receipt, self.on_event)

    # Asking. While waiting, a node that does not answer is asked again, not believed.

    def _receipt(self, attempt: Attempt) -> Receipt | None:
        return receipt_of(self.endpoint, attempt, self.signer.address)

    def _is_known(self, attempt: Attempt) -> bool:
        return self._ask("eth_getTransactionByHash", attempt.tx_hash) is not None

    def _any_known(self, attempt: Attempt) -> bool:
        return any(self._is_known(each) for each in self._rivals(attempt))

    def _head(self) -> dict[str, int]:
        """Number and base fee of the newest block; empty when the node does not say."""
        found = self._ask("eth_getBlockByNumber", "latest", False)
        try:
            return {name: int(found[name], 16) for name in ("number", "baseFeePerGas")}
        except (KeyError, TypeError, ValueError):
            return {}

    def _is_used(self, nonce: int) -> bool:
        found = self._ask("eth_getTransactionCount", self.signer.address, "latest")
        return isinstance(found, str) and int(found, 16) > nonce

    def _ask(self, method: str, *params: Any) -> Any:
        return ask(self.endpoint, method, *params)

    def _count(self, tag: str) -> int:
        return number(self.endpoint, "eth_getTransactionCount", self.signer.address, tag)

    # Saying what is not known

    def _foreign(self, attempt: Attempt) -> AccountError:
        return AccountError(
            f"Nonce {attempt.nonce} of {self.signer.address} was used by somebody else's transaction.",
            why=f"No node knows of {attempt.tx_hash}, which hashkit signed with it.",
            next_step="Find out who else uses this key. hashkit does not sign this step again by itself.",
            code="NONCE_FOREIGN",
            details=[attempt.tx_hash],
        )

    def _unknown(self, attempt: Attempt, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"Nobody says yet what came of transaction {attempt.tx_hash}.",
            why=why,
            next_step="Run the same command again: it looks for this transaction and signs no second one.",
            details=[self.network.transaction_link(attempt.tx_hash) or attempt.tx_hash],
        )


def _gwei(wei: int) -> str:
    return f"{Decimal(wei).scaleb(-9).normalize():f}"
