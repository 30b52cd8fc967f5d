"""``hashkit completion``: a script for the shell. Floor 4."""

from __future__ import annotations

import click

from hashkit.cli.options import verb


@verb(
    "completion",
    example="hashkit completion bash > ~/.local/share/bash-completion/completions/hashkit\n"
    'hashkit completion zsh > "${fpath[1]}/_hashkit"\n'
    "hashkit completion fish > ~/.config/fish/completions/hashkit.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL: commands, options, networks, assets and accounts."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    if made is not None:
        # Only the text is needed: click's own printing would run bash to ask for its version.
        click.echo(made(root, {}, "hashkit", "_HASHKIT_COMPLETE").source())
