"""``hashkit audit statement``: one holder's page. Floor 4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hashkit.cli.audit_options import period
from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.audit.statement import Statement

_HEADINGS = ("date", "what", "wallet", "other side", "amount", "balance", "ref")


@verb(
    "statement",
    example="hashkit audit statement 0x70997970C51812dc3A010C7d01b50e0d17dc79C8\n"
    "hashkit audit statement INV-001 --from 2026-07-01 --at 2026-09-30",
)
@click.argument("who", metavar="WALLET|INVESTOR")
@choices(asset=True, at=True)
@period
def command(session: Session, who: str, store: Path | None, first: int | None, since: str | None) -> None:
    """Show what a wallet or an investor held and moved in a period, over all wallets of the investor.

    An investor is named by his number on chain, or in a project by his label.
    """
    from hashkit.audit.reading import open_books
    from hashkit.audit.statement import statement

    address = session.token_address(None)
    with session.watch() as watch:
        reading = open_books(
            session.node, session.network, address, at=session.choices.at, since=since, store=store or session.events,
            first=first, on_progress=watch,
        )  # fmt: skip
        found = statement(reading, party(session, who), watch)
    session.screen.say(heading(found))
    session.show(Answer(found.to_dict(), headings=_HEADINGS, rows=rows(found)))


def party(session: Session, who: str) -> str:
    """An address as given, or the number on chain of a label of this project."""
    from hashkit.contracts.addresses import read_address
    from hashkit.errors import InputError
    from hashkit.store.names import Names

    if who[:2].lower() == "0x":
        return read_address(who)[0]
    with Names(session.project.names_file) as names:
        investor = names.investor_of(who)
    if investor is None:
        raise InputError(
            f"No investor of this project is called {who[:40]!a}.",
            next_step="Give a wallet or the investor's number on chain.",
            code="UNKNOWN_PARTY",
        )
    return investor


def heading(found: Statement) -> str:
    """Who, which period, from what to what."""
    from hashkit.audit import words

    def amount(raw: int) -> str:
        return words.grouped(raw, found.decimals)

    told = f"{found.who}, {len(found.wallets)} wallets" if len(found.wallets) > 1 else found.who
    status = ", ".join(text for text in (found.standing, found.country, found.investor_class) if text)
    period = f"{found.start or 'the beginning'} to {found.end}, block {found.block} {found.block_hash}"
    sums = f"opening {amount(found.opening)}, closing {amount(found.closing)}, frozen {amount(found.frozen)}"
    return f"{found.symbol} statement of {told}: {status}\n{period}\n{sums}"


def rows(found: Statement) -> list[tuple[str, ...]]:
    """One row a movement."""
    from hashkit.audit import words

    return [
        (
            line.time, line.what, line.wallet, line.other or "-", words.grouped(line.raw, found.decimals),
            words.grouped(line.balance, found.decimals), words.short(line.ref) if line.ref else "-",
        )
        for line in found.lines
    ]  # fmt: skip
