"""Charts as SVG, drawn on the server: bars, lines, sparklines. Colours and sizes are the style sheet's; asks nothing.

Marks are put together as plain text, a thousand to a page, from numbers and class names of ours; the only words among
them are titles, which are escaped. The content policy allows no inline style: marks carry classes, geometry stands in
attributes. Bars stretch with the page (`preserveAspectRatio="none"`), so all words stand beside the picture, in HTML.
Every chart is decoration of numbers that its page tells as text, too; hence `aria-hidden`, and tooltips by `<title>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

# Colours that can be told apart, also by those who see few: so many series are drawn by themselves.
SERIES = 6
# Units of the picture for one bar: 10 with 2 between.
STEP, BAR = 10, 8
# Height of large pictures, in the same units. The style sheet stretches it.
HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a stacked chart."""

    name: str
    counts: Sequence[int]
    """One for each bar."""

    @property
    def total(self) -> int:
        return sum(self.counts)


def ranked(counts: dict[str, list[int]], *, others: str) -> list[Series]:
    """The largest series, and the sum of all others under one name; those without a count are left out.

    >>> [series.name for series in ranked({"a": [1], "b": [3], "c": [0]}, others="others")]
    ['b', 'a']
    """
    found = [Series(name, numbers) for name, numbers in counts.items() if sum(numbers)]
    found.sort(key=lambda series: (-series.total, series.name))
    if len(found) <= SERIES:
        return found
    rest = [sum(numbers) for numbers in zip(*(series.counts for series in found[SERIES - 1 :]), strict=True)]
    return [*found[: SERIES - 1], Series(others, rest)]


def ceiling(value: float) -> int:
    """A round number at or above a value, for the top of an axis; its half is whole from 2 on.

    >>> [ceiling(value) for value in (0, 1, 3, 7, 18, 28, 130, 4100)]
    [2, 2, 4, 8, 20, 30, 160, 5000]
    """
    step = 1
    while True:
        for factor in (2, 3, 4, 5, 6, 8, 10, 12, 16):
            top = factor * step
            if top >= value and (step > 1 or top % 2 == 0):
                return top
        step *= 10


def stacked_bars(series: Sequence[Series], titles: Sequence[str], *, top: int) -> Markup:
    """Bars of several series on top of each other.

    Args:
        titles: what the tooltip of each bar says.
        top: the count at the upper edge, from `ceiling`.
    """
    marks = []
    for number, title in enumerate(titles):
        base = float(HEIGHT)
        bars = []
        for place, one in enumerate(series):
            height = one.counts[number] * HEIGHT / top
            base -= height
            if height:
                bars.append(_rect(number * STEP + 1, base, BAR, height, f"series-{place + 1}"))
        marks.append(_group(title, _rect(number * STEP, 0, STEP, HEIGHT, "hover"), *bars))
    return _picture(len(titles) * STEP, HEIGHT, "chart", _grid(len(titles) * STEP), *marks)


def bars_beside_usual(
    counts: Sequence[int], usual: Sequence[int | None], titles: Sequence[str], *, top: int, now: int | None = None
) -> Markup:
    """Bars of what came, with a line across each at what is usual then.

    Args:
        usual: None where nobody knows yet.
        now: number of the bar that is not complete yet.
    """
    marks = []
    for number, (count, expected, title) in enumerate(zip(counts, usual, titles, strict=True)):
        height = count * HEIGHT / top
        kind = "bar pending" if number == now else "bar"
        parts = [_rect(number * STEP, 0, STEP, HEIGHT, "hover")]
        if height:
            parts.append(_rect(number * STEP + 1, HEIGHT - height, BAR, height, kind))
        if expected is not None:
            y = HEIGHT - expected * HEIGHT / top
            parts.append(_line(number * STEP, y, (number + 1) * STEP, y, "usual"))
        marks.append(_group(title, *parts))
    return _picture(len(counts) * STEP, HEIGHT, "chart", _grid(len(counts) * STEP), *marks)


def sparkline(counts: Sequence[int], label: str) -> Markup:
    """A row of small bars as wide as a word; the last one is set off. An empty day shows as a line."""
    top = max([*counts, 1])
    marks = []
    for number, count in enumerate(counts):
        height = max(count * 20 / top, 1)
        kind = "last" if number == len(counts) - 1 else "bar"
        marks.append(_rect(number * 5, 20 - height, 4, height, kind if count else "none"))
    width = max(len(counts) * 5 - 1, 1)
    said = escape(label)
    attributes = f'class="spark" width="{width}" height="20" viewBox="0 0 {width} 20" role="img" aria-label="{said}"'
    return _svg(attributes, [f"<title>{said}</title>", *marks])


def week(usual: Sequence[Sequence[float]], *, shades: int, now: tuple[int, int]) -> Markup:
    """A week as a field of 7 rows and 24 columns, the darker the more.

    Args:
        shades: how many there are beside none.
        now: weekday and hour that are set off.
    """
    most = max(map(max, usual)) or 1
    marks = []
    for weekday, hours in enumerate(usual):
        for hour, count in enumerate(hours):
            shade = ceil(count * shades / most)
            kind = f"heat-{shade} now" if (weekday, hour) == now else f"heat-{shade}"
            cell = _rect(hour * STEP + 0.5, weekday * STEP + 0.5, STEP - 1, STEP - 1, kind)
            marks.append(_group(f"{hour:02}:00 · {count:.1f}", cell))
    return _picture(24 * STEP, 7 * STEP, "week", *marks)


def share_bar(share: float, kind: str = "bar") -> Markup:
    """A thin bar filled to a share 0..1."""
    width = max(0.0, min(1.0, share)) * 100
    return _picture(100, 4, "share", _rect(0, 0, 100, 4, "track"), _rect(0, 0, width, 4, kind))


def span_bar(begin: float, end: float) -> Markup:
    """A thin bar from one share of the whole to another; never too thin to be seen."""
    begin = max(0.0, min(0.99, begin))
    width = max(1.0, (min(1.0, end) - begin) * 100)
    return _picture(100, 4, "share", _rect(0, 0, 100, 4, "track"), _rect(begin * 100, 0, width, 4, "bar"))


def _picture(width: float, height: float, kind: str, *parts: str) -> Markup:
    return _svg(
        f'class="{kind}" viewBox="0 0 {_plain(width)} {_plain(height)}" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false"',
        parts,
    )


def _svg(attributes: str, parts: Iterable[str]) -> Markup:
    return Markup(f"<svg {attributes}>{''.join(parts)}</svg>")  # noqa: S704 - see the docstring of this module


def _group(title: str, *parts: str) -> str:
    return f"<g><title>{escape(title)}</title>{''.join(parts)}</g>"


def _grid(width: float) -> str:
    return "".join(_line(0, y, width, y, "grid") for y in (0.5, HEIGHT / 2, HEIGHT - 0.5))


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect x="{_plain(x)}" y="{_plain(y)}" width="{_plain(width)}" height="{_plain(height)}" class="{kind}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{_plain(x1)}" y1="{_plain(y1)}" x2="{_plain(x2)}" y2="{_plain(y2)}" class="{kind}"/>'


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
