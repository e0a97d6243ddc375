"""Each row shows how much it is spoken of, how well with its interval, and what changed; too few leaves the middle empty."""
import json

import numpy as np

from crm_core.charts.theme import TOKENS
from crm_core.charts.three_columns import three_columns

HEADS = ("named in", "positive share, %", "change")


def figure(mode, **over):
    rows = {"labels": ["Noise", "Staff"], "sizes": [0.1, 0.4], "size_texts": ["10%", "40%"], "values": [20, None], "lows": [14, None], "highs": [27, None],
            "changes": ["▼ −9.4", "too few"], "tones": ["bad", "line"], "heads": HEADS}
    return three_columns(mode, **(rows | over))


def test_a_row_is_a_bar_and_an_interval(mode):
    bars, points = figure(mode)["data"]
    assert (bars["x"], bars["text"]) == ([0.1, 0.4], ["10%", "40%"])
    assert (points["x"], points["xaxis"]) == ([20, None], "x2")
    assert (points["error_x"]["arrayminus"], points["error_x"]["array"]) == ([6, 0], [7, 0])


def test_the_change_has_the_colour_of_its_verdict(mode):
    changes = figure(mode)["layout"]["annotations"][3:]
    assert [(a["text"], a["font"]["color"]) for a in changes] == [("▼ −9.4", TOKENS[mode]["bad"]), ("too few", TOKENS[mode]["mute"])]


def test_heads_stand_in_two_lines_and_the_axis_names_its_ends_and_middle(mode):
    drawn = figure(mode)["layout"]
    assert [a["text"] for a in drawn["annotations"][:3]] == ["named<br>in", "positive<br>share, %", "change"]
    assert drawn["xaxis2"]["ticktext"] == ["0", "50", "100"]


def test_rows_can_be_clicked_where_they_have_keys(mode):
    assert "customdata" not in figure(mode)["data"][0]
    assert [trace["customdata"] for trace in figure(mode, keys=["noise", "staff"])["data"]] == [["noise", "staff"]] * 2


def test_a_label_cannot_bring_markup(mode):
    drawn = json.dumps(figure(mode, labels=["<b>Noise</b>", "Staff"], changes=["<a href='https://x.example'>y</a>", ""]))
    assert "<b>" not in drawn
    assert "<a" not in drawn


def test_the_figure_is_json_also_from_numpy_and_without_any_number(mode):
    nothing = np.array([np.nan, np.nan])
    drawn = figure(mode, sizes=np.array([0.0, np.nan]), values=nothing, lows=nothing, highs=nothing)
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][1]["x"] == [None, None]
