"""Which commands are there, and which module holds each? Floor 4.

A static table, so that the first screen and completion import no command at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of the first screen: its module under ``hashkit.cli`` and its short help."""

    name: str
    module: str
    help: str


SECTIONS: Mapping[str, tuple[Entry, ...]] = {
    "Start": (
        Entry("init", "init", "New project with sample terms, investors and an issue file"),
        Entry("demo", "demo", "The whole story on a local chain, with a report to open"),
        Entry("doctor", "doctor", "Check node, account and contracts; say what to mend"),
    ),
    "Build": (
        Entry("compile", "compile", "Compile the contracts of this checkout, or prove the build"),
        Entry("deploy", "deploy", "Create an asset from its terms: plan, confirm, send, record"),
        Entry("verify", "verify", "Publish the source of an asset's contracts to the explorer"),
    ),
    "Register": (
        Entry("investor", "investor", "import | add | renew | revoke | link | deny | recover | show"),
        Entry("source", "source", "kyc | eas | trust | follow | present | refresh | show | list"),
    ),
    "Service": (
        Entry("issue", "issue", "Issue the rows of a file, each exactly once"),
        Entry("order", "order", "open | approve | close | show: issue with four eyes"),
        Entry("transfer", "transfer", "Move units; --check explains a refusal without sending"),
        Entry("redeem", "redeem", "End units against a redemption paper, once"),
        Entry("apply", "apply", "Do what a saved plan says, after reading it yourself"),
        Entry("batch", "batch", "list | show | resume | recover: what was sent, how final it is"),
        Entry("control", "control", "pause | halt | freeze | force | burn: acts that need a reason"),
    ),
    "Govern": (
        Entry("powers", "powers", "show | grant | revoke: who may do what"),
        Entry("rules", "rules", "show | set | preset: the limits in the rule book"),
        Entry("slot", "slot", "show | propose | apply | cancel: replacements after a delay"),
        Entry("document", "document", "set | show | remove: the papers the token names"),
    ),
    "Look": (
        Entry("explain", "explain", "Would a movement pass? Every rule, with figures and cures"),
        Entry("asset", "asset", "show | list | use: the assets of this project"),
        Entry("cap-table", "cap_table", "Who holds what, at any block or date"),
        Entry("history", "history", "What happened, oldest first"),
    ),
    "Audit": (
        Entry("audit", "audit", "Prove the register from the chain alone; read-only"),
    ),
    "Set up": (
        Entry("account", "account", "new | import | list: keys, encrypted on this machine"),
        Entry("network", "network", "list | ping: chains and their nodes"),
        Entry("devnet", "devnet", "up | down | reset | status: a local chain"),
        Entry("completion", "completion", "Completion script for bash, zsh or fish"),
    ),
}  # fmt: skip
"""The first screen, section by section."""

COMMANDS: Mapping[str, Entry] = {entry.name: entry for part in SECTIONS.values() for entry in part}

ROOMS: Mapping[str, tuple[Entry, ...]] = {
    "audit": (
        Entry("powers", "audit_powers", "Who can do what, with how few keys, and what changed"),
        Entry("sample", "audit_sample", "Draw the issues to vouch to papers, with a seed"),
        Entry("statement", "audit_statement", "What one wallet or investor held and moved in a period"),
        Entry("verify", "audit_verify", "Derive a saved report again from its evidence, offline"),
    ),
}
"""Commands under a command that also does something by itself: ``hashkit audit 0x…``, ``hashkit audit verify``."""
