"""Which pictures answer a reader's questions, each with the table it was drawn from? Floor 3."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from hashkit.audit import words
from hashkit.audit.report.draw import Bar, bars, grid, paired, steps_over_time
from hashkit.audit.result import AuditResult, Holder

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):")


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, the question it answers, and its figures. ``key`` is its place on the page."""

    key: str
    title: str
    question: str
    svg: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()
    """Where the first cell of each row leads on the page."""


def charts(result: AuditResult) -> Mapping[str, Chart]:
    """The charts of a report by key, without those that would have nothing to show."""
    made = (
        supply(result), waterfall(result), concentration(result), countries(result), holders(result), flows(result),
        ladder(result), hours(result),
    )  # fmt: skip
    return {chart.key: chart for chart in made if chart is not None}


def supply(result: AuditResult) -> Chart | None:
    """A step area, with marks where the supply rose or fell."""
    if not result.supply_steps:
        return None
    decimals, before, rows = result.subject.decimals, 0, []
    for block, time, raw in result.supply_steps:
        change = words.grouped(raw - before, decimals)
        change = change if raw < before else f"+{change}"
        rows.append((words.time(time), f"{block:,}", change, words.grouped(raw, decimals)))
        before = raw
    steps = [(time, raw) for _, time, raw in result.supply_steps]
    most = words.grouped(max(max(raw for _, raw in steps), 0), decimals)
    end = result.block.timestamp
    drawn = steps_over_time(
        steps, (steps[0][0], end), (f"{most} at most", "▲ issued ▼ redeemed" if len(steps) <= 60 else ""),
        (words.time(steps[0][0])[:10], words.time(end)[:10]), marked=True,
    )  # fmt: skip
    shown = tuple(rows if len(rows) <= 24 else [*rows[:4], ("…", "…", "…", "…"), *rows[-19:]])
    note = "" if len(rows) <= 24 else f"{len(rows)} steps; the table shows the first 4 and the last 19."
    heads = ("time (UTC)", "block", "change", "supply")
    return Chart("supply", "Supply over time", "Did supply move when it should?", drawn, heads, shown, note)


def waterfall(result: AuditResult) -> Chart | None:
    """From opening to closing, each kind of flow a bar that begins where the one before ended."""
    f, decimals = result.sections.roll_forward, result.subject.decimals
    if not (f.opening or f.issued or f.raw_minted) or min(f.opening, f.raw_minted, f.raw_burnt) < 0:
        return None
    parts = [
        ("issued through orders", f.issued), ("minted otherwise", f.raw_minted), ("redeemed against refs", -f.redeemed),
        ("burnt by court", -f.court_burnt), ("burnt otherwise", -f.raw_burnt),
    ]  # fmt: skip
    at, opening = f.opening, words.grouped(f.opening, decimals)
    rows, drawn = [("opening", opening)], [Bar("opening", at, opening)]
    for name, raw in parts:
        if raw or not name.endswith(("otherwise", "court")):
            figure = words.grouped(raw, decimals) if raw <= 0 else f"+{words.grouped(raw, decimals)}"
            drawn.append(Bar(name, at + raw, figure, "up" if raw > 0 else "down", at))
            rows.append((name, figure))
            at += raw
    drawn.append(Bar("closing", at, words.grouped(at, decimals)))
    rows.append(("closing", words.grouped(at, decimals)))
    room = 8 * max(len(bar.figure) for bar in drawn) + 10
    svg = bars(drawn, label=140, figure=min(room, 200))
    return Chart("waterfall", "Roll-forward", "How did opening become closing?", svg, ("", "units"), tuple(rows))


def concentration(result: AuditResult) -> Chart | None:
    """The ten largest holders and all others."""
    ranked = _holding(result)
    if not ranked:
        return None
    total, decimals = sum(h.raw for h in ranked), result.subject.decimals
    top, rest = ranked[:10], ranked[10:]
    drawn = [Bar(words.short(h.wallet), h.raw, f"{words.share(h.raw, total)} %") for h in top]
    rows = [(words.short(h.wallet), words.grouped(h.raw, decimals), words.share(h.raw, total)) for h in top]
    if rest:
        raw = sum(h.raw for h in rest)
        kind = "weak" if raw <= top[0].raw else "aside"
        drawn.append(Bar(f"{len(rest):,} others", raw, f"{words.share(raw, total)} % together", kind))
        rows.append((f"{len(rest):,} others", words.grouped(raw, decimals), words.share(raw, total)))
    hhi = sum(h.raw * h.raw for h in ranked) * 10_000 // (total * total)
    parts = ", ".join(f"top {n} {words.share(sum(h.raw for h in ranked[:n]), total)} %" for n in (1, 5, 10))
    note = f"Of all units: {parts}. Herfindahl–Hirschman index {hhi:,} of 10,000. Both over wallets."
    heads, links = ("wallet", "units", "% of units"), tuple(f"#h{n}" for n in range(1, len(rows) + 1))
    return Chart("concentration", "Largest holders", "Who controls?", bars(drawn), heads, tuple(rows), note, links)


def countries(result: AuditResult) -> Chart | None:
    """Holders by country, as the identity registry states it, beside the token's list."""
    ranked = _holding(result)
    if not any(h.investor for h in ranked):
        return None
    count: Counter[str] = Counter(h.country for h in ranked)
    units: Counter[str] = Counter()
    for h in ranked:
        units[h.country] += h.raw
    total, rules = sum(units.values()), dict(result.rules)
    listed = set(rules.get("countries", "").split(", ")) if "only" in rules.get("country list", "") else None
    order = sorted(count, key=lambda c: (-count[c], c))
    top, rest = order[:10], order[10:]

    def mark(country: str) -> str:
        return "" if listed is None else "✓" if country in listed else "✗"

    drawn = [Bar(f"{c or '–'} {mark(c)}".strip(), count[c], str(count[c])) for c in top]
    names = {True: "yes", False: "no"}
    rows = [
        (
            words.country_name(c),
            "no list" if listed is None else names[c in listed],
            f"{count[c]:,}",
            words.share(units[c], total),
        )
        for c in top
    ]
    if rest:
        many = sum(count[c] for c in rest)
        allowed = "" if listed is None else names[set(rest) <= listed]
        drawn.append(Bar(f"{len(rest)} others", many, str(many), "weak"))
        rows.append((f"{len(rest)} others", allowed, f"{many:,}", words.share(sum(units[c] for c in rest), total)))
    note = "" if listed is None else "✓ on the token's list of countries, ✗ not on it."
    heads = ("country", "allowed", "holders", "% of units")
    return Chart("countries", "Holders by country", "Do we respect limits?", bars(drawn), heads, tuple(rows), note)


def holders(result: AuditResult) -> Chart | None:
    """Number of holders over time, below the limit of the rule book where there is one."""
    steps = [(time, many) for _, time, many in result.holder_steps]
    if not steps:
        return None
    limit = next((int(v) for name, v in result.rules if name == "max holders" and v.isdigit() and int(v)), None)
    now, end = steps[-1][1], result.block.timestamp
    right = "no limit" if limit is None else f"limit {limit:,}, room for {max(limit - now, 0):,}"
    drawn = steps_over_time(
        steps, (steps[0][0], end), (f"{now:,} now", right), (words.time(steps[0][0])[:10], words.time(end)[:10]), limit
    )
    rows = []
    for year in sorted({words.time(time)[:4] for time, _ in steps}):
        within = [many for time, many in steps if words.time(time)[:4] == year]
        rows.append((year, f"{max(within):,}", f"{within[-1]:,}"))
    title, note = "Number of holders", "Wallets with units; a limit counts investors."
    if limit is not None:
        title, note = "Holders and their limit", note + " The dashed line is the limit."
    heads = ("year", "most", "at its end")
    return Chart("holder-count", title, "How much room is left?", drawn, heads, tuple(rows), note)


def flows(result: AuditResult) -> Chart | None:
    """Units minted and burnt in each month; each year when there are more than 36 months."""
    if not result.flows:
        return None
    decimals = result.subject.decimals
    span, months = "month", _filled({month: (up, down) for month, up, down in result.flows})
    if len(months) > 36:
        span, months = "year", _yearly(months)
    rows = tuple(
        (name, words.grouped(up, decimals), words.grouped(-down, decimals), words.grouped(up - down, decimals))
        for name, (up, down) in months.items()
    )
    most = words.grouped(max(max(pair) for pair in months.values()), decimals)
    drawn = paired([(m, *pair) for m, pair in months.items()], (f"{most} at most", "filled in, hatched out, line net"))
    heads = (span, "in", "out", "net")
    return Chart("flows", f"Flows per {span}", "How much comes and goes?", drawn, heads, rows)


def ladder(result: AuditResult) -> Chart | None:
    """Holders by how long their verification still lasts."""
    steps = result.sections.ladder
    if not steps:
        return None
    total = sum(step.raw for step in steps)
    drawn = [Bar(s.span, s.holders, f"{s.holders:,}", "down" if s.span == "not verified" else "") for s in steps]
    rows = tuple((step.span, f"{step.holders:,}", words.share(step.raw, total)) for step in steps)
    heads = ("ends", "holders", "% of units")
    return Chart("ladder", "Verification ends", "Which renewals are coming?", bars(drawn), heads, rows)


def hours(result: AuditResult) -> Chart | None:
    """Acts of authority by weekday and hour."""
    cells: Counter[tuple[int, int]] = Counter()
    agents: dict[int, set[str]] = {}
    for act in result.acts:
        if (found := _TIME.match(act.time)) is not None:
            year, month, day, hour = map(int, found.groups())
            cells[date(year, month, day).weekday(), hour] += 1
            agents.setdefault(hour, set()).add(act.agent)
    if not cells:
        return None
    by_hour = {hour: sum(many for (_, h), many in cells.items() if h == hour) for hour in sorted(agents)}
    rows = tuple((f"{hour:02d}:00", f"{many:,}", f"{len(agents[hour] - {''}):,}") for hour, many in by_hour.items())
    drawn = grid(cells, _WEEK, "acts by hour of the day, UTC")
    heads = ("hour (UTC)", "acts", "agents named")
    return Chart("hours", "When those with power act", "Does anybody act at odd hours?", drawn, heads, rows)


def _holding(result: AuditResult) -> list[Holder]:
    return [h for h in result.holders if h.raw > 0]


def _filled(months: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The same with the months between that had no flow; untouched when a block has a time no calendar holds."""
    names = list(months)
    if not all(re.fullmatch(r"\d{4}-\d\d", name) for name in names):
        return dict(months)
    filled, last = {}, names[-1]
    year, month = int(names[0][:4]), int(names[0][5:])
    while (name := f"{year:04d}-{month:02d}") <= last:
        filled[name] = months.get(name, (0, 0))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return filled


def _yearly(months: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    years: dict[str, tuple[int, int]] = {}
    for month, (up, down) in months.items():
        before = years.get(month[:4], (0, 0))
        years[month[:4]] = (before[0] + up, before[1] + down)
    return years


def totals(result: AuditResult) -> Mapping[str, str]:
    """Figures for the head of the page, grouped."""
    f, d = result.figures, result.subject.decimals
    fields = ("accounted", "issued", "redeemed", "raw_minted", "raw_burnt", "court_burnt", "frozen", "forced", "minted",
              "burnt")  # fmt: skip
    return {name: words.grouped(getattr(f, name), d) for name in fields}
