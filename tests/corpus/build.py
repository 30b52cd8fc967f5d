"""Write the corpus: ``python -m tests.corpus.build``. The same lines every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.papers import papers
from tests.corpus.tables import tables
from tests.corpus.values import Entry, values
from tests.corpus.words import words

FOLDER = Path(__file__).parent


def entries() -> Iterator[Entry]:
    """Every bad input once."""
    seen = set()
    for part in (values, tables, papers, words):
        for entry in part():
            key = json.dumps({k: v for k, v in entry.items() if k != "says"}, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield entry


def files() -> dict[str, str]:
    """The files, by name: one a kind."""
    found: dict[str, list[str]] = {}
    for entry in entries():
        name = entry["kind"].lower().replace(" ", "-").replace(".", "-") + ".jsonl"
        found.setdefault(name, []).append(json.dumps(entry, sort_keys=True) + "\n")
    return {name: "".join(lines) for name, lines in found.items()}


def main() -> None:
    """Replace the files by what the tables say."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, "ascii")
    print(sum(text.count("\n") for text in files().values()), "bad inputs")


if __name__ == "__main__":
    main()
