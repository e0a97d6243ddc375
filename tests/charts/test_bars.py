"""Bars are sorted, labelled at their end, and coloured only where the title points."""

import json

import numpy as np

from crm_core.charts.bars import bars
from crm_core.charts.theme import TOKENS

CHANNELS = ["Direct", "Agency", "Group", "Spa"]


def figure(mode, **over):
    given = {"labels": CHANNELS, "values": [24.1, 40.8, 9.3, None], "texts": ["24.1%", "40.8%", "9.3%", "too few"]}
    return bars(mode, **(given | {"accent": ["Direct"], "notes": ["+1.6", "−1.9", "", ""]} | over))


def test_the_longest_bar_is_on_top_and_too_few_at_the_bottom(mode):
    drawn = figure(mode)
    assert drawn["layout"]["yaxis"]["ticktext"] == ["Agency", "Direct", "Group", "Spa"]
    assert drawn["layout"]["yaxis"]["range"] == [3.5, -0.5]
    assert drawn["data"][0]["x"] == [40.8, 24.1, 9.3, 0.0]


def test_value_and_change_stand_at_the_end_of_the_bar(mode):
    assert figure(mode)["data"][0]["text"] == ["<b>40.8%</b>  −1.9", "<b>24.1%</b>  +1.6", "<b>9.3%</b>  ", "<b>too few</b>  "]


def test_only_what_the_title_names_carries_the_accent(mode):
    accent, faint = TOKENS[mode]["accent"], TOKENS[mode]["faint"]
    assert figure(mode)["data"][0]["marker"]["color"] == [faint, accent, faint, faint]


def test_a_bar_that_is_clicked_answers_with_its_own_key_after_sorting(mode):
    drawn = figure(mode, keys=["direct", "ota", "group", "spa"])
    assert drawn["data"][0]["customdata"] == ["ota", "direct", "group", "spa"]
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_a_name_with_markup_is_written_letter_by_letter(mode):
    drawn = figure(mode, labels=["<b>x</b>", "Agency", "Group", "Spa"])
    assert drawn["layout"]["yaxis"]["ticktext"][1] == "&lt;b&gt;x&lt;/b&gt;"


def test_six_rows_are_220_px_high(mode):
    assert bars(mode, list("abcdef"), range(6), list("012345"))["layout"]["height"] == 220


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([24.1, 40.8, 9.3, np.nan]), keys=np.arange(4))
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["customdata"] == ["1", "0", "2", "3"]


def test_an_empty_list_is_an_empty_figure(mode):
    assert bars(mode, [], [], [])["data"][0]["x"] == []


def test_bars_of_days_keep_the_order_of_the_days(mode):
    assert figure(mode, sort=False)["layout"]["yaxis"]["ticktext"] == CHANNELS
    assert figure(mode, sort=False)["data"][0]["x"] == [24.1, 40.8, 9.3, 0.0]
