"""``hashkit demo``: the whole story, told as it happens on an embedded chain. Floor 4.

The story is the same every time and on both engines: no clock, no durations, no hashes that depend on the
day, paths relative to where one stands. A test quotes it in the README.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from hashkit.cli.audit import tally_line
from hashkit.cli.devnet import ENGINE
from hashkit.cli.options import choices, verb
from hashkit.cli.screen import clean, counted
from hashkit.cli.session import Answer, Session
from hashkit.errors import InputError

if TYPE_CHECKING:
    from hashkit.issuer.asset import Asset
    from hashkit.issuer.client import Hashkit

Tell = Callable[[Iterable[str]], None]
_MARK = ".hashkit/demo"
_REPORT = "reports/HKGREEN"


@verb("demo", example="hashkit demo\nhashkit demo --folder /tmp/tour --engine py-evm")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default="hashkit-demo", help="Where to leave it all."
)
@ENGINE
@choices(network=False)
def command(session: Session, folder: Path, engine: str) -> None:
    """Deploy, admit, issue, refuse, transfer, redeem and audit on a local chain, and leave a report to open.

    Needs no node, no key and no compiler. The folder of an earlier demo is replaced, any other is left alone.
    """
    from hashkit.issuer.client import Hashkit

    told: list[str] = []
    tell = told.extend if session.screen.json else _teller(told)
    _prepare(folder)
    with Hashkit.devnet(folder, engine=engine) as hashkit:
        session.screen.say(f"Engine: {_engine(folder)}")
        _story(hashkit, folder, tell)
    if session.screen.json:
        session.show(Answer({"story": told, "report": str(folder / _REPORT / "report.html")}))


def _teller(told: list[str]) -> Tell:
    def tell(lines: Iterable[str]) -> None:
        for line in lines:
            told.append(line)
            print(clean(line))
        sys.stdout.flush()

    return tell


def _prepare(folder: Path) -> None:
    """A fresh project in ``folder``. What an earlier demo left there goes; nothing else ever does."""
    from hashkit.chain import devnet
    from hashkit.store.starter import start_project

    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise InputError(
                f"{folder} exists and was not made by a demo.",
                why="The demo starts from nothing and would overwrite it.",
                next_step="Choose another place: hashkit demo --folder NAME.",
                code="EXISTS",
            )
        devnet.down(folder)
        shutil.rmtree(folder)
    project, _ = start_project(folder)
    (project.private / "demo").touch()


def _engine(folder: Path) -> str:
    from hashkit.chain import devnet

    running = devnet.status(folder)
    return f"{running.engine}. {running.note}" if running else "none"


def _story(hashkit: Hashkit, folder: Path, tell: Tell) -> None:
    tell(["A bond comes on chain: eight investors, one issue, no accident.", ""])
    asset = _deploy(hashkit, tell)
    for chapter in (_admit, _issue, _refuse, _transfer, _redeem, _holders, _audit):
        tell([""])
        chapter(asset, tell)
    tell(["", f"Open the report:  {folder.name}/{_REPORT}/report.html"])
    tell([f"Go on yourself:   cd {folder.name} && hashkit devnet up && hashkit cap-table"])


def _deploy(hashkit: Hashkit, tell: Tell) -> Asset:
    asset = hashkit.deploy(hashkit.project.terms_file("HKGREEN")).send()
    info = asset.info()
    tell(
        [
            f"1. Deploy  {asset.name} ({asset.symbol})",
            f"   Token {asset.address}, cap {info.cap.show()}.",
            "   Its own code lets only professionals and institutions from HK, SG, CH and",
            "   GB hold it, at most 10,000,000 units each, over all their wallets.",
        ]
    )
    return asset


def _admit(asset: Asset, tell: Tell) -> None:
    from hashkit.store.sheets import read_investors

    sheet = read_investors(asset.context.project.investors)
    loaded = asset.investors.load(sheet.rows).send()
    did = f"{counted(loaded.admitted, 'investor')}, {counted(loaded.outcome.sent, 'transaction')}"
    tell(
        [
            "2. Admit the investors  register/investors.csv",
            f"   {did}. Of each, the chain learns a random number,",
            "   country, class and expiry. Who they are stays on this machine.",
        ]
    )


def _issue(asset: Asset, tell: Tell) -> None:
    from hashkit.store.sheets import read_issues

    sheet = read_issues(asset.context.project.batches / "issuance.csv", asset.decimals)
    issued = asset.issue(sheet.rows, expect_total="1250000").send()
    again = asset.issue(sheet.rows).send()
    did = f"{counted(issued.rows, 'row')}, {issued.issued.show()} {asset.symbol}"
    tell(
        [
            "3. Issue  batches/issuance.csv",
            f"   {did}: approved as one order, used up row by row.",
            f"   The same file once more, by mistake: {counted(again.outcome.sent, 'transaction')},",
            f"   the supply is still {again.supply.show()}.",
        ]
    )


def _refuse(asset: Asset, tell: Tell) -> None:
    verdict = asset.check_transfer("INV-001", "INV-008", "600000")
    tell(["4. A transfer that must not happen  600,000 from INV-001 to INV-008", "   Refused. The token says why:"])
    for reason in verdict.failed:
        tell(_wrapped(f"   {reason.rule:14}", reason.text))
        tell(_wrapped(f"   {'':14}", f"Cure: {reason.fix}."))


def _wrapped(start: str, text: str) -> list[str]:
    return wrap(text, 80, initial_indent=start, subsequent_indent=" " * len(start))


def _transfer(asset: Asset, tell: Tell) -> None:
    asset.transfer("INV-001", "INV-002", "1000").send()
    tell(
        [
            "5. A transfer that may  1,000 from INV-001 to INV-002",
            f"   INV-001 now holds {asset.balance_of('INV-001').show()}, INV-002 {asset.balance_of('INV-002').show()}.",
        ]
    )


def _redeem(asset: Asset, tell: Tell) -> None:
    done = asset.redeem("INV-002", "25000", "RED-0001").send()
    again = asset.redeem("INV-002", "25000", "RED-0001").send()
    did = counted(again.outcome.sent, "transaction")
    tell(
        [
            "6. Redeem  25,000 of INV-002 against the paper RED-0001",
            f"   The supply is {done.supply.show()}. The same paper once more: {did}.",
        ]
    )


def _holders(asset: Asset, tell: Tell) -> None:
    table = asset.cap_table()
    tell([f"7. Who holds what  replayed from the chain's events up to block {table.block.number}"])
    tell(f"   {row.label:10}{row.country:4}{row.balance.show():>14}{row.share:>8} %" for row in table.rows)
    difference = table.supply.raw - table.accounted.raw
    tell([f"   {'Supply':14}{table.supply.show():>14}   difference {difference}"])


def _audit(asset: Asset, tell: Tell) -> None:
    from hashkit.audit import audit, save

    context = asset.context
    result = audit(context.endpoint, context.network, asset.address)
    save(result, context.project.root / _REPORT)
    tell(["8. Audit  by a stranger who has only the token's address and a node"])
    for word in ("pass", "not performed"):
        same = [found.id for found in result.findings if found.result == word]
        tell(_wrapped(f"   {word:13}  ", " ".join(same)))
    for found in result.findings:
        if found.result in ("exception", "note"):
            tell(_wrapped(f"   {found.result:13}  ", f"{found.id} {found.title}"))
    tell([f"   {tally_line(result)}"])
