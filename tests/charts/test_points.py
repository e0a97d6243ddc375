"""Estimates through time stand on an axis from zero, each with its interval, and what is not known is a gap."""

import json

import numpy as np
import pytest

from crm_core.charts.points import points
from crm_core.charts.theme import TOKENS

ROWS = {
    "labels": ["Q1 24", "Q2 24", "Q3 24", "Q4 24"],
    "values": [18, None, 17, 19],
    "lows": [16, None, 15.5, 12],
    "highs": [20.5, None, 18, 26],
    "texts": ["18%", "", "17%", "19%"],
}


def figure(mode, **over):
    return points(mode, **(ROWS | over))


def test_an_interval_reaches_from_low_to_high(mode):
    (line,) = figure(mode)["data"]
    assert line["y"] == [18.0, None, 17.0, 19.0]
    assert line["error_y"]["array"] == [2.5, 0.0, 1.0, 7.0]
    assert line["error_y"]["arrayminus"] == [2.0, 0.0, 1.5, 7.0]


def test_an_unknown_quarter_breaks_the_line(mode):
    assert figure(mode)["data"][0]["connectgaps"] is False


def test_the_axis_starts_at_zero_and_holds_every_interval(mode):
    low, high = figure(mode)["layout"]["yaxis"]["range"]
    assert low == 0
    assert high == pytest.approx(27.56)


def test_a_change_that_falls_below_zero_is_seen(mode):
    assert figure(mode, lows=[-3, None, 15.5, 12])["layout"]["yaxis"]["range"][0] == -3


def test_the_usual_range_is_a_band_behind_all(mode):
    assert figure(mode)["layout"]["shapes"] == []
    (band,) = figure(mode, band=(16, 19))["layout"]["shapes"]
    assert (band["y0"], band["y1"], band["layer"]) == (16, 19, "below")


def test_only_the_last_known_point_is_written(mode):
    (end,) = figure(mode)["layout"]["annotations"]
    assert (end["text"], end["x"], end["y"]) == ("<b>19%</b>", 3, 19.0)
    (end,) = figure(mode, values=[18, None, 17, None])["layout"]["annotations"]
    assert (end["text"], end["x"], end["y"]) == ("<b>17%</b>", 2, 17.0)


def test_too_few_is_a_hollow_grey_point(mode):
    k = TOKENS[mode]
    marker = figure(mode, few=[False, False, False, True])["data"][0]["marker"]
    assert marker["color"] == [k["accent"], k["accent"], k["accent"], k["background"]]
    assert marker["line"]["color"] == [k["accent"], k["accent"], k["accent"], k["line"]]


def test_the_caller_says_what_stands_below_and_beside(mode):
    drawn = figure(mode, ticks=["2024", "", "", ""], say="{:.0f}%".format)["layout"]
    assert drawn["xaxis"]["ticktext"] == ["2024"]
    assert drawn["yaxis"]["ticktext"] == ["0%", "10%", "20%"]


def test_a_clicked_point_answers_with_its_key_and_fades_nothing(mode):
    drawn = figure(mode, keys=["24q1", "24q2", "24q3", "24q4"])
    assert drawn["data"][0]["customdata"][2] == "24q3"
    assert drawn["data"][0]["unselected"]["marker"]["opacity"] == 1
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_markup_stays_letters(mode):
    drawn = figure(mode, labels=["<b>", "", "", ""], texts=["", "", "", "<i>"])
    assert drawn["data"][0]["hovertext"][0] == "&lt;b&gt;: "
    assert drawn["layout"]["annotations"][0]["text"] == "<b>&lt;i&gt;</b>"


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([18, np.nan, 17, 19]), few=np.array([True, False, False, False]), keys=np.arange(4))
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["y"] == [18.0, None, 17.0, 19.0]


@pytest.mark.parametrize("size", [0, 2])
def test_no_point_and_nothing_known_are_still_a_figure(mode, size):
    empty = [None] * size
    drawn = points(mode, [""] * size, empty, empty, empty, [""] * size)
    assert drawn["data"][0]["y"] == empty
    assert drawn["layout"]["annotations"] == []
