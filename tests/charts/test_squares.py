"""Every square says how many guests are in it and opens them; those that the title names are outlined."""

import json

import pytest

from crm_core.charts.squares import grid_map
from crm_core.charts.theme import TOKENS

SQUARES = {
    "columns": ["< 25%", "25–50%", "> 50%"],
    "rows": ["Top tenth", "Others"],
    "values": [[12, 30, 100], [400, 0, None]],
    "texts": [["12\n€8k", "30\n€20k", "100\n€90k"], ["400\n€9k", "0", ""]],
    "keys": [["top|0", "top|1", "top|2"], ["rest|0", "rest|1", "rest|2"]],
}


def figure(mode, **over):
    return grid_map(mode, **(SQUARES | over))


def squares(drawn, field):
    return {(y, round(left + 0.5)): value for trace in drawn["data"][1:] for y, left, value in zip(trace["y"], trace["base"], trace[field])}


def test_a_square_says_its_count_and_below_it_what_the_guests_are_worth(mode):
    assert squares(figure(mode), "text")[0, 2] == "100<br>€90k"


def test_every_square_opens_its_guests(mode):
    assert squares(figure(mode), "customdata") == {(0, 0): "top|0", (0, 1): "top|1", (0, 2): "top|2", (1, 0): "rest|0", (1, 1): "rest|1"}


def test_an_empty_square_is_a_zero_and_an_impossible_one_is_blank(mode):
    drawn = figure(mode)
    assert drawn["data"][0]["z"][1] == [400.0, 0.0, None]
    assert squares(drawn, "text")[1, 1] == "0"


def test_the_squares_that_the_title_names_are_outlined_in_ink(mode):
    (frame,) = figure(mode, named=[(0, 1)])["layout"]["shapes"]
    assert (frame["x0"], frame["y0"], frame["line"]["color"]) == (1 / 3, 0.5, TOKENS[mode]["ink"])


def test_the_corner_says_what_the_columns_mean_and_a_note_what_a_row_means(mode):
    drawn = figure(mode, corner="chance", notes=["> €900", ""])["layout"]
    assert drawn["annotations"][0]["text"] == "chance"
    assert "&gt; €900" in drawn["yaxis"]["ticktext"][0]


def test_a_key_for_every_square_is_asked_for(mode):
    with pytest.raises(ValueError, match="zip"):
        figure(mode, keys=[["top|0"], ["rest|0"]])


def test_two_rows_of_46_px_and_the_names_are_120_px_high(mode):
    assert figure(mode)["layout"]["height"] == 120


def test_the_figure_is_json(mode):
    assert json.loads(json.dumps(figure(mode), allow_nan=False))["data"][0]["z"][0] == [12.0, 30.0, 100.0]
