"""Is what came back from the signer what was asked for? Transactions as fields and as bytes. Floor 2."""

from __future__ import annotations

from typing import Any, Protocol

from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import checksum, keccak
from hashkit.errors import AccountError

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: a signature with a higher s is a second form of the same one (EIP-2)."""
_COMPARED = ("chainId", "nonce", "to", "value", "data", "gas", "maxFeePerGas", "maxPriorityFeePerGas")


class TransactionSigner(Protocol):
    """What the sender needs of a signer."""

    @property
    def address(self) -> str:
        """Checksummed address that signs."""

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        """The signed bytes, ready to send."""


def essence(action: Call | Deploy) -> tuple[str | None, int, bytes]:
    """Recipient (None creates a contract), wei and data of a transaction."""
    if isinstance(action, Deploy):
        return None, 0, action.init_code
    return action.to, action.value, action.data


def question(action: Call | Deploy, sender: str) -> dict[str, str]:
    """The action as ``eth_call`` and ``eth_estimateGas`` want it."""
    to, value, data = essence(action)
    asked = {"from": sender, "value": hex(value), "data": "0x" + data.hex()}
    return asked if to is None else {**asked, "to": to}


def fields(
    action: Call | Deploy, *, chain_id: int, nonce: int, gas: int, max_fee: int, priority_fee: int
) -> dict[str, Any]:
    """An EIP-1559 transaction as signers take it: integers, 0x-hex data, no ``to`` for a creation."""
    to, value, data = essence(action)
    made = {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "value": value,
        "data": "0x" + data.hex(),
        "gas": gas,
        "maxFeePerGas": max_fee,
        "maxPriorityFeePerGas": priority_fee,
    }
    return made if to is None else {**made, "to": to}


def sign(signer: TransactionSigner, wanted: dict[str, Any]) -> tuple[bytes, str]:
    """The signed bytes and their hash. AccountError when the signer returned anything else than asked."""
    raw = signer.sign_transaction(dict(wanted))
    try:
        got = read_signed(raw)
        by = _signed_by(raw)
    except Exception as error:  # noqa: BLE001 - a foreign signer returns any bytes, decoders raise anything
        raise _not_ours(f"it cannot be read ({type(error).__name__})") from None
    wrong = [name for name in _COMPARED if got.get(name) != wanted.get(name)]
    if wrong or got["accessList"]:
        raise _not_ours(f"it differs in {', '.join(wrong) or 'accessList'}")
    if got["s"] > _HALF_ORDER:
        raise _not_ours("its signature is not in the low form that the chain demands")
    if by != signer.address:
        raise _not_ours(f"it is signed by {by}, not by {signer.address}")
    return raw, "0x" + keccak(raw).hex()


def read_signed(raw: bytes) -> dict[str, Any]:
    """The fields of a signed EIP-1559 transaction, in the form of ``fields``, with its signature."""
    from eth_account.typed_transactions import TypedTransaction
    from hexbytes import HexBytes

    found = dict(TypedTransaction.from_bytes(HexBytes(raw)).as_dict())
    if found["type"] != 2:
        raise ValueError("not an EIP-1559 transaction")
    to = bytes(found.pop("to"))
    found["data"] = "0x" + bytes(found["data"]).hex()
    return {**found, "to": checksum(to)} if to else found


def created_address(sender: str, nonce: int) -> str:
    """Where a creation by ``sender`` with ``nonce`` lands, whatever a node says."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    # RLP of [sender, nonce]: both are short, so each is its length byte and its bytes.
    item = number if 0 < nonce < 0x80 else bytes([0x80 + len(number)]) + number
    body = b"\x94" + bytes.fromhex(sender[2:]) + item
    return checksum(keccak(bytes([0xC0 + len(body)]) + body)[12:])


def _signed_by(raw: bytes) -> str:
    from eth_account import Account

    return str(Account.recover_transaction(raw))


def _not_ours(why: str) -> AccountError:
    return AccountError(
        "The signer returned another transaction than the one it was asked to sign.",
        why=f"Compared field by field, {why}. Nothing was sent.",
        next_step="Do not use this signer until you know why.",
        code="BAD_SIGNATURE",
    )
