"""Weeks lie inside a band of what chance allows; those beyond it are larger and in the colour of what is bad."""
import json

import numpy as np

from crm_core.charts.control import control
from crm_core.charts.theme import TOKENS


def figure(mode, **over):
    weeks = {"labels": ["3 Mar", "10 Mar", "17 Mar"], "values": [10, None, 40], "lows": [0, 0, 0], "highs": [25, 30, 25], "centre": 12,
             "signals": [False, False, True]}
    return control(mode, **(weeks | over))


def test_what_rang_is_larger_and_bad(mode):
    marker = figure(mode)["data"][1]["marker"]
    assert marker["color"] == [TOKENS[mode]["accent"]] * 2 + [TOKENS[mode]["bad"]]
    assert marker["size"] == [7, 7, 11]


def test_the_band_runs_along_the_upper_limit_and_back_along_the_lower(mode):
    band = figure(mode, lows=[1, 2, 3])["data"][0]
    assert (band["x"], band["y"]) == ([0, 1, 2, 2, 1, 0], [25, 30, 25, 3, 2, 1])


def test_the_level_before_is_named_at_the_right(mode):
    drawn = figure(mode, centre_name="before")["layout"]
    assert drawn["annotations"][0]["text"] == "before 12"
    assert (drawn["shapes"][0]["y0"], drawn["shapes"][0]["y1"]) == (12, 12)


def test_a_week_without_texts_is_a_gap(mode):
    line = figure(mode)["data"][1]
    assert line["y"] == [10, None, 40]
    assert line["hovertext"] == ["3 Mar: 10", "", "17 Mar: 40"]


def test_everything_lies_on_the_axis(mode):
    low, high = figure(mode)["layout"]["yaxis"]["range"]
    assert low < 0 < 40 < high


def test_the_figure_is_json_also_from_numpy_and_where_nothing_moves(mode):
    level = np.array([12.0, 12.0, np.nan])
    drawn = figure(mode, values=level, lows=level, highs=level)
    assert json.loads(json.dumps(drawn, allow_nan=False))["layout"]["yaxis"]["range"] == [11, 13]
