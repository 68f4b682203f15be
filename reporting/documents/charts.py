"""Charts as SVG, drawn on the server: bars, stacked bars, lines. The same drawing on every medium.

On a page colours come from classes (`static/css/publications.css`, tokens only); for print they are
written as attributes. Labels stand above their bars, so that nothing is cut off at 360 px.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from core.templatetags.portal_format import plain

WIDTH = 400
SIZE = 13
LABEL, BAR, GAP = 20, 14, 10
COLOURS = 8
PLOT = 180
LEFT, BOTTOM = 56, 26
Chart = Mapping[str, Any]
PRINTED = re.compile(
    r"--(chart-\d|ink|ink-3|line|accent|accent-strong|accent-soft|danger): (#[0-9a-f]{6});"
)


@cache
def print_colours() -> dict[str, str]:
    """The light colours of `static/css/tokens.css`: charts, inks, accents."""
    text = (settings.BASE_DIR / "static/css/tokens.css").read_text("utf-8")
    found: dict[str, str] = {}
    for name, colour in re.findall(PRINTED, text):
        found.setdefault(name, colour)
    return found


@dataclass
class _Canvas:
    """Collects elements; knows how to colour them for a page or for print."""

    is_print: bool
    parts: list[str] = field(default_factory=list)

    def fill(self, place: int) -> str:
        number = place % COLOURS + 1
        if self.is_print:
            return f'fill="{print_colours()[f"chart-{number}"]}"'
        return f'class="svg-fill-{number}"'

    def stroke(self, place: int) -> str:
        number = place % COLOURS + 1
        if self.is_print:
            colour = print_colours()[f"chart-{number}"]
            return f'fill="none" stroke="{colour}" stroke-width="2"'
        return f'class="svg-stroke-{number}"'

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", faint: bool = False,
             name: str = "") -> None:  # fmt: skip
        if self.is_print:
            colour = print_colours()["ink-3" if faint else "ink"]
            look = f'fill="{colour}" font-family="Noto Sans SC" font-size="{SIZE}"'
        else:
            look = f'class="{"svg-faint" if faint else "svg-text"}"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look}>{escape(words)}</text>'
        )

    def rect(self, x: float, y: float, width: float, height: float, place: int) -> None:
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height}" '
            f"{self.fill(place)}/>"
        )

    def grid(self, y: float) -> None:
        look = f'stroke="{print_colours()["line"]}"' if self.is_print else 'class="svg-grid"'
        self.parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH}" y2="{y:.1f}" {look}/>')


def number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def width_of(words: str) -> float:
    """About how wide a text is, in units of the drawing."""
    return sum(SIZE if ord(c) > 0x2E80 else SIZE * 0.6 for c in words)


def shortened(words: str, room: float) -> str:
    """The text, cut with … where it would run out of its room."""
    while words and width_of(words) > room:
        words = words[:-2] + "…"
    return words


def svg(chart: Chart, *, is_print: bool = False, name: str = "") -> str:
    """The drawing. `name` makes the ids of its title and description unique on a page."""
    canvas = _Canvas(is_print)
    height = _DRAWINGS[chart["kind"]](canvas, chart)
    ids = f"{name or chart['id']}"
    said = f' role="img" aria-labelledby="{ids}-title {ids}-desc"' if not is_print else ""
    size = f' width="{WIDTH}" height="{height:.0f}"' if is_print else ' class="svg-chart"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"{size}{said}>'
    )
    words = (
        ""
        if is_print
        else f'<title id="{ids}-title">{escape(chart["title"])}</title>'
        f'<desc id="{ids}-desc">{escape(described(chart))}</desc>'
    )
    return head + words + "".join(canvas.parts) + "</svg>"


def described(chart: Chart) -> str:
    """The drawing in a sentence: its highest value, and where the numbers stand."""
    best = [
        (value, chart["labels"][place], series["name"])
        for series in chart["series"]
        for place, raw in enumerate(series["values"])
        if (value := number(raw)) is not None
    ]
    if not best:
        return "没有数据。"
    value, label, name = max(best, key=lambda row: row[0])
    return f"最高为{label}（{name}）{plain(value)} {chart['unit']}；全部数值见下方表格。"


def _legend(canvas: _Canvas, chart: Chart) -> float:
    """Names of the series with their colours; how much height they take."""
    if len(chart["series"]) < 2:
        return 4
    x, y = 0.0, 12.0
    for place, series in enumerate(chart["series"]):
        room = width_of(series["name"]) + 26
        if x and x + room > WIDTH:
            x, y = 0.0, y + LABEL
        canvas.rect(x, y - 10, 12, 12, place)
        canvas.text(x + 17, y, series["name"])
        x += room + 8
    return y + 12


def _bars(canvas: _Canvas, chart: Chart) -> float:
    """For each label its bars, one below the other, the value at the end."""
    top = _legend(canvas, chart)
    values = [number(v) or Decimal(0) for series in chart["series"] for v in series["values"]]
    most = max([*values, Decimal(0)]) or Decimal(1)
    room = WIDTH - 90
    for place, label in enumerate(chart["labels"]):
        canvas.text(0, top + 13, shortened(label, WIDTH))
        top += LABEL
        for shade, series in enumerate(chart["series"]):
            value = number(series["values"][place])
            wide = float((value or Decimal(0)) / most) * room
            canvas.rect(0, top, wide, BAR, shade)
            said = "未统计" if value is None else plain(value)
            canvas.text(wide + 6, top + 12, said, faint=value is None)
            top += BAR + 3
        top += GAP
    return top


def _stacked(canvas: _Canvas, chart: Chart) -> float:
    """For each label one bar in parts, the sum at the end."""
    top = _legend(canvas, chart)
    columns = [
        [number(series["values"][place]) or Decimal(0) for series in chart["series"]]
        for place in range(len(chart["labels"]))
    ]
    most = max([sum(column, Decimal(0)) for column in columns] + [Decimal(0)]) or Decimal(1)
    room = WIDTH - 70
    for label, column in zip(chart["labels"], columns, strict=True):
        canvas.text(0, top + 13, shortened(label, WIDTH))
        top += LABEL
        x = 0.0
        for shade, value in enumerate(column):
            wide = float(value / most) * room
            canvas.rect(x, top, wide, BAR, shade)
            x += wide
        canvas.text(x + 6, top + 12, plain(sum(column, Decimal(0))))
        top += BAR + GAP + 3
    return top


def _line(canvas: _Canvas, chart: Chart) -> float:
    """Series over time, with lines at zero, half and the highest value."""
    top = _legend(canvas, chart) + 8
    numbers = [[number(v) for v in series["values"]] for series in chart["series"]]
    most = max([v for row in numbers for v in row if v is not None] + [Decimal(0)]) or Decimal(1)
    floor = top + PLOT
    for share in (Decimal(0), Decimal("0.5"), Decimal(1)):
        y = floor - float(share) * PLOT
        canvas.grid(y)
        canvas.text(LEFT - 6, y + 4, plain(round(most * share, 1)), anchor="end", faint=True)
    count = len(chart["labels"])
    step = (WIDTH - LEFT - 16) / max(1, count - 1)
    every = max(1, -(-count // 6))
    for place, label in enumerate(chart["labels"]):
        if place % every == 0:
            is_end = place and place == count - 1  # which would run out of the drawing
            anchor = "end" if is_end else "start"
            canvas.text(LEFT + place * step, floor + 18, label, anchor=anchor, faint=True)
    for shade, row in enumerate(numbers):
        points = [
            f"{LEFT + place * step:.1f},{floor - float(value / most) * PLOT:.1f}"
            for place, value in enumerate(row)
            if value is not None
        ]
        canvas.parts.append(f'<polyline points="{" ".join(points)}" {canvas.stroke(shade)}/>')
    return floor + BOTTOM


_DRAWINGS: dict[str, Callable[[_Canvas, Chart], float]] = {
    "bars": _bars, "stacked": _stacked, "line": _line,
}  # fmt: skip


def table_of(chart: Chart) -> tuple[list[str], list[list[str]]]:
    """The same numbers as a table: head and rows."""
    unit = f"（{chart['unit']}）" if chart["unit"] else ""
    head = ["", *(f"{series['name']}{unit}" for series in chart["series"])]
    rows = []
    for place, label in enumerate(chart["labels"]):
        values: Sequence[Any] = [series["values"][place] for series in chart["series"]]
        rows.append([label, *("未统计" if v is None else plain(Decimal(v)) for v in values)])
    return head, rows
