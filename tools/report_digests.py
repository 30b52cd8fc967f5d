"""Write the digests of the report of a made-up bond into tests/audit/report.json; with --print, only show them.

The bond is tests/audit/sample.py: no chain and no clock. The same bytes come out on every machine and every Python, so
a change here is a change that a reader of reports will see.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hashkit.audit import render  # noqa: E402
from hashkit.audit.report import redacted  # noqa: E402
from tests.audit.sample import NAMES, sample  # noqa: E402

DIGESTS = ROOT / "tests" / "audit" / "report.json"


def digests() -> dict[str, str]:
    """File name -> SHA-256: the report, the page with names, the redacted page."""
    result = sample()
    files = {**render(result), **render(result, ["html"], names=NAMES)}
    files |= {f"redacted/{name}": content for name, content in render(redacted(result), ["html", "json"]).items()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def main() -> None:
    """Write or show."""
    text = json.dumps(digests(), indent=1) + "\n"
    if "--print" in sys.argv:
        print(text, end="")
    else:
        DIGESTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
