"""What a signer returns is believed only where it is exactly what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from hashkit.chain import signing
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import keccak
from hashkit.errors import AccountError
from tests.chain.sending import COUNTER, SOMEBODY, Key, bump, pay

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
MESSAGE: dict[str, Any] = {
    "types": {"EIP712Domain": [{"name": "name", "type": "string"}], "Note": [{"name": "text", "type": "string"}]},
    "primaryType": "Note",
    "domain": {"name": "test"},
    "message": {"text": "approved"},
}
PRICES = {"chain_id": 31337, "nonce": 3, "gas": 21_000, "max_fee": 10**10, "priority_fee": 10**9}


class Given:
    """A signer with the address of a key, who returns what he is given."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.address = raw, Key().address

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        return self.raw

    def sign_typed_data(self, full_message: dict[str, Any]) -> bytes:
        return self.raw


def refused(act: Any, says: str) -> None:
    with pytest.raises(AccountError) as caught:
        act()
    assert caught.value.code == "BAD_SIGNATURE" and says in caught.value.why, caught.value.why


def signature(message: dict[str, Any] = MESSAGE, number: int = 0) -> bytes:
    signed = Account.sign_message(encode_typed_data(full_message=message), Key(number).account.key)
    return bytes(signed.signature)


# --- transactions ---


def test_an_action_as_a_question_and_as_fields() -> None:
    assert signing.question(pay(5), SOMEBODY) == {"from": SOMEBODY, "value": "0x5", "data": "0x", "to": SOMEBODY}
    assert signing.question(COUNTER, SOMEBODY) == {
        "from": SOMEBODY, "value": "0x0", "data": "0x" + COUNTER.init_code.hex(),
    }  # fmt: skip
    made = signing.fields(bump(SOMEBODY, b"\x01\x02"), **PRICES)
    assert made == {
        "type": 2, "chainId": 31337, "nonce": 3, "value": 0, "data": "0x0102", "gas": 21_000,
        "maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9, "to": SOMEBODY,
    }  # fmt: skip
    created = signing.fields(COUNTER, **PRICES)
    assert "to" not in created and created["data"] == "0x" + COUNTER.init_code.hex()


@pytest.mark.parametrize("action", [pay(5), bump(SOMEBODY), COUNTER, Call(SOMEBODY, b"\0" * 99, "Big", "call")])
def test_what_was_asked_for_is_taken_with_its_hash(action: Any) -> None:
    wanted = signing.fields(action, **PRICES)
    raw, tx_hash = signing.sign(Key(), wanted)
    assert tx_hash == "0x" + keccak(raw).hex() and signing.signed_by(raw) == Key().address
    read = signing.read_signed(raw)
    assert {name: read.get(name) for name in wanted} == wanted and read.get("to") == wanted.get("to")


def test_a_creation_is_not_taken_for_a_call_nor_the_other_way_round() -> None:
    call, creation = signing.fields(bump(SOMEBODY), **PRICES), signing.fields(COUNTER, **PRICES)
    for asked, given in ((call, {**creation, "data": call["data"]}), (creation, {**call, "data": creation["data"]})):
        refused(lambda asked=asked, given=given: signing.sign(Given(Key().sign_transaction(given)), asked), "in to")


def test_several_differences_are_all_named() -> None:
    wanted = signing.fields(pay(5), **PRICES)
    raw = Key().sign_transaction({**wanted, "nonce": 4, "value": 6})
    refused(lambda: signing.sign(Given(raw), wanted), "it differs in nonce, value")


def test_another_key_or_another_kind_is_refused() -> None:
    wanted = signing.fields(pay(5), **PRICES)
    refused(lambda: signing.sign(Given(Key(1).sign_transaction(wanted)), wanted), f"signed by {Key(1).address}, not by")
    older = {name: value for name, value in wanted.items() if name not in ("maxFeePerGas", "maxPriorityFeePerGas")}
    older = {**older, "type": 1, "gasPrice": 10**10, "accessList": []}
    refused(lambda: signing.sign(Given(Key().sign_transaction(older)), wanted), "cannot be read (ValueError)")


def test_the_second_form_of_a_signature_is_refused() -> None:
    from rlp import decode, encode

    wanted = signing.fields(pay(5), **PRICES)
    parts = list(decode(Key().sign_transaction(wanted)[1:]))
    parts[9] = b"" if parts[9] else b"\x01"
    parts[11] = (ORDER - int.from_bytes(parts[11], "big")).to_bytes(32, "big")
    raw = b"\x02" + encode(parts)
    assert signing.signed_by(raw) == Key().address, "the same key, the same content"
    refused(lambda: signing.sign(Given(raw), wanted), "not in the low form")


# --- messages ---


def test_a_message_that_was_asked_for_is_taken() -> None:
    assert signing.sign_message(Given(signature()), MESSAGE) == signature()


def second_form(of: bytes) -> bytes:
    return of[:32] + (ORDER - int.from_bytes(of[32:64], "big")).to_bytes(32, "big") + bytes([55 - of[64]])


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:64], lambda s: s + b"\0", lambda s: b"", lambda s: s[:64] + bytes([s[64] - 27]),
        lambda s: s[:64] + bytes([29]), lambda s: s[:64] + bytes([26]), second_form,
    ],
    ids=["short", "long", "none", "v is 0 or 1", "v is 29", "v is 26", "second form"],
)  # fmt: skip
def test_a_signature_of_another_form_is_refused(change: Any) -> None:
    refused(lambda: signing.sign_message(Given(change(signature())), MESSAGE), "not 65 bytes with a low s")


def test_a_signature_by_another_key_or_of_another_message_is_refused() -> None:
    refused(lambda: signing.sign_message(Given(signature(number=1)), MESSAGE), f"by {Key(1).address}, or of another")
    other = {**MESSAGE, "message": {"text": "Approved"}}
    refused(lambda: signing.sign_message(Given(signature(other)), MESSAGE), "or of another message")
    flipped = bytes([*signature()[:64], 55 - signature()[64]])
    refused(lambda: signing.sign_message(Given(flipped), MESSAGE), "or of another message")


def test_a_signature_that_is_on_no_curve_is_refused() -> None:
    refused(lambda: signing.sign_message(Given(b"\0" * 64 + b"\x1b"), MESSAGE), "cannot be read (")
