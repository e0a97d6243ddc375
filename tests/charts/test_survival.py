"""Curves are steps with closed bands behind them, named at their end without touching, at most four of them."""

import itertools
import json

import numpy as np
import pytest

from crm_core.charts.survival import Curve, survival
from crm_core.charts.theme import TOKENS

DIRECT = Curve("Direct", [0, 6, 12, 24], [0, 0.1, 0.23, 0.3], [0, 0.09, 0.21, None], [0, 0.11, 0.25, None], "23%")
AGENCY = Curve("Agency", [0, 6, 12, 24], [0, 0.1, 0.22, 0.29], end="22%")
GROUP = Curve("Group", [0, 6, 12, 24], [0, 0.1, 0.21, 0.28], end="21%")


def figure(mode, *curves, **over):
    return survival(mode, curves or (DIRECT, AGENCY, GROUP), **({"until": 24, "ticks": [0, 6, 12, 18, 24]} | over))


def lines(drawn):
    return [trace for trace in drawn["data"] if trace["line"]["width"] == 2.2]


def test_a_share_holds_until_the_next_return(mode):
    (line,) = lines(figure(mode, DIRECT))
    assert (line["x"], line["y"]) == ([0.0, 6.0, 12.0, 24.0], [0.0, 0.1, 0.23, 0.3])
    assert line["line"]["shape"] == "hv"


def test_the_band_is_one_closed_polygon_of_the_same_steps_cut_where_too_few_are_at_risk(mode):
    band = figure(mode, DIRECT)["data"][0]
    assert band["x"] == [0, 6, 6, 12, 12, 12, 12, 6, 6, 0]
    assert band["y"] == [0, 0, 0.11, 0.11, 0.25, 0.21, 0.09, 0.09, 0, 0]
    assert (band["fill"], band["line"]["width"]) == ("toself", 0)


def test_the_band_has_the_colour_of_its_curve_at_14_percent():
    assert figure("light", DIRECT)["data"][0]["fillcolor"] == "rgba(31,78,140,0.14)"
    assert figure("dark", DIRECT)["data"][0]["fillcolor"] == "rgba(124,176,242,0.14)"


def test_bands_lie_behind_all_curves_and_the_first_curve_on_top(mode):
    drawn = figure(mode, DIRECT, AGENCY)["data"]
    assert [trace.get("fill") for trace in drawn] == ["toself", None, None]
    assert drawn[-1]["line"]["color"] == TOKENS[mode]["accent"]


def test_the_first_curve_carries_the_accent_and_none_is_green_or_red(mode):
    k = TOKENS[mode]
    colours = [trace["line"]["color"] for trace in reversed(lines(figure(mode, DIRECT, AGENCY, GROUP, GROUP)))]
    assert colours == [k["accent"], k["categorical"][1], k["line"], k["categorical"][3]]
    assert not {k["good"], k["bad"]} & set(colours)


def test_a_curve_may_ask_for_a_tone(mode):
    drawn = figure(mode, DIRECT, Curve("All", [0], [0.1], tone="grey"))
    assert lines(drawn)[0]["line"]["color"] == TOKENS[mode]["line"]
    assert drawn["layout"]["annotations"][1]["font"]["color"] == TOKENS[mode]["mute"]


def test_each_curve_is_named_at_its_end_with_its_figure(mode):
    names = [name["text"] for name in figure(mode)["layout"]["annotations"]]
    assert names == ["<b>Direct</b>  23%", "<b>Agency</b>  22%", "<b>Group</b>  21%"]


def test_names_that_would_touch_are_moved_14_px_apart(mode):
    drawn = figure(mode)["layout"]
    height = drawn["height"] - drawn["margin"]["t"] - drawn["margin"]["b"]
    places = [name["y"] / drawn["yaxis"]["range"][1] * height + name["yshift"] for name in drawn["annotations"]]
    assert places == sorted(places, reverse=True)
    assert min(a - b for a, b in itertools.pairwise(places)) >= 14
    assert any(name["yshift"] for name in drawn["annotations"])


def test_the_axis_starts_at_zero_and_is_written_by_the_caller(mode):
    axis = figure(mode, say=lambda share: f"{share * 100:.0f} %")["layout"]["yaxis"]
    assert axis["range"][0] == 0
    assert axis["ticktext"] == ["0 %", "10 %", "20 %", "30 %"]


def test_nothing_is_drawn_beyond_the_last_month(mode):
    drawn = figure(mode, DIRECT, until=12, under="months since first departure")
    assert lines(drawn)[0]["x"] == [0.0, 6.0, 12.0]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["0", "6", "12"]
    assert drawn["layout"]["xaxis"]["title"]["text"] == "months since first departure"


def test_the_month_that_the_figures_are_read_at_is_a_dot_on_each_curve(mode):
    dots = survival(mode, (DIRECT, AGENCY), until=24, ticks=[0], read_at=18)["data"][-1]
    assert (dots["x"], dots["y"]) == ([18, 18], [0.23, 0.22])


def test_a_fifth_curve_is_refused(mode):
    with pytest.raises(ValueError, match="at most 4 curves can be told apart, got 5"):
        figure(mode, *[DIRECT] * 5)


def test_markup_in_a_name_stays_letters(mode):
    drawn = figure(mode, Curve("<b>x", [0], [0.0]))
    assert drawn["layout"]["annotations"][0]["text"] == "<b>&lt;b&gt;x</b>"
    assert drawn["data"][0]["hovertext"] == ["&lt;b&gt;x, 0: 0%"]


def test_the_figure_is_json_also_from_numpy(mode):
    curve = Curve("All", np.arange(3), np.array([0, 0.1, 0.2]), np.array([0, 0.05, np.nan]), np.array([0, 0.15, np.nan]))
    sent = json.loads(json.dumps(figure(mode, curve, read_at=1), allow_nan=False))
    assert sent["data"][0]["x"] == [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("curves", [[], [Curve("All", [], [])], [Curve("All", [0], [0])]])
def test_no_curve_no_guest_and_no_return_are_still_a_figure(mode, curves):
    drawn = survival(mode, curves, until=24, ticks=[0, 12, 24], read_at=12)
    assert drawn["layout"]["yaxis"]["range"] == [0.0, 1.0]
