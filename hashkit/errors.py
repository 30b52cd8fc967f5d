"""Every way hashkit says no. Importable from every floor; imports nothing of hashkit.

::

    HashkitError                 exit  carries: sentence, why, next_step, code, details
     + InputError                 2    a bad file, amount, address or option; nothing was sent
     + Refused                    3    token rules or pre-flight checks say no; nothing was sent
        - TransferRefused         3    the verdict of the token, with every failing rule
     + AccountError               4    no key, wrong passphrase, missing power, bad signature
     + NodeError                  5    unreachable, wrong chain, stale or lying node
        - RpcError                5    the node answered with a JSON-RPC error
     + BatchIncomplete            6    part of a batch is done; the same command goes on
     + AuditExceptions            7    an audit finished and found exceptions
     + StalePlan                  8    a saved plan no longer fits the chain
     + ChangesPending             9    a check found work left to do
     + TransactionFailed         10    sent, but reverted or dropped
        - OutcomeUnknown         10    sent, no answer yet: never retry blindly

``sentence`` says what happened, ``why`` the reason, ``next_step`` what the user does now.
``code`` is stable and upper case, for scripts. ``details`` lists findings, one line each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar


class HashkitError(Exception):
    """Base of the tree. ``str()`` is the sentence, the reason and the next step in one line."""

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "ERROR"

    def __init__(
        self,
        sentence: str,
        *,
        why: str = "",
        next_step: str = "",
        code: str | None = None,
        details: Iterable[str] = (),
    ) -> None:
        self.sentence = sentence
        self.why = why
        self.next_step = next_step
        self.code = code or self.default_code
        self.details = tuple(details)
        super().__init__(" ".join(part for part in (sentence, why, next_step) if part))

    def to_dict(self) -> dict[str, Any]:
        """The error as ``--json`` prints it."""
        return {
            "code": self.code,
            "message": self.sentence,
            "why": self.why,
            "hint": self.next_step,
            "details": list(self.details),
            "exit": self.exit_code,
        }


class InputError(HashkitError):
    """A bad file, amount, address or option. Nothing was sent."""

    exit_code = 2
    default_code = "BAD_INPUT"


class Refused(HashkitError):
    """The rules of the token or a pre-flight check say no. Nothing was sent."""

    exit_code = 3
    default_code = "REFUSED"


class TransferRefused(Refused):
    """The token refuses a movement; ``verdict`` names every failing rule and its cure."""

    default_code = "TRANSFER_REFUSED"

    def __init__(self, sentence: str, *, verdict: Any, **more: Any) -> None:
        super().__init__(sentence, **more)
        self.verdict = verdict

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "verdict": self.verdict.to_dict()}


class AccountError(HashkitError):
    """No key, a wrong passphrase, a missing power or a bad signature."""

    exit_code = 4
    default_code = "ACCOUNT"


class NodeError(HashkitError):
    """The node is unreachable, on another chain, stale, or lies."""

    exit_code = 5
    default_code = "NODE"


class RpcError(NodeError):
    """The node answered with a JSON-RPC error: its number, its words and its revert data (bytes)."""

    default_code = "RPC_ERROR"

    def __init__(self, method: str, number: int, message: str, data: bytes = b"") -> None:
        super().__init__(f"The node refused {method}: {message}")
        self.method = method
        self.number = number
        self.message = message
        self.data = data


class BatchIncomplete(HashkitError):
    """Part of a batch is done. The same command goes on where it stopped."""

    exit_code = 6
    default_code = "INCOMPLETE"


class AuditExceptions(HashkitError):
    """An audit finished and found exceptions."""

    exit_code = 7
    default_code = "AUDIT_EXCEPTIONS"


class StalePlan(HashkitError):
    """A saved plan no longer fits the chain."""

    exit_code = 8
    default_code = "STALE_PLAN"


class ChangesPending(HashkitError):
    """A check found work left to do."""

    exit_code = 9
    default_code = "CHANGES_PENDING"


class TransactionFailed(HashkitError):
    """A transaction was sent and reverted, or was dropped."""

    exit_code = 10
    default_code = "TRANSACTION_FAILED"


class OutcomeUnknown(TransactionFailed):
    """Sent, but nobody says yet what came of it. Never retried blindly."""

    default_code = "OUTCOME_UNKNOWN"
