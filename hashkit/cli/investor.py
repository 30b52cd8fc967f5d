"""``hashkit investor``: who may hold. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.screen import counted
from hashkit.cli.session import Answer, Session
from hashkit.errors import InputError

if TYPE_CHECKING:
    from hashkit.issuer.investors import InvestorView, Loaded

_CLASSES = ("retail", "professional", "institution", "venue")
_MANY = click.argument("who", nargs=-1, required=True)
_REASON = click.option("--reason", required=True, help="The paper behind it; its hash goes on chain with the act.")
_HEADINGS = ("investor", "wallet", "country", "class", "KYC until", "verified")


@noun("investor", "Who may hold: investors and their wallets in the identity registry. Names stay on this machine.")
def command() -> None:
    """The group."""


@command.command("import", example="hashkit investor import register/investors.csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--skip-invalid", is_flag=True, help="Register the good rows although others are bad.")
@choices(write=True, asset=True)
def import_(session: Session, file: Path, skip_invalid: bool) -> None:
    """Bring the registry in line with FILE (CSV): admit, link wallets, update. What is there is not sent again."""
    from hashkit.store.sheets import read_investors

    sheet = read_investors(file, skip_invalid=skip_invalid)
    asset = session.asset()
    plan = asset.investors.load(sheet.rows)
    loaded = session.write(plan, warnings=sheet.warnings)
    skipped = [f"skipped: {problem}" for problem in sheet.problems]
    session.show(Answer(loaded.to_dict(), [_told(loaded)], warnings=[*skipped, *plan.warnings, *sheet.warnings]))


@command.command("add", example="hashkit investor add INV-009 --wallet dev9 --country SG --kyc-expires 2031-11-30")
@click.argument("label")
@click.option("--wallet", required=True, help="Address, or an account of the local chain.")
@click.option("--country", required=True, help="ISO 3166: HK, HKG or 344.")
@click.option(
    "--class", "investor_class", type=click.Choice(_CLASSES), default="professional", help="Default: professional."
)
@click.option("--kyc-expires", required=True, metavar="DATE", help="Last day of the verification, UTC.")
@click.option("--proof", help="Hash of the KYC file, 0x and 64 hex digits.")
@choices(write=True, asset=True)
def add(
    session: Session, label: str, wallet: str, country: str, investor_class: str, kyc_expires: str, proof: str | None
) -> None:
    """Admit the investor LABEL, or give a known one a further wallet or new data."""
    investors = session.asset().investors
    plan = investors.add(
        label, wallet, country=country, investor_class=investor_class, kyc_expires=kyc_expires, proof=proof
    )
    loaded = session.write(plan)
    session.show(Answer(loaded.to_dict(), [_told(loaded)], warnings=plan.warnings))


@command.command("show", example="hashkit investor show INV-001")
@click.argument("who")
@choices(asset=True)
def show(session: Session, who: str) -> None:
    """Show what the registry says of WHO: a label or an address."""
    view = session.asset(reading=True).investors.show(who)
    data = view.to_dict()
    session.show(Answer(data, [f"{name:11} {_spoken(value)}" for name, value in data.items()]))


@command.command("list", example="hashkit investor list")
@choices(asset=True)
def list_(session: Session) -> None:
    """List the investors this project knows, with what the registry says of them."""
    views = session.asset(reading=True).investors.list()
    rows = [row for view in views for row in _rows(view)]
    session.show(Answer([view.to_dict() for view in views], headings=_HEADINGS, rows=rows))


@command.command("renew", example="hashkit investor renew INV-001 INV-002 --kyc-expires 2032-11-30")
@_MANY
@click.option("--kyc-expires", required=True, metavar="DATE", help="Last day of the verification, UTC.")
@click.option("--proof", help="Hash of the KYC file, 0x and 64 hex digits.")
@choices(write=True, asset=True)
def renew(session: Session, who: tuple[str, ...], kyc_expires: str, proof: str | None) -> None:
    """Give investors WHO another last day of verification, later or earlier than before."""
    act(session, session.asset().investors.renew(who, kyc_expires, proof=proof))


@command.command("revoke", example='hashkit investor revoke INV-003 --reason "KYC review 7"')
@_MANY
@_REASON
@choices(write=True, asset=True)
def revoke(session: Session, who: tuple[str, ...], reason: str) -> None:
    """End the verification of the investors WHO now; `hashkit investor renew` gives it back."""
    act(session, session.asset().investors.revoke(who, reason))


@command.command("link", example="hashkit investor link INV-001 --wallet dev9")
@click.argument("who")
@click.option("--wallet", required=True, help="Address, or an account of the local chain.")
@choices(write=True, asset=True)
def link(session: Session, who: str, wallet: str) -> None:
    """Give the investor WHO a further wallet; at most 16 in all."""
    act(session, session.asset().investors.link(who, wallet))


@command.command("deny", example='hashkit investor deny INV-003 --reason "List of 2026-11-24"')
@click.argument("who")
@_REASON
@click.option("--off", is_flag=True, help="Lift it again.")
@choices(write=True, asset=True)
def deny(session: Session, who: str, reason: str, off: bool) -> None:
    """Deny the investor WHO, or a wallet nobody knows, whatever else is known of him."""
    act(session, session.asset().investors.deny(who, not off, reason))


@command.command(
    "recover",
    example='hashkit investor recover INV-001 --to dev9 --reason "Lost phone"\n'
    'hashkit investor recover INV-001 --cancel --reason "Found again"',
)
@click.argument("lost")
@click.option("--to", help="The wallet that gets it all.")
@click.option("--cancel", is_flag=True, help="Stop a recovery that was proposed.")
@_REASON
@choices(write=True, asset=True)
def recover(session: Session, lost: str, to: str | None, cancel: bool, reason: str) -> None:
    """Move all that the wallet LOST holds, freezes included: to a linked wallet at once, to another after a day."""
    if cancel is (to is not None):
        raise InputError("A recovery goes --to a wallet, or is stopped with --cancel.", next_step="Give one of them.")
    control = session.asset().control
    plan = control.cancel_recovery(lost, reason) if to is None else control.recover(lost, to, reason)
    act(session, plan, final=to is not None)


def _rows(view: InvestorView) -> list[tuple[str, ...]]:
    data = view.to_dict()
    rest = (data["country"] or "", data["class"] or "", (data["validUntil"] or "")[:10], _spoken(view.verified))
    return [(view.label, wallet, *rest) for wallet in view.wallets]


def _told(loaded: Loaded) -> str:
    names = ("admitted", "linked", "updated", "unchanged")
    counts = ", ".join(f"{getattr(loaded, name)} {name}" for name in names)
    return f"Investors: {counts}; {counted(loaded.outcome.sent, 'transaction')}."


def _spoken(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
