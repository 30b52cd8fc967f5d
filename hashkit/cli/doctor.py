"""``hashkit doctor``: is everything ready for action? Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hashkit.cli.options import choices, verb
from hashkit.cli.session import Answer, Session

if TYPE_CHECKING:
    from hashkit.issuer.doctor import Finding


@verb("doctor", example="hashkit doctor -n hashkey-testnet --account ops")
@choices(account=True)
def command(session: Session) -> None:
    """Look at node, clock, account, contracts and explorer, and say what to mend. Opens no key, sends nothing."""
    from hashkit.issuer.doctor import examine

    hashkit = session.connect(watching=True, anywhere=True)
    findings = examine(hashkit.context)
    failed = [finding for finding in findings if finding.state == "FAIL"]
    lines = [line for finding in findings for line in _lines(finding)]
    last = "Ready for action." if not failed else f"{len(failed)} of {len(findings)} checks failed."
    code = 0 if not failed else 4 if all(finding.what == "account" for finding in failed) else 5
    session.show(Answer([finding.to_dict() for finding in findings], [*lines, last], code=code))


def _lines(finding: Finding) -> list[str]:
    mend = [f"      {finding.fix}"] if finding.fix and finding.state != "ok" else []
    return [f"{finding.state:5} {finding.text}", *mend]
