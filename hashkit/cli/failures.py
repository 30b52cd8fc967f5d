"""What went wrong, in words and as an exit code? Floor 4.

Every error becomes one sentence, the reason, the next step; with ``--json`` one document on stderr, so that
stdout stays empty. What nobody expected goes into a log file without secrets.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hashkit.cli.screen import Screen, clean, to_json
from hashkit.cli.verdicts import verdict_lines
from hashkit.errors import HashkitError, InputError, TransferRefused

if TYPE_CHECKING:
    from hashkit.domain.verdict import Verdict

INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell shows for a program that wrote to a reader who had gone: 128 + SIGPIPE."""


def manner(arguments: Sequence[str]) -> Screen:
    """How errors are to be shown. Asked before parsing, because parsing may be what fails."""
    as_json = "--json" in arguments or os.environ.get("HASHKIT_JSON", "0").lower() in ("1", "true", "yes", "on")
    given = " ".join(arguments)
    color = next((word for word in ("never", "always") if f"--color {word}" in given.replace("=", " ")), "auto")
    return Screen(json=as_json, color=color)


def tell(error: BaseException, screen: Screen) -> int:
    """Say what went wrong and return the exit code."""
    if isinstance(error, SystemExit | click.exceptions.Exit):
        return _finish(error)
    if isinstance(error, BrokenPipeError):
        return _drop_stdout()
    if isinstance(error, KeyboardInterrupt | click.exceptions.Abort):
        text = str(error) or "Stopped. Nothing is lost; run the same command again to go on."
        _show({"code": "INTERRUPTED", "message": text, "exit": INTERRUPTED}, screen)
        return INTERRUPTED
    found = _as_ours(error)
    _show(found.to_dict(), screen, found.verdict if isinstance(found, TransferRefused) else None)
    return 1 if type(found) is HashkitError else found.exit_code


def _finish(error: SystemExit | click.exceptions.Exit) -> int:
    sys.stdout.flush()
    code = error.exit_code if isinstance(error, click.exceptions.Exit) else error.code
    return code if isinstance(code, int) else 0 if code is None else 1


def _drop_stdout() -> int:
    """The reader has gone: nothing more to say, and nothing to flush at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _as_ours(error: BaseException) -> HashkitError:
    if isinstance(error, HashkitError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OSError) and error.filename is not None:
        why = f"{error.strerror or type(error).__name__}."
        next_step = "Check the path and its permissions."
        return InputError(f"{error.filename} cannot be used.", why=why, next_step=next_step, code="FILE")
    return HashkitError(
        f"hashkit met an error it did not expect ({type(error).__name__}).",
        why=f"This is a fault in hashkit; the details are in {_log(error)}",
        next_step="Please report it with that file, which holds no keys, passphrases or node addresses.",
        code="UNEXPECTED",
    )


def _usage(error: click.ClickException) -> InputError:
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "hashkit"
    text = without_secrets(error.format_message().strip())  # it repeats what was typed, by mistake perhaps a key
    sentence = text if text.endswith((".", "?")) else f"{text}."
    return InputError(" ".join(sentence.split()), next_step=f"See `{path} --help`.", code="USAGE")


def _show(error: dict[str, Any], screen: Screen, verdict: Verdict | None = None) -> None:
    sys.stdout.flush()
    if screen.json:
        print(to_json({"schema": "hashkit.error/1", "ok": False, "error": error}), file=sys.stderr)
        return
    told = [_red(clean(error["message"]), screen)]
    details = verdict_lines(verdict)[1:] if verdict else [f"  {line}" for line in error.get("details", ())]
    told += map(clean, details)
    if error.get("why") and not _repeats(error["why"], " ".join(details)):
        told.append(f"Why: {clean(error['why'])}")
    if error.get("hint") and not verdict:
        told.append(f"Next: {clean(error['hint'])}")
    print("\n".join(told), file=sys.stderr, flush=True)


def _repeats(why: str, details: str) -> bool:
    """Whether the reason is only the first findings again."""
    return bool(details) and all(part.split(": ", 1)[-1] in details for part in why.split("; "))


def _red(text: str, screen: Screen) -> str:
    return f"\x1b[31m{text}\x1b[0m" if screen.styled(sys.stderr) else text


# A log that may be sent to strangers: where it happened and what, without keys and without node addresses.


def _log(error: BaseException) -> str:
    folder = _log_folder()
    handle, name = tempfile.mkstemp(prefix="error-", suffix=".log", dir=folder)
    frames = "".join(traceback.format_tb(error.__traceback__))
    with open(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(f"{frames}{type(error).__name__}: {without_secrets(str(error))}\n")
    return name


def without_secrets(text: str) -> str:
    """``text`` without anything that could be a key, a phrase in quotes, or the path of a node's address."""
    text = re.sub(r"(\w+://)(?:[^\s/@]*@)?([^\s/?#'\"]+)[^\s'\"]*", r"\1\2", text)
    text = re.sub(r"(?:0x)?[0-9a-fA-F]{64,}", "<64 hex digits>", text)
    return re.sub(r"(['\"(])(?:\w+ ){11,}\w+['\")]", "<words>", text)


def _log_folder() -> Path | None:
    """``.hashkit/log`` of the project around here; without one, the place for temporary files."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        private = folder / ".hashkit"
        if (folder / "hashkit.toml").is_file() and private.is_dir() and os.access(private, os.W_OK):
            log = private / "log"
            log.mkdir(mode=0o700, exist_ok=True)
            return log
    return None
