"""Pictures of a report are SVG that says what it shows, the same every time."""
from math import nan
from xml.etree import ElementTree

import pytest

from crm_core.reports import drawings

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(svg: str) -> list[str]:
    return [one.text for one in parsed(svg).iter(f"{SVG}text")]


def whole(x: float) -> str:
    return f"{x:.0f}"


def forest() -> str:
    values, lows, highs = [10.0, 20.0, nan], [8.0, 15.0, nan], [12.0, 25.0, nan]
    return drawings.rows("Rate <by> channel", ["Direct", "Agency & co", "Too few"], values, lows, highs, ["10", "20", "too few"], whole)


def test_a_row_shows_its_estimate_on_its_interval_and_too_few_only_its_words():
    svg = forest()
    assert len(list(parsed(svg).iter(f"{SVG}circle"))) == 2
    assert {"Direct", "Agency & co", "Too few", "too few"} <= set(texts(svg))
    lines = [one.attrib for one in parsed(svg).iter(f"{SVG}line") if one.attrib["stroke-width"] == "2"]
    assert [round(float(one["x2"]) - float(one["x1"])) for one in lines] == [round(x * (float(lines[0]["x2"]) - float(lines[0]["x1"])) / 4) for x in (4, 10)]


def test_a_picture_is_well_formed_named_and_the_same_every_time():
    assert forest() == forest()
    assert parsed(forest()).attrib["aria-label"] == "Rate <by> channel"
    assert "<script" not in forest()


def test_full_counts_are_bars_from_zero():
    svg = drawings.rows("Nights", ["A", "B"], [30.0, 60.0], [nan, nan], [nan, nan], ["30", "60"], whole)
    one, other = (float(bar.attrib["width"]) for bar in parsed(svg).iter(f"{SVG}rect"))
    assert other == pytest.approx(2 * one, abs=0.1)


def test_a_gap_is_not_bridged_and_a_value_between_gaps_is_a_dot():
    svg = drawings.lines("Months", list("abcdef"), [1.0, 2.0, nan, 4.0, nan, 6.0], None, whole)
    strokes = [one.attrib["points"] for one in parsed(svg).iter(f"{SVG}polyline")]
    assert [len(points.split()) for points in strokes] == [2]
    assert len(list(parsed(svg).iter(f"{SVG}circle"))) == 2


def test_the_comparison_is_dotted():
    svg = drawings.lines("Months", list("ab"), [1.0, 2.0], [2.0, 1.0], whole)
    assert ["stroke-dasharray" in one.attrib for one in parsed(svg).iter(f"{SVG}polyline")] == [True, False]


def test_the_higher_cell_is_the_darker_and_what_is_not_known_stays_white():
    svg = drawings.heat("Heat", ["x"], ["a", "b", "c"], [[1.0, 9.0, nan]], [["1", "9", "·"]])
    fills = [one.attrib["fill"] for one in parsed(svg).iter(f"{SVG}rect")]
    assert fills == [drawings.SHADES[0], drawings.SHADES[-1], "#FFFFFF"]


@pytest.mark.parametrize("values", [[nan, nan], [5.0, 5.0], [0.0, 0.0], [-3.0, 4.0], [1e12, 2e12]])
def test_no_values_stop_a_picture(values):
    for svg in (drawings.rows("T", ["a", "b"], values, [nan, nan], [nan, nan], ["", ""], whole), drawings.lines("T", ["a", "b"], values, None, whole),
                drawings.heat("T", ["a", "b"], ["c"], [[v] for v in values], [[""], [""]])):
        assert "nan" not in svg
        assert parsed(svg).tag == f"{SVG}svg"


def test_a_long_name_is_cut_and_a_card_of_one_month_has_no_line():
    assert any(text.endswith("…") for text in texts(drawings.rows("T", ["x" * 90], [1.0], [nan], [nan], ["1"], whole)))
    assert drawings.spark([1.0, nan]) == ""
    assert drawings.spark([1.0, 2.0]).startswith("<svg")
