"""Points lie on the line where the prediction came true; both axes run over the same numbers."""

import json

import numpy as np

from crm_core.charts.calibration import calibration
from crm_core.charts.theme import TOKENS

ROWS = {
    "predicted": [0.05, 0.2, 0.5],
    "observed": [0.04, None, 0.6],
    "lows": [0.01, None, 0.5],
    "highs": [0.09, None, 0.7],
    "texts": ["5% said, 4% came", "", "50% said, 60% came"],
}


def figure(mode, **over):
    return calibration(mode, **(ROWS | {"agreed": "as predicted"} | over))


def test_what_was_predicted_runs_across_and_what_came_upwards(mode):
    dots = figure(mode)["data"][1]
    assert (dots["x"], dots["y"]) == ([0.05, 0.2, 0.5], [0.04, None, 0.6])


def test_an_interval_reaches_from_low_to_high(mode):
    error = figure(mode)["data"][1]["error_y"]
    assert [round(above, 9) for above in error["array"]] == [0.05, 0, 0.1]
    assert [round(below, 9) for below in error["arrayminus"]] == [0.03, 0, 0.1]


def test_the_line_is_the_diagonal_of_two_equal_axes_and_is_named(mode):
    drawn = figure(mode)
    line, axes = drawn["data"][0], drawn["layout"]
    assert line["x"] == line["y"] == axes["xaxis"]["range"] == axes["yaxis"]["range"]
    assert axes["xaxis"]["range"][0] == 0
    assert round(axes["xaxis"]["range"][1], 9) == 0.728
    assert axes["annotations"][0]["text"] == "as predicted"


def test_both_axes_are_named_and_written_by_the_caller(mode):
    axes = figure(mode, across="predicted", upwards="came back", say=lambda share: f"{share * 100:.0f} %")["layout"]
    assert axes["xaxis"]["ticktext"] == axes["yaxis"]["ticktext"] == ["0 %", "20 %", "40 %", "60 %"]
    assert (axes["xaxis"]["title"]["text"], axes["annotations"][1]["text"]) == ("predicted", "came back")


def test_only_the_points_carry_the_accent(mode):
    line, dots = figure(mode)["data"]
    assert (line["line"]["color"], dots["marker"]["color"]) == (TOKENS[mode]["line"], TOKENS[mode]["accent"])


def test_a_clicked_point_answers_with_its_key(mode):
    drawn = figure(mode, keys=[1, 2, 3])
    assert drawn["data"][1]["customdata"] == ["1", "2", "3"]
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_markup_stays_letters(mode):
    drawn = figure(mode, texts=["<b>", "", ""], agreed="<i>")
    assert drawn["data"][1]["hovertext"][0] == "&lt;b&gt;"
    assert drawn["layout"]["annotations"][0]["text"] == "&lt;i&gt;"


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, predicted=np.array([0.05, 0.2, 0.5]), observed=np.array([0.04, np.nan, 0.6]))
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][1]["y"] == [0.04, None, 0.6]


def test_no_group_is_still_a_figure(mode):
    assert calibration(mode, [], [], [], [], [], agreed="as predicted")["layout"]["xaxis"]["range"] == [0.0, 1.0]
