"""The result as one self-contained page: no script, no request, prints well. Floor 3.

Names and symbols are a stranger's text: the template escapes everything, and what links there are lead to rows of
the page and to the explorer of the network's own description.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from hashkit.audit import words
from hashkit.audit.report.charts import charts, totals
from hashkit.audit.report.tables import ROWS, order_state
from hashkit.audit.report.text import MARKS, conclusion
from hashkit.audit.result import AuditResult
from hashkit.domain.network import Network

_HEX = re.compile(r"(transaction )?(0x[0-9a-fA-F]{64}|0x[0-9a-fA-F]{40})(?![0-9a-fA-F])")


def environment() -> Environment:
    """What fills templates: everything is escaped, and a name that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    result: AuditResult, index: Sequence[tuple[str, int, str]] = (), names: Mapping[str, str] | None = None
) -> str:
    """The report as HTML. ``index``: name, bytes and SHA-256 of the files beside it; ``names``: wallet -> name."""
    made, rows = environment(), {h.wallet: f"#h{n}" for n, h in enumerate(result.holders[:ROWS], 1)}
    made.filters.update(
        linked=_linker(result.network, rows),
        full=_linker(result.network, {}, short=False),
        short=words.short,
        brief=lambda text: text[:8],
        when=words.time,
        grouped=lambda raw: words.grouped(raw, result.subject.decimals),
        state=order_state,
    )
    template = made.get_template("page.html.j2")
    return template.render(
        r=result,
        f=result.figures,
        totals=totals(result),
        charts=charts(result),
        marks=MARKS,
        conclusion=conclusion(result),
        limits=result.limits,
        most=ROWS,
        index=index,
        names=names,
        may_hold=result.stranger.may_hold if result.stranger else {},
        block_link=_safe(result.network.block_link(result.block.number)),
        serious=[x for x in result.findings if x.result == "exception"],
        notes=[x for x in result.findings if x.result == "note"],
        omitted=[x for x in result.findings if x.result == "not performed"],
    )


def _linker(network: Network, rows: Mapping[str, str], short: bool = True) -> Callable[[str], Markup]:
    """A filter that links every address and hash in a text: a holder to his row in ``rows``, others to the explorer."""

    def linked(text: str) -> Markup:
        out, last = Markup(""), 0
        for found in _HEX.finditer(text):
            out += escape(text[last : found.start()])
            word = found[2]
            out += _shown(word, rows.get(word) or _outside(network, word, found[1] is not None), short)
            last = found.end()
        return out + escape(text[last:])

    return linked


def _shown(word: str, url: str | None, short: bool) -> Markup:
    visible = words.short(word) if short else word
    code = Markup('<code title="{0}">{1}</code>').format(word, visible)
    if url is None:
        return code
    rel = "" if url.startswith("#") else Markup(' rel="noreferrer noopener"')
    return Markup('<a href="{0}"{1}>{2}</a>').format(url, rel, code)


def _outside(network: Network, word: str, is_transaction: bool) -> str | None:
    if len(word) == 42:
        return _safe(network.address_link(word))
    return _safe(network.transaction_link(word)) if is_transaction else None


def _safe(url: str | None) -> str | None:
    """An explorer is data that a user may override: only web addresses become links."""
    return url if url is not None and url.startswith(("https://", "http://")) else None
