"""Is the report's page as good in a browser as it says? Run by `make page`.

A real Chromium opens the page of the made-up bond (tests/audit/sample.py) through a server of ours that stands in for
the whole network and counts what is asked. Wanted: the page alone is asked for, nothing is told on the console, and
printed to A4 every page begins with a heading or with the head of a table and a whole row. A page that does all of it
wrong goes first and must be noticed. Writes docs/report.png. Without Chromium there is nothing to see: it fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdf
from pypdf.generic import RectangleObject

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hashkit.audit import render  # noqa: E402
from tests.audit.sample import NAMES, sample  # noqa: E402

PICTURE = ROOT / "docs" / "report.png"
SIZE = "1140,1500"  # of the picture, in pixels
HOST = "http://report.test"
NAMES_OF_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--hide-scrollbars",
    "--force-device-scale-factor=1", "--enable-logging=stderr", "--proxy-bypass-list=<-loopback>",
)  # fmt: skip
OWN = re.compile(r"\w+ (https?://)?([\w-]+\.)*(google|googleapis|gstatic|gvt1)\.com\b")
"""What Chromium asks its maker, whatever the page is. The page has no script and none of these names in it."""
BAD = """<!doctype html><title>bad</title><style>@page{size:A4}td{height:9mm}thead{display:table-row-group}</style>
<img src="/pixel.png"><script>console.error("told")</script><table><thead><tr><th>number and word</th></tr></thead>
<tbody>""" + "".join(f"<tr><td>{n} row</td></tr>" for n in range(90)) + "</tbody></table>"


class Seen:
    """What a browser did with one page."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.console: list[str] = []
        self.printed: list[list[str]] = []
        """The lines of each printed page, without its foot."""


@contextmanager
def network(pages: Mapping[str, bytes], asked: list[str]) -> Iterator[str]:
    """A server that is every host at once: gives ``pages``, refuses the rest, and writes down what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_CONNECT = do_POST = do_HEAD = do_GET

        def log_message(self, format: str, *values: object) -> None:
            """The list of what was asked is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def look(chromium: str, page: bytes, folder: Path, picture: Path | None = None) -> Seen:
    """Opens the page once for a picture and once for paper."""
    seen, paper = Seen(), folder / "report.pdf"
    paper.unlink(missing_ok=True)
    with network({f"{HOST}/report.html": page}, seen.asked) as proxy:
        for wish in (
            (f"--screenshot={picture or folder / 'unused.png'}", f"--window-size={SIZE}"),
            (f"--print-to-pdf={paper}", "--no-pdf-header-footer"),
        ):
            with tempfile.TemporaryDirectory() as profile:
                command = [chromium, *FLAGS, f"--proxy-server={proxy}", f"--user-data-dir={profile}", *wish]
                done = subprocess.run(
                    [*command, f"{HOST}/report.html"], capture_output=True, text=True, timeout=180, check=False
                )
            seen.console += [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    if not paper.exists():
        raise SystemExit(f"{chromium} printed nothing: {done.stderr[-500:]}")
    seen.printed = [lines(leaf) for leaf in pypdf.PdfReader(paper).pages]
    return seen


def lines(leaf: pypdf.PageObject) -> list[str]:
    """What stands on a printed page, line by line, without the foot."""
    leaf.cropbox = RectangleObject(leaf.mediabox)
    text = leaf.extract_text(extraction_mode="layout").replace("ﬀ", "ff").replace("ﬁ", "fi").replace("ﬂ", "fl")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()][:-1]


def faults(seen: Seen, heads: Mapping[str, str]) -> list[str]:
    """What is wrong, one sentence each. ``heads``: head of a table as printed -> pattern of a row's first line."""
    asked = [what for what in seen.asked if not OWN.match(what)]
    found = [f"asked for {what}" for what in asked if what != f"GET {HOST}/report.html"]
    if len(asked) - len(found) != 2:
        found.append(f"the page was asked for {len(asked) - len(found)} times in two looks")
    found += [f"told on the console: {line}" for line in seen.console]
    for number, whole in enumerate(seen.printed, 1):
        page = whole[1:] if whole[:1] == ["CONFIDENTIAL"] else whole
        if len(page) < 2:
            found.append(f"printed page {number} is empty")
            continue
        if page[-1] in heads:
            found.append(f"printed page {number} ends with the head of a table: {page[-1]}")
        if page[0] in heads:
            if not re.match(heads[page[0]], page[1]):
                found.append(f"printed page {number} begins with a part of a row: {page[1]}")
        elif not re.match(r"([1-7] )?[A-Z][a-z]", page[0]):
            found.append(f"printed page {number} begins without a head: {page[0]}")
    return found


_ADDRESS = "0x[0-9a-fA-F]{40} "
ROW = re.compile(rf"\d+ (Made-up Investor \d+ Ltd )?{_ADDRESS}")
HEADS = {
    "id result check, and what was found": r"C\d\d .* \S|\S",
    "# wallet units % investor country, class standing valid until frozen since": rf"\d+ {_ADDRESS}",
    "# name wallet units % investor country, class standing valid until frozen since": r"\d+ Made-up",
    "wallet held until (UTC) block": _ADDRESS,
    "time (UTC) block what by ref of the paper transaction": r"\d{4}-\d\d-\d\d \d\d:\d\d [\d,]+ ",
    "order approved by rows done skipped total issued deadline state": r"0x\w{6}…",
    "time (UTC) block change supply": r"\d{4}-\d\d-\d\dT|…",
    "month in out net": r"\d{4}-\d\d ",
    "investor units % wallets": r"0x\w{6}…",
    "account frozen holds": _ADDRESS,
    "file bytes SHA-256": r"\S+\.\w+ [\d,]+ ",
}


def main() -> int:
    """The bad page, the page, the page with names and a long register."""
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES_OF_CHROMIUM)), None)
    if chromium is None:
        print("There is no Chromium on PATH: install it (Debian: apt install chromium) or name it in CHROMIUM.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        noticed = faults(look(chromium, BAD.encode(), folder), {})
        if not all(any(word in fault for fault in noticed) for word in ("asked for", "console", "without a head")):
            print(f"A page that does everything wrong was not noticed: {noticed}")
            return 1
        result, long, told = sample(), sample(1_700), 0
        pages = {
            "the report": (render(result)["report.html"], PICTURE),
            "with names": (render(result, ["html"], names=NAMES)["CONFIDENTIAL-report.html"], None),
            f"with {len(long.holders):,} holders": (render(long, ["html"])["report.html"], None),
        }
        for title, (page, picture) in pages.items():
            seen = look(chromium, page, folder, picture)
            found = faults(seen, HEADS) + (["the page names Chromium's maker"] if b"google" in page else [])
            rows = sum(bool(ROW.match(line)) for printed in seen.printed for line in printed)
            wanted = page.count(b'<tr id="h')
            if rows != wanted:
                found.append(f"{rows} of {wanted} rows of the register were printed in one piece")
            if "names" in title and not all(printed[:1] == ["CONFIDENTIAL"] for printed in seen.printed):
                found.append("a printed page is not marked CONFIDENTIAL")
            told += len(found)
            print(f"{title}: {len(seen.printed)} pages of A4, {rows:,} holders, {len(found)} faults")
            for fault in found:
                print(f"  {fault}")
    print(f"page: {'no console message, no request but the page, no cut table' if not told else f'{told} faults'}")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
