"""Who may be seen in a report: shorter ids for strangers, names for those who may know. Floor 3.

Redaction replaces every wallet, investor and transaction by a short hash of itself, the same one everywhere in the
report. There is no salt: two reports can be compared. So it hides a holder from a reader in passing, and not from
one who has the chain: ``NOT_HIDDEN`` says so in every redacted report.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from hashkit.audit.evidence import Record
from hashkit.audit.report.tree import every_text
from hashkit.audit.result import AuditResult

NOT_HIDDEN = (
    "Redacted: wallets, investors and transactions are the first 10 digits of the SHA-256 of their lower-case text. "
    "Token, contracts, block, amounts, dates, countries and the labels of files that the auditor gave are not hidden. "
    "Whoever reads the chain at this block finds the holders again by their amounts, or by hashing every wallet."
)

_LONG = re.compile(r"0x[0-9a-fA-F]{64}|0x[0-9a-fA-F]{40}(?![0-9a-fA-F])")


def redacted(result: AuditResult) -> AuditResult:
    """The same result without wallets, investors and transactions. Contracts, the block and refs stay."""
    kept = {result.subject.token, result.block.hash, result.block.parent_hash, *result.population.contracts}
    kept |= {part.address for part in result.code} | {address for _, address in result.slots}
    kept |= {act.ref for act in result.acts} | {order.order_id for order in result.orders}
    kept |= {document.document_hash for document in result.sections.documents}
    kept |= {order.file_hash for order in result.orders} | {topic for topic, _ in result.unknown}
    known = {word.lower() for word in kept}

    def hide(found: re.Match[str]) -> str:
        word = found[0]
        return word if word.lower() in known else short_hash(word)

    hidden = every_text(replace(result, record=Record()), lambda text: _LONG.sub(hide, text))
    return replace(hidden, subject=replace(hidden.subject, unread=(*hidden.subject.unread, NOT_HIDDEN)))


def short_hash(word: str) -> str:
    """``#1f0e9a3b5c`` for a wallet, an investor or a transaction."""
    return "#" + hashlib.sha256(word.lower().encode()).hexdigest()[:10]
