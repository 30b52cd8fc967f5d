"""The root of the command line. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.lazy import Root

_EPILOG = """\
Every command answers --help with an example. Commands that send show a plan first; --dry-run stops there.
--json prints one document on stdout; errors go to stderr.

\b
Exit codes: 0 done, 1 unexpected, 2 input, 3 refused, 4 account, 5 node,
6 batch partly done, 7 audit exceptions, 8 stale plan, 9 changes pending,
10 transaction failed, 130 interrupted.
"""


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import distributions

        found = next((each.version for each in distributions(name="hashkit")), "from a checkout, not installed")
        click.echo(f"hashkit {found}")
        ctx.exit()


@click.command("hashkit", cls=Root, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Version.")
def root() -> None:
    """Issue, service and audit permissioned tokens on HashKey Chain."""
