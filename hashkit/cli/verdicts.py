"""How does a verdict read? One line a rule, with its cure. Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashkit.domain.verdict import Verdict


def verdict_lines(verdict: Verdict) -> list[str]:
    """``ALLOWED``, or ``REFUSED`` and each failing rule with account, value and cure."""
    if verdict.allowed:
        return ["ALLOWED  every rule of the token lets it pass"]
    width = max(len(reason.rule) for reason in verdict.failed)
    lines = [f"REFUSED  by {len(verdict.failed)} rule{'s' if len(verdict.failed) > 1 else ''}; it would revert"]
    for reason in verdict.failed:
        lines.append(f"  FAIL  {reason.rule:{width}}  {reason.text}")
        lines.append(f"        {'':{width}}  to allow: {reason.fix}")
    return lines


def every_rule(verdict: Verdict) -> list[str]:
    """``verdict_lines`` with the rules in between that do not refuse."""
    from hashkit.domain.verdict import RULES

    failed = {reason.rule: reason for reason in verdict.failed}
    width = max(map(len, RULES))
    lines = [verdict_lines(verdict)[0]]
    for rule in RULES:
        reason = failed.get(rule)
        lines.append(f"  FAIL  {rule:{width}}  {reason.text}" if reason else f"  pass  {rule}")
        lines += [f"        {'':{width}}  to allow: {reason.fix}"] if reason else []
    return lines
