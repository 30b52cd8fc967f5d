"""Shapes of the charts as inline SVG. Floor 3.

Shapes carry their figures as text, so black and white lose nothing. Coordinates have at most one decimal and come
from integers alone: the same numbers give the same bytes. Colours and fonts are in page.css.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 460
_LEFT, _TOP, _BOTTOM = 6, 22, 24  # room around a drawing over time


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, where it begins and ends in any integer unit, and the figure written beside it."""

    label: str
    end: int
    figure: str
    kind: str = ""
    """``weak``, ``up`` or ``down``, a class of page.css; ``aside``: no length; or nothing."""
    begin: int = 0


def bars(rows: Sequence[Bar], label: int = 132, figure: int = 62) -> Markup:
    """Horizontal bars with a label left and a figure right; ``label`` and ``figure`` are the rooms for them.

    A bar of the kind ``aside`` has a figure and no length: it would make all others small.
    """
    row = 19 if len(rows) > 6 else 26
    most = max((max(bar.begin, bar.end) for bar in rows if bar.kind != "aside"), default=0) or 1
    room = WIDTH - label - figure
    drawn = []
    for i, bar in enumerate(rows):
        y, low, high = i * row, min(bar.begin, bar.end), max(bar.begin, bar.end)
        if bar.kind == "aside":
            low = high = 0
        x, end = label + low * room * 10 // most / 10, label + high * room * 10 // most / 10
        line = y + row // 2 + 4
        drawn.append(f'<text x="{label - 8}" y="{line}" class="lab" text-anchor="end">{escape(bar.label)}</text>')
        if high > low:
            kind = f"bar {bar.kind}".strip()
            drawn.append(f'<rect x="{x:g}" y="{y + 3}" width="{max(end - x, 1):g}" height="{row - 6}" class="{kind}"/>')
        drawn.append(f'<text x="{end + 6:g}" y="{line}" class="fig">{escape(bar.figure)}</text>')
    drawn.append(f'<line x1="{label}" x2="{label}" y1="0" y2="{len(rows) * row}" class="axis"/>')
    return svg(len(rows) * row + 2, drawn)


def steps_over_time(
    steps: Sequence[tuple[int, int]], span: tuple[int, int], heads: tuple[str, str], feet: tuple[str, str],
    limit: int | None = None, marked: bool = False, low: int = 0,
) -> Markup:  # fmt: skip
    """A step line over time with the area below it: (time, value) up to the end of ``span``.

    ``heads`` and ``feet`` are the texts at the four corners. ``limit`` draws a dashed line at that value;
    ``low`` is the value of the base line. ``marked`` puts a triangle at each of at most 60 steps, pointing up or down.
    """
    height = 168
    start, end = span
    long, most = max(end - start, 1), max([value - low for _, value in steps] + [limit or 0]) or 1
    room, tall = WIDTH - 2 * _LEFT, height - _TOP - _BOTTOM
    base = _TOP + tall

    def x(time: int) -> float:
        return _LEFT + min(max(time - start, 0), long) * room * 10 // long / 10

    def y(value: int) -> float:
        return base - max(value - low, 0) * tall * 10 // most / 10

    line, marks, before = f"M{_LEFT} {base}", [], 0
    for time, value in steps:
        line += f"V{y(value):g}" if time == start else f"H{x(time):g}V{y(value):g}"
        if marked and len(steps) <= 60:
            marks.append(_mark(x(time), y(value), value > before))
        before = value
    line += f"H{x(end):g}"
    drawn = [_grid(base, tall), f'<path d="{line}V{base}Z" class="area"/><path d="{line}" class="line"/>', *marks]
    if limit is not None:
        drawn.append(f'<line x1="{_LEFT}" x2="{WIDTH - _LEFT}" y1="{y(limit):g}" y2="{y(limit):g}" class="limit"/>')
    return svg(height, [*drawn, *_corners(height, heads, feet)])


def paired(months: Sequence[tuple[str, int, int]], heads: tuple[str, str]) -> Markup:
    """Two bars for each (label, up, down), up filled and down hatched, on one scale, and their difference as a line."""
    height = 168
    room, tall = WIDTH - 2 * _LEFT, height - _TOP - _BOTTOM
    most, least = max(max(up, down) for _, up, down in months) or 1, min(0, *(up - down for _, up, down in months))
    scale = most - least
    zero = _TOP + most * tall * 10 // scale / 10

    def y(value: int) -> float:
        return zero - value * tall * 10 // scale / 10

    axis = f'<line x1="{_LEFT}" x2="{WIDTH - _LEFT}" y1="{zero:g}" y2="{zero:g}" class="axis"/>'
    drawn, points = [_grid(_TOP + tall, tall), axis], []
    for i, (_, up, down) in enumerate(months):
        left, wide = _LEFT + i * room * 10 // len(months) / 10, min(max(room * 4 // len(months) / 10, 1), 28)
        for value, at, kind in ((up, left + wide / 5, "up"), (down, left + wide * 6 / 5, "hatched")):
            if value:
                top = y(value)
                drawn.append(
                    f'<rect x="{at:.1f}" y="{top:g}" width="{wide:g}" height="{zero - top:.1f}" class="{kind}"/>'
                )
        points.append(f"{left + wide * 6 / 5:.1f} {y(up - down):g}")
    drawn.append(f'<polyline points="{",".join(points)}" class="net"/>')
    return svg(height, [_HATCH, *drawn, *_corners(height, heads, (months[0][0], months[-1][0]))])


def grid(cells: Mapping[tuple[int, int], int], rows: Sequence[str], heads: str) -> Markup:
    """A number in each of 24 columns and as many rows as named; darker where there is more, the figure in the cell."""
    label, cell, tall = 34, (WIDTH - 40) // 24, 17
    most = max(cells.values(), default=0) or 1
    drawn = [f'<text x="{label}" y="11" class="lab">{escape(heads)}</text>']
    for hour in range(0, 24, 3):
        drawn.append(f'<text x="{label + hour * cell}" y="26" class="lab">{hour:02d}</text>')
    for i, name in enumerate(rows):
        y = 31 + i * tall
        drawn.append(f'<text x="{label - 6}" y="{y + 12}" class="lab" text-anchor="end">{escape(name)}</text>')
        for hour in range(24):
            many, x = cells.get((i, hour), 0), label + hour * cell
            depth = -(-many * 4 // most)
            drawn.append(f'<rect x="{x}" y="{y}" width="{cell - 1}" height="{tall - 1}" class="heat h{depth}"/>')
            if many:
                drawn.append(
                    f'<text x="{x + cell // 2}" y="{y + 12}" class="in{" on" if depth > 2 else ""}"'
                    f' text-anchor="middle">{many if many < 1000 else "…"}</text>'
                )
    return svg(31 + len(rows) * tall + 2, drawn)


def svg(height: int, drawn: Iterable[str]) -> Markup:
    """The drawing; its table says the same to who cannot see it."""
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height}" aria-hidden="true" focusable="false">{"".join(drawn)}</svg>')


def _grid(base: int, tall: int) -> str:
    heights = [base - tall * quarter // 4 for quarter in range(5)]
    lines = (f'<line x1="{_LEFT}" x2="{WIDTH - _LEFT}" y1="{y}" y2="{y}" class="grid"/>' for y in heights)
    return "".join(lines)


def _corners(height: int, heads: tuple[str, str], feet: tuple[str, str]) -> list[str]:
    right = f'x="{WIDTH - _LEFT}" text-anchor="end"'
    return [
        f'<text x="{_LEFT}" y="13" class="fig">{escape(heads[0])}</text>',
        f'<text {right} y="13" class="fig">{escape(heads[1])}</text>',
        f'<text x="{_LEFT}" y="{height - 7}" class="lab">{escape(feet[0])}</text>',
        f'<text {right} y="{height - 7}" class="lab">{escape(feet[1])}</text>',
    ]


def _mark(x: float, y: float, up: bool) -> str:
    shape = f"M{x - 3.5:g} {y + 8:g}h7l-3.5 -6z" if up else f"M{x - 3.5:g} {y - 8:g}h7l-3.5 6z"
    return f'<path d="{shape}" class="{"up" if up else "down"}"/>'


_HATCH = (
    '<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="4" height="4" class="hatchground"/><line x1="0" x2="0" y1="0" y2="4" class="hatchline"/>'
    "</pattern></defs>"
)
