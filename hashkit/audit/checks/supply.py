"""Do the units add up? C01 to C05 and C22. Floor 3."""

from __future__ import annotations

from hashkit.audit.acts import acts
from hashkit.audit.checks.finding import (
    Outcome,
    amount,
    checks,
    compared,
    exception,
    irregular,
    lines,
    not_performed,
    note,
    passed,
    right_if,
)
from hashkit.audit.evidence import Compared, Evidence


@checks("C01", "The sum of all balances is the total supply")
def sum_of_balances(e: Evidence) -> Outcome:
    if (why := _no_supply(e)) is not None:
        return not_performed(why)
    total, supply = sum(e.register.balances.values()), e.state.supply or 0
    text = f"balances {amount(e, total)}, total supply {amount(e, supply)}, difference {amount(e, total - supply)}"
    if e.proof.why_not:
        return right_if(total == supply, f"{text}; {_how(e)}")
    proved = "not proved" if e.proof.supply is None else amount(e, e.proof.supply)
    text += f"; proved balances {amount(e, e.proof.total)}, proved supply {proved}"
    return right_if(total == supply and e.proof.total == e.proof.supply == supply, text)


@checks("C02", "Every replayed balance is what the contract holds at the block")
def every_balance(e: Evidence) -> Outcome:
    if e.state.why_not:
        return not_performed(e.state.why_not)
    wrong, proof = e.state.differing("balance"), e.proof
    asked, unlike = e.state.balances_same + len(wrong), proof.differing("balance")
    if wrong or unlike:
        many = max(len(wrong), len(unlike))
        text = f"{many} of {asked} accounts differ: events are missing, or balances changed without one"
        lies = (_balance_line(e, c, "proved") for c in unlike)
        return exception(text, [*(_balance_line(e, c, "contract") for c in wrong), *lies])
    if proof.broken:
        return exception("the node's proofs do not fit the state root of the block", proof.broken)
    if asked == 0:
        return not_performed("no account ever stood in a movement")
    return passed(f"all {asked} accounts that ever stood in a movement were asked; {_how(e)}")


@checks("C03", "Units minted less units burnt are the total supply")
def minted_and_burnt(e: Evidence) -> Outcome:
    if (why := _no_supply(e)) is not None:
        return not_performed(why)
    r, supply = e.register, e.state.supply or 0
    text = (
        f"minted {amount(e, r.minted)} - burnt {amount(e, r.burnt)} = {amount(e, r.supply)}, "
        f"total supply {amount(e, supply)}, difference {amount(e, r.supply - supply)}"
    )
    return right_if(r.supply == supply, text)


@checks("C04", "Units were issued by approved orders and ended against refs, each once")
def roll_forward(e: Evidence) -> Outcome:
    if not e.subject.ours:
        return not_performed("orders and refs exist only in tokens of hashkit")
    r = e.register
    text = f"opening 0 + issued {amount(e, r.issued)} - redeemed {amount(e, r.redeemed)}"
    if r.court_burnt:
        text += f" - burnt by court {amount(e, r.court_burnt)}"
    if r.raw_minted or r.raw_burnt:
        text += f" + raw minted {amount(e, r.raw_minted)} - raw burnt {amount(e, r.raw_burnt)}"
    text += f" = closing {amount(e, r.supply)}"
    wrong, lies = irregular(e, "order", "ref"), e.state.differing("orders")
    more_than_moved = r.raw_minted < 0 or r.raw_burnt < 0
    if wrong or lies or more_than_moved:
        more = "; more was reported issued or redeemed than the movements show" if more_than_moved else ""
        return exception(text + more, lines(wrong) + compared(lies))
    if not r.accounts:
        return not_performed("no units moved")
    if r.raw_minted or r.raw_burnt:
        raw = (f"block {row.block}: {row.agent} {row.text}" for row in acts(e) if row.kind == "raw supply")
        return note(text + ": units moved in or out without an order or a ref", raw)
    return passed(text)


@checks("C05", "No balance was ever below zero, and no event was read twice")
def no_negative_balance(e: Evidence) -> Outcome:
    wrong = irregular(e, "balance", "sequence")
    if not wrong and not e.register.accounts:
        return not_performed("no account ever stood in a movement")
    text = f"{len(wrong)} times" if wrong else f"{len(e.register.accounts)} accounts followed through every movement"
    return right_if(not wrong, text, lines(wrong))


@checks("C22", "The supply never went over the cap")
def cap_respected(e: Evidence) -> Outcome:
    cap = e.register.rules.get("cap")
    if cap is None:
        return not_performed("the token names no cap")
    wrong, lies = irregular(e, "cap"), e.state.differing("cap")
    over = e.state.supply is not None and e.state.supply > cap
    text = f"cap {amount(e, cap)}, supply {amount(e, e.register.supply)}"
    return right_if(not (wrong or lies or over), text, lines(wrong) + compared(lies))


def _no_supply(e: Evidence) -> str | None:
    if e.state.why_not:
        return e.state.why_not
    return "the contract does not say its total supply" if e.state.supply is None else None


def _how(e: Evidence) -> str:
    """How the balances are known."""
    proof = e.proof
    if not proof.why_not:
        where = f"against the state root of the block ({proof.layout})"
        return f"{proof.balances} balances proved {where}"
    return f"node-attested; proofs not performed: {proof.why_not}"


def _balance_line(e: Evidence, c: Compared, who: str) -> str:
    answer = "no answer" if c.answer is None else amount(e, int(c.answer))
    return f"{c.what}: replayed {amount(e, int(c.replayed))}, {who} {answer}"
