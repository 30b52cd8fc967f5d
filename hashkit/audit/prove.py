"""What does the state root of the block say? Balances, supply, authority and code, proved and compared. Floor 3.

Every account that ever stood in a movement is proved, also one that the events show empty. If the proved balances
are what the replay says and their sum is the proved supply, nobody can be hidden: the contract keeps that sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hashkit.audit.evidence import Compared, Proof, Subject
from hashkit.audit.prove_ours import of_ours
from hashkit.audit.view import Progress, View
from hashkit.audit.walk import Walk
from hashkit.contracts import places
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.hashing import keccak
from hashkit.contracts.places import Place
from hashkit.domain.register import Register


def prove(view: View, subject: Subject, register: Register, progress: Progress) -> Proof:
    """The proof of everything that was read before. Asks for nothing but proofs."""
    walk = Walk(view)
    accounts = sorted(register.accounts | register.frozen | register.frozen_amounts.keys())
    place = places.ours() if subject.ours else _place(walk, subject, register)
    words: dict[str, int] = {}
    if place is not None:
        walk.fetch(subject.token, [place.slot(a) for a in accounts], progress)
        found = {a: walk.word(subject.token, place.slot(a)) for a in accounts}
        words = {a: word for a, word in found.items() if word is not None}
    balances = {a: place.balance(word) for a, word in words.items()} if place else {}
    different = [
        Compared("balance", a, str(register.balances.get(a, 0)), str(raw))
        for a, raw in balances.items()
        if raw != register.balances.get(a, 0)
    ]
    why = view.unproved
    if not why and not subject.ours and (place is None or different):
        # The contract's own answers stand: it is the place that does not fit.
        why, place, different = "its balances lie where none of the known layouts has them", None, []
    supply, more = of_ours(walk, subject, register, words) if subject.ours else (_supply(walk, subject), [])
    compared = [*different, *more, *_codes(walk, set(register.owners.values())), *_slots(walk)]
    return Proof(
        why_not=why,
        layout=place.name if place and not why else "",
        supply=supply,
        total=sum(balances.values()),
        balances=len(balances),
        words=walk.words,
        codes=walk.codes,
        compared=tuple(c for c in compared if not c.same),
        broken=walk.broken,
    )


def _place(walk: Walk, subject: Subject, register: Register) -> Place | None:
    """Where a stranger's token keeps its balances: where its largest holder's is found."""
    holder = max(register.balances, key=lambda a: (register.balances[a], a), default=None)
    if holder is None or register.balances[holder] <= 0:
        return None
    candidates = list(places.known())
    walk.fetch(subject.token, [place.slot(holder) for place in candidates])
    wanted = register.balances[holder]
    return next((p for p in candidates if walk.word(subject.token, p.slot(holder)) == wanted), None)


def _supply(walk: Walk, subject: Subject) -> int | None:
    """A stranger's total supply: the word that holds what it answers."""
    slots, answer = places.supplies(), walk.view.ask(AssetToken(subject.token).total_supply())
    walk.fetch(subject.token, slots)
    return next((answer for slot in slots if answer and walk.word(subject.token, slot) == answer), None)


def _codes(walk: Walk, owners: set[str]) -> Iterator[Compared]:
    """Every code that was read, by its hash under the state root; of accounts without any, the owners'."""
    codes = walk.view.codes
    asked = sorted(address for address, code in codes.items() if code or address in owners)
    walk.fetch_accounts(asked)
    for address in asked:
        account = walk.account(address)
        if account is not None:
            yield Compared("code", address, _hex(keccak(codes[address])), _hex(account.code_hash))


def _slots(walk: Walk) -> Iterator[Compared]:
    """Every storage word that was read from a stranger's contract."""
    by_address: dict[str, list[int]] = {}
    read: Mapping[tuple[str, int], bytes] = walk.view.slots
    for address, slot in sorted(read):
        by_address.setdefault(address, []).append(slot)
    for address, slots in by_address.items():
        walk.fetch(address, slots)
        for slot in slots:
            found = walk.word(address, slot)
            if found is not None:
                what = f"slot 0x{slot:064x} of {address}"
                yield Compared("slot", what, _hex(read[address, slot]), f"0x{found:064x}")


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
