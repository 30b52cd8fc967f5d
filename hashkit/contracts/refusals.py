"""Refusals in English: revert data to the error's name, a sentence and the next step. Floor 1.

A contract's ABI does not list what another contract throws, so the errors of all our artifacts are merged.
A test demands a sentence for each. What is not known is shown raw; no reason is ever invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hashkit.contracts import artifacts
from hashkit.contracts.abi import Entry, decode, table
from hashkit.contracts.hashing import checksum
from hashkit.domain.parties import Power
from hashkit.domain.verdict import ids


@dataclass(frozen=True, slots=True)
class Refusal:
    """A revert explained. ``name`` is the error's name, or ``R-UNKNOWN`` with the raw data in the sentence."""

    name: str
    sentence: str
    next_step: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def explain_revert(data: bytes) -> Refusal:
    """What revert data says."""
    entry = errors().get(data[:4])
    if entry is None:
        return _unknown(data)
    from eth_abi.exceptions import DecodingError

    try:
        values = decode(entry.inputs, data[4:])
    except (DecodingError, OverflowError):  # a stranger's contract may reuse our selector with other bytes
        return _unknown(data)
    columns = zip(entry.input_names, entry.inputs, values, strict=True)
    arguments = {name: _shown(name, kind, value) for name, kind, value in columns}
    sentence, next_step = SENTENCES.get(entry.name, ("The contract refused: " + entry.signature, ""))
    return Refusal(entry.name, sentence.format(**arguments), next_step.format(**arguments), arguments)


@cache
def errors() -> Mapping[bytes, Entry]:
    """Selector -> error, over all artifacts, with Solidity's own two."""
    found = {e.selector: e for e in table("error", *artifacts.names()).values()}
    for own, kind in (("Error", "string"), ("Panic", "uint256")):
        entry = Entry(f"{own}({kind})", own, (kind,), ("reason",), (), (False,))
        found[entry.selector] = entry
    return found


def _unknown(data: bytes) -> Refusal:
    shown = "0x" + data[:100].hex() + ("…" if len(data) > 100 else "")
    said = f"revert data {shown}" if data else "no reason given"
    return Refusal("R-UNKNOWN", f"The contract refused: {said}.", "Report it, with the command you typed.")


def _shown(name: str, kind: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if kind == "address":
        return checksum(value)
    if name == "verdict":
        return ", ".join(ids(value)) or "nothing"
    if name in ("power", "powers"):
        return " or ".join(Power(value).labels) if 0 < value < 2 * Power.RAW_SUPPLY else str(value)
    return value


_INSIDE = "Report it: hashkit should have prevented this."

SENTENCES: dict[str, tuple[str, str]] = {
    "AddressEmptyCode": ("There is no contract at {target}.", "Check the address and the network."),
    "AdmissionInvalid": ("The registry cannot admit {wallet}.", "Give a wallet and an investor other than zero."),
    "AlreadyInThatState": ("Nothing to do: the token is in that state already.", "Look: hashkit asset show."),
    "AlreadyInitialised": ("The contract is initialised already.", _INSIDE),
    "AttestationExpired": (
        "The attestation was valid until {validUntil} (unix seconds).",
        "Ask its issuer for a new one.",
    ),
    "AttestationOutOfTime": (
        "The attestation is of {issuedAt}; it must be later than {notBefore} and not in the future (unix seconds).",
        "Ask its issuer for a new one.",
    ),
    "AttestationUnfit": (
        "The attestation {uid} does not fit: schema, attester, payload or time.",
        "Present the latest one that the attester has made and not revoked.",
    ),
    "AttestationUsed": ("The attestation {content} was used or revoked before.", "Ask its issuer for a new one."),
    "CapExceeded": (
        "Issuing {amount} (smallest units) would exceed the cap {cap}; outstanding are {supply}.",
        "Issue less, or let the owner raise the cap.",
    ),
    "CloneArgumentsTooLong": ("The clone would carry too much behind its code.", _INSIDE),
    "ComplianceFailed": ("The compliance contract {compliance} failed.", "Ask who runs it, or replace it."),
    "Create2EmptyBytecode": ("There is no code to make a contract of.", _INSIDE),
    "ECDSAInvalidSignature": ("The signature is not valid.", "Sign again."),
    "ECDSAInvalidSignatureLength": ("The signature has a wrong length.", "Sign again."),
    "ECDSAInvalidSignatureS": ("The signature is malleable (high s).", "Sign again with an ordinary signer."),
    "ERC2612ExpiredSignature": ("The permit expired at {deadline}.", "Sign a new permit."),
    "ERC2612InvalidSigner": ("The permit was signed by {signer}, not by {owner}.", "Let the owner sign."),
    "ERC20InsufficientAllowance": (
        "{spender} may spend {allowance} (smallest units), {needed} are needed.",
        "The holder approves more.",
    ),
    "ERC20InsufficientBalance": ("{sender} holds {balance} (smallest units), {needed} are needed.", "Move less."),
    "ERC20InvalidReceiver": ("{receiver} cannot hold units.", "Choose another receiver."),
    "ERC20InvalidSpender": ("{spender} may not move units for others.", "See hashkit transfer --check."),
    "ERC7943CannotReceive": ("{account} may not receive.", "See why: hashkit transfer --check."),
    "ERC7943CannotSend": ("{account} may not send.", "See why: hashkit transfer --check."),
    "ERC7943CannotTransfer": (
        "A rule refuses moving {amount} (smallest units) from {from} to {to}.",
        "See why: hashkit transfer --check.",
    ),
    "ERC7943InsufficientUnfrozenBalance": (
        "{account} has {unfrozen} (smallest units) that are not frozen, {amount} are needed.",
        "Move less, or have the freeze lowered.",
    ),
    "ERC1643InvalidName": ("A document needs a name.", "Give it one."),
    "ERC1643MissingDocument": ("There is no document of that name.", "See the list: hashkit document show."),
    "Error": ("The contract refused: {reason}.", ""),
    "FailedCall": ("A contract call inside failed without a reason.", "Check the function and the address."),
    "FailedDeployment": ("That clone exists already.", "Use another salt, or the contract that is there."),
    "FollowsSource": ("A source keeps the investor behind {first} valid.", "Let an admit agent end that first."),
    "FrozenAmountExceeded": ("{account} has {frozen} (smallest units) frozen, not {amount}.", "Free less."),
    "GasTooLow": ("Another contract cannot be asked with so little gas; {needed} are needed.", "Send more gas."),
    "InsufficientBalance": ("Not enough native currency: {needed} wei are needed.", "Top up the account."),
    "IssuerNotTrusted": (
        "{issuer} is not a trusted KYC issuer.",
        "The registry's owner trusts it, or ask another issuer.",
    ),
    "LengthMismatch": ("The lists differ in length.", _INSIDE),
    "LevelInvalid": ("{level} is not a KYC level.", "Choose 1 to 4."),
    "LinksFull": ("The investor behind {first} has 16 wallets already.", "Remove one first."),
    "LimitInvalid": (
        "The rule book cannot keep this limit.",
        "A velocity needs units and a period; a denomination has at most twelve digits before its zeros.",
    ),
    "LoweredByAgent": (
        "An admit agent lowered {investor}; only an agent raises him again.",
        "See why: hashkit investor show.",
    ),
    "MintWindowExceeded": (
        "The mint window lets {available} (smallest units) come into being now, not {amount}.",
        "Wait until it has room, issue less, or have it widened.",
    ),
    "NotAllowed": ("{caller} may not do this.", "It needs the rules power of the token, or its owner."),
    "NotHalted": ("The token is not halted.", "Halt it first: hashkit control halt."),
    "NotSupported": ("That part of the standard does not exist here.", "See contracts/README.md."),
    "NotTheRegistry": ("{caller} is not the token's registry.", _INSIDE),
    "NotTheToken": ("{caller} is not the rule book's token.", _INSIDE),
    "OrderExists": ("Order {orderId} is open already.", "The same command goes on with it."),
    "OrderExpired": ("Order {orderId} expired at {deadline}.", "Approve a new order."),
    "OrderInvalid": ("Order {orderId} has no rows or no total.", "Check the file."),
    "OrderIsClosed": ("Order {orderId} is closed for ever.", "Approve a new order."),
    "OrderNotApproved": (
        "Order {orderId} carries no valid signature of {approver}, or he lacks the approve power.",
        "Have it signed by an approver: hashkit order approve.",
    ),
    "OrderOutOfTurn": (
        "Order {orderId} stands at row {nextRow}, not {firstRow}: issued already, or others come first.",
        "The same command goes on from where the order stands.",
    ),
    "OrderRowsNotApproved": (
        "The rows from {firstRow} on are not the approved rows of order {orderId}.",
        "Use the file that was approved.",
    ),
    "OrderTotalExceeded": ("Order {orderId} allows {total}, it would issue {issued}.", _INSIDE),
    "OrderUnknown": ("Order {orderId} is not open.", "Open it first: hashkit order open."),
    "OwnableInvalidOwner": ("{owner} cannot own the contract.", "Name another owner."),
    "OwnableUnauthorizedAccount": ("{account} is not the owner.", "Use the owner's account; see hashkit asset show."),
    "Panic": ("The contract failed by itself (panic code {reason}).", _INSIDE),
    "PowerMissing": ("{account} lacks the power: {power}.", "The owner grants it, or use an agent who holds it."),
    "PowersInvalid": (
        "These powers must not be held together, or are none: {powers}.",
        "Admit and recover stay apart.",
    ),
    "PresetOutOfOrder": ("{wallet} is out of order.", "Give the wallets in ascending order, each once."),
    "RecoveryInvalid": (
        "{to} cannot take over from {lost}.",
        "Recover to another wallet of the same investor, and name the investor whom the registry names.",
    ),
    "RecoveryNotReady": (
        "The recovery of {lost} is ready at {readyAt} (unix seconds, 0: nothing proposed).",
        "Wait, or link the new wallet to the investor first: hashkit investor link.",
    ),
    "Refused": ("The rules refuse the movement: {verdict}.", "See why: hashkit transfer --check."),
    "RefInvalid": ("The ref {ref} is zero or was consumed already.", "Each redemption needs a ref of its own."),
    "RowRefused": (
        "Row {row} of order {orderId} ({wallet}) is not eligible: {verdict}.",
        "Mend the investor's standing, or skip ineligible rows.",
    ),
    "SignatureNotOf": ("The signature is not one of {signer}.", "Sign again with that key."),
    "SlotDelayTooShort": (
        "The slot delay is {delay} s; at least {minimum} s are needed.",
        "Set slot_delay to a day or more.",
    ),
    "SlotInvalid": ("{candidate} does not fit the slot.", "Name a contract of that kind."),
    "SlotNotReady": (
        "Nothing is ready to be applied; ready at {readyAt} (unix seconds, 0: nothing proposed).",
        "Wait.",
    ),
    "SourceNotTrusted": (
        "{source} is not a trusted source (zero: the investor follows none).",
        "Trust it, or choose another.",
    ),
    "TermsInvalid": ("The terms do not fit the token.", "Check cap, supply and registry."),
    "TokenInvalid": ("{token} cannot be bound or unbound.", "Trust its code first; unbind after it changed registry."),
    "TokensFull": ("The registry pushes to 16 tokens already.", "Use another registry."),
    "WalletDenied": ("{wallet} is denied.", "Let an admit agent lift the denial first."),
    "WalletHasLinks": ("{wallet} is a first wallet with further ones.", "Remove the further wallets first."),
    "WalletKnown": ("{wallet} is in the registry already.", "See hashkit investor show."),
    "WalletUnknown": ("{wallet} is not in the registry.", "Admit it: hashkit investor add."),
}
"""Error name -> sentence and next step, with the error's arguments in braces. Amounts are smallest units."""
