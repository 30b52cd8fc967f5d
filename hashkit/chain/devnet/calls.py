"""What would this call give, and how much gas would it need? Floor 2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth.exceptions import Revert
from eth_utils.exceptions import ValidationError

from hashkit.chain.devnet.engines import BLOCK_GAS_LIMIT
from hashkit.chain.devnet.evm import Ask, Evm, Outcome
from hashkit.chain.devnet.wire import read_address, read_bytes, read_number, read_object, refuse

EXECUTION_REVERTED = 3
_STIPEND = 2_300
_ERROR_STRING = bytes.fromhex("08c379a0")
_WORDS = {
    "OutOfGas": "out of gas",
    "InvalidInstruction": "invalid opcode",
    "InvalidJumpDestination": "invalid jump destination",
    "StackDepthLimit": "max call depth exceeded",
    "WriteProtection": "write protection",
    "InsufficientStack": "stack underflow",
    "FullStack": "stack overflow",
    "OutOfBoundsRead": "return data out of bounds",
    "ContractCreationCollision": "contract address collision",
}


def read_ask(value: Any) -> Ask:
    """A call object of JSON-RPC. Fees in it are ignored: calls cost nothing here."""
    given = read_object(value, "call")
    data = given.get("input") if given.get("input") is not None else given.get("data")
    return Ask(
        sender=read_address(given.get("from") or "0x" + "00" * 20, "from"),
        to=read_address(given["to"], "to") if given.get("to") else None,
        data=read_bytes(data or "0x", "data"),
        value=read_number(given.get("value") or 0, "value"),
        gas=min(read_number(given.get("gas") or BLOCK_GAS_LIMIT, "gas"), BLOCK_GAS_LIMIT),
    )


def call(evm: Evm, header: Any, ask: Ask) -> bytes:
    """What ``ask`` returns on the state after a block. RpcError with the revert data when it fails."""
    return _succeed(_run(evm, header, ask)).output


def estimate(evm: Evm, header: Any, ask: Ask) -> int:
    """The gas limit with which ``ask`` succeeds: what it spends, or a little more where that is too little.

    A contract that looks at the gas it has left, or calls on with 63/64 of it, needs more than it spends;
    then the limit is searched for, to within 1.5 percent, as geth does.
    """
    most = _succeed(_run(evm, header, ask))
    least, enough = most.spent, ask.gas
    if _works(evm, header, ask, least):
        return least
    guess = (most.spent + most.refund + _STIPEND) * 64 // 63
    while enough - least > enough * 15 // 1000:
        guess = guess if least < guess < enough else (least + enough) // 2
        if _works(evm, header, ask, guess):
            enough = guess
        else:
            least = guess
        guess = 0
    return enough


def _works(evm: Evm, header: Any, ask: Ask, gas: int) -> bool:
    return evm.run(header, replace(ask, gas=gas)).error is None


def _run(evm: Evm, header: Any, ask: Ask) -> Outcome:
    balance = evm.state(header).get_balance(ask.sender)
    if balance < ask.value:
        raise refuse(f"insufficient funds for transfer: balance {balance}, value {ask.value}")
    least = 21_000 if ask.to else 53_000
    if ask.gas < least:
        raise refuse(f"intrinsic gas too low: gas {ask.gas}, minimum needed {least}")
    try:
        return evm.run(header, ask)
    except ValidationError as wrong:
        raise refuse(f"invalid call: {str(wrong)[:200]}") from None


def _succeed(outcome: Outcome) -> Outcome:
    error = outcome.error
    if error is None:
        return outcome
    if isinstance(error, Revert):
        data = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
        raise refuse("execution reverted" + _reason(data), EXECUTION_REVERTED, data)
    name = type(error).__name__
    raise refuse(_WORDS.get(name, f"execution failed: {name}"))


def _reason(data: bytes) -> str:
    """The text of a Solidity ``revert("...")``; nothing for custom errors, which the caller decodes."""
    if data[:4] != _ERROR_STRING or len(data) < 68:
        return ""
    length = int.from_bytes(data[36:68], "big")
    return ": " + data[68 : 68 + min(length, 500)].decode(errors="replace")
