"""Each row shows its estimate, its interval and its numbers; too few shows words only."""

import json

import numpy as np

from crm_core.charts.interval import forest
from crm_core.charts.theme import TOKENS

ROWS = {
    "labels": ["All", "Leisure", "Lapsed"],
    "values": [1.2, 1.5, None],
    "lows": [0.4, -0.5, None],
    "highs": [1.9, 3.0, None],
    "texts": ["+1.2 (0.4 to 1.9)", "+1.5 (−0.5 to 3.0)", "too few: n 12"],
}


def figure(mode, **over):
    return forest(mode, **(ROWS | over))


def test_an_interval_reaches_from_low_to_high(mode):
    leisure = figure(mode)["data"][1]
    assert (leisure["x"], leisure["y"]) == ([1.5], [1])
    assert (leisure["error_x"]["arrayminus"], leisure["error_x"]["array"]) == ([2.0], [1.5])


def test_too_few_keeps_label_and_text_without_a_mark(mode):
    drawn = figure(mode)
    assert drawn["data"][2]["x"] == [None]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["All", "Leisure", "Lapsed"]
    assert drawn["layout"]["annotations"][2]["text"] == "too few: n 12"


def test_the_overall_row_is_a_diamond_in_the_accent(mode):
    first, second, _ = figure(mode, overall=True)["data"]
    assert (first["marker"]["symbol"], first["marker"]["color"]) == ("diamond", TOKENS[mode]["accent"])
    assert (second["marker"]["symbol"], second["marker"]["color"]) == ("circle", TOKENS[mode]["line"])


def test_the_zero_line_is_drawn_only_when_it_has_a_name(mode):
    assert figure(mode)["layout"]["shapes"] == []
    drawn = figure(mode, no_effect="no effect")["layout"]
    assert [(line["x0"], line["x1"]) for line in drawn["shapes"]] == [(0, 0)]
    assert drawn["annotations"][-1]["text"] == "no effect"


def test_zero_stays_in_sight_when_all_effects_lie_on_one_side(mode):
    drawn = forest(mode, ["All"], [5], [4], [6], ["5"], no_effect="no effect")
    low, high = drawn["layout"]["xaxis"]["range"]
    assert low < 0 < 6 < high


def test_the_former_period_is_hollow_and_behind(mode):
    drawn = figure(mode, former=[1.0, None, 0.5])
    assert drawn["data"][0]["x"] == [1.0, None, 0.5]
    assert drawn["data"][0]["marker"]["color"] == TOKENS[mode]["background"]


def test_tones_colour_the_marks(mode):
    colours = [trace["marker"]["color"] for trace in figure(mode, tones=["good", "bad", "line"])["data"]]
    assert colours == [TOKENS[mode]["good"], TOKENS[mode]["bad"], TOKENS[mode]["line"]]


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([1.2, 1.5, np.nan]), lows=np.array([0.4, -0.5, np.nan]), no_effect="0", former=np.zeros(3))
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][3]["x"] == [None]


def test_no_row_with_numbers_is_still_a_figure(mode):
    assert forest(mode, ["All"], [None], [None], [None], ["too few"])["data"][0]["x"] == [None]
