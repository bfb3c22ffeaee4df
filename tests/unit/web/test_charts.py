"""Charts: right heights, whole SVG, and no word of a site as mark-up."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from crawler.web import charts
from crawler.web.charts import Series

EVIL = "<script>alert(1)</script>\"'&"


def parts(picture: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(name))


def test_bars_stand_on_each_other() -> None:
    picture = charts.stacked_bars([Series("a", [5, 0]), Series("b", [3, 2])], ["one", "two"], top=10)
    bars = [bar for bar in parts(picture, "rect") if bar.get("class") != "hover"]
    assert [(bar.get("class"), bar.get("y"), bar.get("height")) for bar in bars] == [
        ("series-1", "50", "50"),
        ("series-2", "20", "30"),
        ("series-2", "80", "20"),
    ]
    assert [title.text for title in parts(picture, "title")] == ["one", "two"]


def test_what_is_usual_is_a_line_where_it_is_known() -> None:
    picture = charts.bars_beside_usual([4, 8], [None, 6], ["", ""], top=8, now=1)
    assert [line.get("y1") for line in parts(picture, "line") if line.get("class") == "usual"] == ["25"]
    assert [bar.get("class") for bar in parts(picture, "rect") if bar.get("class") != "hover"] == ["bar", "bar pending"]


@pytest.mark.parametrize(
    "picture",
    [
        charts.stacked_bars([Series(EVIL, [1])], [EVIL], top=2),
        charts.bars_beside_usual([1], [1], [EVIL], top=2),
        charts.sparkline([1], EVIL),
    ],
    ids=["stacked", "beside usual", "sparkline"],
)
def test_words_stay_words(picture: str) -> None:
    assert not parts(picture, "script")
    assert EVIL in [title.text for title in parts(picture, "title")]


@pytest.mark.parametrize(
    "picture",
    [charts.sparkline([], ""), charts.sparkline([0, 0], ""), charts.week([[0.0] * 24] * 7, shades=5, now=(0, 0))],
    ids=["no days", "no articles", "no week"],
)
def test_nothing_is_drawn_too(picture: str) -> None:
    assert ElementTree.fromstring(picture).tag == "svg"


def test_the_largest_series_have_colours_of_their_own() -> None:
    counts = {f"source_{number}": [number, 1] for number in range(9)}
    found = charts.ranked(counts, others="others")
    assert [one.name for one in found] == ["source_8", "source_7", "source_6", "source_5", "source_4", "others"]
    assert found[-1].counts == [0 + 1 + 2 + 3, 4]
    assert sum(one.total for one in found) == sum(map(sum, counts.values()))


def test_a_week_is_darkest_where_most_comes() -> None:
    week = [[0.0] * 24 for _ in range(7)]
    week[2][9], week[3][10] = 4.0, 0.1
    cells = parts(charts.week(week, shades=5, now=(2, 9)), "rect")
    assert len(cells) == 7 * 24
    assert cells[2 * 24 + 9].get("class") == "heat-5 now"
    assert cells[3 * 24 + 10].get("class") == "heat-1"


@pytest.mark.parametrize(("begin", "end"), [(0, 0), (0.999, 1.5), (-1, 2)])
def test_bars_stay_inside_and_are_seen(begin: float, end: float) -> None:
    bar = parts(charts.span_bar(begin, end), "rect")[1]
    x, width = float(bar.get("x") or 0), float(bar.get("width") or 0)
    assert x >= 0
    assert width >= 1
    assert x + width <= 100
