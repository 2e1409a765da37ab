"""Plots as SVG, made here: no script, no style of their own (the page's sheet colours them), as wide as the page lets them.

Words in a plot keep their size on every screen: they stand at per cents of the width, and only the curve is stretched.
Each plot names itself and says in a sentence what it shows; its numbers stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core import growth

if TYPE_CHECKING:
    from markupsafe import Markup

HEIGHT = 210  # pixels
_TOP, _BOTTOM = 24, 26  # of it, for words
_ROOM = HEIGHT - _TOP - _BOTTOM
_RIGHT = 95  # per cent: right of the curve stands its last number
_GRAIN = 1_000  # the curve's own units
_WIDEST = 9  # per cent of the width that a bar takes
_LABELS = 7  # under the bars: more run into each other on a phone


@dataclass(frozen=True, slots=True)
class Words:
    """What is written in and about a plot."""

    name: str
    title: str
    text: str
    first: str = ""
    last: str = ""
    goal: str = ""


def curve(points: Sequence[growth.Point], goal: int | None, said: Words) -> "Markup":
    """How many there were over a time, against a goal; the last number stands at its end."""
    most = max([1, goal or 0, *(one.members for one in points)])
    top = _round_up(most)
    parts = []
    for tick in (0, top // 2, top) if top > 1 else (0, 1):
        y = _y(tick, top)
        parts.append(_shape("line", "plot-grid", x1="0", x2="100%", y1=y, y2=y))
        parts.append(_text("plot-text", "0", y - 5, f"{tick:,}") if tick else "")
    if goal:
        y = _y(goal, top)
        parts.append(_shape("line", "plot-goal", x1="0", x2="100%", y1=y, y2=y))
        parts.append(_text("plot-strong", "100%", y - 6, said.goal, "end"))
    parts.append(_stretched(points, top))
    last = points[-1].members
    y = _y(last, top)
    # Where the goal's name would be in its way, the number stands below its point.
    above = goal is None or abs(y - _y(goal, top)) > 24
    parts.append(_shape("circle", "plot-dot", cx=f"{_RIGHT}%", cy=y, r=5))
    parts.append(_text("plot-strong", "100%", y - 10 if above else y + 22, f"{last:,}", "end"))
    parts.append(_text("plot-text", "0", HEIGHT - 6, said.first))
    parts.append(_text("plot-text", f"{_RIGHT}%", HEIGHT - 6, said.last, "end"))
    return _svg(parts, said)


def _stretched(points: Sequence[growth.Point], top: int) -> str:
    """The curve and the area under it, in units of their own that are stretched to the page."""
    wide = max(1, len(points) - 1)
    spots = [
        f"{_GRAIN * number // wide},{_GRAIN - round(_GRAIN * one.members / top)}"
        for number, one in enumerate(points)
    ]
    if len(spots) == 1:
        spots.append(f"{_GRAIN},{spots[0].partition(',')[2]}")
    line = f"M{' L'.join(spots)}"
    area = _shape("path", "plot-area", d=f"{line} L{_GRAIN},{_GRAIN} L0,{_GRAIN} Z")
    path = _shape("path", "plot-line", d=line, vector_effect="non-scaling-stroke")
    return (
        f'<svg x="0" y="{_TOP}" width="{_RIGHT}%" height="{_ROOM}" viewBox="0 0 {_GRAIN} {_GRAIN}" '
        f'preserveAspectRatio="none" overflow="visible">{area}{path}</svg>'
    )


def pairs(spans: Sequence[growth.Span], labels: Sequence[str], said: Words) -> "Markup":
    """Who came above a line and who went below it, by week, month or year; each has its label below, where there is room."""
    most_up, most_down = max(one.joined for one in spans), max(one.left for one in spans)
    scale = (_ROOM - 16) / max(1, most_up + most_down)
    base = round(_TOP + most_up * scale)
    slot = 100 / len(spans)
    stride = -(-len(spans) // _LABELS)
    parts = []
    for number, one in enumerate(spans):
        centre, width = (number + 0.5) * slot, min(slot * 0.68, _WIDEST)
        x, wide, middle = f"{centre - width / 2:.2f}%", f"{width:.2f}%", f"{centre:.2f}%"
        up, down = round(one.joined * scale), round(one.left * scale)
        if one.joined:
            parts.append(_shape("rect", "plot-up", x=x, width=wide, y=base - up, height=up, rx=2))
            parts.append(_text("plot-number", middle, base - up - 5, f"{one.joined:,}", "middle"))
        if one.left:
            parts.append(_shape("rect", "plot-down", x=x, width=wide, y=base, height=down, rx=2))
            parts.append(_text("plot-number", middle, base + down + 14, f"{one.left:,}", "middle"))
        if (len(spans) - 1 - number) % stride == 0:
            parts.append(_text("plot-text", middle, HEIGHT - 6, labels[number], "middle"))
    parts.append(_shape("line", "plot-base", x1="0", x2="100%", y1=base, y2=base))
    return _svg(parts, said)


def _round_up(number: int) -> int:
    """The next number of a scale: 2, 4, 10, 20, 40, 50, 100 ..., so that its half is a whole number too."""
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if number <= step * size:
                return 1 if number == 1 else step * size
        size *= 10


def _y(value: int, top: int) -> int:
    return round(_TOP + _ROOM * (1 - value / top))


def _svg(parts: Sequence[str], said: Words) -> "Markup":
    from markupsafe import Markup, escape

    ids = f"{said.name}-title {said.name}-text"
    return Markup(
        f'<svg class="plot" width="100%" height="{HEIGHT}" role="img" aria-labelledby="{ids}">'
        f'<title id="{said.name}-title">{escape(said.title)}</title>'
        f'<desc id="{said.name}-text">{escape(said.text)}</desc>{"".join(parts)}</svg>'
    )


def _shape(element: str, kind: str, **fields: str | int) -> str:
    values = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in fields.items())
    return f'<{element} class="{kind}" {values}/>'


def _text(kind: str, x: str, y: int, words: str, anchor: str = "start") -> str:
    from markupsafe import escape

    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
