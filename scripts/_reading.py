"""What all report scripts share: their options, one reading, plain columns, exit codes. No key, nothing is sent."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from hashkit.audit import AuditResult, audit
from hashkit.audit.reading import open_books
from hashkit.chain.networks import network
from hashkit.errors import HashkitError
from hashkit.rpc.client import Endpoint

Report = Callable[..., bool]
"""Prints its report and says whether it found an exception. Gets what was read, and its own options by name."""


def reading(report: Report, *options: click.Parameter, files: tuple[str, ...] = ()) -> click.Command:
    """The command of a report on an ``AuditResult``: audits the token at ADDRESS, exits 7 on an exception.

    ``files``: kinds of files the auditor may give, each an option of that name.
    """

    def work(endpoint: Endpoint, chain: Any, address: str, period: dict[str, Any], more: dict[str, Any]) -> bool:
        from hashkit.audit.inputs import take

        given = take({kind: [Path(path)] for kind in files if (path := more.pop(kind)) is not None})
        return report(audit(endpoint, chain, address, files=given, **period), **more)

    asked = [click.Option([f"--{kind}"], type=click.Path(dir_okay=False), metavar="FILE") for kind in files]
    return _command(report, work, [*options, *asked])


def books(report: Callable[..., bool], *options: click.Parameter) -> click.Command:
    """The command of a report on a ``Reading``: the books of the token at ADDRESS, without the checks."""

    def work(endpoint: Endpoint, chain: Any, address: str, period: dict[str, Any], more: dict[str, Any]) -> bool:
        return report(open_books(endpoint, chain, address, **period), **more)

    return _command(report, work, list(options))


def _command(report: Report, work: Callable[..., bool], options: list[click.Parameter]) -> click.Command:
    @click.command(help=f"{report.__doc__}\n\nReads the token at ADDRESS from a node; needs no project and no key.")
    @click.argument("address")
    @click.option("-n", "--network", "name", default="devnet", show_default=True, help="Chain by name or id.")
    @click.option("--rpc", metavar="URL", help="Node to use instead of the network's own; several with commas between.")
    @click.option("--at", help="Block, date, ISO time or latest. Default: the newest final block.")
    @click.option("--from", "since", help="Block or day in which the period begins. Default: with the token.")
    @click.option("--first", type=click.IntRange(min=0), metavar="BLOCK", help="Read from this block on.")
    @click.option("--store", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep events in.")
    @functools.wraps(report)
    def command(address: str, name: str, rpc: str | None, **more: Any) -> None:
        try:
            chain = network(name)
            endpoint = Endpoint(rpc or chain.rpc_urls, chain_id=chain.chain_id)
            period = {option: more.pop(option) for option in ("at", "since", "first", "store")}
            found = work(endpoint, chain, address, period, more)
        except HashkitError as error:
            print(error, file=sys.stderr)
            sys.exit(error.exit_code)
        sys.exit(7 if found else 0)

    command.params += options
    command.name = "cli"  # under ape the file names the command
    return command


def head(result: AuditResult) -> None:
    """What was read, at which block, and on whose word."""
    subject, block = result.subject, result.block
    print(f"{subject.symbol or 'token'} {subject.token} on {result.network.name} ({result.network.chain_id})")
    final = "" if result.final else ", not yet final"
    print(f"block {block.number} {block.hash}{final}; attested by {result.attested_by}")
    for sentence in subject.unread:
        print(sentence)
    print()


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Plain columns, as wide as they need to be; those in ``right`` flush right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        print("  ".join(cells).rstrip())
    print()


def findings(result: AuditResult, *ids: str) -> bool:
    """Prints the checks with these ids; True when one of them found an exception."""
    shown = [finding for finding in result.findings if finding.id in ids]
    for finding in shown:
        word = finding.result.upper() if finding.result == "exception" else finding.result
        print(f"{finding.id} {word}: {finding.title}: {finding.text}")
        for line in finding.evidence:
            print(f"    {line}")
    return any(finding.result == "exception" for finding in shown)
