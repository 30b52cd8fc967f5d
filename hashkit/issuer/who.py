"""Who is meant? Addresses, investor labels and account names, both ways. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.contracts.addresses import read_address
from hashkit.domain.terms import shown
from hashkit.errors import InputError
from hashkit.issuer.context import Context
from hashkit.store.deployments import deployments
from hashkit.store.names import Names


def resolve(context: Context, who: str) -> str:
    """The address behind an address, an investor's label or an account of the embedded chain.

    An address in mixed case must carry the right checksum. InputError when nobody is meant.
    """
    if who[:2].lower() == "0x":
        return read_address(who)[0]
    if context.network.dev:
        for account in DEV_ACCOUNTS:
            if account.name == who:
                return account.address
    with Names(context.project.names_file) as names:
        wallets = names.wallets_of(who)
    if not wallets:
        raise InputError(
            f"Nobody is known as {shown(who)}.",
            why="It is neither an address nor an investor of this project.",
            next_step="Give a wallet address, or add the investor: hashkit investor add.",
            code="UNKNOWN_PARTY",
        )
    return wallets[0]


def contracts_of(context: Context) -> Mapping[str, str]:
    """``{address: "the AssetToken of HKGREEN"}`` for everything this project deployed on the chain."""
    found: dict[str, str] = {}
    for record in deployments(context.project, context.network.chain_id):
        for name, contract in record.contracts.items():
            for address in filter(None, (contract.address, contract.implementation)):
                found.setdefault(address, f"the {name} of {record.asset.symbol}")
    return found


def no_contract_of_ours(wallet: str, contracts: Mapping[str, str]) -> str:
    """``wallet``, or InputError when it is one of ``contracts``: units there would be lost."""
    if wallet in contracts:
        raise InputError(
            f"Address {wallet} is {contracts[wallet]}.",
            why="Nobody could ever move units out of it.",
            next_step="Give the investor's own wallet.",
            code="OWN_CONTRACT",
        )
    return wallet


def short(address: str) -> str:
    """``0x7099…79C8``: the form for people."""
    return f"{address[:6]}…{address[-4:]}"


def labels(context: Context) -> Mapping[str, str]:
    """``{wallet: label}`` of everybody this project knows."""
    with Names(context.project.names_file) as names:
        return names.labels()


def name_of(known: Mapping[str, str], address: str) -> str:
    """``INV-001 (0x7099…79C8)``, or the short address of a stranger."""
    label = known.get(address)
    return f"{label} ({short(address)})" if label else short(address)
