"""A histogram stands on zero, marks its median, and writes its counts where they can be read."""

import json

import numpy as np
import pytest

from crm_core.charts.distribution import distribution
from crm_core.charts.theme import TOKENS

LABELS = ["0", "€1–99", "€100–249", "> €250"]


def figure(mode, **over):
    return distribution(mode, **({"labels": LABELS, "counts": [820, 2110, None, 41], "texts": ["820", "2,110", "", "41"]} | over))


def test_bars_stay_in_their_order_and_stand_on_zero(mode):
    drawn = figure(mode)
    assert drawn["data"][0]["y"] == [820.0, 2110.0, None, 41.0]
    assert drawn["layout"]["yaxis"]["range"] == [0, 2110.0]


def test_counts_are_written_over_the_bars_in_place_of_an_axis(mode):
    drawn = figure(mode, accent=["> €250"])
    assert drawn["data"][0]["text"] == ["820", "2,110", "", "<b>41</b>"]
    assert drawn["layout"]["yaxis"]["visible"] is False


def test_many_bars_have_an_axis_in_place_of_counts(mode):
    drawn = distribution(mode, [str(at) for at in range(30)], [1000] * 30, ["1,000"] * 30)
    assert set(drawn["data"][0]["text"]) == {""}
    assert drawn["layout"]["yaxis"]["ticktext"] == ["0", "200", "400", "600", "800", "1,000"]


def test_only_what_the_title_names_carries_the_accent(mode):
    accent, faint = TOKENS[mode]["accent"], TOKENS[mode]["faint"]
    assert figure(mode, accent=["> €250"])["data"][0]["marker"]["color"] == [faint, faint, faint, accent]


def test_a_mark_stands_between_the_bars_with_its_name_and_cuts_through_no_count(mode):
    drawn = figure(mode, marks=[(1.4, "half below €80")])
    (name,) = drawn["layout"]["annotations"]
    assert (name["text"], name["x"], name["xanchor"]) == ("half below €80", 1.4, "left")
    assert {line["x0"] for line in drawn["layout"]["shapes"]} == {1.4}
    assert set(drawn["data"][0]["text"]) == {""}


def test_names_of_two_marks_do_not_touch_and_do_not_leave_the_chart(mode):
    drawn = figure(mode, marks=[(1.4, "median"), (2.9, "90% below")])["layout"]
    assert [(name["yshift"], name["xanchor"]) for name in drawn["annotations"]] == [(0, "left"), (17, "right")]
    assert drawn["margin"]["t"] == 44


def test_every_third_label_is_written_below_or_what_the_caller_gives(mode):
    assert figure(mode, ticks=["0", "", "", "> €250"])["layout"]["xaxis"]["tickvals"] == [0, 3]
    assert figure(mode)["layout"]["xaxis"]["ticktext"] == ["0", "€1–99", "€100–249", "&gt; €250"]
    assert figure(mode, across="days")["layout"]["xaxis"]["title"]["text"] == "days"


def test_a_clicked_bar_answers_with_its_key_and_fades_nothing(mode):
    drawn = figure(mode, keys=["0", "1", "2", "3"])
    assert drawn["data"][0]["customdata"][1] == "1"
    assert drawn["data"][0]["unselected"]["marker"]["opacity"] == 1
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_markup_stays_letters(mode):
    drawn = figure(mode, texts=["<b>", "", "", ""], marks=[(1, "<i>")])
    assert drawn["data"][0]["hovertext"][0] == "0: &lt;b&gt;"
    assert drawn["layout"]["annotations"][0]["text"] == "&lt;i&gt;"


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, counts=np.array([820, 2110, np.nan, 41]), keys=np.arange(4), marks=[(1.4, "median")])
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["y"] == [820.0, 2110.0, None, 41.0]


@pytest.mark.parametrize("counts", [[], [0], [None]])
def test_no_bar_and_no_count_are_still_a_figure(mode, counts):
    drawn = distribution(mode, [""] * len(counts), counts, [""] * len(counts))
    assert drawn["layout"]["yaxis"]["range"] == [0, 1.0]
