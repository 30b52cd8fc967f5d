"""What does a JSON file of ours say? Floor 2."""

from __future__ import annotations

import json
from pathlib import Path

from hashkit.errors import InputError
from hashkit.store.files import write_atomic

MAX_BYTES = 4 * 1024 * 1024


def read_json(path: Path, most: int = MAX_BYTES) -> object:
    """The JSON value in ``path``. InputError when it cannot be read, has more than ``most`` bytes or is no JSON."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read.", why=f"{error.strerror}.", next_step="Check the path.", code="FILE"
        ) from None
    if len(data) > most:
        raise InputError(f"{path} is too large.", why=f"At most {most:,} bytes are read.", code="FILE")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not JSON.", next_step="Name the file that hashkit wrote.", code="FILE") from None


def write_json(path: Path, value: object) -> None:
    """Write ``value`` as JSON, whole or not at all: two spaces, sorted keys, a final newline."""
    write_atomic(path, (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
