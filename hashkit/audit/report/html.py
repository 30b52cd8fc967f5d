"""The result as one self-contained page: no script, no request, prints well. Floor 3.

Names and symbols are a stranger's text: the template escapes everything, and what links there are lead to the
explorer of the network's own description.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from hashkit.audit import words
from hashkit.audit.report.charts import charts, totals
from hashkit.audit.report.text import MARKS, conclusion
from hashkit.audit.result import AuditResult
from hashkit.domain.network import Network

ROWS = 5_000
"""Holders, former holders and acts on the page; beyond that the CSV files serve."""

_HEX = re.compile(r"(transaction )?(0x[0-9a-fA-F]{64}|0x[0-9a-fA-F]{40})(?![0-9a-fA-F])")


def environment() -> Environment:
    """What fills templates: everything is escaped, and a name that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(result: AuditResult) -> str:
    """The report as HTML."""
    made, link = environment(), _linker(result.network)
    made.filters.update(
        linked=link,
        full=lambda address: link(address, short=False),
        short=words.short,
        when=words.time,
        grouped=lambda raw: words.grouped(raw, result.subject.decimals),
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
        block_link=_safe(result.network.block_link(result.block.number)),
        serious=[x for x in result.findings if x.result == "exception"],
        notes=[x for x in result.findings if x.result in ("note", "not performed")],
    )


def _linker(network: Network) -> Callable[..., Markup]:
    """A filter that shortens every address and hash in a text and links it where the network has an explorer."""

    def linked(text: str, short: bool = True) -> Markup:
        out, last = Markup(""), 0
        for found in _HEX.finditer(text):
            out += escape(text[last : found.start()])
            out += _shown(network, found[2], is_transaction=found[1] is not None, short=short)
            last = found.end()
        return out + escape(text[last:])

    return linked


def _shown(network: Network, word: str, *, is_transaction: bool, short: bool) -> Markup:
    visible = words.short(word) if short else word
    code = Markup('<code title="{0}">{1}</code>').format(word, visible)
    if len(word) == 42:
        url = _safe(network.address_link(word))
    else:
        url = _safe(network.transaction_link(word)) if is_transaction else None
    if url is None:
        return code
    return Markup('<a href="{0}" rel="noreferrer noopener">{1}</a>').format(url, code)


def _safe(url: str | None) -> str | None:
    """An explorer is data that a user may override: only web addresses become links."""
    return url if url is not None and url.startswith(("https://", "http://")) else None
