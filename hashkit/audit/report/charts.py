"""Charts as inline SVG, each with the table it was drawn from. Floor 3.

Shapes carry their figures as text, so black and white lose nothing. Coordinates have at most one decimal and
come from integers alone: the same result gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from hashkit.audit import words
from hashkit.audit.result import AuditResult

WIDTH = 460
_DAY = 86_400
_LADDER = (("0–30 days", 30), ("31–60 days", 60), ("61–90 days", 90), ("91–365 days", 365))


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, the question it answers, and its figures. ``rows`` may be Markup where they hold links."""

    title: str
    svg: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, its length in any integer unit, and the figure written beside it."""

    label: str
    size: int
    figure: str
    weak: bool = False


def charts(result: AuditResult) -> tuple[Chart, ...]:
    """The charts of a report, without those that would have nothing to show."""
    made = (supply(result), concentration(result), countries(result), ladder(result))
    return tuple(chart for chart in made if chart is not None)


def supply(result: AuditResult) -> Chart | None:
    """Did supply move when it should? A step area, with marks where it rose or fell."""
    if not result.supply_steps:
        return None
    decimals = result.subject.decimals
    steps = [(time, raw) for _, time, raw in result.supply_steps]
    before = 0
    rows = []
    for block, time, raw in result.supply_steps:
        change = words.grouped(raw - before, decimals)
        rows.append(
            (words.time(time), str(block), change if raw < before else f"+{change}", words.grouped(raw, decimals))
        )
        before = raw
    shown = tuple(rows if len(rows) <= 12 else [*rows[:4], ("…", "…", "…", "…"), *rows[-7:]])
    note = "" if len(rows) <= 12 else f"{len(rows)} steps; the table shows the first 4 and the last 7."
    svg = _step_area(steps, result.block.timestamp, decimals)
    return Chart("Supply over time", svg, ("time (UTC)", "block", "change", "supply"), shown, note)


def concentration(result: AuditResult) -> Chart | None:
    """Who controls? The ten largest holders and all others."""
    holders = [h for h in result.holders if h.raw > 0]
    if not holders:
        return None
    total, decimals = sum(h.raw for h in holders), result.subject.decimals
    top, rest = holders[:10], holders[10:]
    bars = [Bar(words.short(h.wallet), h.raw, f"{words.share(h.raw, total)} %") for h in top]
    rows = [(words.short(h.wallet), words.grouped(h.raw, decimals), words.share(h.raw, total)) for h in top]
    if rest:
        raw = sum(h.raw for h in rest)
        bars.append(Bar(f"{len(rest)} others", raw, f"{words.share(raw, total)} %", weak=True))
        rows.append((f"{len(rest)} others", words.grouped(raw, decimals), words.share(raw, total)))
    hhi = sum(h.raw * h.raw for h in holders) * 10_000 // (total * total)
    note = f"Herfindahl–Hirschman index {hhi:,} of 10,000, over wallets."
    return Chart("Largest holders", _bars(bars), ("wallet", "units", "%"), tuple(rows), note)


def countries(result: AuditResult) -> Chart | None:
    """Do we respect limits? Holders by country, as the identity registry states it."""
    if not any(h.investor for h in result.holders):
        return None
    count: dict[str, int] = {}
    units: dict[str, int] = {}
    for h in result.holders:
        count[h.country] = count.get(h.country, 0) + 1
        units[h.country] = units.get(h.country, 0) + h.raw
    total = sum(units.values())
    ranked = sorted(count, key=lambda c: (-count[c], c))
    top, rest = ranked[:10], ranked[10:]
    bars = [Bar(c or "–", count[c], str(count[c])) for c in top]
    rows = [(f"{words.country_name(c)}", str(count[c]), words.share(units[c], total)) for c in top]
    if rest:
        many = sum(count[c] for c in rest)
        bars.append(Bar(f"{len(rest)} others", many, str(many), weak=True))
        rows.append((f"{len(rest)} others", str(many), words.share(sum(units[c] for c in rest), total)))
    return Chart("Holders by country", _bars(bars), ("country", "holders", "% of units"), tuple(rows))


def ladder(result: AuditResult) -> Chart | None:
    """Which renewals are coming? Holders by how long their verification still lasts."""
    holders = [h for h in result.holders if h.standing != "unknown"]
    if not holders:
        return None
    at = result.block.timestamp
    steps: dict[str, list[int]] = {name: [] for name in ("not verified", *(n for n, _ in _LADDER), "over a year")}
    for h in holders:
        steps[_step(h.standing, h.valid_until - at)].append(h.raw)
    total = sum(raw for raws in steps.values() for raw in raws)
    bars = [Bar(name, len(raws), str(len(raws)), weak=name == "not verified") for name, raws in steps.items()]
    rows = tuple((name, str(len(raws)), words.share(sum(raws), total)) for name, raws in steps.items())
    return Chart("Verification still lasts", _bars(bars), ("for", "holders", "% of units"), rows)


def _step(standing: str, left: int) -> str:
    if standing != "verified":
        return "not verified"
    return next((name for name, days in _LADDER if left <= days * _DAY), "over a year")


def _bars(bars: Sequence[Bar]) -> Markup:
    """Horizontal bars with a label left and a figure right."""
    row, label, figure = 19, 132, 62
    most = max((bar.size for bar in bars), default=0) or 1
    room = WIDTH - label - figure
    drawn = []
    for i, bar in enumerate(bars):
        y, length = i * row, bar.size * room * 10 // most / 10
        kind = "bar weak" if bar.weak else "bar"
        drawn.append(
            f'<text x="{label - 8}" y="{y + 13}" class="lab" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect x="{label}" y="{y + 3}" width="{max(length, 1):g}" height="13" rx="2" class="{kind}"/>'
            f'<text x="{label + length + 6:g}" y="{y + 13}" class="fig">{escape(bar.figure)}</text>'
        )
    return _svg(len(bars) * row + 2, drawn)


def _step_area(steps: Sequence[tuple[int, int]], end: int, decimals: int) -> Markup:
    """A step line over time from the first change to the cut-off, the area below it filled."""
    height, left, top, bottom = 168, 6, 22, 24
    start = steps[0][0]
    span, most = max(end - start, 1), max((raw for _, raw in steps), default=0) or 1
    room, tall = WIDTH - 2 * left, height - top - bottom

    def x(time: int) -> float:
        return left + (time - start) * room * 10 // span / 10

    def y(raw: int) -> float:
        return top + tall - max(raw, 0) * tall * 10 // most / 10

    base, line = top + tall, f"M{left} {top + tall}"
    marks, before = [], 0
    for time, raw in steps:
        line += f"V{y(raw):g}" if time == start else f"H{x(time):g}V{y(raw):g}"
        if len(steps) <= 60:
            marks.append(_mark(x(time), y(raw), raw > before))
        before = raw
    line += f"H{x(end):g}"
    grid = "".join(
        f'<line x1="{left}" x2="{WIDTH - left}" y1="{base - tall * q // 4}" y2="{base - tall * q // 4}" class="grid"/>'
        for q in range(5)
    )
    drawn = [
        grid,
        f'<path d="{line}V{base}Z" class="area"/><path d="{line}" class="line"/>',
        *marks,
        f'<text x="{left}" y="13" class="fig">{words.grouped(most, decimals)} at most</text>',
        f'<text x="{WIDTH - left}" y="13" class="fig" text-anchor="end">▲ issued ▼ redeemed</text>',
        f'<text x="{left}" y="{height - 7}" class="lab">{words.time(start)[:10]}</text>',
        f'<text x="{WIDTH - left}" y="{height - 7}" class="lab" text-anchor="end">{words.time(end)[:10]}</text>',
    ]
    return _svg(height, drawn)


def _mark(x: float, y: float, up: bool) -> str:
    shape = f"M{x - 3.5:g} {y + 8:g}h7l-3.5 -6z" if up else f"M{x - 3.5:g} {y - 8:g}h7l-3.5 6z"
    return f'<path d="{shape}" class="{"up" if up else "down"}"/>'


def _svg(height: int, drawn: Iterable[str]) -> Markup:
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-hidden="true">{"".join(drawn)}</svg>')


def totals(result: AuditResult) -> Mapping[str, str]:
    """Figures for the head of the page, grouped."""
    f, d = result.figures, result.subject.decimals
    fields = ("accounted", "issued", "redeemed", "raw_minted", "raw_burnt", "court_burnt", "frozen", "forced", "minted",
              "burnt")  # fmt: skip
    return {name: words.grouped(getattr(f, name), d) for name in fields}
