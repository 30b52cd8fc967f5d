"""What does calldata say? Transactions in words, from their bytes alone. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hashkit.chain.signing import created_address
from hashkit.contracts.abi import read_call, read_creation
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import checksum
from hashkit.domain.terms import iso_time
from hashkit.domain.units import Units
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.issuer.steps import Action
from hashkit.issuer.who import labels, name_of
from hashkit.rpc.reads import read
from hashkit.store.deployments import deployments

_FACES = {
    "AssetToken": ("AssetToken", "AssetTokenControl"),
    "IdentityRegistry": ("IdentityRegistry",),
    "RuleBook": ("RuleBook",),
    "AssetFactory": ("AssetFactory",),
}
_AMOUNTS = ("amount", "value", "newCap", "size")
_ROW_BITS = 96  # of a packed row: the amount; the wallet lies above


def call_lines(
    context: Context, actions: Sequence[Action], *, guess: bool = False, nonce: int | None = None
) -> Iterator[tuple[str, ...]]:
    """``(number, contract.function, arguments)`` of each action. InputError when one cannot be read.

    Which contract an address is comes from this project's deployment records and from what earlier actions create,
    the first with ``nonce``; never from the words beside them. ``guess``: where the project has no record at all (a
    deployment was cut off), by what is called.
    """
    places: dict[str, tuple[str, str, int]] = {}
    for record in deployments(context.project, context.network.chain_id):
        for name, contract in record.contracts.items():
            places[contract.address] = (name, record.asset.symbol, record.asset.decimals)
    known = labels(context)
    made: dict[str, tuple[str, str]] = {}
    for number, call in enumerate(actions, start=1):
        if isinstance(call, Deploy):
            name, given = _created(context, number, call, nonce)
            places[str(call.at)] = (name, "", 0)
            if name == "AssetFactory":
                made[str(call.at)] = (str(given["token"]), str(given["ruleBook"]))
            words = ", ".join(f"{argument} {_value(known, argument, value, 0)}" for argument, value in given.items())
            yield (str(number), f"new {name}", f"at {call.at}" + (f": {words}" if words else ""))
            continue
        name, symbol, decimals = places.get(call.to, ("", "", 0))
        if guess and not places:
            name = next((each for each, faces in _FACES.items() if read_call(call.data, *faces)), "")
        found = read_call(call.data, *_FACES[name]) if name in _FACES else None
        if found is None:
            raise _unreadable(number, call, name)
        entry, values = found
        shown = symbol if name in ("AssetToken", "RuleBook") else name
        if entry.name == "createToken":
            places.update(_clones(context, call, values, made))
        arguments = zip(entry.input_names, values, strict=True)
        words = ", ".join(f"{argument} {_value(known, argument, value, decimals)}" for argument, value in arguments)
        yield (str(number), f"{shown}.{entry.name}", words)


def tokens_made(actions: Sequence[Action]) -> list[str]:
    """The symbols of the tokens that actions create."""
    calls = [action for action in actions if isinstance(action, Call)]
    found = (read_call(call.data, "AssetFactory") for call in calls)
    return [str(read[1][0][1]) for read in found if read is not None and read[0].name == "createToken"]


def _created(context: Context, number: int, action: Deploy, nonce: int | None) -> tuple[str, Mapping[str, Any]]:
    found = read_creation(action.init_code)
    place = None if nonce is None else created_address(context.sender, nonce + number - 1)
    if found is None or action.at != place:
        why = "its code is none of hashkit's" if found is None else f"it cannot land at {action.at}"
        raise InputError(
            f"Transaction {number} of the plan cannot be read.",
            why=f"It creates a contract, and {why}.",
            next_step="Have the plan made again, with the same version of hashkit.",
            code="PLAN_UNREADABLE",
        )
    return found


def _clones(
    context: Context, call: Call, values: Sequence[Any], made: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str, int]]:
    """Where the token of a ``createToken`` and its rule book land. ``made``: factories that do not exist yet."""
    factory, (_, symbol, decimals, *_) = AssetFactory(call.to), values[0]
    if call.to in made:
        token_code, book_code = (checksum(bytes.fromhex(address[2:])) for address in made[call.to])
    else:
        token_code = read(context.endpoint, factory.token_implementation(), "latest")
        book_code = read(context.endpoint, factory.rule_book_implementation(), "latest")
    token = factory.token_place(token_code, context.sender, call)
    book = factory.rule_book_place(book_code, token)
    return {token: ("AssetToken", symbol, decimals), book: ("RuleBook", symbol, decimals)}


def _value(known: Mapping[str, str], name: str, value: Any, decimals: int) -> str:
    if name == "rows" and isinstance(value, tuple | list):
        total = Units(sum(int.from_bytes(row) % 2**_ROW_BITS for row in value), decimals)
        return f"{len(value)} in all {total.show()}"
    if name == "order" and isinstance(value, tuple):
        order_id, _, _, rows, total, deadline = value
        return f"0x{order_id.hex()} of {rows} rows, {Units(total, decimals).show()} in all, until {iso_time(deadline)}"
    if isinstance(value, str) and len(value) == 42 and value.startswith("0x"):
        return name_of(known, checksum(bytes.fromhex(value[2:])))
    if isinstance(value, bytes):
        return "0x" + value.hex() if len(value) <= 32 else f"{len(value)} bytes"
    if isinstance(value, tuple | list):
        inside = ", ".join(_value(known, "", each, decimals) for each in value[:3])
        return f"({inside}{f', … {len(value)} in all' if len(value) > 3 else ''})"
    if name in _AMOUNTS and isinstance(value, int):
        return Units(value, decimals).show()
    return str(value)


def _unreadable(number: int, call: Call, name: str) -> InputError:
    what = f"{name} has no such function" if name else "this project has no record of a contract there"
    return InputError(
        f"Transaction {number} of the plan cannot be read.",
        why=f"It calls {call.to} with 0x{call.data[:4].hex()}…; {what}.",
        next_step="Put the deployment record into deployments/ as the maker has it, or have the plan made again.",
        code="PLAN_UNREADABLE",
    )
