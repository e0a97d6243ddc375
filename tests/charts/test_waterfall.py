"""Every step begins where the one above ended; what goes away is hollow, and the last level carries the accent."""

import json

import numpy as np
import pytest

from crm_core.charts.theme import TOKENS
from crm_core.charts.waterfall import waterfall

LABELS = ["Opening", "Issued", "Redeemed", "Expired", "Closing"]


def figure(mode, **over):
    given = {"labels": LABELS, "values": [100, 40, -55, 0, 85], "texts": ["100", "+40", "−55", "0", "85"], "levels": [True, False, False, False, True]}
    return waterfall(mode, **(given | over))


def solid(drawn):
    return drawn["data"][0]


def hollow(drawn):
    return drawn["data"][1]


def test_every_step_begins_where_the_one_above_ended(mode):
    """100 up to 140, down to 85, which is where the closing bar ends."""
    drawn = figure(mode)
    assert solid(drawn)["base"] == hollow(drawn)["base"] == [0, 100, 85, 85, 0]
    assert solid(drawn)["x"] == [100, 40, None, None, 85]
    assert hollow(drawn)["x"] == [None, None, 55, None, None]
    assert drawn["layout"]["barmode"] == "overlay"


def test_a_line_leads_from_bar_to_bar_and_through_a_row_without_one(mode):
    lines = [tuple(round(line[end], 2) for end in ("x0", "x1", "y0", "y1")) for line in figure(mode)["layout"]["shapes"]]
    assert lines == [(100, 100, 0.33, 0.67), (140, 140, 1.33, 1.67), (85, 85, 2.33, 2.67), (85, 85, 2.67, 3.67)]


def test_what_goes_away_is_hollow_and_hatched_and_only_the_last_level_has_the_accent(mode):
    k = TOKENS[mode]
    assert solid(figure(mode))["marker"]["color"] == [k["soft"], k["faint"], k["faint"], k["faint"], k["accent"]]
    assert hollow(figure(mode))["marker"]["pattern"]["shape"] == "/"
    assert hollow(figure(mode))["marker"]["color"] == k["background"]


def test_values_stand_at_the_right_end_of_their_bars_with_what_is_said_beside_them(mode):
    beside = figure(mode, notes=["", "", "<12>", "", "≈"])["layout"]["annotations"]
    assert [(note["x"], note["y"], note["text"]) for note in beside] == [
        (100, 0, "<b>100</b>"), (140, 1, "<b>+40</b>"), (140, 2, "<b>−55</b>  &lt;12&gt;"), (85, 3, "<b>0</b>"), (85, 4, "<b>85</b>  ≈")]  # fmt: skip


def test_rows_keep_their_order_and_a_name_with_markup_is_written_letter_by_letter(mode):
    axis = figure(mode, labels=["Opening", "<i>", "Redeemed", "Expired", "Closing"])["layout"]["yaxis"]
    assert axis["ticktext"] == ["Opening", "&lt;i&gt;", "Redeemed", "Expired", "Closing"]
    assert axis["range"] == [4.5, -0.5]


def test_a_level_below_zero_is_drawn_below_zero(mode):
    """A change of estimate larger than what was there: 10 − 30 = −20."""
    drawn = figure(mode, labels=["a", "b", "c"], values=[10, -30, -20], texts=["10", "−30", "−20"], levels=[True, False, True])
    assert solid(drawn)["base"] == [0, -20, -20]
    assert solid(drawn)["x"] == [10, None, 20]
    assert hollow(drawn)["x"] == [None, 30, None]
    assert drawn["layout"]["xaxis"]["range"] == pytest.approx([-20.6, 10.6])


def test_an_unknown_step_draws_nothing_and_keeps_its_text(mode):
    drawn = figure(mode, values=np.array([100, np.nan, -55, 0, 45]), texts=["100", "not known", "−55", "0", "45"])
    assert solid(drawn)["x"] == [100, None, None, None, 45]
    assert hollow(drawn)["base"][2] == 45
    assert drawn["layout"]["annotations"][1]["text"] == "<b>not known</b>"


def test_five_rows_are_186_px_high_and_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([100, 40, -55, 0, 85]))
    assert drawn["layout"]["height"] == 186
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["x"] == [100, 40, None, None, 85]


def test_an_empty_list_is_an_empty_figure(mode):
    drawn = waterfall(mode, [], [], [], [])
    assert solid(drawn)["x"] == drawn["layout"]["annotations"] == drawn["layout"]["shapes"] == []
