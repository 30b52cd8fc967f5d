"""Is what came back from the signer what was asked for? Transactions as fields and as bytes. Floor 2."""

from __future__ import annotations

from typing import Any, Protocol

from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import checksum, keccak
from hashkit.errors import AccountError

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: a signature with a higher s is a second form of the same one (EIP-2)."""
_COMPARED = ("chainId", "nonce", "to", "value", "data", "gas", "maxFeePerGas", "maxPriorityFeePerGas")


class Signer(Protocol):
    """Somebody who signs. Behind it may lie a file, a device or a service.

    What comes back is not believed: ``sign`` and ``sign_message`` compare every field and
    the recovered sender.
    """

    @property
    def address(self) -> str:
        """Checksummed address that signs."""

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        """The signed bytes of an EIP-1559 transaction, ready to send."""

    def sign_typed_data(self, full_message: dict[str, Any]) -> bytes:
        """The 65-byte signature of an EIP-712 message in its full form."""


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


def sign(signer: Signer, wanted: dict[str, Any]) -> tuple[bytes, str]:
    """The signed bytes and their hash. AccountError when the signer returned anything else than asked."""
    raw = signer.sign_transaction(dict(wanted))
    try:
        got = read_signed(raw)
        by = signed_by(raw)
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


def sign_message(signer: Signer, full_message: dict[str, Any]) -> bytes:
    """The signature of an EIP-712 message. AccountError when the contracts would not take it for the signer's."""
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    signature = signer.sign_typed_data(full_message)
    if len(signature) != 65 or signature[64] not in (27, 28) or int.from_bytes(signature[32:64]) > _HALF_ORDER:
        raise _not_ours("it is not 65 bytes with a low s and a v of 27 or 28", "signature")
    try:
        by = str(Account.recover_message(encode_typed_data(full_message=full_message), signature=signature))
    except Exception as error:  # noqa: BLE001 - a foreign signer returns any bytes
        raise _not_ours(f"it cannot be read ({type(error).__name__})", "signature") from None
    if by != signer.address:
        raise _not_ours(f"it is by {by}, or of another message", "signature")
    return signature


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


def signed_by(raw: bytes) -> str:
    """Who signed these bytes, checksummed."""
    from eth_account import Account

    return str(Account.recover_transaction(raw))


def _not_ours(why: str, what: str = "transaction") -> AccountError:
    return AccountError(
        f"The signer returned another {what} than the one it was asked for.",
        why=f"Compared field by field, {why}. Nothing was sent.",
        next_step="Do not use this signer until you know why.",
        code="BAD_SIGNATURE",
    )
