"""The trend marks its period, keeps gaps as gaps and draws what is not complete hollow."""

import json

import numpy as np

from crm_core.charts.theme import TOKENS
from crm_core.charts.trend import trend

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May"]
TEXTS = ["10", "", "30", "40", "9"]


def figure(mode, **over):
    values = {"values": [10, None, 30, 40, 9], "comparison": [11, 12, None, 35, None], "inside": [False, False, True, True, False]}
    rest = {"texts": TEXTS, "provisional": [False, False, False, False, True], "comparison_name": "last year"}
    return trend(mode, MONTHS, **(values | rest | over))


def test_only_the_bars_inside_the_period_carry_the_accent(mode):
    accent, soft = TOKENS[mode]["accent"], TOKENS[mode]["soft"]
    assert figure(mode)["data"][0]["marker"]["color"] == [soft, soft, accent, accent, soft]


def test_an_unknown_month_is_a_gap_and_not_a_zero(mode):
    solid, _, line = figure(mode)["data"]
    assert solid["y"] == [10.0, None, 30.0, 40.0, None]
    assert line["y"] == [11.0, 12.0, None, 35.0, None]


def test_the_provisional_month_is_a_hollow_bar_of_its_own(mode):
    hollow = figure(mode)["data"][1]
    assert hollow["y"] == [None, None, None, None, 9.0]
    assert hollow["marker"]["pattern"]["shape"] == "/"
    assert hollow["marker"]["color"] == TOKENS[mode]["background"]
    assert figure(mode)["layout"]["barmode"] == "overlay"


def test_the_last_complete_and_the_provisional_bar_are_labelled_and_no_other(mode):
    solid, hollow, _ = figure(mode)["data"]
    assert solid["text"] == ["", "", "", "<b>40</b>", ""]
    assert hollow["text"] == ["", "", "", "", "9"]


def test_the_comparison_is_named_beside_its_last_point(mode):
    (name,) = figure(mode)["layout"]["annotations"]
    assert (name["text"], name["y"]) == ("last year", 35.0)
    assert 3 < name["x"] < 4


def test_bars_stand_on_zero(mode):
    assert figure(mode)["layout"]["yaxis"]["range"] == [0.0, 40.0]


def test_negative_values_hang_below_zero(mode):
    assert figure(mode, values=[-5, 0, 1, 2, 3])["layout"]["yaxis"]["range"] == [-5.0, 35.0]


def test_every_third_month_is_written_below_or_what_the_caller_gives(mode):
    assert figure(mode)["layout"]["xaxis"]["ticktext"] == ["Jan", "Apr"]
    assert figure(mode)["layout"]["xaxis"]["tickvals"] == [0, 3]
    assert figure(mode, ticks=["", "2025", "", "", ""])["layout"]["xaxis"]["tickvals"] == [1]


def test_without_comparison_and_provisional_only_bars_remain(mode):
    drawn = figure(mode, comparison=None, provisional=None)
    assert [trace["type"] for trace in drawn["data"]] == ["bar"]
    assert drawn["layout"]["annotations"] == []


def test_nothing_known_draws_nothing(mode):
    assert figure(mode, values=[None] * 5, comparison=None)["data"] == []


def test_bars_can_be_selected_only_with_keys(mode):
    assert "clickmode" not in figure(mode)["layout"]
    drawn = figure(mode, keys=["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"])
    assert drawn["layout"]["clickmode"] == "event+select"
    assert drawn["data"][0]["customdata"][2] == "2025-03"


def test_a_click_fades_nothing(mode):
    for trace in figure(mode)["data"]:
        assert trace["unselected"]["marker"]["opacity"] == 1
    assert figure(mode)["data"][1]["unselected"]["textfont"]["color"] == TOKENS[mode]["mute"]


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([10, np.nan, 30, 40, 9]), inside=np.array([False, False, True, True, False]), keys=np.arange(5))
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["y"] == [10.0, None, 30.0, 40.0, None]
