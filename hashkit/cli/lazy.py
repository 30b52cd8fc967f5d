"""How does a command get loaded only when it is asked for? Groups, and help with examples. Floor 4."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from hashkit.cli.catalogue import COMMANDS, ROOMS, SECTIONS, Entry


class Command(click.Command):
    """A command whose help ends in examples, one command line each."""

    def __init__(self, *args: Any, example: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = tuple(example.splitlines())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, each on its own line."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for line in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class House(Command):
    """A command that does something by itself and has commands of its own, which come first on the line.

    ``hashkit audit 0x…`` is the command, ``hashkit audit verify FOLDER`` the one in its room. The rooms stand in
    ``catalogue.ROOMS``; the module of a room is imported when it is used.
    """

    @property
    def rooms(self) -> Mapping[str, Entry]:
        """The commands of its own, by name."""
        return {entry.name: entry for entry in ROOMS[str(self.name)]}

    def room(self, name: str) -> click.Command:
        """The command in the room ``name``."""
        return _load(self.rooms[name])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As click does; or the context of the room that the first word names."""
        if not args or args[0] not in self.rooms:
            return super().make_context(info_name, args, parent, **extra)
        name, *rest = args
        return self.room(name).make_context(f"{info_name} {name}", rest, parent, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the rooms."""
        super().format_options(ctx, formatter)
        if self.rooms:
            with formatter.section(f"Commands ({ctx.command_path} COMMAND --help)"):
                formatter.write_dl([(entry.name, entry.help) for entry in self.rooms.values()])


class Group(click.Group):
    """Commands that share a noun. Called alone it prints its help, which is no mistake."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but no arguments mean help on stdout and exit code 0 in every click."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for a mistyped one."""
        names = self.list_commands(ctx)
        if args[0] not in names and not ctx.resilient_parsing:
            near = get_close_matches(args[0], names, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Commands: {', '.join(names)}."
            ctx.fail(f"There is no command {args[0][:40]!r}. {hint}")
        return super().resolve_command(ctx, args)


class Root(Group):
    """The first screen. Imports a command's module when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the first screen."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        return _load(entry)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections of the first screen, from the table."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{entry.name:10}", entry.help) for entry in entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names that begin so, with their help, from the table."""
        found = [entry for entry in COMMANDS.values() if entry.name.startswith(incomplete)]
        return [CompletionItem(entry.name, help=entry.help) for entry in found]


def _load(entry: Entry) -> click.Command:
    return cast(click.Command, import_module(f"hashkit.cli.{entry.module}").command)
