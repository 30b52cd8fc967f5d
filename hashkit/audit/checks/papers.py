"""Does every act of authority name its paper, and does the journal know it? C13 and C26. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator

from hashkit.audit.acts import acts
from hashkit.audit.checks.finding import Outcome, checks, exception, many, not_performed, note, passed, right_if
from hashkit.audit.evidence import Evidence
from hashkit.store.journal_reading import JournalView


@checks("C13", "Every act of authority names its paper")
def acts_have_refs(e: Evidence) -> Outcome:
    if not e.subject.ours:
        return not_performed("acts are logged only by tokens of hashkit")
    with_door = [row for row in acts(e) if row.ref]
    if not with_door:
        return not_performed("there were no such acts")
    without = [row for row in with_door if row.unreferenced]
    found = tuple(f"block {row.block}: {row.agent} {row.text}; transaction {row.transaction}" for row in without)
    text = f"{len(with_door) - len(without)} of {len(with_door)} acts carry a ref"
    if any(row.kind in ("forced", "recovery", "court burn") for row in without):
        return exception(f"{text}; units were moved by force without one", found)
    if without:
        return note(f"{text}; the doors of the standards carry none", found)
    return passed(text)


@checks("C26", "The journal is whole, and journal and chain know the same transactions")
def journal_whole(e: Evidence) -> Outcome:
    if not e.inputs.journals:
        return not_performed("no journal was given")
    wrong: list[str] = []
    known: set[str] = set()
    for journal in e.inputs.journals:
        if journal.broken:
            wrong.append(f"journal of {journal.sender}: {journal.broken}")
        if journal.chain != str(e.network.chain_id):
            wrong.append(f"journal of {journal.sender}: it belongs to chain {journal.chain or 'none'}")
        known |= {one.tx_hash for one in journal.transactions}
        wrong += _off_chain(e, journal)
    senders = {journal.sender.lower() for journal in e.inputs.journals}
    wrong += _off_journal(e, senders, known)
    text = f"{many(len(e.inputs.journals), 'journal')}, {many(len(known), 'transaction')}"
    return right_if(not wrong, f"{text}; {many(len(wrong), 'difference')}" if wrong else text, wrong)


def _off_chain(e: Evidence, journal: JournalView) -> Iterator[str]:
    """Journalled as mined, and the chain does not hold it so. What was replaced or never sent is no difference."""
    for one in journal.transactions:
        mined, told = e.mined.get(one.tx_hash), f"{one.title}, transaction {one.tx_hash}"
        if one.state != "MINED" or one.block is None or one.block > e.pin.block.number:
            continue
        if mined is None:
            yield f"{told}: journalled in block {one.block}, not on chain"
        elif (mined.block, mined.succeeded) != (one.block, one.succeeded):
            yield f"{told}: journalled in block {one.block}, on chain in block {mined.block}" + (
                "" if mined.succeeded == one.succeeded else ", with another outcome"
            )


def _off_journal(e: Evidence, senders: set[str], known: set[str]) -> Iterator[str]:
    """Acts on chain that an account with a journal sent, and no journal knows."""
    for row in acts(e):
        mined = e.mined.get(row.transaction)
        if mined is not None and mined.sender.lower() in senders and row.transaction not in known:
            yield f"block {row.block}: {mined.sender} {row.text}; transaction {row.transaction} is in no journal"
