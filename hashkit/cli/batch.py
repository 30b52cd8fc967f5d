"""``hashkit batch``: what was sent from this machine, and how a broken batch or journal is mended. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.acting import act
from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session

_ID = click.argument("batch_id", metavar="BATCH")


@noun("batch", "Batches: every command that sends something makes one, and none is ever lost.")
def command() -> None:
    """The group."""


@command.command("list", example="hashkit batch list")
@choices(account=True)
def list_(session: Session) -> None:
    """List the batches of the acting account on this network, oldest first."""
    found = [batch.record for batch in session.connect(watching=True).batches()]
    data = [{"batch": b.id, "title": b.title, "steps": b.steps, "done": b.done} for b in found]
    rows = [(b.id, f"{b.done} of {b.steps}", b.title) for b in found]
    session.show(Answer(data, headings=("batch", "done", "what"), rows=rows))


@command.command("show", example="hashkit batch show b-20261124-01")
@_ID
@choices(account=True)
def show(session: Session, batch_id: str) -> None:
    """Show the steps of BATCH that were begun: planned, signed, sent, then mined, safe or finalized."""
    batch = session.connect(watching=True).batch(batch_id)
    rows = [
        (s.title, batch.state_of(s), str(s.block if s.block is not None else "-"), s.tx_hash or "-")
        for s in batch.record.begun
    ]
    left = batch.record.steps - batch.record.done
    warnings = [f"{left} of {batch.record.steps} steps are left: hashkit batch resume {batch_id}"] if left else []
    headings = ("step", "state", "block", "transaction")
    session.show(Answer(batch.to_dict(), headings=headings, rows=rows, warnings=warnings))


@command.command("resume", example="hashkit batch resume b-20261124-01")
@_ID
@choices(write=True)
def resume(session: Session, batch_id: str) -> None:
    """Go on with BATCH where it stopped; the same as running its command again."""
    act(session, session.connect().resume(batch_id))


@command.command("recover", example="hashkit batch recover")
@choices(account=True)
def recover(session: Session) -> None:
    """Make the journal again from the chain: it was lost or damaged, or an old copy came back.

    Signs and sends nothing. What can be read is put back: every transaction of the acting account with this
    project's contracts. What only the lost machine knew stays lost: batches that were planned and not sent,
    the ids of rows and the labels of investors.
    """
    found = session.connect(watching=True).recover()
    rows = [(x.title, "mined" if x.succeeded else "reverted", str(x.block), x.tx_hash) for x in found.put_back]
    warnings = []
    if found.renewed:
        warnings.append(f"The damaged journal was set aside as .hashkit/journal/{found.renewed}.")
    if found.lost:
        warnings.append(f"{found.lost} transactions of the account are not to be found; try another node.")
    headings = ("what", "state", "block", "transaction") if rows else ()
    lines = ["The journal lacked nothing."]
    session.show(Answer(found.to_dict(), lines, headings=headings, rows=rows, warnings=warnings))
